"""The rules of a sign-in and of its end, as tables: each row is one way in that is shut.

``tests/adapters/oidc/test_oidc_honesty.py`` takes each row out and sees somebody come in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from registrazione.adapters.oidc.claims import is_old_enough, speaks_for_a_firm
from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.guards import Guard
from registrazione.adapters.oidc.metadata import ProviderMetadata
from registrazione.adapters.oidc.reading import Claims, is_early, is_over

_STATE = re.compile(r"[A-Za-z0-9._~-]{1,80}")
_CODE = re.compile(r"[\x20-\x7e]{1,2048}")
# Some tell in it all groups that somebody is in.
_BEARER = re.compile(r"[\x20-\x7e]{1,16384}")
_LONGEST_SUBJECT = 255
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


@attrs.frozen(kw_only=True)
class Seen:
    """What the rules look at.

    Args:
        client: Who we are.
        metadata: Who the provider is.
        now: When.
        claims: What is looked at: the answer's parameters, or the claims of a token.
        header: The header of a signed object.
        nonce: What has to be in an ID token.
        access_token: The access token that came along.
        subject: Whom the ID token is about.
        is_signed: Whether what the provider tells of the person is signed.
        is_encrypted: Whether it is encrypted as well.
    """

    client: Client
    metadata: ProviderMetadata
    now: datetime
    claims: Claims = attrs.field(repr=False)
    header: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    nonce: str = attrs.field(default="", repr=False)
    access_token: str = attrs.field(default="", repr=False)
    subject: str = attrs.field(default="", repr=False)
    is_signed: bool = True
    is_encrypted: bool = False

    @property
    def leeway(self) -> float:
        """How many seconds clocks may be apart."""
        return self.client.leeway.total_seconds()

    def is_for_us(self) -> bool:
        """Tell whether the audience is we, and nobody else beside us."""
        audience = self.claims["aud"]
        return audience in (self.client.client_id, [self.client.client_id])

    def says(self, name: str) -> bool:
        """Tell whether what is told of the person says this, or has to (OIDC Core 5.3.2)."""
        return self.is_signed and (name in self.claims or self.client.dialect.signed_userinfo)

    def is_fresh(self) -> bool:
        """Tell whether it was issued not long ago."""
        oldest = self.client.oldest.total_seconds() + self.leeway
        return bool(self.now.timestamp() < self.claims["iat"] + oldest)

    def is_of_the_access_token(self) -> bool:
        """Tell whether ``at_hash`` is the access token's (OIDC Core 3.1.3.6)."""
        if "at_hash" not in self.claims:
            return not self.client.dialect.at_hash
        digest = _HASHES[self.header["alg"][-3:]](self.access_token.encode("ascii")).digest()
        half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")
        return same(self.claims["at_hash"], half)


def same(told: object, expected: str) -> bool:
    """Compare a text that somebody told with ours, in constant time.

    Args:
        told: Of whatever type.
        expected: Ours.
    """
    return isinstance(told, str) and hmac.compare_digest(
        told.encode("utf-8", "surrogatepass"), expected.encode("utf-8")
    )


def _told_issuer(it: Seen) -> bool:
    """Tell whether the answer comes from the provider that we asked (RFC 9207, 2.4)."""
    if "iss" not in it.claims:
        return not (it.metadata.tells_issuer or it.client.dialect.tells_issuer)
    return same(it.claims["iss"], it.metadata.issuer)


def is_state(state: object, client: Client) -> bool:
    """Tell whether that may name a sign-in.

    Args:
        state: Of whatever type.
        client: Who we are.
    """
    found = _STATE.fullmatch(state) if isinstance(state, str) else None
    return found is not None and len(found[0]) >= client.dialect.shortest_state


def is_session_id(value: object) -> bool:
    """Tell whether that may name a session, or a token.

    Args:
        value: Of whatever type.
    """
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_SUBJECT and value.isprintable()


def _one_answer(it: Seen) -> bool:
    """Tell whether the answer is either a code or an error."""
    return ("code" in it.claims) != ("error" in it.claims)


ANSWER_GUARDS: tuple[Guard, ...] = (
    Guard("answer.state", lambda it: is_state(it.claims["state"], it.client)),
    Guard("answer.one", _one_answer),
    Guard("answer.code", lambda it: _CODE.fullmatch(it.claims.get("code", "-")) is not None),
)
"""What has to hold of an answer before anybody is asked anything."""

ISSUER_GUARDS: tuple[Guard, ...] = (Guard("answer.issuer", _told_issuer),)
"""What has to hold of an answer against mix-up (RFC 9700, 4.4)."""

