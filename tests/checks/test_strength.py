"""zxcvbn's judgement: the same as its own, in Italian too, bounded, and alike in all threads."""

from __future__ import annotations

import decimal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from math import prod
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from zxcvbn import matching, zxcvbn

from registrazione.checks.strength import Estimator, score

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
KEYBOARD = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
# What people do: words, years, signs for letters, repetitions, rows of keys.
WORDS = "password Scuola giulia qwerty zxcvbn p4ssw0rd g1ul1@ $cu0l@ drowssap École مدرسة"
OTHERS = "1990 2011 12/5/99 abc 4321 aaa abab !! x7Q 8-)"
PIECES = st.sampled_from([*WORDS.split(), *OTHERS.split()])
TYPICAL = st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(lambda t: len(t) <= 32)
INPUTS = ["Giulia"]
# Every sign that stands for a letter: the input that costs zxcvbn seconds.
SIGNS = "4@8({[<369!i1|70$5+%2"

plain = Estimator()


@pytest.mark.parametrize(
    "password",
    [
        "Istruzione1",
        "Scuola2023!",
        "Roma1980!",
        "adrenali2023",
        "Ministero2024",
        "Segreteria01",
        "Studente2025!",
        "ForzaNapoli1926",
        "Francesca2010!",
        "Iscrizioni2026.",
        "Juventus1897",
        "!m1n1st3r0",
        "etnecod2023",
    ],
)
def test_italian_habits_are_weak(password) -> None:
    """Words of school and country with years and signs do not pass, as they would by zxcvbn."""
    assert score(password) < 3


@pytest.mark.parametrize(
    "password", ["graffetta corretta batteria", "p.QnV4xT!e7Wjr", "tN6dRwcWhx3KvM9gTqLf4a"]
)
def test_what_is_hard_to_guess_is_strong(password) -> None:
    """Several unrelated words, or random characters, get the highest score."""
    assert score(password) == 4


@pytest.mark.parametrize(
    ("password", "inputs"),
    [
        ("Ondina.Bevilacqua1", ["Ondina", "Bevilacqua"]),
        ("bevilacquaondina2010", ["Ondina", "Bevilacqua"]),
        ("MarioRossi1985!", ["Mario", "Rossi"]),
        ("Xyzzyplugh.Frobozz1", ["xyzzyplugh.frobozz@example.it"]),
        ("Xyzzy_Plugh_2024", ["xyzzy-plugh"]),
    ],
)
def test_what_is_known_of_the_person_is_weak(password, inputs) -> None:
    """Name, address and their parts are the first guesses."""
    assert score(password, inputs) < 3 <= score(password)


@given(st.text(KEYBOARD, min_size=1, max_size=12) | TYPICAL, st.sampled_from([[], INPUTS]))
@example("p@ssw0rdp@ssw0rd", [])
@example("GiuliaGiulia", INPUTS)
@example("ababcababc", [])
def test_without_lists_of_ours_the_score_is_zxcvbns(password, inputs) -> None:
    """Ordinary passwords are judged as zxcvbn judges them."""
    if prod(len(signs) for signs in plain.substitutions(password).values()) < 32:
        assert plain.score(password, inputs) == zxcvbn(password, inputs)["score"]


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=3))
@settings(max_examples=200)
@example("", [])
@example("\ud800" * 40, ["", "\ud800"])
@example("İ" * 32, ["İ"])
@example("a\nb\na\nb\n", ["\n"])
def test_every_text_has_a_score(password, inputs) -> None:
    """No text at all makes the estimator fail."""
    assert 0 <= score(password, inputs) <= 4


def test_an_empty_password_is_weakest() -> None:
    """Nothing is guessed at once."""
    assert score("") == 0


@given(ANY_TEXT, ANY_TEXT)
@settings(max_examples=20)
def test_only_the_first_32_characters_count(password, tail) -> None:
    """What follows them changes nothing, be it a megabyte."""
    head = (password + SIGNS * 2)[:32]

    assert score(head + tail) == score(head + "x" * 1_000_000) == score(head)


