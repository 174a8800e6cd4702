"""The timers' rounds: what they find, what they do, and that they can be broken off."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.world import ANNA, HELP_DESK, LUCA, MARIO, SECRETARIAT, World, code_of
from tests.wrapped import Wrapped

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.profile import Cancellation
from registrazione.core.records import LetterState
from registrazione.core.states import AccountState, PasswordState
from registrazione.ports import StoreUnavailable
from registrazione.profiles import load
from registrazione.service import rounds

UTC = dt.UTC
MICROSECOND = dt.timedelta(microseconds=1)
NEW_YEAR_IN_ROME = dt.datetime(2016, 12, 31, 23, tzinfo=UTC)
"""The beginning of 2017 in Rome."""


# -- expiry ---------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-06")
def test_everything_that_is_due_is_dealt_with_in_one_round():
    """What waited too long, what was never used, and what ended long ago; nothing else."""
    world = World("iscrizioni-online")
    waiting = world.confirmed(MARIO).account
    unused = world.active(ANNA)
    ended = world.active(LUCA)
    world.registrar.cancel(operator=HELP_DESK, account_id=ended.id)
    world.wait(days=30)
    fresh = world.confirmed(LUCA).account
    seen = []
    report = world.registrar.expire_due(seen.append)

    assert (report.seen, report.done, seen) == (3, 3, [3])
    assert set(report.accounts) == {waiting.id, unused.id, ended.id}
    assert world.reload(waiting).state is AccountState.EXPIRED
    assert world.reload(unused).password is PasswordState.EXPIRED
    assert world.reload(ended) is None
    assert world.reload(fresh).state is AccountState.AWAITING_LINK
    assert world.registrar.expire_due() == rounds.RoundReport()


def test_a_deadline_without_consequences_is_seen_and_not_counted():
    """On the day of the warning, expiry looks at the account and leaves it."""
    world = World("polis")
    account = world.signed_in().account
    world.wait(days=165)
    report = world.registrar.expire_due()

    assert (report.seen, report.done) == (1, 0)
    assert world.reload(account).password is PasswordState.SET


def test_a_round_goes_on_after_the_batch(monkeypatch):
    """Many accounts are taken in parts; progress is told after each."""
    monkeypatch.setattr(rounds, "BATCH", 2)
    world = World("unimi-external")
    for n in range(5):
        world.confirmed(MARIO, username=f"m{n}", email=f"m{n}@example.it")
        world.wait(seconds=1)
    world.wait(hours=25)
    seen = []
    report = world.registrar.expire_due(seen.append)

    assert (report.seen, report.done, seen) == (5, 5, [2, 4, 5])


def test_a_round_that_is_broken_off_is_resumed_by_starting_it_again(monkeypatch):
    """What is done is done; the next run finds the rest."""
    monkeypatch.setattr(rounds, "BATCH", 2)
    world = World("unimi-external")
    for n in range(5):
        world.confirmed(MARIO, username=f"m{n}", email=f"m{n}@example.it")
    world.wait(hours=25)

    def stop(seen):
        if seen == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.registrar.expire_due(stop)
    assert world.registrar.expire_due().done == 1
    assert not world.registrar.accounts(AccountState.AWAITING_LINK).items


def test_one_account_that_cannot_be_written_does_not_hold_up_the_others():
    """It is left for the next round."""
    world = World("unimi-external")
    accounts = [
        world.confirmed(MARIO, username=f"m{n}", email=f"m{n}@example.it").account for n in range(3)
    ]
    world.wait(hours=25)
    commit = world.store.commit

    def failing(change):
        if any(write.account_id == accounts[1].id for write in change.writes):
            raise StoreUnavailable
        commit(change)

    world.store.commit = failing
    assert (world.registrar.expire_due().done, world.registrar.expire_due().done) == (2, 0)
    world.store.commit = commit
    assert world.registrar.expire_due().accounts == (accounts[1].id,)


@pytest.mark.parametrize("name", ["expire_due", "warn_expiring_passwords", "cancel_unused"])
def test_a_round_without_a_store_is_refused(name):
    """Nobody can say which accounts are due: a host meets the refusal that every command has."""
    world = World("unimi-external", storage=Wrapped(MemoryStore()))
    world.store.script("before", "search", StoreUnavailable("no disk"))

    with pytest.raises(Refusal) as refused:
        getattr(world.registrar, name)()
    assert refused.value.code == "service.unavailable"
    assert str(refused.value.__cause__) == "no disk"


# -- warnings -------------------------------------------------------------------------------


@pytest.mark.requirement("POL-17")
def test_everybody_whose_password_is_about_to_expire_is_written_to_once():
    """One letter each; the next day nobody hears of it again."""
    world = World("polis")
    world.signed_in(MARIO)
    world.wait(days=10)
    world.signed_in(ANNA)
    world.wait(days=160)
    first = world.registrar.warn_expiring_passwords()
    again = world.registrar.warn_expiring_passwords()
    world.wait(days=6)
    second = world.registrar.warn_expiring_passwords()

    assert (first.done, again.done, second.done) == (1, 0, 1)
    assert [m.kind for m in world.outbox()].count("password_expiring") == 2
    warned = world.letters(MARIO.email())[-1]
    assert "10" in warned


def test_who_cannot_be_warned_is_passed_over():
    """A temporary password that is due is the other round's."""
    world = World("iscrizioni-online")
    world.active()
    world.wait(days=31)
    report = world.registrar.warn_expiring_passwords()

    assert (report.seen, report.done) == (1, 0)


