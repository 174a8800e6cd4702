"""Laws of an asynchronous store: whoever goes away in the middle of a call leaves no half behind.

A call is cancelled after no turn of the event loop, after one, two, three, five, and so on, until
it comes to its end before. What the cancelled call raises is its own matter; it may also have been
carried out, or be carried out a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from registrazione.core.account import Account
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.ports.stores import AccountStore, StaleVersion
from registrazione.testing.blocking import BlockingStore
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
from registrazione.testing.laws import kit
from registrazione.testing.laws.kit import present, require, unique
from registrazione.testing.laws.store_outbox import LEASE, with_empty_queue
from registrazione.testing.laws.store_scenes import kinds_posted

OpenStore = Callable[[], AccountStore]
T = TypeVar("T")

MOST_TURNS = 20_000
"""Turns of the event loop after which nobody is cancelled any more."""
_MOST_LOOKS = 5
_READERS = 3


def law_cancelled_commit(open_store: OpenStore) -> None:
    """Who goes away in the middle of a commit leaves all of it or nothing, and stops nobody."""
    store = _awaited(open_store())
    old = an_account(unique("account"))
    store.commit(one_change(creation(old)))
    for turns in _turns():
        new = an_account(unique("account"))
        claim = Key(unique("realm"), "username", "maria")
        write = replacement(present(store.load(old.id), "an account is gone"), failures=turns)
        change = one_change(
            write,
            creation(new, claims=[claim]),
            letters=(a_letter(unique("letter"), account_id=new.id),),
            audit=(a_record(account_id=new.id),),
        )
        ended = _in_time(partial(store.cut_off, turns, "commit", change))
        _require_all_or_nothing(store, write.account, new, claim)
        _in_time(partial(_change, store, old.id))
        if ended:
            return


def law_cancelled_reading(open_store: OpenStore) -> None:
    """Who goes away while reading stops nobody, however many they are."""
    store = _awaited(open_store())
    account = an_account(unique("account"))
    key = Key(unique("realm"), "email", "maria@example.it")
    store.commit(one_change(creation(account, keys=[key])))
    reads: tuple[tuple[Any, ...], ...] = (
        ("load", account.id),
        ("find", key),
        ("search", Criteria(realm=account.realm), None, 5),
        ("history", account.id),
        ("outbox_list", tuple(LetterState), None, 5),
    )
    for read in reads:
        for turns in _turns():
            ended = [_in_time(partial(store.cut_off, turns, *read)) for _ in range(_READERS)]
            if all(ended):
                break
    _in_time(partial(_change, store, account.id))


def law_cancelled_taking(open_store: OpenStore) -> None:
    """A letter whose taker goes away is taken again: at once, or when the lease is over."""
    store = _awaited(with_empty_queue(open_store))
    letter = a_letter(unique("letter"))
    store.commit(one_change(letters=(letter,)))
    now = NOON
    for turns in _turns():
        ended = _in_time(partial(store.cut_off, turns, "outbox_take", PORTAL, now, 5, LEASE))
        now += LEASE
        taken = _in_time(partial(store.outbox_take, PORTAL, now, 5, LEASE))
        require([m.id for m in taken] == [letter.id], "a letter is lost with who took it")
        now += LEASE
        if ended:
            return


def _awaited(store: AccountStore) -> BlockingStore:
    """Return the store, whose calls can be cancelled."""
    if not isinstance(store, BlockingStore):
        raise kit.LawBroken("its calls are not awaited, and so cannot be cancelled")
    return store


def _turns() -> Iterator[int]:
    """Yield after how many turns a call is cancelled."""
    yield 0
    one, two = 1, 2
    while one < MOST_TURNS:
        yield one
        one, two = two, one + two


def _in_time(action: Callable[[], T]) -> T:
    """Return what an action returns, unless it waits for ever."""
    (result,) = kit.race([action], kit.PATIENCE)
    if isinstance(result, Exception):
        raise result
    return result


def _change(store: AccountStore, account_id: str) -> None:
    """Change an account, again if a commit of somebody who went away comes in between."""
    for _ in range(_MOST_LOOKS):
        account = present(store.load(account_id), "an account is gone")
        try:
            store.commit(one_change(replacement(account)))
        except StaleVersion:
            continue
        return
    raise kit.LawBroken("an account is stale again and again")


def _require_all_or_nothing(
    store: AccountStore, written: Account | None, new: Account, claim: Key
) -> None:
    """Make sure that a change is there whole or not at all, or is so a moment later."""
    seen: list[bool] = []
    for _ in range(_MOST_LOOKS):
        seen = [
            written is not None and store.load(written.id) == written,
            store.load(new.id) == new,
            store.find(claim) == (new,),
            bool(store.history(new.id)),
            bool(kinds_posted(store, new.id)),
        ]
        if all(one == other for one, other in pairwise(seen)):
            return
    words = ("the replaced account", "the new account", "its claim", "its record", "its letter")
    there = [word for word, is_there in zip(words, seen, strict=True) if is_there]
    raise kit.LawBroken(f"half of a cancelled commit is there: {', '.join(there)}")
