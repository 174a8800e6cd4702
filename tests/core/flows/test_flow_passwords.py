"""Choosing, changing and resetting a password, and what it costs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import MARIO, World, code_of, refused

from registrazione import Refusal, Secret
from registrazione.core.account import DerivedCredential, RememberedTag, SlowCredential
from registrazione.core.flows.common import Context
from registrazione.core.flows.passwords import accept_password
from registrazione.core.refusals import fault
from registrazione.core.states import AccountState, PasswordState
from registrazione.plugins import PASSWORD_RULE, Backend, hookimpl
from registrazione.service.driver import run
from registrazione.testing.builders import NOON, an_account

EMAIL = MARIO.email()
PASSWORD = MARIO.password
LONG = "correct horse battery staple"


def changed(world, session, old, new):
    """Change the password and return the answer."""
    return world.registrar.change_password(session, old, new, new)


def cost_of(world, call, *arguments, **more):
    """Return what a call costs in slow hashes, and what it answers."""
    before = world.hasher.calls.copy()
    answer = call(*arguments, **more)
    return dict(world.hasher.calls - before), answer


# -- judging --------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-30", "UNI-13")
def test_old_new_and_new_again():
    """All faults of the new password at once; the old one must be right, and another one."""
    world = World("mim-students")
    session = world.signed_in().session
    change = world.registrar.change_password

    assert set(refused(change, session, PASSWORD, "à?", "other").codes) == {
        "password.too_short",
        "password.accented",
        "password.special",
        "password.needs_upper",
        "password.needs_lower",
        "password.needs_digit",
        "password.mismatch",
    }
    assert code_of(change, session, "Password2", "Password3", "Password3") == "password.old_wrong"
    assert code_of(change, session, PASSWORD, PASSWORD, PASSWORD) == "password.unchanged"
    assert change(session, PASSWORD, "Password2!", "Password2!").next.value == "use_services"


@pytest.mark.requirement("IOL-09")
def test_the_changed_password_is_never_mailed():
    """The letter after a change tells that it happened, and not what it is."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    changed(world, session, PASSWORD, "Never-mailed1")

    assert world.outbox()[-1].kind == "password_changed"
    assert not any("Never-mailed1" in text for text in world.letters(EMAIL))


def test_todays_standard_asks_for_strength_and_breaches():
    """Long enough is not strong enough; a known one is refused; cheap rules come first."""
    world = World("standard")
    session = world.signed_in().session
    change = world.registrar.change_password

    assert code_of(change, session, LONG, "a" * 15, "a" * 15) == "password.weak"
    assert set(refused(change, session, LONG, "123456789012345", "123456789012345").codes) <= {
        "password.weak",
        "password.breached",
    }
    assert code_of(change, session, LONG, "short", "short") == "password.too_short"
    assert code_of(change, session, LONG, EMAIL, EMAIL) == "password.same_as_email"


class NoSummer:
    """A plugin whose rule refuses every password of the summer."""

    @hookimpl
    def registrazione_password_rules(self):
        """Return the rule."""

        def rule(password):
            found = "estate" in password.text().lower()
            return (fault("password.weak", "password"),) if found else ()

        return [Backend(PASSWORD_RULE, "no-summer", lambda *_, **__: rule)]


def test_the_host_s_own_rules_are_heard_in_the_end():
    """A rule of a plugin refuses what the policy lets through, and is not asked otherwise."""
    world = World("unimi-external", plugins=[NoSummer()])

    assert code_of(world.filled, password="Estate2026") == "password.weak"
    assert refused(world.filled, password="estate").codes == (
        "password.too_short",
        "password.needs_upper",
        "password.needs_digit",
    )
    assert world.filled(password="Inverno2026").draft


@pytest.mark.requirement("POL-07")
def test_a_password_is_not_the_personal_code():
    """Neither the chosen one nor a temporary one, whichever way it is set."""
    world = World("polis")
    session = world.signed_in().session
    world.registrar.change_personal_code(session, MARIO.code, "Codice2027", "Codice2027")
    change = world.registrar.change_password

    assert code_of(change, session, PASSWORD, "Codice2027", "Codice2027") == "password.same_as_code"
    world.registrar.request_password_reset(username="mario.rossi")
    reset = world.registrar.reset_password
    token = world.link(EMAIL)
    assert code_of(reset, token, "Codice2027", "Codice2027") == "password.same_as_code"
    world.registrar.recover_personal_code(session)
    code = world.code(EMAIL)
    assert code_of(change, session, PASSWORD, code, code) in {
        "password.same_as_code",
        "password.needs_upper",
    }


# -- the last five --------------------------------------------------------------------------


