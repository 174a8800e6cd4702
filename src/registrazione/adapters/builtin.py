"""The back-ends that come with the library, as the first plugin of every catalogue.

Nothing is imported before it is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from registrazione.core.profile import Profile
from registrazione.plugins import (
    ACCOUNT_STORE,
    HUMAN_CHECK,
    IDENTITY_PROVIDER,
    MAILER,
    PROFILE,
    Backend,
    hookimpl,
    needs_extra,
)
from registrazione.ports import (
    AccountStore,
    AsyncAccountStore,
    HumanCheck,
    IdentityProvider,
    Mailer,
    StoreError,
)
from registrazione.profiles import NAMES, load

_HUMAN_CHECKS = (
    "tick-box",
    "none",
    "question",
    "altcha",
    "honeypot",
    "recaptcha",
    "hcaptcha",
    "turnstile",
)

_SAML = ("spid", "cie", "eidas", "saml")

# Named and not imported: the arrows point from the frameworks to here.
_DJANGO = "registrazione.contrib.django.opening"

# In the event loop that Windows has, psycopg cannot wait.
_CAN_AWAIT = sys.platform != "win32"


@hookimpl
def registrazione_stores() -> Iterable[Backend[AccountStore]]:
    """Return the stores in memory, in SQL databases and in a database of a Django project."""
    return [
        Backend(ACCOUNT_STORE, "memory", _memory_store),
        Backend(ACCOUNT_STORE, "sqlite", _sql_store),
        Backend(
            ACCOUNT_STORE,
            "postgresql",
            _postgresql_store,
            awaitable=_awaitable_postgresql_store if _CAN_AWAIT else None,
        ),
        Backend(ACCOUNT_STORE, "mariadb", _mariadb_store),
        # What many call MariaDB still.
        Backend(ACCOUNT_STORE, "mysql", _mariadb_store),
        Backend(
            ACCOUNT_STORE,
            "django",
            _django_store,
            capabilities=frozenset({"durable", "shared"}),
            check=_django_problems,
            awaitable=_awaitable_django_store,
        ),
    ]


@hookimpl
def registrazione_mailers() -> Iterable[Backend[Mailer]]:
    """Return SMTP in the clear, with STARTTLS or over TLS, screen, folder, list, and Django's."""
    return [
        Backend(MAILER, "smtp", _smtp_mailer),
        Backend(MAILER, "smtps", _smtp_mailer),
        Backend(MAILER, "console", _console_mailer),
        Backend(MAILER, "file", _file_mailer),
        Backend(MAILER, "memory", _memory_mailer),
        Backend(MAILER, "django", _django_mailer),
    ]


@hookimpl
def registrazione_human_checks() -> Iterable[Backend[HumanCheck]]:
    """Return tick box, question, ALTCHA, traps for programs, third parties, and none at all."""
    return [Backend(HUMAN_CHECK, name, _human_check) for name in _HUMAN_CHECKS]


@hookimpl
def registrazione_identity_providers() -> Iterable[Backend[IdentityProvider]]:
    """Return OpenID Connect, plain and in the federations of CIE and SPID, and SAML."""
    return [
        Backend(IDENTITY_PROVIDER, "oidc", _oidc_provider),
        *(Backend(IDENTITY_PROVIDER, scheme, _saml_provider) for scheme in _SAML),
    ]


@hookimpl
def registrazione_profiles() -> Iterable[Backend[Profile]]:
    """Return the procedures that come with the library."""
    return [Backend(PROFILE, name, _profile) for name in NAMES]


def _profile(url: str, **_: object) -> Profile:
    return load(url.partition("://")[0])


def _memory_store(*_: object, **__: object) -> AccountStore:
    from registrazione.adapters.memory import MemoryStore

    return MemoryStore()


def _sql_store(url: str, *, settings: Mapping[str, object]) -> AccountStore:
    with needs_extra("sql"):
        from registrazione.adapters.sql import SqlStore
    # A new installation has no tables yet; who migrates by hand says so.
    store = SqlStore.open(url, create=bool(settings.get("create", True)))
    try:
        store.check()
    except StoreError:
        store.close()
        raise
    return store


def _postgresql_store(url: str, *, settings: Mapping[str, object]) -> AccountStore:
    with needs_extra("postgresql"):
        import_module("psycopg")
    return _sql_store(url, settings=settings)


def _awaitable_postgresql_store(url: str, **_: object) -> AsyncAccountStore:
    from registrazione.adapters.sql import AsyncSqlStore

    return AsyncSqlStore.open(url)


def _mariadb_store(url: str, *, settings: Mapping[str, object]) -> AccountStore:
    with needs_extra("mariadb"):
        import_module("pymysql")
    return _sql_store(url, settings=settings)


def _django_store(url: str, **_: object) -> AccountStore:
    with needs_extra("django"):
        opening = import_module(_DJANGO)
    store: AccountStore = opening.open_store(url)
    return store


def _awaitable_django_store(url: str, **_: object) -> AsyncAccountStore:
    store: AsyncAccountStore = import_module(_DJANGO).open_awaitable_store(url)
    return store


def _django_problems(store: Any) -> Iterable[str]:  # noqa: ANN401 - a type that is not loaded
    problems: Iterable[str] = store.problems()
    return problems


def _smtp_mailer(url: str, **_: object) -> Mailer:
    from registrazione.adapters.mailers.smtp import SmtpMailer

    return SmtpMailer.from_url(url)


def _console_mailer(*_: object, **__: object) -> Mailer:
    from registrazione.adapters.mailers.console import ConsoleMailer

    return ConsoleMailer()


def _file_mailer(url: str, **_: object) -> Mailer:
    from registrazione.adapters.mailers.files import FileMailer

    return FileMailer.from_url(url)


def _memory_mailer(*_: object, **__: object) -> Mailer:
    from registrazione.adapters.mailers.memory import MemoryMailer

    return MemoryMailer()


def _django_mailer(url: str, **_: object) -> Mailer:
    with needs_extra("django"):
        opening = import_module(_DJANGO)
    mailer: Mailer = opening.open_mailer(url)
    return mailer


def _oidc_provider(url: str, *, settings: Mapping[str, object]) -> IdentityProvider:
    with needs_extra("oidc"):
        from registrazione.adapters.oidc.opening import open_provider
    return open_provider(url, settings=settings)


def _saml_provider(url: str, *, settings: Mapping[str, object]) -> IdentityProvider:
    with needs_extra("spid"):
        from registrazione.adapters.saml.settings import open_provider
    return open_provider(url, settings=settings)


def _human_check(url: str, *, settings: Mapping[str, object]) -> HumanCheck:
    from registrazione.adapters.human_check.opening import open_check

    return open_check(url, settings=settings)
