"""The laws of :class:`~registrazione.ports.AccountStore`, and how to check them.

A store is in order if ``all(outcome.kept for outcome in run_laws(open_store))``. Nothing but the
library is needed for it: each law is a function that opens a store and raises ``LawBroken``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Protocol, runtime_checkable

from registrazione.ports.stores import AccountStore
from registrazione.testing.laws import (
    store_claims,
    store_commits,
    store_outbox,
    store_queries,
    store_races,
    store_values,
)
from registrazione.testing.laws.kit import Law, LawBroken, Outcome, gather

OpenStore = Callable[[], AccountStore]
"""Opens a store that is empty, or that only these laws have been at."""


@runtime_checkable
class _Closeable(Protocol):
    """What is to be closed after use."""

    def close(self) -> None:
        """Give back what it holds."""
        ...


STORE_LAWS: tuple[Law[OpenStore], ...] = (
    *gather(store_commits),
    *gather(store_claims),
    *gather(store_values),
    *gather(store_queries),
    *gather(store_outbox),
    *gather(store_races),
)
"""Every law, the simplest first."""


def check_law(law: Law[OpenStore], open_store: OpenStore) -> Outcome:
    """Check one law; whatever store it opens is closed afterwards, if it can be.

    Args:
        law: One of :data:`STORE_LAWS`.
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

        try:
            law.check(open_and_remember)
        except LawBroken as broken:
            return Outcome(law.name, law.sentence, str(broken))
        except Exception as error:  # noqa: BLE001 - a store under test may raise anything
            return Outcome(law.name, law.sentence, f"it raised {type(error).__name__}: {error}")
    return Outcome(law.name, law.sentence)


def run_laws(open_store: OpenStore, laws: Iterable[Law[OpenStore]] = STORE_LAWS) -> list[Outcome]:
    """Check the laws one after the other; none keeps another from being checked.

    Args:
        open_store: Opens a store. It is asked at least once for each law.
        laws: Which ones; all of them, unless something else is said.

    Returns:
        An outcome for each, in their order.
    """
    return [check_law(law, open_store) for law in laws]
