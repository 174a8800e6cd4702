"""An OpenID provider that lies on demand: in this process, or on a port of this machine.

It speaks the authorization code flow with PKCE, knows its clients' keys, and answers as a real
one would; a :class:`Twist` bends one thing that it says, so that a relying party can be seen to
notice. It is no provider for people: it asks for no password.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import attrs

from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.jose import SIGNING, opened
from registrazione.adapters.oidc.keys import OwnKey, TheirKeys, public_jwks
from registrazione.ports import Clock, IdentityError
from registrazione.testing.oidc_keys import b64url, encrypted, hash_of, key_of, spelt
from registrazione.testing.oidc_people import HOLDERS, SPID, Holder

Values = dict[str, Any]
JSON = "application/json"
JWT = "application/jwt"
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_CODE_LASTS = timedelta(seconds=60)


def _same(value: Any, _: FakeOp) -> Any:  # noqa: ANN401 - whatever is bent
    return value


Bend = Callable[[Any, "FakeOp"], Any]
"""Return what is said instead; the second argument is the provider itself."""


@attrs.frozen(kw_only=True)
class Twist:
    """What the provider says wrongly; by default nothing.

    Args:
        answer: The parameters with which the browser comes back.
        header: The header of the ID token.
        claims: The claims of the ID token.
        token: The ID token, signed.
        tokens: The whole answer of the token endpoint.
        told: The claims of the userinfo endpoint.
        told_token: The same, signed and perhaps encrypted.
        http: Any answer: a pair of path and :class:`HttpAnswer`, of which the second is returned.
        document: The discovery document.
        jwks: The set of keys.
        signer: The key that ID tokens are signed with.
        told_signer: The key that userinfo is signed with.
    """

    answer: Bend = _same
    header: Bend = _same
    claims: Bend = _same
    token: Bend = _same
    tokens: Bend = _same
    told: Bend = _same
    told_token: Bend = _same
    http: Bend = lambda pair, _: pair[1]
    document: Bend = _same
    jwks: Bend = _same
    signer: Bend = _same
    told_signer: Bend = _same


HONEST: Twist = Twist()
"""Nothing is said wrongly."""


@attrs.frozen(kw_only=True)
class ClientRow:
    """A client that the provider knows.

    Args:
        client: Who it is; its keys are looked at, its ``state_key`` is not.
    """

    client: Client

    def keys(self) -> TheirKeys:
        """Return the public keys for its signatures."""
        own = self.client.signing_key
        return TheirKeys.read(public_jwks([own] if own else []))


@attrs.define
class Grant:
    """A code that was given out."""

    holder: Holder
    question: Mapping[str, str]
    until: datetime
    is_spent: bool = False


@attrs.define
class FakeOp:
    """A provider; the port :class:`~registrazione.adapters.oidc.http.Http` of who asks it.

    Args:
        clock: Tells the time.
        issuer: Who it is.
        signer: Its key.
        people: Who has an identity there, by key.
        twist: What it says wrongly.
        is_down: Whether it answers nobody.
        takes_codes_twice: Whether it forgets which codes were used.
        takes_any_verifier: Whether it takes a code from whoever has it.
    """

    clock: Clock
    issuer: str = "https://op.example"
    signer: OwnKey = attrs.field(factory=lambda: key_of("op", "RS256"))
    people: Mapping[str, Holder] = HOLDERS
    twist: Twist = HONEST
    is_down: bool = False
    takes_codes_twice: bool = False
    takes_any_verifier: bool = False
    clients: dict[str, ClientRow] = attrs.field(factory=dict[str, ClientRow])
    grants: dict[str, Grant] = attrs.field(factory=dict[str, Grant])
    bearers: dict[str, Grant] = attrs.field(factory=dict[str, Grant])
    proofs: set[str] = attrs.field(factory=set[str])
    """The proofs of clients that came already: none is good twice (RFC 7523, 3)."""
    asked: list[str] = attrs.field(factory=list[str])
    """The path of each request, in their order."""
    pages: dict[str, Callable[[Mapping[str, str]], HttpAnswer]] = attrs.field(
        factory=dict[str, Callable[[Mapping[str, str]], HttpAnswer]]
    )
    """More pages, by path: what a federation serves."""
    _serial: count[int] = attrs.field(factory=lambda: count(1))

    @property
    def base(self) -> str:
        """What all addresses of the provider begin with."""
        return self.issuer.rstrip("/")

    def knows(self, client: Client) -> None:
        """Let a client in from now on."""
        self.clients[client.client_id] = ClientRow(client=client)

    # -- the browser -------------------------------------------------------------------------

    def sign_in(self, url: str, person: str) -> dict[str, str]:
        """Return the parameters with which the browser comes back.

        Args:
            url: Where the client sent it.
            person: Key of who signs in.

        Raises:
            ValueError: The question is not sound: a provider shows its own page then.
        """
        question = self.question(url)
        holder = self.people[person]
        answer: Values = {"state": question["state"], "iss": self.issuer}
        if holder.error:
            return dict(self.twist.answer({**answer, "error": holder.error}, self))
        code = f"code-{next(self._serial)}-{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        self.grants[code] = Grant(holder, question, self.clock.now() + _CODE_LASTS)
        return dict(self.twist.answer({**answer, "code": code}, self))

    def question(self, url: str) -> dict[str, str]:
        """Return what a client asks for, out of the signed object if there is one.

        Args:
            url: Where the client sent the browser.

        Raises:
            ValueError: The question is not sound.
        """
        parts = urlsplit(url)
        sent = dict(parse_qsl(parts.query))
        row = self.clients.get(sent.get("client_id", ""))
        if row is None:
            raise ValueError("nobody knows this client")
        asked: Values = dict(sent)
        if row.client.dialect.request_object:
            asked = dict(opened(sent.get("request"), row.keys().fitting, algorithms=SIGNING)[1])
            if self.issuer not in asked["aud"] or asked["iss"] != sent["client_id"]:
                raise ValueError("the signed question is somebody else's")
        wrong = [
            name
            for name, value in {
                "client_id": sent["client_id"],
                "redirect_uri": row.client.redirect_uri,
                "response_type": "code",
                "code_challenge_method": "S256",
            }.items()
            if asked.get(name) != value
        ]
        missing = [name for name in ("state", "nonce", "code_challenge") if not asked.get(name)]
        if wrong or missing:
            raise ValueError(f"the question is wrong in {', '.join(wrong + missing)}")
        return {name: str(value) for name, value in asked.items()}

    # -- the client --------------------------------------------------------------------------

    def get(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS) -> HttpAnswer:
        """Answer a question; see :class:`~registrazione.adapters.oidc.http.Http`.

        Raises:
            OSError: Nobody answers.
        """
        path = self._path(url)
        match path:
            case "/.well-known/openid-configuration":
                answer = _json(self.twist.document(self.document(), self))
            case "/jwks":
                answer = _json(self.twist.jwks(public_jwks([self.signer]), self))
            case "/userinfo":
                answer = self._userinfo(headers)
            case _ if path in self.pages:
                answer = self.pages[path](dict(parse_qsl(urlsplit(url).query)))
            case _:
                answer = HttpAnswer(status=404)
        bent: HttpAnswer = self.twist.http((path, answer), self)
        return bent

    def post(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] = _NO_HEADERS
    ) -> HttpAnswer:
        """Answer a form; see :class:`~registrazione.adapters.oidc.http.Http`.

        Raises:
            OSError: Nobody answers.
        """
        path = self._path(url)
        match path:
            case "/token":
                answer = self._token(form, headers)
            case "/revoke":
                answer = self._revoked(form, headers)
            case _:
                answer = HttpAnswer(status=404)
        bent: HttpAnswer = self.twist.http((path, answer), self)
        return bent

    def _path(self, url: str) -> str:
        path = url.removeprefix(self.base)
        self.asked.append(path)
        if self.is_down or path == url:
            raise ConnectionError("nobody answers")
        return urlsplit(path).path

    def document(self) -> Values:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "revocation_endpoint": f"{self.base}/revoke",
            "end_session_endpoint": f"{self.base}/leave",
            "jwks_uri": f"{self.base}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": [self.signer.alg],
            "acr_values_supported": [f"{SPID}{level}" for level in (1, 2, 3)],
            "authorization_response_iss_parameter_supported": True,
        }

    def _token(self, form: Mapping[str, str], headers: Mapping[str, str]) -> HttpAnswer:
        row = self._who(form, headers)
        if row is None:
            return _json({"error": "invalid_client"}, 401)
        grant = self.grants.get(form.get("code", ""))
        if grant is None or not self._fits(grant, form, row):
            return _json({"error": "invalid_grant"}, 400)
        grant.is_spent = True
        bearer = f"bearer-{next(self._serial)}"
        self.bearers[bearer] = grant
        claims = self.twist.claims(self.id_claims(grant, row, bearer), self)
        signer: OwnKey = self.twist.signer(self.signer, self)
        header = self.twist.header({"alg": signer.alg, "kid": signer.kid, "typ": "JWT"}, self)
        token = self.twist.token(spelt(header, claims, signer), self)
        tokens = {
            "access_token": bearer,
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": token,
        }
        return _json(self.twist.tokens(tokens, self))

    def _revoked(self, form: Mapping[str, str], headers: Mapping[str, str]) -> HttpAnswer:
        """Forget a token, known or not (RFC 7009, 2.2)."""
        if self._who(form, headers) is None:
            return _json({"error": "invalid_client"}, 401)
        self.bearers.pop(form.get("token", ""), None)
        return HttpAnswer(status=200)

    def logout_token(self, client: Client, sid: str, twist: Twist = HONEST) -> str:
        """Return what tells a client that a session has ended (OIDC Back-Channel Logout, 2.4).

        Args:
            client: The client.
            sid: The session.
            twist: What it says wrongly: its ``header``, ``claims``, ``token`` or ``signer``.
        """
        now = int(self.clock.now().timestamp())
        told: Values = {
            "iss": self.issuer,
            "sub": "op/somebody",
            "aud": client.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": f"logout-{next(self._serial)}",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "sid": sid,
        }
        signer: OwnKey = twist.signer(self.signer, self)
        header = {"alg": signer.alg, "kid": signer.kid, "typ": "logout+jwt"}
        spoken = spelt(twist.header(header, self), twist.claims(told, self), signer)
        return str(twist.token(spoken, self))

    def _who(self, form: Mapping[str, str], headers: Mapping[str, str]) -> ClientRow | None:
        """Return the client that has proved itself."""
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        if basic:
            name, _, password = b64decode(basic).decode("ascii").partition(":")
            row = self.clients.get(unquote_plus(name))
            secret = row.client.secret if row else None
            fits = secret is not None and secret.text() == unquote_plus(password)
            return row if fits else None
        row = self.clients.get(form.get("client_id", ""))
        if row is None:
            return None
        try:
            claims = opened(form.get("client_assertion"), row.keys().fitting, algorithms=SIGNING)[1]
        except IdentityError:
            return None
        ours = self.issuer in claims["aud"] and claims["sub"] == form["client_id"]
        if claims["jti"] in self.proofs:
            return None
        self.proofs.add(claims["jti"])
        return row if ours and claims["exp"] > self.clock.now().timestamp() else None

    def _fits(self, grant: Grant, form: Mapping[str, str], row: ClientRow) -> bool:
        """Tell whether a code is good for this client, now (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
        if self.takes_any_verifier:
            return True
        digest = hashlib.sha256(form.get("code_verifier", "").encode("ascii")).digest()
        return (
            (self.takes_codes_twice or not grant.is_spent)
            and self.clock.now() < grant.until
            and grant.question["client_id"] == row.client.client_id
            and grant.question["redirect_uri"] == form.get("redirect_uri")
            and hmac.compare_digest(b64url(digest), grant.question["code_challenge"])
        )

    def id_claims(self, grant: Grant, row: ClientRow, bearer: str) -> Values:
        """Return the claims of an honest ID token."""
        now = int(self.clock.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": grant.holder.subject,
            "aud": row.client.client_id,
            "nonce": grant.question["nonce"],
            "iat": now,
            "exp": now + 300,
            "acr": f"{SPID}{grant.holder.level}",
            "at_hash": hash_of(bearer, self.signer.alg),
            "jti": f"token-{next(self._serial)}",
            "sid": f"session/{grant.holder.key}",
        }

    def _userinfo(self, headers: Mapping[str, str]) -> HttpAnswer:
        grant = self.bearers.get(headers.get("Authorization", "").removeprefix("Bearer "))
        if grant is None:
            return HttpAnswer(status=401)
        client = self.clients[grant.question["client_id"]].client
        told: Values = {"sub": grant.holder.subject, **grant.holder.claims}
        if not client.dialect.signed_userinfo:
            return _json(self.twist.told(told, self))
        told = {**told, "iss": self.issuer, "aud": client.client_id}
        signer: OwnKey = self.twist.told_signer(self.signer, self)
        header = {"alg": signer.alg, "kid": signer.kid, "typ": "JWT"}
        token = spelt(header, self.twist.told(told, self), signer)
        if client.dialect.encrypted_userinfo:
            token = encrypted(token, client.encryption_keys[0])
        body = self.twist.told_token(token, self)
        return HttpAnswer(status=200, content_type=JWT, body=body.encode("ascii"))


def _json(value: object, status: int = 200) -> HttpAnswer:
    body = json.dumps(value).encode("utf-8")
    return HttpAnswer(status=status, content_type=JSON, body=body)
