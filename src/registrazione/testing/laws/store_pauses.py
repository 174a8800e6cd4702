"""Laws of an account store: one of two flows is held at every line of the store's own code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from registrazione.ports.stores import AccountStore
from registrazione.testing.laws import store_reading_scenes as readings
from registrazione.testing.laws import store_scenes as scenes
from registrazione.testing.laws.schedules import Scene, paused_anywhere
from registrazione.testing.laws.store_outbox import with_empty_queue

OpenStore = Callable[[], AccountStore]


def _paused(
    store: AccountStore, scene: Callable[[AccountStore], Scene], *, visits: int = 1
) -> None:
    """Play a scene in a store, with a pause at every line."""
    paused_anywhere(store, partial(scene, store), visits=visits)


def law_pause_in_activation(open_store: OpenStore) -> None:
    """The same link activates once, wherever one of two commits is held."""
    _paused(open_store(), scenes.activate_activate)


def law_pause_in_proof(open_store: OpenStore) -> None:
    """Of two claims of one person the first proof wins, wherever one of them is held."""
    _paused(open_store(), scenes.prove_prove)


def law_pause_in_change(open_store: OpenStore) -> None:
    """A change of password and a suspension both happen, wherever one of them is held."""
    _paused(open_store(), scenes.change_suspend)


def law_pause_in_claim(open_store: OpenStore) -> None:
    """A name goes to one of two, wherever one of them is held; the other gets no letter."""
    _paused(open_store(), scenes.claim_claim)


def law_pause_in_creation(open_store: OpenStore) -> None:
    """An identifier is created once, wherever one of two creations is held."""
    _paused(open_store(), scenes.create_create)


def law_pause_in_erasure(open_store: OpenStore) -> None:
    """An account that is erased while it is changed is gone, wherever one of them is held."""
    _paused(open_store(), scenes.erase_change)


def law_pause_in_crossing(open_store: OpenStore) -> None:
    """Two changes of the same two accounts both happen, and neither waits for ever."""
    _paused(open_store(), scenes.cross, visits=2)


def law_pause_in_reading(open_store: OpenStore) -> None:
    """A change is seen whole or not at all, wherever the commit or the reader is held."""
    _paused(open_store(), readings.read_commit)


def law_pause_between_versions(open_store: OpenStore) -> None:
    """What is read is not older than what was read before, wherever the reader is held."""
    _paused(open_store(), readings.read_change)


def law_pause_in_posting(open_store: OpenStore) -> None:
    """No letter and no record of two commits is lost, wherever one of them is held."""
    _paused(open_store(), readings.post_post)


def law_pause_in_taking(open_store: OpenStore) -> None:
    """Two workers deliver every letter once, wherever one of them is held."""
    _paused(with_empty_queue(open_store), readings.take_take)


def law_pause_in_settling(open_store: OpenStore) -> None:
    """A letter is settled by who has it last, wherever one of two workers is held."""
    _paused(with_empty_queue(open_store), readings.take_settle)
