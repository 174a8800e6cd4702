"""Signing in and out, and going to a service."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.world import ANNA, MARIO, PROFILES, SECRETARIAT, World, code_of, refused

from registrazione.core.flows.common import MOST_SESSIONS
from registrazione.core.profile import Limits, Window
from registrazione.core.states import AccountState, PasswordState
from registrazione.profiles import load
from registrazione.testing.fakes import FastHasher

PASSWORD = MARIO.password


# -- coming in ------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-07", "MIM-39")
@pytest.mark.parametrize("name", PROFILES)
def test_the_right_password_opens_a_session(name):
    """Whatever the procedure, one comes in, is told what is next, and sees the services."""
    world = World(name)
    account = world.active()
    answer = world.registrar.sign_in(world.login(account), world.first_password(account))

    assert answer.next.value in {"change_password", "change_personal_code", "use_services"}
    assert [offer.name for offer in answer.services] == [s.name for s in world.profile.services]
    (ref,) = answer.account.sessions
    assert (ref.method, ref.started_at) == ("password", world.clock.now())
    assert ref.until == world.clock.now() + dt.timedelta(hours=12)
    assert answer.account.last_used_at == world.clock.now()
    assert world.registrar.history(session=answer.session).history


@pytest.mark.requirement("UNI-15")
@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("mario.rossi", "password1"),
        ("mario.rossi", "Password1 "),
        ("mario.rossi", ""),
        ("nobody", PASSWORD),
        ("mario.rossi\0", PASSWORD),
        ("\ud800", PASSWORD),
        (None, PASSWORD),
        (5, PASSWORD),
        (["mario.rossi"], PASSWORD),
        ("x" * 1000, PASSWORD),
    ],
    ids=repr,
)
def test_there_is_one_message_for_everything_wrong(username, password):
    """Wrong name, wrong password, wrong case of the password: the same words, no field."""
    world = World("unimi-external")
    world.active()
    refusal = refused(world.registrar.sign_in, username, password)

    assert [(f.code, f.field, dict(f.params)) for f in refusal.faults] == [
        ("sign_in.failed", None, {})
    ]
    assert refusal.ticket == ""


def test_the_username_s_case_does_not_matter():
    """Usernames are one without regard to case, passwords are not (UNI-15)."""
    world = World("unimi-external")
    world.active()

    assert world.registrar.sign_in("MARIO.rossi", PASSWORD).session


@pytest.mark.parametrize("username", ["nothing", None, 5, "nobody@example.it"])
def test_where_there_are_no_usernames_the_address_is_typed(username):
    """A known address comes in, whatever its case; anything else fails the same way."""
    world = World("standard")
    world.active()
    password = "correct horse battery staple"

    assert world.registrar.sign_in("MARIO.ROSSI@example.IT", password).session
    assert code_of(world.registrar.sign_in, username, password) == "sign_in.failed"


@pytest.mark.requirement("UNI-08", "UNI-14", "POL-10")
@pytest.mark.parametrize(
    ("name", "code"),
    [("unimi-external", "account.awaiting_link"), ("polis", "account.awaiting_link")],
)
def test_who_is_not_active_yet_is_told_so_after_the_password(name, code):
    """With the right password one learns what is missing, and may have the link sent again."""
    world = World(name)
    world.confirmed()
    refusal = refused(world.registrar.sign_in, "mario.rossi", PASSWORD)

    assert refusal.code == code
    assert world.registrar.resend_activation(ticket=refusal.ticket).next.value == "open_link"
    assert code_of(world.registrar.sign_in, "mario.rossi", "Password2") == "sign_in.failed"


def test_asking_how_things_stand_is_no_wrong_password():
    """Whoever waits for the visit may look every day; the right password is never counted."""
    world = World("polis")
    account = world.proved().account
    for _ in range(11):
        assert code_of(world.registrar.sign_in, "mario.rossi", PASSWORD) == (
            "account.awaiting_presence"
        )

    assert world.reload(account).failures == 0


def test_a_suspended_account_is_told_so_after_the_password():
    """There is no way on but the operator's."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.suspend(SECRETARIAT, account.id, "accertamenti")
    refusal = refused(world.registrar.sign_in, "mario.rossi", PASSWORD)

    assert (refusal.code, refusal.ticket) == ("account.suspended", "")


@pytest.mark.requirement("UNI-03", "UNI-10")
def test_who_comes_by_identity_only_is_told_so():
    """The password that was switched off tells the truth to whoever still knows it."""
    world = World("unimi-external")
    account = world.active()
    world.put(account, password=PasswordState.OFF)

    assert code_of(world.registrar.sign_in, "mario.rossi", PASSWORD) == "password.off"


