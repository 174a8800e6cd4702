"""Tests of the numbers of health cards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import with_luhn_digit

from registrazione.core.health_cards import check_health_card, read_health_card
from registrazione.core.refusals import Fault, Severity

PUBLISHED = "80380000900090510553"
"""The example of a Tuscan card in HL7 Europe's guide to the European card."""

any_value = st.one_of(
    st.text(),
    st.from_regex(r"80380[0-9 ]*"),
    st.none(),
    st.integers(),
    st.binary(),
    st.builds(object),
)


def card(number: int) -> str:
    """Return a card's number with its last digit, by the other helper's literal reading."""
    # That one doubles from the second digit on, this one from the first: a nought in front.
    return with_luhn_digit(f"080380{number:014}")[1:]


numbers = st.integers(min_value=0, max_value=10**14 - 1).map(card)


@pytest.mark.requirement("POL-06")
@given(number=numbers)
def test_a_sound_number_is_accepted(number) -> None:
    """Twenty digits with the right last one have no fault."""
    assert read_health_card(number) == number
    assert check_health_card(number) == ()


def test_the_published_example_is_sound() -> None:
    """The formula is the one that a published number follows."""
    assert check_health_card(PUBLISHED) == ()


@given(number=numbers, position=st.integers(5, 19), other=st.integers(1, 9))
def test_one_wrong_digit_is_doubted(number, position, other) -> None:
    """Any digit mistyped behind the prefix is told, but only as a warning."""
    wrong = (int(number[position]) + other) % 10
    mistyped = f"{number[:position]}{wrong}{number[position + 1 :]}"

    assert check_health_card(mistyped, "ts") == (
        Fault("health_card.check", "ts", Severity.WARNING),
    )
    assert read_health_card(mistyped) == mistyped


@pytest.mark.parametrize(
    "typed",
    ["8038 0000 9000 9051 0553", " 8038000090 0090510553\n", "80380 00090 0090510553"],
)
def test_groups_of_digits_are_read(typed) -> None:
    """Spaces that help to read a long number are no part of it."""
    assert read_health_card(typed) == PUBLISHED
    assert check_health_card(typed) == ()


@pytest.mark.parametrize(
    "typed",
    [
        PUBLISHED[:-1],
        PUBLISHED + "0",
        "80756" + PUBLISHED[5:],
        "90380" + PUBLISHED[5:],
        PUBLISHED[:-1] + "X",
        "8038-0000-9000-9051-0553",
        "RSSMRA76S09H501Y",
    ],
)
def test_another_shape_is_refused(typed) -> None:
    """Cards of other countries, other lengths and other signs are no Italian card's number."""
    assert read_health_card(typed, "ts") == Fault("health_card.shape", "ts")
    assert check_health_card(typed) == (Fault("health_card.shape", "health_card"),)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "input.missing"),
        ("", "input.missing"),
        (80380000900090510553, "input.type"),
        ("8038000090009051055\u0663", "input.character"),
        ("8" * 65, "input.too_long"),
    ],
)
def test_what_is_no_code_has_the_boundarys_faults(typed, code) -> None:
    """Other types, other digits and endless input are refused before the shape is looked at."""
    assert read_health_card(typed, "ts").code == code
    assert [each.code for each in check_health_card(typed)] == [code]


@given(value=any_value)
def test_anything_can_be_read(value) -> None:
    """The answer is a canonical number, which is its own reading, or a fault."""
    outcome = read_health_card(value)

    assert isinstance(outcome, Fault) or read_health_card(outcome) == outcome
    assert (outcome,) == check_health_card(value) or isinstance(outcome, str)
