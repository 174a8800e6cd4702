"""What cannot be taken back takes a sign-in of a moment ago: an open browser is not enough."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, HELP_DESK, MARIO, SECRETARIAT, World, code_of, refused

from registrazione.core.profile import Lifetimes
from registrazione.profiles import load
from registrazione.refusals import text_of

ENDINGS = ("cancel", "erase")


@pytest.mark.parametrize("command", ENDINGS)
def test_an_account_ends_with_a_fresh_sign_in_only(command):
    """Fifteen minutes, the last second included; signing in again opens the way."""
    world = World("unimi-external")
    session = world.signed_in().session
    end = getattr(world.registrar, command)
    world.wait(minutes=15, seconds=1)
    stale = refused(end, session=session)
    assert (stale.code, dict(stale.faults[0].params)) == ("session.not_fresh", {"minutes": 15})
    assert "15" in text_of(stale.faults[0], "it")
    assert world.registrar.look(session=session).account

    fresh = world.registrar.sign_in("mario.rossi", MARIO.password).session
    world.wait(minutes=15)
    assert end(session=fresh)
    assert code_of(world.registrar.look, session=session) == "session.ended"


@pytest.mark.parametrize("command", ENDINGS)
def test_another_browser_s_sign_in_is_not_this_one_s(command):
    """The session that asks has to be the fresh one."""
    world = World("unimi-external")
    forgotten = world.signed_in().session
    world.wait(hours=1)
    world.registrar.sign_in("mario.rossi", MARIO.password)

    assert code_of(getattr(world.registrar, command), session=forgotten) == "session.not_fresh"


def test_whoever_has_no_password_proves_it_at_the_provider():
    """There too the session is the proof, for the end as for another address (7.5.1)."""
    world = World("unimi-external")
    profile = attrs.evolve(world.profile.federation, locked=())
    world = World(attrs.evolve(world.profile, federation=profile))
    session = world.spid().session
    world.wait(minutes=16)
    registrar = world.registrar
    assert code_of(registrar.change_email, session, "n@example.it") == "session.not_fresh"
    assert code_of(registrar.cancel, session=session) == "session.not_fresh"

    again = world.spid(session=session).session
    assert registrar.change_email(again, "n@example.it").next.value == "read_mail"
    assert registrar.cancel(session=again).account.state == "cancelled"


def test_who_has_a_password_is_asked_for_it_and_for_nothing_else():
    """Another address takes the password however old the session is."""
    world = World("unimi-external")
    session = world.signed_in().session
    world.wait(hours=11)
    change = world.registrar.change_email

    assert change(session, "n@example.it", password=MARIO.password).next.value == "read_mail"


def test_operators_are_the_host_s_to_ask():
    """The host has signed them in, and knows when."""
    world = World("unimi-external")
    account, other = world.active(), world.active(ANNA)

    assert world.registrar.cancel(operator=HELP_DESK, account_id=account.id).account
    assert world.registrar.erase(operator=SECRETARIAT, account_id=other.id)


def test_a_procedure_may_be_content_with_any_session():
    """As long as the session itself: then nothing more is asked."""
    lifetimes = Lifetimes()
    easy = attrs.evolve(lifetimes, fresh=lifetimes.session)
    world = World(attrs.evolve(load("unimi-external"), lifetimes=easy))
    session = world.signed_in().session
    world.wait(hours=11, minutes=59)

    assert world.registrar.cancel(session=session).account.state == "cancelled"
