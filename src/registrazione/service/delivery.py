"""The outbox emptied: taken, written, sent, settled, one letter after the other.

A flow like those of the core, so that the sync and the async registrar share it. Between taking
and settling a letter is only leased: a worker that dies loses nothing, and the next one sends the
letter with the same ``Message-ID``, by which mail programs show it once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

import attrs

from registrazione.core.account import Account
from registrazione.core.questions import Draw, Flow, Load, Question, ask
from registrazione.core.records import LetterState, OutboxMessage, Page
from registrazione.ports import Envelope, MailerUnavailable, MailRefused, StoreError

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
"""How long to wait at least after each failed attempt; the last one again and again."""
SPREAD = 4
"""A wait grows by up to a quarter, by chance: what failed together does not come back together."""
MOST_ATTEMPTS = 12
"""After so many, about two days, a letter is given up; an operator can send it again."""
BATCH = 10
LEASE = timedelta(minutes=10)
"""For how long a batch is one worker's: every letter of it may take a minute."""

_PAGE = 100
_DICE = 4
_SHORT_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")

Progress = Callable[[OutboxMessage], None]
"""Told of each letter once it is settled; no observer learns more than the outbox keeps.

Whatever it raises ends the run: the letters in hand that were not sent are given back at once."""


# -- questions ------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class ReadClock(Question[datetime]):
    """What time is it?"""

    port = "clock"
    method = "now"


@attrs.frozen(eq=False)
class OutboxTake(Question[tuple[OutboxMessage, ...]]):
    """Which letters are mine until the lease ends?"""

    port = "store"
    method = "outbox_take"
    profile: str
    now: datetime
    limit: int
    lease: timedelta


@attrs.frozen(eq=False)
class OutboxSettle(Question[bool]):
    """Was this still mine to write down?"""

    port = "store"
    method = "outbox_settle"
    message: OutboxMessage


@attrs.frozen(eq=False)
class OutboxList(Question[Page[OutboxMessage]]):
    """Which letters are in these states?"""

    port = "store"
    method = "outbox_list"
    states: Sequence[LetterState]
    cursor: str | None
    limit: int


@attrs.frozen(eq=False)
class WriteLetter(Question[Envelope | None]):
    """What does the letter say, if it still says anything?"""

    port = "letters"
    method = "write"
    message: OutboxMessage
    account: Account | None


@attrs.frozen(eq=False)
class SendEnvelope(Question[None]):
    """Take this letter over."""

    port = "mailer"
    method = "send"
    envelope: Envelope


# -- delivery -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class DeliveryReport:
    """What became of the letters of one run.

    Args:
        sent: Handed over.
        void: Not sent on purpose: overtaken.
        postponed: To be tried again later.
        dead: Given up.
        overtaken: Taken, and left to others because the lease ended: the mailer is too slow.
    """

    sent: int = 0
    void: int = 0
    postponed: int = 0
    dead: int = 0
    overtaken: int = 0

    @classmethod
    def of(cls, states: Mapping[LetterState, int], overtaken: int = 0) -> Self:
        """Count letters by the state that they were settled in."""
        return cls(
            sent=states.get(LetterState.SENT, 0),
            void=states.get(LetterState.VOID, 0),
            postponed=states.get(LetterState.QUEUED, 0),
            dead=states.get(LetterState.DEAD, 0),
            overtaken=overtaken,
        )

    @property
    def taken(self) -> int:
        """Return how many letters the run had in hand."""
        return sum(attrs.astuple(self))

    def __add__(self, other: DeliveryReport) -> DeliveryReport:
        """Return what became of the letters of both runs."""
        both = zip(attrs.astuple(self), attrs.astuple(other), strict=True)
        names = [field.name for field in attrs.fields(DeliveryReport)]
        return DeliveryReport(**dict(zip(names, map(sum, both), strict=True)))


def _silent(_message: OutboxMessage) -> None:
    """Report progress to nobody."""


def deliver(
    profile: str,
    *,
    most: int | None = None,
    batch: int = BATCH,
    lease: timedelta = LEASE,
    progress: Progress = _silent,
) -> Flow[DeliveryReport]:
    """Send the letters that are due, until none is left.

    Args:
        profile: Name of the procedure whose letters they are.
        most: Stop after so many; ``None``: no bound.
        batch: How many are taken at once.
        lease: For how long they are this run's.
        progress: Told of each settled letter.

    Returns:
        What became of them. A letter that somebody else took over meanwhile is theirs to count.

    Raises:
        StoreError: The store is not there; what was taken comes back when the lease ends.
        BaseException: Whatever ``progress`` raises, after the rest of the batch was given back.
    """
    counts: Counter[LetterState] = Counter()
    overtaken = 0
    left = most
    while left is None or left > 0:
        now = yield from ask(ReadClock())
        limit = batch if left is None else min(batch, left)
        messages = yield from ask(OutboxTake(profile, now, limit, lease))
        if not messages:
            break
        left = None if left is None else left - len(messages)
        for number, message in enumerate(messages, start=1):
            settled = yield from _deliver_one(message)
            if settled is None:
                overtaken += 1
                continue
            counts[settled.state] += 1
            try:
                progress(settled)
            except BaseException:
                yield from _give_back(messages[number:])
                raise
        if most is not None and len(messages) < limit:
            # Whoever bounds a run is in a hurry: what has come meanwhile, others see to.
            break
    return DeliveryReport.of(counts, overtaken)


