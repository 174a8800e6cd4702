"""Stores with one fault each, for authors of laws: a law that kills none of them proves nothing.

Each is a small subclass of :class:`~registrazione.adapters.memory.MemoryStore`, whose docstring
says what is wrong with it. :data:`ZOO` names for each a law that notices it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.testing.zoo import (
    caches,
    claims,
    commits,
    concurrency,
    fields,
    letters,
    likeness,
    outbox,
    queries,
    searches,
    values,
)


@attrs.frozen
class FaultyStore:
    """A store that is wrong in one way.

    Args:
        name: What it is called.
        sentence: What is wrong with it.
        open_store: Opens one that is empty.
        killed_by: Names of laws that it breaks; there may be more.
        concurrent: Whether it keeps every law but those of two at work.
    """

    name: str
    sentence: str
    open_store: Callable[[], MemoryStore]
    killed_by: tuple[str, ...]
    concurrent: bool = False


_BY_ORDER: Mapping[str, str] = {
    "order_of_activations": "LosesUpdates",
    "order_of_proofs": "TakesOlderForGood",
    "order_of_claims": "ForgetsClaims",
    "order_of_creations": "CreatesOver",
    "order_of_erasure": "HoldsAfterErasure",
    "order_of_hand_over": "HoldsWhatWasGivenUp",
    "order_of_crossing": "LosesSecondWrite",
    "order_of_reading": "HasNoExchange",
    "order_of_versions": "FreezesLoads",
    "order_of_taking": "GrantsNoLease",
    "order_of_settling": "SettlesForAnybody",
    "pause_in_activation": "PostsForLosers",
}
"""Laws of two at work, and the store that has a simpler fault and is noticed by them too."""


def _killers(name: str, law: str) -> tuple[str, ...]:
    """Return the laws that a store breaks, the simplest first."""
    return law, *(other for other, store in _BY_ORDER.items() if store == name)


_MODULES = (
    *(commits, claims, values, fields, likeness),
    *(queries, searches, outbox, letters),
    *(caches, concurrency),
)

ZOO: tuple[FaultyStore, ...] = tuple(
    FaultyStore(
        name=store.__name__,
        sentence=inspect.getdoc(store) or "",
        open_store=store,
        killed_by=_killers(store.__name__, law),
        concurrent=module in {caches, concurrency},
    )
    for module in _MODULES
    for store, law in module.FAULTS.items()
)
"""All of them."""
