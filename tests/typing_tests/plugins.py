"""Read by the type checkers, never run: a wrong adapter is an error where it is written."""

from collections.abc import Iterable, Mapping
from typing import assert_type

from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret
from registrazione.plugins import (
    ACCOUNT_STORE,
    MAILER,
    PASSWORD_RULE,
    Backend,
    PluginCatalogue,
    hookimpl,
    ready,
)
from registrazione.ports import AccountStore, Envelope, Mailer


class GoodMailer:
    """Has what the port asks for."""

    def send(self, envelope: Envelope) -> None:
        """Do nothing."""


class BadMailer:
    """Takes an address where the port gives an envelope."""

    def send(self, address: str) -> None:
        """Do nothing."""


def good_factory(url: str, *, settings: Mapping[str, object]) -> GoodMailer:
    """Return what the port asks for."""
    return GoodMailer()


def bad_factory(url: str, *, settings: Mapping[str, object]) -> BadMailer:
    """Return something else."""
    return BadMailer()


def deaf_factory(url: str) -> GoodMailer:
    """Have no ear for settings."""
    return GoodMailer()


def good_rule(password: Secret) -> tuple[Fault, ...]:
    """Find nothing."""
    return ()


def bad_rule(password: str) -> bool:
    """Take the password in the clear."""
    return True


assert_type(Backend(MAILER, "good", good_factory), Backend[Mailer])
Backend(MAILER, "bad", bad_factory)  # type: ignore[misc]
Backend(MAILER, "deaf", deaf_factory)  # type: ignore[arg-type]
Backend(ACCOUNT_STORE, "mailer", good_factory)  # type: ignore[misc]

Backend(PASSWORD_RULE, "good", ready(good_rule))
Backend(PASSWORD_RULE, "bad", ready(bad_rule))  # type: ignore[misc]


def good_check(mailer: Mailer) -> list[str]:
    """Complain of nothing."""
    return []


def bad_check(store: AccountStore) -> list[str]:
    """Look at something else."""
    return []


Backend(MAILER, "checked", good_factory, check=good_check)
Backend(MAILER, "checked", good_factory, check=bad_check)  # type: ignore[arg-type]


@hookimpl
def registrazione_mailers() -> Iterable[Backend[Mailer]]:
    """Return one good back-end and one bad one."""
    return [
        Backend(MAILER, "good", good_factory),
        Backend(MAILER, "bad", bad_factory),  # type: ignore[arg-type]
    ]


catalogue = PluginCatalogue()
assert_type(catalogue.build(ACCOUNT_STORE, "memory"), AccountStore)
assert_type(catalogue.get(MAILER, "console"), Backend[Mailer])
mailer: Mailer = catalogue.build(ACCOUNT_STORE, "memory")  # type: ignore[assignment]
