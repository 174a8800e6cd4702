"""Which operator a user of the project is."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import RequestFactory
from tests.contrib.django.portal import Portal
from tests.world import SECRETARIAT

from registrazione.contrib.django.operators import operator_of, usual_operator
from registrazione.contrib.django.users import user_of
from registrazione.core.commands import Operator
from registrazione.core.profile import Role

User = get_user_model()


@pytest.fixture
def portal(default):
    """Return a portal."""
    with Portal("mim-students") as portal:
        yield portal


def somebody(*groups, name, **fields):
    """Make a user in groups."""
    user = User.objects.create(username=name, **fields)
    for group in groups:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def asked_by(user):
    """Return a request of a user."""
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_the_role_is_a_group_and_the_id_a_key(portal) -> None:
    """Of several groups the first role counts; nobody is an operator by being staff."""
    both = somebody("help_desk", "secretariat", "others", name="both")
    root = somebody(name="root", is_superuser=True)
    nobody = somebody("others", name="nobody")
    gone = somebody("secretariat", name="gone", is_active=False)

    assert usual_operator(asked_by(both)) == Operator(id=str(both.pk), role=Role.SECRETARIAT)
    assert usual_operator(asked_by(root)).role is Role.SECRETARIAT
    assert usual_operator(asked_by(nobody)) is None
    assert usual_operator(asked_by(gone)) is None


def test_nobody_is_their_own_operator(portal) -> None:
    """The operator's own account is known, so that the library refuses it."""
    account = portal.active()
    user = user_of(account.id)
    user.groups.add(Group.objects.get_or_create(name="secretariat")[0])

    assert usual_operator(asked_by(user)).account_id == account.id


def always_the_same(request):
    """Return an operator, as some project may."""
    return SECRETARIAT


def test_a_project_says_who_is_an_operator(default) -> None:
    """By a dotted path to a function of its own."""
    with Portal("mim-students", operator=f"{__name__}.always_the_same"):
        assert operator_of(asked_by(None)) == SECRETARIAT
