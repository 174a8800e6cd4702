"""The root of the commands: what is offered, what is loaded, how it ends."""

from __future__ import annotations

import re
from types import MappingProxyType

import click
import pytest
from tests.cli.shell import run

from registrazione import __version__, cli
from registrazione.cli import app
from registrazione.plugins import COMMAND, Backend, manager, ready


class EntryPoint:
    """An entry point of a distribution that is not really installed."""

    dist = None
    value = "somewhere"

    def __init__(self, name, plugin) -> None:
        """Stand for a plugin, or for the error that it is loaded with."""
        self.name = name
        self._plugin = plugin

    def load(self):
        """Return the plugin."""
        if isinstance(self._plugin, Exception):
            raise self._plugin
        return self._plugin


class Plugin:
    """A plugin that brings commands."""

    def __init__(self, *backends) -> None:
        """Keep what is brought."""
        self._backends = backends

    @manager.hookspecs.hookimpl
    def registrazione_commands(self):
        """Bring it."""
        return self._backends


@click.command("import-old")
def import_old() -> None:
    """Import what was there before."""
    click.echo("nothing to import")


def fail(*_: object, **__: object) -> object:
    """Fail."""
    raise ZeroDivisionError


@pytest.fixture
def installed(monkeypatch):
    """Let these plugins be installed, and no other."""

    def install(*plugins):
        points = [EntryPoint(f"plugin{n}", plugin) for n, plugin in enumerate(plugins)]
        monkeypatch.setattr(manager, "entry_points", lambda **_: points)

    return install


@pytest.fixture
def odd(monkeypatch):
    """Add the odd commands, by their names."""
    names = ("closed", "interrupted", "asked", "interrupted_prompt", "away", "unsettled", "broken")
    added = {name: f"tests.cli.odd_commands:{name}" for name in names}
    monkeypatch.setattr(app, "COMMANDS", MappingProxyType({**app.COMMANDS, **added}))


# -- what is offered ------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_every_command_and_every_status(flag) -> None:
    """A person learns from the first page what there is, and what the statuses mean."""
    result = run(flag)

    assert result.exit_code == 0
    for name in ("check", "profiles", "diagram", "accounts", "deliver", "expire", "warn"):
        assert re.search(rf"^  {name} +\w", result.stdout, re.MULTILINE)
    words = " ".join(result.stdout.split())
    assert "0 done" in words
    assert "130 interrupted with Ctrl-C" in words


@pytest.mark.parametrize("name", [name for name in app.COMMANDS if app._module(name)])
def test_every_command_explains_itself(name) -> None:
    """Each command has a help page of its own."""
    result = run(name, "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: cli {name}")
    assert len(result.stdout.splitlines()) > 5
    # What tells click to leave lines as they are is a character, and is not shown.
    assert "\\b" not in result.stdout


def test_the_version_is_told() -> None:
    """``--version`` names program and version."""
    assert run("--version").stdout == f"registrazione, version {__version__}\n"


def test_an_unknown_command_is_a_misuse() -> None:
    """A name that nobody has ends with status 2 and nothing on standard output."""
    result = run("nonsense")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "nonsense" in result.stderr


@pytest.mark.parametrize(
    ("typed", "meant"), [("profle", "profiles"), ("migrat", "migrate"), ("acounts", "accounts")]
)
def test_a_command_that_is_mistyped_comes_with_the_one_that_was_meant(typed, meant) -> None:
    """Whoever slips reads the right name, though no command is loaded yet."""
    result = run(typed)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in result.stderr


@pytest.mark.parametrize("group", [(), ("accounts",), ("profiles",)])
def test_no_line_of_a_list_of_commands_is_cut_off(group) -> None:
    """The first sentence of each command fits into a terminal of eighty columns."""
    lines = run(*group, "--help").stdout.splitlines()

    assert not [line for line in lines if line.startswith("  ") and line.endswith("...")]


def test_a_command_that_is_not_installed_is_not_offered(monkeypatch) -> None:
    """A command whose module is missing is left out of the list, and unknown."""
    monkeypatch.setattr(app, "COMMANDS", MappingProxyType({"gone": "registrazione.cli.gone:gone"}))

    assert "gone" not in run("--help").stdout
    assert run("gone").exit_code == 2


# -- plugins --------------------------------------------------------------------------------


def test_a_plugin_brings_a_command(installed) -> None:
    """A command of a plugin is in the list and runs."""
    installed(Plugin(Backend(COMMAND, "import-old", ready(import_old))))

    assert "import-old  " in run("--help").stdout
    assert run("import-old").stdout == "nothing to import\n"


def test_plugins_are_not_looked_for_in_vain(installed) -> None:
    """One of the library's own commands does not load any plugin."""
    installed(ImportError("loaded all the same"))

    assert run("diagram", "standard").exit_code == 0


def test_a_broken_plugin_hides_no_command(installed) -> None:
    """The list comes all the same, with a word on what is missing; an unknown name tells it too."""
    installed(ImportError("no such thing"))

    listed, asked = run("--help"), run("import-old")

    assert listed.exit_code == 0
    assert "check" in listed.stdout
    assert "plugin0 of somewhere cannot be loaded" in listed.stderr
    assert asked.exit_code == 2
    assert asked.stderr == "Error: plugin0 of somewhere cannot be loaded\n"


@pytest.mark.parametrize(
    ("factory", "reason"),
    [
        (fail, "the plugin's command 'import-old' cannot be made"),
        (ready(print), "what the plugin brings as 'import-old' is no command of click"),
    ],
)
def test_a_plugins_command_may_be_none(installed, factory, reason) -> None:
    """A command that cannot be made is left out of the list, and says so when it is asked for."""
    installed(Plugin(Backend(COMMAND, "import-old", factory)))

    listed, asked = run("--help"), run("import-old")

    assert listed.exit_code == 0
    assert "import-old  " not in listed.stdout
    assert listed.stderr == f"Left out: {reason}\n"
    assert (asked.exit_code, asked.stderr) == (2, f"Error: {reason}\n")


def test_a_malfunction_while_listing_is_one(monkeypatch) -> None:
    """What is no error of a plugin is not told as one."""
    monkeypatch.setattr(app, "_catalogue", fail)

    assert isinstance(run("--help").exception, ZeroDivisionError)


# -- how it ends ----------------------------------------------------------------------------


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize(
    ("name", "status", "stderr"),
    [
        ("closed", 141, ""),
        ("interrupted", 130, "\n"),
        ("interrupted_prompt", 130, "\n"),
        ("asked", 1, "Well: Aborted!\n"),
        ("away", 1, "Error: the store: the store does not answer\n"),
        ("unsettled", 2, "Error: base_url is an https address\n"),
    ],
)
def test_every_end_has_its_status(name, status, stderr) -> None:
    """However a command ends, standard output holds results only, and the status tells which."""
    result = run(name)

    assert (result.exit_code, result.stdout, result.stderr) == (status, "", stderr)


@pytest.mark.usefixtures("odd")
def test_a_malfunction_is_not_hidden() -> None:
    """What the library does not raise on purpose shows where it comes from."""
    assert isinstance(run("broken").exception, ZeroDivisionError)


# -- without the extra ----------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_the_extra_is_named_where_it_is_missing(monkeypatch, capsys, missing) -> None:
    """Without click or rich there is one line that says what to install, and status 2."""
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == missing else object())

    with pytest.raises(SystemExit) as caught:
        cli.main()

    assert caught.value.code == 2
    assert capsys.readouterr() == (
        "",
        'the command line needs: pip install "registrazione[cli]"\n',
    )
