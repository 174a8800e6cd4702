"""The example of a Django project that adopts the library works as its reader would try it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.installed_examples import run_own_tests

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "django_project"
GUIDE = ROOT / "docs" / "how-to" / "embed-in-django.md"
MOST_LINES = 12
LINE = "# -- people register by themselves"


def test_its_own_tests_pass() -> None:
    """Somebody registers and is a member of the project's own kind; nothing is amiss."""
    done = run_own_tests(EXAMPLE)

    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_it_can_be_installed() -> None:
    """What it imports it depends on, and both of its packages are shipped with their templates."""
    pyproject = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    needed = " ".join(pyproject["project"]["dependencies"])
    shipped = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert "registrazione[django]" in needed
    assert all((EXAMPLE / name / "templates").is_dir() for name in shipped)


def test_it_is_embedded_in_a_dozen_lines() -> None:
    """Settings and addresses: what came with the library, and what was there without it."""
    settings = (EXAMPLE / "portal" / "settings.py").read_text(encoding="utf-8")
    urls = (EXAMPLE / "portal" / "urls.py").read_text(encoding="utf-8")
    before, after = settings.split(LINE)
    lines = [line for line in after.splitlines()[1:] if line]
    lines += [line for line in urls.splitlines() if "registrazione" in line]

    assert "registrazione" not in before
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= 100


def test_the_guide_shows_it() -> None:
    """The guide leads its reader to the example."""
    assert "examples/django_project" in GUIDE.read_text(encoding="utf-8")
