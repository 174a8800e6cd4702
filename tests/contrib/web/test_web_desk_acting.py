"""What an operator does to one account: each duty on its form, and the counter of a school."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from tests.contrib.web.behind_the_counter import at_desk, colleague
from tests.contrib.web.browserless import Visitor
from tests.places import SOME
from tests.world import ANNA, HELP_DESK, MARIO, OFFICE, SECRETARIAT

from registrazione.contrib.web.desk import duties
from registrazione.contrib.web.desk.acting import _DONE
from registrazione.contrib.web.exchange import Send
from registrazione.core.form_codes import form_code


def waiting(visitor: Visitor, *people: Any) -> list[str]:
    """Register people up to the secretariat; return the ids of their accounts."""
    return [visitor.world.confirmed(person).account.id for person in people or (MARIO,)]


def account_of(visitor: Visitor, account_id: str) -> Any:
    """Return an account as it is now."""
    return visitor.world.registrar.load(account_id)


# -- what is done ---------------------------------------------------------------------------


def acted(visitor: Visitor, account_id: str, duty: str, **typed: str) -> Visitor:
    """Fill in the form of a duty, from the account's page."""
    visitor.get(f"/desk/accounts/{account_id}")
    ways = [url for url in visitor.links.values() if url.endswith(f"{account_id}/{duty}")]
    assert ways, f"{duty} is not offered: {sorted(visitor.links.values())}"
    visitor.get(ways[0])
    assert visitor.name == f"desk.{duty}"
    return visitor.submit(typed)


def offered(visitor: Visitor, account_id: str) -> set[str]:
    """Return what the account's page offers to do."""
    visitor.get(f"/desk/accounts/{account_id}")
    base = f"/registrazione/desk/accounts/{account_id}/"
    return {u.removeprefix(base) for u in visitor.links.values() if u.startswith(base)}


@pytest.mark.requirement("MIM-24", "MIM-25")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_registration_is_enabled(awaitable):
    """The person gets the letter with the credentials."""
    visitor = at_desk(awaitable=awaitable)
    (account_id,) = waiting(visitor)
    acted(visitor, account_id, "approve")

    assert visitor.name == "desk.account"
    assert "La registrazione è stata abilitata." in visitor.said
    assert account_of(visitor, account_id).state == "active"


@pytest.mark.parametrize(
    ("duty", "before", "after"),
    [
        ("reject", "waiting", "cancelled"),
        ("suspend", "active", "suspended"),
        ("reinstate", "suspended", "active"),
        ("cancel", "active", "cancelled"),
    ],
)
def test_what_ends_or_begins_again_needs_a_reason(duty, before, after):
    """Without one the form comes back; with it, it is done."""
    visitor = at_desk()
    if before == "waiting":
        (account_id,) = waiting(visitor)
    else:
        account_id = visitor.world.active(MARIO).id
    if before == "suspended":
        visitor.world.registrar.suspend(SECRETARIAT, account_id, "why")
    acted(visitor, account_id, duty, reason="  ")
    assert (visitor.name, visitor.status) == (f"desk.{duty}", 422)
    assert visitor.field("reason").faults
    visitor.submit({"reason": "Una buona ragione"})

    assert visitor.name == "desk.account"
    assert account_of(visitor, account_id).state == after


def test_only_what_the_rules_and_the_role_allow_is_offered_and_done():
    """No button, and no way around the button."""
    visitor = at_desk()
    (account_id,) = waiting(visitor)
    assert offered(visitor, account_id) == {"approve", "reject", "correct", "export", "cancel"}
    assert visitor.get(f"/desk/accounts/{account_id}/suspend").name == "desk.account"
    assert visitor.post(f"/desk/accounts/{account_id}/reinstate").name == "desk.account"
    assert account_of(visitor, account_id).state == "awaiting_secretariat"

    desk = colleague(visitor, HELP_DESK)
    assert offered(desk, account_id) == {"correct", "export", "cancel"}
    assert desk.post(f"/desk/accounts/{account_id}/approve").status == 403
    office = colleague(visitor, OFFICE)
    assert offered(office, account_id) == {"reject"}
    assert {duty.name for duty in duties.DUTIES} == set(_DONE)


