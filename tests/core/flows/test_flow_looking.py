"""How things stand: what a page is drawn with, without a trace."""

from __future__ import annotations

import asyncio
import datetime as dt

import attrs
import pytest
from tests.world import ANNA, MARIO, PROFILES, SECRETARIAT, World, code_of

from registrazione import AsyncRegistrar
from registrazione.adapters.memory import MemoryStore
from registrazione.core.profile import Lifetimes
from registrazione.core.states import AccountState
from registrazione.ports import StoreUnavailable
from registrazione.profiles import load


class Watched(MemoryStore):
    """A store that counts its loads, notes what else it is asked, and may be out of reach."""

    def __init__(self):
        """Start within reach, asked nothing."""
        super().__init__()
        self.asked = []
        self.away = False

    def load(self, account_id):
        """Count it."""
        if self.away:
            raise StoreUnavailable
        self.asked.append("load")
        return super().load(account_id)

    def find(self, key):
        """Note it."""
        self.asked.append("find")
        return super().find(key)

    def commit(self, change):
        """Note it."""
        self.asked.append("commit")
        super().commit(change)


def watched(name="polis"):
    """Return a world whose store is watched."""
    return World(name, storage=Watched())


# -- with a session -------------------------------------------------------------------------


@pytest.mark.requirement("MIM-39")
@pytest.mark.parametrize("name", PROFILES)
def test_a_session_sees_what_signing_in_said(name):
    """What is next, the services and the account are those that the last answer told."""
    world = World(name)
    answer = world.signed_in()
    seen = world.registrar.look(session=answer.session)

    assert (seen.next, seen.account) == (answer.next, world.reload(answer))
    assert [offer.name for offer in seen.services] == [s.name for s in world.profile.services]
    assert (seen.session, seen.ticket, seen.notices) == (answer.session, "", ())


@pytest.mark.requirement("MIM-29")
def test_the_destination_is_that_of_this_session():
    """Two browsers of one person may have been on their way to different services."""
    world = World("polis")
    account = world.active()
    password = world.first_password(account)
    tokens = {
        service: world.registrar.sign_in(world.login(account), password, service=service).session
        for service in ("istanze", "")
    }

    assert {to: world.registrar.look(session=t).destination for to, t in tokens.items()} == {
        "istanze": "istanze",
        "": "",
    }


def test_looking_goes_on_before_the_password_is_changed():
    """With temporary credentials nothing else is admitted, but the page knows where it stands."""
    world = World("iscrizioni-online")
    account = world.active()
    given = world.first_password(account)
    session = world.registrar.sign_in(world.login(account), given).session

    assert world.registrar.look(session=session).next.value == "change_password"
    world.put(account, password="expired")
    assert world.registrar.look(session=session).next.value == "change_password"


@pytest.mark.requirement("POL-17")
def test_a_password_about_to_expire_is_warned_of():
    """From the first day of the warning on, and not beyond the end, where signing in ages it."""
    months = dt.timedelta(days=365)
    world = World(attrs.evolve(load("polis"), lifetimes=Lifetimes(session=months)))
    session = world.signed_in().session
    policy = world.profile.password

    assert world.registrar.look(session=session).notices == ()
    world.clock.advance(policy.expires_after - policy.warn_before)
    (warning,) = world.registrar.look(session=session).notices
    assert (warning.code, warning.severity.value) == ("password.expiring", "warning")
    world.clock.advance(policy.warn_before)
    assert world.registrar.look(session=session).notices == ()


@pytest.mark.requirement("MIM-42")
def test_a_session_that_ended_sees_nothing():
    """Signed out, too old, suspended, a stranger's invention: one refusal."""
    world = World("standard")
    look, answer = world.registrar.look, world.signed_in()
    other = world.registrar.sign_in(
        world.login(answer.account), "correct horse battery staple"
    ).session
    world.registrar.sign_out(other)

    for token in (other, "", "x.y.z", None, 5, ["x"], b"x", "\ud800", "x" * 10**5):
        assert code_of(look, session=token) == "session.ended"
    world.wait(hours=12)
    assert code_of(look, session=answer.session) == "session.ended"


