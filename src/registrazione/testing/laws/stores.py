"""The laws of :class:`~registrazione.ports.AccountStore`, and how to check them.

A store is in order if ``all(outcome.kept for outcome in run_laws(open_store))``. Nothing but the
library is needed for it: each law is a function that opens a store and raises ``LawBroken``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import attrs

from registrazione.ports.stores import AccountStore
from registrazione.testing.laws import (
    store_cancellation,
    store_claims,
    store_commits,
    store_durability,
    store_orders,
    store_outbox,
    store_pauses,
    store_queries,
    store_races,
    store_stress,
    store_values,
)
from registrazione.testing.laws.kit import Law, Outcome, gather, judge
from registrazione.testing.laws.levels import AWAITABLE, DURABLE, SHARED, Level

OpenStore = Callable[[], AccountStore]
"""Opens a store that is empty, or that only these laws have been at."""


@runtime_checkable
class _Closeable(Protocol):
    """What is to be closed after use."""

    def close(self) -> None:
        """Give back what it holds."""
        ...


_HIGHER: Mapping[str, Level] = {
    "unknown_account": Level.CLAIMS,
    "nothing_is_remembered": Level.CLAIMS,
    "identifiers_are_exact": Level.CLAIMS,
    "erase": Level.CLAIMS,
    "keys_with_difficult_text": Level.CLAIMS,
    "stale_leaves_nothing": Level.OUTBOX,
    "taken_leaves_nothing": Level.OUTBOX,
    "letters_and_records": Level.OUTBOX,
}
"""Laws that need more of a store than the others of their group."""


def _group(name: str, level: Level, module: ModuleType, **more: Any) -> tuple[Law[OpenStore], ...]:  # noqa: ANN401 - fields of Law
    """Return the laws of a group, each at its level."""
    laws = gather(module, name, level, **more)
    return tuple(attrs.evolve(law, level=_HIGHER.get(law.name, level)) for law in laws)


STORE_LAWS: tuple[Law[OpenStore], ...] = (
    *_group("commits", Level.COMMITS, store_commits),
    *_group("values", Level.COMMITS, store_values),
    *_group("claims", Level.CLAIMS, store_claims),
    *_group("queries", Level.CLAIMS, store_queries),
    *_group("outbox", Level.OUTBOX, store_outbox),
    *_group("orders", Level.CONCURRENCY, store_orders),
    *_group("pauses", Level.CONCURRENCY, store_pauses),
    *_group("races", Level.CONCURRENCY, store_races),
)
"""What every store has to keep, the simplest first."""

MORE_STORE_LAWS: tuple[Law[OpenStore], ...] = (
    *_group("durability", Level.OUTBOX, store_durability, needs=frozenset({DURABLE})),
    *_group("cancellation", Level.CONCURRENCY, store_cancellation, needs=frozenset({AWAITABLE})),
    *_group("stress", Level.CONCURRENCY, store_stress, needs=frozenset({SHARED}), on_request=True),
)
"""What a store has to keep that has a capability; the last group only when asked for."""


def check_law(law: Law[OpenStore], open_store: OpenStore) -> Outcome:
    """Check one law; whatever store it opens is closed afterwards, if it can be.

    Args:
        law: One of :data:`STORE_LAWS` or :data:`MORE_STORE_LAWS`.
        open_store: Opens a store. It may be asked several times.

    Returns:
        Whether the law was kept, and if not, why.
    """
    with ExitStack() as opened:

        def open_and_remember() -> AccountStore:
            store = open_store()
            if isinstance(store, _Closeable):
                opened.callback(store.close)
            return store

        # Other processes open the store by the function as it was given.
        return judge(law, open_store if law.on_request else open_and_remember)


def run_laws(open_store: OpenStore, laws: Iterable[Law[OpenStore]] = STORE_LAWS) -> list[Outcome]:
    """Check the laws one after the other; none keeps another from being checked.

    Args:
        open_store: Opens a store. It is asked at least once for each law.
        laws: Which ones; what every store has to keep, unless something else is said.

    Returns:
        An outcome for each, in their order.
    """
    return [check_law(law, open_store) for law in laws]
