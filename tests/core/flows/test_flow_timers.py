"""What the clock asks for: expiry, warnings, the yearly cancellation, one account at a time."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.world import ANNA, MARIO, PROFILES, SECRETARIAT, World, code_of

from registrazione.core.commands import CancelUnused, Expire, WarnPassword
from registrazione.core.states import AccountState, PasswordState

DAY = dt.timedelta(days=1)


def expire(world, account):
    """Let the clock look at an account."""
    return world.registrar.handle(Expire(account_id=account.id))


# -- expiry ---------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-06")
@pytest.mark.parametrize("name", PROFILES)
def test_what_waits_too_long_expires(name):
    """At its deadline, not before; its password is gone, and one may register again."""
    world = World(name)
    answer = world.confirmed()
    account = world.reload(answer)
    world.clock.set(account.due_at - dt.timedelta(seconds=1))
    assert expire(world, account).account == account
    world.wait(seconds=1)
    expired = expire(world, account).account

    assert (expired.state, expired.ended_at) == (AccountState.EXPIRED, world.clock.now())
    assert (expired.credential, expired.password) == (None, PasswordState.NONE)
    if name != "mim-students":
        assert world.confirmed().account.id != account.id


def test_what_was_used_in_time_does_not_expire():
    """A deadline that has moved meanwhile is none."""
    world = World("unimi-external")
    account = world.confirmed().account
    world.proved(answer=world.registrar.confirm(world.filled(ANNA).draft))
    world.wait(hours=25)
    active = world.found("username", ANNA.username)[0]

    assert expire(world, active).account.state is AccountState.ACTIVE
    assert expire(world, account).account.state is AccountState.EXPIRED


def test_nobody_and_the_erased_are_passed_over():
    """An account that is gone by now has nothing to expire."""
    world = World()

    assert world.registrar.handle(Expire(account_id="nobody")).account is None
    assert world.registrar.handle(WarnPassword(account_id="nobody")).account is None


def test_ended_data_are_erased_after_their_retention():
    """Thirty days after the end, to the second, nothing of the person is left."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.cancel(operator=SECRETARIAT, account_id=account.id)
    world.wait(days=30, seconds=-1)
    expire(world, account)
    assert world.reload(account) is not None
    world.wait(seconds=1)
    assert expire(world, account).account is None

    assert world.reload(account) is None


def test_unused_temporary_credentials_expire():
    """The account stays, and recovering the password leads on."""
    world = World("iscrizioni-online")
    account = world.active()
    world.wait(days=30)
    expired = expire(world, account).account

    assert (expired.state, expired.password) == (AccountState.ACTIVE, PasswordState.EXPIRED)
    assert expire(world, account).account == world.reload(account)


@pytest.mark.requirement("POL-17")
def test_an_old_password_expires():
    """A hundred and eighty days after it was set; the warning's day alone changes nothing."""
    world = World("polis")
    account = world.signed_in().account
    world.wait(days=165)
    assert expire(world, account).account == world.reload(account)
    world.wait(days=15)

    assert expire(world, account).account.password is PasswordState.EXPIRED


@pytest.mark.parametrize(
    ("fields", "profile"),
    [
        ({"password": PasswordState.TEMPORARY, "temporary_until": "later"}, "polis"),
        ({"password": PasswordState.SET}, "unimi-external"),
        ({"password": PasswordState.SET, "password_set_at": None}, "polis"),
        ({"password": PasswordState.SET}, "polis"),
    ],
    ids=["temporary", "never", "unknown", "not yet"],
)
def test_a_deadline_that_no_longer_means_anything_does_nothing(fields, profile):
    """Whatever once set the deadline: only what is really over happens."""
    world = World(profile)
    account = world.active()
    now = world.clock.now()
    given = {k: now + DAY if v == "later" else v for k, v in fields.items()}
    put = world.put(account, due_at=now, **given)

    assert expire(world, account).account == put
    assert world.reload(account) == put


# -- warnings -------------------------------------------------------------------------------


def warn(world, account):
    """Let the clock look at a password."""
    return world.registrar.handle(WarnPassword(account_id=account.id))


