"""What is taken over of an identity, and when it is somebody else's."""

from __future__ import annotations

import pytest
from tests.core.flows.test_flow_federated import scripted
from tests.world import MARIO, code_of

from registrazione.core.answer import Next


@pytest.mark.requirement("MIM-20")
def test_nothing_is_kept_that_the_form_does_not_ask_for():
    """A provider tells more than is needed; the rest is not kept, nor an unasked code."""
    told = {"name": "Mario", "surname": "Rossi", "email": "mario@example.it", "phone": "333"}
    world = scripted("standard", codice_fiscale=MARIO.cf, values=told)
    answer = world.spid()
    account = world.registrar.complete_data(answer.ticket, {}, consents=["privacy"]).account

    assert dict(account.values) == {"name": "Mario", "surname": "Rossi"}
    assert account.codice_fiscale is None
    assert account.pending_identity is None


@pytest.mark.requirement("UNI-03", "UNI-04")
@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"name": "MARIO", "surname": "rossi", "birth_date": "1980-01-01"}, Next.ALIGN),
        ({"name": "Mario", "surname": "Rossi"}, Next.ALIGN),
        ({"name": "Mario", "surname": "Rossi", "birth_date": "1980-01-02"}, None),
        ({"name": "Marco", "surname": "Rossi"}, None),
        ({"surname": "Rossi"}, None),
    ],
)
def test_without_a_code_the_names_and_the_birth_date_tell_the_person(told, outcome):
    """An account without codice fiscale can be aligned too, by whoever is the same person."""
    world = scripted("unimi-external", codice_fiscale=MARIO.cf, values=told)
    session = world.signed_in(MARIO, cf=None).session

    if outcome is None:
        assert code_of(world.spid, session=session) == "identity.other_person"
    else:
        assert world.spid(session=session).next is outcome


@pytest.mark.requirement("MIM-11")
def test_the_code_is_asked_for_where_the_provider_does_not_tell_it():
    """No codice fiscale comes by eIDAS; a procedure that requires one asks for it."""
    told = {"name": "Mario", "surname": "Rossi"}
    world = scripted("mim-students", provider="eidas", codice_fiscale=None, values=told)

    assert world.spid(provider="eidas").missing[0] == "cf"
