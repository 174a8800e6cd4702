"""A provider whose answers have names, and that remembers none of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs
from tests.world import MARIO, PEOPLE, World

from registrazione import Answer
from registrazione.core.account import VerifiedIdentity
from registrazione.testing.fakes import ManualClock

LIFE = dt.timedelta(minutes=5)
SESSION = "a session at the provider"


class Forgetful:
    """Vouch for whoever an answer names, as often as it comes.

    Args:
        name: Name of the provider.
        clock: What tells when an answer ends.
        told: What it says of people, where that is not the usual.
    """

    def __init__(self, name: str, clock: ManualClock, **told: Any) -> None:
        """Remember nothing but the script."""
        self.name = name
        self._clock = clock
        self._told = told

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return who the answer is about, with the name of the answer."""
        person = PEOPLE[str(response["person"])]
        usual: dict[str, Any] = {
            "answer": str(response["answer"]),
            "answer_until": self._clock.now() + LIFE,
            "session": SESSION,
        }
        return attrs.evolve(person.vouched(self.name), **{**usual, **self._told})


def forgetful(profile: Any = "unimi-external", **told: Any) -> World:
    """Return a world whose providers remember nothing."""
    return another(World(profile), **told)


def another(world: World, storage: Any = None, **told: Any) -> World:
    """Return a second worker on the same store, with providers of its own."""
    providers = [Forgetful(name, world.clock, **told) for name in ("spid", "cie", "eidas")]
    return world.sibling(identity_providers=providers, storage=storage or world.store)


def answered(
    world: World, answer: str, person: Any = MARIO, provider: str = "spid", **more: Any
) -> Answer:
    """Come back from the provider with the answer of that name."""
    response = {"person": person.username, "answer": answer}
    got: Answer = world.registrar.sign_in_with(provider, response, **more)
    return got
