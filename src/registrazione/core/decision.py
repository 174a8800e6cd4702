"""What follows from a command: events, letters, and the one change that commits them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.events import Event
from registrazione.core.evolve import after, claims_of, due_at, keys_of
from registrazione.core.profile import Profile
from registrazione.core.records import AuditRecord, Change, LetterState, OutboxMessage, Write
from registrazione.core.refusals import Refusal

_NOTHING: Mapping[str, str] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Letter:
    """An effect: a letter to be sent once the change is committed.

    Args:
        kind: Which one, such as ``activation``.
        to: Stored address; empty where the same work is done for nobody.
        about: Whose data it is written from; ``None``: the account decided on.
        params: Fixed words and numbers for its text.
    """

    kind: str
    to: str = attrs.field(repr=False)
    about: Account | None = None
    params: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)


@attrs.frozen(kw_only=True)
class Other:
    """Another account that the decision touches: a claim that lost, an account replaced."""

    account: Account
    events: tuple[Event, ...]
    erase: bool = False


@attrs.frozen(kw_only=True)
class Decision:
    """What follows from a command.

    Args:
        account: The account as it was read, or a new one at version 0; ``None``: the command
            is about nobody.
        events: What happened to it, in order.
        effects: Letters, in order.
        others: What happened to other accounts in the same moment.
        answer: What the caller gets.
        refusal: Set when the command is refused although something happened, such as a
            counted attempt; the caller gets it raised once the change is committed.
        erase: The account goes, with its keys.
        actor: Who asked, for the trail.
        details: More for the trail; fixed words and numbers.
    """

    account: Account | None = None
    events: tuple[Event, ...] = ()
    effects: tuple[Letter, ...] = ()
    others: tuple[Other, ...] = ()
    answer: Answer = Answer()
    refusal: Refusal | None = None
    erase: bool = False
    actor: str = "person"
    details: Mapping[str, str] = _NOTHING

    def evolved(self) -> Account | None:
        """Return the account after the events."""
        return None if self.account is None else after(self.account, self.events)


def change_of(
    decision: Decision,
    command: str | None,
    profile: Profile,
    now: datetime,
    letter_ids: tuple[str, ...] = (),
) -> Change:
    """Return the one change that commits a decision.

    Args:
        decision: What follows.
        command: Name of the command, for the trail; ``None`` while it is not decided yet.
        profile: The procedure.
        now: The present time.
        letter_ids: One unguessable id a letter.
    """
    account = decision.evolved()
    writes = [_write(o.account, o.events, profile, erase=o.erase) for o in decision.others]
    if decision.account is not None and (decision.events or decision.erase):
        writes.append(_write(decision.account, decision.events, profile, erase=decision.erase))
    return Change(
        writes=tuple(writes),
        letters=tuple(
            _message(letter, account, profile, now, letter_id)
            for letter, letter_id in zip(decision.effects, letter_ids, strict=True)
        ),
        audit=(
            *([] if command is None else [_record(decision, command, now)]),
            *(
                AuditRecord(
                    at=now,
                    event=event.name,
                    actor=decision.actor,
                    account_id=about.id,
                    details=event.notes(),
                )
                for about, events in (
                    *([(decision.account, decision.events)] if decision.account else []),
                    *((other.account, other.events) for other in decision.others),
                )
                for event in events
            ),
        ),
    )


def as_stored(answer: Answer, change: Change) -> Answer:
    """Return the answer to a command, with the account as the change has left it in the store.

    Args:
        answer: As it was decided: its account has seen the events, and has neither its new version
            nor its new deadline yet.
        change: What was committed.
    """
    account = answer.account
    if account is None:
        return answer
    written = (write.account for write in change.writes if write.account_id == account.id)
    return attrs.evolve(answer, account=next(written, account))


def refused(
    refusal: Refusal, command: str, account_id: str | None, actor: str, now: datetime
) -> Change:
    """Return the change that leaves a trail of a refusal, and nothing else."""
    return Change(
        audit=(
            AuditRecord(
                at=now, event=command, actor=actor, account_id=account_id, outcome=refusal.code
            ),
        )
    )


def _record(decision: Decision, command: str, now: datetime) -> AuditRecord:
    """Return the trail of the command itself."""
    return AuditRecord(
        at=now,
        event=command,
        actor=decision.actor,
        account_id=decision.account.id if decision.account else None,
        outcome=decision.refusal.code if decision.refusal else "accepted",
        details=decision.details,
    )


def _write(account: Account, events: tuple[Event, ...], profile: Profile, *, erase: bool) -> Write:
    """Return the write that brings the account from its version to the next, or erases it."""
    if erase:
        return Write(account_id=account.id, expected=account.version, account=None)
    evolved = after(account, events)
    due = due_at(evolved, profile)
    if evolved.profile != profile.name and evolved.ended_at is None:
        # A portal of the same realm does not know the other one's deadlines (POL-15).
        due = account.due_at
    evolved = attrs.evolve(evolved, version=account.version + 1, due_at=due)
    return Write(
        account_id=account.id,
        expected=account.version,
        account=evolved,
        keys=keys_of(evolved),
        claims=claims_of(evolved, profile),
    )


def _message(
    letter: Letter, account: Account | None, profile: Profile, now: datetime, letter_id: str
) -> OutboxMessage:
    """Return the letter as it goes into the outbox: without a secret in it."""
    about = letter.about or account
    return OutboxMessage(
        id=letter_id,
        account_id=about.id if about else "",
        kind=letter.kind,
        to=letter.to,
        profile=profile.name,
        language=about.language if about else "it",
        created_at=now,
        epoch=about.epoch if about else 0,
        generation=about.generation if about else 0,
        params=letter.params,
        state=LetterState.QUEUED if letter.to else LetterState.VOID,
        not_before=now,
    )
