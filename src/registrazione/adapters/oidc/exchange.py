"""What is said behind the browser's back: tokens for a code, and who the person is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import attrs

from registrazione.adapters.oidc import jose, rules
from registrazione.adapters.oidc.asking import bound, proof
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.guards import check
from registrazione.adapters.oidc.http import Http, HttpAnswer
from registrazione.adapters.oidc.keeping import Record
from registrazione.adapters.oidc.metadata import OK, ProviderKeys, ProviderMetadata, answered
from registrazione.adapters.oidc.reading import Claims, json_object, stated
from registrazione.adapters.oidc.rules import Seen
from registrazione.ports import Clock, IdentityError

logger: logging.Logger = logging.getLogger("registrazione")

_JWT = "application/jwt"
_JSON = "application/json"
_BAD_REQUEST = 400


@attrs.frozen(kw_only=True)
class Exchange:
    """The talk with one provider about one sign-in.

    Args:
        client: Who we are.
        metadata: Who the provider is.
        http: Asks it.
        clock: Tells the time.
        keys: Knows its keys.
        record: Keeps what is said.
    """

    client: Client
    metadata: ProviderMetadata
    http: Http = attrs.field(repr=False)
    clock: Clock = attrs.field(repr=False)
    keys: ProviderKeys = attrs.field(repr=False)
    record: Record

    def seen(self, claims: Claims, **more: Any) -> Seen:  # noqa: ANN401 - fields of any type
        """Return what the rules look at.

        Args:
            claims: What is looked at.
            more: Other fields.
        """
        now = self.clock.now()
        return Seen(client=self.client, metadata=self.metadata, now=now, claims=claims, **more)

    def opened(
        self, token: object, types: frozenset[str] = jose.PLAIN_TYPES
    ) -> tuple[Mapping[str, Any], Claims]:
        """Return header and claims of what the provider signed, and perhaps encrypted.

        Args:
            token: It.
            types: What it may say that it is.

        Raises:
            IdentityError: The provider did not sign it.
        """
        if jose.is_encrypted(token):
            token = jose.decrypted(token, self.client.encryption_keys)
        return jose.opened(
            token,
            lambda alg, kid: self.keys.find(self.metadata, alg, kid),
            algorithms=self.client.algorithms,
            types=types,
        )

    def tokens(self, code: str, state: str) -> Claims:
        """Return what the provider gives for the code.

        Args:
            code: The code.
            state: Names the sign-in.

        Raises:
            IdentityError: It gives nothing for it.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": self.client.derived("verifier", bound(state, self.metadata.issuer)),
        }
        url = self.metadata.token_endpoint
        answer = answered(lambda: self._posted("token", url, form))
        if answer.status != OK:
            raise self._not_given(answer)
        tokens = stated(_json_of(answer))
        check(rules.TOKEN_GUARDS, tokens)
        return tokens

    def _posted(self, kind: str, url: str, form: Mapping[str, str]) -> HttpAnswer:
        """Return the answer to a form with which we prove who we are.

        Raises:
            OSError: Nobody answers.
        """
        more, headers = proof(self.client, self.metadata, url, self.clock.now())
        whole = {**form, **more}
        self.record.keep(f"{kind} request", f"POST {url}\n\n{urlencode(whole)}")
        answer = self.http.post(url, whole, headers=headers)
        self.record.keep_answer(f"{kind} response", answer)
        return answer

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
        logger.warning("%s: no tokens, status %d", self.client.name, answer.status)
        return IdentityError("unavailable", retry=True)

    def id_token(self, tokens: Claims, state: str) -> Claims:
        """Return the claims of the ID token, which holds.

        Args:
            tokens: What the provider gave.
            state: Names the sign-in.

        Raises:
            IdentityError: It does not hold.
        """
        header, claims = self.opened(tokens.get("id_token"))
        seen = self.seen(
            claims,
            header=header,
            nonce=self.client.derived("nonce", bound(state, self.metadata.issuer)),
            access_token=tokens["access_token"],
        )
        check(rules.ID_TOKEN_GUARDS, seen)
        return claims

    def userinfo(self, tokens: Claims, told: Claims) -> Claims:
        """Return what else the provider tells of the person.

        Args:
            tokens: What the provider gave.
            told: The claims of the ID token.

        Raises:
            IdentityError: It tells of somebody else, or not as it should.
        """
        url = self.metadata.userinfo_endpoint
        if not url:
            check(rules.ENVELOPE_GUARDS, self.seen({}, is_signed=False))
            return {}
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.record.keep("userinfo request", f"GET {url}\n{headers['Authorization']}\n\n")
        answer = answered(lambda: self.http.get(url, headers=headers))
        self.record.keep_answer("userinfo response", answer)
        if answer.status != OK:
            raise IdentityError("unavailable", retry=True)
        is_signed = answer.content_type == _JWT
        token = answer.body.decode("ascii", "replace").strip()
        is_encrypted = is_signed and jose.is_encrypted(token)
        check(
            rules.ENVELOPE_GUARDS,
            self.seen({}, is_signed=is_signed, is_encrypted=is_encrypted),
        )
        claims = self.opened(token)[1] if is_signed else _json_of(answer)
        check(rules.USERINFO_GUARDS, self.seen(claims, subject=told["sub"], is_signed=is_signed))
        return claims

    def give_back(self, tokens: Claims) -> None:
        """Have the access token revoked, which has served (RFC 7009; SPID and CIE, logout).

        It is asked for at once and not at sign-out, so that none is kept until then. A provider
        that does not do it keeps nobody out.

        Args:
            tokens: What the provider gave.

        Raises:
            IdentityError: The record cannot be kept.
        """
        url = self.metadata.revocation_endpoint
        if not url:
            return
        try:
            answer = self._posted("revocation", url, {"token": tokens["access_token"]})
        except OSError:
            logger.warning("%s: the access token was not revoked", self.client.name)
            return
        if answer.status != OK:
            logger.warning("%s: token not revoked, status %d", self.client.name, answer.status)


def _json_of(answer: HttpAnswer) -> Claims:
    """Return the object in an answer that says that it is JSON."""
    if answer.content_type != _JSON:
        raise IdentityError("invalid")
    return json_object(answer.body)