TOKEN_GUARDS: tuple[Guard, ...] = (
    Guard("token.type", lambda it: it["token_type"].lower() == "bearer"),
    Guard(
        "token.access_token",
        lambda it: _BEARER.fullmatch(it["access_token"]) is not None,
    ),
    Guard("token.no_error", lambda it: "error" not in it),
)
"""What has to hold of the answer to a code (OIDC Core 3.1.3.3)."""

ID_TOKEN_GUARDS: tuple[Guard, ...] = (
    Guard("id_token.issuer", lambda it: same(it.claims["iss"], it.metadata.issuer)),
    Guard("id_token.audience", Seen.is_for_us),
    Guard(
        "id_token.party",
        lambda it: it.claims.get("azp", it.client.client_id) == it.client.client_id,
    ),
    Guard(
        "id_token.subject",
        lambda it: 0 < len(it.claims["sub"]) <= _LONGEST_SUBJECT and it.claims["sub"].isprintable(),
    ),
    Guard("id_token.nonce", lambda it: same(it.claims["nonce"], it.nonce)),
    Guard("id_token.ends", lambda it: not is_over(it.claims, it.now, it.leeway), "expired"),
    Guard("id_token.issued", lambda it: not is_early(it.claims, "iat", it.now, it.leeway)),
    Guard("id_token.fresh", Seen.is_fresh, "expired"),
    Guard(
        "id_token.begins",
        lambda it: "nbf" not in it.claims or not is_early(it.claims, "nbf", it.now, it.leeway),
    ),
    Guard("id_token.access_token", Seen.is_of_the_access_token),
    Guard(
        "id_token.level",
        lambda it: it.client.level_of(it.claims.get("acr")) >= it.client.least_level,
        "level_too_low",
    ),
)
"""What has to hold of an ID token (OIDC Core 3.1.3.7; RFC 7519, 4.1)."""

ENVELOPE_GUARDS: tuple[Guard, ...] = (
    Guard("userinfo.signed", lambda it: it.is_signed or not it.client.dialect.signed_userinfo),
    Guard(
        "userinfo.encrypted",
        lambda it: it.is_encrypted or not it.client.dialect.encrypted_userinfo,
    ),
)
"""How what is told of the person has to come, where the dialect says so."""

USERINFO_GUARDS: tuple[Guard, ...] = (
    Guard("userinfo.subject", lambda it: same(it.claims["sub"], it.subject)),
    Guard(
        "userinfo.issuer",
        lambda it: not it.says("iss") or same(it.claims["iss"], it.metadata.issuer),
    ),
    Guard("userinfo.audience", lambda it: not it.says("aud") or it.is_for_us()),
    Guard(
        "userinfo.ends",
        lambda it: "exp" not in it.claims or not is_over(it.claims, it.now, it.leeway),
        "expired",
    ),
    Guard(
        "userinfo.begins",
        lambda it: "nbf" not in it.claims or not is_early(it.claims, "nbf", it.now, it.leeway),
    ),
)
"""What has to hold of what is told of the person (OIDC Core 5.3.4)."""

PERSON_GUARDS: tuple[Guard, ...] = (
    Guard(
        "person.natural",
        lambda it: it.client.professionals or not speaks_for_a_firm(it.claims),
        "spid_30",
    ),
    Guard(
        "person.age",
        lambda it: is_old_enough(it.claims, it.client.minimum_age, it.now.date()),
        "under_age",
    ),
)
"""What has to hold of all claims together (SPID, Avviso 15, anomalia 30; AgID 51/2022, minors)."""

_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

LOGOUT_GUARDS: tuple[Guard, ...] = (
    Guard("logout.issuer", lambda it: same(it.claims["iss"], it.metadata.issuer)),
    Guard("logout.audience", Seen.is_for_us),
    Guard("logout.event", lambda it: isinstance(it.claims["events"][_LOGOUT], dict)),
    Guard("logout.no_nonce", lambda it: "nonce" not in it.claims),
    Guard("logout.ends", lambda it: not is_over(it.claims, it.now, it.leeway), "expired"),
    Guard("logout.issued", lambda it: not is_early(it.claims, "iat", it.now, it.leeway)),
    Guard("logout.fresh", Seen.is_fresh, "expired"),
    Guard(
        "logout.session",
        lambda it: is_session_id(it.claims["sid" if "sid" in it.claims else "sub"]),
    ),
    Guard("logout.name", lambda it: is_session_id(it.claims["jti"])),
)
"""What has to hold of a token that ends a session (OIDC Back-Channel Logout 1.0, 2.6)."""
