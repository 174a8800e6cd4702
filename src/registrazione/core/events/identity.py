"""What happens between an account and an identity provider."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from registrazione.core.account import Identity, UsedAnswer, VerifiedIdentity
from registrazione.core.events.base import Event


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DataMissing(Event):
    """The identity is proved; data are missing."""

    pending_identity: VerifiedIdentity


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AlignmentAsked(Event):
    """An account with credentials exists; the person has to decide."""

    pending_identity: VerifiedIdentity


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AlignmentRefused(Event):
    """The person does not want to align: nothing changes (UNI-03)."""

    pending_identity: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class IdentityLinked(Event):
    """The identity opens this account."""

    identities: tuple[Identity, ...]
    codice_fiscale: str | None
    values: Mapping[str, str]
    sources: Mapping[str, str]
    pending_identity: None = None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AnswerUsed(Event):
    """A provider's answer led here, and leads nowhere any more."""

    answers: tuple[UsedAnswer, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class AnswersKept(Event):
    """Answers that led to a registration which gave way lead nowhere any more, either."""

    answers: tuple[UsedAnswer, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class IdentityMadeOnly(Event):
    """The identity provider is the only way in from now on (UNI-03)."""
