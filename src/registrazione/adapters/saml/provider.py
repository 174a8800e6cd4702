"""SPID, CIE, eIDAS or another SAML federation as an identity provider of the library."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from registrazione.adapters.saml.attributes import Admission, verified_identity
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.log import Entry, Evidence
from registrazione.adapters.saml.metadata_reading import MetadataSource, TrustedProvider
from registrazione.adapters.saml.naming import RequestNames
from registrazione.adapters.saml.opening import decode
from registrazione.adapters.saml.profiles import LEVELS, PROFILES
from registrazione.adapters.saml.replays import ReplayMemory, ReplaysInProcess
from registrazione.adapters.saml.requests import Asking, authentication_request
from registrazione.adapters.saml.responses import Asserted, Expected, read_response
from registrazione.core.account import VerifiedIdentity
from registrazione.ports import Clock, Outgoing

SKEW: Final = timedelta(seconds=5)
"""How far a provider's clock may be off: both sides follow one time service."""
PATIENCE: Final = timedelta(minutes=15)
"""For how long a request waits for its answer."""
_MOST_STATE = 80
_LOG = logging.getLogger("registrazione")
_SHUFFLE = random.SystemRandom()


class SamlProvider:
    """Sign people in with SAML; the ports ``IdentityProvider`` and ``StartsSignIn``.

    It keeps nothing between the way there and the way back: any process that has the same keys
    takes the answer. What has been used is in ``replays``, which all processes have to share.

    Args:
        name: Name in the settings and in the procedure, such as ``spid``.
        profile: Name of a row of ``registrazione.adapters.saml.profiles.PROFILES``.
        entity_id: Name of the service: the address of its metadata.
        callback_url: Where answers come, as the metadata say: number 0 of the
            AssertionConsumerServices.
        keys: The newest first; the others are known until their last answers are in.
        identity_providers: Who is trusted.
        clock: Tells the time.
        level: Level of assurance that is asked for, 1 to 3.
        binding: How requests go out, ``post`` or ``redirect``.
        comparison: How the level is asked for: ``minimum`` or ``exact``. A higher one counts.
        purpose: Kind of professional identity that is asked for (SPID, Avviso 18).
        attribute_set: Number of the attribute set that is asked for; ``None``: the first.
        chooser: Address of the page on which people choose among several identity providers.
        admission: Who is let in.
        replays: What has been used; ``None``: a memory of this process alone.
        evidence: Keeps what was answered; see :mod:`registrazione.adapters.saml.log`.
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
        chooser: str = "",
        admission: Admission | None = None,
        replays: ReplayMemory | None = None,
        evidence: Evidence | None = None,
        skew: timedelta = SKEW,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Keep what was configured.

        Raises:
            ValueError: There is no such profile, level or binding, or there is no key.
        """
        if profile not in PROFILES or level not in LEVELS.values() or not keys:
            raise ValueError("unknown profile or level, or no key")
        if binding not in {"post", "redirect"}:
            raise ValueError("the binding is post or redirect")
        self.name = name
        names = RequestNames(
            keys=tuple(keys), entity_id=entity_id, callback_url=callback_url, level=level
        )
        self._asking = Asking(
            profile=PROFILES[profile],
            names=names,
            binding=binding,
            comparison=comparison,
            attribute_set=attribute_set,
            purpose=purpose,
        )
        self._source = identity_providers
        self._clock = clock
        self._chooser = chooser
        self._admission = admission or Admission()
        self._replays = replays or ReplaysInProcess(clock)
        self._evidence = evidence
        self._skew, self._patience = skew, patience

    def choices(self) -> tuple[TrustedProvider, ...]:
        """Return the identity providers, in an order drawn anew (SPID, pulsante: none is first).

        Raises:
            IdentityError: The metadata cannot be read.
        """
        found = list(self._source.providers().values())
        _SHUFFLE.shuffle(found)
        return tuple(found)

    def start(self, callback_url: str, state: str, identity_provider: str = "") -> Outgoing:
        """Return where the browser goes to sign in; see :class:`~registrazione.ports.StartsSignIn`.

        Args:
            callback_url: Where it is to come back to: the address of the metadata.
            state: What comes back with the answer.
            identity_provider: Entity ID of who is asked. Without it, the only one there is, or
                else the page on which one is chosen: it is given ``callback`` and ``state``, and
                calls this once more.

        Raises:
            IdentityError: There is none such, or the answer could not come there.
        """
        if callback_url != self._asking.names.callback_url or not 0 < len(state) <= _MOST_STATE:
            raise Rejected("request.callback", "unavailable")
        known = self._source.providers()
        if not identity_provider and len(known) > 1 and self._chooser:
            query = urlencode({"callback": callback_url, "state": state})
            return Outgoing(url=f"{self._chooser}?{query}")
        chosen = identity_provider or (next(iter(known)) if len(known) == 1 else "")
        if chosen not in known:
            raise Rejected("request.provider", "unavailable")
        request = authentication_request(self._asking, known[chosen], state, self._clock.now())
        self._keep(Entry(kind="request", request_id=request.identifier, message=request.message))
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
        except Rejected as rejected:
            _LOG.info("answer to %s refused: %s", self.name, rejected.rule)
            raise

    def _verified(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity that a response proves, and remember that it was used."""
        state = response.get("RelayState")
        if not isinstance(state, str) or not 0 < len(state) <= _MOST_STATE:
            raise Rejected("message.state")
        message = decode(response.get("SAMLResponse"))
        now = self._clock.now()
        expected = Expected(
            profile=self._asking.profile,
            providers=self._source.providers(),
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
        self._use(asserted, now + self._patience + self._skew)
        self._keep(
            Entry(
                kind="response",
                request_id=asserted.request_id,
                response_id=asserted.response_id,
                assertion_id=asserted.assertion_id,
                message=message,
            )
        )
        return verified

    def _use(self, asserted: Asserted, until: datetime) -> None:
        """Remember request and assertion: an answer counts once, and a request is answered once.

        Until then, and no longer, could either come again: the request will have lapsed.

        Raises:
            Rejected: Either was used.
        """
        for identifier in (asserted.request_id, f"{asserted.provider} {asserted.assertion_id}"):
            try:
                absent = self._replays.add_if_absent(identifier, until)
            except Exception as error:
                # The host's memory may fail in ways of its own.
                raise Rejected("replays.unavailable", "unavailable", retry=True) from error
            if not absent:
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
