"""SPID, CIE, eIDAS or another SAML federation as an identity provider of the library."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import attrs

from registrazione.adapters.once import MemoryOnceOnly
from registrazione.adapters.saml.ages import AgeLimit
from registrazione.adapters.saml.anomalies import OF_THE_SERVICE, SpidAnomaly
from registrazione.adapters.saml.attributes import Admission, verified_identity
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.metadata import Description, service_metadata
from registrazione.adapters.saml.metadata_sources import MetadataSource
from registrazione.adapters.saml.naming import RequestNames
from registrazione.adapters.saml.opening import decode
from registrazione.adapters.saml.profiles import LEVELS, PROFILES
from registrazione.adapters.saml.requests import Asking, authentication_request
from registrazione.adapters.saml.responses import Expected, read_response
from registrazione.adapters.saml.sessions import Sessions
from registrazione.adapters.transactions import Entry, Evidence
from registrazione.core.account import VerifiedIdentity
from registrazione.ports import Choice, Clock, Document, Ending, OnceOnly, Outgoing

SKEW: Final = timedelta(seconds=5)
"""How far a provider's clock may be off: both sides follow one time service."""
PATIENCE: Final = timedelta(minutes=15)
"""For how long a request waits for its answer."""
MEDIA_TYPE: Final = "application/samlmetadata+xml"
_MOST_STATE = 80
_LOG = logging.getLogger("registrazione")
_SHUFFLE = random.SystemRandom()


