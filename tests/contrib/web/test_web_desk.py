"""The operators' desk: who may come in, the queue, one account, and what is done to it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.contrib.web.behind_the_counter import OPERATORS, at_desk, colleague
from tests.contrib.web.browserless import Visitor
from tests.world import ANNA, HELP_DESK, LUCA, MARIO, SECRETARIAT, World

from registrazione.contrib.web.desk import ROUTES, duties
from registrazione.contrib.web.desk.counter import name_of
from registrazione.contrib.web.pages import Table
from registrazione.core.profile import Role
from registrazione.ports import StoreUnavailable
from registrazione.profiles import load


def table(visitor: Visitor) -> Table:
    """Return the table of the page."""
    return next(block for block in visitor.page.blocks if isinstance(block, Table))


def named(visitor: Visitor) -> list[str]:
    """Return who is in the table of the page."""
    return [row[0].text for row in table(visitor).rows]


def waiting(visitor: Visitor, *people: Any) -> list[str]:
    """Register people up to the secretariat; return the ids of their accounts."""
    return [visitor.world.confirmed(person).account.id for person in people or (MARIO,)]


def account_of(visitor: Visitor, account_id: str) -> Any:
    """Return an account as it is now."""
    return visitor.world.registrar.load(account_id)


# -- who may come in ------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_the_desk_is_nowhere_unless_the_site_says_so(route):
    """Without it every address is one that is not there, for operators as well."""
    visitor = at_desk(desk=False)
    path = route.path.replace("<account>", "someone")
    assert (visitor.get(path).status if route.get else visitor.post(path).status) == 404
    assert visitor.name == "not_found"


@pytest.mark.parametrize("operator", [None, "op-1", {"id": "op-1", "role": "secretariat"}])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_nobody_comes_in_whom_the_host_has_not_signed_in(route, operator):
    """What looks like an operator is none."""
    visitor = at_desk(operator=operator)
    path = route.path.replace("<account>", "someone")
    assert (visitor.get(path).status if route.get else visitor.post(path).status) == 403
    assert visitor.name == "desk.closed"


@pytest.mark.parametrize("name", OPERATORS)
def test_every_page_says_who_acts_and_leads_where_the_role_may_go(name):
    """A role's ways are those of its duties; no page beyond them opens."""
    operator = OPERATORS[name]
    visitor = at_desk(operator=operator).get("/desk")
    assert f"Operatore: {operator.id}" in visitor.prose
    assert visitor.page.frame.sign_out is None
    open_ = {link.url.removeprefix("/registrazione") for link in visitor.page.frame.links}

    for path in ("/desk", "/desk/bulk", "/desk/presence", "/desk/letters", "/desk/statistics"):
        visitor.get(path)
        assert (visitor.status == 200) == (path in open_), path
        assert f"Operatore: {operator.id}" in visitor.prose
    assert (open_ == {"/desk", "/desk/presence", "/desk/statistics"}) == (name == "office")


def test_an_account_that_is_none_or_ones_own_is_not_shown():
    """Nobody looks at themselves, and a made-up name leads nowhere."""
    visitor = at_desk()
    (account_id,) = waiting(visitor)

    assert visitor.get("/desk/accounts/nobody").status == 404
    own = colleague(visitor, attrs.evolve(SECRETARIAT, account_id=account_id))
    assert own.get(f"/desk/accounts/{account_id}").status == 403
    assert own.name == "desk.refused"


# -- the queue ------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24")
@pytest.mark.parametrize("awaitable", [False, True])
def test_the_queue_lists_who_waits_the_oldest_first(awaitable):
    """Names, never a codice fiscale; each leads to its page."""
    visitor = at_desk(awaitable=awaitable)
    for person in (ANNA, MARIO, LUCA):
        waiting(visitor, person)
        visitor.world.wait(minutes=1)
    visitor.get("/desk")

    assert named(visitor) == ["Bianchi Anna", "Rossi Mario", "Verdi Luca"]
    assert not any(person.cf in str(table(visitor).rows) for person in (ANNA, MARIO, LUCA))
    visitor.get(table(visitor).rows[1][0].link)
    assert (visitor.name, visitor.page.title) == ("desk.account", "Rossi Mario")


def test_the_queue_goes_on_page_by_page(monkeypatch):
    """The way to the next rows keeps the state; a cursor that is none begins anew."""
    monkeypatch.setattr("registrazione.contrib.web.desk.queue.ON_A_PAGE", 2)
    visitor = at_desk()
    for person in (ANNA, MARIO, LUCA):
        waiting(visitor, person)
        visitor.world.wait(minutes=1)
    visitor.get("/desk?state=awaiting_secretariat")
    more = table(visitor).more

    assert more is not None
    assert "state=awaiting_secretariat" in more.url
    assert named(visitor.get(more.url)) == ["Verdi Luca"]
    assert table(visitor).more is None
    assert named(visitor.get("/desk?cursor=nonsense")) == ["Bianchi Anna", "Rossi Mario"]


def test_any_state_can_be_looked_at():
    """The states are a list to choose from; a made-up one is the first again."""
    visitor = at_desk()
    waiting(visitor, ANNA)
    visitor.world.active(MARIO)

    visitor.get("/desk").submit({"state": "active"}, form=1)
    assert named(visitor) == ["Rossi Mario"]
    assert named(visitor.get("/desk?state=asleep")) == ["Bianchi Anna"]
    assert named(visitor.get("/desk?state=expired")) == []


