"""SAML providers by URL, as the settings choose them: SPID, CIE, eIDAS, or any other.

Everything else is in the registrar's ``options``, under the provider's name. What cannot be used is
told when the registrar is assembled, and no text of an error shows a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlsplit

from registrazione.adapters.given import log, memory
from registrazione.adapters.saml.ages import NO_MAXIMUM, AgeLimit
from registrazione.adapters.saml.attributes import Admission
from registrazione.adapters.saml.profiles import PROFILES
from registrazione.adapters.saml.provider import SamlProvider
from registrazione.adapters.saml.settings_reading import (
    described,
    metadata_source,
    read_certificates,
    read_keys,
)
from registrazione.ports import Clock
from registrazione.service.clock import SystemClock

_PLAIN: Final[Mapping[str, type]] = MappingProxyType(
    {
        "level": int,
        "binding": str,
        "comparison": str,
        "purpose": str,
        "attribute_set": int,
        "entity_id": str,
        "callback_url": str,
        "logout_url": str,
    }
)
"""What the provider takes as it is."""
_OTHERS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "sector": str,
        "aggregation": str,
        "minimum_age": int,
        "maximum_age": int,
        "age_limit_in": str,
        "professionals": bool,
        "keys": object,
        "identity_providers": object,
        "signed_by": object,
        "description": object,
        "evidence": object,
        "evidence_key": object,
        "once": object,
    }
)
OPTIONS: Final[Mapping[str, type]] = MappingProxyType({**_PLAIN, **_OTHERS})
"""Every option, and of what type it is."""
_NEEDED: Final = ("keys", "identity_providers")
_AGES: Final = ("minimum_age", "maximum_age", "age_limit_in")
_PATHS: Final = {"entity_id": "metadata", "callback_url": "callback", "logout_url": "logout"}
"""Where the pages have each address, below ``/identity/<name>/``."""


def open_provider(url: str, *, settings: Mapping[str, object]) -> SamlProvider:
    """Return the provider that a URL names.

    Args:
        url: ``spid://``, ``cie://``, ``eidas://`` or ``saml://``. After ``?`` may stand ``name``,
            what the registrar calls it, by default the scheme.
        settings: The ``options`` of the registrar, its ``clock`` and its ``base_url``. The options
            of this provider are a mapping under its name: see the how-to guide.

    Raises:
        ValueError: The settings do not fit; the text shows no key.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    name = asked.pop("name", parts.scheme)
    if asked or parts.netloc or parts.path:
        message = f"{parts.scheme}:// is followed by nothing but ?name="
        raise ValueError(message)
    told = settings.get(name)
    if not isinstance(told, Mapping):
        message = f"options[{name!r}] tell who we are to that provider"
        raise ValueError(message)  # noqa: TRY004 - a setting
    options = cast("Mapping[str, Any]", told)
    try:
        _check(options)
        return _provider(parts.scheme, name, options, settings)
    except ValueError as error:
        message = f"options[{name!r}]: {error}"
        raise ValueError(message) from None


def _check(options: Mapping[str, Any]) -> None:
    """Make sure that the options are those there are, each of its type."""
    unknown = sorted(str(one) for one in options if one not in OPTIONS)
    if unknown:
        message = f"there is no {', '.join(unknown)}; there are {', '.join(sorted(OPTIONS))}"
        raise ValueError(message)
    missing = [one for one in _NEEDED if not options.get(one)]
    if missing:
        message = f"{', '.join(missing)} are missing"
        raise ValueError(message)
    for name, value in options.items():
        kind = OPTIONS[name]
        # A bool is an int, and a mistake where a number is asked for.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            message = f"{name} is no {kind.__name__}"
            raise ValueError(message)


def _provider(
    scheme: str, name: str, options: Mapping[str, Any], settings: Mapping[str, object]
) -> SamlProvider:
    clock = cast("Clock", settings.get("clock") or SystemClock())
    own = f"{settings.get('base_url') or ''}/identity/{name}"
    plain: dict[str, Any] = {one: f"{own}/{path}" for one, path in _PATHS.items()}
    plain |= {one: options[one] for one in _PLAIN if one in options}
    profile = _profile(scheme, options)
    return SamlProvider(
        name=name,
        profile=profile,
        keys=read_keys(options["keys"]),
        identity_providers=metadata_source(
            options["identity_providers"], clock, read_certificates(options.get("signed_by"))
        ),
        clock=clock,
        admission=Admission(
            # Who asks for professionals wants them in.
            professionals=options.get("professionals", bool(options.get("purpose"))),
            minimum_age=options.get("minimum_age"),
        ),
        ages=_ages(profile, options),
        description=described(options.get("description")),
        once=memory(options.get("once")),
        evidence=log(options.get("evidence"), options.get("evidence_key"), clock),
        **plain,
    )


def _profile(scheme: str, options: Mapping[str, Any]) -> str:
    """Return the name of the profile."""
    parts = [{"saml": "saml2"}.get(scheme, scheme)]
    sector, aggregation = options.get("sector", ""), options.get("aggregation", "")
    if scheme in {"spid", "cie"}:
        parts += ["ag"] if aggregation else []
        parts.append(sector or "public")
        parts += [aggregation] if aggregation else []
    elif sector or aggregation:
        message = f"{scheme} has neither sector nor aggregation"
        raise ValueError(message)
    profile = "-".join(parts)
    if profile not in PROFILES:
        message = "the sector is public or private; SPID's aggregation is full or lite"
        raise ValueError(message)
    return profile


def _ages(profile: str, options: Mapping[str, Any]) -> AgeLimit | None:
    """Return whom SPID's providers are to let in; the other schemes have no such words."""
    if PROFILES[profile].extension != "spid":
        beyond = [one for one in _AGES[1:] if one in options]
        if beyond:
            message = f"{', '.join(beyond)} are SPID's alone"
            raise ValueError(message)
        return None
    if not any(one in options for one in _AGES):
        return None
    return AgeLimit(
        minimum=options.get("minimum_age", 0),
        maximum=options.get("maximum_age", NO_MAXIMUM),
        place=options.get("age_limit_in", "metadata"),
    )
