"""Laws of an account store: what one account holds, no other does; the rest may be shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

from registrazione.core.records import Key
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore, ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    NOON,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import LawBroken, expect, require, unique

OpenStore = Callable[[], AccountStore]


def law_claim_taken(open_store: OpenStore) -> None:
    """A claim that another account holds is refused, by its kind."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    holder = an_account(unique("account"))
    store.commit(one_change(creation(holder, claims=[claim])))
    change = one_change(creation(an_account(unique("account")), claims=[claim]))
    error = expect(ClaimTaken, lambda: store.commit(change), "a taken claim has to be refused")
    require(error.kind == "username", "the refusal names another kind than the claim's")
    require(claim.value not in str(error), "the text of the refusal holds the claim's value")
    require(store.find(claim) == (holder,), "a refused claim has changed who holds it")


def law_claim_taken_by_replacement(open_store: OpenStore) -> None:
    """An account that is there already cannot take another's claim either."""
    store = open_store()
    claim = Key(unique("realm"), "email", "maria@example.it")
    second = an_account(unique("account"))
    store.commit(one_change(creation(an_account(unique("account")), claims=[claim])))
    store.commit(one_change(creation(second)))
    change = one_change(replacement(second, claims=[claim]))
    expect(ClaimTaken, lambda: store.commit(change), "a taken claim has to be refused")
    require(store.load(second.id) == second, "a refused change has changed the account")


def law_first_kind_is_named(open_store: OpenStore) -> None:
    """Where several claims are taken, the refusal names the first kind in their order."""
    store = open_store()
    realm = unique("realm")
    claims = [Key(realm, kind, "same") for kind in ("username", "codice_fiscale", "email")]
    store.commit(one_change(creation(an_account(unique("account")), claims=claims)))
    for order in permutations(claims):
        change = one_change(creation(an_account(unique("account")), claims=order))
        error = expect(ClaimTaken, lambda: store.commit(change), "taken claims have to be refused")  # noqa: B023 - called at once
        require(error.kind == "codice_fiscale", "the refusal does not name the first kind")
        writes = [creation(an_account(unique("account")), claims=[claim]) for claim in order]
        change = one_change(*writes)
        error = expect(ClaimTaken, lambda: store.commit(change), "taken claims have to be refused")  # noqa: B023 - called at once
        require(error.kind == "codice_fiscale", "the refusal names the first account's kind")


def law_stale_before_taken(open_store: OpenStore) -> None:
    """Where a version is stale and a claim is taken, the change is stale, in either order."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    stored = an_account(unique("account"))
    store.commit(one_change(creation(stored)))
    store.commit(one_change(creation(an_account(unique("account")), claims=[claim])))
    stale = replacement(an_account(stored.id, version=4))
    rival = creation(an_account(unique("account")), claims=[claim])
    for writes in ((stale, rival), (rival, stale)):
        change = one_change(*writes)
        expect(StaleVersion, lambda: store.commit(change), "staleness comes before claims")  # noqa: B023 - called at once


def law_own_claim_is_kept(open_store: OpenStore) -> None:
    """An account that goes on claiming what it holds is not refused, and goes on holding it."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    account = an_account(unique("account"))
    store.commit(one_change(creation(account, claims=[claim])))
    store.commit(one_change(replacement(account, claims=[claim], language="en")))
    change = one_change(creation(an_account(unique("account")), claims=[claim]))
    expect(ClaimTaken, lambda: store.commit(change), "a claim was lost when it was kept")


def law_claims_of_one_kind(open_store: OpenStore) -> None:
    """An account may hold many claims, also several of one kind, and is found by each."""
    store = open_store()
    realm = unique("realm")
    claims = [Key(realm, "identity", str(number)) for number in range(15)]
    account = an_account(unique("account"))
    store.commit(one_change(creation(account, claims=claims)))
    for claim in claims:
        require(store.find(claim) == (account,), "an account is not found by one of its claims")
        change = one_change(creation(an_account(unique("account")), claims=[claim]))
        expect(ClaimTaken, lambda: store.commit(change), "a taken claim has to be refused")  # noqa: B023 - called at once


