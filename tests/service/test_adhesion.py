"""Who may have a printed form, and whom it leads to."""

from __future__ import annotations

import asyncio

import attrs
import pytest
from tests.world import ANNA, HELP_DESK, OFFICE, SECRETARIAT, World, code_of

from registrazione import AsyncRegistrar, Operator, Role
from registrazione.adapters.memory import MemoryStore
from registrazione.core.form_codes import form_code, grouped
from registrazione.core.records import Change, Key, Write
from registrazione.ports import StoreUnavailable

PRESENT = ("istanze-online", "polis")


class Leaving(MemoryStore):
    """A store that goes out of reach."""

    away = False

    def load(self, account_id):
        """Answer while it is there."""
        if self.away:
            raise StoreUnavailable
        return super().load(account_id)

    def find(self, key):
        """Answer while it is there."""
        if self.away:
            raise StoreUnavailable
        return super().find(key)


@pytest.fixture(params=PRESENT)
def world(request):
    """Return a world whose people have to come in person."""
    return World(request.param)


def test_whoever_waits_prints_the_form_with_the_ticket(world):
    """The browser that confirmed has it; before the link and after the visit there is none."""
    confirmed = world.confirmed()
    form = world.registrar.adhesion_form

    assert code_of(lambda: form(ticket=confirmed.ticket)) == "presence.no_form"
    account = world.proved(answer=confirmed).account
    assert form(ticket=confirmed.ticket).startswith(b"%PDF-")
    world.seen(account)
    assert code_of(lambda: form(ticket=confirmed.ticket)) == "presence.no_form"


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_office_finds_the_person_by_the_printed_code(world):
    """In the way it is printed; only while the person is waited for."""
    answer = world.confirmed()
    code = grouped(form_code(answer.account))
    find = world.registrar.find_by_form_code

    assert find(OFFICE, code) is None
    account = world.proved(answer=answer).account
    assert find(OFFICE, code.lower()).id == find(SECRETARIAT, code).id == account.id
    world.seen(account)
    assert find(OFFICE, code) is None


@pytest.mark.requirement("IST-10")
def test_the_mailed_form_carries_the_same_code(world):
    """Whoever prints the letter instead is found as well."""
    account = world.proved().account
    receipt = world.letters(account.email)[0]

    assert f"Codice del modulo: {grouped(form_code(account))}" in receipt


def test_a_form_leads_to_one_person_only(world):
    """Two people who wait have two codes."""
    accounts = [world.proved().account, world.proved(ANNA).account]

    for account in accounts:
        assert world.registrar.find_by_form_code(OFFICE, form_code(account)).id == account.id


def test_chance_takes_nobody_for_somebody_else(world):
    """Where two accounts had one code, it would lead to neither."""
    account = world.proved().account
    code = form_code(account)
    twin = attrs.evolve(account, id="twin", version=1)
    key = Key(account.realm, "form", code)
    write = Write(account_id="twin", expected=0, account=twin, keys=frozenset({key}))
    world.store.commit(Change(writes=(write,)))

    assert world.registrar.find_by_form_code(OFFICE, code) is None


@pytest.mark.parametrize("typed", ["", "AAAAA-AAAAA", None, 7, "x" * 5_000])
def test_what_is_no_code_leads_nowhere(typed):
    """Of whatever type it is."""
    assert World("polis").registrar.find_by_form_code(OFFICE, typed) is None


def test_another_procedure_of_the_realm_does_not_take_the_form():
    """The gates before activation are each procedure's own (POL-04)."""
    world = World("polis")
    account = world.proved().account
    renamed = attrs.evolve(world.profile, name="another")

    other = world.sibling(renamed).registrar

    assert other.find_by_form_code(OFFICE, form_code(account)) is None


@pytest.mark.parametrize(
    ("operator", "code"),
    [(None, "operator.unknown"), ("op-1", "operator.unknown"), (HELP_DESK, "operator.not_allowed")],
)
def test_only_whoever_identifies_people_finds_them(operator, code):
    """A code opens nothing by itself."""
    world = World("polis")
    account = world.proved().account
    find = world.registrar.find_by_form_code

    assert code_of(lambda: find(operator, form_code(account))) == code


def test_an_operator_prints_it_for_whoever_comes_without(world):
    """By the account's id; not one's own, not of another desk, not of nobody."""
    account = world.proved().account
    form = world.registrar.adhesion_form
    self_made = Operator(id="op-9", role=Role.SECRETARIAT, account_id=account.id)

    assert form(operator=OFFICE, account_id=account.id, language="en").startswith(b"%PDF-")
    for operator, account_id, code in (
        (HELP_DESK, account.id, "operator.not_allowed"),
        ("op-1", account.id, "operator.unknown"),
        (self_made, account.id, "operator.self"),
        (OFFICE, "nobody", "account.unknown"),
        (OFFICE, "no/body", "input.malformed"),
        (OFFICE, None, "input.missing"),
    ):
        assert code_of(lambda o=operator, a=account_id: form(operator=o, account_id=a)) == code


def test_nobody_else_gets_it():
    """Neither without anything, nor by what is made up, nor signed in with nothing to wait for."""
    world = World("polis")
    session = world.signed_in().session
    form = world.registrar.adhesion_form

    assert code_of(form) == "session.ended"
    assert code_of(lambda: form(ticket="made.up")) == "token.invalid"
    assert code_of(lambda: form(session=session)) == "presence.no_form"


@pytest.mark.parametrize("name", ["mim-students", "unimi-external", "standard"])
def test_where_nobody_has_to_come_there_is_no_form(name):
    """Whatever the account waits for."""
    world = World(name, human_check="tick-box")
    ticket = world.confirmed().ticket

    assert code_of(lambda: world.registrar.adhesion_form(ticket=ticket)) == "presence.no_form"


def test_a_store_out_of_reach_is_said_to_be():
    """Try again later, in both directions."""
    world = World("polis", storage=Leaving())
    answer = world.confirmed()
    account = world.proved(answer=answer).account
    world.store.away = True

    def printed():
        return world.registrar.adhesion_form(ticket=answer.ticket)

    def found():
        return world.registrar.find_by_form_code(OFFICE, form_code(account))

    assert code_of(printed) == code_of(found) == "service.unavailable"


def test_the_awaitable_registrar_does_the_same():
    """Both methods, on the same account."""
    world = World("polis")
    answer = world.confirmed()
    account = world.proved(answer=answer).account
    settings = {**world.settings, "storage": world.store}

    async def both():
        async with AsyncRegistrar.open(**settings) as registrar:
            form = await registrar.adhesion_form(ticket=answer.ticket)
            return form, await registrar.find_by_form_code(OFFICE, form_code(account))

    form, found = asyncio.run(both())

    assert form == world.registrar.adhesion_form(ticket=answer.ticket)
    assert found.id == account.id
