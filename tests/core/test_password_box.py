"""The box "Requisiti password", generated from the policy."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.alphabets import LETTERS_AND_DIGITS, UNICODE
from registrazione.core.password_policy import PasswordPolicy
from registrazione.profiles._policies import IOL, MIM, POLIS, STANDARD


@pytest.mark.requirement("MIM-37")
def test_the_box_of_the_ministry_is_the_documents() -> None:
    """Line by line, the box is the one on the ministry's page."""
    assert MIM.explain("it") == (
        "diversa dalle ultime 5 password utilizzate",
        "lunghezza minima 8 caratteri",
        "almeno un carattere maiuscolo",
        "almeno un carattere minuscolo",
        "almeno un numero",
        "può contenere i seguenti caratteri speciali: ! @ # $ %",
    )


@pytest.mark.requirement("MIM-37")
def test_the_box_speaks_english_too() -> None:
    """Each line has its translation."""
    assert MIM.explain("en") == (
        "different from the last 5 passwords used",
        "at least 8 characters long",
        "at least one upper-case letter",
        "at least one lower-case letter",
        "at least one digit",
        "may contain these special characters: ! @ # $ %",
    )


def test_the_box_of_the_standard_profile() -> None:
    """What only the server can judge is explained as well."""
    assert STANDARD.explain() == (
        "lunghezza minima 15 caratteri",
        "può contenere qualsiasi carattere, anche spazi, accenti e simboli",
        "difficile da indovinare: niente parole comuni, nomi, date o sequenze da sole",
        "non presente negli elenchi di password già violate",
        "diversa dal nome utente, dall'indirizzo e-mail, dal nome e dal cognome",
    )


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        (attrs.evolve(MIM, history=1), "diversa dall'ultima password utilizzata"),
        (IOL, "può contenere tutti i caratteri speciali della tastiera, non spazi né accenti"),
        (PasswordPolicy(alphabet=LETTERS_AND_DIGITS), "solo lettere non accentate e numeri"),
        (POLIS, "da cambiare ogni 180 giorni"),
        (attrs.evolve(STANDARD, history=12), "diversa dalle ultime 12 password utilizzate"),
    ],
)
def test_settings_change_the_box(policy, line) -> None:
    """A setting of the policy is a line of the box."""
    assert line in policy.explain("it")


def test_a_free_policy_says_only_length_and_alphabet() -> None:
    """What is not asked for is not in the box."""
    assert len(PasswordPolicy(alphabet=UNICODE).explain()) == 2


def test_plain_data_of_the_ministry() -> None:
    """A page gets the numbers, the specials, and a pattern for whatever a browser can check."""
    data = MIM.to_json()

    assert {key: data[key] for key in ("min_length", "max_length", "specials", "history")} == {
        "min_length": 8,
        "max_length": 128,
        "specials": "!@#$%",
        "history": 5,
    }
    assert [(rule["code"], rule["pattern"]) for rule in data["rules"]] == [
        ("password.reused", None),
        ("password.too_short", r"^[\s\S]{8,}$"),
        ("password.needs_upper", "[A-Z]"),
        ("password.needs_lower", "[a-z]"),
        ("password.needs_digit", "[0-9]"),
        ("password.special", r"^[A-Za-z0-9\x21\x40\x23\x24\x25]*$"),
        ("password.too_long", r"^[\s\S]{0,128}$"),
    ]


def test_plain_data_of_a_unicode_policy() -> None:
    """A browser is told to compose first and to go by the properties of Unicode."""
    policy = attrs.evolve(STANDARD, require_upper=True, require_lower=True, require_digit=True)
    data = policy.to_json()
    patterns = {rule["code"]: rule["pattern"] for rule in data["rules"]}

    assert (data["normalise"], data["specials"]) == ("NFC", None)
    assert patterns["password.needs_upper"] == r"\p{Uppercase}"
    assert patterns["password.needs_lower"] == r"\p{Lowercase}"
    assert patterns["password.needs_digit"] == r"\p{Nd}"


@pytest.mark.parametrize("policy", [MIM, IOL, POLIS, STANDARD])
def test_plain_data_is_json(policy) -> None:
    """The data survive a round trip, and their lines are those of the box."""
    data = json.loads(json.dumps(policy.to_json()))

    assert data["lines"] == {"it": [*policy.explain("it")], "en": [*policy.explain("en")]}


def test_days_of_expiry_are_plain_numbers() -> None:
    """The life of a password is given in days."""
    policy = PasswordPolicy(expires_after=timedelta(days=90))

    assert (policy.to_json()["expires_after_days"], MIM.to_json()["expires_after_days"]) == (
        90,
        None,
    )


@given(st.text(st.characters(max_codepoint=0x17F), max_size=140), st.sampled_from([MIM, IOL]))
def test_a_browser_agrees_with_the_server(password, policy) -> None:
    """Whatever the patterns accept the policy accepts, and nothing else."""
    patterns = [rule["pattern"] for rule in policy.to_json()["rules"] if rule["pattern"]]
    accepted = all(re.search(re.sub(r"\$$", r"\\Z", pattern), password) for pattern in patterns)

    assert accepted == (policy.check(password) == ())
