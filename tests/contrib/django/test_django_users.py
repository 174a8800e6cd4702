"""The project's own users: made when an account becomes active, and in step with it ever after."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, transaction
from django.test import override_settings
from tests.contrib.django.portal import Portal, Undone, events_told
from tests.contrib.django.project import empty
from tests.world import ANNA, HELP_DESK, MARIO, SECRETARIAT, code_of

from registrazione.adapters.memory import MemoryStore
from registrazione.contrib.django import orm
from registrazione.contrib.django.conf import get_async_registrar, get_registrar, get_users
from registrazione.contrib.django.signals import EVENTS, happened
from registrazione.contrib.django.users import (
    _CONCERNING,
    _ENDING,
    Users,
    account_id_of,
    user_of,
)
from registrazione.core import events
from registrazione.core.states import AccountState

User = get_user_model()
OTHER = "UnAltra2Password"


@pytest.fixture(params=["django://", "memory"])
def portal(request, default):
    """Return a portal whose accounts are in the project's database, or elsewhere."""
    storage = request.param if "://" in request.param else MemoryStore()
    with Portal(storage=storage) as portal:
        yield portal


# -- the life of a user --------------------------------------------------------------------------


def test_the_user_appears_with_the_active_account(portal) -> None:
    """Nothing is in the project's table before everything is proved, then the person's user is."""
    waiting = portal.confirmed()
    before = User.objects.count()
    account = portal.proved(answer=waiting).account
    user = user_of(account.id)

    assert before == 0
    assert (user.username, user.email) == (account.username, account.email)
    assert (user.first_name, user.last_name) == ("Mario", "Rossi")
    assert user.is_active
    assert not user.has_usable_password()
    assert account_id_of(user) == account.id == user.registrazione.account_id


def test_a_deadlock_is_tried_again_with_the_user(default, monkeypatch) -> None:
    """Account and user are one transaction: what a server gives up is all of it, and all again."""
    follow, asked = Users.follow, []

    def stumble(self, change):
        follow(self, change)
        asked.append(User.objects.count())
        if len(asked) <= 3:
            raise OperationalError("deadlock") from Undone()

    with Portal() as portal:
        waiting = portal.confirmed()
        monkeypatch.setattr(Users, "follow", stumble)
        account = portal.proved(answer=waiting).account

    assert (asked, User.objects.count()) == ([1, 1, 1, 1], 1)
    assert account_id_of(User.objects.get()) == account.id


def test_users_may_be_in_another_database_than_accounts(default) -> None:
    """Each has a transaction of its own; what cannot be done leaves nothing in either."""
    empty("other")
    with Portal(storage="django://other") as portal:
        account = portal.active()
        waiting = portal.confirmed(ANNA)
        User.objects.create_user(ANNA.username)
        refused = code_of(portal.proved, answer=waiting)
        kept = portal.reload(waiting.account)

    assert account_id_of(user_of(account.id)) == account.id
    assert (refused, kept.state) == ("registration.user_exists", AccountState.AWAITING_LINK)
    assert User.objects.count() == 2


def test_a_suspended_account_has_a_user_who_may_not_enter(portal) -> None:
    """Suspension switches the user off, reinstatement on again."""
    account = portal.active()
    portal.registrar.suspend(SECRETARIAT, account.id, "perché sì")
    suspended = user_of(account.id).is_active
    portal.registrar.reinstate(SECRETARIAT, account.id, "ora no")

    assert not suspended
    assert user_of(account.id).is_active


def test_a_user_whom_the_project_switched_off_stays_off(portal) -> None:
    """Other changes of the account do not let in again whom the project keeps out."""
    account = portal.active()
    User.objects.update(is_active=False)
    portal.registrar.correct_data(HELP_DESK, account.id, {"surname": "Rossini"}, "errore")
    user = user_of(account.id)

    assert (user.last_name, user.is_active) == ("Rossini", False)


def test_the_projects_sessions_end_with_those_here(portal) -> None:
    """After a new password, and after signing out everywhere; not after leaving one of two."""
    account = portal.active()
    marks = [user_of(account.id).get_session_auth_hash()]

    def mark() -> str:
        marks.append(user_of(account.id).get_session_auth_hash())
        return marks[-1]

    first, second = (
        portal.registrar.sign_in(account.username, MARIO.password).session for _ in range(2)
    )
    portal.registrar.sign_out(first)
    assert mark() == marks[0]
    portal.registrar.change_password(second, MARIO.password, OTHER, OTHER)
    assert mark() != marks[1]
    portal.registrar.sign_out(second, everywhere=True)
    assert mark() != marks[2]


def test_a_password_of_the_projects_own_is_left_alone(default) -> None:
    """A user who was adopted with one keeps it, whatever happens to the password here."""
    User.objects.create_user("mario", MARIO.email(), "the project's own")
    with Portal(adopt_user=f"{__name__}.by_address") as portal:
        account = portal.active()
        session = portal.registrar.sign_in(account.username, MARIO.password).session
        portal.registrar.change_password(session, MARIO.password, OTHER, OTHER)

    assert user_of(account.id).check_password("the project's own")


