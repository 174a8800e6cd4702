"""Laws of an account store: letters are taken by one worker at a time and never lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import permutations

import attrs

from registrazione.core.records import Criteria, LetterState, OutboxMessage, Page
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore, StoreError
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import LawBroken, parts, present, require, unique

OpenStore = Callable[[], AccountStore]

LEASE = timedelta(minutes=5)
_INSTANT = timedelta(microseconds=1)
_LONG_AFTER = NOON.replace(year=9000)
_MOST_LEFT = 10_000
_A_LOT = 120


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
    """Commit some letters, one after the other, by a clock that goes backwards."""
    times = [NOON - minutes * timedelta(minutes=1) for minutes in range(count)]
    letters = [a_letter(unique("letter"), created_at=at, not_before=at) for at in times]
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


def law_procedures_do_not_wait(open_store: OpenStore) -> None:
    """However many letters of other procedures wait before it, a letter is taken."""
    store = with_empty_queue(open_store)
    names = ("another", PORTAL.upper(), f"{PORTAL}s", PORTAL[:-1], "another")
    others = [a_letter(unique("letter"), profile=name) for name in names]
    mine = a_letter(unique("letter"))
    store.commit(one_change(letters=(*others, mine)))
    taken = store.outbox_take(PORTAL, NOON, 2, LEASE)
    for letter in others:
        store.outbox_settle(attrs.evolve(letter, state=LetterState.VOID))
    require(mine.id in [letter.id for letter in taken], "a letter waits for other procedures")
    require(taken == (_as_taken(mine),), "letters of a procedure with a like name are taken")


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


def law_not_before_elsewhere(open_store: OpenStore) -> None:
    """A letter is taken at its moment, whatever zone that and the worker's clock are told in."""
    store = with_empty_queue(open_store)
    zones = [timezone(timedelta(hours=hours)) for hours in (14, 0, -12)]
    for there, here in permutations(zones, 2):
        letter = a_letter(unique("letter"), not_before=NOON.astimezone(there))
        store.commit(one_change(letters=(letter,)))
        early, now = (at.astimezone(here) for at in (NOON - _INSTANT, NOON))
        require(store.outbox_take(PORTAL, early, 10, LEASE) == (), "a letter is taken too early")
        require(store.outbox_take(PORTAL, now, 10, LEASE) == (_as_taken(letter),), "too late")


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


def law_lease_is_as_asked(open_store: OpenStore) -> None:
    """A lease begins when a letter is taken, and is as long as was asked for."""
    store = with_empty_queue(open_store)
    _post(store)
    now = NOON + timedelta(days=3, microseconds=7)
    leases = (timedelta(seconds=20), timedelta(hours=7, microseconds=5))
    for attempts, lease in enumerate(leases, 1):
        (taken,) = store.outbox_take(PORTAL, now, 10, lease) or (None,)
        letter = present(taken, "a letter is not taken when its lease is over")
        require(letter.not_before == now + lease, "a lease ends at another time")
        require(letter.attempts == attempts, "not every attempt is counted")
        now += lease
        early = store.outbox_take(PORTAL, now - _INSTANT, 10, LEASE)
        require(early == (), "a letter is taken before its lease is over")


def law_attempts_are_not_bounded(open_store: OpenStore) -> None:
    """A letter is taken however often it was tried: the store does not give it up."""
    store = with_empty_queue(open_store)
    letter = a_letter(unique("letter"), attempts=300)
    store.commit(one_change(letters=(letter,)))
    taken = take_one(store, NOON)
    require(taken == _as_taken(letter), "the taken letter does not say that it was taken")
    require(store.outbox_settle(taken), "a letter that was taken cannot be settled")


def law_letters_of_one_account(open_store: OpenStore) -> None:
    """Letters to one account, of one kind, all wait and are taken together."""
    store = with_empty_queue(open_store)
    account = an_account(unique("account"))
    letters = tuple(a_letter(unique("letter"), account_id=account.id) for _ in range(3))
    store.commit(one_change(creation(account), letters=letters[:2]))
    store.commit(one_change(letters=letters[2:]))
    taken = store.outbox_take(PORTAL, NOON, 10, LEASE)
    require(taken == tuple(map(_as_taken, letters)), "one letter stands for others")


