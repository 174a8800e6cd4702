"""What holds of any policy and any text."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.alphabets import PRINTABLE_ASCII, UNICODE, Alphabet
from registrazione.core.generation import LOOK_ALIKES
from registrazione.core.password_policy import PasswordPolicy
from registrazione.profiles._policies import IOL, ISTANZE, MIM, POLIS, STANDARD, UNI

# Every code point, lone surrogates and NUL among them.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
READY = st.sampled_from([MIM, IOL, UNI, ISTANZE, POLIS, STANDARD])
POLICIES = READY | st.builds(
    PasswordPolicy,
    min_length=st.integers(1, 64),
    max_length=st.integers(64, 300),
    alphabet=st.sampled_from([Alphabet(), Alphabet(specials="!@#$%"), PRINTABLE_ASCII, UNICODE]),
    require_upper=st.booleans(),
    require_lower=st.booleans(),
    require_digit=st.booleans(),
    history=st.integers(0, 12),
    expires_after=st.none() | st.timedeltas(min_value=timedelta(seconds=1)),
    differs_from_person=st.booleans(),
)
FIXED_WORDS = {"! @ # $ %", " ".join(PRINTABLE_ASCII.specials)}


@given(POLICIES, ANY_TEXT, st.none() | ANY_TEXT, st.lists(ANY_TEXT, max_size=3), ANY_TEXT)
def test_every_text_has_a_verdict(policy, password, again, previous, word) -> None:
    """No text at all makes the check fail in another way than by faults with codes."""
    faults = policy.check(
        password,
        again=again,
        previous=previous,
        username=word,
        email=word,
        name=word,
        surname=word,
    )

    assert all(f.code.startswith("password.") and f.is_error for f in faults)


@pytest.mark.parametrize("unit", ["x", "è", "e\u0301", "\x00", "\ud800", "\u1f82", "🔑"])
@pytest.mark.parametrize("policy", [MIM, STANDARD])
def test_a_megabyte_is_too_long_and_nothing_else(policy, unit) -> None:
    """However large the text and whatever it is made of, one fault answers it."""
    faults = policy.check(unit * 1_000_000, again=unit)

    assert [fault.code for fault in faults] == ["password.too_long"]


@given(POLICIES, ANY_TEXT)
def test_canonical_is_idempotent(policy, text) -> None:
    """The canonical spelling is settled after one step."""
    once = policy.canonical(text)

    assert policy.canonical(once) == once


@given(POLICIES, ANY_TEXT)
def test_a_text_and_its_canonical_spelling_have_one_verdict(policy, text) -> None:
    """It does not matter where on the way the text was made canonical."""
    assert policy.check(policy.canonical(text)) == policy.check(text)


@given(ANY_TEXT)
def test_composed_and_decomposed_have_one_verdict(text) -> None:
    """Where spellings are one, the keyboard that sent them does not show."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert STANDARD.check(composed) == STANDARD.check(decomposed)


@given(POLICIES, ANY_TEXT)
def test_faults_do_not_tell_the_order_of_characters(policy, password) -> None:
    """A text and its reverse, of the same characters, get the same faults."""
    composed = policy.canonical(password)
    if policy.canonical(composed[::-1]) == composed[::-1]:
        assert policy.check(composed[::-1]) == policy.check(composed)


@given(POLICIES, ANY_TEXT)
def test_parameters_are_numbers_fixed_words_and_refused_specials(policy, password) -> None:
    """No parameter tells more than numbers, the policy's specials and the ASCII ones refused."""
    for fault in policy.check(password, again="", previous=[password], name=password):
        for name, value in fault.params.items():
            if name == "refused":
                assert set(value) - {" "} <= set(PRINTABLE_ASCII.specials) & set(password)
            else:
                assert isinstance(value, int) or value in FIXED_WORDS


@given(POLICIES, st.binary(min_size=32, max_size=64))
def test_what_is_generated_is_accepted(policy, entropy) -> None:
    """Each policy accepts its own passwords, typed twice, and no character is a look-alike."""
    password = policy.generate(entropy)

    assert policy.check(password, again=password) == ()
    assert LOOK_ALIKES.isdisjoint(password)
    assert len(password) >= 22


@pytest.mark.requirement("MIM-33", "MIM-34", "MIM-35")
@given(st.binary(min_size=32, max_size=32))
def test_what_is_generated_has_every_class(entropy) -> None:
    """A temporary password serves under any rule: both cases and a digit are there."""
    password = STANDARD.generate(entropy)

    assert any(c.isupper() for c in password)
    assert any(c.islower() for c in password)
    assert any(c.isdigit() for c in password)


@given(POLICIES, st.binary(max_size=31))
def test_too_little_entropy_generates_nothing(policy, entropy) -> None:
    """No password is made from less than 32 bytes."""
    with pytest.raises(ValueError, match="entropy"):
        policy.generate(entropy)


def test_generation_is_a_function_of_the_entropy() -> None:
    """The same bytes give the same password, other bytes another one."""
    assert MIM.generate(bytes(32)) == MIM.generate(bytes(32))
    assert MIM.generate(bytes(32)) != MIM.generate(bytes(31) + b"\x01")


@given(POLICIES, st.datetimes(), st.datetimes())
def test_every_moment_has_a_state(policy, set_at, now) -> None:
    """No two moments make the expiry fail, and days are left as long as it has not expired."""
    expiry = policy.expiry(set_at, now)

    assert (expiry.days_left is None) == (policy.expires_after is None)
    assert (expiry.days_left == 0) == (expiry.state == "expired")
