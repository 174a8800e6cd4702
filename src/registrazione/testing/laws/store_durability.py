"""Laws of a store that is durable: what was committed outlives whoever committed it."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from registrazione.core.records import Key, LetterState
from registrazione.ports.stores import AccountStore, ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    a_record,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import expect, require, unique
from registrazione.testing.laws.store_outbox import LEASE, take_one, with_empty_queue

OpenStore = Callable[[], AccountStore]


def _close(store: AccountStore) -> None:
    """Close a store that can be closed."""
    close = getattr(store, "close", None)
    if close is not None:
        close()


def law_accounts_outlive(open_store: OpenStore) -> None:
    """Accounts, keys and history are there when the store is opened again."""
    store = open_store()
    account = an_account(unique("account"), values={"name": "Niccolò"})
    key = Key(account.realm, "email", account.id)
    record = a_record(account_id=account.id)
    store.commit(one_change(creation(account, keys=[key]), audit=(record,)))
    _close(store)
    again = open_store()
    require(again.load(account.id) == account, "an account is gone, or not what it was")
    require(again.find(key) == (account,), "an account is not found any more by its key")
    require(again.history(account.id) == (record,), "the history is gone, or not what it was")


def law_claims_outlive(open_store: OpenStore) -> None:
    """Claims and versions are compared with those of earlier times, erasures included."""
    store = open_store()
    claim, freed = (Key(unique("realm"), "username", "maria") for _ in range(2))
    account, gone = (an_account(unique("account")) for _ in range(2))
    store.commit(one_change(creation(account, claims=[claim]), creation(gone, claims=[freed])))
    store.commit(one_change(replacement(account, claims=[claim]), erasure(gone)))
    _close(store)
    again = open_store()
    rival = one_change(creation(an_account(unique("account")), claims=[claim]))
    expect(ClaimTaken, lambda: again.commit(rival), "a claim of earlier times has to be refused")
    late = one_change(replacement(account))
    expect(StaleVersion, lambda: again.commit(late), "an older version has to be stale")
    again.commit(one_change(creation(an_account(unique("account")), claims=[freed])))


def law_letters_outlive(open_store: OpenStore) -> None:
    """Letters wait, and go on being taken and settled where another worker has left them."""
    store = with_empty_queue(open_store)
    letter = a_letter(unique("letter"))
    store.commit(one_change(letters=(letter,)))
    taken = take_one(store, NOON)
    _close(store)
    again = open_store()
    require(again.outbox_take(PORTAL, NOON, 10, LEASE) == (), "a lease is forgotten")
    sent = attrs.evolve(taken, state=LetterState.SENT)
    require(again.outbox_settle(sent), "a letter that was taken cannot be settled")
    require(again.outbox_take(PORTAL, NOON + LEASE, 10, LEASE) == (), "a sent letter is taken")
