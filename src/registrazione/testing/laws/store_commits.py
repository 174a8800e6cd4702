"""Laws of an account store: one change, whole and on top of what was read."""

from __future__ import annotations

from collections.abc import Callable

from registrazione.core.account import Account
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.ports.stores import AccountStore, ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    a_letter,
    a_record,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import expect, require, unique

OpenStore = Callable[[], AccountStore]


def _stored(store: AccountStore, **fields: str) -> Account:
    """Create an account and return it."""
    account = an_account(unique("account"), **fields)
    store.commit(one_change(creation(account)))
    return account


def law_commit_then_load(open_store: OpenStore) -> None:
    """An account that was committed is loaded by its identifier."""
    store = open_store()
    account = _stored(store)
    require(store.load(account.id) == account, "the account is not what was committed")


def law_unknown_account(open_store: OpenStore) -> None:
    """What was never committed is not there: no account, no finds, no history."""
    store = open_store()
    name = unique("nobody")
    require(store.load(name) is None, "an account that nobody committed is there")
    require(store.find(Key(name, "email", name)) == (), "a key that nobody has finds something")
    require(store.history(name) == (), "an account that nobody committed has a history")


def law_empty_change(open_store: OpenStore) -> None:
    """A change without anything in it is carried out."""
    store = open_store()
    account = _stored(store)
    store.commit(one_change())
    require(store.load(account.id) == account, "an empty change has changed an account")


def law_replace(open_store: OpenStore) -> None:
    """A write that expects the stored version puts the next one in its place."""
    store = open_store()
    account = _stored(store)
    require(store.load(account.id) == account, "the account is not what was committed")
    write = replacement(account, language="en")
    store.commit(one_change(write))
    require(store.load(account.id) == write.account, "an old version is loaded")


def law_stale_version(open_store: OpenStore) -> None:
    """A write that expects an older version than the stored one is refused."""
    store = open_store()
    first = _stored(store)
    second = replacement(first, language="en")
    store.commit(one_change(second))
    late = one_change(replacement(first, language="de"))
    expect(StaleVersion, lambda: store.commit(late), "a stale write has to be refused")
    require(store.load(first.id) == second.account, "a stale write has changed the account")


def law_version_ahead(open_store: OpenStore) -> None:
    """A write that expects a newer version than the stored one is refused."""
    store = open_store()
    account = _stored(store)
    ahead = an_account(account.id, version=7)
    change = one_change(replacement(ahead))
    expect(StaleVersion, lambda: store.commit(change), "a write from the future has to be refused")
    require(store.load(account.id) == account, "a refused write has changed the account")


def law_created_once(open_store: OpenStore) -> None:
    """An account that is there cannot be created."""
    store = open_store()
    account = _stored(store)
    for same in (an_account(account.id, language="en"), account):
        again = one_change(creation(same))
        expect(StaleVersion, lambda: store.commit(again), "creating an account twice has to fail")  # noqa: B023 - called at once
    require(store.load(account.id) == account, "the second creation has changed the account")


def law_missing_is_not_replaced(open_store: OpenStore) -> None:
    """An account that is not there cannot be replaced."""
    store = open_store()
    account = an_account(unique("account"))
    change = one_change(replacement(account))
    expect(StaleVersion, lambda: store.commit(change), "replacing nothing has to be refused")
    require(store.load(account.id) is None, "a refused write has created an account")
    change = one_change(erasure(account))
    expect(StaleVersion, lambda: store.commit(change), "erasing nothing has to be refused")


def law_erase(open_store: OpenStore) -> None:
    """An erased account is gone, and what it was found by finds nothing; its history stays."""
    store = open_store()
    account = an_account(unique("account"))
    key = Key(account.realm, "email", account.id)
    record = a_record(account_id=account.id)
    store.commit(one_change(creation(account, keys=[key]), audit=(record,)))
    store.commit(one_change(erasure(account)))
    require(store.load(account.id) is None, "an erased account is still there")
    require(store.find(key) == (), "an erased account is still found by its key")
    require(store.history(account.id) == (record,), "the history went with the account")


def law_erase_compares(open_store: OpenStore) -> None:
    """An account is not erased on the ground of an older version."""
    store = open_store()
    account = _stored(store)
    newer = replacement(account)
    store.commit(one_change(newer))
    change = one_change(erasure(account))
    expect(StaleVersion, lambda: store.commit(change), "a stale erasure has to be refused")
    require(store.load(account.id) == newer.account, "a refused erasure has changed the account")


