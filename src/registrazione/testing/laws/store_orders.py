"""Laws of an account store: two flows that meet, in every order of their calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from registrazione.ports.stores import AccountStore
from registrazione.testing.laws import store_reading_scenes as readings
from registrazione.testing.laws import store_scenes as scenes
from registrazione.testing.laws.schedules import in_every_order
from registrazione.testing.laws.store_outbox import with_empty_queue

OpenStore = Callable[[], AccountStore]


def law_order_of_confirmations(open_store: OpenStore) -> None:
    """The same form, sent twice, registers one account, in every order of the calls."""
    in_every_order(partial(scenes.confirm_confirm, open_store()))


def law_order_of_activations(open_store: OpenStore) -> None:
    """The same link, followed twice, activates once, in every order of the calls."""
    in_every_order(partial(scenes.activate_activate, open_store()))


def law_order_of_proofs(open_store: OpenStore) -> None:
    """Of two claims of one person the first proof wins, in every order of the calls."""
    in_every_order(partial(scenes.prove_prove, open_store()))


def law_order_of_changes(open_store: OpenStore) -> None:
    """A change of password and a suspension both happen, in every order of the calls."""
    in_every_order(partial(scenes.change_suspend, open_store()))


def law_order_of_claims(open_store: OpenStore) -> None:
    """A name goes to one of two, in every order of the calls."""
    in_every_order(partial(scenes.claim_claim, open_store()))


def law_order_of_creations(open_store: OpenStore) -> None:
    """An identifier is created once, in every order of the calls."""
    in_every_order(partial(scenes.create_create, open_store()))


def law_order_of_erasure(open_store: OpenStore) -> None:
    """An account that is erased while it is changed is gone, in every order of the calls."""
    in_every_order(partial(scenes.erase_change, open_store()))


def law_order_of_hand_over(open_store: OpenStore) -> None:
    """A name that is given up finds its taker or nobody, in every order of the calls."""
    in_every_order(partial(scenes.hand_over_claim, open_store()))


def law_order_of_crossing(open_store: OpenStore) -> None:
    """Two changes of the same two accounts both happen, in every order of the calls."""
    in_every_order(partial(scenes.cross, open_store()))


def law_order_of_reading(open_store: OpenStore) -> None:
    """A change is seen whole or not at all, in every order of the calls."""
    in_every_order(partial(readings.read_commit, open_store()))


def law_order_of_versions(open_store: OpenStore) -> None:
    """What is read never goes back to an older version, in every order of the calls."""
    in_every_order(partial(readings.read_change, open_store()))


def law_order_of_searching(open_store: OpenStore) -> None:
    """Two answers in parts do not get into each other's way, in every order of the calls."""
    in_every_order(partial(readings.search_search, open_store()))


def law_order_of_taking(open_store: OpenStore) -> None:
    """Two workers deliver every letter once, in every order of the calls."""
    in_every_order(partial(readings.take_take, with_empty_queue(open_store)))


def law_order_of_settling(open_store: OpenStore) -> None:
    """A letter is settled by who has it last, in every order of the calls."""
    in_every_order(partial(readings.take_settle, with_empty_queue(open_store)))
