"""At the counter with four eyes: one operator looks, another one looks again."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.contrib.web.behind_the_counter import at_desk, colleague
from tests.contrib.web.browserless import Visitor
from tests.core.flows.test_flow_enabling import Parent
from tests.world import COLLEAGUE, HELP_DESK, MARIO, OFFICE, SECRETARIAT

from registrazione.contrib.web.pages import Table
from registrazione.core.form_codes import form_code
from registrazione.core.profile import Gate
from registrazione.profiles import load

CAREFUL = attrs.evolve(load("polis"), four_eyes=True)
FIRST, SECOND = "attende il riconoscimento", "attende la seconda verifica"
NUMBER = "CA12345AA"


def states(visitor: Visitor, state: str = "awaiting_presence") -> list[str]:
    """Return where the accounts of the queue stand, as it says."""
    visitor.get(f"/desk?state={state}")
    table = next(block for block in visitor.page.blocks if isinstance(block, Table))
    return [row[-1].text for row in table.rows]


def look(visitor: Visitor, **changes: str) -> Visitor:
    """Copy what the card and the document say into the form that is shown."""
    kind = visitor.field("document_type").options[0].value
    shown = {
        "cf": MARIO.cf,
        "document_type": kind,
        "document_number": NUMBER,
        "document_expires": "2035-01-01",
        "form_signed": "yes",
    }
    return visitor.submit({**shown, **changes})


@pytest.mark.requirement("IST-10", "POL-04", "POL-07")
@pytest.mark.parametrize("awaitable", [False, True])
def test_two_operators_one_after_the_other(awaitable):
    """The pages say who has looked and who is to look; only the second look enables."""
    first = at_desk(CAREFUL, OFFICE, awaitable=awaitable)
    account: Any = first.world.proved(MARIO).account
    second = colleague(first, COLLEAGUE)
    assert states(first) == [FIRST]

    first.get("/desk/presence").submit({"code": form_code(account)})
    assert "Servono due operatori" in first.prose
    look(first)
    assert first.name == "desk.account"
    assert len([said for said in first.said if "La prima verifica è registrata" in said]) == 1
    assert "Il riconoscimento è stato registrato." not in first.said
    assert states(second) == [SECOND]

    second.get("/desk/presence").submit({"cf": MARIO.cf}, form=1)
    assert f"operatore {OFFICE.id}" in second.prose
    assert not any(field.value for field in second.form().fields), "nothing is filled in already"
    look(second)
    assert "Il riconoscimento è stato registrato." in second.said
    assert second.facts["Numero"] == NUMBER
    assert states(second) == []
    assert first.world.registrar.load(account.id).state == "active"


def test_the_first_operator_s_turn_is_over():
    """The page has no form any more; whoever sends one all the same is refused."""
    visitor = at_desk(CAREFUL, OFFICE)
    account = visitor.world.proved(MARIO).account
    visitor.get(f"/desk/accounts/{account.id}/identify")
    tab = visitor.another_tab().get(f"/desk/accounts/{account.id}/identify")
    look(visitor)

    visitor.get(f"/desk/accounts/{account.id}/identify")
    assert "La prima verifica è tua" in visitor.prose
    assert visitor.forms == ()
    assert (look(tab).name, tab.status) == ("desk.identify", 422)
    assert "La prima verifica è già tua" in tab.said[0]


def test_two_documents_are_not_one():
    """The second operator is told beside the number, and can correct what was mistyped."""
    first = at_desk(CAREFUL, OFFICE)
    account = first.world.proved(MARIO).account
    look(first.get(f"/desk/accounts/{account.id}/identify"))
    second = colleague(first, SECRETARIAT).get(f"/desk/accounts/{account.id}/identify")
    look(second, document_number="CA12345AB")
    assert second.status == 422
    assert second.field("document_number").faults

    second.submit({"document_number": NUMBER})
    assert second.name == "desk.account"
    assert first.world.registrar.load(account.id).state == "active"


@pytest.mark.parametrize(("operator", "told"), [(COLLEAGUE, True), (HELP_DESK, False)])
def test_the_document_of_the_first_look_is_told_to_nobody(operator, told):
    """The second look is worth something only if its operator has to see the document."""
    first = at_desk(CAREFUL, OFFICE)
    account = first.world.proved(MARIO).account
    look(first.get(f"/desk/accounts/{account.id}/identify"))
    other = colleague(first, operator).get(f"/desk/accounts/{account.id}")

    assert (OFFICE.id in other.facts.values()) is told
    assert other.facts["Stato"] == SECOND
    assert NUMBER not in str(other.page)


def test_an_account_in_use_waits_for_the_second_look_as_well():
    """While an enabling is under way the queue of those in use says so (POL-10)."""
    parent = Parent(CAREFUL)
    parent.started()
    site = at_desk(CAREFUL, COLLEAGUE).site
    visitor = Visitor(type(site)(parent.registrar, site.setup))
    visitor.site.operator = COLLEAGUE
    parent.world.looked_at(parent.account)
    assert states(visitor, "active") == ["attivo, attende la seconda verifica"]

    visitor.get("/desk/presence").submit({"cf": MARIO.cf}, form=1)
    look(visitor, document_type=visitor.field("document_type").options[0].value)
    assert visitor.status == 422, "another type of document than the first"
    parent.world.looked_at(parent.account, operator=COLLEAGUE)
    assert states(visitor, "active") == ["attivo"]


def test_what_leads_to_the_counter_is_no_first_look():
    """An approval before the visit says that it is done."""
    gates = (Gate.SECRETARIAT, Gate.PRESENCE)
    visitor = at_desk(attrs.evolve(load("mim-students"), gates=gates, four_eyes=True))
    account = visitor.world.confirmed(MARIO).account
    visitor.get(f"/desk/accounts/{account.id}/approve").submit()

    assert "La registrazione è stata abilitata." in visitor.said
    assert visitor.world.registrar.load(account.id).state == "awaiting_presence"
