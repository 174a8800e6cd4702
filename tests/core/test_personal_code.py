"""The personal code that confirms an application."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.generation import LOOK_ALIKES
from registrazione.core.personal_code import PersonalCodePolicy

POLICY = PersonalCodePolicy()
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@pytest.mark.requirement("POL-07")
@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("abcdefg1", []),
        ("1234567a", []),
        ("ABCDEFGHIJKLMNOPQRS1", []),
        ("abcdef1", ["too_short"]),
        ("ABCDEFGHIJKLMNOPQRST1", ["too_long"]),
        ("abcdefgh", ["needs_digit"]),
        ("12345678", ["needs_letter"]),
        ("abcdefg1!", ["character"]),
        ("abcdefg1 ", ["character"]),
        ("abcdefg1è", ["character"]),
        ("èèèèèèè1", ["character", "needs_letter"]),
        ("abcdefg١", ["character", "needs_digit"]),
        ("", ["too_short", "needs_letter", "needs_digit"]),
    ],
)
def test_a_code_is_alphanumeric(code, faults) -> None:
    """Eight to twenty ASCII letters and digits, one of each at least, all faults at once."""
    found = POLICY.check(code)

    assert [fault.code.removeprefix("personal_code.") for fault in found] == faults
    assert all(fault.field == "personal_code" for fault in found)


@pytest.mark.parametrize("again", ["abcdefg2", "ABCDEFG1", "", "abcdefg1 "])
def test_the_second_field_of_a_code_must_be_equal(again) -> None:
    """A confirmation that differs in anything is a fault of its own field."""
    found = POLICY.check("abcdefg1", again)

    assert [(fault.code, fault.field) for fault in found] == [
        ("personal_code.mismatch", "personal_code_again")
    ]


def test_an_equal_second_field_is_no_fault() -> None:
    """A code typed twice alike is accepted."""
    assert POLICY.check("abcdefg1", "abcdefg1") == ()


@pytest.mark.requirement("POL-07", "IST-12")
@pytest.mark.parametrize(
    ("is_password", "is_temporary", "faults"),
    [
        (False, False, []),
        (True, False, ["personal_code.same_as_password"]),
        (False, True, ["personal_code.same_as_temporary"]),
        (True, True, ["personal_code.same_as_password", "personal_code.same_as_temporary"]),
    ],
)
def test_a_code_is_neither_the_password_nor_the_temporary_one(
    is_password, is_temporary, faults
) -> None:
    """What a comparison by hash has found becomes a fault each."""
    found = POLICY.judge(is_password=is_password, is_temporary=is_temporary)

    assert [fault.code for fault in found] == faults


def test_the_rule_of_a_code_in_lines() -> None:
    """A page can show the whole rule."""
    assert POLICY.explain() == (
        "lunghezza minima 8 caratteri",
        "lunghezza massima 20 caratteri",
        "solo lettere non accentate e numeri",
        "almeno una lettera",
        "almeno un numero",
        "diverso dalla password",
        "diverso dal codice personale temporaneo",
    )
    assert POLICY.explain("en")[2] == "unaccented letters and digits only"


def test_the_rule_of_a_code_is_json() -> None:
    """The plain data survive a round trip and hold the lengths."""
    data = json.loads(json.dumps(POLICY.to_json()))

    assert (data["min_length"], data["max_length"]) == (8, 20)
    assert data["lines"]["it"] == [*POLICY.explain()]


@pytest.mark.parametrize("lengths", [(1, 20), (21, 30), (8, 19)])
def test_lengths_that_no_generated_code_meets_are_refused(lengths) -> None:
    """A rule must leave room for a letter, a digit and the generated code."""
    shortest, longest = lengths
    with pytest.raises(ValueError, match="min_length"):
        PersonalCodePolicy(min_length=shortest, max_length=longest)


@given(ANY_TEXT, st.none() | ANY_TEXT)
def test_every_text_has_a_verdict_as_a_code(code, again) -> None:
    """No text makes the check fail in another way than by faults."""
    assert all(f.code.startswith("personal_code.") for f in POLICY.check(code, again))


def test_a_megabyte_is_no_code() -> None:
    """A text beyond the cap is not looked at."""
    faults = POLICY.check("\ud800" * 1_000_000, "")

    assert [fault.code for fault in faults] == ["personal_code.too_long"]


@given(ANY_TEXT | st.from_regex(r"[A-Za-z0-9]{6,22}", fullmatch=True))
def test_a_browser_agrees_on_codes(code) -> None:
    """Whatever the patterns accept the policy accepts, and nothing else."""
    patterns = [rule["pattern"] for rule in POLICY.to_json()["rules"] if rule["pattern"]]
    accepted = all(re.search(re.sub(r"\$$", r"\\Z", pattern), code) for pattern in patterns)

    assert accepted == (POLICY.check(code) == ())


@pytest.mark.requirement("POL-07", "IST-09")
@given(st.binary(min_size=32, max_size=64), st.integers(2, 20), st.integers(20, 64))
def test_a_generated_code_is_accepted(entropy, shortest, longest) -> None:
    """The temporary code meets the rule, whatever its lengths, and has no look-alikes."""
    policy = PersonalCodePolicy(min_length=shortest, max_length=longest)
    code = policy.generate(entropy)

    assert policy.check(code, code) == ()
    assert len(code) == 20
    assert LOOK_ALIKES.isdisjoint(code)


def test_a_code_needs_entropy() -> None:
    """No code is made from less than 32 bytes."""
    with pytest.raises(ValueError, match="entropy"):
        POLICY.generate(bytes(31))
