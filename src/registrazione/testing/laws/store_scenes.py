"""What the flows of a registration do to a store, call by call, for two of them that meet.

Each function sets a scene up in a store that others may have been at, and returns it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from registrazione.core.account import Account
from registrazione.core.records import Key, LetterState, OutboxMessage, Write
from registrazione.core.states import AccountState, PasswordState
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
from registrazione.testing.laws.kit import LawBroken, failures, present, require, unique
from registrazione.testing.laws.schedules import Actor, Scene

MOST_ATTEMPTS = 5


def all_well(results: Sequence[Any]) -> None:
    """Make sure that no actor was stopped by an error."""
    wrong = failures(results)
    require(not wrong, f"an actor got {', '.join(wrong)}")


def none_broken(results: Sequence[Any]) -> None:
    """Make sure that no actor has found a law broken, or was stopped by an error of the store."""
    for result in results:
        if isinstance(result, LawBroken):
            raise result
    all_well(results)


def kinds_posted(store: AccountStore, name: str) -> list[str]:
    """Return the kinds of an account's letters."""
    letters: list[OutboxMessage] = []
    cursor: str | None = None
    while True:
        page = store.outbox_list(tuple(LetterState), cursor, 200)
        letters += page.items
        cursor = page.cursor
        if cursor is None:
            return [letter.kind for letter in letters if letter.account_id == name]


def confirm_confirm(store: AccountStore) -> Scene:
    """The same form is sent twice: one account, one letter, and both are told of it."""
    once = Key(unique("realm"), "submission", "form")

    def confirm(name: str) -> Actor:
        found: tuple[Account, ...] = yield partial(store.find, once)
        if not found:
            letter = a_letter(unique("letter"), account_id=name)
            change = one_change(creation(an_account(name), claims=[once]), letters=(letter,))
            try:
                yield partial(store.commit, change)
            except ClaimTaken:
                found = yield partial(store.find, once)
            else:
                return name
        return found[0].id if found else "nobody"

    names = [unique("account") for _ in range(2)]

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(len(set(results)) == 1, "the same form has registered two accounts")
        require([account.id for account in store.find(once)] == results[:1], "it is not found")
        letters = [kind for name in names for kind in kinds_posted(store, name)]
        require(len(letters) == 1, f"{len(letters)} letters were posted for one form")

    return Scene(tuple(confirm(name) for name in names), verify)


def activate_activate(store: AccountStore) -> Scene:
    """One link is followed twice: one of them activates, the other is told that it was used."""
    waiting = an_account(unique("account"), epoch=1)
    claim = Key(unique("realm"), "email", "maria@example.it")
    store.commit(one_change(creation(waiting, keys=[claim])))

    def activate() -> Actor:
        for _ in range(MOST_ATTEMPTS):
            account: Account = yield partial(store.load, waiting.id)
            if account.epoch != waiting.epoch:
                return False
            write = replacement(
                account, claims=[claim], epoch=account.epoch + 1, state=AccountState.ACTIVE
            )
            letter = a_letter(unique("letter"), account_id=account.id, kind="activated")
            record = a_record(account_id=account.id, event="activated")
            try:
                yield partial(store.commit, one_change(write, letters=(letter,), audit=(record,)))
            except StaleVersion:
                continue
            return True
        return None

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(sorted(map(repr, results)) == ["False", "True"], "not exactly one has activated")
        account = present(store.load(waiting.id), "the account is gone")
        require((account.version, account.epoch) == (2, 2), "an activation was counted twice")
        require(len(kinds_posted(store, account.id)) == 1, "not exactly one letter was posted")
        require(len(store.history(account.id)) == 1, "not exactly one activation is in the trail")
        require(store.find(claim) == (account,), "the address does not find who has proved it")

    return Scene((activate(), activate()), verify)


def prove_prove(store: AccountStore) -> Scene:
    """Two claims of one person are proved: the first one stays, the other is gone with its keys."""
    person = Key(unique("realm"), "codice_fiscale", "RSSMRA80A01H501U")
    claims = [an_account(unique("account")) for _ in range(2)]
    store.commit(one_change(*(creation(claim, keys=[person]) for claim in claims)))

    def prove(name: str) -> Actor:
        for _ in range(MOST_ATTEMPTS):
            mine: Account | None = yield partial(store.load, name)
            if mine is None:
                return False
            found: tuple[Account, ...] = yield partial(store.find, person)
            rest = [erasure(other) for other in found if other.id != name]
            write = replacement(mine, claims=[person], state=AccountState.ACTIVE)
            try:
                yield partial(store.commit, one_change(*rest, write))
            except (StaleVersion, ClaimTaken):
                continue
            return True
        return None

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(sorted(map(repr, results)) == ["False", "True"], "not exactly one has won")
        left = [store.load(claim.id) for claim in claims]
        accounts = [account for account in left if account is not None]
        require(len(accounts) == 1, f"{len(accounts)} accounts are left of one person")
        require(store.find(person) == tuple(accounts), "not exactly the winner is found")
        require(accounts[0].state is AccountState.ACTIVE, "the winner is not active")

    return Scene(tuple(prove(claim.id) for claim in claims), verify)