def law_erased_may_return(open_store: OpenStore) -> None:
    """After its erasure an account is like one that never was: it is created, not replaced."""
    store = open_store()
    account = _stored(store)
    store.commit(one_change(erasure(account)))
    change = one_change(replacement(account))
    expect(StaleVersion, lambda: store.commit(change), "replacing an erased account has to fail")
    store.commit(one_change(creation(account)))
    require(store.load(account.id) == account, "an erased account cannot be created again")


def law_several_writes(open_store: OpenStore) -> None:
    """A change may create, replace and erase accounts at once."""
    store = open_store()
    replaced, erased, created = _stored(store), _stored(store), an_account(unique("account"))
    write = replacement(replaced, language="en")
    store.commit(one_change(write, erasure(erased), creation(created)))
    require(store.load(replaced.id) == write.account, "the replaced account is not the new one")
    require(store.load(erased.id) is None, "the erased account is still there")
    require(store.load(created.id) == created, "the created account is not there")


def law_nothing_is_remembered(open_store: OpenStore) -> None:
    """Who has asked for something before it was there finds it once it is."""
    store = open_store()
    account = an_account(unique("account"), realm=unique("realm"))
    key = Key(account.realm, "email", account.id)
    record = a_record(account_id=account.id)
    ask = (
        lambda: store.load(account.id),
        lambda: store.find(key),
        lambda: store.search(Criteria(realm=account.realm), None, 5).items,
        lambda: store.history(account.id),
    )
    for question in ask:
        require(not question(), "something that nobody committed is there")
    store.commit(one_change(creation(account, keys=[key]), audit=(record,)))
    expected = (account, (account,), (account,), (record,))
    answers = tuple(question() for question in ask)
    require(answers == expected, "an answer was remembered from before the commit")


def law_identifiers_are_exact(open_store: OpenStore) -> None:
    """Identifiers are the same only if they are equal: case, spaces and length count."""
    store = open_store()
    name = unique("account")
    near = (
        *(name.upper(), f"{name} ", f" {name}", name[:-1], f"{name}0"),
        *(name.replace("-", "_"), f"{name[:-1]}%", f"{name[:-1]}*"),
    )
    account, record = an_account(name), a_record(account_id=name)
    store.commit(one_change(creation(account), audit=(record,)))
    for other in near:
        require(store.load(other) is None, "an account is loaded by an identifier like its own")
        require(store.history(other) == (), "a history is told for an identifier like its own")
    others = [an_account(other) for other in near]
    store.commit(one_change(*map(creation, others)))
    for committed in (account, *others):
        require(store.load(committed.id) == committed, "two identifiers count as one")


def law_stale_leaves_nothing(open_store: OpenStore) -> None:
    """Of a change with one stale write nothing is there: no account, key, record or letter."""
    store = open_store()
    account = _stored(store)
    fresh = an_account(unique("account"))
    key = Key(fresh.realm, "email", fresh.id)
    change = one_change(
        creation(fresh, keys=[key]),
        replacement(an_account(account.id, version=5)),
        audit=(a_record(account_id=fresh.id),),
        letters=(a_letter(unique("letter"), account_id=fresh.id),),
    )
    expect(StaleVersion, lambda: store.commit(change), "a stale write has to be refused")
    _require_nothing(store, fresh.id, key)


def law_taken_leaves_nothing(open_store: OpenStore) -> None:
    """Of a change with one taken claim nothing is there: no account, key, record or letter."""
    store = open_store()
    fresh, rival = an_account(unique("account")), an_account(unique("account"))
    key = Key(fresh.realm, "email", fresh.id)
    claim = Key(fresh.realm, "username", rival.id)
    store.commit(one_change(creation(rival, claims=[claim])))
    change = one_change(
        creation(fresh, keys=[key]),
        creation(an_account(unique("account")), claims=[claim]),
        audit=(a_record(account_id=fresh.id),),
        letters=(a_letter(unique("letter"), account_id=fresh.id),),
    )
    expect(ClaimTaken, lambda: store.commit(change), "a taken claim has to be refused")
    _require_nothing(store, fresh.id, key)
    require(store.find(claim) == (rival,), "a refused change has changed who is found by a claim")


def _require_nothing(store: AccountStore, account_id: str, key: Key) -> None:
    """Make sure that nothing of an account is there."""
    require(store.load(account_id) is None, "half of the change is there: an account")
    require(store.find(key) == (), "half of the change is there: a key")
    require(store.history(account_id) == (), "half of the change is there: an audit record")
    letters = store.outbox_list(tuple(LetterState), None, 1_000).items
    require(
        all(letter.account_id != account_id for letter in letters),
        "half of the change is there: a letter",
    )
