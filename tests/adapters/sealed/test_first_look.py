"""Stores that are looked into at their first call, because nobody could at the opening."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.adapters.sealed.wrappers import Awaitable
from tests.wrapped import Wrapped

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sealed import Keyring, SealedStore
from registrazione.adapters.sealed.first_look import FirstLook, bare, looked_into
from registrazione.adapters.sealed.heads import StillSealed, check_readable
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.ports import AccountStore, StoreUnavailable
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    one_change,
)

REALM = "standard"
LEASE = timedelta(minutes=5)
EVERYBODY = Criteria(realm=REALM)
CALLS = {
    "load": ("account-1",),
    "find": (Key(REALM, "email", "anna@example.it"),),
    "commit": (one_change(creation(an_account("account-2", realm=REALM))),),
    "search": (EVERYBODY, None, 10),
    "history": ("account-1",),
    "outbox_take": (PORTAL, NOON, 10, LEASE),
    "outbox_settle": (a_letter(attempts=1),),
    "outbox_list": ((LetterState.QUEUED,), None, 10),
}
"""Every method of the port, with what it is given."""


def called(colour, store, name):
    """Call a method of a store that is looked into, in one colour or the other."""
    if colour == "blocking":
        return getattr(looked_into(store, REALM, check_readable), name)(*CALLS[name])
    guarded = looked_into(Awaitable(store), REALM, check_readable)
    return asyncio.run(getattr(guarded, name)(*CALLS[name]))


def with_anna(*keys):
    """Return a store with an account in it, encrypted if there is a key."""
    store = MemoryStore()
    change = one_change(creation(an_account(realm=REALM, email="anna@example.it")))
    (SealedStore(store, Keyring(keys)) if keys else store).commit(change)
    return store


def test_every_method_of_the_port_is_called() -> None:
    """One that is added to the port has to be looked after here as well."""
    assert {name for name in vars(AccountStore) if not name.startswith("_")} == CALLS.keys()


@pytest.mark.parametrize("colour", ["blocking", "awaited"])
@pytest.mark.parametrize("name", CALLS)
def test_no_method_gets_past_the_first_look(name, colour) -> None:
    """Encrypted data are refused whatever is asked first, and nothing is written."""
    store = Wrapped(with_anna("k" * 32))

    with pytest.raises(StillSealed, match="re-encrypt --plain"):
        called(colour, store, name)
    assert dict(store.calls) == {"search": 1}


@pytest.mark.parametrize("colour", ["blocking", "awaited"])
@pytest.mark.parametrize("name", CALLS)
def test_what_fits_is_passed_on(name, colour) -> None:
    """Arguments and answers are those of the store inside."""
    assert called(colour, with_anna(), name) == getattr(with_anna(), name)(*CALLS[name])


@pytest.mark.parametrize("colour", ["blocking", "awaited"])
def test_what_is_given_by_name_is_passed_on(colour) -> None:
    """The port names its parameters, and so may whoever calls it."""
    inner = with_anna() if colour == "blocking" else Awaitable(with_anna())
    found = looked_into(inner, REALM, check_readable).load(account_id="account-1")

    assert (found if colour == "blocking" else asyncio.run(found)).id == "account-1"


def test_it_is_looked_at_once() -> None:
    """As soon as there is an account to look at, and never again."""
    store = Wrapped(MemoryStore())
    guarded = looked_into(store, REALM, check_readable)
    for _ in range(2):
        guarded.load("account-2")
    assert store.calls["search"] == 2

    guarded.commit(*CALLS["commit"])
    for _ in range(3):
        guarded.load("account-2")
    assert store.calls["search"] == 4


def test_a_store_that_is_away_is_looked_at_when_it_is_back() -> None:
    """Nothing is believed of it meanwhile."""
    store = Wrapped(with_anna("k" * 32))
    guarded = looked_into(store, REALM, check_readable)
    store.script("before", "search", StoreUnavailable())

    with pytest.raises(StoreUnavailable):
        guarded.load("account-1")
    with pytest.raises(StillSealed):
        guarded.load("account-1")


def test_everything_else_is_as_it_is_inside() -> None:
    """What a store can do beyond the port, and which one it is."""
    store = with_anna()
    guarded = looked_into(looked_into(store, REALM, check_readable), REALM, check_readable)

    assert guarded.volatile is True
    assert bare(guarded) is bare(store) is store
    assert repr(guarded) == "<MemoryStore, to be looked into>"
    assert isinstance(guarded, FirstLook | AccountStore)