def change_suspend(store: AccountStore) -> Scene:
    """A person changes the password while an operator suspends: both have happened at the end."""
    stored = an_account(unique("account"), state=AccountState.ACTIVE)
    key = Key(unique("realm"), "username", "maria")
    store.commit(one_change(creation(stored, claims=[key])))

    def change(**fields: Any) -> Actor:  # noqa: ANN401 - fields of an account
        for _ in range(MOST_ATTEMPTS):
            account: Account = yield partial(store.load, stored.id)
            write = replacement(account, claims=[key], **fields)
            try:
                yield partial(store.commit, one_change(write))
            except StaleVersion:
                continue
            seen: Account = yield partial(store.load, stored.id)
            require(seen.version > account.version, "a commit is not seen by who made it")
            return True
        return None

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(list(results) == [True, True], "an actor is stale again and again")
        account = present(store.load(stored.id), "the account is gone")
        require(account.version == 3, "not exactly two versions were written")  # noqa: PLR2004
        require(account.password is PasswordState.SET, "the change of password is lost")
        require(account.state is AccountState.SUSPENDED, "the suspension is lost")
        require(store.find(key) == (account,), "what is found is not what is loaded")

    return Scene((change(password=PasswordState.SET), change(state=AccountState.SUSPENDED)), verify)


def claim_claim(store: AccountStore) -> Scene:
    """Two people want one name: one gets it, the other is told, and nothing of them is there."""
    claim = Key(unique("realm"), "username", "maria")
    accounts = [an_account(unique("account")) for _ in range(2)]

    def take(account: Account) -> Actor:
        letter = a_letter(unique("letter"), account_id=account.id)
        change = one_change(creation(account, claims=[claim]), letters=(letter,))
        try:
            yield partial(store.commit, change)
        except ClaimTaken:
            return False
        return True

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(sorted(results) == [False, True], "not exactly one has got the name")
        winner, loser = accounts if results[0] else accounts[::-1]
        require(store.find(claim) == (winner,), "the name does not find who has got it")
        require(store.load(loser.id) is None, "who was refused is there")
        require(kinds_posted(store, loser.id) == [], "who was refused gets a letter")
        require(len(kinds_posted(store, winner.id)) == 1, "who was accepted gets no letter")

    return Scene(tuple(take(account) for account in accounts), verify)


def create_create(store: AccountStore) -> Scene:
    """Two change one identifier from nothing to something: one is stale."""
    name = unique("account")

    def create(language: str) -> Actor:
        try:
            yield partial(store.commit, one_change(creation(an_account(name, language=language))))
        except StaleVersion:
            return ""
        return language

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require("" in results and len(set(results)) == len(results), "not exactly one created it")
        account = present(store.load(name), "the account is not there")
        require(account.language in results, "it is not as its creator has committed it")

    return Scene((create("it"), create("en")), verify)


def erase_change(store: AccountStore) -> Scene:
    """One erases an account while the other changes it: it is gone, and its claim is free."""
    stored = an_account(unique("account"))
    claim = Key(unique("realm"), "email", "maria@example.it")
    store.commit(one_change(creation(stored, claims=[claim])))

    def write(make: Callable[[Account], Write]) -> Actor:
        for _ in range(MOST_ATTEMPTS):
            account: Account | None = yield partial(store.load, stored.id)
            if account is None:
                return True
            try:
                yield partial(store.commit, one_change(make(account)))
            except StaleVersion:
                continue
            return True
        return None

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(list(results) == [True, True], "an actor is stale again and again")
        require(store.load(stored.id) is None, "an erased account came back")
        require(store.find(claim) == (), "an erased account is found")
        taker = an_account(unique("account"))
        store.commit(one_change(creation(taker, claims=[claim])))
        require(store.find(claim) == (taker,), "the claim of an erased account is not free")

    changing = partial(replacement, claims=[claim], language="en")
    return Scene((write(erasure), write(changing)), verify)


def hand_over_claim(store: AccountStore) -> Scene:
    """One gives a name up while another wants it: who gets it is found by it, and nobody else."""
    holder, other = an_account(unique("account")), an_account(unique("account"))
    claim = Key(unique("realm"), "username", "maria")
    store.commit(one_change(creation(holder, claims=[claim]), creation(other)))

    def give_up() -> Actor:
        yield partial(store.commit, one_change(replacement(holder)))
        return True

    def want() -> Actor:
        try:
            yield partial(store.commit, one_change(replacement(other, claims=[claim])))
        except ClaimTaken:
            return False
        return True

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        found = [account.id for account in store.find(claim)]
        require(found == ([other.id] if results[1] else []), "the name finds somebody else")

    return Scene((give_up(), want()), verify)


def cross(store: AccountStore) -> Scene:
    """Two change the same two accounts, each in another order: neither waits for ever."""
    stored = [an_account(unique("account")) for _ in range(2)]
    store.commit(one_change(*map(creation, stored)))

    def change(*names: str) -> Actor:
        for _ in range(MOST_ATTEMPTS):
            writes: list[Write] = []
            for name in names:
                account: Account = yield partial(store.load, name)
                writes.append(replacement(account, failures=account.failures + 1))
            try:
                yield partial(store.commit, one_change(*writes))
            except StaleVersion:
                continue
            return True
        return None

    names = [account.id for account in stored]

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(list(results) == [True, True], "an actor is stale again and again")
        left = [present(store.load(name), "an account is gone") for name in names]
        require([account.failures for account in left] == [2, 2], "a change is lost, or half of it")

    return Scene((change(*names), change(*reversed(names))), verify)
