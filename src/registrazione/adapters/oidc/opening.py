"""OpenID providers by URL, as the settings choose them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from registrazione.adapters.oidc.client import DIALECTS, Client
from registrazione.adapters.oidc.federation.chain import Federation
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.http import Http, HttpxClient, is_web_address
from registrazione.adapters.oidc.keys import OwnKey
from registrazione.adapters.oidc.metadata import Discovery, MetadataSource
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.adapters.once import MemoryOnceOnly
from registrazione.core.secret import Secret
from registrazione.ports import Clock
from registrazione.service.clock import SystemClock

_PLAIN = ("least_level", "unstated_level", "professionals", "levels", "algorithms")
"""Options that the client takes as they are."""


def open_provider(url: str, *, settings: Mapping[str, object]) -> OidcProvider:
    """Return the provider that a URL names.

    Args:
        url: ``oidc://`` and the issuer without its ``https://``, such as
            ``oidc://op.example/realm``. After ``?`` may stand ``name``, what the registrar calls
            it, by default ``oidc``; ``dialect``, by default ``oidc``; and ``insecure=1``, for a
            provider on this machine that is asked in the clear.
        settings: The ``options`` of the registrar; those of this provider are a mapping under its
            name. ``client_id``, ``redirect_uri`` and ``state_key`` have to be there, and either
            ``private_key``, in PEM, or ``secret``. ``trust_anchors`` are the anchors of a
            federation, key sets by entity identifier; ``trust_marks`` are the marks that the
            provider has to bear.

    Raises:
        ValueError: The settings do not fit; the text shows no key.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    name = asked.get("name", "oidc")
    told = settings.get(name)
    if not isinstance(told, Mapping):
        raise ValueError(f"options[{name!r}] tell who we are to that provider")  # noqa: TRY004 - a setting
    options = cast("Mapping[str, Any]", told)
    missing = [k for k in ("client_id", "redirect_uri", "state_key") if not options.get(k)]
    if missing:
        raise ValueError(f"options[{name!r}] lack {', '.join(missing)}")
    scheme = "http" if asked.get("insecure") == "1" else "https"
    issuer = f"{scheme}://{parts.netloc}{parts.path}".rstrip("/")
    if not is_web_address(issuer):
        raise ValueError("an OpenID provider is named by its issuer, as in oidc://op.example")
    client = _client(name, asked.get("dialect", "oidc"), options)
    http, clock = options.get("http") or HttpxClient(), options.get("clock") or SystemClock()
    source = _source(issuer, http, clock, options)
    once = options.get("once") or MemoryOnceOnly()
    return OidcProvider(client=client, source=source, http=http, clock=clock, once=once)


def _source(issuer: str, http: Http, clock: Clock, options: Mapping[str, Any]) -> MetadataSource:
    """Return who tells where the provider is: itself, or a federation."""
    anchors: Any = options.get("trust_anchors")
    if not anchors:
        return Discovery(issuer, http, clock)
    if not isinstance(anchors, Mapping):
        raise ValueError("trust_anchors are key sets by entity identifier")  # noqa: TRY004 - a setting
    federation = Federation(
        anchors=cast("Mapping[str, Mapping[str, Any]]", anchors),
        http=http,
        trust_marks=tuple(options.get("trust_marks", ())),
    )
    return FederatedMetadata(issuer, federation, clock)


def _client(name: str, dialect: str, options: Mapping[str, Any]) -> Client:
    """Return who we are, as the options say."""
    if dialect not in DIALECTS:
        raise ValueError(f"there is no dialect {dialect!r}: there are {', '.join(DIALECTS)}")
    keys: dict[str, Any] = {}
    if options.get("private_key"):
        alg = options.get("signing_alg", "RS256")
        keys["signing_key"] = OwnKey.read(Secret(options["private_key"]), alg)
    if options.get("encryption_key"):
        alg = options.get("encryption_alg", "RSA-OAEP-256")
        keys["encryption_keys"] = (OwnKey.read(Secret(options["encryption_key"]), alg),)
    if options.get("secret"):
        keys["secret"] = Secret(options["secret"])
    return Client(
        name=name,
        client_id=options["client_id"],
        redirect_uri=options["redirect_uri"],
        state_key=Secret(options["state_key"]),
        dialect=DIALECTS[dialect],
        **keys,
        **{key: options[key] for key in _PLAIN if key in options},
    )
