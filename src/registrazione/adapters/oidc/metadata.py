"""What a provider says of itself: from its discovery document, or from a federation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

import attrs
from joserfc.jwk import Key

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.http import Http, HttpAnswer, is_web_address, leads_inside
from registrazione.adapters.oidc.keys import TheirKeys
from registrazione.adapters.oidc.reading import (
    Claims,
    inner,
    is_early,
    is_over,
    json_object,
    stated,
    text,
)
from registrazione.ports import Clock, IdentityError

KEPT_FOR = timedelta(hours=1)
"""For how long metadata and keys are believed without being fetched again."""
BETWEEN_LOOKS = timedelta(seconds=60)
"""How long nobody looks for new keys again, so that unknown names cannot make us ask all day."""

OK = 200
_ENDPOINTS = ("authorization_endpoint", "token_endpoint")
_OPTIONAL = (
    "userinfo_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "jwks_uri",
    "signed_jwks_uri",
)
_LEEWAY = 60.0
_KEY_SETS = jose.PLAIN_TYPES | {"jwk-set+jwt"}


def _stays_outside(it: tuple[Claims, str]) -> bool:
    document, issuer = it
    urls = (document[name] for name in (*_ENDPOINTS, *_OPTIONAL) if name in document)
    return not any(leads_inside(url, asked_by=issuer) for url in urls)


METADATA_GUARDS: tuple[Guard, ...] = (
    Guard("metadata.issuer", lambda it: it[0]["issuer"] == it[1]),
    Guard("metadata.endpoints", lambda it: all(is_web_address(it[0][n]) for n in _ENDPOINTS)),
    Guard(
        "metadata.optional_endpoints",
        lambda it: all(is_web_address(it[0][n]) for n in _OPTIONAL if n in it[0]),
    ),
    Guard("metadata.stays_outside", _stays_outside),
)
"""What has to hold of metadata and the issuer they are asked of (OIDC Discovery 4.3)."""


@attrs.frozen(kw_only=True)
class ProviderMetadata:
    """Where a provider is asked, and what it promises.

    Args:
        issuer: Who it is.
        authorization_endpoint: Where browsers are sent.
        token_endpoint: Where codes are exchanged.
        userinfo_endpoint: Where more is told; empty: nowhere.
        revocation_endpoint: Where tokens are given back; empty: nowhere.
        end_session_endpoint: Where browsers go to end its session; empty: nowhere.
        jwks_uri: Where its keys are; empty: they are in ``jwks``.
        signed_jwks_uri: Where they are signed with ``federation_keys``.
        jwks: Its keys, where they came along.
        federation_keys: Its keys in a federation, as those above tell them.
        title: How people know it; empty: nobody says.
        logo: Address of its sign; empty: none.
        statements: What a federation says of it, as it came, from itself up to the anchor.
        tells_issuer: Whether its answers always carry ``iss`` (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str = ""
    revocation_endpoint: str = ""
    end_session_endpoint: str = ""
    jwks_uri: str = ""
    signed_jwks_uri: str = ""
    jwks: Mapping[str, object] = attrs.field(factory=dict[str, object])
    federation_keys: TheirKeys = attrs.field(factory=TheirKeys)
    title: str = ""
    logo: str = ""
    statements: tuple[str, ...] = attrs.field(default=(), repr=False)
    tells_issuer: bool = False

    @classmethod
    def read(cls, document: Claims, issuer: str) -> Self:
        """Return the metadata that a document holds.

        Args:
            document: The document.
            issuer: Whose it has to be.

        Raises:
            IdentityError: They are somebody else's, or lead astray.
        """
        document = stated(document)
        check(METADATA_GUARDS, (document, issuer))
        names = (*_ENDPOINTS, *(name for name in _OPTIONAL if name in document))
        addresses: dict[str, Any] = {name: text(document, name) for name in names}
        return cls(
            issuer=issuer,
            **addresses,
            jwks=inner(document, "jwks"),
            tells_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        )


class MetadataSource(Protocol):
    """Tell where a provider is asked. Law: what it tells was verified, and is not out of date."""

    def metadata(self) -> ProviderMetadata:
        """Return the metadata.

        Raises:
            IdentityError: There are none that can be believed.
        """
        ...


@attrs.define
class Discovery:
    """The discovery document of a provider (OIDC Discovery 4); a :class:`MetadataSource`.

    Args:
        issuer: The provider.
        http: Asks for it.
        clock: Tells when it is to be fetched again.
    """

    issuer: str
    http: Http
    clock: Clock
    _kept: tuple[ProviderMetadata, datetime] | None = attrs.field(default=None, init=False)

    def metadata(self) -> ProviderMetadata:
        """Return the metadata, fetched at most once an hour.

        Raises:
            IdentityError: The provider cannot be reached, or what it says is not sound.
        """
        now = self.clock.now()
        if self._kept is None or now >= self._kept[1]:
            url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            document = json_object(fetched(lambda: self.http.get(url)).body)
            self._kept = (ProviderMetadata.read(document, self.issuer), now + KEPT_FOR)
        return self._kept[0]


@attrs.frozen(kw_only=True)
class SeenKeys:
    """A signed set of keys before it is believed.

    Args:
        claims: What it says.
        entity: Whose keys it should hold.
        now: When.
    """

    claims: Claims = attrs.field(repr=False)
    entity: str
    now: datetime


SIGNED_KEYS_GUARDS: tuple[Guard, ...] = (
    Guard("signed_keys.issuer", lambda it: it.claims["iss"] == it.entity),
    Guard("signed_keys.subject", lambda it: it.claims["sub"] == it.entity),
    Guard(
        "signed_keys.issued",
        lambda it: "iat" not in it.claims or not is_early(it.claims, "iat", it.now, _LEEWAY),
    ),
    Guard(
        "signed_keys.ends",
        lambda it: "exp" not in it.claims or not is_over(it.claims, it.now, _LEEWAY),
    ),
)
"""What has to hold of keys that are signed (OpenID Federation 1.0, 5.2.1)."""


@attrs.define
class ProviderKeys:
    """The keys of a provider, fetched when they are needed, and once more for an unknown name.

    Args:
        http: Asks for them.
        clock: Tells when they are to be fetched again.
    """

    http: Http
    clock: Clock
    _kept: dict[str, tuple[TheirKeys, datetime]] = attrs.field(
        factory=dict[str, tuple[TheirKeys, datetime]], init=False
    )

    def find(self, metadata: ProviderMetadata, alg: str, kid: object) -> Key | None:
        """Return the key of that name, ``None`` if the provider has none.

        Args:
            metadata: Tell where the keys are.
            alg: The algorithm that it is for.
            kid: Its name.

        Raises:
            IdentityError: The keys cannot be fetched.
        """
        url = metadata.jwks_uri or ("" if metadata.jwks else metadata.signed_jwks_uri)
        if not url:
            return TheirKeys.read(metadata.jwks).fitting(alg, kid)
        now = self.clock.now()
        keys, since = self._kept.get(url, (TheirKeys(), None))
        if since is None or now >= since + KEPT_FOR:
            return self._fetch(metadata, url).fitting(alg, kid)
        found = keys.fitting(alg, kid)
        if found is None and now >= since + BETWEEN_LOOKS:
            found = self._fetch(metadata, url).fitting(alg, kid)
        return found

    def _fetch(self, metadata: ProviderMetadata, url: str) -> TheirKeys:
        now, body = self.clock.now(), fetched(lambda: self.http.get(url)).body
        found = json_object(body) if metadata.jwks_uri else _signed_set(body, metadata, now)
        keys = TheirKeys.read(found)
        self._kept[url] = (keys, now)
        return keys


def _signed_set(body: bytes, metadata: ProviderMetadata, now: datetime) -> Claims:
    """Return a set of keys that the provider has signed with its keys in the federation."""
    found = jose.opened(
        body.decode("ascii", "replace").strip(),
        metadata.federation_keys.fitting,
        algorithms=jose.SIGNING,
        types=_KEY_SETS,
    )[1]
    check(SIGNED_KEYS_GUARDS, SeenKeys(claims=found, entity=metadata.issuer, now=now))
    return found


def fetched(ask: Callable[[], HttpAnswer]) -> HttpAnswer:
    """Return an answer that says that all is well.

    Args:
        ask: Asks.

    Raises:
        IdentityError: ``unavailable``: nobody answers, or not so.
    """
    answer = answered(ask)
    if answer.status != OK:
        raise IdentityError("unavailable", retry=True)
    return answer


def answered(ask: Callable[[], HttpAnswer]) -> HttpAnswer:
    """Return whatever answer there is.

    Args:
        ask: Asks.

    Raises:
        IdentityError: ``unavailable``: nobody answers.
    """
    try:
        return ask()
    except OSError:
        raise IdentityError("unavailable", retry=True) from None
