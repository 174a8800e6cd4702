"""What can be read off an account: keys, claims, deadlines."""

from __future__ import annotations

import datetime as dt
from functools import reduce

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import MARIO

from registrazione.core.account import Identity, UsedAnswer
from registrazione.core.events import Reinstated, Suspended
from registrazione.core.evolve import (
    after,
    claims_of,
    due_at,
    email_key,
    evolve,
    identity_value,
    is_unused,
    keys_of,
)
from registrazione.core.form_codes import form_code
from registrazione.core.records import Key
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.profiles import load
from registrazione.testing.builders import NOON, an_account

DAY = dt.timedelta(days=1)
POLIS, UNIMI = load("polis"), load("unimi-external")
LIVING = tuple(AccountState)[:-2]
ENDED = tuple(AccountState)[-2:]
HOLDING = (AccountState.ACTIVE, AccountState.SUSPENDED)


def full(**fields):
    """Return an account that can be found by everything."""
    usual = {
        "realm": "r",
        "state": AccountState.ACTIVE,
        "codice_fiscale": MARIO.cf,
        "username": "Mario.Rossi",
        "email": "Mario@istruzione.it",
        "personal_email": "mario@example.it",
        "submission_key": "draft",
        "identities": (Identity(provider="spid", issuer="idp", subject="m"),),
    }
    return an_account(**{**usual, **fields})


def kinds(keys):
    """Return kind and value of keys."""
    return {(key.kind, key.value) for key in keys}


# -- events ---------------------------------------------------------------------------------


def test_events_happen_one_after_the_other():
    """Many events are as much as each of them in turn; none changes nothing."""
    account = full()
    events = (Suspended(), Reinstated(), Suspended())

    assert after(account, events) == reduce(evolve, events, account)
    assert after(account, ()) is account


# -- keys and claims ------------------------------------------------------------------------


@pytest.mark.parametrize("state", LIVING)
def test_a_living_account_is_found_by_everything_it_has(state):
    """Codice fiscale, username in lower case, both addresses, identities, submission.

    What its printed form says leads to it as long as it waits for the person to come.
    """
    account = full(state=state)
    waits = state is AccountState.AWAITING_PRESENCE

    assert kinds(keys_of(account)) == {
        *([("form", form_code(account))] if waits else []),
        ("codice_fiscale", MARIO.cf),
        ("username", "mario.rossi"),
        ("email", "mario@istruzione.it"),
        ("email", "mario@example.it"),
        ("submission", "draft"),
        ("identity", "3:idp:m"),
    }


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_account_is_found_by_nothing(state):
    """Whoever registers again meets no ghost (UNI-20)."""
    assert keys_of(full(state=state)) == claims_of(full(state=state), UNIMI) == frozenset()


def test_an_account_without_anything_has_no_keys():
    """What is not there is no key."""
    assert keys_of(an_account()) == frozenset()


@pytest.mark.parametrize("state", AccountState)
def test_an_answer_is_held_in_every_state(state):
    """What a provider answered leads nowhere else, neither while the account waits nor later."""
    used = UsedAnswer(digest="0" * 64, until=NOON)
    answer = Key("standard", "answer", used.digest)
    account = an_account(state=state, answers=(used,))

    assert answer in keys_of(account)
    assert answer in claims_of(account, POLIS)
    assert answer not in keys_of(attrs.evolve(account, answers=()))


@pytest.mark.requirement("IOL-15", "POL-15")
@pytest.mark.parametrize("state", LIVING)
def test_person_and_address_are_held_by_the_proved_only(state):
    """A claim holds its username and submission; the rest is held once everything is proved."""
    polis, unimi = (claims_of(full(state=state), profile) for profile in (POLIS, UNIMI))
    early = {"username", "submission"}

    if state in HOLDING:
        assert {key.kind for key in polis} == early | {"identity", "codice_fiscale"}
        assert {key.kind for key in unimi} == early | {"identity", "email"}
    else:
        assert {key.kind for key in polis} == {key.kind for key in unimi} == early
    assert polis <= keys_of(full(state=state))


