"""The reference writes itself rightly: tables, docstrings, and where procedures are dated."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from docs._ext.reference_pages import fill, markdown
from docs._ext.reference_pages.dated import findings

from registrazione.core.alphabets import Alphabet
from registrazione.profiles import load

COMMON = [
    "password.min_length",
    "password.require_upper, require_lower, require_digit",
    "password.alphabet",
    "password.breach_check",
    "password.differs_from_person",
]
MAILED = [*COMMON, "first_password", "reset"]
EXPIRING = [*COMMON[:3], "password.expires_after", *COMMON[3:]]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("mim-students", MAILED),
        ("iscrizioni-online", MAILED),
        ("istanze-online", COMMON),
        ("polis", EXPIRING),
        ("unimi-external", COMMON),
        ("standard", []),
    ],
)
def test_where_a_procedure_is_dated(name, settings) -> None:
    """Each procedure says all that today's standards would have otherwise, and no more."""
    assert [finding.setting for finding in findings(load(name))] == settings


def test_a_setting_mended_is_a_finding_less() -> None:
    """The findings are read off the data: who asks for longer passwords is not reproached."""
    polis = load("polis")
    mended = attrs.evolve(
        polis, password=attrs.evolve(polis.password, min_length=15, breach_check=True)
    )

    assert len(findings(polis)) - len(findings(mended)) == 2


def test_an_alphabet_without_specials_is_said_to_have_none() -> None:
    """Letters and digits alone are named as such."""
    polis = load("polis")
    bare = attrs.evolve(
        polis, password=attrs.evolve(polis.password, alphabet=Alphabet(specials=""))
    )

    says = {finding.setting: finding.says for finding in findings(bare)}

    assert says["password.alphabet"] == "only letters and digits of ASCII"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=24), "1 day"),
        (timedelta(days=30), "30 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=61), "61 seconds"),
        (None, "–"),
    ],
)
def test_lengths_of_time(length, words) -> None:
    """A length of time is told in its largest whole unit."""
    assert markdown.span(length) == words


def test_a_table_keeps_its_shape() -> None:
    """Line breaks and bars inside a cell do not break the table; nothing is a dash."""
    assert markdown.table(["a", "b"], [("x\ny", "1|2"), ("", "z")]) == (
        "| a | b |\n| --- | --- |\n| x y | 1\\|2 |\n| – | z |\n"
    )


def test_prose_of_a_docstring() -> None:
    """Roles and literals of a docstring become code."""
    text = "See :meth:`~registrazione.Registrar.open`, :class:`Draft` and ``None``."

    assert markdown.prose(text) == "See `open`, `Draft` and `None`."


def test_arguments_of_a_docstring() -> None:
    """Each argument has its meaning on one line, and what follows the list is no argument."""

    def function() -> None:
        """Do something.

        Args:
            one: The first one,
                on two lines.
            other: The other.

        Raises:
            ValueError: Never.
        """

    assert markdown.arguments(function) == {
        "one": "The first one, on two lines.",
        "other": "The other.",
    }
    assert markdown.arguments(int) == {}


def test_an_unknown_part_is_an_error() -> None:
    """A page that asks for a part that there is not does not go out with a hole in it."""
    with pytest.raises(KeyError, match="no-such-part"):
        fill("before\n<!-- generated: no-such-part -->\nafter")


def test_the_rest_of_a_page_stays() -> None:
    """Only the marker's own line is replaced."""
    filled = fill("# Letters\n\n<!-- generated: letters -->\n\nThe end.\n")

    assert filled.startswith("# Letters\n\n| letter |")
    assert filled.endswith("\n\nThe end.\n")