# -- unused ---------------------------------------------------------------------------------


def registered_at(at, name="unimi-external"):
    """Return a world with one account registered then."""
    world = World(name, at=at)
    account = world.active()
    return world, account


@pytest.mark.requirement("UNI-19")
@pytest.mark.parametrize(
    ("registered", "cancelled"),
    [
        (NEW_YEAR_IN_ROME - dt.timedelta(minutes=1), True),
        (NEW_YEAR_IN_ROME - MICROSECOND, True),
        (NEW_YEAR_IN_ROME, False),
        (NEW_YEAR_IN_ROME + dt.timedelta(days=1), False),
    ],
    ids=["23:59", "last", "midnight", "later"],
)
def test_registered_up_to_the_last_day_of_2016_and_never_used_during_2017(registered, cancelled):
    """The last moment of the year in Rome is inside, the first of the next is not."""
    world, account = registered_at(registered)
    world.clock.set(dt.datetime(2018, 1, 15, tzinfo=UTC))
    report = world.registrar.cancel_unused()

    assert (report.done == 1) is cancelled
    assert (world.reload(account).state is AccountState.CANCELLED) is cancelled


@pytest.mark.requirement("UNI-19", "UNI-20")
@pytest.mark.parametrize(
    ("used", "cancelled"),
    [
        (NEW_YEAR_IN_ROME - MICROSECOND, True),
        (NEW_YEAR_IN_ROME, False),
        (dt.datetime(2017, 12, 31, 22, 59, tzinfo=UTC), False),
        (dt.datetime(2018, 1, 10, tzinfo=UTC), False),
    ],
    ids=["2016", "new year", "2017", "2018"],
)
def test_any_use_since_the_beginning_of_the_year_keeps_it(used, cancelled):
    """Signing in once is enough; whoever was cancelled may register again."""
    world, account = registered_at(dt.datetime(2016, 5, 1, tzinfo=UTC))
    world.clock.set(used)
    world.registrar.sign_in("mario.rossi", MARIO.password)
    world.clock.set(dt.datetime(2018, 1, 15, tzinfo=UTC))
    report = world.registrar.cancel_unused()

    assert report.accounts == ((account.id,) if cancelled else ())
    if cancelled:
        assert world.outbox()[-1].kind == "cancelled"
        assert world.active().id != account.id


@pytest.mark.parametrize(
    ("run", "cancelled"),
    [
        (dt.datetime(2017, 12, 31, 22, 59, 59, tzinfo=UTC), False),
        (dt.datetime(2017, 12, 31, 23, tzinfo=UTC), True),
    ],
    ids=["in 2017", "in 2018"],
)
def test_the_year_is_rome_s(run, cancelled):
    """In the first hour of the new year in Rome the old one is over, whatever Greenwich says."""
    world, account = registered_at(dt.datetime(2016, 6, 1, tzinfo=UTC))
    world.clock.set(run)

    assert world.registrar.cancel_unused().accounts == ((account.id,) if cancelled else ())


