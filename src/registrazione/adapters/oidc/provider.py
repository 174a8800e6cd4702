"""The relying party: there, and back (OIDC Core 3.1; RFC 9700)."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from registrazione.adapters.oidc import jose, leaving, rules
from registrazione.adapters.oidc.asking import authorization_url
from registrazione.adapters.oidc.claims import codice_fiscale, form_values
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.exchange import Exchange
from registrazione.adapters.oidc.federation.entity import MEDIA_TYPE, RESOLVE, Entity
from registrazione.adapters.oidc.federation.resolving import resolved
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.federation.statements import WELL_KNOWN
from registrazione.adapters.oidc.guards import check
from registrazione.adapters.oidc.http import Http
from registrazione.adapters.oidc.keeping import Record, chain_of, keep
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.adapters.oidc.metadata import MetadataSource, ProviderKeys, ProviderMetadata
from registrazione.adapters.oidc.reading import Claims, mapping, text
from registrazione.adapters.oidc.rules import Seen
from registrazione.adapters.oidc.several import Several
from registrazione.adapters.once import MemoryOnceOnly
from registrazione.adapters.transactions import Evidence
from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.ports import (
    Choice,
    Clock,
    Document,
    Ending,
    IdentityError,
    OnceOnly,
    Outgoing,
)

logger: logging.Logger = logging.getLogger("registrazione")

REMEMBERED = timedelta(hours=1)
"""For how long a sign-in that ended is remembered, so that it does not end twice."""

KEYS = "jwks.json"
"""Where our public keys are, below the pages of the provider."""

_KEY_SET = "application/jwk-set+json"

ERRORS: Mapping[str, tuple[str, bool]] = {
    "access_denied": ("cancelled", True),
    "consent_required": ("cancelled", True),
    "interaction_required": ("cancelled", True),
    "login_required": ("cancelled", True),
    "server_error": ("unavailable", True),
    "temporarily_unavailable": ("unavailable", True),
    "unmet_authentication_requirements": ("level_too_low", False),
}
"""What a provider's error is for us, and whether trying again may help (RFC 6749, 4.1.2.1)."""

_NOBODY = ProviderMetadata(issuer="", authorization_endpoint="", token_endpoint="")


