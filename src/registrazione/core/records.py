"""What goes into the store in one commit: snapshots, claims, audit records, letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, Self, TypeVar

import attrs

from registrazione.core.account import Account
from registrazione.core.states import AccountState

_NOTHING: Mapping[str, str] = MappingProxyType({})

T = TypeVar("T")


@attrs.frozen(order=True)
class Key:
    """Something an account can be found by, or hold alone.

    Args:
        realm: Namespace of the portals that share their accounts (POL-15).
        kind: ``codice_fiscale``, ``username``, ``email``, ``identity``, ``submission``,
            ``form`` or ``answer``.
        value: Canonical: two values are the same thing if and only if they are equal.
    """

    realm: str
    kind: str
    value: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class AuditRecord:
    """One line of the trail: what was accepted or refused, without personal data.

    Args:
        at: When.
        event: What happened, such as ``password_changed``.
        actor: ``person``, ``system``, or ``role:identifier`` of an operator.
        account_id: Which account, if one is known.
        outcome: ``accepted`` or the code of the refusal.
        details: Fixed words and numbers; never a value from the form.
    """

    at: datetime
    event: str
    actor: str
    account_id: str | None = None
    outcome: str = "accepted"
    details: Mapping[str, str] = _NOTHING


@attrs.frozen(kw_only=True)
class Write:
    """One account in a change.

    Args:
        account_id: Which one.
        expected: The version that was read; 0 for a new account.
        account: The new snapshot, its ``version`` one above ``expected``; ``None`` erases the
            account with its keys (its audit records stay: they hold no personal data).
        keys: All keys the account can be found by from now on (they replace the old ones).
        claims: Those of the keys that it holds alone from now on: a subset of ``keys``.
    """

    account_id: str
    expected: int
    account: Account | None
    keys: frozenset[Key] = frozenset()
    claims: frozenset[Key] = frozenset()


class LetterState(StrEnum):
    """Where a letter stands in the outbox."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    """Given up; an operator sees it and can send it again."""
    VOID = "void"
    """Not sent on purpose: its link was overtaken, or its account is gone."""


@attrs.frozen(kw_only=True)
class OutboxMessage:
    """A letter to be sent. It holds no secret: what it must carry is derived again at dispatch.

    Args:
        id: Unguessable and stable: the ``Message-ID`` is made of it.
        account_id: Whose data the letter is written from.
        kind: Which letter of the profile, such as ``activation``.
        to: The stored address, byte for byte the envelope recipient.
        profile: Name of the profile whose words it uses.
        language: ``it`` or ``en``.
        created_at: When it was committed; the date in its tokens.
        epoch: The epoch its tokens name; another epoch of the account makes the letter void.
        generation: Which generated secret it carries, where it carries one.
        params: Fixed words and numbers for the text.
        state: Where it stands.
        attempts: How often a delivery was tried.
        not_before: No delivery before this time: back-off, or the end of somebody's lease.
        error: Short code of the last failure; never an address or a text of the server.
    """

    id: str
    account_id: str
    kind: str
    to: str = attrs.field(repr=False)
    profile: str
    language: str
    created_at: datetime
    epoch: int = 0
    generation: int = 0
    params: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)
    state: LetterState = LetterState.QUEUED
    attempts: int = 0
    not_before: datetime
    error: str = ""

    def is_due(self, profile: str, now: datetime) -> bool:
        """Tell whether a worker of this procedure may take the letter now."""
        queued = self.state is LetterState.QUEUED and self.profile == profile
        return queued and self.not_before <= now

    def leased(self, now: datetime, lease: timedelta) -> Self:
        """Return the letter as a worker takes it: one attempt more, nobody else's until then."""
        return attrs.evolve(self, attempts=self.attempts + 1, not_before=now + lease)

    def settles(self, stored: Self | None) -> bool:
        """Tell whether this may be written over the stored letter.

        It may not once somebody else has taken the letter, which its attempts show; an operator's
        "send again" sets them to zero, which is exempt.
        """
        return stored is not None and self.attempts in {0, stored.attempts}


@attrs.frozen(kw_only=True)
class Change:
    """All that one command does to the store; it happens whole or not at all.

    Args:
        writes: The accounts, in any order; each at most once.
        letters: New letters.
        audit: New audit records.
    """

    writes: tuple[Write, ...] = ()
    letters: tuple[OutboxMessage, ...] = ()
    audit: tuple[AuditRecord, ...] = ()


@attrs.frozen(kw_only=True)
class Criteria:
    """What accounts to look for; every field given narrows the search.

    Args:
        realm: Namespace.
        states: Any of these; empty for all.
        due_before: ``due_at`` is set and not later than this.
        created_before: Registered not later than this.
        unused_since: Last used before this time, or never.
    """

    realm: str
    states: tuple[AccountState, ...] = ()
    due_before: datetime | None = None
    created_before: datetime | None = None
    unused_since: datetime | None = None

    def matches(self, account: Account) -> bool:
        """Tell whether the account is among those looked for."""
        due, created = self.due_before, self.created_before
        unused, used = self.unused_since, account.last_used_at
        return (
            account.realm == self.realm
            and (not self.states or account.state in self.states)
            and (due is None or (account.due_at is not None and account.due_at <= due))
            and (created is None or account.created_at <= created)
            and (unused is None or used is None or used < unused)
        )


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """Part of a long answer.

    Args:
        items: In a stable order.
        cursor: Give it back to get the next part; ``None`` when there is none.
    """

    items: tuple[T, ...]
    cursor: str | None = None