@pytest.mark.requirement("POL-17")
def test_a_password_about_to_expire_is_announced_once():
    """Fifteen days before the end, with the days that are left; the next password anew."""
    world = World("polis")
    answer = world.signed_in()
    account = answer.account
    world.wait(days=164)
    assert warn(world, account).account.warned_at is None
    world.wait(days=4)
    assert warn(world, account).account.warned_at == world.clock.now()
    assert dict(world.outbox()[-1].params) == {"days": "12"}
    letters = len(world.outbox())
    warn(world, account)
    assert len(world.outbox()) == letters

    session = world.registrar.sign_in("mario.rossi", MARIO.password).session
    changed = world.registrar.change_password(session, MARIO.password, "Password2", "Password2")
    assert changed.account.warned_at is None
    world.wait(days=166)
    assert warn(world, account).account.warned_at == world.clock.now()


def test_nothing_is_announced_that_is_over_or_never_ends():
    """After the end it is too late, and without an end there is nothing to say."""
    polis, unimi = World("polis"), World("unimi-external")
    late, never = polis.signed_in().account, unimi.signed_in().account
    polis.wait(days=181)
    unimi.wait(days=181)

    assert warn(polis, late).account.warned_at is None
    assert warn(unimi, never).account.warned_at is None
    bare = unimi.put(never, password_set_at=None)
    assert warn(unimi, never).account == bare


def test_only_passwords_in_use_are_announced():
    """A temporary one has its own letter; the timer is turned away like anybody."""
    world = World("iscrizioni-online")
    account = world.active()

    assert code_of(warn, world, account) == "password.change_required"


# -- unused ---------------------------------------------------------------------------------


def cancel_unused(world, account, since):
    """Let the clock cancel what nobody used since then."""
    return world.registrar.handle(CancelUnused(account_id=account.id, unused_since=since))


@pytest.mark.requirement("UNI-19")
def test_who_came_in_meanwhile_is_not_cancelled():
    """The moment itself counts as use; the letter tells of the end."""
    world = World("unimi-external")
    account = world.signed_in().account
    used = account.last_used_at
    assert cancel_unused(world, account, used).account == world.reload(account)
    cancelled = cancel_unused(world, account, used + dt.timedelta(microseconds=1)).account

    assert cancelled.state is AccountState.CANCELLED
    assert world.outbox()[-1].kind == "cancelled"
    assert {"cause": "unused"} in [dict(r.details) for r in world.store.history(account.id)]


def test_who_never_came_in_is_cancelled():
    """Suspended or not; what is gone already is refused."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.suspend(SECRETARIAT, account.id, "x")

    assert cancel_unused(world, account, world.clock.now()).account.state == "cancelled"
    assert code_of(cancel_unused, world, account, world.clock.now()) == "account.cancelled"
    gone = attrs.evolve(account, id="nobody")
    assert code_of(cancel_unused, world, gone, world.clock.now()) == "account.unknown"


def test_the_clock_is_named_in_the_trail():
    """What nobody asked for was asked for by the system."""
    world = World("unimi-external")
    account = world.confirmed().account
    world.wait(hours=25)
    expire(world, account)

    assert {r.actor for r in world.store.history(account.id)[-2:]} == {"system"}


# -- portals of one realm --------------------------------------------------------------------


def test_a_deadline_from_before_a_suspension_elsewhere_harms_nobody():
    """Another portal of the realm keeps the deadline; the round goes on to the next account."""
    world = World("polis")
    account, other = world.signed_in().account, world.active(ANNA)
    world.sibling("iscrizioni-online").registrar.suspend(SECRETARIAT, account.id, "accertamenti")
    world.wait(days=200)
    report = world.registrar.expire_due()

    assert report.accounts == (other.id,)
    assert world.reload(account).state is AccountState.SUSPENDED


def test_a_round_with_nothing_to_do_leaves_no_line():
    """A warning that is due for days is not a line every few minutes in somebody's history."""
    world = World("polis")
    account = world.signed_in().account
    world.wait(days=166)
    before = world.store.history(account.id)
    for _ in range(3):
        assert world.registrar.expire_due().done == 0
    assert world.store.history(account.id) == before

    world.registrar.warn_expiring_passwords()
    events = [r.event for r in world.store.history(account.id)[len(before) :]]
    assert events == ["warn_password", "password_warned"]
