"""What is wrong with the settings of the project, before anybody meets it.

``CHECKS`` has a row for each; those of :mod:`registrazione.contrib.django.checks` are about
databases. A project that has no ``REGISTRAZIONE`` may use a part of the app alone, such as its
store or the validators of passwords, and is left in peace.
"""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from django.conf import settings as project
from django.core import checks

from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.contrib.django import orm
from registrazione.contrib.django.conf import NAME, Embedding, embedding, procedures
from registrazione.contrib.django.limits import CacheRateLimiter
from registrazione.contrib.django.opening import open_store
from registrazione.contrib.django.pages_checks import pages_problems
from registrazione.core.profile import Profile
from registrazione.core.profile_checks import problems_of
from registrazione.plugins import (
    ACCOUNT_STORE,
    HUMAN_CHECK,
    MAILER,
    PROFILE,
    PluginCatalogue,
    PluginError,
)
from registrazione.settings import SettingsError

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "E001": "`REGISTRAZIONE` cannot be used: a name in it is unknown or missing, a dotted path "
        "leads nowhere, or a value is wrong.",
        "E002": "A procedure, store, mailer or human check that is chosen by name is not there, or "
        "the procedure contradicts itself.",
        "E003": "The project's users have required fields that nobody fills: set `user_fields`.",
        "E004": "The pages are included in `urlpatterns`, but not where `base_url` says: the links "
        "in letters lead nowhere.",
        "E005": "The pages are included in `urlpatterns`, and their templates are not found: add "
        "`registrazione.contrib.django.apps.PagesConfig` to `INSTALLED_APPS`.",
        "E006": "The database that the store is in is not set up as it needs it: no page opens.",
        "W001": "The database that the tables are in is not set up as the store needs it; without "
        "`REGISTRAZIONE` nobody knows whether that is the store.",
        "W002": "`AUTHENTICATION_BACKENDS` has no `RegistrazioneBackend`: the users that are made "
        "cannot sign in. Add it, or set `users` to `False`.",
        "W003": "There is nothing at the address that `base_url` says: include "
        "`registrazione.contrib.django.urls` or `async_urls` there.",
        "W101": "`base_url` is no https address.",
        "W102": "`SESSION_COOKIE_SECURE` or `CSRF_COOKIE_SECURE` is off: cookies "
        "travel in the clear.",
        "W103": "The store ends with the process: `memory://` is for tests.",
        "W104": "The letters reach nobody: mailer or `EMAIL_BACKEND` is for development.",
        "W105": "The procedure has a human check, and a mere tick box or nothing stands for it: "
        "install `registrazione[altcha]`, or set `human_check`.",
        "W106": "Attempts are counted in each process on its own: set `limiter` to "
        "`registrazione.contrib.django.limits.CacheRateLimiter`, on a cache that processes share.",
        "W107": "Personal data are not encrypted in the store: `encrypt` is `False`.",
    }
)
"""Every check by the number of its id, ``registrazione.E001`` and so on."""

_BACKEND = "registrazione.contrib.django.auth.RegistrazioneBackend"
_MAIL_FOR_DEVELOPMENT = ("console", "locmem", "dummy", "filebased")
_MAILERS_FOR_DEVELOPMENT = frozenset({"console", "memory", "file"})
_CACHES_ALONE = ("locmem", "dummy", "filebased", "db")
_NO_CHECKS = ("tick-box", "none")
_USUAL = ("password", "is_active")


def check_embedding(*_: object, **__: object) -> list[Any]:
    """Tell ``manage.py check`` what is wrong with ``REGISTRAZIONE``."""
    return [found for name in _configured() for found in _embedding_problems(name)]


def check_deployment(*_: object, **__: object) -> list[Any]:
    """Tell ``manage.py check --deploy`` what is not fit for a public site."""
    found: list[Any] = []
    for name in _configured():
        try:
            embedded = embedding(name)
        except SettingsError:
            # E001 says so.
            continue
        found += [
            _message(number, name) for number, is_wrong in _DEPLOYMENT.items() if is_wrong(embedded)
        ]
    return found


def _configured() -> tuple[str, ...]:
    """Return the procedures to look at; the one without a name only where it is whole."""
    given = getattr(project, NAME, None)
    if given is None:
        return ()
    names = procedures()
    alone = len(names) == 1
    whole = isinstance(given, Mapping) and {"profile", "base_url"} <= given.keys()
    return names if alone or whole else names[1:]


def _message(number: str, procedure: str, more: str = "") -> Any:  # noqa: ANN401 - Django has no types
    """Return what a check has to say."""
    kind = checks.Error if number.startswith("E") else checks.Warning
    about = f" (procedure {procedure!r})" if procedure else ""
    text = f"{CHECKS[number]}{about}".replace("`", "")
    return kind(f"{text} {more}".rstrip(), id=f"registrazione.{number}")


