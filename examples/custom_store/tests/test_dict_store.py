"""The store in dicts keeps every law, and a registration goes through with it."""

from __future__ import annotations

import dict_store
import pytest
from dict_store import DictStore

from registrazione import Next, Registrar
from registrazione.core.records import Key
from registrazione.ports import AccountStore
from registrazione.testing.fakes import FastHasher, RecordingMailer
from registrazione.testing.laws.kit import Law
from registrazione.testing.laws.stores import STORE_LAWS, OpenStore, check_law

FORM = {"name": "Giulia", "surname": "Ferri", "email": "giulia.ferri@example.it"}


@pytest.mark.parametrize("law", STORE_LAWS, ids=lambda law: law.name)
def test_it_keeps(law: Law[OpenStore]) -> None:
    """Each law of the contract, those about threads among them."""
    assert check_law(law, DictStore).reason is None


def test_it_has_every_method() -> None:
    """Type checkers and the library take it for an account store."""
    store: AccountStore = DictStore()

    assert isinstance(store, AccountStore)


def test_a_registration_goes_through() -> None:
    """Chosen by its scheme it keeps the claim and the letter, and the letter leaves."""
    mailer = RecordingMailer()
    with Registrar.open(
        profile="standard",
        plugins=[dict_store],
        storage="dict://",
        mailer=mailer,
        secret_keys=["k" * 32],
        base_url="https://example.it/registrazione",
        hasher=FastHasher(),
    ) as registrar:
        page = registrar.fill(registrar.begin().draft, FORM, consents=["privacy"])
        assert registrar.confirm(page.draft).next is Next.OPEN_LINK
        assert registrar.deliver_outbox().sent == 1

    assert [letter.recipient for letter in mailer.sent] == [FORM["email"]]


def test_nothing_is_found_in_an_empty_store() -> None:
    """A new store has no account, no letter and no history."""
    store = DictStore()

    assert store.load("nobody") is None
    assert store.find(Key("standard", "email", FORM["email"])) == ()
    assert store.history("nobody") == ()
