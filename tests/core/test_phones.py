"""Tests of the shape of a phone number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.phones import phone_shape

anything = st.one_of(
    st.none(),
    st.integers(),
    st.binary(),
    st.lists(st.text()),
    st.text(st.characters(exclude_categories=())),
    st.text("+0123456789 -./()", max_size=32),
    st.text("+01٣３²tel,;x \t\n\x00", max_size=20),
)


@given(value=anything)
def test_digits_or_a_fault(value):
    """Whatever comes in, digits come out or one fault that repeats nothing of it."""
    result = phone_shape(value, "x")

    if isinstance(result, str):
        assert phone_shape(result) == result
        assert set(result.removeprefix("+")) <= set("0123456789")
        assert 6 <= len(result.removeprefix("+")) <= 15
    else:
        assert (result.field, result.is_error) == ("x", True)
        assert set(result.params) <= {"max", "kind"}


@pytest.mark.requirement("UNI-05", "IOL-21")
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+39 (02) 503-111/22.", "+390250311122"),
        ("333.123.4567", "3331234567"),
        ("0039 02 503111", "003902503111"),
        ("06\u00a0123456", "06123456"),
        ("1" * 15, "1" * 15),
    ],
)
def test_separators_are_left_out(typed, number):
    """Digits and a leading plus are what counts."""
    assert phone_shape(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12345", "phone.malformed"),
        ("1" * 16, "phone.malformed"),
        ("tel 3331234567", "phone.malformed"),
        ("++39123456", "phone.malformed"),
        ("333123+4567", "phone.malformed"),
        ("800 PIZZA 1", "phone.malformed"),
        ("3331234567,123", "phone.malformed"),
        ("٣٣٣١٢٣٤٥٦", "phone.malformed"),
        ("²²²²²²²", "phone.malformed"),
        ("3331234567\n", "input.character"),
        ("1" * 31, "input.too_long"),
        (" ", "input.missing"),
        (3331234567, "input.type"),
    ],
)
def test_what_has_no_shape_of_a_number(typed, code):
    """Words, extensions, other scripts' digits and other lengths."""
    assert phone_shape(typed).code == code