def test_signing_in_has_its_limit_for_an_origin():
    """One place may not try too many passwords, whoever they are for."""
    world = World(attrs.evolve(load("unimi-external"), limits=Limits(origin=2)))
    for name in ("a.a", "b.b"):
        assert code_of(world.registrar.sign_in, name, "x", origin="10.0.0.1") == "sign_in.failed"

    assert code_of(world.registrar.sign_in, "c.c", "x", origin="10.0.0.1") == "limit.reached"


# -- temporary and old passwords ------------------------------------------------------------


@pytest.mark.requirement("MIM-27", "IOL-07")
@pytest.mark.parametrize("name", ["mim-students", "iscrizioni-online"])
def test_the_first_access_leads_to_the_change_and_nowhere_else(name):
    """With temporary credentials nothing works but changing them."""
    world = World(name)
    account = world.active()
    answer = world.registrar.sign_in(account.username, world.secret(account.email))

    assert answer.next.value == "change_password"
    for call, more in (
        (world.registrar.enter_service, (world.profile.services[0].name,)),
        (world.registrar.update_contacts, ({},)),
        (world.registrar.change_email, ("n@example.it",)),
    ):
        assert code_of(call, answer.session, *more) == "password.change_required"


def test_temporary_credentials_that_nobody_used_in_time():
    """They are good for thirty days to the second; after that, new ones are to be asked for."""
    world = World("iscrizioni-online")
    account = world.active()
    secret = world.secret(account.email)
    world.wait(days=30, seconds=-1)
    session = world.registrar.sign_in(account.username, secret).session
    world.registrar.sign_out(session)
    world.wait(seconds=1)

    assert code_of(world.registrar.sign_in, account.username, secret) == (
        "password.temporary_expired"
    )
    assert world.reload(account).password is PasswordState.EXPIRED
    assert code_of(world.registrar.sign_in, account.username, secret) == (
        "password.temporary_expired"
    )
    assert world.reload(account).failures == 0


@pytest.mark.requirement("POL-17")
def test_an_old_password_warns_and_then_has_to_be_changed():
    """A fortnight before its end there is a notice; after it, one comes in to change it only."""
    world = World("polis")
    session = world.signed_in().session
    world.wait(days=164)
    assert world.registrar.sign_in("mario.rossi", PASSWORD).notices == ()
    world.wait(days=1)
    (warning,) = world.registrar.sign_in("mario.rossi", PASSWORD).notices
    assert (warning.code, dict(warning.params), warning.is_error) == (
        "password.expiring",
        {"days": 15},
        False,
    )
    world.wait(days=15)
    answer = world.registrar.sign_in("mario.rossi", PASSWORD)

    assert (answer.next.value, answer.account.password) == (
        "change_password",
        PasswordState.EXPIRED,
    )
    assert code_of(world.registrar.enter_service, answer.session, "iscrizioni") == (
        "password.expired"
    )
    changed = world.registrar.change_password(answer.session, PASSWORD, "Password2", "Password2")
    assert changed.next.value == "use_services"
    assert code_of(world.registrar.history, session=session) == "session.ended"


def test_a_hash_of_older_parameters_is_made_anew():
    """The right password brings its hash up to date; the next time nothing is to be done."""
    world = World("unimi-external")
    account = world.active()
    newer = world.sibling(hasher=FastHasher(generation=2))
    old = world.reload(account).credential
    hasher = newer.registrar.parts.hasher

    assert code_of(newer.registrar.sign_in, "mario.rossi", "wrong") == "sign_in.failed"
    assert world.reload(account).credential == old
    newer.registrar.sign_in("mario.rossi", PASSWORD)
    assert world.reload(account).credential != old
    assert hasher.calls["hash"] == 1
    newer.registrar.sign_in("mario.rossi", PASSWORD)
    assert hasher.calls["hash"] == 1


# -- sessions -------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-42")
def test_logging_out_here_or_everywhere():
    """One session ends and the other stays; then all of them end."""
    world = World("unimi-external")
    world.active()
    one, two, three = (world.registrar.sign_in("mario.rossi", PASSWORD).session for _ in range(3))
    assert world.registrar.sign_out(one).next.value == "sign_in"
    assert code_of(world.registrar.history, session=one) == "session.ended"
    assert world.registrar.history(session=two).history
    world.registrar.sign_out(two, everywhere=True)

    assert code_of(world.registrar.history, session=three) == "session.ended"


