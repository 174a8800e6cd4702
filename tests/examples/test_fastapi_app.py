"""The example of a portal on FastAPI works as its reader would try it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.installed_examples import run_own_tests

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fastapi_app"
GUIDE = ROOT / "docs" / "how-to" / "serve-json.md"


def test_its_own_tests_pass() -> None:
    """Somebody registers, signs in, and is greeted; a stranger is refused."""
    done = run_own_tests(EXAMPLE)

    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_it_can_be_installed() -> None:
    """What it imports it depends on, and the module that it ships is there."""
    pyproject = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))
    needed = " ".join(pyproject["project"]["dependencies"])
    shipped = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]

    assert "fastapi" in needed
    assert "registrazione[sql,starlette]" in needed
    assert all((EXAMPLE / name).is_file() for name in shipped)


def test_the_guide_shows_it() -> None:
    """The guide leads its reader to the example."""
    assert "examples/fastapi_app" in GUIDE.read_text(encoding="utf-8")
