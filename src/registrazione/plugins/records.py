"""What plugins hand in: frozen records that say which port they fill, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

import attrs

from registrazione.core.profile import Profile
from registrazione.ports import (
    AccountStore,
    AsyncAccountStore,
    HumanCheck,
    IdentityProvider,
    Mailer,
    Observer,
    PasswordRule,
)

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)

CONTRACT_VERSION = 1
"""The version of the ports' contracts that this library speaks."""


class Factory(Protocol[P_co]):
    """Make the instance that the settings ask for."""

    def __call__(self, url: str, /, *, settings: Mapping[str, object]) -> P_co:
        """Return an instance.

        Args:
            url: What the settings say, such as ``sqlite:///accounts.db``; a bare name comes as
                ``name://``.
            settings: Settings of the host that the URL has no room for.
        """
        ...


def ready(instance: P) -> Factory[P]:
    """Return a factory of what is finished already, such as a profile or a function.

    Args:
        instance: What the factory always returns.
    """

    def factory(*_: object, **__: object) -> P:
        return instance

    return factory


@attrs.frozen
class Port(Generic[P]):
    """A place that plugins fill with instances of the protocol ``P``.

    Args:
        name: What it is called in messages, such as ``store``.
        hook: The hook through which its back-ends come in.
    """

    name: str
    hook: str


def _nothing_to_say(_: object) -> Iterable[str]:
    return ()


@attrs.frozen
class Backend(Generic[P]):
    """One way to fill a port.

    A factory that makes something else than the port asks for is a type error where the record
    is written.

    Args:
        port: Which port.
        name: What the settings call it: a name or a URL scheme.
        factory: Makes the instance.
        capabilities: What it can do beyond the contract, as fixed words.
        contract_version: The contract it was written for.
        check: Looks at a finished instance and returns what is wrong with it, in sentences
            without secrets; run at start and by the host's own system check.
        awaitable: Of a store: makes one with awaitable methods, for an ``AsyncRegistrar``. It is
            called after ``factory``, whose instance was checked and closed. Without it the methods
            of that instance are called in threads.
    """

    port: Port[P]
    name: str
    factory: Factory[P]
    capabilities: frozenset[str] = frozenset()
    contract_version: int = CONTRACT_VERSION
    check: Callable[[P], Iterable[str]] = _nothing_to_say
    awaitable: Factory[AsyncAccountStore] | None = None


ACCOUNT_STORE: Port[AccountStore] = Port("store", "registrazione_stores")
MAILER: Port[Mailer] = Port("mailer", "registrazione_mailers")
IDENTITY_PROVIDER: Port[IdentityProvider] = Port(
    "identity provider", "registrazione_identity_providers"
)
PASSWORD_RULE: Port[PasswordRule] = Port("password rule", "registrazione_password_rules")
HUMAN_CHECK: Port[HumanCheck] = Port("human check", "registrazione_human_checks")
PROFILE: Port[Profile] = Port("profile", "registrazione_profiles")
OBSERVER: Port[Observer] = Port("observer", "registrazione_observers")
COMMAND: Port[object] = Port("command", "registrazione_commands")
"""Commands of click, which is an extra: the type says no more than that."""

PORTS: tuple[Port[Any], ...] = (
    ACCOUNT_STORE,
    MAILER,
    IDENTITY_PROVIDER,
    PASSWORD_RULE,
    HUMAN_CHECK,
    PROFILE,
    OBSERVER,
    COMMAND,
)
"""All of them."""
