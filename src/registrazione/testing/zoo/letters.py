"""Stores whose outbox has a will of its own."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import Change, LetterState, OutboxMessage, Page
from registrazione.ports.stores import ClaimTaken

_LEASE = timedelta(minutes=5)


class _Leases(MemoryStore):
    """Leases letters until another time than was asked for."""

    def until(self, letter: OutboxMessage, now: datetime, lease: timedelta) -> datetime:
        """Return the end of the lease."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        before = dict(self._letters)
        taken = tuple(
            attrs.evolve(letter, not_before=self.until(before[letter.id], now, lease))
            for letter in super().outbox_take(profile, now, limit, lease)
        )
        self._letters.update({letter.id: letter for letter in taken})
        return taken


class LeasesFromThePast(_Leases):
    """Adds the lease to when a letter was ready, not to when it is taken."""

    def until(self, letter: OutboxMessage, now: datetime, lease: timedelta) -> datetime:  # noqa: ARG002
        return letter.not_before + lease


class LeasesForFiveMinutes(_Leases):
    """Leases for as long as it thinks best."""

    def until(self, letter: OutboxMessage, now: datetime, lease: timedelta) -> datetime:  # noqa: ARG002
        return now + _LEASE


class LeasesWholeSeconds(_Leases):
    """Rounds the end of a lease down."""

    def until(self, letter: OutboxMessage, now: datetime, lease: timedelta) -> datetime:  # noqa: ARG002
        return (now + lease).replace(microsecond=0)


