"""Usernames that are chosen and usernames that are made."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.usernames import (
    DEFAULT_RESERVED,
    canonical_username,
    check_username,
    generate_username,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
ENTROPY = st.binary(min_size=32, max_size=32)


@pytest.mark.requirement("UNI-05")
@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("mario.rossi", []),
        ("Mario_Rossi-80", []),
        ("m1", []),
        ("42", []),
        ("a..b", []),
        ("x" * 64, []),
        ("x" * 65, ["too_long"]),
        ("m", ["too_short"]),
        ("", ["too_short"]),
        (".mario", ["edges"]),
        ("mario-", ["edges"]),
        ("_", ["too_short", "edges"]),
        ("mario rossi", ["character"]),
        (" mario", ["character"]),
        ("nicolò", ["character"]),
        ("mаrio", ["character"]),
        ("mario@example.it", ["character"]),
        ("mario\x00", ["character"]),
        ("mario\n", ["character"]),
        ("\ud800\ud800", ["character"]),
        ("admin", ["reserved"]),
        ("Segreteria", ["reserved"]),
        ("post-master", ["reserved"]),
        ("no.reply", ["reserved"]),
        ("administrator1", []),
        ("RSSMRA80A01H501U", ["codice_fiscale"]),
        ("rssmra80a01h501u", ["codice_fiscale"]),
        ("rssmra.80a01-h501u", ["codice_fiscale"]),
        ("rssmra80a01h5o1u", []),
        ("rssmraulamlhrlmu", ["codice_fiscale"]),
        ("rssmra80a01h501", []),
        ("-", ["too_short", "edges"]),
        ("-è", ["character", "edges"]),
    ],
)
def test_rules_of_usernames(text, faults) -> None:
    """Letters, digits and three separators between them; no reserved name, no codice fiscale."""
    found = check_username(text)

    assert [fault.code.removeprefix("username.") for fault in found] == faults
    assert all(fault.field == "username" for fault in found)


def test_reserved_names_are_the_hosts_choice() -> None:
    """A host may reserve other names than the usual ones."""
    assert [f.code for f in check_username("Ateneo", reserved={"ateneo"})] == ["username.reserved"]
    assert check_username("admin", reserved=()) == ()


def test_reserved_names_are_canonical() -> None:
    """Each reserved name is one that the look-up can meet."""
    assert {canonical_username(name) for name in DEFAULT_RESERVED} == DEFAULT_RESERVED


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mario.ROSSI", "mario.rossi"),
        ("\u212aelvin", "\u212aelvin"),
        ("İstanbul", "İstanbul"),
        ("ÀÈ", "ÀÈ"),
        ("Stra\u1e9ee", "stra\u1e9ee"),
    ],
)
def test_only_ascii_is_folded(text, canonical) -> None:
    """No letter outside ASCII can become the letter of somebody else's username."""
    assert canonical_username(text) == canonical


@given(ANY_TEXT)
def test_canonical_username_twice_is_once(text) -> None:
    """The canonical spelling is settled after one step, and keeps its length."""
    once = canonical_username(text)

    assert canonical_username(once) == once
    assert len(once) == len(text)


@given(ANY_TEXT)
def test_every_text_has_a_verdict_as_a_username(text) -> None:
    """No text makes the check fail in another way than by faults."""
    assert all(fault.code.startswith("username.") for fault in check_username(text))


@given(ANY_TEXT | st.from_regex(r"[a-zA-Z0-9._-]{1,70}", fullmatch=True))
def test_case_does_not_change_the_verdict(text) -> None:
    """What is accepted is accepted in its canonical spelling, and the other way round."""
    assert check_username(canonical_username(text)) == check_username(text)


def test_a_megabyte_is_no_username() -> None:
    """A text beyond the cap is not looked at."""
    assert [f.code for f in check_username("\ud800" * 1_000_000)] == ["username.too_long"]


@pytest.mark.requirement("IOL-16")
@pytest.mark.parametrize(
    ("name", "surname", "base"),
    [
        ("Mario", "Rossi", "m.rossi"),
        ("Nicolò", "D'Angelo", "n.dangelo"),
        ("Maria Giovanna", "De Luca", "m.deluca"),
        ("Łukasz", "Groß-Æther", "l.grossaether"),
        ("Jürgen", "Müller", "j.mueller"),
        ("", "Rossi", "rossi"),
        ("Cher", "", "cher"),
        ("", "", "utente"),
        ("Мария", "Иванова", "utente"),
        ("小明", "Li", "li"),
        ("12", "34", "utente"),
        ("Wolfeschlegel", "Steinhausenbergerdorff-Extra", "w.steinhausenbergerdorff"),
    ],
)
def test_made_usernames_begin_with_the_name(name, surname, base) -> None:
    """The initial and the surname in ASCII, a neutral word where there is neither."""
    username = generate_username(name, surname, bytes(32))

    assert username.rpartition(".")[0] == base


@pytest.mark.requirement("IOL-16")
@given(ANY_TEXT, ANY_TEXT, ENTROPY)
def test_a_made_username_could_have_been_chosen(name, surname, entropy) -> None:
    """Whatever the name, the username is valid, canonical, and ends in three random pairs."""
    username = generate_username(name, surname, entropy)

    assert check_username(username) == ()
    assert canonical_username(username) == username
    assert re.search(r"\.(?:[b-z][34679]){3}\Z", username)


@given(st.sampled_from(["rssmra80a01h501u", "01011980", "Mario 1980"]), ENTROPY)
def test_a_made_username_shows_no_number_of_the_person(name, entropy) -> None:
    """Digits of the name, a date or a code, do not travel into the username."""
    base = generate_username(name, name, entropy).rpartition(".")[0]

    assert not re.search(r"\d", base)


def test_fresh_entropy_makes_another_username() -> None:
    """A second try for a name that is taken gives another username, as good as surely."""
    made = {generate_username("Mario", "Rossi", n.to_bytes(32)) for n in range(200)}

    assert len(made) == 200


def test_a_username_needs_entropy() -> None:
    """No username is made from less than 32 bytes."""
    with pytest.raises(ValueError, match="entropy"):
        generate_username("Mario", "Rossi", bytes(31))