def test_what_somebody_else_did_meanwhile_is_not_done_again():
    """Two operators open the form; the second gets the account's page."""
    visitor = at_desk()
    (account_id,) = waiting(visitor)
    visitor.get(f"/desk/accounts/{account_id}/approve")
    visitor.world.registrar.approve(SECRETARIAT, account_id)
    visitor.submit()
    assert visitor.name == "desk.account"
    assert "La registrazione è stata abilitata." not in visitor.said


@pytest.mark.requirement("IOL-22")
def test_data_are_corrected_and_nothing_else_is_touched():
    """Only what was changed is sent; the faults of the form come back beside the fields."""
    visitor = at_desk()
    (account_id,) = waiting(visitor)
    acted(visitor, account_id, "correct", name="M4rio", reason="r")
    assert (visitor.name, visitor.status) == ("desk.correct", 422)
    assert visitor.field("name").faults
    assert visitor.field("reason").value == "r"
    visitor.submit({"name": "Mario"})
    assert visitor.status == 422, "nothing was changed"
    visitor.submit({"email": "nuova@example.it"})

    assert visitor.name == "desk.account"
    assert account_of(visitor, account_id).email == "nuova@example.it"
    assert account_of(visitor, account_id).values["name"] == "Mario"
    assert account_of(visitor, account_id).codice_fiscale == MARIO.cf


def test_a_place_that_is_shown_by_its_name_was_not_changed():
    """The code that is kept and the name that is shown are the same place."""
    visitor = at_desk(places=SOME)
    there = {"birth_region": "Piemonte", "birth_province": "Vercelli", "birth_place": "Vercelli"}
    born_there = attrs.evolve(MARIO, place="L750")
    account_id = visitor.world.confirmed(born_there, **there).account.id
    acted(visitor, account_id, "correct", reason="r", email="nuova@example.it")
    assert visitor.name == "desk.account"
    assert account_of(visitor, account_id).values["birth_place"] == "L750"
    history = visitor.world.registrar.history(operator=SECRETARIAT, account_id=account_id).history
    corrected = [record.details for record in history if record.event == "data_corrected"]
    assert corrected == [{"fields": "email"}]


def test_what_a_role_does_not_see_it_does_not_correct():
    """The help desk's form has no document."""
    visitor = at_desk("polis", HELP_DESK)
    account = visitor.world.active(MARIO)
    visitor.get(f"/desk/accounts/{account.id}/correct")
    names = {field.name for field in visitor.form().fields}
    assert not {"document_type", "document_number", "health_card"} & names
    assert "surname" in names


@pytest.mark.requirement("UNI-12")
@pytest.mark.parametrize("profile", ["unimi-external", "standard"])
def test_who_lost_the_mailbox_too_gets_a_way_back(profile):
    """Only after somebody saw the person; the letters go to the new address."""
    visitor = at_desk(profile, HELP_DESK)
    account = visitor.world.active(MARIO)
    typed = {"email": "nuova@example.it", "reason": "vista allo sportello"}
    acted(visitor, account.id, "recover", **typed)
    assert visitor.field("seen").faults
    visitor.submit({"seen": "yes"})

    assert visitor.name == "desk.account"
    letters = [m for m in visitor.outbox.letters() if m.recipient == "nuova@example.it"]
    kinds = {letter.kind for letter in letters}
    assert "data_corrected" in kinds
    assert any("reset" in kind or "temporary" in kind for kind in kinds)
    assert any("username" in kind for kind in kinds) == bool(account.username)


def test_data_are_handed_out():
    """Everything that is kept, as a file."""
    visitor = at_desk("unimi-external", HELP_DESK)
    account = visitor.world.active(MARIO)
    acted(visitor, account.id, "export")
    outcome = visitor.outcome

    assert isinstance(outcome, Send)
    assert json.loads(outcome.body)["email"] == account.email
    headers = dict(visitor.reply.headers)
    assert headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert headers["Cache-Control"] == "no-store"


# -- in person ------------------------------------------------------------------------------

SHOWN = {
    "cf": MARIO.cf,
    "document_type": "identity_card",
    "document_number": "CA12345AA",
    "document_expires": "2035-01-01",
    "form_signed": "yes",
}


def shown(visitor: Visitor, **changes: str) -> dict[str, str]:
    """Return what is copied from card and document, the type as the form offers it."""
    first = visitor.field("document_type").options[0].value
    return {**SHOWN, "document_type": first, **changes}