@pytest.mark.requirement("POL-14")
def test_a_second_address_is_found_by_and_not_held():
    """Only the reference address is an account's own; the same in other letters is one address."""
    held = {key.value for key in claims_of(full(), UNIMI) if key.kind == "email"}
    alone = full(email="Mario@example.it", personal_email="mario@example.it")

    assert held == {"mario@istruzione.it"}
    assert {k.value for k in claims_of(alone, UNIMI) if k.kind == "email"} == {"mario@example.it"}
    assert kinds(claims_of(full(personal_email=None), UNIMI)) >= {("email", "mario@istruzione.it")}
    assert not {k for k in claims_of(full(email=None), POLIS) if k.kind == "email"}


@given(st.text(), st.text(), st.text(), st.text())
def test_no_issuer_speaks_for_another(issuer, subject, other_issuer, other_subject):
    """Two identities have one value only if issuer and subject are the same."""
    same = (issuer, subject) == (other_issuer, other_subject)

    assert (identity_value(issuer, subject) == identity_value(other_issuer, other_subject)) is same


def test_an_address_is_one_without_regard_to_ascii_case():
    """The key of an address does not care how it was typed."""
    assert email_key("Mario@Example.it") == email_key("mario@example.it") == "mario@example.it"


# -- deadlines ------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-06", "IST-05")
@pytest.mark.parametrize(
    ("profile", "state", "life"),
    [
        (UNIMI, AccountState.CLAIM, DAY),
        (UNIMI, AccountState.AWAITING_LINK, DAY),
        (POLIS, AccountState.AWAITING_LINK, 30 * DAY),
        (load("mim-students"), AccountState.AWAITING_SECRETARIAT, 90 * DAY),
        (POLIS, AccountState.AWAITING_PRESENCE, 180 * DAY),
    ],
)
def test_what_waits_is_due_when_its_time_is_over(profile, state, life):
    """Each gate has its own time, from when the waiting began."""
    waiting = full(state=state, created_at=NOON - DAY, waiting_since=NOON)

    assert due_at(waiting, profile) == NOON + life


@pytest.mark.parametrize("state", ENDED)
def test_what_has_ended_is_due_for_erasure(state):
    """Thirty days after the end the data go."""
    assert due_at(full(state=state, ended_at=NOON), UNIMI) == NOON + 30 * DAY


def test_temporary_credentials_are_due_when_they_expire():
    """Whatever else is said of the password: a temporary one has its own end."""
    account = full(
        password=PasswordState.TEMPORARY, temporary_until=NOON + DAY, password_set_at=NOON
    )

    assert due_at(account, POLIS) == NOON + DAY


@pytest.mark.requirement("POL-17")
def test_a_password_is_due_for_its_warning_and_then_for_its_end():
    """First 15 days before the end; once warned, at the end; never where it does not expire."""
    account = full(password=PasswordState.SET, password_set_at=NOON)
    mute = attrs.evolve(POLIS, password=attrs.evolve(POLIS.password, warn_before=None))

    assert due_at(account, POLIS) == NOON + 165 * DAY
    assert due_at(attrs.evolve(account, warned_at=NOON), POLIS) == NOON + 180 * DAY
    assert due_at(account, mute) == NOON + 180 * DAY
    assert due_at(account, UNIMI) is None
    assert due_at(attrs.evolve(account, password_set_at=None), POLIS) is None


def test_a_suspended_account_waits_for_nobody():
    """While it is suspended, no timer has anything to do with it."""
    account = full(
        state=AccountState.SUSPENDED, password=PasswordState.TEMPORARY, temporary_until=NOON
    )

    assert due_at(account, POLIS) is None


# -- unused ---------------------------------------------------------------------------------


@pytest.mark.requirement("IOL-19")
@pytest.mark.parametrize(
    ("fields", "unused"),
    [
        ({}, True),
        ({"password": PasswordState.EXPIRED}, True),
        ({"password": PasswordState.SET}, False),
        ({"last_used_at": NOON}, False),
        ({"link": LinkState.LINKED}, False),
        ({"state": AccountState.SUSPENDED}, False),
    ],
    ids=["out", "expired", "chosen", "used", "linked", "suspended"],
)
def test_unused_is_what_nobody_ever_opened(fields, unused):
    """Temporary credentials are out, and nobody has come in by them or any other way."""
    account = full(**{"password": PasswordState.TEMPORARY, **fields})

    assert is_unused(account) is unused


def test_a_key_does_not_show_its_value():
    """Keys are printed without what they are made of."""
    assert MARIO.cf not in repr(Key("r", "codice_fiscale", MARIO.cf))
