"""The dict ``REGISTRAZIONE``: which names it may have, and what they stand for."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from email.utils import parseaddr
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import attrs
from django.utils.module_loading import import_string

from registrazione.contrib.web.setup import SiteSetup
from registrazione.core.profile import Profile
from registrazione.core.secret import Secret
from registrazione.settings import Settings, SettingsError

if TYPE_CHECKING:
    from registrazione.ports import AccountStore, AsyncAccountStore, Mailer


class ProcedureSettings(TypedDict, total=False):
    """What may be set for each procedure; every value that is no text may be a dotted path.

    The names are those of :class:`~registrazione.settings.Settings`, and those of
    :class:`~registrazione.contrib.django.conf.Embedding`.
    """

    profile: str | Profile
    storage: str | AccountStore | AsyncAccountStore
    mailer: str | Mailer
    secret_keys: Sequence[str | bytes | Secret]
    base_url: str
    encrypt: bool | None
    sender: str
    peppers: Sequence[str | bytes | Secret]
    hasher: object
    human_check: object
    identity_providers: Iterable[object]
    breach_list: object
    mail_domains: object
    limiter: object
    places: object
    phones: object
    plugins: Iterable[object]
    blocked_plugins: Iterable[str]
    observers: Iterable[object]
    password_rules: Iterable[object]
    templates: Iterable[str | Path]
    options: Mapping[str, object]
    clock: object
    randomness: object
    users: bool
    user_fields: str | Callable[..., Mapping[str, object]]
    adopt_user: str | Callable[..., Any]
    erased_user: str | Callable[..., None]
    operator: str | Callable[..., Any]
    pages: Mapping[str, object]
    deliver: bool


class ProjectSettings(ProcedureSettings, total=False):
    """The dict ``REGISTRAZIONE``, so that editors and type checkers know its names.

    ``profile`` and ``base_url`` are needed, here or in each of the ``procedures``.
    """

    procedures: Mapping[str, ProcedureSettings]


_OWN = ("users", "user_fields", "adopt_user", "erased_user", "operator", "pages", "deliver")
_KNOWN = (*(field.name for field in attrs.fields(Settings)), *_OWN)
_ERASED = "erased_user"
ERASING = ("anonymise", "delete")
"""What may become of the user of an account that is erased, besides a function of one's own."""
_NEEDED = ("profile", "base_url")
_PAGES = "REGISTRAZIONE['pages']"
_OF_THE_SITE = tuple(
    field.name for field in attrs.fields(SiteSetup) if field.init and field.name != "base_url"
)

# A text is a name, a URL, or a dotted path.
_CHOICES = frozenset({"profile", "storage", "mailer", "human_check", "erased_user"})
# A text is a dotted path, of an instance or of a class that needs no arguments.
_INSTANCES = frozenset(
    {"hasher", "breach_list", "mail_domains", "limiter", "places", "phones", "clock", "randomness"}
)
# Nothing but true or false: a text would be true, whatever it says.
_SWITCHES = frozenset({"users", "deliver"})
# A text is a dotted path, of a function.
_FUNCTIONS = frozenset({"user_fields", "adopt_user", "operator"})
# The same for each of several.
_SEVERAL_CHOICES = frozenset({"identity_providers", "observers", "password_rules"})
_SEVERAL_MODULES = frozenset({"plugins"})

_SALT = b"registrazione.contrib.django"
_INFO = b"secret_keys 1"
_UNSET_SENDER = "webmaster@localhost"


def checked(given: object, procedure: str) -> dict[str, Any]:
    """Return the settings of one procedure, once it is sure that all their names are known.

    Raises:
        SettingsError: There are none, a name is unknown, or one is missing.
    """
    if not isinstance(given, Mapping):
        raise SettingsError(
            "the project's settings need a dict REGISTRAZIONE, with profile and base_url at least"
        )
    common = dict(given)
    named = common.pop("procedures", {})
    if procedure and procedure not in named:
        raise SettingsError(f"REGISTRAZIONE['procedures'] has no {procedure!r}")
    found = {**common, **(named[procedure] if procedure else {})}
    _look_at_names(found, (*_KNOWN, "procedures"), "REGISTRAZIONE")
    pages = found.get("pages", {})
    _look_at_names(pages if isinstance(pages, Mapping) else {}, _OF_THE_SITE, _PAGES)
    for name in _NEEDED:
        if name not in found:
            raise SettingsError(f"REGISTRAZIONE[{name!r}] is missing")
    return found


