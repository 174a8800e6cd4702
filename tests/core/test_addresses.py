"""Tests of residence and domicile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.addresses import (
    Address,
    check_address,
    check_domicile,
    read_cap,
    read_sigla,
)
from registrazione.core.refusals import Fault

HOME = {"street": "Via dei Tigli 1", "place": "Verona", "province": "VR", "cap": "37121"}
ABROAD = {"street": "10 Rue du Bac", "place": "Paris", "nation": "Francia"}

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.binary(),
    st.lists(st.text()),
    st.text(st.characters(exclude_categories=())),
    st.text("0123456789٣３ ", max_size=6),
    st.text("ABrmſı H501\t\x00\u200b", max_size=6),
    st.sampled_from(["Italia", "VR", "37121", "Verona", "H501", " ", ""]),
)
parts = st.fixed_dictionaries(
    dict.fromkeys(("street", "place", "province", "cap", "nation"), anything)
)


def tree(**typed):
    """Return the codes found, by field."""
    found = check_address(**{"street": None, "place": None} | typed)
    return {one.field: one.code for one in found}


@pytest.mark.parametrize("read", [read_cap, read_sigla])
@given(value=anything)
def test_a_code_or_a_fault(read, value):
    """Whatever comes in, a canonical code comes out or one fault that repeats nothing of it."""
    result = read(value, "x")

    if isinstance(result, str):
        assert read(result) == result
        assert result.isascii()
        assert len(result) == (5 if read is read_cap else 2)
    else:
        assert (result.field, result.is_error) == ("x", True)
        assert set(result.params) <= {"max", "kind"}


@pytest.mark.requirement("IOL-21")
@pytest.mark.parametrize("cap", ["00010", "00118", "37121", "98168"])
def test_a_cap_is_five_digits(cap):
    """The leading zeros are part of it."""
    assert read_cap(f" {cap} ") == cap


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("00000", "address.cap"),
        ("3712", "address.cap"),
        ("371210", "address.cap"),
        ("3712O", "address.cap"),
        ("37 121", "address.cap"),
        ("I-37121", "address.cap"),
        ("٣٧١٢١", "input.character"),
        ("", "input.missing"),
        (37121, "input.type"),
    ],
)
def test_what_is_no_cap(typed, code):
    """Neither other lengths nor other digits; a number has lost its zeros."""
    assert read_cap(typed).code == code


@pytest.mark.requirement("IOL-21")
def test_a_sigla_is_two_letters():
    """Small letters become capitals."""
    assert read_sigla(" vr ") == "VR"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Verona", "address.province"),
        ("V", "address.province"),
        ("V1", "address.province"),
        ("(VR", "address.province"),
        ("ſs", "input.character"),
        (None, "input.missing"),
    ],
)
def test_what_is_no_sigla(typed, code):
    """Names of provinces are for the places to know."""
    assert read_sigla(typed).code == code


@pytest.mark.requirement("IOL-21")
def test_an_italian_address():
    """Street, comune, province and CAP, each in its one form; Italy need not be named."""
    home = Address(**HOME)

    assert check_address(**HOME) == home
    assert check_address(**HOME | {"province": "vr", "cap": " 37121 "}) == home
    assert all(check_address(**HOME, nation=name) == home for name in ("Italia", "ITALY", "it", ""))
    assert check_address(**HOME | {"place": "l781"}).place == "L781"


@pytest.mark.requirement("IOL-21")
def test_an_address_abroad():
    """It has a nation, by name or code, and neither province nor CAP."""
    assert check_address(**ABROAD) == Address(**ABROAD)
    assert check_address(**ABROAD | {"nation": "z110"}).nation == "Z110"
    assert tree(**ABROAD, province="VR", cap="75007") == {
        "residence_province": "address.abroad",
        "residence_cap": "address.abroad",
    }


@pytest.mark.requirement("IOL-21")
@pytest.mark.parametrize("part", HOME)
def test_all_parts_or_none(part):
    """Each missing part is named; an address of which nothing was typed is none."""
    field = "residence_address" if part == "street" else f"residence_{part}"

    assert tree(**HOME | {part: " "}) == {field: "address.incomplete"}
    assert len(tree(**{part: HOME[part]})) == 3
    assert check_address(street=None, place="", cap="\t", nation="Italia") is None


def test_a_nation_alone_is_no_address():
    """Who names a nation abroad has to say where there."""
    assert tree(nation="Francia") == {
        "residence_address": "address.incomplete",
        "residence_place": "address.incomplete",
    }


def test_every_fault_of_an_address_at_once():
    """The nation's too, with the names of the fields made from the prefix."""
    assert tree(
        street="a\x00", place=5, province="V", cap="1", nation="a\x00", prefix="domicile"
    ) == {
        "domicile_nation": "input.character",
        "domicile_address": "input.character",
        "domicile_place": "input.type",
        "domicile_province": "address.abroad",
        "domicile_cap": "address.abroad",
    }
    assert tree(**HOME | {"nation": 39}) == {
        "residence_nation": "input.type",
        "residence_province": "address.abroad",
        "residence_cap": "address.abroad",
    }


@given(typed=parts)
def test_an_address_or_its_faults(typed):
    """Nothing is raised, what is accepted is whole and stable, no fault repeats what was typed."""
    result = check_address(**typed)

    if isinstance(result, Address):
        again = {name: getattr(result, name) for name in ("street", "place", "province", "cap")}
        assert check_address(**again, nation=result.nation) == result
        assert (result.nation is None) == bool(result.cap) == bool(result.province)
    elif result is not None:
        assert result
        assert all(isinstance(one, Fault) and one.is_error for one in result)
        assert all(set(one.params) <= {"max", "kind"} for one in result)


def test_an_address_is_not_printed():
    """Where somebody lives gets into no log."""
    assert repr(Address(**HOME)) == "Address()"


@pytest.mark.requirement("IOL-21")
def test_the_domicile_may_be_the_residence():
    """Said to be the same, it need not be typed; typed, it has to be the same."""
    home, other = Address(**HOME), Address(**ABROAD)

    assert check_domicile(home, None, same=True) == home
    assert check_domicile(home, home, same=True) == home
    assert check_domicile(home, other, same=False) == other
    assert check_domicile(home, None, same=False) is None
    assert check_domicile(home, other, same=True) == (
        Fault("address.two_domiciles", "domicile_address"),
    )
    assert check_domicile(None, other, same=True, prefix="x") == (
        Fault("address.no_residence", "x_address"),
    )