@pytest.mark.parametrize(
    ("profile", "state"),
    [
        ("mim-students", "awaiting_secretariat"),
        ("polis", "awaiting_presence"),
        ("unimi-external", "active"),
    ],
)
def test_the_queue_begins_with_what_waits_for_an_operator(profile, state):
    """It depends on the procedure's gates."""
    visitor = at_desk(profile).get("/desk")
    chosen = [option.value for option in visitor.field("state").options if option.selected]
    assert chosen == [state]


def test_registrations_of_another_procedure_are_not_in_the_queue():
    """Portals of a realm share accounts, not what is on its way (POL-04)."""
    visitor = at_desk("polis")
    sibling = visitor.world.sibling(attrs.evolve(load("polis"), name="other"))
    sibling.proved(MARIO)
    visitor.world.proved(ANNA)
    assert named(visitor.get("/desk")) == ["Bianchi Anna"]


@pytest.mark.requirement("UNI-12")
@pytest.mark.parametrize("awaitable", [False, True])
def test_somebody_is_found_by_the_whole_of_what_they_are_known_by(awaitable):
    """By username, address or codice fiscale, which stands in no address afterwards."""
    visitor = at_desk("unimi-external", HELP_DESK, awaitable=awaitable)
    account = visitor.world.active(MARIO, cf=MARIO.cf)

    for kind, value in (
        ("username", "MARIO.ROSSI"),
        ("email", f" {account.email.upper()} "),
        ("codice_fiscale", MARIO.cf.lower()),
    ):
        visitor.get("/desk").submit({"kind": kind, "value": value})
        assert visitor.name == "desk.account"
        assert visitor.path == f"/desk/accounts/{account.id}"
    assert not any(MARIO.cf.lower() in path.lower() for path in visitor.trail)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("username", "mario"),
        ("username", ""),
        ("email", "mario.rossi"),
        ("codice_fiscale", "RSSMRA"),
        ("id", "mario.rossi"),
        ("email", "a" * 300),
    ],
)
def test_a_part_or_nonsense_finds_nobody(kind, value):
    """The page says so beside the field."""
    visitor = at_desk("unimi-external", HELP_DESK)
    visitor.world.active(MARIO)
    visitor.post("/desk/find", {"kind": kind, "value": value})
    assert (visitor.name, visitor.status) == ("desk.queue", 422)
    assert visitor.page.faults[0].field == visitor.field("value").id


def test_several_that_match_are_listed():
    """Claims of one person: each has its page."""
    visitor = at_desk("unimi-external", HELP_DESK)
    for number in range(2):
        visitor.world.confirmed(MARIO, cf=MARIO.cf, username=f"mario.{number}")
        visitor.world.wait(minutes=1)
    visitor.post("/desk/find", {"kind": "codice_fiscale", "value": MARIO.cf})
    assert visitor.name == "desk.found"
    assert named(visitor) == ["Rossi Mario"] * 2


def test_a_store_that_does_not_answer_is_said_to_be_away(monkeypatch):
    """No page begins anew for that."""
    visitor = at_desk()

    def away(*_: Any, **__: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(visitor.site.registrar, "accounts", away)
    monkeypatch.setattr(visitor.site.registrar, "letters", away)
    assert visitor.get("/desk").status == 503
    assert visitor.get("/desk/letters").status == 503


# -- one account ----------------------------------------------------------------------------


def test_an_account_shows_state_and_history_and_no_secret():
    """What opens it is nowhere on the page; that somebody looked is in its history."""
    visitor = at_desk()
    account = visitor.world.active(MARIO)
    visitor.get(f"/desk/accounts/{account.id}").get(f"/desk/accounts/{account.id}")

    assert visitor.facts["Stato"] == "attivo"
    assert visitor.facts["Password"] == "temporanea, da cambiare"
    assert MARIO.cf in visitor.facts.values()
    assert visitor.world.secret(account.email) not in repr(visitor.page.blocks)
    actors = [row[2].text for row in table(visitor).rows]
    assert "segreteria op-1" in actors


@pytest.mark.parametrize("name", OPERATORS)
def test_each_role_sees_what_it_has_a_use_for(name):
    """The help desk no documents, the identifying office no contacts; the secretariat all."""
    visitor = at_desk("polis", OPERATORS[name])
    account = visitor.world.active(MARIO)
    visitor.get(f"/desk/accounts/{account.id}")
    told = " ".join(visitor.facts.values())

    assert (account.email in told) == (name != "office")
    assert ("CA12345AA" in told) == (name != "help_desk")
    assert MARIO.name in told
    assert set(duties.HIDDEN) == set(Role)


def test_a_name_is_found_for_every_account():
    """Where the form has no names, the username, the masked address or the id stands in."""
    account = World("standard").active(MARIO)
    bare = attrs.evolve(account, values={})
    assert name_of(attrs.evolve(bare, username="mario")) == "mario"
    assert name_of(attrs.evolve(bare, username=None)) == "m***@example.it"
    assert name_of(attrs.evolve(bare, username=None, email=None)) == account.id