def test_a_cancelled_account_leaves_a_user_who_may_not_enter(portal) -> None:
    """The row stays for whatever refers to it."""
    account = portal.active()
    portal.registrar.cancel(operator=SECRETARIAT, account_id=account.id)

    assert not user_of(account.id).is_active


def test_an_erased_account_leaves_nobody(portal) -> None:
    """The row stays, and tells nothing of the person."""
    account = portal.active()
    user = user_of(account.id)
    portal.registrar.erase(operator=SECRETARIAT, account_id=account.id)
    user.refresh_from_db()

    assert user.username.startswith("erased-")
    assert (user.email, user.first_name, user.last_name, user.is_active) == ("", "", "", False)
    assert account_id_of(user) is None


def test_a_registration_that_comes_to_nothing_has_no_user(portal) -> None:
    """A claim that is cancelled or erased never had one."""
    account = portal.confirmed().account
    portal.registrar.cancel(operator=SECRETARIAT, account_id=account.id)
    portal.registrar.erase(operator=SECRETARIAT, account_id=account.id)

    assert not User.objects.exists()


def test_a_user_may_be_deleted_with_the_account(default) -> None:
    """Where the project says so."""
    with Portal(erased_user="delete") as portal:
        account = portal.active()
        portal.registrar.erase(operator=SECRETARIAT, account_id=account.id)

    assert not User.objects.exists()


def goodbye(user):
    """Do with an erased account's user what this project wants."""
    user.username = "arrivederci"
    user.save()


def test_a_function_decides_what_becomes_of_the_user(default) -> None:
    """A dotted path leads to it."""
    with Portal(erased_user=f"{__name__}.goodbye") as portal:
        account = portal.active()
        portal.registrar.erase(operator=SECRETARIAT, account_id=account.id)

    assert User.objects.get().username == "arrivederci"


def test_the_project_may_do_without_users(default) -> None:
    """With ``users`` off, no row is written."""
    with Portal(users=False) as portal:
        portal.active()

        keeper = get_users()

    assert keeper is None
    assert not User.objects.exists()


def test_a_person_is_in_no_transaction_alone(default) -> None:
    """What the project undoes is undone for the user and for the account."""
    with Portal() as portal:
        waiting = portal.confirmed()
        link = portal.link(waiting.account.email)
        with transaction.atomic():
            account = portal.registrar.activate(link, ticket=waiting.ticket).account
            made = user_of(account.id)
            transaction.set_rollback(True)

        assert made is not None
        assert not User.objects.exists()
        assert portal.reload(account).state is AccountState.AWAITING_LINK


# -- the name is taken ---------------------------------------------------------------------------


def test_a_users_name_is_nobody_elses(default) -> None:
    """Whoever registers as ``admin`` does not become the project's administrator."""
    User.objects.create(username=MARIO.username, is_superuser=True)
    with Portal() as portal:
        refused = code_of(portal.proved)
        account = portal.found("username", MARIO.username)[0]

    assert refused == "registration.user_exists"
    assert account.state is AccountState.AWAITING_LINK
    assert user_of(account.id) is None


def by_address(account):
    """Return the user whom the project has known for long."""
    return User.objects.filter(email=account.email).first()


def test_a_project_may_adopt_its_own_users(default) -> None:
    """A project with users of its own says which of them an account belongs to."""
    known = User.objects.create(username="vecchio", email=MARIO.email())
    with Portal(adopt_user=f"{__name__}.by_address") as portal:
        account, other = portal.active(), portal.active(ANNA)

    assert user_of(account.id) == known
    assert user_of(other.id) not in {known, None}


def test_a_user_is_adopted_once(default) -> None:
    """Two accounts are never one user."""
    known = User.objects.create(username="uno")
    with Portal(adopt_user=lambda _: known) as portal:
        portal.active()

        assert code_of(portal.active, ANNA) == "registration.user_exists"


def only_the_name(account):
    """Fill the fields that this project cares for."""
    return {"username": f"u-{account.username}"}


def test_a_project_says_how_a_user_is_filled(default) -> None:
    """Another mapping than the usual one, by its dotted path."""
    with Portal(user_fields=f"{__name__}.only_the_name") as portal:
        user = user_of(portal.active().id)

    assert (user.username, user.email) == (f"u-{MARIO.username}", "")


# -- a store elsewhere ---------------------------------------------------------------------------


@contextmanager
def failing(monkeypatch, times):
    """Let the table of links fail that often."""
    left = [IntegrityError("segreto")] * times
    create = orm.links.using("default").create.__func__

    def fail(self, **fields):
        if left:
            raise left.pop()
        return create(self, **fields)

    with monkeypatch.context() as patch:
        patch.setattr("django.db.models.query.QuerySet.create", fail)
        yield