@pytest.mark.requirement("IST-10", "POL-07")
@pytest.mark.parametrize("awaitable", [False, True])
@pytest.mark.parametrize("by", ["code", "cf"])
def test_a_school_identifies_by_the_form_or_by_the_card(by, awaitable):
    """The person comes, the school types what it sees, the account is enabled."""
    visitor = at_desk("polis", OFFICE, awaitable=awaitable)
    account = visitor.world.proved(MARIO).account
    code = form_code(account).lower() if by == "code" else MARIO.cf
    visitor.get("/desk/presence").submit({by: code}, form=0 if by == "code" else 1)

    assert visitor.name == "desk.identify"
    assert not any(field.value for field in visitor.form().fields), "nothing is filled in already"
    visitor.submit(shown(visitor))
    assert visitor.name == "desk.account"
    seen = account_of(visitor, account.id)
    assert seen.state == "active"
    assert seen.identification.operator == OFFICE.id
    assert "CA12345AA" in visitor.facts.values()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cf": ANNA.cf}, "cf"),
        ({"document_number": " "}, "document_number"),
        ({"document_type": ""}, "document_type"),
        ({"document_expires": "2001-01-01"}, "document_expires"),
        ({"document_expires": "soon"}, "document_expires"),
        ({"form_signed": ""}, "form_signed"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(changes, field):
    """Somebody else's card, a document that ran out, a form that nobody signed."""
    visitor = at_desk("polis", OFFICE)
    account = visitor.world.proved(MARIO).account
    visitor.get(f"/desk/accounts/{account.id}/identify")
    visitor.submit(shown(visitor, **changes))

    assert (visitor.name, visitor.status) == ("desk.identify", 422)
    assert visitor.field(field).faults
    assert account_of(visitor, account.id).state == "awaiting_presence"


@pytest.mark.requirement("IST-10")
def test_a_document_without_an_expiry_is_taken():
    """Some say none."""
    visitor = at_desk("polis", OFFICE)
    account = visitor.world.proved(MARIO).account
    visitor.get(f"/desk/accounts/{account.id}/identify")
    assert visitor.submit(shown(visitor, document_expires="")).name == "desk.account"


@pytest.mark.parametrize(("by", "typed"), [("code", "XXXXX-XXXXX"), ("cf", "RSSMRA"), ("cf", "")])
def test_nobody_is_found_by_what_is_no_code(by, typed):
    """The page says so beside the field that was used."""
    visitor = at_desk("polis", OFFICE)
    visitor.world.proved(MARIO)
    visitor.get("/desk/presence").submit({by: typed}, form=0 if by == "code" else 1)
    assert (visitor.name, visitor.status) == ("desk.presence", 422)
    assert visitor.field(by).faults


@pytest.mark.requirement("POL-10")
def test_an_account_in_use_is_looked_at_while_its_enabling_is_under_way():
    """Before and after that there is nothing to be identified for."""
    visitor = at_desk("polis", OFFICE)
    person = visitor.world.active(MARIO)
    assert "identify" not in offered(visitor, person.id)
    visitor.post("/desk/presence", {"do": "cf", "cf": MARIO.cf})
    assert visitor.name == "desk.presence"

    gates = tuple(gate for gate in person.gates_passed if gate != "presence")
    unseen = attrs.evolve(person, gates_passed=gates)
    assert duties.is_open(visitor_at(visitor), OFFICE, unseen, duties.DUTIES[1])


def visitor_at(visitor: Visitor) -> Any:
    """Return something with a profile, as far as the table of duties looks."""
    return attrs.make_class("At", ["profile"])(visitor.world.profile)


@pytest.mark.requirement("IST-10", "POL-07")
def test_a_form_is_printed_for_who_came_without_it():
    """By who may identify, while the person is waited for."""
    visitor = at_desk("polis", OFFICE)
    account = visitor.world.proved(MARIO).account
    assert "form.pdf" in offered(visitor, account.id)
    outcome = visitor.get(f"/desk/accounts/{account.id}/form.pdf").outcome
    assert isinstance(outcome, Send)
    assert outcome.body.startswith(b"%PDF")
    assert outcome.filename == "modulo-di-adesione.pdf"
    assert colleague(visitor, HELP_DESK).get(visitor.path).status == 403
    visitor.world.seen(account)
    assert "form.pdf" not in offered(visitor, account.id)
    assert visitor.get(f"/desk/accounts/{account.id}/form.pdf").status == 409