def law_states_change_nothing(open_store: OpenStore) -> None:
    """An account is loaded and found, and holds its claims, in whatever state it is."""
    store = open_store()
    realm = unique("realm")
    for state in AccountState:
        claim, key = (Key(realm, kind, state.value) for kind in ("username", "email"))
        account = an_account(unique("account"), state=state, ended_at=NOON, owner="another")
        store.commit(one_change(creation(account, claims=[claim], keys=[key])))
        require(store.load(account.id) == account, f"an account is not there when {state}")
        require(store.find(claim) == (account,), f"an account is not found when {state}")
        require(store.find(key) == (account,), f"an account is not found by a key when {state}")
        change = one_change(creation(an_account(unique("account")), claims=[claim]))
        expect(ClaimTaken, lambda: store.commit(change), f"a claim has to be held when {state}")  # noqa: B023 - called at once


def law_claim_is_freed(open_store: OpenStore) -> None:
    """A claim that its holder gives up may be taken by another."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    account, other = an_account(unique("account")), an_account(unique("account"))
    store.commit(one_change(creation(account, claims=[claim])))
    store.commit(one_change(replacement(account)))
    store.commit(one_change(creation(other, claims=[claim])))
    require(store.find(claim) == (other,), "a claim that was given up is not its taker's")


def law_claim_becomes_key(open_store: OpenStore) -> None:
    """An account that keeps a key but claims it no more is found by it beside the new holder."""
    store = open_store()
    key = Key(unique("realm"), "email", "maria@example.it")
    account, other = an_account(unique("account")), an_account(unique("account"))
    store.commit(one_change(creation(account, claims=[key])))
    write = replacement(account, keys=[key])
    store.commit(one_change(write))
    store.commit(one_change(creation(other, claims=[key])))
    require(store.find(key) == (other, write.account), "the new holder does not come first")


def law_key_becomes_claim(open_store: OpenStore) -> None:
    """An account may claim a key that it shared with others until then."""
    store = open_store()
    key = Key(unique("realm"), "email", "maria@example.it")
    account, other = an_account(unique("account")), an_account(unique("account"))
    store.commit(one_change(creation(account, keys=[key]), creation(other, keys=[key])))
    store.commit(one_change(replacement(account, claims=[key])))
    change = one_change(replacement(other, claims=[key]))
    expect(ClaimTaken, lambda: store.commit(change), "a key that was claimed later is not held")


def law_erasure_frees(open_store: OpenStore) -> None:
    """An erased account holds nothing any more."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    account, other = an_account(unique("account")), an_account(unique("account"))
    store.commit(one_change(creation(account, claims=[claim])))
    store.commit(one_change(erasure(account)))
    store.commit(one_change(creation(other, claims=[claim])))
    require(store.find(claim) == (other,), "an erased account still holds its claim")


def law_claims_are_exchanged(open_store: OpenStore) -> None:
    """Two accounts may exchange their claims within one change, whatever the order."""
    for turned in (False, True):
        store = open_store()
        realm = unique("realm")
        red, blue = Key(realm, "username", "red"), Key(realm, "username", "blue")
        first, second = an_account(unique("account")), an_account(unique("account"))
        store.commit(one_change(creation(first, claims=[red]), creation(second, claims=[blue])))
        writes = [replacement(first, claims=[blue]), replacement(second, claims=[red])]
        store.commit(one_change(*(reversed(writes) if turned else writes)))
        require(store.find(red) == (writes[1].account,), "a claim was not exchanged")
        require(store.find(blue) == (writes[0].account,), "a claim was not exchanged")


