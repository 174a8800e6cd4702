"""The soft lock: ten wrong passwords, a while of silence, twice as long the next time."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import MARIO, World, code_of

from registrazione import Refusal
from registrazione.core.profile import Limits
from registrazione.profiles import load

PASSWORD = MARIO.password
QUARTER = dt.timedelta(minutes=15)


def account_of(world):
    """Return the account as it is now."""
    return world.found("username", "mario.rossi")[0]


def wrong(world, times=1):
    """Type a wrong password so often."""
    for _ in range(times):
        assert code_of(world.registrar.sign_in, "mario.rossi", "wrong") == "sign_in.failed"


def right(world):
    """Tell whether the right password opens."""
    try:
        return bool(world.registrar.sign_in("mario.rossi", PASSWORD).session)
    except Refusal:
        return False


def opened():
    """Return a world with an active account."""
    world = World("unimi-external")
    world.active()
    return world


def test_nine_wrong_ones_do_no_harm():
    """The tenth try may still be the right one."""
    world = opened()
    wrong(world, 9)

    assert right(world)
    assert account_of(world).failures == 0


def test_ten_wrong_ones_lock_for_a_quarter_of_an_hour():
    """To the second; meanwhile the right one fails like any other, and nothing more is counted."""
    world = opened()
    wrong(world, 10)
    locked = account_of(world)
    assert locked.locked_until == world.clock.now() + QUARTER
    wrong(world, 5)
    assert not right(world)
    assert account_of(world) == locked
    world.wait(minutes=15, seconds=-1)
    assert not right(world)
    world.wait(seconds=1)

    assert right(world)


def test_each_lock_is_twice_as_long_up_to_a_bound():
    """A quarter, half an hour, an hour …, and after ten doublings no longer."""
    world = opened()
    lengths = []
    for _ in range(13):
        wrong(world, 10)
        until = account_of(world).locked_until
        lengths.append(until - world.clock.now())
        world.clock.set(until)

    assert lengths == [QUARTER * 2 ** min(n, 10) for n in range(13)]


def test_the_right_one_forgets_everything():
    """After it, the next lock is a short one again."""
    world = opened()
    wrong(world, 10)
    world.wait(minutes=15)
    assert right(world)
    wrong(world, 10)

    assert account_of(world).lockouts == 1
    assert account_of(world).locked_until == world.clock.now() + QUARTER


def test_the_owner_hears_of_each_lock_once():
    """With the time it lasts; wrong ones before and after it are no news."""
    world = opened()
    wrong(world, 15)
    world.wait(minutes=15)
    wrong(world, 12)
    locks = [m for m in world.outbox() if m.kind == "locked"]

    assert [dict(m.params) for m in locks] == [{"minutes": "15"}, {"minutes": "30"}]


def test_a_lock_does_not_lock_the_owner_out():
    """Sessions go on, SPID opens, and the mailed link sets a new password at once."""
    world = World("unimi-external")
    session = world.signed_in(cf=MARIO.cf).session
    wrong(world, 10)

    assert world.registrar.history(session=session).history
    assert world.spid().next.value == "align"
    world.registrar.request_password_reset(username="mario.rossi")
    world.registrar.reset_password(world.link(MARIO.email()), "Password2", "Password2")
    assert world.registrar.sign_in("mario.rossi", "Password2").session


def test_every_door_counts_on_one_counter():
    """Signing in, changing the password and changing the address are one and the same guess."""
    world = opened()
    session = world.registrar.sign_in("mario.rossi", PASSWORD).session
    registrar = world.registrar
    for _ in range(3):
        wrong(world)
        code_of(registrar.change_password, session, "wrong", "Password2", "Password2")
        code_of(registrar.change_email, session, "n@example.it", password="wrong")
    assert account_of(world).failures == 9
    wrong(world)

    assert account_of(world).lockouts == 1


@pytest.mark.parametrize("attempts", [1, 3])
def test_the_procedure_says_how_often_and_how_long(attempts):
    """Both are settings."""
    limits = Limits(attempts=attempts, lock=dt.timedelta(hours=1))
    world = World(attrs.evolve(load("unimi-external"), limits=limits))
    world.active()
    wrong(world, attempts)

    assert account_of(world).locked_until == world.clock.now() + dt.timedelta(hours=1)


@given(st.lists(st.booleans(), max_size=30))
def test_the_lock_is_that_of_a_counter(rights):
    """Whatever the order of right and wrong ones: closed after ten wrong ones in a row."""
    world = opened()
    row = 0
    for is_right in rights:
        if row == 10:
            assert not right(world)
            return
        if is_right:
            assert right(world)
            row = 0
        else:
            wrong(world)
            row += 1
        assert account_of(world).failures == row
