"""Sessions that go on at an identity provider, and how they end (SAML Profiles 4.4; SPID, SLO).

What the host keeps is one short text. Nothing else is remembered between the way there and the
answer: the ID of a request is made of ``state``, as in a sign-in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import attrs

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.logout import LogoutParty, logout_answer, logout_request
from registrazione.adapters.saml.logout_reading import (
    LASTS,
    Received,
    asked_to_end,
    binding_of,
    has_ended,
    received,
)
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.adapters.saml.metadata_sources import MetadataSource
from registrazione.adapters.saml.naming import RequestNames
from registrazione.adapters.saml.profiles import TRANSIENT, SamlProfile
from registrazione.adapters.saml.responses import Asserted
from registrazione.adapters.saml.xml import Element, name, only, text
from registrazione.adapters.transactions import Entry
from registrazione.ports import Clock, Ending, Outgoing

_NAMED: Final = ("NameQualifier", "SPNameQualifier", "Format", "SPProvidedID")
"""What both sides may compare of a name, beside the name."""
_LEAST_PARTS: Final = 3
_MOST_PARTS: Final = _LEAST_PARTS + len(_NAMED)
_MOST_SESSION: Final = 600


@attrs.frozen(kw_only=True)
class ProviderSession:
    """A session at an identity provider, as the messages about its end name it.

    Args:
        provider: Entity ID.
        index: The provider's name of the session.
        name_id: The subject, as the assertion named it.
        named: Attributes of that name, where they are others than one takes for granted.
    """

    provider: str
    index: str
    name_id: str = attrs.field(repr=False)
    named: Mapping[str, str]

    def written(self) -> str:
        """Return it as the host keeps it."""
        parts = [self.provider, self.index, self.name_id]
        parts += [self.named.get(one, "") for one in _NAMED]
        while not parts[-1]:
            parts.pop()
        return json.dumps(parts, separators=(",", ":"))

    @classmethod
    def read(cls, written: str) -> ProviderSession | None:
        """Return the session of a text, or ``None`` if the text names none.

        Args:
            written: What the host has kept.
        """
        try:
            found: list[object] | None = json.loads(written[: _MOST_SESSION + 1])
        except ValueError:
            return None
        if not isinstance(found, list) or not _LEAST_PARTS <= len(found) <= _MOST_PARTS:
            return None
        parts = [one for one in found if isinstance(one, str)]
        if len(parts) != len(found):
            return None
        provider, index, name_id, *named = parts
        told = {key: value for key, value in zip(_NAMED, named, strict=False) if value}
        return cls(provider=provider, index=index, name_id=name_id, named=told)


@attrs.frozen(kw_only=True)
class Sessions:
    """End sessions together with the identity providers.

    Args:
        profile: Which scheme they are of.
        entity_id: This service.
        logout_url: Where messages come.
        keys: The newest first.
        source: Who is trusted.
        clock: Tells the time.
        use: Remembers names that count once, until an instant.
        keep: Keeps messages.
        skew: How far a provider's clock may be off.
        patience: For how long a request waits for its answer.
    """

    profile: SamlProfile
    entity_id: str
    logout_url: str
    keys: tuple[SigningKey, ...]
    source: MetadataSource
    clock: Clock
    use: Callable[[tuple[str, ...], datetime], None]
    keep: Callable[[Entry], None]
    skew: timedelta
    patience: timedelta

    def of(self, asserted: Asserted, provider: TrustedProvider) -> str:
        """Return what the host keeps of a sign-in; empty where no session goes on.

        Args:
            asserted: What the provider has asserted.
            provider: Which one.
        """
        goes_on = asserted.session_index and asserted.level <= self.profile.sessions_up_to
        if not goes_on or not self._reached(provider).logout:
            return ""
        session = ProviderSession(
            provider=asserted.provider,
            index=asserted.session_index,
            name_id=asserted.name_id,
            named=self._unusual(asserted.named, asserted.provider),
        )
        written = session.written()
        return written if len(written) <= _MOST_SESSION else ""

    def leave(self, session: str, state: str) -> Outgoing | None:
        """Return where the browser goes; ``None`` where there is nothing to end any more.

        Args:
            session: What :meth:`of` returned.
            state: Comes back with the answer.

        Raises:
            Rejected: The metadata cannot be read, or the log cannot be written.
        """
        read, party = ProviderSession.read(session), self._party()
        provider = party.providers.get(read.provider) if read is not None else None
        if read is None or provider is None or not provider.logout:
            return None
        now = self.clock.now()
        identifier = self._names().name(state, provider.entity_id, now)
        sent = logout_request(
            party,
            provider,
            name_id=read.name_id,
            session_index=read.index,
            state=state,
            at=now,
            named={"Format": TRANSIENT, "NameQualifier": provider.entity_id, **read.named},
            identifier=identifier,
        )
        message = base64.b64decode(sent.fields[0][1]) if sent.fields else sent.url.encode()
        self.keep(Entry(kind="logout", exchange=identifier, message=message))
        return sent

    def ended(self, fields: Mapping[str, object], query: str) -> Ending:
        """Return what a message asks for; see :class:`~registrazione.ports.EndsSessions`.

        Args:
            fields: Of the form or of the address.
            query: What stood behind the question mark.

        Raises:
            Rejected: It proves nothing, or was there before.
        """
        if binding_of(query) not in self.profile.logout_bindings:
            raise Rejected("logout.binding")
        party, now = self._party(), self.clock.now()
        come = received(party, fields, query, now)
        self._use(come.message, now)
        if come.message.tag == name("samlp:LogoutRequest"):
            return self._asked(party, come)
        return self._answered(come)

    def _asked(self, party: LogoutParty, come: Received) -> Ending:
        """Return what a provider wants ended, and what it is told."""
        asked = asked_to_end(party, come.message, come.state)
        if not asked.session_indexes:
            # All of a subject's sessions are not known here, and no other is to end.
            raise Rejected("logout.session_index")
        self.keep(Entry(kind="logout", exchange=asked.request_id, message=come.raw))
        sessions = tuple(
            ProviderSession(
                provider=asked.provider.entity_id,
                index=index,
                name_id=asked.name_id,
                named=self._unusual(asked.named, asked.provider.entity_id),
            ).written()
            for index in asked.session_indexes
        )
        if not self.profile.answers_logout or not asked.provider.logout:
            return Ending(sessions=sessions)
        return Ending(sessions=sessions, reply=logout_answer(party, asked, self.clock.now()))

    def _answered(self, come: Received) -> Ending:
        """Make sure that an answer is one to what was asked from this browser."""
        request_id = come.message.get("InResponseTo") or ""
        answering = text(only(come.message, "saml:Issuer"))
        asked_at = self._names().issued_at(request_id, come.state, answering)
        if asked_at is None:
            raise Rejected("logout.in_response_to")
        if self.clock.now() - asked_at >= self.patience:
            raise Rejected("logout.patience", "expired", retry=True)
        ids = {"response": come.message.get("ID") or ""}
        self.keep(Entry(kind="logout", exchange=request_id, ids=ids, message=come.raw))
        if not has_ended(come.message):
            raise Rejected("logout.status", "unavailable")
        return Ending()

    def _unusual(self, named: Mapping[str, str], provider: str) -> dict[str, str]:
        """Return what a name does not share with names that say nothing of it (SAML Core 8.3.7).

        One side may leave out what the other writes.
        """
        usual = dict(zip(_NAMED, (provider, self.entity_id, TRANSIENT, ""), strict=True))
        return {one: named[one] for one in _NAMED if named.get(one, usual[one]) != usual[one]}

    def _use(self, message: Element, now: datetime) -> None:
        """Remember a message for as long as it would count."""
        named = f"{text(only(message, 'saml:Issuer'))} {message.get('ID')}"
        self.use((named,), now + LASTS + 2 * self.skew)

    def _names(self) -> RequestNames:
        return RequestNames(
            kind="logout",
            keys=self.keys,
            entity_id=self.entity_id,
            callback_url=self.logout_url,
        )

    def _party(self) -> LogoutParty:
        """Return this service, with the providers as they are now."""
        return LogoutParty(
            entity_id=self.entity_id,
            logout_url=self.logout_url,
            keys=self.keys,
            providers={one: self._reached(it) for one, it in self.source.providers().items()},
            skew=self.skew,
        )

    def _reached(self, provider: TrustedProvider) -> TrustedProvider:
        """Leave the addresses out that this scheme's messages do not go to."""
        allowed = self.profile.logout_bindings
        return attrs.evolve(
            provider,
            logout={one: url for one, url in provider.logout.items() if one in allowed},
        )
