"""What we say to a provider: the question that a browser carries, and the proof of who asks."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any
from urllib.parse import quote_plus, urlencode

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.levels import asked_for
from registrazione.adapters.oidc.metadata import ProviderMetadata
from registrazione.ports import IdentityError

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LASTS = 60
_BESIDE = ("client_id", "response_type", "scope", "code_challenge", "code_challenge_method")
"""What OAuth wants to see beside a signed question (RFC 9101, 5)."""


def bound(state: str, issuer: str) -> str:
    """Return what nonce and PKCE verifier are made of: this sign-in, with this provider.

    An answer that names another provider than was asked fits neither, so that of several none can
    answer for another (RFC 9700, 4.4).

    Args:
        state: Names the sign-in; there is no blank in it.
        issuer: Who is asked.
    """
    return f"{state} {issuer}"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """Return an address with more behind its question mark.

    Args:
        url: The address, with or without one.
        query: Names and values.
    """
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def authorization_url(client: Client, metadata: ProviderMetadata, state: str, now: datetime) -> str:
    """Return where a browser goes to sign in (OIDC Core 3.1.2.1; RFC 7636, 4.3).

    Args:
        client: Who we are.
        metadata: Who is asked.
        state: Names the sign-in.
        now: When.
    """
    dialect, base = client.dialect, bound(state, metadata.issuer)
    challenge = sha256(client.derived("verifier", base).encode("ascii")).digest()
    wanted = {
        "client_id": client.client_id,
        "response_type": "code",
        "scope": dialect.scope,
        "redirect_uri": client.redirect_uri,
        "state": state,
        "nonce": client.derived("nonce", base),
        "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
        "acr_values": asked_for(client.levels, client.least_level),
        "prompt": dialect.prompt,
    }
    sent = {name: value for name, value in wanted.items() if value}
    claims = dialect.claims_request()
    if dialect.request_object:
        signed = _signed_question(client, metadata, {**sent, "claims": claims}, now)
        sent = {**{name: sent[name] for name in _BESIDE}, "request": signed}
    elif claims:
        sent["claims"] = json.dumps(claims, separators=(",", ":"))
    return with_query(metadata.authorization_endpoint, sent)


def _signed_question(
    client: Client, metadata: ProviderMetadata, question: Mapping[str, Any], now: datetime
) -> str:
    audience = [metadata.issuer, metadata.authorization_endpoint]
    return _signed(client, {**question, "iss": client.client_id, "aud": audience}, now)


def proof(
    client: Client, metadata: ProviderMetadata, endpoint: str, now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the parameters and the headers that prove who asks (OIDC Core 9).

    Args:
        client: Who we are.
        metadata: Who is asked.
        endpoint: Where.
        now: When.
    """
    if client.signing_key is None:
        secret = client.secret.text() if client.secret is not None else ""
        pair = f"{quote_plus(client.client_id)}:{quote_plus(secret)}"
        return {}, {"Authorization": f"Basic {b64encode(pair.encode('ascii')).decode('ascii')}"}
    # The token endpoint is an audience that every provider takes, at its other endpoints too.
    audience = dict.fromkeys((metadata.issuer, metadata.token_endpoint, endpoint))
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": list(audience)}
    return {
        "client_id": client.client_id,
        "client_assertion_type": _ASSERTION,
        "client_assertion": _signed(client, claims, now),
    }, {}


def _signed(client: Client, claims: Mapping[str, Any], now: datetime) -> str:
    """Return claims of ours, good for a minute and once."""
    if client.signing_key is None:  # pragma: no cover - the client was looked at
        raise IdentityError("unavailable")
    moment = int(now.timestamp())
    lasting = {"iat": moment, "exp": moment + _LASTS, "jti": token_hex(16)}
    return jose.signed({**claims, **lasting}, client.signing_key)