def resend_dead(ids: Collection[str] | None = None) -> Flow[int]:
    """Put letters that were given up back into the queue, for an operator.

    Args:
        ids: Which of them; ``None``: all.

    Returns:
        How many there were.
    """
    now = yield from ask(ReadClock())
    dead = [m for m in (yield from _dead_letters()) if ids is None or m.id in ids]
    for message in dead:
        again = attrs.evolve(
            message, state=LetterState.QUEUED, attempts=0, not_before=now, error=""
        )
        yield from ask(OutboxSettle(again))
    return len(dead)


def forget_dead(profile: str, before: datetime) -> Flow[int]:
    """Forget whom letters were for that were given up long ago (ASVS 5.0, 14.2.4).

    An operator can send a dead letter again, so that it keeps its address; not for ever.

    Args:
        profile: Name of the procedure whose letters they are.
        before: Those that are from then or older.

    Returns:
        How many there were.
    """
    dead = yield from _dead_letters()
    old = [m for m in dead if m.profile == profile and m.created_at <= before]
    for message in old:
        yield from ask(OutboxSettle(_done(message, LetterState.VOID)))
    return len(old)


def _dead_letters() -> Flow[list[OutboxMessage]]:
    """Return every letter that was given up."""
    dead: list[OutboxMessage] = []
    cursor: str | None = None
    while True:
        page = yield from ask(OutboxList((LetterState.DEAD,), cursor, _PAGE))
        dead += page.items
        cursor = page.cursor
        if cursor is None:
            return dead


def _give_back(messages: Sequence[OutboxMessage]) -> Flow[None]:
    """Let other workers have letters that this run will not come to."""
    now = yield from ask(ReadClock())
    with suppress(StoreError):  # They come back with the lease.
        for message in messages:
            yield from ask(OutboxSettle(attrs.evolve(message, not_before=now)))


def _deliver_one(message: OutboxMessage) -> Flow[OutboxMessage | None]:
    """Return the letter as it was settled, or ``None`` if it is somebody else's by now."""
    now = yield from ask(ReadClock())
    if now >= message.not_before:
        return None
    settled = yield from _sent(message)
    return settled if (yield from ask(OutboxSettle(settled))) else None


def _sent(message: OutboxMessage) -> Flow[OutboxMessage]:
    """Try to send the letter, and return it as it is afterwards."""
    if message.attempts > MOST_ATTEMPTS:
        # Whoever took it before never came back: the letter itself may be what kills them.
        return _dead(message, "interrupted")
    try:
        account = (yield from ask(Load(message.account_id))) if message.account_id else None
        envelope = yield from ask(WriteLetter(message, account))
        if envelope is None:
            return _done(message, LetterState.VOID)
        yield from ask(SendEnvelope(envelope))
    except MailRefused as error:
        return _dead(message, _short(error.code, error))
    except MailerUnavailable as error:
        return (yield from _failed(message, _short(error.code, error)))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one broken letter must not hold up the others
        return (yield from _failed(message, type(error).__name__))
    return _done(message, LetterState.SENT)


def _failed(message: OutboxMessage, code: str) -> Flow[OutboxMessage]:
    """Return the letter for a later attempt, or given up after too many."""
    if message.attempts >= MOST_ATTEMPTS:
        return _dead(message, code)
    now = yield from ask(ReadClock())
    delay = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    chance = int.from_bytes((yield from ask(Draw(_DICE)))) / 2 ** (8 * _DICE)
    return attrs.evolve(message, not_before=now + delay * (1 + chance / SPREAD), error=code)


def _dead(message: OutboxMessage, code: str) -> OutboxMessage:
    """Return the letter given up; it keeps its address, to be sent again."""
    return attrs.evolve(message, state=LetterState.DEAD, error=code)


def _done(message: OutboxMessage, state: LetterState) -> OutboxMessage:
    """Return the letter with nothing personal left in it."""
    return attrs.evolve(message, state=state, to="", params={}, error="")


def _short(code: str, error: Exception) -> str:
    """Return a mailer's code, unless it is a text that may hold an address."""
    return code if _SHORT_CODE.fullmatch(code) else type(error).__name__
