"""The settings of the extension: one mapping in ``app.config``, or one key for each setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import attrs
from flask import Flask, Request

from registrazione.contrib.web.setup import SiteSetup, several
from registrazione.core.commands import Operator
from registrazione.service.vault import KEY_LENGTH
from registrazione.settings import Settings, SettingsError

_OF_THE_REGISTRAR = frozenset(field.name for field in attrs.fields(Settings))
_OF_THE_SITE = frozenset(f.name for f in attrs.fields(SiteSetup) if f.init) - {"base_url"}
PREFIX = "REGISTRAZIONE_"


@attrs.frozen(kw_only=True)
class Options:
    """What the extension was told.

    Args:
        registrar: Arguments of ``Registrar.open``.
        site: Arguments of :class:`~registrazione.contrib.web.setup.SiteSetup`.
        deliver: Whether letters are sent once a response has left. Switch it off where a worker
            delivers them.
        operator: Tells who acts for the office in a request; the desk is open to nobody else.
    """

    registrar: Mapping[str, Any] = attrs.field(repr=False)
    site: Mapping[str, Any]
    deliver: bool = True
    operator: Callable[[Request], Operator | None] | None = None


def options_of(app: Flask, given: Mapping[str, Any]) -> Options:
    """Return the options from the configuration of an application.

    Args:
        app: Its ``config`` holds the mapping ``REGISTRAZIONE``, or keys such as
            ``REGISTRAZIONE_PROFILE`` as ``from_prefixed_env`` makes them.
        given: What was handed to the extension itself; it comes first.

    Raises:
        SettingsError: A name is no setting, or ``deliver`` is neither true nor false.
    """
    config = cast("Mapping[str, Any]", app.config)
    single = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in config.items()
        if key.startswith(PREFIX)
    }
    told: dict[str, Any] = {**single, **config.get("REGISTRAZIONE", {}), **given}
    deliver, operator = told.pop("deliver", True), told.pop("operator", None)
    if not isinstance(deliver, bool):
        raise SettingsError("REGISTRAZIONE: deliver is True or False")
    unknown = sorted(set(told) - _OF_THE_REGISTRAR - _OF_THE_SITE)
    if unknown:
        raise SettingsError(f"REGISTRAZIONE: no settings: {', '.join(map(_meant, unknown))}")
    registrar = {name: value for name, value in told.items() if name in _OF_THE_REGISTRAR}
    registrar.setdefault("storage", f"sqlite:///{app.instance_path}/registrazione.db")
    registrar.setdefault("base_url", "http://localhost:5000/registrazione")
    if "secret_keys" not in registrar:
        registrar["secret_keys"] = _keys(app)
    site = {name: value for name, value in told.items() if name in _OF_THE_SITE}
    site.setdefault("desk", operator is not None)
    if "texts" in site:
        site["texts"] = [Path(app.root_path, path) for path in several(site["texts"])]
    return Options(registrar=registrar, site=site, deliver=deliver, operator=operator)


def _meant(name: str) -> str:
    """Return a name that is no setting, with the one that was probably meant."""
    known = {"deliver", "operator", *_OF_THE_REGISTRAR, *_OF_THE_SITE}
    near = get_close_matches(name, sorted(known), 1)
    return f"{name} ({near[0]} is)" if near else name


def below_root(app: Flask, path: str) -> str:
    """Return a path as the application sees it, which may be mounted below another one.

    Args:
        app: Its ``APPLICATION_ROOT`` is what the server cuts off, if that is in the path.
        path: As browsers see it, without a slash at the end.
    """
    root = str(cast("Mapping[str, Any]", app.config)["APPLICATION_ROOT"]).rstrip("/")
    return path.removeprefix(root) if f"{path}/".startswith(f"{root}/") else path


def _keys(app: Flask) -> list[str | bytes]:
    """Return Flask's own keys, the newest first.

    Raises:
        SettingsError: There is none, or the newest is too short to be one.
    """
    config = cast("Mapping[str, Any]", app.config)
    keys: list[Any] = [config.get("SECRET_KEY"), *(config.get("SECRET_KEY_FALLBACKS") or ())]
    long_enough = [key for key in keys if key is not None and len(key) >= KEY_LENGTH]
    if not keys[0] or keys[0] not in long_enough:
        raise SettingsError(
            f"SECRET_KEY is missing or shorter than {KEY_LENGTH} bytes: set it, or give secret_keys"
        )
    return long_enough