def test_it_costs_one_load_and_leaves_no_trail():
    """Nothing is written, searched or told, however often a page is drawn."""
    world = watched()
    session, ticket = world.signed_in().session, world.confirmed(ANNA).ticket
    history = world.registrar.history(session=session).history
    told = list(world.told)
    world.store.asked.clear()
    for _ in range(3):
        world.registrar.look(session=session)
        world.registrar.look(ticket=ticket)
    assert code_of(world.registrar.look, session="x") == "session.ended"

    assert world.store.asked == ["load"] * 6
    assert world.told == told
    assert len(world.registrar.history(session=session).history) == len(history) + 1


def test_a_store_out_of_reach_is_a_refusal():
    """As with every command: the page says that it is to be tried again."""
    world = watched()
    session = world.signed_in().session
    world.store.away = True

    assert code_of(world.registrar.look, session=session) == "service.unavailable"


def test_looking_can_be_awaited():
    """The asynchronous registrar says the same."""
    world = World("standard")
    session = world.signed_in().session
    seen = asyncio.run(AsyncRegistrar(world.registrar.parts).look(session=session))

    assert seen == world.registrar.look(session=session)


# -- with the ticket of a registration ------------------------------------------------------


@pytest.mark.requirement("UNI-08")
@pytest.mark.parametrize("name", PROFILES)
def test_a_ticket_sees_what_the_confirmed_form_said(name):
    """The page can be drawn again: what to wait for, and until when."""
    world = World(name)
    confirmed = world.confirmed()
    seen = world.registrar.look(ticket=confirmed.ticket)

    assert seen == attrs.evolve(confirmed, account=world.reload(confirmed))
    assert seen.session == ""


def test_a_ticket_follows_the_registration_to_its_end():
    """From gate to gate, to the active account, and to what comes after that."""
    world = World("polis")
    confirmed = world.confirmed()

    def next_one():
        """Return what the page says."""
        return world.registrar.look(ticket=confirmed.ticket)

    assert next_one().expires_at == world.clock.now() + world.profile.lifetimes.link
    account = world.proved(answer=confirmed).account
    assert (next_one().next.value, next_one().expires_at) == ("go_in_person", None)
    world.seen(account)
    assert next_one().next.value == "sign_in"
    world.registrar.suspend(SECRETARIAT, account.id, "accertamenti")
    assert next_one().next.value == "nothing"
    world.registrar.cancel(operator=SECRETARIAT, account_id=account.id)
    assert (next_one().next.value, next_one().account.state) == ("nothing", AccountState.CANCELLED)
    world.registrar.erase(operator=SECRETARIAT, account_id=account.id)
    assert code_of(world.registrar.look, ticket=confirmed.ticket) == "token.used"


def test_a_wrong_ticket_sees_nothing():
    """No token of another purpose, of another procedure on its way, or out of time."""
    world = World("polis")
    answer = world.signed_in()
    ticket = world.confirmed(ANNA).ticket
    look = world.registrar.look

    for token in (answer.session, "x.y.z", 5, b"x", "x" * 10**5):
        assert code_of(look, ticket=token) == "token.invalid"
    assert code_of(world.sibling("iscrizioni-online").registrar.look, ticket=ticket) == (
        "token.invalid"
    )
    world.clock.advance(world.profile.lifetimes.presence + dt.timedelta(seconds=1))
    assert code_of(look, ticket=ticket) == "token.expired"


def test_who_is_signed_in_is_looked_at_first():
    """A browser that still has the ticket of its registration sees its session."""
    world = World("unimi-external")
    confirmed = world.confirmed()
    world.registrar.activate(world.link(MARIO.email()), ticket=confirmed.ticket)
    session = world.registrar.sign_in("mario.rossi", MARIO.password).session

    seen = world.registrar.look(session=session, ticket=confirmed.ticket)
    assert (seen.session, seen.ticket) == (session, "")