@pytest.mark.requirement("MIM-31")
def test_the_last_five_do_not_return_by_changing():
    """The present one and the four before it are refused, the sixth last is free again."""
    world = World("unimi-external")
    session = world.signed_in().session
    passwords = [PASSWORD, *(f"Password{n}" for n in range(2, 7))]
    for old, new in pairwise(passwords):
        changed(world, session, old, new)
    present = passwords[-1]

    for earlier in passwords[-5:-1]:
        refusal = refused(changed, world, session, present, earlier)
        assert [(f.code, dict(f.params)) for f in refusal.faults] == [
            ("password.reused", {"count": 5})
        ]
    assert code_of(changed, world, session, present, present) == "password.unchanged"
    assert len(world.found("username", "mario.rossi")[0].history) == 5
    assert changed(world, session, present, passwords[0])


@pytest.mark.requirement("MIM-31", "MIM-28")
def test_the_last_five_do_not_return_by_resetting():
    """The mailed link is no way around the history, for the present one neither."""
    world = World("unimi-external")
    session = world.signed_in().session
    changed(world, session, PASSWORD, "Password2")
    world.registrar.request_password_reset(email=EMAIL)
    token = world.link(EMAIL)

    for earlier in (PASSWORD, "Password2"):
        assert code_of(world.registrar.reset_password, token, earlier, earlier) == (
            "password.reused"
        )
    assert world.registrar.reset_password(token, "Password3", "Password3").next.value == "sign_in"


@pytest.mark.requirement("MIM-31", "MIM-27")
def test_a_used_temporary_password_is_one_of_the_five():
    """It counts when it is changed, and later on; also where another one took its place."""
    world = World("mim-students")
    account = world.active()
    first = world.secret(account.email)
    session = world.registrar.sign_in(account.username, first).session
    world.registrar.request_password_reset(email=account.email)
    second = world.secret(account.email)
    session = world.registrar.sign_in(account.username, second).session

    assert code_of(changed, world, session, second, second) == "password.unchanged"
    assert code_of(changed, world, session, second, first) == "password.reused"
    changed(world, session, second, PASSWORD)
    for temporary in (first, second):
        assert code_of(changed, world, session, PASSWORD, temporary) == "password.reused"
    for n in range(2, 6):
        last = PASSWORD if n == 2 else f"Password{n - 1}"
        changed(world, session, last, f"Password{n}")
    assert changed(world, session, "Password5", second)


def test_the_history_survives_another_salt_and_a_retired_key():
    """Tags under an older salt are compared under that salt; a secret of a lost key is nobody's."""
    world = World("unimi-external")
    account = world.signed_in().account
    gone = DerivedCredential(kind="password", generation=9, key_id="retired")
    old = world.hasher.tag(Secret("Password7"), b"older salt")
    session = account.sessions[0]
    world.put(account, history=(gone, RememberedTag(salt=b"older salt", tag=old), *account.history))
    token = world.vault.sign_token("session", account.id, 0, session.id, world.clock.now())

    assert code_of(changed, world, token, PASSWORD, "Password7") == "password.reused"
    assert changed(world, token, PASSWORD, "Password8")


@pytest.mark.requirement("IOL-08")
def test_where_there_is_no_history_any_password_may_return():
    """Parents may take an earlier one again; nothing is remembered."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    changed(world, session, PASSWORD, "Password2")
    account = changed(world, session, "Password2", PASSWORD).account

    assert (account.history, account.history_salt) == ((), b"")


@pytest.mark.requirement("MIM-31", "POL-15")
def test_a_portal_without_a_history_does_not_make_others_forget():
    """Changing the password where any may return does not free the earlier ones elsewhere."""
    polis = World("polis")
    polis.signed_in()
    parents = polis.sibling("iscrizioni-online")
    session = parents.registrar.sign_in("mario.rossi", PASSWORD).session
    changed(parents, session, PASSWORD, "Password2")
    session = polis.registrar.sign_in("mario.rossi", "Password2").session

    assert code_of(changed, polis, session, "Password2", PASSWORD) == "password.reused"


@given(st.lists(st.integers(0, 6), max_size=8))
def test_the_history_is_that_of_a_list(picks):
    """However passwords are changed: refused are exactly the last five accepted ones."""
    world = World("unimi-external")
    session = world.signed_in().session
    accepted = [PASSWORD]
    for pick in picks:
        new = PASSWORD[:-1] + str(pick)
        try:
            changed(world, session, accepted[-1], new)
        except Refusal:
            assert new in accepted[-5:]
        else:
            assert new not in accepted[-5:]
            accepted.append(new)


# -- what it costs --------------------------------------------------------------------------


def test_a_change_costs_three_slow_hashes_however_long_the_history():
    """The old one is verified, the new one tagged and hashed: always once each."""
    world = World("unimi-external")
    session = world.signed_in().session
    for n in range(2, 9):
        cost, _ = cost_of(world, changed, world, session, f"Password{n - 1}", f"Password{n}")
        assert cost == {"verify": 1, "tag": 1, "hash": 1}


def test_a_reset_costs_two_slow_hashes():
    """There is no old one to be verified."""
    world = World("unimi-external")
    world.signed_in()
    world.registrar.request_password_reset(email=EMAIL)
    token = world.link(EMAIL)
    cost, _ = cost_of(world, world.registrar.reset_password, token, "Password2", "Password2")

    assert cost == {"tag": 1, "hash": 1}


@pytest.mark.parametrize("name", ["mim-students", "iscrizioni-online"])
def test_generated_credentials_cost_no_slow_hash(name):
    """Neither signing up nor the first access computes one; a wrong guess costs what any does."""
    world = World(name)
    cost, account = cost_of(world, world.active)
    secret = world.secret(account.email)
    first, _ = cost_of(world, world.registrar.sign_in, account.username, secret)
    wrong, _ = cost_of(world, code_of, world.registrar.sign_in, account.username, "wrong")

    assert (cost, first, wrong) == ({}, {}, {"verify": 1})


def test_a_chosen_password_is_hashed_once_and_remembered_once():
    """Signing up with a password of one's own costs two, changing a temporary one as well."""
    world = World("unimi-external")
    cost, _ = cost_of(world, world.confirmed)
    assert cost == {"tag": 1, "hash": 1}

    world = World("mim-students")
    account = world.active()
    secret = world.secret(account.email)
    session = world.registrar.sign_in(account.username, secret).session
    cost, _ = cost_of(world, changed, world, session, secret, PASSWORD)
    assert cost == {"tag": 1, "hash": 1}


