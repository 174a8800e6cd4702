"""Tests of the codes by which the ministry knows schools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.refusals import Fault
from registrazione.core.school_codes import read_school_code

PLATES = (
    "AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN "
    "FC FE FG FI FM FR GE GO GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA "
    "PC PD PE PG PI PN PO PR PT PU PV PZ RA RC RE RG RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN "
    "TO TP TR TS TV UD VA VB VC VE VI VR VT VV"
)
NEVER = ["BZ", "FC", "FM", "PU", "SU"]
INSTEAD = ["FO", "IB", "LB", "PS", "TB"]
PREFIXES = [*(plate for plate in PLATES.split() if plate not in NEVER), *INSTEAD]

any_value = st.one_of(
    st.text(), st.none(), st.integers(), st.binary(), st.lists(st.text()), st.builds(object)
)
rests = st.from_regex(r"[A-Z0-9]{8}", fullmatch=True)
codes = st.builds(str.__add__, st.sampled_from(PREFIXES), rests)


@given(code=codes, space=st.sampled_from(["", " ", "\t", "\r\n", "\u00a0"]))
def test_a_code_is_read_as_people_type_it(code, space) -> None:
    """Small letters and spaces at the edges change nothing."""
    assert read_school_code(code) == code
    assert read_school_code(f"{space}{code.lower()}{space}") == code


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_prefix_of_the_open_data_is_known(prefix) -> None:
    """107 of them: the plates of today's provinces, but for five, and five others."""
    assert len(PREFIXES) == len(set(PREFIXES)) == 107
    assert read_school_code(f"{prefix}IC80000X") == f"{prefix}IC80000X"


@pytest.mark.parametrize("prefix", [*NEVER, "XX", "EE", "SC", "OT", "CI", "ZA"])
def test_no_school_begins_otherwise(prefix) -> None:
    """Some provinces' schools keep an older prefix; and some letters are no province at all."""
    assert read_school_code(f"{prefix}IC80000X", "school") == Fault("school_code.prefix", "school")


@pytest.mark.parametrize(
    "typed",
    ["RMIC80000", "RMIC80000XX", "RMIC 80000X", "RMIC80000-", "R1IC80000X", "12IC80000X", "ROMA"],
)
def test_another_shape_is_refused(typed) -> None:
    """Two letters, then eight letters or digits, and nothing between or around them."""
    assert read_school_code(typed) == Fault("school_code.shape", "school_code")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "input.missing"),
        (" ", "input.missing"),
        (8, "input.type"),
        ("RM\u0131C80000X", "input.character"),
        ("RMIC8000\u0660X", "input.character"),
        ("RMIC80000X\x00", "input.character"),
        ("R" * 65, "input.too_long"),
    ],
)
def test_what_is_no_code_has_the_boundarys_faults(typed, code) -> None:
    """Nothing outside printable ASCII is folded into a code."""
    assert read_school_code(typed, "school").code == code
    assert read_school_code(typed, "school").field == "school"


@pytest.mark.parametrize("last", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
def test_the_check_character_is_not_judged(last) -> None:
    """How it is made is not known, so that none is refused."""
    assert read_school_code(f"RMIC80000{last}") == f"RMIC80000{last}"


@given(value=any_value)
def test_anything_can_be_read(value) -> None:
    """The answer is a canonical code, which is its own reading, or a fault."""
    outcome = read_school_code(value)

    assert isinstance(outcome, Fault) or read_school_code(outcome) == outcome
