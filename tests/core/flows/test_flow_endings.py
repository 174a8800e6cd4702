"""Suspension, cancellation, erasure, and what a person may read of their own account."""

from __future__ import annotations

import json

import pytest
from tests.world import ANNA, HELP_DESK, MARIO, PROFILES, SECRETARIAT, World, code_of

from registrazione.core.states import AccountState, LinkState, PasswordState

PASSWORD = MARIO.password


# -- suspension -----------------------------------------------------------------------------


def test_a_suspended_account_is_closed_until_it_is_reinstated():
    """Everybody is out and links are void; the reason is in the letter; then all is as before."""
    world = World("unimi-external")
    answer = world.signed_in()
    account = answer.account
    world.registrar.request_password_reset(username="mario.rossi")
    link = world.link(account.email)
    suspended = world.registrar.suspend(HELP_DESK, account.id, "Accesso sospetto").account

    assert (suspended.state, suspended.sessions) == (AccountState.SUSPENDED, ())
    assert "Accesso sospetto" in world.letters(account.email)[-1]
    assert code_of(world.registrar.history, session=answer.session) == "session.ended"
    assert code_of(world.registrar.reset_password, link, "Password2", "Password2") == "token.used"
    assert code_of(world.registrar.suspend, HELP_DESK, account.id, "x") == "account.suspended"

    reinstated = world.registrar.reinstate(HELP_DESK, account.id, "chiarito").account
    assert reinstated.state is AccountState.ACTIVE
    assert world.outbox()[-1].kind == "reinstated"
    assert world.registrar.sign_in("mario.rossi", PASSWORD).session
    assert code_of(world.registrar.reinstate, HELP_DESK, account.id, "x") == (
        "account.already_active"
    )


def test_reasons_are_not_in_the_trail():
    """The trail says who and what; why is between the operator and the person."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.suspend(HELP_DESK, account.id, "segreto-uno")
    world.registrar.reinstate(HELP_DESK, account.id, "segreto-due")
    world.registrar.cancel(operator=HELP_DESK, account_id=account.id, reason="segreto-tre")
    trail = world.registrar.history(operator=HELP_DESK, account_id=account.id).history

    assert "segreto" not in repr(trail)
    assert {r.actor for r in trail[-6:]} == {"help_desk:op-3"}
    assert "segreto" not in repr(world.outbox())


# -- cancellation ---------------------------------------------------------------------------


@pytest.mark.requirement("UNI-20")
@pytest.mark.parametrize("by", ["person", "operator"])
def test_a_cancelled_account_frees_everything(by):
    """The same person registers again, with the same username and address."""
    world = World("unimi-external")
    answer = world.signed_in()
    account = answer.account
    if by == "person":
        cancelled = world.registrar.cancel(session=answer.session).account
    else:
        cancelled = world.registrar.cancel(operator=HELP_DESK, account_id=account.id).account

    assert (cancelled.state, cancelled.password) == (AccountState.CANCELLED, PasswordState.NONE)
    assert cancelled.ended_at == world.clock.now()
    assert world.outbox()[-1].kind == "cancelled"
    assert code_of(world.registrar.sign_in, "mario.rossi", PASSWORD) == "sign_in.failed"
    trail = world.registrar.history(operator=SECRETARIAT, account_id=account.id).history
    assert {"cause": by} in [dict(r.details) for r in trail]
    assert world.signed_in().account.id != account.id


@pytest.mark.parametrize("name", PROFILES)
def test_what_waits_can_be_cancelled_too(name):
    """A registration on its way is ended by the help desk."""
    world = World(name)
    account = world.confirmed().account

    assert world.registrar.cancel(operator=HELP_DESK, account_id=account.id).account.state is (
        AccountState.CANCELLED
    )
    assert code_of(world.registrar.cancel, operator=HELP_DESK, account_id=account.id) == (
        "account.cancelled"
    )


# -- erasure --------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["person", "operator"])
def test_an_erased_account_is_gone(by):
    """No snapshot, no key; the trail stays and holds nothing of the person (GDPR art. 17)."""
    world = World("unimi-external")
    answer = world.signed_in()
    who = (
        {"session": answer.session}
        if by == "person"
        else {"operator": SECRETARIAT, "account_id": answer.account.id}
    )
    assert world.registrar.erase(**who).account is None

    assert world.reload(answer) is None
    assert world.found("username", "mario.rossi") == world.found("email", MARIO.email()) == ()
    trail = world.store.history(answer.account.id)
    assert trail[-1].event == "erase"
    assert not any(word in repr(trail).lower() for word in ("mario", "rossi", MARIO.cf.lower()))


def test_neither_session_nor_operator_is_nobody():
    """Without either, nobody asks."""
    registrar = World().registrar
    for call in (registrar.erase, registrar.cancel, registrar.export_account, registrar.history):
        assert code_of(call) == "session.ended"


# -- reading --------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-38")
def test_the_history_tells_what_happened():
    """From the confirmation on, in order, with outcomes; refusals are lines as well."""
    world = World("unimi-external")
    session = world.signed_in().session
    code_of(world.registrar.change_password, session, "wrong", "Password2", "Password2")
    answer = world.registrar.history(session=session)

    assert [(r.event, r.outcome) for r in answer.history] == [
        ("confirm", "accepted"),
        ("password_chosen", "accepted"),
        ("link_requested", "accepted"),
        ("activate", "accepted"),
        ("mailbox_proved", "accepted"),
        ("activated", "accepted"),
        ("attempt_counted", "accepted"),
        ("sign_in", "accepted"),
        ("signed_in", "accepted"),
        ("attempt_counted", "accepted"),
        ("change_password", "password.old_wrong"),
    ]
    assert answer.next.value == "use_services"


def test_an_operator_reads_of_the_ended_as_well():
    """What has ended leads nowhere, and can still be read."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.cancel(operator=HELP_DESK, account_id=account.id)
    answer = world.registrar.history(operator=HELP_DESK, account_id=account.id)

    assert answer.next.value == "nothing"
    assert answer.history[-1].event == "cancelled"


@pytest.mark.parametrize("name", PROFILES)
def test_everything_that_is_kept_is_handed_out(name):
    """As plain data, ready for JSON; without any secret (GDPR art. 15 and 20)."""
    world = World(name)
    answer = world.signed_in()
    export = world.registrar.export_account(session=answer.session).export
    account = world.reload(answer)

    assert json.loads(json.dumps(export)) == export
    assert export["values"] == dict(account.values)
    assert (export["email"], export["username"]) == (account.email, account.username)
    assert export["activated_at"] == account.activated_at.isoformat()
    assert export["last_used_at"] == account.last_used_at.isoformat()
    assert [c["name"] for c in export["consents"]] == [t.name for t in world.profile.consents]
    assert {line["event"] for line in export["history"]} >= {"confirm", "signed_in"}
    assert len(export["seen_in_person"]) == ("presence" in world.profile.gates)
    assert not {"credential", "history_salt", "sessions"} & export.keys()


def test_what_was_never_used_is_handed_out_as_such():
    """A registration on its way has neither activation nor use; an identity shows its issuer."""
    world = World("unimi-external")
    account = world.confirmed().account
    by_operator = {"operator": HELP_DESK, "account_id": account.id}
    export = world.registrar.export_account(**by_operator).export
    assert (export["activated_at"], export["last_used_at"]) == (None, None)

    linked = world.put(account, identities=(ANNA.vouched().identity,), link=LinkState.LINKED)
    export = world.registrar.export_account(operator=HELP_DESK, account_id=linked.id).export
    assert export["identities"] == ["spid: https://idp"]