def test_a_dry_run_changes_nothing_and_finds_the_same():
    """It names the accounts that would go; then they go."""
    world, account = registered_at(dt.datetime(2016, 6, 1, tzinfo=UTC))
    suspended = world.active(ANNA)
    world.registrar.suspend(SECRETARIAT, suspended.id, "x")
    world.clock.set(dt.datetime(2018, 2, 1, tzinfo=UTC))
    before = [world.reload(a) for a in (account, suspended)]
    letters, trail = world.outbox(), world.store.history(account.id)
    dry = world.registrar.cancel_unused(dry_run=True)

    assert [world.reload(a) for a in (account, suspended)] == before
    assert (world.outbox(), world.store.history(account.id)) == (letters, trail)
    seen = []
    assert world.registrar.cancel_unused(progress=seen.append) == dry
    assert (dry.done, seen) == (2, [2])
    assert world.registrar.cancel_unused() == rounds.RoundReport()


def test_more_years_are_more_patience():
    """With two years, one year of absence keeps the account."""
    profile = attrs.evolve(load("unimi-external"), cancellation=Cancellation(years=2))
    world, account = registered_at(dt.datetime(2016, 6, 1, tzinfo=UTC), profile)
    world.clock.set(dt.datetime(2018, 2, 1, tzinfo=UTC))
    assert world.registrar.cancel_unused().done == 0
    world.clock.set(dt.datetime(2019, 2, 1, tzinfo=UTC))

    assert world.registrar.cancel_unused().accounts == (account.id,)


@pytest.mark.requirement("IOL-14")
def test_where_nothing_is_said_nothing_is_cancelled():
    """Last year's credentials stay valid."""
    world = World("iscrizioni-online", at=dt.datetime(2021, 2, 1, tzinfo=UTC))
    account = world.signed_in().account
    world.clock.set(dt.datetime(2024, 2, 1, tzinfo=UTC))

    assert world.registrar.cancel_unused() == rounds.RoundReport()
    assert world.registrar.sign_in(account.username, MARIO.password).session


def test_other_realms_are_left_alone():
    """A round looks at the accounts of its own portal."""
    world, account = registered_at(dt.datetime(2016, 6, 1, tzinfo=UTC))
    world.clock.set(dt.datetime(2018, 2, 1, tzinfo=UTC))
    other = world.sibling("standard")

    assert other.registrar.expire_due().seen == 0
    assert world.reload(account).state is AccountState.ACTIVE


def test_nobody_need_be_told_of_the_progress():
    """Without anybody to tell, a round runs just the same."""
    world = World("unimi-external")
    flow = rounds.expire_due(world.profile, world.clock.now())

    assert world.registrar._run(flow) == rounds.RoundReport()


# -- letters that were given up -----------------------------------------------------------------


def given_up(world, kind="activation"):
    """Return the only letter of this kind, after its last delivery failed for good."""
    (letter,) = [m for m in world.outbox() if m.kind == kind]
    (taken,) = world.store.outbox_take(letter.profile, world.clock.now(), 10, dt.timedelta(hours=1))
    dead = attrs.evolve(taken, state=LetterState.DEAD, error="550")
    assert world.store.outbox_settle(dead)
    return dead


def test_the_address_of_a_dead_letter_is_not_kept_for_ever():
    """As long as the data of what has ended, to the second; until then it can be sent again."""
    world = World("unimi-external")
    world.confirmed()
    dead = given_up(world)
    world.wait(days=30, seconds=-1)
    world.registrar.expire_due()
    assert world.outbox() == (dead,)
    world.wait(seconds=1)
    world.registrar.expire_due()

    (left,) = world.outbox()
    assert (left.state, left.to, dict(left.params)) == (LetterState.VOID, "", {})
    assert world.registrar.resend_dead() == 0


def test_every_portal_forgets_its_own_letters():
    """Those of another one on the same store may have to be kept for longer."""
    world = World("unimi-external")
    world.confirmed()
    dead = given_up(world)
    world.wait(days=31)
    world.sibling("polis").registrar.expire_due()

    assert world.outbox() == (dead,)


def test_a_store_that_is_gone_before_the_letters_says_so():
    """Like every other question to it; the next round goes on."""
    world = World("unimi-external", storage=Wrapped(MemoryStore()))
    world.store.script("before", "outbox_list", StoreUnavailable())

    assert code_of(world.registrar.expire_due) == "service.unavailable"
