"""Sessions that end because the provider's own one has ended."""

from __future__ import annotations

import asyncio

import attrs
import pytest
from tests.core.flows.test_flow_federated import completed
from tests.world import ANNA, MARIO, PEOPLE, World, code_of, password_of
from tests.wrapped import Wrapped

from registrazione import AsyncRegistrar
from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Identity
from registrazione.core.flows.elsewhere import session_value
from registrazione.ports import Ending, StoreUnavailable
from registrazione.profiles import load

pytestmark = pytest.mark.requirement("MIM-42")


class Told:
    """A provider whose answers name a session, and whose messages say what they ask for."""

    def __init__(self, name="spid"):
        self.name = name

    def verify(self, response):
        """Vouch for whoever is named, with the session that is named."""
        vouched = PEOPLE[response["person"]].vouched(self.name)
        return attrs.evolve(vouched, session=response["there"])

    def leave(self, session, state):
        """Lead nowhere."""
        del session, state

    def ended(self, message, query):
        """Return what the message asks for."""
        del query
        return message["ending"]


def world_of(**federation):
    """Return a procedure with two providers."""
    unimi = load("unimi-external")
    rules = attrs.evolve(unimi.federation, providers=("spid", "eidas"), **federation)
    profile = attrs.evolve(unimi, federation=rules)
    return World(profile, identity_providers=[Told(), Told("eidas")])


@pytest.fixture
def world():
    """It keeps its rules."""
    return world_of()


def came_in(world, there, person=MARIO, provider="spid"):
    """Come in from a provider's session; return the answer."""
    response = {"person": person.username, "there": there}
    return world.registrar.sign_in_with(provider, response)


def end(world, provider="spid", **named):
    """Take a message of a provider."""
    return world.registrar.end_sessions_with(provider, {"ending": Ending(**named)})


def is_out(world, answer):
    """Tell whether a session opens nothing any more."""
    return code_of(world.registrar.look, session=answer.session) == "session.ended"


def is_in(world, answer):
    """Tell whether a session goes on."""
    return world.registrar.look(session=answer.session).account is not None


def test_the_session_ends_that_was_opened_from_there(world):
    """That one alone: not the one of another browser, nor another person's."""
    laptop, phone = came_in(world, "laptop"), came_in(world, "phone")
    anna = came_in(world, "anna", ANNA)
    ending = end(world, sessions=("laptop", "nobody's"))

    assert ending == Ending(sessions=("laptop", "nobody's"))
    assert is_out(world, laptop)
    assert is_in(world, phone)
    assert is_in(world, anna)
    assert world.store.history(laptop.account.id)[-1].event == "signed_out"


def test_it_ends_for_whoever_waits_for_it_too(world):
    """The same, where nothing blocks."""
    laptop = came_in(world, "laptop")
    registrar = AsyncRegistrar(world.registrar.parts)
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        message = {"ending": Ending(sessions=("laptop",))}
        assert runner.run(registrar.end_sessions_with("spid", message)).sessions

    assert is_out(world, laptop)


def test_no_provider_ends_another_one_s_sessions(world):
    """What they call their sessions may be the same."""
    ours = came_in(world, "1")
    end(world, "eidas", sessions=("1",))
    assert is_in(world, ours)


def test_all_sessions_of_a_person_end():
    """Those that the provider opened: what a password opened goes on."""
    world = world_of(only_afterwards=False)
    world.put(world.active(cf=MARIO.cf), gates_passed=("link", "presence"))
    password = password_of(world.profile, MARIO)
    typed = world.registrar.sign_in(MARIO.username, password)
    first = world.registrar.align(came_in(world, "one").ticket, accept=True)
    second = came_in(world, "")
    (identity,) = first.account.identities
    end(world, identity=attrs.evolve(identity, subject="somebody else"))
    assert is_in(world, second)
    end(world, identity=identity)

    assert is_out(world, first)
    assert is_out(world, second)
    assert is_in(world, typed)


def test_who_had_to_fill_in_something_first_is_out_too():
    """What the first answer told of the session is known again, and is not its name (MIM-20)."""
    world = World("mim-students", identity_providers=[Told()])
    asked = came_in(world, "first")
    pending = world.reload(asked).pending_identity
    assert pending.session == session_value("spid", "first")
    done = completed(world, asked)
    end(world, sessions=("first",))

    assert is_out(world, done)


def test_a_session_that_is_meant_twice_ends_once(world):
    """And so does the next one; what has ended by itself is not ended, and no line says so."""
    laptop, phone = came_in(world, "laptop"), came_in(world, "phone")
    (identity,) = laptop.account.identities
    end(world, sessions=("laptop", "laptop", "", "phone"), identity=identity)

    assert is_out(world, laptop)
    assert is_out(world, phone)
    trail = world.store.history(laptop.account.id)
    assert [r.event for r in trail].count("signed_out") == 2
    assert {r.outcome for r in trail if r.event == "sign_out"} == {"accepted"}

    late = came_in(world, "late")
    world.wait(hours=13)
    assert end(world, sessions=("late",))
    assert world.store.history(late.account.id)[-1].event == "signed_in"


def test_whoever_signs_out_meanwhile_stops_nothing():
    """Found, and gone before it is ended: the next one ends all the same."""
    store = Wrapped(MemoryStore())
    world = World("unimi-external", identity_providers=[Told()], storage=store)
    laptop, phone = came_in(world, "laptop"), came_in(world, "phone")
    found_by = store.find

    def meanwhile(key):
        found = found_by(key)
        if key.value == session_value("spid", "phone"):
            world.registrar.sign_out(laptop.session)
        return found

    store.find = meanwhile
    end(world, sessions=("laptop", "phone"))

    assert is_out(world, phone)


def test_a_session_without_a_name_is_nobody_s(world):
    """Who comes in from no session is not out when somebody names none."""
    nameless = came_in(world, "")
    end(world, sessions=("",))

    assert is_in(world, nameless)
    assert session_value("spid", "") == ""


@pytest.mark.parametrize("method", ["find", "load", "commit"])
def test_a_store_that_is_away_ends_nothing_and_says_so(method):
    """The provider is told, and may say it again."""
    store = Wrapped(MemoryStore())
    world = World("unimi-external", identity_providers=[Told()], storage=store)
    ours = came_in(world, "laptop")
    world.store.script("before", method, StoreUnavailable())

    assert code_of(end, world, sessions=("laptop",)) == "service.unavailable"
    assert is_in(world, ours)
    end(world, sessions=("laptop",))
    assert is_out(world, ours)


def test_a_session_is_found_until_it_ends(world):
    """By what it is known again by, and never by its name."""
    ours = came_in(world, "laptop")
    there = session_value("spid", "laptop")
    assert [account.id for account in world.found("session", there)] == [ours.account.id]
    world.registrar.sign_out(ours.session)

    assert world.found("session", there) == ()
    assert world.found("session", "laptop") == ()


def test_an_identity_that_opens_nothing_ends_nothing():
    """Somebody who was never here."""
    world = World(load("unimi-external"), identity_providers=[Told()])
    nobody = Identity(provider="spid", issuer="https://idp", subject="nobody")

    assert end(world, identity=nobody) == Ending(identity=nobody)