# -- counting -------------------------------------------------------------------------------


def test_the_right_old_password_is_never_counted():
    """However often the new one is not good enough, nobody is locked out of their account."""
    world = World("unimi-external")
    session = world.signed_in().session
    for _ in range(11):
        assert code_of(changed, world, session, PASSWORD, "short") == "password.too_short"

    assert world.found("username", "mario.rossi")[0].failures == 0
    assert changed(world, session, PASSWORD, "Password2")


def test_guessing_the_old_password_locks():
    """Whoever found an open browser may not try passwords in it; a reset opens the lock."""
    world = World("unimi-external")
    session = world.signed_in().session
    for _ in range(10):
        assert code_of(changed, world, session, "wrong", "Password2") == "password.old_wrong"
    assert code_of(changed, world, session, PASSWORD, "Password2") == "sign_in.locked"
    locked = world.found("username", "mario.rossi")[0]
    assert (locked.failures, locked.lockouts) == (10, 1)

    world.registrar.request_password_reset(email=EMAIL)
    world.registrar.reset_password(world.link(EMAIL), "Password2", "Password2")
    opened = world.found("username", "mario.rossi")[0]
    assert (opened.failures, opened.lockouts, opened.locked_until) == (0, 0, None)
    assert world.registrar.sign_in("mario.rossi", "Password2").session


def test_the_last_attempt_may_be_the_right_one():
    """The tenth in a row is still judged; if it is right, nothing is locked."""
    world = World("unimi-external")
    session = world.signed_in().session
    for _ in range(9):
        assert code_of(changed, world, session, "wrong", "Password2") == "password.old_wrong"
    account = changed(world, session, PASSWORD, "Password2").account

    assert (account.failures, account.lockouts, account.locked_until) == (0, 0, None)


def test_only_the_present_session_outlives_a_change():
    """Whoever was signed in elsewhere is out; a foreign session cannot change anything."""
    world = World("unimi-external")
    world.active()
    here, there = (world.registrar.sign_in("mario.rossi", PASSWORD).session for _ in range(2))
    answer = changed(world, here, PASSWORD, "Password2")

    assert answer.session == here
    assert world.registrar.history(session=here).history
    assert code_of(world.registrar.history, session=there) == "session.ended"


# -- what is kept --------------------------------------------------------------------------


def test_an_account_without_a_password_matches_none():
    """Whoever has none does not come in by any, and the work is the same."""
    world = World("standard")
    account = an_account(state=AccountState.ACTIVE, email=EMAIL, realm="standard")
    world.put(account, password=PasswordState.SET)
    cost, code = cost_of(world, code_of, world.registrar.sign_in, EMAIL, LONG)

    assert (code, cost) == ("sign_in.failed", {"verify": 1})


def test_what_is_kept_of_a_password_does_not_show_it():
    """Neither the hash nor the history is printed."""
    world = World("unimi-external")
    flow = accept_password(
        Context(world.profile, NOON), an_account(), Secret("Password9"), Secret("Password9")
    )
    kept = run(flow, world.registrar.parts)

    assert isinstance(kept.credential, SlowCredential)
    assert kept.credential.encoded not in repr(kept)
    assert repr(kept.history[0].tag) not in repr(kept)