def _look_at_names(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse a name that is unknown, and say where it belongs or what was probably meant.

    Raises:
        SettingsError: There is one.
    """
    for name in given:
        if name in known and name != "procedures":
            continue
        near = get_close_matches(str(name), known, 1)
        hint = f": {near[0]!r} is" if near else ""
        if name in _OF_THE_SITE:
            hint = f": it belongs into {_PAGES}"
        raise SettingsError(f"{where}[{name!r}] is no setting{hint}")


def imported(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with what dotted paths name in place of these.

    Raises:
        SettingsError: A path leads nowhere, or to something else.
    """
    return {name: _value(name, value) for name, value in given.items()}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - of many types
    """Return what a setting stands for."""
    if name in _SEVERAL_CHOICES:
        return [_instance(name, each) if _is_path(each) else each for each in value]
    if name in _SEVERAL_MODULES:
        return [_found(name, each) if isinstance(each, str) else each for each in value]
    if name in _INSTANCES and isinstance(value, str):
        return _instance(name, value)
    if name in _FUNCTIONS:
        return _function(name, value)
    if name in _SWITCHES:
        return _switch(name, value)
    if name in _CHOICES and _is_path(value):
        return _found(name, value) if name == _ERASED else _instance(name, value)
    if name == _ERASED and isinstance(value, str) and value not in ERASING:
        raise SettingsError(f"REGISTRAZIONE[{name!r}] is {', '.join(ERASING)}, or a function")
    return value


def _function(name: str, value: object) -> Any:  # noqa: ANN401 - as above
    """Return a function, or nothing."""
    found = _found(name, value) if isinstance(value, str) else value
    if found is not None and not callable(found):
        raise SettingsError(f"REGISTRAZIONE[{name!r}] is a function, or its dotted path")
    return found


def _switch(name: str, value: object) -> bool:
    """Return what is either true or false."""
    if not isinstance(value, bool):
        raise SettingsError(f"REGISTRAZIONE[{name!r}] is True or False")
    return value


def _is_path(value: object) -> bool:
    """Tell a dotted path from a name or a URL."""
    return isinstance(value, str) and "." in value and "/" not in value


def _instance(name: str, path: str) -> Any:  # noqa: ANN401 - as above
    """Return what a path names; of a class, an instance."""
    found = _found(name, path)
    return found() if isinstance(found, type) else found


def _found(name: str, path: str) -> Any:  # noqa: ANN401 - as above
    """Return what a path names: something in a module, or a module."""
    try:
        return import_string(path)
    except ImportError:
        try:
            return import_module(path)
        except ImportError as error:
            raise SettingsError(f"REGISTRAZIONE[{name!r}]: {path!r} cannot be imported") from error


def secret_keys(newest: str | bytes, fallbacks: Sequence[str | bytes]) -> tuple[str, ...]:
    """Return keys made from the project's ``SECRET_KEY`` and its fallbacks.

    Each is HKDF-SHA-256 (RFC 5869) of one of them: 32 bytes that tell nothing of the key that they
    were made from, and that nothing else in the project uses.

    Args:
        newest: Django's ``SECRET_KEY``.
        fallbacks: Django's ``SECRET_KEY_FALLBACKS``.

    Raises:
        SettingsError: There is no key.
    """
    if not newest:
        raise SettingsError("SECRET_KEY is empty: set it, or REGISTRAZIONE['secret_keys']")
    return tuple(_derived(key) for key in (newest, *fallbacks))


def _derived(key: str | bytes) -> str:
    material = key.encode() if isinstance(key, str) else bytes(key)
    extracted = hmac.digest(_SALT, material, "sha256")
    return hmac.digest(extracted, _INFO + b"\x01", "sha256").hex()


def sender(default_from: str) -> str:
    """Return the address in the project's ``DEFAULT_FROM_EMAIL``; nothing for Django's own."""
    address = parseaddr(str(default_from))[1]
    return "" if address == _UNSET_SENDER else address
