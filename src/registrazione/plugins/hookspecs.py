"""The hooks: how stores, mailers and the rest come in from other distributions.

All of them are called once, while a registrar is assembled, and never inside a request. They
take nothing and return records; what a record's factory makes does the work.

A plugin is a module (or any object) with functions of these names, each marked with
:data:`hookimpl`, and an entry point in the group ``registrazione`` that names the module::

    [project.entry-points.registrazione]
    redis = "registrazione_redis.plugin"
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from registrazione.core.profile import Profile
from registrazione.plugins.records import Backend
from registrazione.ports import (
    AccountStore,
    HumanCheck,
    IdentityProvider,
    Mailer,
    Observer,
    PasswordRule,
)

PROJECT = "registrazione"
"""Pluggy's name of the project, and the entry points' group."""

hookimpl: pluggy.HookimplMarker = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as the implementation of the hook of the same name."""
hookspec: pluggy.HookspecMarker = pluggy.HookspecMarker(PROJECT)


@hookspec
def registrazione_stores() -> Iterable[Backend[AccountStore]]:
    """Return places where accounts can be kept, chosen by ``storage=``.

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.plugins import ACCOUNT_STORE, Backend, hookimpl
        from registrazione.ports import AccountStore


        def open_store(url: str, *, settings: Mapping[str, object]) -> AccountStore:
            from registrazione_redis.store import RedisStore

            return RedisStore(url)


        @hookimpl
        def registrazione_stores() -> Iterable[Backend[AccountStore]]:
            return [Backend(ACCOUNT_STORE, "redis", open_store)]
    """
    return ()


@hookspec
def registrazione_mailers() -> Iterable[Backend[Mailer]]:
    """Return ways for letters to leave, chosen by ``mailer=``.

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.plugins import MAILER, Backend, hookimpl
        from registrazione.ports import Envelope, Mailer


        class QueueMailer:
            def __init__(self, queue: str) -> None:
                self.queue = queue

            def send(self, envelope: Envelope) -> None: ...


        def open_mailer(url: str, *, settings: Mapping[str, object]) -> QueueMailer:
            return QueueMailer(url.removeprefix("queue://"))


        @hookimpl
        def registrazione_mailers() -> Iterable[Backend[Mailer]]:
            return [Backend(MAILER, "queue", open_mailer)]
    """
    return ()


@hookspec
def registrazione_identity_providers() -> Iterable[Backend[IdentityProvider]]:
    """Return services that vouch for people: SPID, CIE, eIDAS or others.

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.plugins import IDENTITY_PROVIDER, Backend, hookimpl
        from registrazione.ports import IdentityProvider


        def open_provider(url: str, *, settings: Mapping[str, object]) -> IdentityProvider:
            from my_university.sso import SingleSignOn

            return SingleSignOn(url)


        @hookimpl
        def registrazione_identity_providers() -> Iterable[Backend[IdentityProvider]]:
            return [Backend(IDENTITY_PROVIDER, "my-university", open_provider)]
    """
    return ()


@hookspec
def registrazione_password_rules() -> Iterable[Backend[PasswordRule]]:
    """Return rules of the host's own for passwords, on top of the profile's.

    A rule returns the faults it finds, with codes of its own; it must not keep the password.

    Example::

        from collections.abc import Iterable

        from registrazione.core.refusals import Fault, fault
        from registrazione.core.secret import Secret
        from registrazione.plugins import PASSWORD_RULE, Backend, PasswordRule, hookimpl, ready


        def no_school_name(password: Secret) -> tuple[Fault, ...]:
            if "manzoni" in password.text().casefold():
                return (fault("my_school.name", "password"),)
            return ()


        @hookimpl
        def registrazione_password_rules() -> Iterable[Backend[PasswordRule]]:
            return [Backend(PASSWORD_RULE, "no-school-name", ready(no_school_name))]
    """
    return ()


@hookspec
def registrazione_human_checks() -> Iterable[Backend[HumanCheck]]:
    """Return ways to tell people from programs (MIM-12, IOL-02).

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.plugins import HUMAN_CHECK, Backend, hookimpl
        from registrazione.ports import HumanCheck


        def open_check(url: str, *, settings: Mapping[str, object]) -> HumanCheck:
            from my_captcha import Captcha

            return Captcha(settings["captcha_key"])


        @hookimpl
        def registrazione_human_checks() -> Iterable[Backend[HumanCheck]]:
            return [Backend(HUMAN_CHECK, "my-captcha", open_check)]
    """
    return ()


@hookspec
def registrazione_profiles() -> Iterable[Backend[Profile]]:
    """Return registration procedures, chosen by ``profile=``.

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.core.profile import Profile
        from registrazione.plugins import PROFILE, Backend, hookimpl


        def library_card(url: str, *, settings: Mapping[str, object]) -> Profile:
            from my_library.profile import LIBRARY_CARD

            return LIBRARY_CARD


        @hookimpl
        def registrazione_profiles() -> Iterable[Backend[Profile]]:
            return [Backend(PROFILE, "library-card", library_card)]
    """
    return ()


@hookspec
def registrazione_observers() -> Iterable[Backend[Observer]]:
    """Return functions that are told of every audit record, after its commit.

    They cannot veto; one that fails is logged and tried again, and nobody waits for it.

    Example::

        import logging
        from collections.abc import Iterable

        from registrazione.core.records import AuditRecord
        from registrazione.plugins import OBSERVER, Backend, Observer, hookimpl, ready


        def tell(record: AuditRecord) -> None:
            logging.getLogger("my_portal").info("%s: %s", record.event, record.outcome)


        @hookimpl
        def registrazione_observers() -> Iterable[Backend[Observer]]:
            return [Backend(OBSERVER, "my-portal-log", ready(tell))]
    """
    return ()


@hookspec
def registrazione_commands() -> Iterable[Backend[object]]:
    """Return commands of click to be added to ``registrazione``.

    Example::

        from collections.abc import Iterable, Mapping

        from registrazione.plugins import COMMAND, Backend, hookimpl


        def import_command(url: str, *, settings: Mapping[str, object]) -> object:
            import click

            @click.command("import-old-accounts")
            def import_old_accounts() -> None:
                click.echo("nothing to import")

            return import_old_accounts


        @hookimpl
        def registrazione_commands() -> Iterable[Backend[object]]:
            return [Backend(COMMAND, "import-old-accounts", import_command)]
    """
    return ()
