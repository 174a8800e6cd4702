"""The code on a printed form: short, unmistakable, and of one account only."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.form_codes import (
    ALPHABET,
    LENGTH,
    form_code,
    grouped,
    read_form_code,
    waits_for_presence,
)
from registrazione.core.states import AccountState
from registrazione.testing.builders import an_account

CODE = form_code(an_account())
codes = st.text().map(lambda account_id: form_code(attrs.evolve(an_account(), id=account_id)))


@given(codes)
def test_a_code_is_read_as_it_is_printed(code):
    """In groups or not, in small letters, with spaces around."""
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert read_form_code(code) == read_form_code(f" {grouped(code).lower()} ") == code


def test_no_character_is_taken_for_another():
    """Neither 0 nor O, neither 1 nor I; thirty-two are left, five bits each."""
    assert not set("01OI") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 32


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code, place, wrong):
    """Whichever it is, and wherever it stands."""
    changed = code[:place] + wrong + code[place + 1 :]

    assert read_form_code(changed) == (code if changed == code else None)


def test_nearly_every_change_of_neighbours_is_noticed():
    """Luhn's check misses only the first and the last character of the alphabet side by side."""
    missed = 0
    for serial in range(300):
        code = form_code(attrs.evolve(an_account(), id=str(serial)))
        for place in range(LENGTH - 1):
            first, second = code[place], code[place + 1]
            changed = code[:place] + second + first + code[place + 2 :]
            missed += changed != code and read_form_code(changed) is not None
    assert missed < 300 * (LENGTH - 1) / 100


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.lists(st.text())))
def test_whatever_is_typed_is_a_code_or_none(typed):
    """Nothing raises, of whatever type it is."""
    read = read_form_code(typed)

    assert read is None or read == typed.replace("-", "").replace(" ", "").upper()


@pytest.mark.parametrize("typed", [CODE + CODE[0], CODE[:-1], "ı" * LENGTH, CODE + "\n", "9" * 999])
def test_what_is_longer_shorter_or_from_elsewhere_is_no_code(typed):
    """One spelling too many would be one form too many."""
    assert read_form_code(typed) is None


def test_each_account_of_each_realm_has_its_own():
    """The same account says the same in every state, so that a form stays good."""
    account = an_account()

    assert form_code(attrs.evolve(account, state=AccountState.ACTIVE, epoch=9)) == CODE
    assert form_code(attrs.evolve(account, id="other")) != CODE
    assert form_code(attrs.evolve(account, realm="other")) != CODE


@pytest.mark.parametrize("state", AccountState)
def test_only_one_state_waits_for_somebody_to_come(state):
    """Which one is what a printed form is good for."""
    waits = waits_for_presence(attrs.evolve(an_account(), state=state))

    assert waits is (state is AccountState.AWAITING_PRESENCE)
