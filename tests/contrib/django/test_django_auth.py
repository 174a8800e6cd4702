"""Signing in through Django's own functions, blocking and awaited."""

from __future__ import annotations

import asyncio

import pytest
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.test import Client, RequestFactory
from tests.contrib.django.portal import Portal
from tests.world import ANNA, MARIO, SECRETARIAT

from registrazione.contrib.django.auth import RegistrazioneBackend, SignInOutcome
from registrazione.contrib.django.users import user_of
from registrazione.core.answer import Next

User = get_user_model()
WRONG = "Sbagliata99"


async def _awaited(request, credentials):
    return await aauthenticate(request, **credentials)


def blocking(request, **credentials):
    """Sign in from blocking code."""
    return authenticate(request, **credentials)


def awaited(request, **credentials):
    """Sign in from asynchronous code."""
    return asyncio.run(_awaited(request, credentials))


ways = pytest.mark.parametrize("sign_in", [blocking, awaited])


@pytest.fixture
def portal(default):
    """Return a portal with somebody who is active."""
    with Portal() as portal:
        portal.account = portal.active()
        yield portal


@pytest.fixture
def request_of_somebody():
    """Return a request."""
    return RequestFactory().get("/")


@ways
def test_the_right_password_is_the_user(portal, request_of_somebody, sign_in) -> None:
    """The user comes back, and the answer with its session is at the request."""
    user = sign_in(request_of_somebody, username=MARIO.username, password=MARIO.password)
    outcome = request_of_somebody.registrazione

    assert user == user_of(portal.account.id)
    assert (outcome.answer.next, outcome.refusal) == (Next.USE_SERVICES, None)
    assert outcome.answer.session


@ways
def test_a_wrong_password_is_nobody(portal, request_of_somebody, sign_in) -> None:
    """The refusal is at the request, the same for people who are not there."""
    refused = []
    for username in (MARIO.username, "nessuno"):
        user = sign_in(request_of_somebody, username=username, password=WRONG)
        refused.append((user, request_of_somebody.registrazione.refusal.code))

    assert refused == [(None, "sign_in.failed")] * 2


@ways
def test_nothing_typed_is_nothing_asked(portal, request_of_somebody, sign_in) -> None:
    """Credentials of other back-ends are left to them."""
    assert sign_in(request_of_somebody, username=MARIO.username) is None
    assert sign_in(request_of_somebody, token="x") is None
    assert not hasattr(request_of_somebody, "registrazione")


@ways
def test_without_a_request_one_signs_in_as_well(portal, sign_in) -> None:
    """A command or a test has none."""
    assert sign_in(None, username=MARIO.username, password=MARIO.password) is not None
    assert sign_in(None, username=MARIO.username, password=WRONG) is None


def test_a_refusal_shows_what_was_typed_nowhere(portal, request_of_somebody) -> None:
    """Neither the outcome nor its parts say the password."""
    blocking(request_of_somebody, username=MARIO.username, password=WRONG)

    assert WRONG not in repr(request_of_somebody.registrazione)
    assert MARIO.username not in repr(request_of_somebody.registrazione)


@ways
def test_who_must_change_the_password_is_not_let_in(default, request_of_somebody, sign_in) -> None:
    """The view reads at the request what comes next, with the session to do it."""
    with Portal("mim-students") as portal:
        account = portal.active()
        temporary = portal.first_password(account)
        user = sign_in(request_of_somebody, username=account.username, password=temporary)
    outcome = request_of_somebody.registrazione

    assert user is None
    assert outcome.answer.next is Next.CHANGE_PASSWORD
    assert outcome.answer.session


def test_an_account_without_a_user_gets_one(portal, request_of_somebody) -> None:
    """Accounts may be older than the project's use of them."""
    User.objects.all().delete()
    user = blocking(request_of_somebody, username=MARIO.username, password=MARIO.password)

    assert user == user_of(portal.account.id)


def test_a_name_taken_meanwhile_is_told(portal, request_of_somebody) -> None:
    """Nobody is signed in as somebody else's user."""
    User.objects.all().delete()
    User.objects.create(username=MARIO.username)
    user = blocking(request_of_somebody, username=MARIO.username, password=MARIO.password)

    assert user is None
    assert request_of_somebody.registrazione.refusal.code == "registration.user_exists"


def test_a_user_whom_the_project_switched_off_stays_out(portal, request_of_somebody) -> None:
    """The right password is not enough."""
    User.objects.update(is_active=False)

    assert blocking(request_of_somebody, username=MARIO.username, password=MARIO.password) is None


def test_without_users_nobody_is_let_in(default, request_of_somebody) -> None:
    """The back-end has nobody to return."""
    with Portal(users=False) as portal:
        portal.active()
        user = blocking(request_of_somebody, username=MARIO.username, password=MARIO.password)

    assert user is None
    assert request_of_somebody.registrazione.answer is not None


def test_a_session_ends_with_the_account(portal) -> None:
    """The next request of somebody who was suspended is nobody's, whatever the model has."""
    user, backend = user_of(portal.account.id), RegistrazioneBackend()
    before = backend.get_user(user.pk)
    portal.registrar.suspend(SECRETARIAT, portal.account.id, "perché sì")
    User.objects.update(is_active=True)

    assert before == user
    assert backend.get_user(user.pk) is None
    assert asyncio.run(backend.aget_user(user.pk)) is None


def test_a_session_ends_with_the_user(portal) -> None:
    """So is the one of somebody whom the project switched off."""
    user, backend = user_of(portal.account.id), RegistrazioneBackend()
    User.objects.update(is_active=False)

    assert backend.get_user(user.pk) is None
    assert backend.get_user(0) is None


def test_django_lets_in_through_its_own_session(portal) -> None:
    """``login`` and the middleware do the rest, and permissions are those of the project."""
    client = Client()
    client.force_login(
        user_of(portal.account.id), "registrazione.contrib.django.auth.RegistrazioneBackend"
    )
    backend = RegistrazioneBackend()
    user = user_of(portal.account.id)

    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_perm("registrazione.view_account")
    assert backend.get_all_permissions(user) == set()


def test_several_people_each_are_themselves(portal) -> None:
    """Nobody is let in as somebody else."""
    portal.active(ANNA)
    users = [
        blocking(None, username=person.username, password=person.password)
        for person in (MARIO, ANNA)
    ]

    assert [user.first_name for user in users] == ["Mario", "Anna"]


def test_an_outcome_begins_empty() -> None:
    """Whoever reads it finds either an answer or a refusal."""
    assert SignInOutcome() == SignInOutcome(answer=None, refusal=None)
