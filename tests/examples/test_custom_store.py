"""The example of a store of one's own keeps its promises: short, lawful, found by its name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.installed_examples import install, run_own_tests

from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue
from registrazione.ports import AccountStore

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "custom_store"
GUIDE = ROOT / "docs" / "how-to" / "write-a-store.md"
MOST_LINES = 40


def lines_of_code(source: str) -> list[str]:
    """Return the lines that are neither blank nor comment nor docstring."""
    spoken: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if documented and ast.get_docstring(node) is not None:
            spoken |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return [
        line
        for number, line in enumerate(source.splitlines(), 1)
        if number not in spoken and line.strip() and not line.lstrip().startswith("#")
    ]


def code() -> str:
    """Return the code of the example, all of it."""
    (module,) = (EXAMPLE / "src").rglob("*.py")
    return module.read_text(encoding="utf-8")


def test_lines_are_counted_as_promised() -> None:
    """Blank lines, comments and docstrings do not count, everything else does."""
    source = '"""Of the module."""\n\nimport os  # yes\n# no\ndef f():\n    """Two\n    lines."""\n'

    assert lines_of_code(source) == ["import os  # yes", "def f():"]


def test_it_has_at_most_forty_lines() -> None:
    """The whole package, imports and hook included, in lines of at most a hundred characters."""
    assert len(lines_of_code(code())) <= MOST_LINES
    assert max(map(len, code().splitlines())) <= 100


def test_its_own_tests_pass() -> None:
    """Every law is kept, and a registration goes through, as its reader would try it."""
    done = run_own_tests(EXAMPLE)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_it_is_found_by_its_scheme(tmp_path, monkeypatch) -> None:
    """Once installed it is chosen by URL, and listed with the distribution that brings it."""
    project = install(EXAMPLE, tmp_path, monkeypatch)
    catalogue = PluginCatalogue()

    store = catalogue.build(ACCOUNT_STORE, "dict://")

    assert isinstance(store, AccountStore)
    rows = [row for row in catalogue.list() if row.name == "dict"]
    assert [(row.distribution, row.version) for row in rows] == [(project["name"], "1.0")]


def test_the_guide_explains_every_part() -> None:
    """The guide shows the code from the file itself, and leaves nothing of it out."""
    shown = re.findall(r"^:pyobject: ([\w.]+)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    parts = []
    for node in ast.parse(code()).body:
        if isinstance(node, ast.ClassDef):
            parts += [f"{node.name}.{part.name}" for part in node.body if hasattr(part, "name")]
        elif isinstance(node, ast.FunctionDef):
            parts.append(node.name)

    assert [name for name in shown if not name.startswith("test_")] == parts
