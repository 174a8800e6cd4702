"""Whatever the library offers is in its documentation, under its name."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import attrs
import pytest
from docs._ext.reference_pages import MARKER, PARTS, fill
from docs._ext.reference_pages.events import all_events, name_of

import registrazione
from registrazione import Settings, ports
from registrazione.cli.app import COMMANDS
from registrazione.core.machine import RULES
from registrazione.methods import CommandMethods
from registrazione.plugins import PORTS, hookspecs
from registrazione.profiles import NAMES
from registrazione.refusals import catalogue
from registrazione.service.letters import KINDS

DOCS = Path(__file__).parents[2] / "docs"
HOOKS = [port.hook for port in PORTS]
PROTOCOLS = [name for name in ports.__all__ if getattr(getattr(ports, name), "_is_protocol", False)]


def page(name: str) -> str:
    """Return a page as it is built."""
    return fill((DOCS / name).read_text(encoding="utf-8"))


def rows_of(name: str, cells: str) -> list[Any]:
    """Return what a pattern finds in the rows of a page's tables."""
    return re.findall(rf"^\| {cells} \|$", page(name), re.MULTILINE)


@pytest.fixture(scope="module")
def procedures() -> str:
    """Return the page of the procedures."""
    return page("reference/profiles.md")


@pytest.mark.parametrize("name", NAMES)
def test_every_profile_has_its_section(name, procedures) -> None:
    """A section with settings, form, machine, and where the procedure is dated."""
    _, _, after = procedures.partition(f"## `{name}`\n")
    section = after.partition("\n## ")[0]

    assert "stateDiagram-v2" in section
    for heading in ("Its settings", "Its form", "Its passwords", "Where it is dated"):
        assert f"### {heading}\n" in section


def test_every_setting_is_explained() -> None:
    """Each argument of a registrar's `open` has a row, and says something."""
    rows = dict(rows_of("reference/settings.md", r"`(\w+)` \| (?:yes|–) \| (.+)"))

    assert rows.keys() == {field.name for field in attrs.fields(Settings)}
    assert all(len(meaning) > 10 for meaning in rows.values())


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_its_section_and_example(hook) -> None:
    """A hook's section shows an implementation of it."""
    _, _, after = page("reference/hooks.md").partition(f"## `{hook}`\n")
    section = after.partition("\n## ")[0]

    assert f"def {hook}(" in section
    assert "@hookimpl" in section


def test_no_hook_is_left_out() -> None:
    """The hooks that pluggy knows are those that have a port, and so a section."""
    specified = {
        name
        for name, _ in inspect.getmembers(hookspecs, inspect.isfunction)
        if name.startswith("registrazione_")
    }

    assert specified == set(HOOKS)


def test_every_refusal_is_listed() -> None:
    """Each code has its row, with its Italian and its English words."""
    rows = rows_of("reference/refusals.md", r"`(\S+)` \| (.+) \| (.+)")

    assert sorted(code for code, _, _ in rows) == sorted(catalogue())
    assert all(italian and english for _, italian, english in rows)


@pytest.mark.parametrize("name", ports.__all__)
def test_every_port_is_described(name) -> None:
    """Protocols, errors and values of the ports are all on their page."""
    text = page("reference/ports.md")

    assert re.search(rf"auto(class|exception|data|function):: registrazione\.ports\.{name}\n", text)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_port_says_its_laws(name) -> None:
    """A Protocol's docstring says what an implementation has to keep to."""
    documented = inspect.getdoc(getattr(ports, name)) or ""

    assert re.search(r"\bLaws?\b|See :meth:|The same contract", documented)


def test_every_command_is_in_the_table() -> None:
    """Each command has a row that says who may ask for it and when."""
    rows = rows_of("reference/commands.md", r"`(\w+)` \| .+ \| .+ \| .+ \| .+")

    assert rows == [command.name for command in RULES]


def test_every_event_is_in_the_table() -> None:
    """Each event has a row with its name in the trail."""
    text = page("reference/events.md")

    assert all(f"| `{event.__name__}` | `{name_of(event)}` |" in text for event in all_events())


def test_every_letter_is_in_the_table() -> None:
    """Each letter has a row that says what it tells."""
    text = page("reference/letters.md")

    assert all(f"| `{kind}` | " in text for kind in KINDS)


def test_every_command_of_the_command_line_has_its_section() -> None:
    """Whatever `registrazione` offers is on the page."""
    text = page("reference/command-line.md")
    offered = {name for name in COMMANDS if f"### `registrazione {name}`\n" in text}

    assert offered
    assert {"check", "profiles", "diagram", "story", "deliver", "plugins"} <= offered


def test_every_public_name_is_in_the_reference() -> None:
    """What `import registrazione` gives is described on a page of the reference."""
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("reference/**/*.md"))
    wanting = [
        name
        for name in registrazione.__all__
        if name != "__version__"
        and f":: registrazione.{name}\n" not in pages
        and f"automodule:: {getattr(registrazione, name).__module__}\n" not in pages
    ]

    assert not wanting


def test_every_method_is_a_command() -> None:
    """The table of commands is a table of the registrar's methods, the timers' aside."""
    methods = {
        name
        for name, _ in inspect.getmembers(CommandMethods, inspect.isfunction)
        if not name.startswith("_") and name != "handle"
    }
    timers = {"expire", "warn_password", "cancel_unused"}

    assert methods == {command.name for command in RULES} - timers


def test_every_generated_part_is_on_a_page() -> None:
    """No part is written for nobody, and no page asks for one that there is not."""
    asked = [
        name
        for path in DOCS.rglob("*.md")
        for name in MARKER.findall(path.read_text(encoding="utf-8"))
    ]

    assert sorted(asked) == sorted(PARTS)


def test_every_page_is_reached() -> None:
    """No page is left out of the tables of contents."""
    listed = {
        (path.parent / entry).resolve()
        for path in DOCS.rglob("*.md")
        for block in re.findall(r"```\{toctree\}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
        for entry in re.findall(r"^[\w/-]+$", block, re.MULTILINE)
    }
    pages = {path.with_suffix("").resolve() for path in DOCS.rglob("*.md")}

    assert pages - listed == {(DOCS / "index").resolve()}
