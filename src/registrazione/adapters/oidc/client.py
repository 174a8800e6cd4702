"""Who we are to a provider, and how the providers of each kind speak."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import attrs

from registrazione.adapters.oidc.claims import EID
from registrazione.adapters.oidc.http import is_web_address
from registrazione.adapters.oidc.jose import SIGNING
from registrazione.adapters.oidc.keys import OwnKey
from registrazione.adapters.oidc.levels import LEVELS
from registrazione.core.secret import Secret

_SHORTEST_KEY = 32
_NOTHING: Mapping[str, Any] = MappingProxyType({})

PERSON_CLAIMS = (
    "given_name",
    "family_name",
    "birthdate",
    "place_of_birth",
    "gender",
    "email",
    "phone_number",
    "document_details",
    "address",
    f"{EID}fiscal_number",
)
"""What is asked for of a person, where each claim has to be asked for by its name."""


@attrs.frozen(kw_only=True)
class Dialect:
    """How providers of one kind speak OpenID Connect.

    Args:
        name: What it is called in the settings.
        scope: What is asked for.
        prompt: What the provider does even if somebody is signed in there; empty: nothing.
        named_claims: Whether claims have to be asked for by name (OIDC Core 5.5).
        request_object: Whether the question is signed (RFC 9101).
        tells_issuer: Whether an answer without ``iss`` is refused (RFC 9207).
        at_hash: Whether an ID token without ``at_hash`` is refused.
        signed_userinfo: Whether what is told of a person has to be signed.
        encrypted_userinfo: Whether it has to be encrypted as well.
        shortest_state: The fewest characters of ``state``.
        revokes: Whether access tokens are given back once they have served (SPID and CIE, logout).
    """

    name: str
    scope: str = "openid profile email"
    prompt: str = ""
    named_claims: bool = False
    request_object: bool = False
    tells_issuer: bool = False
    at_hash: bool = False
    signed_userinfo: bool = False
    encrypted_userinfo: bool = False
    shortest_state: int = 16
    revokes: bool = False

    def claims_request(self) -> Mapping[str, Any]:
        """Return the parameter ``claims``; empty where scopes say it all."""
        wanted = dict.fromkeys(PERSON_CLAIMS)
        return {"userinfo": wanted} if self.named_claims else {}


_ITALIAN: Mapping[str, Any] = {
    "named_claims": True,
    "request_object": True,
    "at_hash": True,
    "signed_userinfo": True,
    "encrypted_userinfo": True,
    "shortest_state": 32,
    "revokes": True,
    "prompt": "consent login",
}

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (
            Dialect(name="oidc"),
            # Scopes mean nothing to SPID's providers, and no ID token of theirs tells of a person.
            Dialect(name="spid", scope="openid", **_ITALIAN),
            # SPID's providers promise in their metadata that each answer carries its issuer.
            Dialect(name="cie", tells_issuer=True, **_ITALIAN),
        )
    }
)
"""Plain OpenID Connect, SPID's and CIE's profile of it, by name."""


def _key(_settings: object, _attribute: object, value: Secret) -> None:
    revealed = value.reveal()
    if not isinstance(revealed, str | bytes) or len(revealed) < _SHORTEST_KEY:
        raise ValueError(f"state_key is at least {_SHORTEST_KEY} bytes long")


def _address(_settings: object, attribute: Any, value: str) -> None:  # noqa: ANN401 - as attrs has it
    if not is_web_address(value):
        raise ValueError(f"{attribute.name} is an https address, the one of the page for it")


def _address_or_none(settings: object, attribute: object, value: str) -> None:
    if value:
        _address(settings, attribute, value)


@attrs.frozen(kw_only=True)
class Client:
    """Who we are to a provider, and what we accept of it.

    Args:
        name: What the provider is called in the settings of the registrar, such as ``cie``.
        client_id: What it knows us as; in a federation our entity identifier.
        redirect_uri: Address of our page ``/identity/NAME/callback``, as it is registered there.
        state_key: At least 32 bytes that nobody else sees; nonce and PKCE verifier are made of it.
        dialect: How the provider speaks.
        signing_key: Signs in our name (``private_key_jwt``, request objects).
        secret: The password of ``client_secret_basic``, where there is no such key.
        encryption_keys: What is encrypted for us is opened with one of these.
        least_level: The lowest level of assurance accepted, and asked for.
        unstated_level: What an identity is worth whose ``acr`` is missing or unknown; 0: nothing.
        levels: What each ``acr`` is worth.
        professionals: Whether identities of professionals and firms are accepted.
        minimum_age: Years below which nobody is let in; ``None``: everybody is.
        logout_uri: Address of our page ``/identity/NAME/logout``, where browsers come back to that
            have left the provider too; empty: nowhere.
        algorithms: Algorithms of the provider's signatures.
        leeway: How far apart two clocks may be.
        oldest: How long ago an ID token may have been issued.

    Raises:
        ValueError: It cannot be used so. The text shows no key.
    """

    name: str
    client_id: str = attrs.field(validator=attrs.validators.min_len(1))
    redirect_uri: str = attrs.field(validator=_address)
    state_key: Secret = attrs.field(validator=_key)
    dialect: Dialect = DIALECTS["oidc"]
    signing_key: OwnKey | None = None
    secret: Secret | None = None
    encryption_keys: tuple[OwnKey, ...] = ()
    least_level: int = 2
    unstated_level: int = 0
    levels: Mapping[str, int] = LEVELS
    professionals: bool = False
    minimum_age: int | None = None
    logout_uri: str = attrs.field(default="", validator=_address_or_none)
    algorithms: frozenset[str] = attrs.field(default=SIGNING, converter=frozenset)
    leeway: timedelta = timedelta(seconds=60)
    oldest: timedelta = timedelta(minutes=10)

    def __attrs_post_init__(self) -> None:
        """Refuse what would fail at the first sign-in, or let too much in."""
        if self.signing_key is None and (self.secret is None or self.dialect.request_object):
            raise ValueError("a client proves itself with signing_key, or else with secret")
        if self.dialect.encrypted_userinfo and not self.encryption_keys:
            raise ValueError(f"the dialect {self.dialect.name} needs encryption_keys")
        if not self.algorithms or not self.algorithms <= SIGNING:
            raise ValueError("algorithms are some of RS, PS and ES with 256, 384 or 512")

    def public_keys(self) -> tuple[OwnKey, ...]:
        """Return the keys whose public halves a provider has to know."""
        return tuple(key for key in (self.signing_key, *self.encryption_keys) if key is not None)

    def derived(self, kind: str, state: str) -> str:
        """Return 64 characters that nobody can tell who has no ``state_key``.

        The nonce and the PKCE verifier are made so, because nothing is kept until the answer
        comes, perhaps to another process.

        Args:
            kind: What they are for.
            state: The sign-in that they are of.
        """
        revealed: str | bytes = self.state_key.reveal()
        key = revealed.encode("utf-8") if isinstance(revealed, str) else revealed
        text = f"{kind}\0{self.name}\0{self.client_id}\0{state}"
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def level_of(self, acr: object) -> int:
        """Return what an ``acr`` is worth.

        Args:
            acr: The claim, of whatever type.
        """
        known = self.levels.get(acr) if isinstance(acr, str) else None
        return self.unstated_level if known is None else known
