"""OpenID providers by URL, as the settings choose them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import attrs

from registrazione.adapters.given import log, memory, private_key
from registrazione.adapters.oidc.client import DIALECTS, Client
from registrazione.adapters.oidc.federation.chain import Federation
from registrazione.adapters.oidc.federation.entity import Entity
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.given import anchors
from registrazione.adapters.oidc.http import Http, HttpxClient, is_web_address
from registrazione.adapters.oidc.keys import OwnKey
from registrazione.adapters.oidc.metadata import Discovery, MetadataSource
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.adapters.oidc.several import Several, unique
from registrazione.core.secret import Secret
from registrazione.ports import Clock, Vault
from registrazione.service.clock import SystemClock

_PLAIN = (
    "least_level",
    "unstated_level",
    "professionals",
    "minimum_age",
    "levels",
    "algorithms",
)
"""Options that the client takes as they are."""
_ENTITY = ("organisation", "homepage", "contacts", "trust_marks", "policy", "logo")
_OPTIONS = frozenset(
    (
        *_PLAIN,
        *("client_id", "redirect_uri", "logout_uri", "state_key", "secret"),
        *("private_key", "signing_alg", "encryption_key", "encryption_alg"),
        *("providers", "trust_anchors", "trust_marks"),
        *("entity", "federation_key", "federation_alg"),
        *("once", "evidence", "evidence_key", "http", "clock"),
    )
)


@attrs.frozen(kw_only=True)
class _Chosen:
    """What was chosen, and what the registrar gives along.

    Args:
        name: What the registrar calls the provider.
        dialect: How it speaks.
        options: What the settings say of it.
        tools: All settings, with the registrar's own tools.
    """

    name: str
    dialect: str
    options: Mapping[str, Any] = attrs.field(repr=False)
    tools: Mapping[str, Any] = attrs.field(repr=False)

    @property
    def is_federated(self) -> bool:
        """Tell whether nobody registers with it."""
        return self.dialect != "oidc" or bool(self.options.get("trust_anchors"))

    @property
    def base(self) -> str:
        """Return the address of the provider's own pages; empty: nobody says."""
        base = str(self.tools.get("base_url") or "")
        return f"{base}/identity/{self.name}" if base else ""

    @property
    def clock(self) -> Clock:
        """Return who tells the time."""
        told: Any = self.options.get("clock") or self.tools.get("clock") or SystemClock()
        return cast("Clock", told)

    def state_key(self) -> bytes | None:
        """Return a key that only this registrar makes, and all of its processes."""
        vault = cast("Vault | None", self.tools.get("vault"))
        if vault is None:
            return None
        return vault.derive("oidc-state", self.name, 0, vault.newest_key())

    def given(self, option: str, usual: Callable[[], Any]) -> Any:  # noqa: ANN401 - options are of any type
        """Return an option, or what it usually is.

        Raises:
            ValueError: There is neither.
        """
        value = self.options.get(option) or usual()
        if not value:
            raise ValueError(f"options[{self.name!r}] lack {option}")
        return value

    def key(self, option: str, alg: str, usual: str) -> OwnKey | None:
        """Return a private key that the options hold.

        Raises:
            ValueError: It is none.
        """
        written = self.options.get(option)
        if not written:
            return None
        secret = private_key(f"{option}, a private key", written)
        return OwnKey.read(secret, self.options.get(alg, usual))


