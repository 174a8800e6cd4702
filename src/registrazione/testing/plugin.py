"""Fixtures for the tests of applications that embed the library; pytest finds them by itself.

Loading this module imports nothing of the library: whoever uses none of the fixtures pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from registrazione.core.profile import Profile
    from registrazione.registrar import AsyncRegistrar, Registrar
    from registrazione.settings import SettingsArguments
    from registrazione.testing.fakes import ManualClock
    from registrazione.testing.outbox import Outbox
    from registrazione.testing.people import People

_MARKER = "registrazione"
_PROFILE = "standard"
_PROVIDERS = ("spid", "cie", "eidas", "oidc")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(profile=..., **settings): the procedure and the settings of the registrars "
        "that this test is given",
    )


@pytest.fixture
def registrazione_clock(request: pytest.FixtureRequest) -> ManualClock:
    """A clock that stands still until it is moved: ``registrazione_clock.advance(hours=24)``.

    It begins at noon of 2 March 2026 (UTC), or while the marker's procedure was open.
    """
    from registrazione.testing.fakes import ManualClock

    return ManualClock(_beginning(_marked(request).get("profile", _PROFILE)))


@pytest.fixture
def registrazione_outbox() -> Outbox:
    """The letters as they left: ``registrazione_outbox.last("activation").link()``."""
    from registrazione.testing.outbox import Outbox

    return Outbox()


@pytest.fixture
def registrazione_people() -> People:
    """A few people who do not exist, each with the codice fiscale of their data."""
    from registrazione.testing.people import PEOPLE

    return PEOPLE


@pytest.fixture
def registrazione_settings(
    request: pytest.FixtureRequest,
    registrazione_clock: ManualClock,
    registrazione_outbox: Outbox,
    registrazione_people: People,
) -> SettingsArguments:
    """The arguments that registrars are opened with; override it to change them everywhere."""
    from registrazione.adapters.memory import MemoryStore
    from registrazione.adapters.scripted_identity import ScriptedProvider
    from registrazione.testing.fakes import FastHasher, SeededRandomness

    usual: SettingsArguments = {
        "profile": _PROFILE,
        "storage": MemoryStore(),
        "mailer": registrazione_outbox,
        "secret_keys": ["a key for tests, which protects nothing"],
        "base_url": "https://example.it/registrazione",
        "clock": registrazione_clock,
        "randomness": SeededRandomness(),
        "hasher": FastHasher(),
        "human_check": "tick-box",
        "identity_providers": [
            ScriptedProvider(name, {who.key: who.vouched_for(name) for who in registrazione_people})
            for name in _PROVIDERS
        ],
    }
    return _with_marker(usual, request)


@pytest.fixture
def registrazione_registrar(
    request: pytest.FixtureRequest,
    registrazione_settings: SettingsArguments,
    registrazione_outbox: Outbox,
) -> Iterator[Registrar]:
    """A registrar with everything in memory, watched by the outbox."""
    from registrazione.registrar import Registrar

    with Registrar.open(**_with_marker(registrazione_settings, request)) as registrar:
        registrazione_outbox.watch(registrar)
        yield registrar


@pytest.fixture
def registrazione_async_registrar(
    request: pytest.FixtureRequest,
    registrazione_settings: SettingsArguments,
    registrazione_outbox: Outbox,
) -> Iterator[AsyncRegistrar]:
    """A registrar to be awaited, on the same store, clock and outbox; any event loop will do."""
    import asyncio

    from registrazione.registrar import AsyncRegistrar

    registrar = AsyncRegistrar.open(**_with_marker(registrazione_settings, request))
    registrazione_outbox.watch(registrar)
    yield registrar
    # A loop of its own, so that the one of the test or of another plugin stays what it is.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(registrar.close())


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the test's markers say, the nearest one last.

    Raises:
        UsageError: A marker has arguments without a name.
    """
    said: dict[str, Any] = {}
    node = cast("pytest.Item", request.node)
    for mark in reversed(list(node.iter_markers(_MARKER))):
        if mark.args:
            raise pytest.UsageError(f"@pytest.mark.{_MARKER} takes settings by name: profile=…")
        said |= mark.kwargs
    return said


def _with_marker(settings: SettingsArguments, request: pytest.FixtureRequest) -> SettingsArguments:
    """Return the settings as the test's markers have them."""
    return cast("SettingsArguments", {**settings, **_marked(request)})


def _beginning(chosen: str | Profile) -> datetime:
    """Return a time at which the procedure is open, if it is one that is known here."""
    from datetime import timedelta

    from registrazione import profiles
    from registrazione.testing.builders import NOON

    if isinstance(chosen, str) and chosen not in profiles.NAMES:
        return NOON
    window = (profiles.load(chosen) if isinstance(chosen, str) else chosen).window
    if window.opens is not None and window.opens > NOON:
        return window.opens
    if window.closes is not None and window.closes <= NOON:
        return window.closes - timedelta(days=21)
    return NOON