def test_a_user_who_could_not_be_made_is_made_later(default, monkeypatch, caplog) -> None:
    """After a commit elsewhere nobody can veto: what failed is logged, and tried again."""
    with Portal(storage=MemoryStore()) as portal:
        with failing(monkeypatch, 1):
            account = portal.active()
        missing = user_of(account.id)
        other = portal.active(ANNA)

    assert missing is None
    assert user_of(account.id) is not None
    assert user_of(other.id) is not None
    assert "Refusal" in caplog.text
    assert "segreto" not in caplog.text


def test_a_user_who_cannot_be_made_is_given_up(default, monkeypatch, caplog) -> None:
    """Three times, and no more."""
    User.objects.create(username=MARIO.username)
    with Portal(storage=MemoryStore()) as portal:
        account = portal.active()
        for reason in ("uno", "due", "tre"):
            portal.registrar.correct_data(HELP_DESK, account.id, {"surname": reason}, reason)
        waiting = portal.store._follower._waiting

    assert len(waiting) == 2
    assert caplog.text.count("no user could follow") == 9


# -- signals -------------------------------------------------------------------------------------


def test_every_event_is_told_once_and_in_order(portal) -> None:
    """The signals are the trail's events, one for one."""
    with events_told() as told:
        account = portal.active()
        portal.registrar.suspend(SECRETARIAT, account.id, "perché sì")
    happening = [one.event for one in portal.store.history(account.id) if one.event in EVENTS]

    assert [one["record"].event for one in told] == happening
    assert {"activated", "suspended"} <= set(happening)
    assert {(one["account_id"], one["procedure"]) for one in told} == {(account.id, "")}
    assert all(one["sender"] is EVENTS[one["record"].event] for one in told)


def test_signals_are_sent_when_the_project_commits(default) -> None:
    """What is undone was never told."""
    with Portal() as portal, events_told() as told:
        with transaction.atomic():
            portal.confirmed()
            before = len(told)
            transaction.set_rollback(True)
        undone = len(told)
        with transaction.atomic():
            portal.confirmed(ANNA)

    assert (before, undone) == (0, 0)
    assert told


def test_a_receiver_cannot_veto(portal, caplog) -> None:
    """What a receiver raises is logged, and the others are told."""

    def fail(**_):
        raise RuntimeError("non oggi")

    happened.connect(fail, sender=events.Activated)
    with events_told() as told:
        account = portal.active()
    happened.disconnect(fail, sender=events.Activated)

    assert portal.reload(account).state is AccountState.ACTIVE
    assert "activated" in [one["record"].event for one in told]
    assert "non oggi" in caplog.text


def test_signals_name_no_secret_and_nobody(portal) -> None:
    """Nothing that the person typed is in what a receiver is given."""
    with events_told() as told:
        portal.signed_in()
    shown = repr(told)

    assert told
    for typed in (MARIO.cf, MARIO.password, MARIO.email(), "Rossi"):
        assert typed not in shown


def test_nobody_and_somebody_new_have_no_account(default) -> None:
    """Neither an id that there is not, nor a user who is not written down yet."""
    known = User.objects.create(username="anna")

    assert user_of("nobody") is None
    assert account_id_of(known) is None
    assert account_id_of(User(username="nuovo", pk=None)) is None


def test_links_say_whose_they_are_by_a_number(default) -> None:
    """In an admin or a log a link is known by the account's id."""
    assert str(orm.UserLink(account_id="account-1")) == "account-1"


def test_users_follow_events_that_there_are() -> None:
    """The names of the table are names of events."""
    assert set(EVENTS) >= _CONCERNING | _ENDING
    assert len(EVENTS) == len(events.__all__) - 1


# -- asynchronous --------------------------------------------------------------------------------


class Awaited:
    """A store with awaitable methods."""

    volatile = True

    def __init__(self, inner):
        """Stand before a store with blocking ones."""
        self.inner = inner

    async def load(self, account_id):
        """Return the account."""
        return self.inner.load(account_id)

    async def search(self, criteria, cursor, limit):
        """Return a part of them."""
        return self.inner.search(criteria, cursor, limit)

    async def commit(self, change):
        """Carry it out."""
        self.inner.commit(change)


@pytest.mark.parametrize("kind", ["django://", "blocking", "awaitable"])
def test_users_follow_asynchronous_calls(default, kind) -> None:
    """Whichever the store is, the user is there after the last awaited call."""
    storage = kind if "://" in kind else MemoryStore()
    chosen = Awaited(storage) if kind == "awaitable" else storage
    with Portal(storage=storage, users=False) as portal:
        account = portal.active()

    async def suspended_and_reinstated():
        registrar = get_async_registrar()
        await registrar.suspend(SECRETARIAT, account.id, "perché sì")
        await registrar.reinstate(SECRETARIAT, account.id, "ora no")

    settings = {**portal.settings, "storage": chosen, "users": True}
    with override_settings(REGISTRAZIONE=settings):
        asyncio.run(suspended_and_reinstated())

    assert user_of(account.id).is_active


def test_there_is_one_registrar_for_each_kind(default) -> None:
    """The blocking and the awaitable one are kept apart, and each is opened once."""
    with Portal():
        assert get_registrar() is get_registrar()
        assert get_async_registrar() is get_async_registrar()
        assert get_registrar() is not get_async_registrar()