def law_letters_are_left_alone(open_store: OpenStore) -> None:
    """Letters wait, whatever becomes of their account: who delivers them looks at it then."""
    store = with_empty_queue(open_store)
    account = an_account(unique("account"))
    letters = [a_letter(unique("letter"), account_id=account.id) for _ in range(3)]
    store.commit(one_change(creation(account), letters=(letters[0],)))
    write = replacement(account, epoch=account.epoch + 1, state=AccountState.CANCELLED)
    store.commit(one_change(write, letters=(letters[1],)))
    stored = present(store.load(account.id), "the account is gone")
    store.commit(one_change(erasure(stored), letters=(letters[2],)))
    taken = store.outbox_take(PORTAL, NOON, 10, LEASE)
    require(taken == tuple(map(_as_taken, letters)), "a letter went with its account")


def law_many_letters(open_store: OpenStore) -> None:
    """A hundred and twenty letters are listed and taken at once, if that many are asked for."""
    store = with_empty_queue(open_store)
    letters = tuple(a_letter(unique("letter")) for _ in range(_A_LOT))
    store.commit(one_change(letters=letters))
    page = store.outbox_list((LetterState.QUEUED,), None, _A_LOT)
    require(page.items == letters, "not all letters are listed")
    require(page.cursor is None, "there is a cursor though nothing is left")
    taken = store.outbox_take(PORTAL, NOON, _A_LOT, LEASE)
    require(taken == tuple(map(_as_taken, letters)), "not all letters are taken")


def law_settled_is_done(open_store: OpenStore) -> None:
    """A letter that was sent, given up or made void is never taken again."""
    for state in (LetterState.SENT, LetterState.DEAD, LetterState.VOID):
        store = with_empty_queue(open_store)
        _post(store)
        taken = take_one(store, NOON)
        settled = attrs.evolve(taken, state=state, error="gone", not_before=NOON + _INSTANT)
        for _ in range(2):
            require(store.outbox_settle(settled), "who has a letter cannot settle it, or not again")
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
    never = attrs.evolve(late, attempts=quick.attempts + 1)
    require(not store.outbox_settle(never), "a letter is settled that was not taken so often")
    sent = attrs.evolve(quick, state=LetterState.SENT)
    require(store.outbox_settle(sent), "the worker who has the letter cannot settle it")


def law_send_again(open_store: OpenStore) -> None:
    """An operator may put any letter back into the queue, with its attempts at zero."""
    store = with_empty_queue(open_store)
    for state in (LetterState.DEAD, LetterState.SENT, LetterState.VOID):
        _post(store)
        done = attrs.evolve(take_one(store, NOON), state=state, error="refused")
        store.outbox_settle(done)
        again = attrs.evolve(done, state=LetterState.QUEUED, attempts=0, not_before=NOON, error="")
        require(store.outbox_settle(again), f"a letter that is {state} cannot be sent again")
        require(take_one(store, NOON) == _as_taken(again), "it is not sent again")


def law_settled_stays(open_store: OpenStore) -> None:
    """A letter that was sent is listed for ever, and no later taking or settling forgets it."""
    store = with_empty_queue(open_store)
    _post(store, 2)
    first, second = store.outbox_take(PORTAL, NOON, 10, LEASE)
    sent = [attrs.evolve(letter, state=LetterState.SENT) for letter in (first, second)]
    require(store.outbox_settle(sent[0]), "a letter that was taken cannot be settled")
    store.outbox_take(PORTAL, _LONG_AFTER, 10, LEASE)
    again = attrs.evolve(sent[1], attempts=0)
    require(store.outbox_settle(again), "a letter that was taken cannot be settled")
    listed = _listed(store, LetterState.SENT)
    require(sent[0] in listed, "a letter that was sent is forgotten")
    require(again in listed, "a letter that was sent is forgotten")


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
        together = tuple(letter for page in pages for letter in page)
        require(together == tuple(letters), "the parts do not make up the whole")


def law_not_a_cursor(open_store: OpenStore) -> None:
    """What is no cursor of the store is refused as such or answered: anybody may send one."""
    store = with_empty_queue(open_store)
    _post(store, 3)
    for cursor in ("", "nonsense", "9" * 40, "-1.x", "\u0663.\u0663", "1.\0", "1.\ud800"):
        asked = (
            partial(store.search, Criteria(realm="standard"), cursor, 2),
            partial(_queued, store, 2, cursor),
        )
        for ask in asked:
            try:
                ask()
            except StoreError:
                continue
            except Exception as error:
                kind = type(error).__name__
                raise LawBroken(f"{cursor!a} as a cursor: it raised {kind}") from error
