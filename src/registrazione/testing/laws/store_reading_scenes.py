"""What readers and workers meet while somebody writes, call by call.

Each function sets a scene up in a store that others may have been at, and returns it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

import attrs

from registrazione.core.account import Account
from registrazione.core.records import Criteria, Key, LetterState, OutboxMessage, Page
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    a_record,
    an_account,
    creation,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import require, unique
from registrazione.testing.laws.schedules import Actor, Scene
from registrazione.testing.laws.store_outbox import LEASE
from registrazione.testing.laws.store_scenes import all_well, kinds_posted, none_broken


def read_commit(store: AccountStore) -> Scene:
    """One reads while the other commits: all of a change is seen, or nothing of it."""
    realm = unique("realm")
    old, new = (an_account(unique("account"), realm=realm) for _ in range(2))
    claim = Key(realm, "username", "maria")
    waiting = Criteria(realm=realm, states=(old.state,))
    store.commit(one_change(creation(old, claims=[claim])))
    write = replacement(old, state=AccountState.SUSPENDED)
    change = one_change(
        write,
        creation(new, claims=[claim]),
        letters=(a_letter(unique("letter"), account_id=new.id),),
        audit=(a_record(account_id=new.id),),
    )

    def commit() -> Actor:
        yield partial(store.commit, change)

    def read() -> Actor:
        found: tuple[Account, ...] = yield partial(store.find, claim)
        require(found in ((old,), (new,)), "a claim finds nobody for a moment, or half a change")
        page: Page[Account] = yield partial(store.search, waiting, None, 5)
        met = page.items
        require(met in ((old,), (new,)), "a search finds nobody for a moment, or half a change")
        require(found == (old,) or met == (new,), "of a change that is seen a search knows nothing")
        reads: list[tuple[str, Callable[[], bool]]] = [
            ("its account", lambda: store.load(new.id) == new),
            ("the other account", lambda: store.load(old.id) == write.account),
            ("its letter", lambda: bool(kinds_posted(store, new.id))),
            ("its record", lambda: bool(store.history(new.id))),
        ]
        for _ in range(2):
            there = met == (new,)
            for what, is_there in reads:
                seen: bool = yield is_there
                require(seen or not there, f"of a change that is seen {what} is missing")
                there = there or seen

    def verify(results: Sequence[Any]) -> None:
        none_broken(results)
        require(store.find(claim) == (new,), "the change is not there")

    return Scene((commit(), read()), verify)


def read_change(store: AccountStore) -> Scene:
    """One reads while the other changes: what is read never goes back, and ends with the new."""
    stored = an_account(unique("account"))
    key = Key(unique("realm"), "email", "maria@example.it")
    store.commit(one_change(creation(stored, keys=[key])))
    write = replacement(stored, keys=[key], language="en")

    def commit() -> Actor:
        yield partial(store.commit, one_change(write))

    def read() -> Actor:
        last = stored
        for _ in range(2):
            loaded: Account = yield partial(store.load, stored.id)
            found: tuple[Account, ...] = yield partial(store.find, key)
            require(len(found) == 1, "an account is not found while it is changed")
            require(last.version <= loaded.version <= found[0].version, "an old version came back")
            last = found[0]

    def verify(results: Sequence[Any]) -> None:
        none_broken(results)
        require(store.load(stored.id) == write.account, "an old version is loaded afterwards")
        require(store.find(key) == (write.account,), "an old version is found afterwards")

    return Scene((read(), commit()), verify)


def post_post(store: AccountStore) -> Scene:
    """Two commit letters and records for one account: every one of them is there."""
    name = unique("account")

    def post(kind: str) -> Actor:
        letter = a_letter(unique("letter"), account_id=name, kind=kind)
        record = a_record(account_id=name, event=kind)
        yield partial(store.commit, one_change(letters=(letter,), audit=(record,)))

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(
            sorted(kinds_posted(store, name)) == ["activated", "activation"], "a letter is lost"
        )
        events = sorted(record.event for record in store.history(name))
        require(events == ["activated", "activation"], "a record is lost")

    return Scene((post("activation"), post("activated")), verify)


def search_search(store: AccountStore) -> Scene:
    """Two read long answers part by part: each gets its own, whole."""
    realm = unique("realm")
    states = (AccountState.ACTIVE, AccountState.CLAIM)
    names: dict[AccountState, list[str]] = {state: [] for state in states}
    for state in states * 3:
        account = an_account(unique("account"), realm=realm, state=state)
        store.commit(one_change(creation(account)))
        names[state].append(account.id)

    def read(state: AccountState) -> Generator[Callable[[], Any], Any, list[str]]:
        cursor: str | None = None
        met: list[str] = []
        while True:
            criteria = Criteria(realm=realm, states=(state,))
            page = yield partial(store.search, criteria, cursor, 1)
            met += [account.id for account in page.items]
            cursor = page.cursor
            if cursor is None or len(met) > len(names[state]):
                return met

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        for state, met in zip(states, results, strict=True):
            require(sorted(met) == sorted(names[state]), "parts of two answers were mixed up")

    return Scene(tuple(read(state) for state in states), verify)


def take_take(store: AccountStore) -> Scene:
    """Two workers deliver what is there: every letter once. The queue has to be empty."""
    letters = tuple(a_letter(unique("letter")) for _ in range(2))
    store.commit(one_change(letters=letters))

    def work() -> Actor:
        mine: list[str] = []
        for _ in range(len(letters) + 1):
            taken: tuple[OutboxMessage, ...] = yield partial(
                store.outbox_take, PORTAL, NOON, 1, LEASE
            )
            for letter in taken:
                mine.append(letter.id)
                sent = attrs.evolve(letter, state=LetterState.SENT)
                settled: bool = yield partial(store.outbox_settle, sent)
                require(settled, "a worker cannot settle the letter that it has")
            if not taken:
                break
        return mine

    def verify(results: Sequence[Any]) -> None:
        none_broken(results)
        taken = sorted(name for mine in results for name in mine)
        require(len(taken) == len(set(taken)), "two workers have taken the same letter")
        require(taken == sorted(m.id for m in letters), "a letter was taken by nobody")

    return Scene((work(), work()), verify)


def take_settle(store: AccountStore) -> Scene:
    """A slow worker settles while another takes after the lease: who has it last settles it."""
    letter = a_letter(unique("letter"))
    store.commit(one_change(letters=(letter,)))
    (slow,) = store.outbox_take(PORTAL, NOON, 1, LEASE)

    def settle_late() -> Actor:
        late = attrs.evolve(slow, state=LetterState.SENT, error="slow")
        settled: bool = yield partial(store.outbox_settle, late)
        return settled

    def take_over() -> Actor:
        taken: tuple[OutboxMessage, ...] = yield partial(
            store.outbox_take, PORTAL, NOON + LEASE, 1, LEASE
        )
        if not taken:
            return False
        dead = attrs.evolve(taken[0], state=LetterState.DEAD, error="quick")
        settled: bool = yield partial(store.outbox_settle, dead)
        return settled

    def verify(results: Sequence[Any]) -> None:
        all_well(results)
        require(sorted(results) == [False, True], "not exactly one of them has settled the letter")
        state = LetterState.SENT if results[0] else LetterState.DEAD
        left = [m for m in store.outbox_list((state,), None, 10_000).items if m.id == letter.id]
        words = ["slow" if results[0] else "quick"]
        require([m.error for m in left] == words, "the letter is not as it was settled")

    return Scene((settle_late(), take_over()), verify)
