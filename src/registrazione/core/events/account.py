"""What happens to the account: its gates, its data, its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.core.account import Consent, IdentificationRecord, SessionRef
from registrazione.core.events.base import Event, note


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LinkRequested(Event):
    """A link was mailed; the account waits for it."""

    waiting_since: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ApprovalRequested(Event):
    """The account waits for the secretariat."""

    waiting_since: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PresenceRequested(Event):
    """The account waits for the person to come."""

    waiting_since: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LinkRenewed(Event):
    """The link was sent once more; the older one is void."""

    waiting_since: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class EmailCorrected(Event):
    """The address was corrected before it was proved."""

    email: str
    personal_email: str
    owner: str | None
    waiting_since: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class MailboxProved(Event):
    """The mailed link was used."""

    gates_passed: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Approved(Event):
    """The secretariat enabled the registration."""

    gates_passed: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SeenInPerson(Event):
    """A first operator saw the person and a document; a second one has to (four eyes)."""

    first_look: IdentificationRecord
    office: str = note("")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class IdentifiedInPerson(Event):
    """Somebody saw the person and a document."""

    gates_passed: tuple[str, ...]
    identification: IdentificationRecord
    office: str = note("")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class IdentityVouched(Event):
    """An identity provider stands for gates that are left."""

    gates_passed: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Activated(Event):
    """Everything is proved; the account may be used."""

    activated_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ActivationExpired(Event):
    """Not activated in time."""

    ended_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Rejected(Event):
    """An operator refused the registration. The reason is in the letter, not in the trail."""

    ended_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Superseded(Event):
    """Another registration of the same person proved itself first, or again."""

    ended_at: datetime


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Suspended(Event):
    """An operator suspended the account."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Reinstated(Event):
    """An operator made it active again."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Cancelled(Event):
    """The account came to its end."""

    ended_at: datetime
    cause: str = note()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class UsernameAssigned(Event):
    """The system made a username (IOL-16)."""

    username: str


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DataCompleted(Event):
    """What the identity provider did not tell was filled in (MIM-06)."""

    values: Mapping[str, str]
    consents: tuple[Consent, ...]
    email: str | None
    personal_email: str | None
    codice_fiscale: str | None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ContactsUpdated(Event):
    """The person changed contacts (IOL-21)."""

    values: Mapping[str, str]
    fields: str = note()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class FavouritesChanged(Event):
    """A service was put on the personal list, or taken off it (MIM-40)."""

    favourites: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DataCorrected(Event):
    """An operator corrected data (IOL-22)."""

    values: Mapping[str, str]
    codice_fiscale: str | None
    email: str | None
    personal_email: str | None
    sessions: tuple[SessionRef, ...]
    sources: Mapping[str, str]
    first_look: IdentificationRecord | None = None
    fields: str = note()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class EmailChangeAsked(Event):
    """A new address waits for its link to be used."""

    pending_email: str


@attrs.frozen(kw_only=True, eq=False, repr=False)
class EmailChanged(Event):
    """The new address is proved."""

    email: str
    personal_email: str
    pending_email: None = None
