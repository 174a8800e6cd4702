"""The ready password rules are those of the documents."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from registrazione.profiles._policies import IOL, ISTANZE, MIM, POLIS, STANDARD, UNI


@pytest.mark.requirement("MIM-31", "MIM-32", "MIM-33", "MIM-34", "MIM-35", "MIM-36")
def test_the_ministrys_rule_is_the_documents() -> None:
    """Eight characters, three classes, five specials, the last five passwords."""
    assert (MIM.min_length, MIM.alphabet.specials, MIM.history) == (8, "!@#$%", 5)
    assert (MIM.require_upper, MIM.require_lower, MIM.require_digit) == (True, True, True)


@pytest.mark.requirement("IOL-08")
def test_the_enrolment_rule_is_the_documents() -> None:
    """Eight characters and three classes; neither a history nor a list of specials."""
    assert (IOL.min_length, len(IOL.alphabet.specials), IOL.history) == (8, 32, 0)
    assert (IOL.require_upper, IOL.require_lower, IOL.require_digit) == (True, True, True)


def test_where_the_documents_are_silent() -> None:
    """The rule of the enrolment portal with the ministry's history fills the gap."""
    assert UNI == ISTANZE == attrs.evolve(IOL, history=5)


@pytest.mark.requirement("POL-17")
def test_only_polis_expires() -> None:
    """A password of POLIS lives 180 days and is announced 15 days before; others do not end."""
    assert attrs.evolve(POLIS, expires_after=None, warn_before=None) == ISTANZE
    assert (POLIS.expires_after, POLIS.warn_before) == (timedelta(days=180), timedelta(days=15))
    assert {p.expires_after for p in (MIM, IOL, UNI, ISTANZE, STANDARD)} == {None}


@pytest.mark.parametrize("policy", [MIM, IOL, UNI, ISTANZE, POLIS])
def test_the_documents_ask_for_nothing_else(policy) -> None:
    """No strength, no breach list, no comparison with the person: the seeds to the letter."""
    assert (policy.min_strength, policy.breach_check, policy.differs_from_person) == (
        None,
        False,
        False,
    )
    assert policy.max_length == 128


def test_the_standard_rule_is_todays() -> None:
    """Length, strength and lists instead of classes, history and expiry."""
    assert (STANDARD.min_length, STANDARD.max_length, STANDARD.min_strength) == (15, 128, 3)
    assert (STANDARD.alphabet.unicode, STANDARD.breach_check, STANDARD.history) == (True, True, 0)
    assert not any((STANDARD.require_upper, STANDARD.require_lower, STANDARD.require_digit))
    assert STANDARD.differs_from_person
