"""What a provider's words have to look like, whichever protocol they came by."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters import identity_values as values

RULES = (
    values.line,
    values.day,
    values.sex,
    values.phone,
    values.email,
    values.place,
    values.province,
    values.postcode,
    values.document_type,
    values.document_number,
)


@pytest.mark.parametrize(
    ("rule", "told", "read"),
    [
        (values.line, " Anna  Maria ", "Anna Maria"),
        (values.line, "D\u2019Al\u00ec", "D\u2019Al\u00ec"),
        (values.line, "<b>", ""),
        (values.line, "x" * 200, "x" * 200),
        (values.line, "x" * 201, ""),
        (values.day, "2001-02-28", "2001-02-28"),
        (values.day, "20010228", ""),
        (values.sex, "F", "F"),
        (values.sex, "male", "M"),
        (values.sex, "other", ""),
        (values.phone, "+39 333.000-0001", "+393330000001"),
        (values.phone, "call me", ""),
        (values.email, "a.b+c@mail.example", "a.b+c@mail.example"),
        (values.email, "a@b@c", ""),
        (values.email, "a@b\u00a0c", ""),
        (values.email, "a@b\x00", ""),
        (values.place, "F205", "F205"),
        (values.place, "F20\u0665", ""),
        (values.province, "MI", "MI"),
        (values.province, "Milano", ""),
        (values.postcode, "20100", "20100"),
        (values.postcode, "2010", ""),
        (values.document_type, "passaporto", "passaporto"),
        (values.document_type, "biglietto", ""),
        (values.document_number, "ca12345aa", "CA12345AA"),
        (values.document_number, "<1>", ""),
    ],
)
def test_a_word_is_read(rule, told, read):
    """In the form's spelling, or not at all."""
    assert rule(told) == read


@given(st.text(max_size=80), st.sampled_from(RULES))
def test_whatever_is_told_nothing_hidden_is_read(told, rule):
    """What comes out can be printed, holds no markup, and stays as it is when read again."""
    read = rule(told)

    assert read.isprintable()
    assert not {"<", ">"} & {*read}
    assert rule(read) == read


@pytest.mark.parametrize(
    ("born", "years", "enough"),
    [
        ("2012-03-02", 14, True),
        ("2012-03-03", 14, False),
        ("", 14, False),
        ("", None, True),
        ("2026-01-01", None, True),
    ],
)
def test_years_are_full_on_the_birthday(born, years, enough):
    """Not a day before; who does not tell is of no age."""
    assert values.is_old_enough(born, years, date(2026, 3, 2)) is enough
