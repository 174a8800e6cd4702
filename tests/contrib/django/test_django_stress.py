"""Several processes at once on one database of a Django project."""

from __future__ import annotations

import os
from functools import partial

import pytest
from django.db import connections
from tests.contrib.django.elsewhere import open_store

from registrazione.testing.laws import store_stress
from registrazione.testing.laws.stores import MORE_STORE_LAWS, check_law

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "15"))
PROCESSES = 3 if "REGISTRAZIONE_ROUNDS" in os.environ else 2
STRESS = [law for law in MORE_STORE_LAWS if law.on_request]


@pytest.mark.parametrize("law", STRESS, ids=lambda law: law.name)
def test_processes_share_a_database(law, default, monkeypatch) -> None:
    """No update, claim or letter is lost or doubled."""
    monkeypatch.setattr(store_stress, "ROUNDS", ROUNDS)
    monkeypatch.setattr(store_stress, "PROCESSES", PROCESSES)
    path = connections[default].settings_dict["NAME"]

    assert check_law(law, partial(open_store, path)).reason is None