def _embedding_problems(procedure: str) -> Iterator[Any]:
    """Yield what is wrong with the settings of one procedure."""
    try:
        embedded = embedding(procedure)
    except SettingsError as error:
        yield _message("E001", procedure, str(error))
        return
    try:
        _resolve(embedded)
        problems = _database_problems(embedded)
    except (PluginError, SettingsError) as error:
        yield _message("E002", procedure, str(error))
        problems = ()
    for problem in problems:
        yield _message("E006", procedure, problem)
    for number in pages_problems(embedded.settings.base_url, procedure):
        yield _message(number, procedure)
    if not embedded.users:
        return
    missing = ", ".join(_unfilled()) if embedded.user_fields is None else ""
    if missing:
        yield _message("E003", procedure, missing)
    if not any(map(_signs_in, project.AUTHENTICATION_BACKENDS)):
        yield _message("W002", procedure)


def _resolve(embedded: Embedding) -> None:
    """Look for whatever is chosen by name, without opening it.

    Raises:
        PluginError: It is not there.
        SettingsError: The procedure contradicts itself.
    """
    settings = embedded.settings
    catalogue = PluginCatalogue(settings.plugins, blocked=settings.blocked_plugins)
    if isinstance(settings.storage, str):
        catalogue.resolve(ACCOUNT_STORE, settings.storage)
    if isinstance(settings.mailer, str):
        catalogue.resolve(MAILER, settings.mailer)
    if isinstance(settings.human_check, str):
        catalogue.resolve(HUMAN_CHECK, settings.human_check)
    problems = problems_of(_profile(embedded, catalogue))
    if problems:
        raise SettingsError("; ".join(problems))


def _database_problems(embedded: Embedding) -> tuple[str, ...]:
    """Return what is wrong with the project's database that the accounts are in, if they are.

    Raises:
        SettingsError: There is no such database.
    """
    storage = embedded.settings.storage
    if not isinstance(storage, str) or _scheme(storage) != "django":
        return ()
    return open_store(storage).problems()


def _profile(embedded: Embedding, catalogue: PluginCatalogue) -> Profile:
    chosen = embedded.settings.profile
    return chosen if isinstance(chosen, Profile) else catalogue.build(PROFILE, chosen)


def _unfilled() -> list[str]:
    """Return the fields that the project's users need, and that the usual mapping leaves out."""
    model = orm.get_user_model()
    usual = {model.USERNAME_FIELD, model.get_email_field_name(), "first_name", "last_name", *_USUAL}
    return [
        name
        for name, field in orm.columns(model).items()
        if not (field.null or field.blank or field.has_default() or field.primary_key)
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
        and name not in usual
    ]


def _signs_in(path: str) -> bool:
    """Tell whether a back-end is the library's, or one made from it."""
    from django.utils.module_loading import import_string

    from registrazione.contrib.django.auth import RegistrazioneBackend

    return path == _BACKEND or issubclass(import_string(path), RegistrazioneBackend)


# -- for a public site ----------------------------------------------------------------------


def _clear_cookies(_: Embedding) -> bool:
    sessions = "django.contrib.sessions" in project.INSTALLED_APPS
    csrf = "django.middleware.csrf.CsrfViewMiddleware" in project.MIDDLEWARE
    return (sessions and not project.SESSION_COOKIE_SECURE) or (
        csrf and not (project.CSRF_COOKIE_SECURE or project.CSRF_USE_SESSIONS)
    )


def _scheme(choice: object) -> str:
    return choice.partition("://")[0] if isinstance(choice, str) else ""


def _unsent(embedded: Embedding) -> bool:
    scheme = _scheme(embedded.settings.mailer)
    backend = mail_backend().split(".")
    mute = scheme == "django" and any(name in backend for name in _MAIL_FOR_DEVELOPMENT)
    return mute or scheme in _MAILERS_FOR_DEVELOPMENT


def mail_backend() -> str:
    """Return the path of the back-end that the project's letters go through."""
    # Since Django 6.1.
    mailers: Mapping[str, Mapping[str, str]] | None = getattr(project, "MAILERS", None)
    if mailers is None:
        return str(project.EMAIL_BACKEND)
    return mailers.get("default", {}).get("BACKEND", "")


def _unchecked(embedded: Embedding) -> bool:
    chosen: object = embedded.settings.human_check
    if chosen is None:
        alone = find_spec("altcha") is None
    else:
        alone = chosen in _NO_CHECKS or isinstance(chosen, TickBox | NoHumanCheck)
    if not alone:
        return False
    try:
        return _profile(embedded, PluginCatalogue(embedded.settings.plugins)).human_check
    except PluginError:
        # E002 says so.
        return False


def _counted_alone(embedded: Embedding) -> bool:
    limiter = embedded.settings.limiter
    if isinstance(limiter, CacheRateLimiter):
        backend = project.CACHES.get(limiter.alias, {}).get("BACKEND", "").split(".")
        return any(name in backend for name in _CACHES_ALONE)
    return limiter is None or isinstance(limiter, MemoryRateLimiter)


_DEPLOYMENT: Mapping[str, Callable[[Embedding], bool]] = MappingProxyType(
    {
        "W101": lambda embedded: not embedded.settings.base_url.startswith("https://"),
        "W102": _clear_cookies,
        "W103": lambda embedded: _scheme(embedded.settings.storage) == "memory",
        "W104": _unsent,
        "W105": _unchecked,
        "W106": _counted_alone,
        "W107": lambda embedded: embedded.settings.encrypt is False,
    }
)
"""What is wrong with a public site, each by the number of its id."""
