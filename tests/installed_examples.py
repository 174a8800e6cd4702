"""An example as it is once somebody has installed it, without an installation."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import registrazione

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def install(example: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Make an example's modules and entry points known, until the test ends.

    Returns:
        The table ``project`` of its ``pyproject.toml``.
    """
    pyproject = tomllib.loads((example / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = pyproject["project"]
    name, version = project["name"], project["version"]
    metadata = folder / "site" / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = "\n".join(_entry_points(project))
    (metadata / "entry_points.txt").write_text(lines, encoding="utf-8")
    monkeypatch.syspath_prepend(metadata.parent)
    source = example / "src"
    monkeypatch.syspath_prepend(source if source.exists() else example)
    return project


def _entry_points(project: dict[str, Any]) -> Iterator[str]:
    for group, entries in project["entry-points"].items():
        yield f"[{group}]"
        yield from (f"{name} = {value}" for name, value in entries.items())


def run_own_tests(example: Path) -> subprocess.CompletedProcess[str]:
    """Run an example's own tests, with the library that is being tested."""
    library = str(Path(registrazione.__file__).resolve().parents[1])
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=example,
        env={**os.environ, "PYTHONPATH": library},
        capture_output=True,
        text=True,
        check=False,
    )
