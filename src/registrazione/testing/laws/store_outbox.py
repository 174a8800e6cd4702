"""Laws of an account store: letters are taken by one worker at a time and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import attrs

from registrazione.core.records import LetterState, OutboxMessage, Page
from registrazione.ports.stores import AccountStore
from registrazione.testing.builders import NOON, PORTAL, a_letter, one_change
from registrazione.testing.laws.kit import parts, require, unique

OpenStore = Callable[[], AccountStore]

LEASE = timedelta(minutes=5)
_INSTANT = timedelta(microseconds=1)
_LONG_AFTER = NOON.replace(year=9000)
_MOST_LEFT = 10_000


def with_empty_queue(open_store: OpenStore) -> AccountStore:
    """Open the store and void what other laws have left in its queue."""
    store = open_store()
    taken = 0
    while left := store.outbox_take(PORTAL, _LONG_AFTER, 100, LEASE):
        for letter in left:
            store.outbox_settle(attrs.evolve(letter, state=LetterState.VOID))
        taken += len(left)
        require(taken <= _MOST_LEFT, "letters that were made void stay in the queue")
    return store


def take_one(store: AccountStore, now: datetime) -> OutboxMessage:
    """Take the only letter that is ready."""
    taken = store.outbox_take(PORTAL, now, 10, LEASE)
    require(len(taken) == 1, f"{len(taken)} letters were taken where one is ready")
    return taken[0]


def _post(store: AccountStore, count: int = 1) -> list[OutboxMessage]:
    """Commit some letters, one after the other."""
    letters = [a_letter(unique("letter")) for _ in range(count)]
    for letter in letters:
        store.commit(one_change(letters=(letter,)))
    return letters


def _as_taken(letter: OutboxMessage) -> OutboxMessage:
    """Return a letter as it is after it was taken at noon."""
    return attrs.evolve(letter, attempts=letter.attempts + 1, not_before=NOON + LEASE)


def _listed(store: AccountStore, *states: LetterState) -> list[OutboxMessage]:
    """Return the letters in some states."""
    pages = parts(lambda cursor: store.outbox_list(states, cursor, 100))
    return [letter for page in pages for letter in page]


def _queued(store: AccountStore, limit: int, cursor: str | None) -> Page[OutboxMessage]:
    """Return a part of the queue."""
    return store.outbox_list((LetterState.QUEUED,), cursor, limit)


def law_take_in_order(open_store: OpenStore) -> None:
    """Letters are taken in the order in which they were committed, as many as asked for."""
    store = with_empty_queue(open_store)
    letters = [_as_taken(letter) for letter in _post(store, 5)]
    taken = [store.outbox_take(PORTAL, NOON, 2, LEASE) for _ in range(4)]
    expected = [tuple(letters[:2]), tuple(letters[2:4]), tuple(letters[4:]), ()]
    require(taken == expected, "letters are not taken in their order")


def law_letters_of_one_change(open_store: OpenStore) -> None:
    """The letters of one change are taken in the order in which they stand there."""
    store = with_empty_queue(open_store)
    letters = tuple(a_letter(unique("letter")) for _ in range(5))
    store.commit(one_change(letters=letters))
    expected = tuple(_as_taken(letter) for letter in letters)
    taken = store.outbox_take(PORTAL, NOON, 10, LEASE)
    require(taken == expected, "letters are not in their order")


def law_letters_of_another_procedure(open_store: OpenStore) -> None:
    """A worker takes the letters of its own procedure, and leaves those of another one."""
    store = with_empty_queue(open_store)
    other = a_letter(unique("letter"), profile="another")
    mine = a_letter(unique("letter"))
    store.commit(one_change(letters=(other, mine)))
    require(
        store.outbox_take(PORTAL, NOON, 10, LEASE) == (_as_taken(mine),),
        "letters of another procedure are taken",
    )
    taken = store.outbox_take("another", NOON, 10, LEASE)
    require(taken == (_as_taken(other),), "letters of the other procedure are lost")
    store.outbox_settle(attrs.evolve(taken[0], state=LetterState.VOID))


def law_not_before(open_store: OpenStore) -> None:
    """A letter is not taken before its time, but at once when it has come."""
    store = with_empty_queue(open_store)
    early = a_letter(unique("letter"), not_before=NOON + _INSTANT)
    ready = a_letter(unique("letter"), not_before=NOON)
    store.commit(one_change(letters=(early, ready)))
    taken = store.outbox_take(PORTAL, NOON, 10, LEASE)
    require(taken == (_as_taken(ready),), "not exactly what is ready")
    taken = store.outbox_take(PORTAL, NOON + _INSTANT, 10, LEASE)
    require([letter.id for letter in taken] == [early.id], "a letter is not taken when its time is")


def law_taking_is_noted(open_store: OpenStore) -> None:
    """A taken letter counts one attempt more and rests until the lease is over."""
    store = with_empty_queue(open_store)
    (letter,) = _post(store)
    taken = take_one(store, NOON)
    require(taken == _as_taken(letter), "the taken letter does not say that it was taken")
    stored = [m for m in _listed(store, LetterState.QUEUED) if m.id == letter.id]
    require(stored == [taken], "that the letter was taken is not in the store")


def law_lease(open_store: OpenStore) -> None:
    """A taken letter is not taken again during the lease; after it, it is."""
    store = with_empty_queue(open_store)
    _post(store)
    store.outbox_take(PORTAL, NOON, 10, LEASE)
    require(store.outbox_take(PORTAL, NOON, 10, LEASE) == (), "a letter is taken twice")
    before = NOON + LEASE - _INSTANT
    require(
        store.outbox_take(PORTAL, before, 10, LEASE) == (),
        "a letter is taken before its lease is over",
    )
    again = store.outbox_take(PORTAL, NOON + LEASE, 10, LEASE)
    require([letter.attempts for letter in again] == [2], "a letter is lost with its worker")


def law_settled_is_done(open_store: OpenStore) -> None:
    """A letter that was sent, given up or made void is never taken again."""
    for state in (LetterState.SENT, LetterState.DEAD, LetterState.VOID):
        store = with_empty_queue(open_store)
        _post(store)
        taken = take_one(store, NOON)
        settled = attrs.evolve(taken, state=state, error="gone")
        require(store.outbox_settle(settled), "a letter that was taken cannot be settled")
        require(settled in _listed(store, state), "the settled letter is not what was written")
        require(
            store.outbox_take(PORTAL, _LONG_AFTER, 10, LEASE) == (), "a settled letter is taken"
        )


def law_back_off(open_store: OpenStore) -> None:
    """A letter that could not be delivered is taken again at the time set for it."""
    store = with_empty_queue(open_store)
    _post(store)
    taken = take_one(store, NOON)
    later = NOON + timedelta(hours=1)
    postponed = attrs.evolve(taken, not_before=later, error="greylisted")
    require(store.outbox_settle(postponed), "a letter that was taken cannot be postponed")
    require(
        store.outbox_take(PORTAL, later - _INSTANT, 10, LEASE) == (), "a letter is taken too early"
    )
    again = take_one(store, later)
    expected = attrs.evolve(postponed, attempts=2, not_before=later + LEASE)
    require(again == expected, "a postponed letter is not taken as it was written")


def law_settle_is_fenced(open_store: OpenStore) -> None:
    """A worker whose lease ran out cannot write to a letter that another has taken."""
    store = with_empty_queue(open_store)
    _post(store)
    slow = take_one(store, NOON)
    quick = take_one(store, NOON + LEASE)
    late = attrs.evolve(slow, state=LetterState.DEAD, error="timeout")
    require(not store.outbox_settle(late), "a late worker believes to have settled the letter")
    require(quick in _listed(store, LetterState.QUEUED), "a late worker has changed the letter")
    sent = attrs.evolve(quick, state=LetterState.SENT)
    require(store.outbox_settle(sent), "the worker who has the letter cannot settle it")


def law_send_again(open_store: OpenStore) -> None:
    """An operator may put any letter back into the queue, with its attempts at zero."""
    store = with_empty_queue(open_store)
    _post(store)
    taken = take_one(store, NOON)
    dead = attrs.evolve(taken, state=LetterState.DEAD, error="refused")
    store.outbox_settle(dead)
    again = attrs.evolve(dead, state=LetterState.QUEUED, attempts=0, not_before=NOON, error="")
    require(store.outbox_settle(again), "a dead letter cannot be sent again")
    require(
        store.outbox_take(PORTAL, NOON, 10, LEASE) == (_as_taken(again),), "it is not sent again"
    )


def law_unknown_letter(open_store: OpenStore) -> None:
    """A letter that was never committed cannot be settled."""
    store = with_empty_queue(open_store)
    for attempts in (0, 1):
        letter = a_letter(unique("letter"), attempts=attempts)
        require(not store.outbox_settle(letter), "a letter that is not there was settled")
        require(letter not in _listed(store, *LetterState), "a letter came out of nothing")


def law_list_by_state(open_store: OpenStore) -> None:
    """Letters are listed by their states, the oldest first; no states, no letters."""
    store = with_empty_queue(open_store)
    posted = _post(store, 4)
    taken = store.outbox_take(PORTAL, NOON, 3, LEASE)
    ends = (LetterState.DEAD, LetterState.SENT, LetterState.DEAD)
    settled = [attrs.evolve(m, state=state) for m, state in zip(taken, ends, strict=True)]
    for letter in settled:
        store.outbox_settle(letter)
    mine = {letter.id for letter in posted}

    def listed(*states: LetterState) -> list[OutboxMessage]:
        return [letter for letter in _listed(store, *states) if letter.id in mine]

    require(listed(LetterState.DEAD) == [settled[0], settled[2]], "not exactly the dead letters")
    require(listed(*LetterState) == [*settled, posted[3]], "not all letters in their order")
    require(listed() == [], "letters are listed though no state was asked for")


def law_list_in_parts(open_store: OpenStore) -> None:
    """The parts of a list are full but the last, and together hold everything once."""
    store = with_empty_queue(open_store)
    letters = _post(store, 6)
    for limit, sizes in ((1, [1] * 6), (2, [2] * 3), (4, [4, 2]), (6, [6]), (7, [6])):
        pages = list(parts(partial(_queued, store, limit)))
        require([len(page) for page in pages] == sizes, "the parts are not of the right sizes")
        together = [letter for page in pages for letter in page]
        require(together == letters, "the parts do not make up the whole")
