"""Tests of the codes of people who have no codice fiscale."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.codice_fiscale import is_codice_fiscale
from registrazione.core.refusals import Fault, Refusal
from registrazione.core.substitute_codes import (
    MAX_PROVISIONAL,
    ProvisionalSchoolCode,
    TemporaryHealthCode,
    check_temporary_health_code,
    is_in_force,
    is_temporary_health_code,
    last_day_in_force,
)

health_codes = st.from_regex(r"(STP|ENI)[0-9]{13}", fullmatch=True)
provisional_codes = st.from_regex(r"[A-Z0-9]{1,32}", fullmatch=True)
any_value = st.one_of(
    st.text(), health_codes, st.none(), st.integers(), st.binary(), st.builds(object)
)
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@given(code=health_codes)
def test_a_health_code_is_read_in_its_parts(code) -> None:
    """Letters, region and health authority are what the text says, however it was typed."""
    value = TemporaryHealthCode.parse(f" {code.lower()}\n")

    assert value == TemporaryHealthCode(code=code)
    assert value.kind + value.region + value.issuer + code[9:] == value.code == code
    assert is_temporary_health_code(code)
    assert check_temporary_health_code(code) == ()


@given(code=health_codes)
def test_no_health_code_is_a_codice_fiscale(code) -> None:
    """The two kinds have no text in common, so that either can be told from the other."""
    assert not is_codice_fiscale(code)


@pytest.mark.parametrize(
    "typed",
    [
        "STP123456789012",
        "STP12345678901234",
        "XYZ1234567890123",
        "STP123456789012A",
        "STP 1234567890123",
        "1234567890123STP",
        "RSSMRA76S09H501Y",
    ],
)
def test_another_shape_is_refused(typed) -> None:
    """The three letters, then thirteen digits, and nothing else."""
    expected = (Fault("stp.shape", "code"),)

    assert check_temporary_health_code(typed, "code") == expected
    assert not is_temporary_health_code(typed)
    with pytest.raises(Refusal) as caught:
        TemporaryHealthCode.parse(typed, "code")
    assert caught.value.faults == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "input.missing"),
        ("  ", "input.missing"),
        (3, "input.type"),
        ("STP123456789012\u0663", "input.character"),
        ("S" * 65, "input.too_long"),
    ],
)
def test_what_is_no_code_has_the_boundarys_faults(typed, code) -> None:
    """Nothing outside ASCII is folded into a code."""
    assert [each.code for each in check_temporary_health_code(typed)] == [code]
    with pytest.raises(Refusal, match=code):
        TemporaryHealthCode.parse(typed)
    with pytest.raises(Refusal, match=code):
        ProvisionalSchoolCode.parse(typed)


@given(code=health_codes)
def test_a_health_code_is_printed_masked(code) -> None:
    """Neither form of printing shows the digits that name the person."""
    value = TemporaryHealthCode(code=code)
    hidden = f"{code[:3]}***********{code[-2:]}"

    assert (str(value), repr(value)) == (hidden, f"TemporaryHealthCode({hidden})")


@given(code=provisional_codes)
def test_a_provisional_code_is_read_and_not_printed(code) -> None:
    """Any letters and digits are accepted, since nobody says how such a code is made."""
    value = ProvisionalSchoolCode.parse(f"{code.lower()} "[:MAX_PROVISIONAL])

    assert value == ProvisionalSchoolCode(code=code)
    assert repr(value) == "ProvisionalSchoolCode()"


@pytest.mark.parametrize("typed", ["PRV-001", "PRV 001", "PRV_1", "<b>"])
def test_a_provisional_code_has_letters_and_digits_only(typed) -> None:
    """Other signs are refused."""
    with pytest.raises(Refusal) as caught:
        ProvisionalSchoolCode.parse(typed, "code")

    assert caught.value.faults == (Fault("provisional_code.shape", "code"),)


def test_an_endless_provisional_code_is_refused() -> None:
    """The cap is looked at first."""
    with pytest.raises(Refusal, match="too_long"):
        ProvisionalSchoolCode.parse("A" * (MAX_PROVISIONAL + 1))


@pytest.mark.parametrize("code", ["stp1234567890123", "STP123456789012 ", ""])
@pytest.mark.parametrize("kind", [TemporaryHealthCode, ProvisionalSchoolCode])
def test_a_value_holds_canonical_text_only(kind, code) -> None:
    """Whoever makes a value by hand is told to parse, without the text in the message."""
    with pytest.raises(ValueError, match=f"use {kind.__name__}.parse") as caught:
        kind(code=code)

    assert "1234567890" not in str(caught.value)


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2026-01-15", "2026-07-15"),
        ("2026-07-01", "2027-01-01"),
        ("2026-08-31", "2027-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
        ("9999-07-01", "9999-12-31"),
        ("9999-06-30", "9999-12-30"),
    ],
)
def test_six_months_are_counted_by_the_calendar(issued, last) -> None:
    """Up to the day of the same number, or the last of a shorter month."""
    first, end = dt.date.fromisoformat(issued), dt.date.fromisoformat(last)

    assert last_day_in_force(first) == end
    assert is_in_force(first, first)
    assert is_in_force(first, end)
    assert not is_in_force(first, first - dt.timedelta(days=1))


@given(issued=days)
def test_a_code_is_out_of_force_after_half_a_year(issued) -> None:
    """The last day is 181 to 184 days on, and the day after it is too late."""
    last = last_day_in_force(issued)

    assert 180 < (last - issued).days <= 184
    assert not is_in_force(issued, last + dt.timedelta(days=1))


@given(value=any_value)
def test_anything_can_be_read(value) -> None:
    """Whatever is typed, the three ways to read it agree."""
    faults = check_temporary_health_code(value)

    assert is_temporary_health_code(value) == (faults == ())
    if faults:
        with pytest.raises(Refusal):
            TemporaryHealthCode.parse(value)
    else:
        assert TemporaryHealthCode.parse(value).code == value.strip()
