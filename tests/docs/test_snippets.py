"""Every piece of Python in the README, the documentation and the examples' pages does its work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sybil import Document, Sybil
from sybil.parsers.myst import PythonCodeBlockParser
from tests.installed_examples import install

from registrazione.cli.app import cli

ROOT = Path(__file__).parents[2]
# Its examples are tests with fixtures: tests/testing/test_plugin.py runs them as such.
TESTS = ROOT / "docs" / "how-to" / "test-your-application.md"
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in ROOT.glob("docs/**/*.md") if path != TESTS),
    *sorted(ROOT.glob("examples/*/README.md")),
]
SYBIL = Sybil(parsers=[PythonCodeBlockParser()])


def name_of(page: Path) -> str:
    """Name a page as links do."""
    return page.relative_to(ROOT).as_posix()


def parsed(page: Path) -> Document:
    """Read a page and find its examples, as a program of the current folder."""
    document = SYBIL.parse(page)
    document.namespace["__name__"] = "some_program"
    return document


WITH_EXAMPLES = [page for page in PAGES if list(parsed(page).examples())]


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name_of)
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch) -> None:
    """The examples of a page run one after the other, and print what the page says."""
    if (page.parent / "pyproject.toml").exists() and page.parent != ROOT:
        install(page.parent, tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)

    ran = 0
    document = parsed(page)
    for example in document.examples():
        assert example.evaluate() is None
        ran += 1

    assert ran


def test_the_checks_of_the_command_line_answer_as_shown() -> None:
    """Each line of the guide is taken, and the first is answered as the guide says."""
    page = (ROOT / "docs/how-to/check-values.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\$ echo '(.+)' \| registrazione (check .+)$", page, re.MULTILINE)
    (shown,) = re.findall(r"```json\n(.+)\n```", page)

    ran = [
        CliRunner().invoke(cli, arguments.split(), input=f"{line}\n") for line, arguments in lines
    ]

    assert [result.exit_code for result in ran] == [1, 0, 1, 0]
    answered = json.loads(ran[0].stdout)
    for problem in answered["problems"]:
        problem["message"] = "…"
    assert answered == json.loads(shown)


def test_the_main_pages_have_examples() -> None:
    """The README, the tutorial and most guides show the code that they speak of."""
    names = {name_of(page) for page in WITH_EXAMPLES}

    assert {"README.md", "docs/tutorial/first-registration.md"} <= names
    assert sum(name.startswith("docs/how-to/") for name in names) >= 10


def test_embedding_takes_a_dozen_lines(tmp_path, monkeypatch) -> None:
    """The README's application has at most twelve lines, and its first page is there."""
    monkeypatch.chdir(tmp_path)
    document = parsed(ROOT / "README.md")
    (example,) = document.examples()
    lines = [line for line in example.parsed.splitlines() if line.strip()]
    example.evaluate()

    page = document.namespace["app"].test_client().get("/registrazione/sign-in")

    assert len(lines) <= 12
    assert max(map(len, lines)) <= 100
    assert "Registrazione utenti esterni" in page.text
