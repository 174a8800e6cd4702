"""The settings of the commands: from options, from the environment, or missing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.cli.shell import run
from tests.world import KEY

from registrazione.cli.app import cli
from registrazione.cli.errors import Misuse
from registrazione.cli.opening import secret_keys

OPTIONS = ("--profile", "--storage", "--mailer", "--base-url")


@pytest.mark.parametrize("option", OPTIONS)
def test_a_missing_setting_is_told_with_both_its_names(place, option) -> None:
    """Without a setting the command says which option and which variable give it."""
    there = place()
    variable = "REGISTRAZIONE_" + option[2:].replace("-", "_").upper()

    result = there.run("expire", **{variable: ""})

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"'{option}'" in result.stderr
    assert variable in result.stderr


def test_options_come_before_the_environment(place) -> None:
    """What is given as an option counts, whatever the environment says."""
    there = place()

    result = there.run("expire", "--storage", there.storage, REGISTRAZIONE_STORAGE="nonsense://")

    assert (result.exit_code, result.stdout) == (0, "0 looked at, 0 done\n")


def test_an_operator_says_who_asks(place) -> None:
    """An operator's command without an operator is a misuse."""
    there = place()

    result = there.run("accounts", "history", "x", REGISTRAZIONE_OPERATOR_ID="")
    unknown = there.run("accounts", "history", "x", REGISTRAZIONE_ROLE="king")

    assert result.exit_code == unknown.exit_code == 2
    assert "'--operator-id'" in result.stderr
    assert "king" in unknown.stderr


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"REGISTRAZIONE_BASE_URL": "http://example.it"}, "base_url is an https address"),
        ({"REGISTRAZIONE_SECRET_KEYS": "short"}, "secret_keys[0]"),
        (
            {"REGISTRAZIONE_SECRET_KEYS": "one key with spaces"},
            "; REGISTRAZIONE_SECRET_KEYS holds 4 keys, between spaces",
        ),
        ({"REGISTRAZIONE_PROFILE": "poliss"}, "did you mean 'polis'?"),
        ({"REGISTRAZIONE_PROFILE": "nonsense"}, "no back-end 'nonsense' is installed"),
        ({"REGISTRAZIONE_STORAGE": "nonsense://user:secret@x"}, "no back-end 'nonsense'"),
        ({"REGISTRAZIONE_MAILER": "file://"}, "the URL of a file mailer names a folder"),
        ({"REGISTRAZIONE_SENDER": "a b"}, "sender"),
        ({"REGISTRAZIONE_SECRET_KEYS": " "}, "there are no secret keys"),
    ],
)
def test_a_setting_that_cannot_be_used_is_a_misuse(place, changes, told) -> None:
    """What is wrong with a setting is told in one line that shows no key and no password."""
    result = place().run("expire", **changes)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1
    assert "secret@" not in result.stderr
    assert "short" not in result.stderr.replace("too short", "")


def test_a_store_that_is_not_there_is_told(place, tmp_path) -> None:
    """A path that leads nowhere ends with status 1, without a trace and without a database."""
    mistyped = tmp_path / "acounts.db"
    result = place().run("accounts", "list", REGISTRAZIONE_STORAGE=f"sqlite:///{mistyped}")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: the store: there is no such database")
    assert not mistyped.exists()


def test_keys_come_from_a_file_or_from_the_environment(tmp_path, monkeypatch) -> None:
    """A file holds one key a line, the variable holds them between spaces; the file counts."""
    file = tmp_path / "keys"
    file.write_text("newest key of this file\n\n  older  \n", encoding="utf-8")
    monkeypatch.setenv("REGISTRAZIONE_SECRET_KEYS", "one two\nthree")

    assert secret_keys(file) == ["newest key of this file", "older"]
    assert secret_keys(None) == ["one", "two", "three"]


def test_no_keys_at_all_are_a_misuse(tmp_path, monkeypatch) -> None:
    """An empty file and an unset variable hold no key."""
    empty = tmp_path / "keys"
    empty.write_text("\n", encoding="utf-8")
    monkeypatch.delenv("REGISTRAZIONE_SECRET_KEYS", raising=False)

    for file in (empty, None):
        with pytest.raises(Misuse, match="REGISTRAZIONE_SECRET_KEYS"):
            secret_keys(file)


def test_a_file_with_keys_opens_the_registrar(place, tmp_path) -> None:
    """The option names the file; keys themselves are never an option."""
    file = tmp_path / "keys"
    file.write_text(KEY + "\n", encoding="utf-8")

    result = place().run("warn", "--secret-keys-file", str(file), REGISTRAZIONE_SECRET_KEYS="")

    assert (result.exit_code, result.stdout) == (0, "0 looked at, 0 written to\n")
    assert "--secret-keys " not in run("warn", "--help").stdout


def test_where_stories_were_played_nothing_has_to_be_said(tmp_path, monkeypatch) -> None:
    """After `make demo`, `registrazione accounts list` alone shows what it left behind."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli, ["story", "istanze-online", "--quiet"])
    result = CliRunner().invoke(cli, ["accounts", "list", "--profile", "istanze-online"])
    default = CliRunner().invoke(cli, ["accounts", "list"])

    assert (result.exit_code, result.stderr) == (0, "")
    assert "active" in result.stdout
    assert (default.exit_code, default.stderr) == (0, "")
