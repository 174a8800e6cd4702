"""Tests of phone numbers by the numbering plans."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.checks.phones import InstalledPhones, ShapeOnly, default_phones, normalise
from registrazione.core.phones import phone_shape
from registrazione.core.refusals import Fault
from registrazione.plugins import MissingExtra, needs_extra

anything = st.one_of(
    st.none(),
    st.integers(),
    st.binary(),
    st.lists(st.text()),
    st.text(st.characters(exclude_categories=())),
    st.from_regex(r"(\+|00)?[0-9]{6,15}", fullmatch=True),
    st.from_regex(r"(\+39 ?|0039)?(3[0-9]{2}|0[1-9]{1,2})[ /.-]?[0-9]{6,7}", fullmatch=True),
    st.text("+0123456789 -./()", max_size=32),
)


@given(value=anything, region=st.sampled_from(["IT", "CH", "DE", "US", "BR"]))
def test_a_number_or_a_fault(value, region):
    """Nothing is raised; what is accepted is stable in any region, no fault repeats the rest."""
    result = normalise(value, "x", region=region)

    if isinstance(result, str):
        assert result.startswith("+")
        assert normalise(result) == normalise(result, region=region) == result
        assert phone_shape(result) == result
    else:
        assert (result.field, result.is_error) == ("x", True)
        assert set(result.params) <= {"max", "kind"}


@pytest.mark.requirement("UNI-05", "IOL-21")
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("333 123 4567", "+393331234567"),
        ("+39 333.123.4567", "+393331234567"),
        ("0039 333/1234567", "+393331234567"),
        ("(02) 503-11122", "+390250311122"),
        ("06 123456", "+3906123456"),
        ("+39 (02) 50311122", "+390250311122"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+41 44 668 18 00", "+41446681800"),
        ("+378 0549 882914", "+3780549882914"),
    ],
)
def test_a_number_has_one_form(typed, number):
    """With the country's prefix and nothing between; an Italian leading zero is kept."""
    assert normalise(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("112", "phone.malformed"),
        ("0039112", "phone.invalid"),
        ("+39 2 50311122", "phone.invalid"),
        ("+39 0333 1234567", "phone.invalid"),
        ("34912345678", "phone.invalid"),
        ("899 123456", "phone.invalid"),
        ("800 123456", "phone.invalid"),
        ("000000", "phone.invalid"),
        ("+999 1234567", "phone.invalid"),
        ("tel 333 1234567", "phone.malformed"),
        ("boh", "phone.malformed"),
        (3331234567, "input.type"),
        (None, "input.missing"),
    ],
)
def test_what_is_nobody_s_number(typed, code):
    """Emergency calls, dropped or added zeros, voicemail, premium and free numbers, no country."""
    found = normalise(typed, "x")

    assert isinstance(found, Fault)
    assert (found.code, found.field) == (code, "x")


def test_a_number_nobody_can_dial_from_abroad():
    """Germany has numbers that are longer than E.164 allows; they have no form to be stored in."""
    assert normalise("85335515181089", region="DE") == Fault("phone.invalid", "phone")


def test_a_mobile_number_where_one_is_wanted():
    """A landline takes no text message; where the plan does not tell them apart, either will do."""
    assert normalise("333 1234567", mobile=True) == "+393331234567"
    assert normalise("+1 212 555 0123", mobile=True) == "+12125550123"
    assert normalise("06 123456", "x", mobile=True) == Fault("phone.not_mobile", "x")


def test_the_region_is_that_of_the_installation():
    """A number without prefix is one of the country that was chosen."""
    assert InstalledPhones().normalise("02 50311122", "x") == "+390250311122"
    assert InstalledPhones("CH").normalise("044 668 18 00", "x") == "+41446681800"
    assert InstalledPhones("CH").normalise("333 1234567", "x") == Fault("phone.invalid", "x")
    with pytest.raises(ValueError, match="'it' is no region"):
        InstalledPhones("it")


def test_the_shape_alone():
    """Without numbering plans a number stays as it was typed, but for separators."""
    assert ShapeOnly().normalise("02 50311122", "x") == "0250311122"
    assert ShapeOnly().normalise("boh", "x") == Fault("phone.malformed", "x")


def test_the_plans_are_used_where_they_are_installed(monkeypatch):
    """Without the extra the shape stands in for them."""
    assert isinstance(default_phones(), InstalledPhones)
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    assert isinstance(default_phones(), ShapeOnly)


def test_who_asks_for_the_plans_is_told_what_to_install(monkeypatch):
    """The error names the extra; where back-ends are assembled it is the one of all extras."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)

    with pytest.raises(ModuleNotFoundError, match=r"registrazione\[phone\]"):
        InstalledPhones()
    with pytest.raises(MissingExtra) as raised, needs_extra("phone"):
        InstalledPhones()
    assert raised.value.extra == "phone"


def test_the_plans_are_loaded_on_first_use():
    """Importing the module imports no phonenumbers, and what has no shape needs none either."""
    script = (
        "import sys, registrazione.checks.phones as p\n"
        "p.normalise('boh')\n"
        "before = 'phonenumbers' in sys.modules\n"
        "p.normalise('333 1234567')\n"
        "print(before, 'phonenumbers' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]
