"""Stores that fail when several threads or workers meet."""

# ruff: noqa: ARG002, D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import (
    Change,
    LetterState,
    OutboxMessage,
    Page,
)
from registrazione.ports.stores import StaleVersion, StoreUnavailable
from registrazione.testing.laws.store_races import THREADS

MEETING = 10.0
"""Seconds after which a thread goes on alone."""


class _ChecksWithoutLock(MemoryStore):
    """Checks, lets everybody else check too, and only then writes."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = Barrier(THREADS)

    def in_the_race(self, change: Change) -> bool:
        """Tell whether this is one of the changes that the law commits all at once."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def commit(self, change: Change) -> None:
        self._check_versions(change)
        self._check_claims(change)
        if self.in_the_race(change):
            with contextlib.suppress(BrokenBarrierError):
                self._meeting.wait(MEETING)
        for write in change.writes:
            self._put(write)


class SwapsWithoutLock(_ChecksWithoutLock):
    """Compares and swaps, but not in one step."""

    def in_the_race(self, change: Change) -> bool:
        return any(write.expected for write in change.writes)


class ClaimsWithoutLock(_ChecksWithoutLock):
    """Looks whether a claim is free and takes it, but not in one step."""

    def in_the_race(self, change: Change) -> bool:
        return any(write.claims for write in change.writes)


class ListsForever(MemoryStore):
    """Lists the same letters again and again."""

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        return super().outbox_list(states, None, limit)


class IsAlwaysStale(MemoryStore):
    """Refuses every change of what is there."""

    def _check_versions(self, change: Change) -> None:
        if any(write.expected for write in change.writes):
            raise StaleVersion
        super()._check_versions(change)


class ShufflesLetters(MemoryStore):
    """Keeps the order of changes, but not that of the letters in one."""

    def commit(self, change: Change) -> None:
        super().commit(attrs.evolve(change, letters=change.letters[::-1]))


class ForgetsAttempts(MemoryStore):
    """Hands letters out with an attempt more, and does not write that down."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        taken = super().outbox_take(profile, now, limit, lease)
        for letter in taken:
            self._letters[letter.id] = attrs.evolve(letter, attempts=letter.attempts - 1)
        return taken


class ForgetsBackOff(MemoryStore):
    """Delivers again at once what could not be delivered."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        return super().outbox_settle(attrs.evolve(message, not_before=message.created_at))


class ListsEverything(MemoryStore):
    """Lists letters in whatever state they are."""

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        return super().outbox_list(tuple(LetterState), cursor, limit)


class IsLocked(MemoryStore):
    """Lets one writer in and turns the others away, instead of letting them wait."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = Barrier(THREADS)
        self._met = False

    def commit(self, change: Change) -> None:
        if not self._met and self._meeting.wait(MEETING) > 0:
            raise StoreUnavailable
        self._met = True
        super().commit(change)


class CreatesWithoutLock(_ChecksWithoutLock):
    """Looks whether an account is there and creates it, but not in one step."""

    def in_the_race(self, change: Change) -> bool:
        return True


class SettlesWithoutLook(MemoryStore):
    """Believes every worker."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        super().outbox_settle(message)
        return True


class ForgetsLettersOfOthers(MemoryStore):
    """Gives up a letter once a worker has died with it."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        taken = super().outbox_take(profile, now, limit, lease)
        return tuple(letter for letter in taken if letter.attempts == 1)


class TakesNewestFirst(MemoryStore):
    """Works the outbox like a stack."""

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return reversed(list(super()._due_letters(profile, now)))


class TakesEverybodysLetters(MemoryStore):
    """Takes the letters of every procedure, whoever asks."""

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        mine = [m for m in self._letters.values() if m.state is LetterState.QUEUED]
        return (letter for letter in mine if letter.not_before <= now)


class IsImpatient(MemoryStore):
    """Delivers letters before their time."""

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return (
            m
            for m in self._letters.values()
            if m.state is LetterState.QUEUED and m.profile == profile
        )


class GrantsNoLease(MemoryStore):
    """Hands a letter out and lets everybody else have it too."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        return super().outbox_take(profile, now, limit, timedelta(0))


class TakesWithoutLock(MemoryStore):
    """Chooses letters, lets everybody else choose too, and only then notes that they are taken."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = Barrier(THREADS)

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        chosen = list(self._due_letters(profile, now))[:limit]
        if chosen:
            with contextlib.suppress(BrokenBarrierError):
                self._meeting.wait(MEETING)
        taken = tuple(
            attrs.evolve(m, attempts=m.attempts + 1, not_before=now + lease) for m in chosen
        )
        self._letters.update({letter.id: letter for letter in taken})
        return taken


class SettlesForAnybody(MemoryStore):
    """Lets a worker write to a letter that another has taken since."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        if message.id not in self._letters:
            return False
        self._letters[message.id] = message
        return True


class FencesTheOperator(MemoryStore):
    """Knows no way of sending a letter again."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        stored = self._letters.get(message.id)
        if stored is None or stored.attempts != message.attempts:
            return False
        return super().outbox_settle(message)


class InventsLetters(MemoryStore):
    """Puts a letter into the outbox that nobody has committed."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        self._letters.setdefault(message.id, message)
        return super().outbox_settle(message)


class SendsTwice(MemoryStore):
    """Notes what became of a letter, but leaves it in the queue."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        return super().outbox_settle(attrs.evolve(message, state=LetterState.QUEUED))


FAULTS: Mapping[type[MemoryStore], str] = {
    SwapsWithoutLock: "race_to_replace",
    ClaimsWithoutLock: "race_to_claim",
    ListsForever: "list_in_parts",
    IsAlwaysStale: "no_update_is_lost",
    ShufflesLetters: "letters_of_one_change",
    ForgetsAttempts: "taking_is_noted",
    ForgetsBackOff: "back_off",
    ListsEverything: "list_by_state",
    IsLocked: "writers_do_not_disturb",
    CreatesWithoutLock: "race_to_create",
    SettlesWithoutLook: "race_to_settle",
    ForgetsLettersOfOthers: "lease",
    TakesNewestFirst: "take_in_order",
    TakesEverybodysLetters: "letters_of_another_procedure",
    IsImpatient: "not_before",
    GrantsNoLease: "lease",
    TakesWithoutLock: "race_to_take",
    SettlesForAnybody: "settle_is_fenced",
    FencesTheOperator: "send_again",
    InventsLetters: "unknown_letter",
    SendsTwice: "settled_is_done",
}
