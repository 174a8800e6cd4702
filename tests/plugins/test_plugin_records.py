"""The records that plugins hand in."""

from __future__ import annotations

import attrs
import pytest

from registrazione.plugins import (
    CONTRACT_VERSION,
    MAILER,
    PASSWORD_RULE,
    PORTS,
    Backend,
    hookspecs,
    ready,
)


def test_every_port_has_a_hook_of_its_own():
    """Eight ports, eight hooks, no name twice."""
    hooks = {name for name in dir(hookspecs) if name.startswith("registrazione_")}

    assert {port.hook for port in PORTS} == hooks
    assert len({port.name for port in PORTS}) == len(PORTS) == 8


def test_a_back_end_needs_no_more_than_port_name_and_factory():
    """The rest has defaults: no capabilities, this contract, nothing to complain of."""
    backend = Backend(MAILER, "mine", ready(None))

    assert backend.capabilities == frozenset()
    assert backend.contract_version == CONTRACT_VERSION
    assert list(backend.check(None)) == []


def test_records_are_frozen():
    """Nobody changes a back-end after it has been filed."""
    backend = Backend(MAILER, "mine", ready(None))

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        backend.name = "other"


def test_a_ready_factory_gives_what_it_was_given():
    """Whatever the URL and the settings are."""
    rule = object()

    assert Backend(PASSWORD_RULE, "r", ready(rule)).factory("r://", settings={"a": 1}) is rule