@attrs.define(kw_only=True)
class OidcProvider:
    """Have an OpenID provider vouch for people; the port
    :class:`~registrazione.ports.IdentityProvider`, and all that stand beside it.

    An answer counts once: in this process at once, and in all of them by the account that it
    leads to, which holds :attr:`~registrazione.core.account.VerifiedIdentity.answer`.

    Args:
        client: Who we are to it.
        source: Tells where it is asked; or :class:`~registrazione.adapters.oidc.several.Several`.
        http: Asks it.
        clock: Tells the time.
        once: Remembers which sign-ins ended.
        entity: Who we are in a federation; ``None``: in none.
        evidence: Keeps what was asked and answered; see
            :mod:`registrazione.adapters.transactions`.
    """  # noqa: D205 - the roles need one line of their own

    client: Client
    source: MetadataSource | Several = attrs.field(repr=False)
    http: Http = attrs.field(repr=False)
    clock: Clock = attrs.field(repr=False)
    name: str = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.client.name, takes_self=True)
    )
    once: OnceOnly = attrs.field(factory=MemoryOnceOnly, repr=False)
    entity: Entity | None = attrs.field(default=None, repr=False)
    evidence: Evidence | None = attrs.field(default=None, repr=False)
    _keys: ProviderKeys = attrs.field(
        init=False,
        repr=False,
        default=attrs.Factory(lambda self: ProviderKeys(self.http, self.clock), takes_self=True),
    )
    _kept: set[str] = attrs.field(init=False, repr=False, factory=set[str])

    # -- there -------------------------------------------------------------------------------

    def choices(self) -> tuple[Choice, ...]:
        """Return those to choose among; see :class:`~registrazione.ports.OffersChoices`.

        Returns:
            None where there is but one.

        Raises:
            IdentityError: None of them can be asked now.
        """
        several = self.source
        return several.choices() if isinstance(several, Several) else ()

    def start(self, callback_url: str, state: str, choice: str = "") -> Outgoing:
        """Return where the browser goes; see :class:`~registrazione.ports.StartsSignIn`.

        Args:
            callback_url: Where it is to come back to: the ``redirect_uri`` of the client.
            state: Names the sign-in.
            choice: Issuer of the provider, where there are several.

        Raises:
            IdentityError: ``unavailable``: the provider cannot be reached, there is none such, or
                it knows another address of ours; ``choice_needed``.
        """
        client = self.client
        if callback_url != client.redirect_uri or not rules.is_state(state, client):
            logger.warning("%s: the redirect_uri or the state is not as agreed", client.name)
            raise IdentityError("unavailable")
        metadata = self._chosen(choice).metadata()
        url = authorization_url(client, metadata, state, self.clock.now())
        self._record(metadata, state).keep(
            "authorization request", f"GET {url}", **self._chain(metadata)
        )
        return Outgoing(url=url)

    def _chosen(self, issuer: str) -> MetadataSource:
        """Return who tells where a provider is asked."""
        if isinstance(self.source, Several):
            return self.source.chosen(issuer)
        if issuer:
            raise IdentityError("unavailable")
        return self.source

    def _record(self, metadata: ProviderMetadata, state: str) -> Record:
        exchange = self.client.derived("record", state)
        return Record(evidence=self.evidence, exchange=exchange, issuer=metadata.issuer)

    def _chain(self, metadata: ProviderMetadata) -> dict[str, str]:
        """Keep the trust chain, once in each process, and return what it is found by."""
        entry = chain_of(metadata) if self.evidence is not None else None
        if entry is None:
            return {}
        if entry.exchange not in self._kept:
            keep(self.evidence, entry)
            self._kept.add(entry.exchange)
        return {"chain": entry.exchange}

    # -- and back ----------------------------------------------------------------------------

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity that an answer proves.

        Args:
            response: Its parameters: ``code`` or ``error``, ``state``, ``iss``.

        Raises:
            IdentityError: It proves none.
        """
        given: Any = response
        answer = mapping(dict(response) if isinstance(given, Mapping) else None)
        check(rules.ANSWER_GUARDS, self._seen(_NOBODY, answer))
        metadata, state = self._answering(answer).metadata(), text(answer, "state")
        check(rules.ISSUER_GUARDS, self._seen(metadata, answer))
        exchange = self._exchange(metadata, self._record(metadata, state))
        exchange.record.keep_response(answer)
        if "error" in answer:
            code, retry = ERRORS.get(str(answer["error"]), ("invalid", False))
            raise IdentityError(code, retry=retry)
        now, spent = self.clock.now(), self.client.derived("once", state)
        if not self.once.spend(spent, now + REMEMBERED, now):
            raise IdentityError("replayed")
        tokens = exchange.tokens(text(answer, "code"), state)
        told = exchange.id_token(tokens, state)
        claims = {**told, **exchange.userinfo(tokens, told)}
        if self.client.dialect.revokes:
            exchange.give_back(tokens)
        check(rules.PERSON_GUARDS, self._seen(metadata, claims))
        return VerifiedIdentity(
            identity=Identity(provider=self.name, issuer=metadata.issuer, subject=told["sub"]),
            codice_fiscale=codice_fiscale(claims),
            values=form_values(claims),
            level=self.client.level_of(told.get("acr")),
            answer=spent,
            answer_until=now + REMEMBERED,
            session=leaving.session_of(metadata, told),
        )

    def _answering(self, told: Claims) -> MetadataSource:
        """Return who tells where the provider is that says that it answers.

        Of several each has to say so: what was asked of another one does not fit its answer.

        Raises:
            IdentityError: It is none of them.
        """
        if not isinstance(self.source, Several):
            return self.source
        issuer = told.get("iss")
        if not isinstance(issuer, str) or issuer not in self.source.sources:
            raise IdentityError("invalid")
        return self.source.sources[issuer]

    def _seen(self, metadata: ProviderMetadata, claims: Claims) -> Seen:
        return Seen(client=self.client, metadata=metadata, now=self.clock.now(), claims=claims)

    def _exchange(self, metadata: ProviderMetadata, record: Record) -> Exchange:
        return Exchange(
            client=self.client,
            metadata=metadata,
            http=self.http,
            clock=self.clock,
            keys=self._keys,
            record=record,
        )

    # -- and out -----------------------------------------------------------------------------

    def leave(self, session: str, state: str) -> Outgoing | None:
        """Return where the browser goes to end the provider's session, too.

        Args:
            session: What ``VerifiedIdentity.session`` was.
            state: Comes back.

        Returns:
            ``None`` where the provider cannot do that.

        Raises:
            IdentityError: The provider cannot be reached, or that is no session.
        """
        issuer = leaving.read_session(session)[0]
        several = isinstance(self.source, Several)
        metadata = self._chosen(issuer if several else "").metadata()
        return leaving.leaving(self.client, metadata, session, state)

    def ended(self, message: Mapping[str, object], query: str) -> Ending:  # noqa: ARG002 - SAML's
        """Return what a message about the end of a session asks for.

        Args:
            message: ``logout_token``, which a provider sends without a browser; or ``state``, with
                which the browser comes back that :meth:`leave` has sent away.
            query: What stood behind the question mark; it is not signed.

        Raises:
            IdentityError: It proves nothing.
        """
        if "logout_token" not in message:
            if not rules.is_state(message.get("state"), self.client):
                raise IdentityError("invalid")
            return Ending()
        token = message["logout_token"]
        metadata = self._answering(jose.unverified(token)).metadata()
        nothing = Record(evidence=None, exchange="", issuer=metadata.issuer)
        claims = self._exchange(metadata, nothing).opened(token, leaving.TOKEN_TYPES)[1]
        check(rules.LOGOUT_GUARDS, self._seen(metadata, claims))
        now = self.clock.now()
        name = self.client.derived("logout", f"{claims['jti']} {metadata.issuer}")
        if not self.once.spend(name, now + REMEMBERED, now):
            raise IdentityError("replayed")
        if "sid" in claims:
            return Ending(sessions=(leaving.session_text(metadata.issuer, claims["sid"]),))
        # All of the person's end where none is named (OIDC Back-Channel Logout 1.0, 2.7).
        whose = Identity(provider=self.name, issuer=metadata.issuer, subject=claims["sub"])
        return Ending(identity=whose)

    # -- and what others read of us ------------------------------------------------------------

    def document(self, path: str) -> Document | None:
        """Return what is to be read about us, signed anew for each who asks.

        Args:
            path: ``.well-known/openid-federation`` (OpenID Federation 1.0, 9), or ``jwks.json``,
                our public keys, for a provider with which we are registered.
        """
        if path == WELL_KNOWN.lstrip("/") and self.entity is not None:
            body = self.entity.configuration(self.clock.now())
            return Document(media_type=MEDIA_TYPE, body=body)
        own = self.client.public_keys()
        if path == KEYS and own:
            body = json.dumps(public_jwks(own)).encode("ascii")
            return Document(media_type=_KEY_SET, body=body)
        return None

    def answer(self, path: str, query: str) -> Document | None:
        """Return what others are answered who ask about a provider (OpenID Federation 1.0, 8.3).

        Args:
            path: ``resolve``.
            query: What they ask.
        """
        if path != RESOLVE or self.entity is None:
            return None
        source = self.source
        sources = source.sources.values() if isinstance(source, Several) else (source,)
        known = [one for one in sources if isinstance(one, FederatedMetadata)]
        return resolved(self.entity, known, query, self.clock.now())