def law_claim_is_handed_over(open_store: OpenStore) -> None:
    """A new account may take a claim in the change that erases its holder, in either order."""
    for turned in (False, True):
        store = open_store()
        claim = Key(unique("realm"), "email", "maria@example.it")
        old, new = an_account(unique("account")), an_account(unique("account"))
        store.commit(one_change(creation(old, claims=[claim])))
        writes = [erasure(old), creation(new, claims=[claim])]
        store.commit(one_change(*(reversed(writes) if turned else writes)))
        require(store.find(claim) == (new,), "a claim was not handed over")


def law_one_change_one_holder(open_store: OpenStore) -> None:
    """Two accounts cannot take the same claim within one change."""
    store = open_store()
    claim = Key(unique("realm"), "username", "maria")
    writes = [creation(an_account(unique("account")), claims=[claim]) for _ in range(2)]
    change = one_change(*writes)
    expect(ClaimTaken, lambda: store.commit(change), "a claim has to have one holder")
    require(store.find(claim) == (), "a refused change has left an account behind")


def law_keys_are_shared(open_store: OpenStore) -> None:
    """Any number of accounts may carry a key that they do not claim, even if another holds it."""
    store = open_store()
    key = Key(unique("realm"), "codice_fiscale", "RSSMRA80A01H501U")
    holder, *others = [an_account(unique("account")) for _ in range(3)]
    store.commit(one_change(creation(holder, claims=[key])))
    store.commit(one_change(*(creation(other, keys=[key]) for other in others)))
    found = store.find(key)
    require(found[:1] == (holder,), "the holder does not come first")
    require(len(found) == 1 + len(others), "a shared key does not find everybody")
    require(all(other in found for other in others), "a shared key finds somebody else")


def law_kinds_and_realms_are_apart(open_store: OpenStore) -> None:
    """The same value under another kind, or in another realm, is another claim."""
    store = open_store()
    realm = unique("realm")
    claims = [
        Key(realm, "username", "maria"),
        Key(realm, "email", "maria"),
        Key(unique("realm"), "username", "maria"),
        Key(realm.upper(), "username", "maria"),
        Key(f"{realm}0", "username", "maria"),
        Key(realm, "username", f"{realm}username"),
    ]
    for between in ":/|,.- ":
        claims.append(Key(realm, "username", f"{between}email{between}maria"))
        claims.append(Key(f"{realm}{between}username{between}", "email", "maria"))
    _require_apart(store, claims)


def law_values_are_exact(open_store: OpenStore) -> None:
    """Values are the same only if they are equal: case, accents, width and spaces count."""
    store = open_store()
    realm = unique("realm")
    values = ["maria", "Maria", "MARIA", "marìa", "mari\u0300a", "maria ", " maria", "ｍaria"]
    values += ["%", "_aria", "m*", "straße", "strasse", "İ", "i", "ı", "😀", "😁", "0", "00", "0.0"]
    # The last two of these have the same CRC-32.
    values += ["mar\u200bia", "maria\n", "https://a/", "https://a", "plumless", "buckeroo"]
    values += [letter * 200 + end for letter in "xà" for end in "yz"]
    claims = [Key(realm, "username", value) for value in values]
    _require_apart(store, claims)


def _require_apart(store: AccountStore, claims: Sequence[Key]) -> None:
    """Make sure that each of some claims can be held by somebody else, and finds who holds it."""
    accounts = [an_account(unique("account")) for _ in claims]
    for account, claim in zip(accounts, claims, strict=True):
        what = f"{claim.value!a} ({claim.kind} in {claim.realm!a})"
        change = one_change(creation(account, claims=[claim]))
        try:
            store.commit(change)
        except ClaimTaken:
            raise LawBroken(f"{what} counts as taken, though only something like it is") from None
        require(store.find(claim) == (account,), f"{what} finds somebody else, or nobody")
    for account, claim in zip(accounts, claims, strict=True):
        require(store.find(claim) == (account,), f"{claim.value!a} is found no more")
