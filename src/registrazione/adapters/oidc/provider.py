"""The relying party: there, and back (OIDC Core 3.1; RFC 9700)."""

from __future__ import annotations

import json
import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any
from urllib.parse import quote_plus, urlencode

import attrs

from registrazione.adapters.oidc import jose, rules
from registrazione.adapters.oidc.claims import codice_fiscale, form_values
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.guards import check
from registrazione.adapters.oidc.http import Http, HttpAnswer
from registrazione.adapters.oidc.levels import asked_for
from registrazione.adapters.oidc.metadata import (
    OK,
    MetadataSource,
    ProviderKeys,
    ProviderMetadata,
    answered,
)
from registrazione.adapters.oidc.reading import Claims, json_object, mapping, text
from registrazione.adapters.oidc.rules import Seen
from registrazione.adapters.once import MemoryOnceOnly
from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.ports import Clock, IdentityError, OnceOnly, Outgoing

logger: logging.Logger = logging.getLogger("registrazione")

REMEMBERED = timedelta(hours=1)
"""For how long a sign-in that ended is remembered, so that it does not end twice."""

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LASTS = 60
_JWT = "application/jwt"
_JSON = "application/json"
_BAD_REQUEST = 400

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


@attrs.define(kw_only=True)
class OidcProvider:
    """Have an OpenID provider vouch for people; the port
    :class:`~registrazione.ports.IdentityProvider`, and it starts the sign-in.

    An answer counts once in each process. Who runs several of them gives them one memory, though
    providers do not take a code twice either (RFC 6749, 4.1.2).

    Args:
        client: Who we are to it.
        source: Tells where it is asked.
        http: Asks it.
        clock: Tells the time.
        once: Remembers which sign-ins ended.
    """  # noqa: D205 - the roles need one line of their own

    client: Client
    source: MetadataSource = attrs.field(repr=False)
    http: Http = attrs.field(repr=False)
    clock: Clock = attrs.field(repr=False)
    name: str = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.client.name, takes_self=True)
    )
    once: OnceOnly = attrs.field(factory=MemoryOnceOnly, repr=False)
    _keys: ProviderKeys = attrs.field(
        init=False,
        repr=False,
        default=attrs.Factory(lambda self: ProviderKeys(self.http, self.clock), takes_self=True),
    )

    # -- there -------------------------------------------------------------------------------

    def start(self, callback_url: str, state: str) -> Outgoing:
        """Return where the browser goes; see :class:`~registrazione.ports.StartsSignIn`.

        Args:
            callback_url: Where it is to come back to: the ``redirect_uri`` of the client.
            state: Names the sign-in.

        Raises:
            IdentityError: ``unavailable``: the provider cannot be reached, or knows another
                address of ours.
        """
        client, dialect = self.client, self.client.dialect
        if callback_url != client.redirect_uri or not rules.is_state(state, client):
            logger.warning("%s: the redirect_uri or the state is not as agreed", client.name)
            raise IdentityError("unavailable")
        metadata = self.source.metadata()
        challenge = sha256(client.derived("verifier", state).encode("ascii")).digest()
        wanted = {
            "client_id": client.client_id,
            "response_type": "code",
            "scope": dialect.scope,
            "redirect_uri": client.redirect_uri,
            "state": state,
            "nonce": client.derived("nonce", state),
            "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
            "acr_values": asked_for(client.levels, client.least_level),
            "prompt": dialect.prompt,
        }
        sent = {name: value for name, value in wanted.items() if value}
        claims = dialect.claims_request()
        if dialect.request_object:
            sent = self._signed_question({**sent, "claims": claims}, metadata)
        elif claims:
            sent["claims"] = json.dumps(claims, separators=(",", ":"))
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return Outgoing(url=f"{metadata.authorization_endpoint}{joint}{urlencode(sent)}")

    def _signed_question(
        self, question: Mapping[str, Any], metadata: ProviderMetadata
    ) -> dict[str, str]:
        """Return the question as a signed object, and beside it what OAuth wants to see."""
        now = int(self.clock.now().timestamp())
        claims = {
            **question,
            "iss": self.client.client_id,
            "aud": [metadata.issuer, metadata.authorization_endpoint],
            "iat": now,
            "exp": now + _ASSERTION_LASTS,
            "jti": token_hex(16),
        }
        seen = ("client_id", "response_type", "scope", "code_challenge", "code_challenge_method")
        return {**{name: question[name] for name in seen}, "request": self._signed(claims)}

    def _signed(self, claims: Mapping[str, Any]) -> str:
        if self.client.signing_key is None:  # pragma: no cover - the client was looked at
            raise IdentityError("unavailable")
        return jose.signed(claims, self.client.signing_key)

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
        metadata = self._asked(answer)
        now, state = self.clock.now(), text(answer, "state")
        if not self.once.spend(self.client.derived("once", state), now + REMEMBERED, now):
            raise IdentityError("replayed")
        tokens = self._exchanged(metadata, text(answer, "code"), state)
        told = self._id_token(metadata, tokens, state)
        more = self._userinfo(metadata, tokens, told)
        claims = {**told, **more}
        check(rules.PERSON_GUARDS, self._seen(metadata, claims))
        return VerifiedIdentity(
            identity=Identity(provider=self.name, issuer=metadata.issuer, subject=told["sub"]),
            codice_fiscale=codice_fiscale(claims),
            values=form_values(claims),
            level=self.client.level_of(told.get("acr")),
        )

    def _asked(self, answer: Claims) -> ProviderMetadata:
        """Return the metadata of the provider, whose answer this is.

        Raises:
            IdentityError: It is somebody else's, none, or an error.
        """
        nobody = ProviderMetadata(issuer="", authorization_endpoint="", token_endpoint="")
        check(rules.ANSWER_GUARDS, self._seen(nobody, answer))
        metadata = self.source.metadata()
        check(rules.ISSUER_GUARDS, self._seen(metadata, answer))
        if "error" in answer:
            code, retry = ERRORS.get(str(answer["error"]), ("invalid", False))
            raise IdentityError(code, retry=retry)
        return metadata

    def _seen(self, metadata: ProviderMetadata, claims: Claims, **more: Any) -> Seen:  # noqa: ANN401 - fields of any type
        now = self.clock.now()
        return Seen(client=self.client, metadata=metadata, now=now, claims=claims, **more)

    def _exchanged(self, metadata: ProviderMetadata, code: str, state: str) -> Claims:
        """Return what the provider gives for the code.

        Raises:
            IdentityError: Nothing.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": self.client.derived("verifier", state),
        }
        proof, headers = self._proof(metadata)
        url = metadata.token_endpoint
        answer = answered(lambda: self.http.post(url, {**form, **proof}, headers=headers))
        if answer.status != OK:
            raise self._not_given(answer)
        tokens = _json_of(answer)
        check(rules.TOKEN_GUARDS, tokens)
        return tokens

    def _not_given(self, answer: HttpAnswer) -> IdentityError:
        """Return why there are no tokens: the code is none, or it is not about the code."""
        error: object = None
        if answer.status == _BAD_REQUEST:
            try:
                error = json_object(answer.body).get("error")
            except IdentityError:
                error = None
        if error == "invalid_grant":
            return IdentityError("invalid")
        logger.warning("%s: no tokens, status %d", self.name, answer.status)
        return IdentityError("unavailable", retry=True)

    def _proof(self, metadata: ProviderMetadata) -> tuple[dict[str, str], dict[str, str]]:
        """Return the parameters and the headers that prove who asks (OIDC Core 9)."""
        client = self.client
        if client.signing_key is None:
            secret = client.secret.text() if client.secret is not None else ""
            pair = f"{quote_plus(client.client_id)}:{quote_plus(secret)}"
            return {}, {"Authorization": f"Basic {b64encode(pair.encode('ascii')).decode('ascii')}"}
        now = int(self.clock.now().timestamp())
        assertion = {
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": [metadata.issuer, metadata.token_endpoint],
            "iat": now,
            "exp": now + _ASSERTION_LASTS,
            "jti": token_hex(16),
        }
        return {
            "client_id": client.client_id,
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._signed(assertion),
        }, {}

    def _id_token(self, metadata: ProviderMetadata, tokens: Claims, state: str) -> Claims:
        """Return the claims of the ID token, which holds."""
        header, claims = self._opened(metadata, tokens.get("id_token"))
        seen = self._seen(
            metadata,
            claims,
            header=header,
            nonce=self.client.derived("nonce", state),
            access_token=text(tokens, "access_token"),
        )
        check(rules.ID_TOKEN_GUARDS, seen)
        return claims

    def _opened(
        self, metadata: ProviderMetadata, token: object
    ) -> tuple[Mapping[str, Any], Claims]:
        """Return header and claims of what the provider signed, and perhaps encrypted."""
        if jose.is_encrypted(token):
            token = jose.decrypted(token, self.client.encryption_keys)
        return jose.opened(
            token,
            lambda alg, kid: self._keys.find(metadata, alg, kid),
            algorithms=self.client.algorithms,
        )

    def _userinfo(self, metadata: ProviderMetadata, tokens: Claims, told: Claims) -> Claims:
        """Return what else the provider tells of the person."""
        url = metadata.userinfo_endpoint
        if not url:
            check(rules.ENVELOPE_GUARDS, self._seen(metadata, {}, is_signed=False))
            return {}
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = answered(lambda: self.http.get(url, headers=headers))
        if answer.status != OK:
            raise IdentityError("unavailable", retry=True)
        is_signed = answer.content_type == _JWT
        token = answer.body.decode("ascii", "replace").strip()
        is_encrypted = is_signed and jose.is_encrypted(token)
        check(
            rules.ENVELOPE_GUARDS,
            self._seen(metadata, {}, is_signed=is_signed, is_encrypted=is_encrypted),
        )
        claims = self._opened(metadata, token)[1] if is_signed else _json_of(answer)
        seen = self._seen(metadata, claims, subject=told["sub"], is_signed=is_signed)
        check(rules.USERINFO_GUARDS, seen)
        return claims


def _json_of(answer: HttpAnswer) -> Claims:
    """Return the object in an answer that says that it is JSON."""
    if answer.content_type != _JSON:
        raise IdentityError("invalid")
    return json_object(answer.body)
