"""The project's settings ``REGISTRAZIONE``, and the registrars that they ask for.

Everything is read when it is first needed, so that this module may be imported anywhere.
"""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from inspect import isawaitable
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from registrazione.contrib.django.reading import checked, imported, secret_keys, sender
from registrazione.contrib.web.setup import SiteSetup
from registrazione.registrar import AsyncRegistrar, Registrar
from registrazione.settings import Settings, SettingsError

if TYPE_CHECKING:
    from registrazione.contrib.django.users import Users

R = TypeVar("R", Registrar, AsyncRegistrar)

NAME = "REGISTRAZIONE"
"""What the settings are called in the project's own."""

_READ = frozenset({NAME, "SECRET_KEY", "SECRET_KEY_FALLBACKS", "DEFAULT_FROM_EMAIL", "DATABASES"})


@attrs.frozen(kw_only=True)
class Embedding:
    """What is set for one procedure.

    Args:
        settings: What the registrar is assembled from.
        users: Whether each active account has a user of the project.
        user_fields: Returns the fields of a user, from an account; ``None``: the usual ones.
        adopt_user: Returns the user that an account is to become, where the project knows one
            already; ``None``: every account gets a new user.
        erased_user: What becomes of the user of an account that is erased: ``anonymise``,
            ``delete``, or a function that takes the user.
        operator: Returns the operator that a request comes from; ``None``: the usual one.
        pages: Arguments of :class:`~registrazione.contrib.web.setup.SiteSetup`.
        deliver: Whether letters are sent once a response has left. Switch it off where a worker
            delivers them.
    """

    settings: Settings
    users: bool = True
    user_fields: Callable[[Any], Mapping[str, object]] | None = None
    adopt_user: Callable[[Any], Any] | None = None
    erased_user: str | Callable[[Any], None] = "anonymise"
    operator: Callable[[Any], Any] | None = None
    pages: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    deliver: bool = True


def embedding(procedure: str = "") -> Embedding:
    """Return what the project has set for a procedure, read once.

    Args:
        procedure: Its name in ``procedures``; empty for the one that needs no name.

    Raises:
        SettingsError: There are no settings, or one of them cannot be used.
    """
    return _embedding(procedure)


@cache
def _embedding(procedure: str) -> Embedding:
    try:
        return _read(imported(checked(getattr(project, NAME, None), procedure)))
    except TypeError as error:
        raise SettingsError(f"a value in {NAME} is of the wrong type: {error}") from None


def _read(given: dict[str, Any]) -> Embedding:
    """Return what is set, with Django's own where nothing else is said."""
    names = [field.name for field in attrs.fields(Embedding)]
    own = {name: given.pop(name) for name in names if name in given}
    usual: dict[str, Any] = {
        "storage": "django://",
        "mailer": "django://",
        "sender": sender(project.DEFAULT_FROM_EMAIL),
    }
    if "secret_keys" not in given:
        usual["secret_keys"] = secret_keys(_secret_key(), project.SECRET_KEY_FALLBACKS)
    found = Embedding(settings=Settings(**{**usual, **given}), **own)
    # What the pages cannot use is said now, and not by the first of them.
    site_setup(found, found.settings.base_url)
    return found


def site_setup(embedded: Embedding, base_url: str) -> SiteSetup:
    """Return what the site of a procedure is.

    Args:
        embedded: What the project has set for it.
        base_url: Where its pages are.

    Raises:
        SettingsError: A value cannot be used.
        TypeError: A name is none that the pages know.
    """
    usual = {"desk": embedded.operator is not None}
    return SiteSetup(base_url=base_url, **{**usual, **embedded.pages})


def _secret_key() -> str | bytes:
    """Return the project's key, or nothing where it has none."""
    try:
        key: str | bytes = project.SECRET_KEY
    except ImproperlyConfigured:
        return ""
    return key


def procedures() -> tuple[str, ...]:
    """Return the names of the project's procedures, the one without a name first."""
    given = getattr(project, NAME, None)
    named = given.get("procedures", {}) if isinstance(given, Mapping) else {}
    return ("", *named)


def get_registrar(procedure: str = "") -> Registrar:
    """Return the registrar of this process, for blocking code.

    It is opened at the first call and lives as long as the process; any thread may use it.

    Args:
        procedure: Its name in ``procedures``; empty for the one that needs no name.

    Raises:
        SettingsError: A setting cannot be used.
        PluginError: A back-end is not there; the error says what to install.
    """
    return _opened(Registrar, procedure)


def get_async_registrar(procedure: str = "") -> AsyncRegistrar:
    """Return the registrar of this process, for asynchronous code.

    Its calls to the project's databases run in the thread that Django has for that.

    Args:
        procedure: Its name in ``procedures``; empty for the one that needs no name.

    Raises:
        SettingsError: A setting cannot be used.
        PluginError: A back-end is not there; the error says what to install.
    """
    return _opened(AsyncRegistrar, procedure)


def get_users(procedure: str = "") -> Users | None:
    """Return who keeps the project's users in step with the accounts, if anybody does."""
    from registrazione.contrib.django.users import Users

    found = embedding(procedure)
    if not found.users:
        return None
    return Users(fields=found.user_fields, adopt=found.adopt_user, erased=found.erased_user)


# -- one of each in a process ---------------------------------------------------------------

_registrars: dict[tuple[int, type[Any], str], Any] = {}
_lock = RLock()


def _opened(cls: type[R], procedure: str) -> R:
    """Return the registrar of this process; threads and connections do not outlive a fork."""
    name = (os.getpid(), cls, procedure)
    with _lock:
        if name not in _registrars:
            _registrars[name] = _open(cls, procedure)
        registrar: R = _registrars[name]
        return registrar


def _open(cls: type[R], procedure: str) -> R:
    from registrazione.assembly import assemble
    from registrazione.contrib.django.following import followed
    from registrazione.contrib.django.limits import AwaitedLimiter, CacheRateLimiter

    parts = assemble(embedding(procedure).settings)
    awaited = cls is AsyncRegistrar
    limiter: Any = parts.limiter
    if awaited and isinstance(limiter, CacheRateLimiter):
        limiter = AwaitedLimiter(limiter)
    users = get_users(procedure)
    store = followed(parts.store, procedure=procedure, users=users, awaited=awaited)
    return cls(attrs.evolve(parts, store=store, limiter=limiter))


def forget_registrars(*, setting: str = NAME, **_: object) -> None:
    """Close the registrars of this process: the next call opens others.

    Django's signal ``setting_changed`` calls it, so that tests may override settings.

    Args:
        setting: The setting that was changed; those that are not read here change nothing.
    """
    if setting not in _READ:
        return
    with _lock:
        opened = list(_registrars.values())
        _registrars.clear()
        _embedding.cache_clear()
    for registrar in opened:
        for part in (registrar.parts.store, registrar.parts.hasher, registrar.parts.mailer):
            closing = getattr(part, "close", lambda: None)()
            if isawaitable(closing):
                # A part that is awaited belongs to an event loop, which this is not.
                getattr(closing, "close", lambda: None)()
