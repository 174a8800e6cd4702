"""Every requirement in the documentation is shown by a test to be met."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]{3}-\d{2}) \| ([RPC]) \| (.+) \|$", re.MULTILINE)


def requirements() -> dict[str, str]:
    """Return the kind of each requirement in the documentation's table."""
    return {row[1]: row[2] for row in ROW.finditer(TABLE.read_text(encoding="utf-8"))}


def is_requirement_mark(node: ast.AST) -> bool:
    """Tell whether ``node`` is a call of ``pytest.mark.requirement``, however it is applied."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement"


def citations(source: str) -> Iterator[str]:
    """Yield the requirements that a test module cites.

    Marks of tests, classes, modules (``pytestmark``) and parameters count alike; those of a module
    without any test do not count.
    """
    nodes = list(ast.walk(ast.parse(source)))
    functions = (n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    if not any(function.name.startswith("test") for function in functions):
        return
    for node in nodes:
        if is_requirement_mark(node):
            yield from (ast.literal_eval(argument) for argument in node.args)


@pytest.fixture(scope="module")
def cited() -> Counter[str]:
    """Count how often the tests cite each requirement."""
    modules = (path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("test_*.py")))
    return Counter(identifier for source in modules for identifier in citations(source))


def test_the_table_is_read_whole() -> None:
    """The rows that the tests read are as many as the page says there are."""
    kinds = Counter(requirements().values())
    stated = re.search(r"R (\d+), P (\d+), C (\d+): (\d+) in all", TABLE.read_text("utf-8"))

    assert stated is not None
    assert tuple(map(int, stated.groups())) == (*(kinds[k] for k in "RPC"), kinds.total())


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.requirement("A", "B")\ndef test_it(): ...',
        '@pytest.mark.requirement("A", "B")\nclass TestIt:\n    def test_it(self): ...',
        'pytestmark = [pytest.mark.requirement("A", "B")]\nasync def test_it(): ...',
        'CASES = [pytest.param(1, marks=pytest.mark.requirement("A", "B"))]\ndef test_it(): ...',
    ],
    ids=["function", "class", "module", "parameter"],
)
def test_a_mark_counts_wherever_it_stands(source) -> None:
    """A citation is found on a test, a class, a module and a parameter."""
    assert list(citations(source)) == ["A", "B"]


def test_a_module_without_tests_shows_nothing() -> None:
    """A mark in a module that tests nothing is no proof."""
    assert not list(citations('pytestmark = pytest.mark.requirement("A")'))


def test_every_rule_is_shown(cited) -> None:
    """No rule, and nothing a page, letter or form has to show, is left without a test."""
    wanted = {identifier for identifier, kind in requirements().items() if kind in "RP"}
    missing = sorted(wanted - cited.keys())

    assert not missing, f"{len(missing)} requirements are cited by no test: {', '.join(missing)}"


def test_only_known_requirements_are_cited(cited) -> None:
    """No test cites a requirement that the documentation does not have."""
    unknown = sorted(cited.keys() - requirements().keys())

    assert not unknown, f"no such requirement in {TABLE.name}: {', '.join(unknown)}"
