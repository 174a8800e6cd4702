"""Whose a datum is that an operator has corrected."""

from __future__ import annotations

from functools import partial

import pytest
from tests.core.flows.test_flow_sources import open_profile
from tests.world import SECRETARIAT, World

from registrazione.core.sources import OFFICE, corrected, locked_fields
from registrazione.testing.builders import an_account

pytestmark = pytest.mark.requirement("IOL-22")


def test_what_was_typed_and_then_corrected_is_the_office_s():
    """Until the person changes it, where that is allowed; what was emptied is nobody's."""
    world = World(open_profile())
    session = world.signed_in().session
    (account,) = world.registrar.accounts("active").items
    correct = partial(world.registrar.correct_data, SECRETARIAT, account.id)
    correct({"phone": "+390212345678", "surname": "Verdi", "name": "Mario"}, "atto")
    assert world.reload(account).sources == {"phone": OFFICE, "surname": OFFICE}

    assert not locked_fields(world.reload(account), world.profile)
    world.registrar.update_contacts(session, {"surname": "Bianchi"})
    correct({"phone": ""}, "atto")
    assert world.reload(account).sources == {}


def test_a_new_address_is_the_office_s_too():
    """It is a field like the others; what stays keeps its source."""
    before = an_account(values={"name": "Mario"}, email="old@example.it", sources={"name": "spid"})
    now = an_account(values={"name": "Mario", "note": ""}, email="new@example.it")

    assert corrected(before, now) == {"name": "spid", "email": OFFICE}
