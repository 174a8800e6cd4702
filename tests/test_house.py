"""The bounds of the house, measured on the tree itself."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
PROOF = re.compile(r"Assert\(|raises|assert_|check|expect|warns|fail")
# Written so that they do not match themselves.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(work|farm|root)/[a-z.]")
REGISTRY = re.compile(
    r"(pypi|pythonhosted|npmjs|deb\.debian)\.(org|com)|file:/{2,}(opt|root|tmp|work)"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def git(*arguments: str) -> str:
    """Return what git says, or nothing where there is no git or no checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def project_files() -> Iterator[Path]:
    """Yield the files of the project: git's where this is its checkout, else all that are there."""
    top = git("rev-parse", "--show-toplevel").strip()
    if top and Path(top).resolve() == ROOT.resolve():
        listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
        paths = [ROOT / name for name in listed if name]
    else:
        paths = [
            path
            for path in ROOT.rglob("*")
            if not re.search(r"(^|/)(\.|__pycache__)", name_of(path))
        ]
    return (path for path in paths if path.is_file())


def name_of(path: Path) -> str:
    """Name ``path`` as git does."""
    return path.relative_to(ROOT).as_posix()


def python_files(folder: str) -> list[Path]:
    """List the Python files of the project below ``folder``."""
    return [p for p in project_files() if p.suffix == ".py" and name_of(p).startswith(folder + "/")]


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file, methods and inner ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every file of the project that is text."""
    for path in project_files():
        try:
            yield name_of(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_source_file_is_too_long() -> None:
    """A file above the bound hides a concept that has no name yet."""
    long = {
        name_of(path): count
        for path in python_files("src")
        if "migrations" not in path.parts
        and (count := path.read_text(encoding="utf-8").count("\n")) > MAX_FILE_LINES
    }

    assert not long


def test_no_function_is_too_long() -> None:
    """A function is read without scrolling."""
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length} lines"
        for path in python_files("src")
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]

    assert not long


def test_every_test_says_what_it_proves_and_proves_it() -> None:
    """Each test has a docstring, and something in it that can fail."""
    wanting = [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in python_files("tests")
        for function in functions(path)
        if function.name.startswith("test")
        and (ast.get_docstring(function) is None or not PROOF.search(ast.dump(function)))
    ]

    assert not wanting


def test_tests_in_one_module_have_names_of_their_own() -> None:
    """No test hides another of the same name: the later one would be the only one that runs."""
    hidden = [
        f"{name_of(path)} {name}"
        for path in python_files("tests")
        for scope in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(scope, (ast.Module, ast.ClassDef))
        for name, count in Counter(
            node.name for node in scope.body if isinstance(node, Function)
        ).items()
        if name.startswith("test") and count > 1
    ]

    assert not hidden


@pytest.mark.parametrize("forbidden", [MACHINE_PATH, REGISTRY], ids=["path", "registry"])
def test_no_place_is_named_where_it_was_made(forbidden) -> None:
    """The project speaks of itself: no path of a machine, no address of a registry."""
    found = [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]

    assert not found


def test_the_readme_is_the_front_page() -> None:
    """The README is what the package shows first, and it names the two commands to start with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = ROOT / "README.md"

    assert project.get("readme") == readme.name
    assert {"make demo", "make test"} <= set(re.findall(r"make \w+", readme.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=name_of)
def test_every_pin_has_its_hashes(path) -> None:
    """What the gates install is pinned to a version, and to the bytes of it."""
    pins = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())

    assert not [pin for pin in pins if "==" not in pin or " --hash=sha256:" not in pin]


def test_every_dependency_is_pinned() -> None:
    """Whatever pyproject.toml asks for, in any extra, is among the pins that the tests run with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = {
        re.split(r"[^\w.-]", entry)[0].lower() for entry in chain(project["dependencies"], *extras)
    }
    pins = (ROOT / "requirements" / "tests.txt").read_text(encoding="utf-8")

    assert wanted - {project["name"]} <= set(re.findall(r"^([\w.-]+)==", pins, re.MULTILINE))
