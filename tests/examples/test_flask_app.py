"""The example of a portal on Flask works as its reader would try it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.installed_examples import run_own_tests

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "flask_app"
PACKAGE = EXAMPLE / "src" / "flask_portal"
GUIDE = ROOT / "docs" / "how-to" / "embed-in-flask.md"
MOST_LINES = 12


def test_its_own_tests_pass() -> None:
    """Somebody registers, signs in, enrols, and finds the portal's layout around every page."""
    done = run_own_tests(EXAMPLE)

    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_it_can_be_installed() -> None:
    """What it imports it depends on, and its templates are in the package that it ships."""
    pyproject = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    needed = " ".join(pyproject["project"]["dependencies"])
    (shipped,) = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert "Flask-Login" in needed
    assert "registrazione[flask,sql]" in needed
    assert (EXAMPLE / shipped / "templates" / "registrazione" / "base.html").is_file()


def test_it_is_embedded_in_a_dozen_lines() -> None:
    """What the factory says of the library is the extension and its settings."""
    source = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    made = source[source.index("registrazione = ") : source.index("\n)\n") + 2]
    more = [line for line in source.splitlines() if "registrazione." in line]

    assert more == [
        "from registrazione.contrib.flask import Registrazione",
        "    registrazione.init_app(app)",
    ]
    assert len(made.splitlines()) + len(more) <= MOST_LINES


def test_the_guide_shows_it() -> None:
    """The guide leads its reader to the example."""
    assert "examples/flask_app" in GUIDE.read_text(encoding="utf-8")