def test_a_session_ends_by_itself():
    """Twelve hours, to the second; an ended one is forgotten with the next."""
    world = World("unimi-external")
    world.active()
    session = world.registrar.sign_in("mario.rossi", PASSWORD).session
    world.wait(hours=12, seconds=-1)
    assert world.registrar.history(session=session).history
    world.wait(seconds=1)

    assert code_of(world.registrar.history, session=session) == "session.ended"
    assert len(world.registrar.sign_in("mario.rossi", PASSWORD).account.sessions) == 1


def test_there_are_not_too_many_sessions():
    """The newest ten stay."""
    world = World("unimi-external")
    world.active()
    sessions = [world.registrar.sign_in("mario.rossi", PASSWORD).session for _ in range(11)]

    assert code_of(world.registrar.history, session=sessions[0]) == "session.ended"
    assert len(world.registrar.history(session=sessions[1]).account.sessions) == MOST_SESSIONS


@pytest.mark.parametrize("token", ["", "no.token", None, 5, "x" * 2000])
def test_what_is_no_session_has_ended(token):
    """Whatever is given instead of a session, it has ended."""
    assert code_of(World().registrar.enter_service, token, "pagamenti") == "session.ended"


def test_a_session_of_an_account_that_is_gone():
    """The token is genuine and opens nothing."""
    world = World("unimi-external")
    session = world.signed_in().session
    world.registrar.erase(session=session)

    assert code_of(world.registrar.history, session=session) == "session.ended"


# -- services -------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-09", "UNI-16")
def test_external_users_reach_some_services():
    """The digital library is not for them, and they are told before they go there."""
    world = World("unimi-external")
    world.active()
    answer = world.registrar.sign_in("mario.rossi", PASSWORD, service="biblioteca-digitale")

    assert [(n.code, n.is_error) for n in answer.notices] == [("service.not_for_external", False)]
    assert {o.name: o.why_not for o in answer.services if not o.open} == {
        "biblioteca-digitale": "service.not_for_external"
    }
    enter = world.registrar.enter_service
    assert code_of(enter, answer.session, "biblioteca-digitale") == "service.not_for_external"
    entered = enter(answer.session, "pagamenti")
    assert (entered.destination, entered.next.value) == ("pagamenti", "use_services")


@pytest.mark.requirement("POL-01", "POL-02", "POL-15", "POL-21", "POL-22", "MIM-04", "IST-13")
def test_services_have_their_people_their_time_and_their_code():
    """Five services: by category, by period, and with an enabled personal code."""
    profile = load("polis")
    now = World("polis").clock.now()
    timed = {
        "formazione": Window(opens=now + dt.timedelta(days=1)),
        "assistenti-lingua": Window(closes=now),
    }
    services = tuple(attrs.evolve(s, window=timed.get(s.name, s.window)) for s in profile.services)
    world = World(attrs.evolve(profile, services=services))
    session = world.signed_in(category="altro").session
    account = world.found("username", "mario.rossi")[0]
    enter = world.registrar.enter_service

    assert enter(session, "istanze").destination == "istanze"
    assert enter(session, "iscrizioni").destination == "iscrizioni"
    assert code_of(enter, session, "ricostruzione-carriera") == "service.not_for_category"
    assert code_of(enter, session, "formazione") == "service.early"
    assert code_of(enter, session, "assistenti-lingua") == "service.late"
    assert code_of(enter, session, "nothing") == "service.unknown"
    assert code_of(enter, session, "") == "input.missing"
    world.put(account, code="none")
    assert code_of(enter, session, "istanze") == "service.enabling_required"
    world.wait(days=1)
    session = world.registrar.sign_in("mario.rossi", PASSWORD).session
    assert enter(session, "formazione").services


@pytest.mark.requirement("MIM-29")
def test_the_page_first_asked_for_is_reached_after_the_change():
    """Wherever one wanted to go: after the first password it goes on there."""
    world = World("mim-students")
    account = world.active()
    secret = world.secret(account.email)
    answer = world.registrar.sign_in(account.username, secret, service="pcto")
    changed = world.registrar.change_password(answer.session, secret, "Password1", "Password1")

    assert (answer.destination, changed.destination) == ("pcto", "pcto")


def test_what_waits_is_found_by_its_own_name_only():
    """Another person's waiting registration does not change how one comes in."""
    world = World("unimi-external")
    world.active()
    world.confirmed(ANNA)

    assert world.registrar.sign_in("mario.rossi", PASSWORD).account.state is AccountState.ACTIVE