def test_only_sixteen_inputs_count() -> None:
    """A list of a million words costs as much as one of sixteen."""
    many = [f"parola{number}x" for number in range(1_000_000)]

    assert score("qkjzvwynmh", [*many, "qkjzvwynmh"]) == score("qkjzvwynmh") > 1
    assert score("qkjzvwynmh", [*many[:15], "qkjzvwynmh", *many]) == 0


@given(st.text(st.sampled_from(SIGNS + "aeiost"), max_size=32))
def test_substitutions_are_bounded(text) -> None:
    """However many signs there are, their combinations stay few, and each letter keeps one."""
    table = plain.substitutions(text)
    possible = matching.relevant_l33t_subtable(text, matching.L33T_TABLE)

    assert prod(map(len, table.values())) <= 32
    assert len(matching.enumerate_l33t_subs(table)) <= 128
    assert table.keys() == possible.keys()
    assert all(signs == possible[letter][: len(signs)] for letter, signs in table.items())


@given(st.text(st.sampled_from("0123456789!@#$%"), max_size=32))
def test_substitutions_of_the_ministrys_alphabet_are_complete(text) -> None:
    """Digits and the five specials that the ministry allows never reach the bound."""
    assert plain.substitutions(text) == matching.relevant_l33t_subtable(text, matching.L33T_TABLE)


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads take turns so often that they meet in the middle of a call."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_four_threads_agree_with_one() -> None:
    """Of 10,000 scores found by four threads, with everybody's own data, none is wrong."""
    words = ("qmzrtvwk", "xjqwvbnz", "wkzpqrtj", "vbjxqzmw", "zrwqkxvj")
    cases = [(f"{word}7", (other,)) for word in words for other in words]
    expected = [score(*case) for case in cases]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: score(*case), cases * 400))

    assert len(found) == 10_000
    assert found == expected * 400
    assert [expected[n] for n in range(7)] == [1, 3, 3, 3, 3, 3, 1]


def test_nothing_of_a_person_stays_in_zxcvbn() -> None:
    """The module's global is not written, and what others write there is not read."""
    before = {name: len(words) for name, words in matching.RANKED_DICTIONARIES.items()}
    alone = score("qmzrtvqmzrtv")
    score("segretissima", ["segretissima"])
    after = {name: len(words) for name, words in matching.RANKED_DICTIONARIES.items()}
    zxcvbn("x", ["qmzrtv"])

    assert before == after
    assert score("qmzrtvqmzrtv") == alone


def test_the_hosts_decimal_context_does_not_matter() -> None:
    """A host that computes with one digit, or traps floats, gets the usual scores."""
    usual = score("Gatto.Topo.77!")
    with decimal.localcontext() as context:
        context.prec = 1
        context.traps[decimal.FloatOperation] = True
        context.traps[decimal.Inexact] = True
        unusual = score("Gatto.Topo.77!")

    assert unusual == usual


def test_an_institution_adds_its_words() -> None:
    """A word list of one's own makes its words weak, and nobody else's."""
    own = Estimator(["frobozzium"])

    assert own.score("Frobozzium1") < 2 < plain.score("Frobozzium1")


@pytest.mark.parametrize("name", ["italian_words.txt", "common_passwords.txt"])
def test_lists_are_clean(name) -> None:
    """Each entry stands once, in lower case, without spaces."""
    text = files("registrazione.checks").joinpath(name).read_text("utf-8")
    words = [line for line in text.splitlines() if not line.startswith("#")]

    assert len(words) == len(set(words)) > 300
    assert all(word == word.casefold().strip() != "" for word in words)


def test_zxcvbn_is_loaded_on_first_use() -> None:
    """Importing the module loads nothing heavy."""
    program = (
        "import sys, registrazione.checks.strength, registrazione.checks.breach;"
        "print('zxcvbn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.strip() == b"False"