class _Chooses(MemoryStore):
    """Chooses other letters than those that are due, or in another order."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        """Yield the letters to be taken."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def due(self, profile: str, now: datetime) -> list[OutboxMessage]:
        """Return what ought to be taken."""
        return list(super()._due_letters(profile, now))

    def _due_letters(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return self.chosen(profile, now)


class ComparesClockFaces(_Chooses):
    """Compares what the worker's clock shows with what the letter says, whatever the zones."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return iter(self.due(profile, now.replace(tzinfo=UTC)))


class GivesUpByItself(_Chooses):
    """Takes no letter any more that was tried a hundred times."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return (letter for letter in self.due(profile, now) if letter.attempts < 100)  # noqa: PLR2004


class TakesProceduresOfAnyCase(_Chooses):
    """Ignores the case of a procedure's name."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        names = {m.profile for m in self._letters.values() if m.profile.lower() == profile.lower()}
        return (letter for name in sorted(names) for letter in self.due(name, now))


class TakesProceduresByBeginning(_Chooses):
    """Takes the letters of every procedure whose name begins like the one asked for."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        names = {m.profile for m in self._letters.values() if m.profile.startswith(profile)}
        return (letter for name in sorted(names) for letter in self.due(name, now))


class WaitsBehindOthers(_Chooses):
    """Looks at the four letters that are next, whose ever they are."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        letters = self._letters.values()
        ready = (letter for letter in letters if letter.is_due(letter.profile, now))
        return (letter for letter in islice(ready, 4) if letter.profile == profile)


class TakesByDueTime(_Chooses):
    """Takes letters in the order in which they became ready."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return iter(sorted(self.due(profile, now), key=lambda letter: letter.not_before))


class TakesByDate(_Chooses):
    """Takes letters by their dates, though clocks are put back."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return iter(sorted(self.due(profile, now), key=lambda letter: letter.created_at))


class TakesAHundred(_Chooses):
    """Takes a hundred letters at most, though more are asked for."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return islice(self.due(profile, now), 100)


class TakesOneOfAKind(_Chooses):
    """Takes of letters of one kind to one account the last, because it overtakes the others."""

    def chosen(self, profile: str, now: datetime) -> Iterator[OutboxMessage]:
        return iter({(m.account_id, m.kind): m for m in self.due(profile, now)}.values())


class _Settles(MemoryStore):
    """Has its own idea of who may settle a letter."""

    def may(self, message: OutboxMessage, stored: OutboxMessage) -> bool:
        """Tell whether one may be written over the other."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def written(self, message: OutboxMessage, stored: OutboxMessage) -> OutboxMessage:  # noqa: ARG002
        """Return what is written."""
        return message

    def outbox_settle(self, message: OutboxMessage) -> bool:
        with self._lock:
            stored = self._letters.get(message.id)
            may = stored is not None and self.may(message, stored)
            if may and stored is not None:
                self._letters[message.id] = self.written(message, stored)
        return may


class SettlesTheFuture(_Settles):
    """Refuses only who comes late, and believes in attempts that nobody has made."""

    def may(self, message: OutboxMessage, stored: OutboxMessage) -> bool:
        return not message.attempts or message.attempts >= stored.attempts


class SettlesOnce(_Settles):
    """Settles only what is still queued, so that nobody learns that it was settled before."""

    def may(self, message: OutboxMessage, stored: OutboxMessage) -> bool:
        queued = stored.state is LetterState.QUEUED or not message.attempts
        return queued and message.settles(stored)


class SendsOnlyTheDeadAgain(_Settles):
    """Sends only letters again that were given up."""

    def may(self, message: OutboxMessage, stored: OutboxMessage) -> bool:
        return message.attempts == stored.attempts or stored.state is LetterState.DEAD


class KeepsTheLease(_Settles):
    """Leaves the time of a letter alone, once it is done."""

    def may(self, message: OutboxMessage, stored: OutboxMessage) -> bool:
        return message.settles(stored)

    def written(self, message: OutboxMessage, stored: OutboxMessage) -> OutboxMessage:
        done = message.state is not LetterState.QUEUED
        return attrs.evolve(message, not_before=stored.not_before) if done else message


class PurgesTheSent(MemoryStore):
    """Forgets by and by what was sent."""

    def outbox_take(
        self, profile: str, now: datetime, limit: int, lease: timedelta
    ) -> tuple[OutboxMessage, ...]:
        old = now - min(timedelta(days=30), now - datetime.min.replace(tzinfo=UTC))
        kept = {
            name: letter
            for name, letter in self._letters.items()
            if letter.state is not LetterState.SENT or letter.not_before > old
        }
        self._letters = kept
        return super().outbox_take(profile, now, limit, lease)


class ListsByDate(MemoryStore):
    """Lists letters by their dates."""

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        page = super().outbox_list(states, cursor, limit)
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda m: m.created_at)))


class ListsFifty(MemoryStore):
    """Lists fifty letters at most, though more are asked for."""

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        return super().outbox_list(states, cursor, min(limit, 50))


class CallsTheRestAPage(MemoryStore):
    """Gives a list where a tuple is promised."""

    def outbox_list(
        self, states: Sequence[LetterState], cursor: str | None, limit: int
    ) -> Page[OutboxMessage]:
        page = super().outbox_list(states, cursor, limit)
        items: Any = list(page.items)
        return Page(items=items, cursor=page.cursor)


class VoidsWhatWasOvertaken(MemoryStore):
    """Makes letters void whose account has another epoch, which is up to who delivers them."""

    def commit(self, change: Change) -> None:
        super().commit(change)
        epochs = {w.account_id: w.account.epoch for w in change.writes if w.account}
        for letter in self._letters.values():
            if epochs.get(letter.account_id, letter.epoch) != letter.epoch:
                void = attrs.evolve(letter, state=LetterState.VOID)
                self._letters = {**self._letters, letter.id: void}


class ErasesLetters(MemoryStore):
    """Throws letters away with the account, the one that says goodbye among them."""

    def commit(self, change: Change) -> None:
        super().commit(change)
        gone = {write.account_id for write in change.writes if write.account is None}
        left = {n: m for n, m in self._letters.items() if m.account_id not in gone}
        self._letters = left


class TellsWhoseItIs(MemoryStore):
    """Says in an error what is taken, so that it stands in every log."""

    def _check_claims(self, change: Change) -> None:
        try:
            super()._check_claims(change)
        except ClaimTaken as taken:
            values = [claim.value for write in change.writes for claim in write.claims]
            taken.args = (f"{', '.join(values)} is taken",)
            raise


class _Posts(MemoryStore):
    """Posts something else than it is given."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        """Return what is posted instead."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def commit(self, change: Change) -> None:
        letters = tuple(map(self.posted, change.letters))
        super().commit(attrs.evolve(change, letters=letters))


class LowersRecipients(_Posts):
    """Writes recipients in small letters, though the part before the @ is its server's business."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        return attrs.evolve(letter, to=letter.to.lower())


class DatesLetters(_Posts):
    """Keeps to the second when a letter was written, and so what its tokens say."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        return attrs.evolve(letter, created_at=letter.created_at.replace(microsecond=0))


class QueuesEverything(_Posts):
    """Puts every letter into the queue, whatever its state."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        return attrs.evolve(letter, state=LetterState.QUEUED)


class BeginsAtZero(_Posts):
    """Takes every letter for untried."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        return attrs.evolve(letter, attempts=0)


class CutsCodes(_Posts):
    """Has a column of 32 characters for the code of an error."""

    def posted(self, letter: OutboxMessage) -> OutboxMessage:
        return attrs.evolve(letter, error=letter.error[:32])


FAULTS: Mapping[type[MemoryStore], str] = {
    LeasesFromThePast: "lease_is_as_asked",
    LeasesForFiveMinutes: "lease_is_as_asked",
    LeasesWholeSeconds: "lease_is_as_asked",
    ComparesClockFaces: "not_before_elsewhere",
    GivesUpByItself: "attempts_are_not_bounded",
    TakesProceduresOfAnyCase: "procedures_do_not_wait",
    TakesProceduresByBeginning: "procedures_do_not_wait",
    WaitsBehindOthers: "procedures_do_not_wait",
    TakesByDueTime: "take_in_order",
    TakesByDate: "take_in_order",
    TakesAHundred: "many_letters",
    TakesOneOfAKind: "letters_of_one_account",
    SettlesTheFuture: "settle_is_fenced",
    SettlesOnce: "settled_is_done",
    SendsOnlyTheDeadAgain: "send_again",
    KeepsTheLease: "settled_is_done",
    PurgesTheSent: "settled_stays",
    ListsByDate: "list_by_state",
    ListsFifty: "many_letters",
    CallsTheRestAPage: "many_letters",
    VoidsWhatWasOvertaken: "letters_are_left_alone",
    ErasesLetters: "letters_are_left_alone",
    TellsWhoseItIs: "claim_taken",
    LowersRecipients: "letters_and_records",
    DatesLetters: "letters_and_records",
    QueuesEverything: "letters_and_records",
    BeginsAtZero: "letters_and_records",
    CutsCodes: "letters_and_records",
}
