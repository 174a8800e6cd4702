"""``registrazione check``, as far as it is not the checks themselves."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.shell import run

from registrazione.cli import check as command
from registrazione.cli.check import batches_of


def answers(*arguments: str, typed: bytes) -> list[dict[str, object]]:
    """Return the answers to some lines."""
    return [json.loads(line) for line in run("check", *arguments, typed=typed).stdout.splitlines()]


def test_the_answer_is_the_contracts() -> None:
    """One line holds the keys of the contract in their order, and the problem in words."""
    result = run("check", "password", "--profile", "mim-students", typed='{"password": "Passw0r"}')

    assert result.exit_code == 1
    assert result.stdout == (
        '{"ok": false, "normalised": null, "problems": [{"code": "password.too_short", '
        '"field": "password", "severity": "error", '
        '"message": "La password deve avere almeno 8 caratteri."}]}\n'
    )


def test_messages_come_in_either_language() -> None:
    """``--language en`` gives the same problems in English; nothing beyond ASCII is written."""
    (row,) = answers("codice-fiscale", "--language", "en", typed=b'{"cf": "12345678903"}')

    assert row["ok"] is True
    assert row["problems"] == [
        {
            "code": "cf.provvisorio",
            "field": "cf",
            "severity": "info",
            "message": "Provisional code: the data will be checked by the secretariat.",
        }
    ]


def test_the_standard_profile_counts_where_none_is_named() -> None:
    """Without ``--profile`` passwords are judged by today's standards."""
    (row,) = answers("password", typed=b'{"password": "Passw0rd"}')

    assert [p["code"] for p in row["problems"]] == ["password.too_short"]  # type: ignore[attr-defined]


def test_an_unknown_procedure_is_told_with_those_there_are() -> None:
    """A wrong name ends with status 2 and the list of the right ones."""
    result = run("check", "email", "--profile", "nonsense", typed="{}")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "unimi-external" in result.stderr


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_as_many_answers_as_lines(lines) -> None:
    """Whatever the bytes, each line has its answer, the last one with or without its end."""
    typed = b"\n".join(lines)
    count = typed.count(b"\n") + (not typed.endswith(b"\n") and bool(typed))

    assert len(answers("email", typed=typed)) == count


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        (b"", []),
        (b"\n", [b""]),
        (b"abc\n", [b"abc"]),
        (b"abc", [b"abc"]),
        (b"abcdef\nabcde\n", [b"abcdef", b"abcde"]),
        (b"abcdefg\nabc", [b"", b"abc"]),
        (b"abcdefg", [b""]),
        (b"abcdefghijklmnop\n\nabc\n", [b"", b"", b"abc"]),
    ],
)
@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_lines_are_whole_however_they_come(monkeypatch, chunk, typed, lines) -> None:
    """Whatever comes at once, lines are cut at their ends only; one beyond all measure is empty."""
    monkeypatch.setattr(command, "CHUNK", chunk)
    monkeypatch.setattr(command, "LONGEST", 6)

    assert [line for batch in batches_of(io.BytesIO(typed)) for line in batch] == lines