class SamlProvider:
    """Sign people in with SAML, and out.

    It fills the ports ``IdentityProvider``, ``OffersChoices``, ``ServesDocuments`` and
    ``EndsSessions``. It keeps nothing between the way there and the way back: any process that
    has the same keys takes the answer.

    Args:
        name: Name in the settings and in the procedure, such as ``spid``.
        profile: Name of a row of ``registrazione.adapters.saml.profiles.PROFILES``.
        entity_id: Name of the service: the address of its metadata.
        callback_url: Where answers come, as the metadata say: number 0 of the
            AssertionConsumerServices.
        keys: The newest first; the others are known until their last answers are in.
        identity_providers (~.metadata_sources.MetadataSource): Who is trusted.
        clock: Tells the time.
        level: Level of assurance that is asked for, 1 to 3.
        binding: How requests go out, ``post`` or ``redirect``.
        comparison: How the level is asked for: ``minimum`` or ``exact``. A higher one counts.
        purpose: Kind of professional identity that is asked for (SPID, Avviso 18).
        attribute_set: Number of the attribute set that is asked for; ``None``: the first.
        admission: Who is let in.
        ages: Whom the identity providers are to let in.
        description: Who is behind the service; ``None``: the metadata are served elsewhere.
        logout_url: Where messages about the end of a session come; empty: ``logout`` beside
            ``callback_url``.
        once: What has been used; ``None``: a memory of this process alone. A registrar remembers
            answers together with the accounts, whatever this is.
        evidence: Keeps what was answered; see :mod:`registrazione.adapters.transactions`.
        skew: How far a provider's clock may be off.
        patience: For how long a request waits for its answer.
    """

    def __init__(
        self,
        *,
        name: str,
        profile: str,
        entity_id: str,
        callback_url: str,
        keys: Sequence[SigningKey],
        identity_providers: MetadataSource,
        clock: Clock,
        level: int = 2,
        binding: str = "post",
        comparison: str = "minimum",
        purpose: str = "",
        attribute_set: int | None = None,
        admission: Admission | None = None,
        ages: AgeLimit | None = None,
        description: Description | None = None,
        logout_url: str = "",
        once: OnceOnly | None = None,
        evidence: Evidence | None = None,
        skew: timedelta = SKEW,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Keep what was configured.

        Raises:
            ValueError: There is no such profile, level, binding or comparison, or no key.
        """
        if profile not in PROFILES or level not in LEVELS.values() or not keys:
            raise ValueError("unknown profile or level, or no key")
        if binding not in {"post", "redirect"}:
            raise ValueError("the binding is post or redirect")
        if comparison not in {"minimum", "exact"}:
            raise ValueError("the comparison is minimum or exact")
        self.name = name
        names = RequestNames(
            kind="sign-in",
            keys=tuple(keys),
            entity_id=entity_id,
            callback_url=callback_url,
            level=level,
        )
        self._asking = Asking(
            profile=PROFILES[profile],
            names=names,
            binding=binding,
            comparison=comparison,
            attribute_set=attribute_set,
            purpose=purpose,
            ages=ages,
        )
        self._source = identity_providers
        self._clock = clock
        self._admission = admission or Admission()
        self._description = description
        self._once = once or MemoryOnceOnly()
        self._evidence = evidence
        self._skew, self._patience = skew, patience
        self._logout_url = logout_url or f"{callback_url.rpartition('/')[0]}/logout"

    # -- in --------------------------------------------------------------------------------------

    def choices(self) -> tuple[Choice, ...]:
        """Return the identity providers, in an order drawn anew (SPID, pulsante: none is first).

        Raises:
            IdentityError: The metadata cannot be read.
        """
        found = [
            Choice(name=one.entity_id, title=one.title, logo=one.logo)
            for one in self._source.providers().values()
        ]
        _SHUFFLE.shuffle(found)
        return tuple(found)

    def start(self, callback_url: str, state: str, choice: str = "") -> Outgoing:
        """Return where the browser goes to sign in; see ``OffersChoices``.

        Args:
            callback_url: Where it is to come back to: the address of the metadata.
            state: What comes back with the answer.
            choice: Entity ID of who is asked; empty: the only one there is.

        Raises:
            IdentityError: There are several or none such, or the answer could not come there.
        """
        if callback_url != self._asking.names.callback_url or not 0 < len(state) <= _MOST_STATE:
            raise Rejected("request.callback", "unavailable")
        known = self._source.providers()
        if not choice and len(known) > 1:
            raise Rejected("request.choice", "choice_needed", retry=True)
        chosen = choice or next(iter(known), "")
        if chosen not in known:
            raise Rejected("request.provider", "unavailable")
        request = authentication_request(self._asking, known[chosen], state, self._clock.now())
        self._keep(Entry(kind="request", exchange=request.identifier, message=request.message))
        return request.outgoing

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity that a response proves; see ``IdentityProvider``.

        Args:
            response: The form's ``SAMLResponse``, and ``RelayState`` as the request had it.

        Raises:
            IdentityError: It proves none. The log of the program says which rule was broken.
        """
        try:
            return self._verified(response)
        except SpidAnomaly as anomaly:
            if anomaly.number in OF_THE_SERVICE:
                _LOG.warning("%s: the provider finds anomaly %d in us", self.name, anomaly.number)
            else:
                self._note(anomaly)
            raise
        except Rejected as rejected:
            self._note(rejected)
            raise

    def _note(self, rejected: Rejected) -> None:
        _LOG.info("answer to %s refused: %s", self.name, rejected.rule)

    def _verified(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity that a response proves, and remember that it was used."""
        state = response.get("RelayState")
        if not isinstance(state, str) or not 0 < len(state) <= _MOST_STATE:
            raise Rejected("message.state")
        message = decode(response.get("SAMLResponse"))
        now, providers = self._clock.now(), self._source.providers()
        expected = Expected(
            profile=self._asking.profile,
            providers=providers,
            names=self._asking.names,
            state=state,
            now=now,
            skew=self._skew,
            patience=self._patience,
        )
        asserted = read_response(message, expected)
        verified = verified_identity(
            asserted, self.name, self._asking.profile, self._admission, now.date()
        )
        until = now + self._patience + self._skew
        answer = f"{asserted.provider} {asserted.assertion_id}"
        # An answer counts once, and a request is answered once. Until then, and no longer, could
        # either come again: the request will have lapsed.
        self._spend((asserted.request_id, answer), until)
        self._keep(
            Entry(
                kind="response",
                exchange=asserted.request_id,
                ids={"response": asserted.response_id, "assertion": asserted.assertion_id},
                message=message,
            )
        )
        return attrs.evolve(
            verified,
            answer=answer,
            answer_until=until,
            session=self._sessions.of(asserted, providers[asserted.provider]),
        )

    # -- out, and about us -----------------------------------------------------------------------

    @cached_property
    def _sessions(self) -> Sessions:
        """What is known of the providers' own sessions."""
        names = self._asking.names
        return Sessions(
            profile=self._asking.profile,
            entity_id=names.entity_id,
            logout_url=self._logout_url,
            keys=tuple(names.keys),
            source=self._source,
            clock=self._clock,
            use=self._spend,
            keep=self._keep,
            skew=self._skew,
            patience=self._patience,
        )

    def leave(self, session: str, state: str) -> Outgoing | None:
        """Return where the browser goes so that the provider's session ends; see ``EndsSessions``.

        Args:
            session: What ``VerifiedIdentity.session`` was.
            state: Comes back with the answer.

        Raises:
            IdentityError: The metadata cannot be read.
        """
        return self._sessions.leave(session, state)

    def ended(self, message: Mapping[str, object], query: str) -> Ending:
        """Return what a message about the end of a session asks for; see ``EndsSessions``.

        Args:
            message: Its fields, of the form or of the address.
            query: What stood behind the question mark, byte for byte.

        Raises:
            IdentityError: It proves nothing. The log of the program says which rule was broken.
        """
        try:
            return self._sessions.ended(message, query)
        except Rejected as rejected:
            _LOG.info("logout at %s refused: %s", self.name, rejected.rule)
            raise

    def document(self, path: str) -> Document | None:
        """Return the metadata at ``metadata``, always the same; see ``ServesDocuments``.

        Args:
            path: Any other: there is nothing.
        """
        return self._metadata if path == "metadata" else None

    @cached_property
    def _metadata(self) -> Document | None:
        """The metadata, signed once."""
        if self._description is None:
            return None
        names = self._asking.names
        body = service_metadata(
            profile=self._asking.profile,
            entity_id=names.entity_id,
            callback_url=names.callback_url,
            logout_url=self._logout_url,
            keys=names.keys,
            description=self._description,
            ages=self._asking.ages,
        )
        return Document(media_type=MEDIA_TYPE, body=body)

    # -- both ------------------------------------------------------------------------------------

    def _spend(self, names: tuple[str, ...], until: datetime) -> None:
        """Use names that count once.

        Raises:
            Rejected: One was used, or that cannot be known now.
        """
        for name in names:
            try:
                unused = self._once.spend(name, until, self._clock.now())
            except Exception as error:
                # The host's memory may fail in ways of its own.
                raise Rejected("replays.unavailable", "unavailable", retry=True) from error
            if not unused:
                raise Rejected("response.replayed", "replayed", retry=True)

    def _keep(self, entry: Entry) -> None:
        """Keep a message, where that is configured: without a record nobody is signed in.

        Raises:
            Rejected: It cannot be kept.
        """
        if self._evidence is None:
            return
        try:
            self._evidence.keep(entry)
        except Exception as error:
            # The host's log may fail in ways of its own.
            raise Rejected("log.unavailable", "unavailable", retry=True) from error