def open_provider(url: str, *, settings: Mapping[str, object]) -> OidcProvider:
    """Return the provider that a URL names.

    Args:
        url: ``oidc://`` and the issuer without its ``https://``, such as
            ``oidc://op.example/realm``; nothing where the option ``providers`` lists them. After
            ``?`` may stand ``name``, what the registrar calls it, by default ``oidc``;
            ``dialect``, by default ``oidc``; and ``insecure=1``, for a provider on this machine
            that is asked in the clear.
        settings: The ``options`` of the registrar, and its ``vault``, ``clock`` and ``base_url``.
            The options of this provider are a mapping under its name; the guide lists them.

    Raises:
        ValueError: The settings do not fit; the text shows no key.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    chosen = _chosen(asked, settings)
    options, clock = chosen.options, chosen.clock
    scheme = "http" if asked.get("insecure") == "1" else "https"
    # Issuers are compared byte for byte: those of some providers end in a slash.
    named = f"{scheme}://{parts.netloc}{parts.path}" if parts.netloc else ""
    client = _client(chosen)
    http = options.get("http") or HttpxClient()
    return OidcProvider(
        client=client,
        source=_source(named, http, clock, options),
        http=http,
        clock=clock,
        once=memory(options.get("once")),
        entity=_entity(client, chosen),
        evidence=log(options.get("evidence"), options.get("evidence_key"), clock),
    )


def _chosen(asked: Mapping[str, str], settings: Mapping[str, object]) -> _Chosen:
    """Return what the URL and the settings say together."""
    name, dialect = asked.get("name", "oidc"), asked.get("dialect", "oidc")
    told = settings.get(name)
    if not isinstance(told, Mapping):
        raise ValueError(f"options[{name!r}] tell who we are to that provider")  # noqa: TRY004 - a setting
    options = cast("Mapping[str, Any]", told)
    unknown = sorted(str(key) for key in options if key not in _OPTIONS)
    if unknown:
        raise ValueError(f"options[{name!r}] hold what nobody knows: {', '.join(unknown)}")
    if dialect not in DIALECTS:
        raise ValueError(f"there is no dialect {dialect!r}: there are {', '.join(DIALECTS)}")
    return _Chosen(name=name, dialect=dialect, options=options, tools=settings)


def _source(
    named: str, http: Http, clock: Clock, options: Mapping[str, Any]
) -> MetadataSource | Several:
    """Return who tells where the provider is, or each of several: itself, or a federation."""
    listed = options.get("providers", ())
    issuers = unique([*([named] if named else []), *listed])
    if isinstance(listed, str) or not issuers or not all(is_web_address(one) for one in issuers):
        raise ValueError("an OpenID provider is named by its issuer, as in oidc://op.example")
    make = _maker(http, clock, options)
    if not listed:
        return make(named)
    return Several({issuer: make(issuer) for issuer in issuers}, clock)


def _maker(http: Http, clock: Clock, options: Mapping[str, Any]) -> Callable[[str], MetadataSource]:
    """Return what makes an issuer one whose metadata can be asked for."""
    told: Any = options.get("trust_anchors")
    if not told:
        return lambda issuer: Discovery(issuer, http, clock)
    federation = Federation(
        anchors=anchors(told), http=http, trust_marks=tuple(options.get("trust_marks", ()))
    )
    return lambda issuer: FederatedMetadata(issuer, federation, clock)


def _client(chosen: _Chosen) -> Client:
    """Return who we are, as the options say, and else as the registrar's address has it."""
    options, base = chosen.options, chosen.base
    encryption = chosen.key("encryption_key", "encryption_alg", "RSA-OAEP-256")
    return Client(
        name=chosen.name,
        client_id=chosen.given("client_id", lambda: base if chosen.is_federated else ""),
        redirect_uri=chosen.given("redirect_uri", lambda: base and f"{base}/callback"),
        logout_uri=options.get("logout_uri") or (base and f"{base}/logout"),
        state_key=Secret(chosen.given("state_key", chosen.state_key)),
        dialect=DIALECTS[chosen.dialect],
        signing_key=chosen.key("private_key", "signing_alg", "RS256"),
        encryption_keys=(encryption,) if encryption else (),
        secret=Secret(options["secret"]) if options.get("secret") else None,
        **{key: options[key] for key in _PLAIN if key in options},
    )


def _entity(client: Client, chosen: _Chosen) -> Entity | None:
    """Return who we are in a federation, where the options say it."""
    told: Any = chosen.options.get("entity")
    if not told:
        return None
    key = chosen.key("federation_key", "federation_alg", "RS256")
    known = {"authority_hints", "organisation", *_ENTITY}
    if not isinstance(told, Mapping) or key is None:
        raise ValueError("an entity is a mapping, and federation_key signs it")
    entity = cast("Mapping[str, Any]", told)
    lacking = [name for name in ("authority_hints", "organisation") if not entity.get(name)]
    unknown = sorted(str(name) for name in entity if name not in known)
    if lacking or unknown or isinstance(entity["authority_hints"], str):
        raise ValueError(f"entity lacks or does not know {', '.join((*lacking, *unknown))}")
    return Entity(
        client=client,
        key=key,
        authority_hints=tuple(entity["authority_hints"]),
        **{name: entity[name] for name in _ENTITY if name in entity},
    )
