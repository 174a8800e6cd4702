"""Whose a username, an address or a code is, for an operator alone."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest
from tests.world import HELP_DESK, MARIO, World

from registrazione import AsyncRegistrar, Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import Key
from registrazione.ports import StoreUnavailable
from registrazione.profiles import load
from registrazione.service.desk import KINDS


class Away(MemoryStore):
    """A store that answers no look-up by key."""

    def find(self, key: Key) -> Any:
        """Answer nobody."""
        raise StoreUnavailable


@pytest.mark.requirement("UNI-12")
def test_each_kind_finds_the_account_with_either_registrar():
    """By whatever spelling, as long as it is the whole of it."""
    world = World()
    account = world.active(MARIO, cf=MARIO.cf)
    typed = dict(zip(KINDS, (account.email.upper(), "Mario.ROSSI", MARIO.cf.lower()), strict=True))
    for kind, value in typed.items():
        assert world.registrar.find(HELP_DESK, kind, value) == (account,)
        other = AsyncRegistrar(world.registrar.parts)
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            assert runner.run(other.find(HELP_DESK, kind, value)) == (account,)


@pytest.mark.parametrize("operator", [None, "op-3", attrs.evolve(HELP_DESK, role="visitor")])
def test_nobody_else_may_look(operator):
    """The duty is that of reading histories."""
    with pytest.raises(Refusal) as refused:
        World().registrar.find(operator, "username", "mario.rossi")
    assert refused.value.code in {"operator.unknown", "operator.not_allowed"}


def test_what_is_on_its_way_elsewhere_is_not_found():
    """Another procedure of the realm has its own operators (POL-04)."""
    world = World("polis")
    world.sibling(attrs.evolve(load("polis"), name="other")).confirmed(MARIO)
    assert world.registrar.find(HELP_DESK, "codice_fiscale", MARIO.cf) == ()


def test_a_store_that_is_away_is_a_refusal():
    """And no error of the store's own."""
    with pytest.raises(Refusal) as refused:
        World(storage=Away()).registrar.find(HELP_DESK, "username", "mario.rossi")
    assert refused.value.code == "service.unavailable"
