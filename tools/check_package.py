"""Check both archives: what is in them, the wheel alone, the archive's own tests on the wheel.

Usage: ``python tools/check_package.py FOLDER [PYTEST ARGUMENTS…]``, in an environment that has
``requirements/package.txt``. Everything is built and unpacked below FOLDER.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "registrazione"
# What an archive must hold for somebody to check the library from it.
NEEDED_IN_SDIST = (
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    "docs/requirements.md",
    "pyproject.toml",
    "requirements/tests.txt",
    "src/registrazione/py.typed",
    "tests/conftest.py",
    "tox.ini",
)
PIP = ("-m", "pip", "-qq", "--disable-pip-version-check")
IMPORT = "import registrazione; print('the wheel alone:', registrazione.__version__)"


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command that must succeed, or stop here with its status."""
    status = subprocess.run(command, cwd=cwd, check=False).returncode
    if status:
        sys.exit(f"{Path(__file__).name}: failed with {status}: {' '.join(map(str, command))}")


def build(folder: Path) -> tuple[Path, Path]:
    """Build both archives afresh and return the wheel and the source archive."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


def package_files() -> set[str]:
    """Name every file below the package, as the wheel has to name it."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def check_wheel(wheel: Path) -> None:
    """The wheel holds the whole package, its licence, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    meta = {name for name in names if ".dist-info/" in name}
    complain("the wheel lacks", package_files() - names)
    complain("the wheel should not hold", names - meta - package_files())
    wanted = ("METADATA", "entry_points.txt", "licenses/LICENSE")
    complain("the wheel's data lack", {w for w in wanted if not any(m.endswith(w) for m in meta)})


def check_sdist(sdist: Path) -> None:
    """The source archive holds what the gates need, and no folder of the tools."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    complain("the source archive lacks", {*NEEDED_IN_SDIST} - names)
    strays = {n for n in names if n.startswith((".tox", ".venv")) or "__pycache__" in n}
    complain("the source archive should not hold", strays)


def complain(what: str, names: set[str]) -> None:
    """Stop with a message if there are any ``names``."""
    if names:
        sys.exit(f"{what}: {', '.join(sorted(names))}")


def check_alone(wheel: Path, folder: Path) -> None:
    """Without any extra, and with nothing from this tree in reach, the wheel imports."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(python, *PIP, "install", "--require-hashes", "-r", ROOT / "requirements" / "base.txt")
    run(python, *PIP, "install", "--no-deps", "--no-index", wheel)
    run(python, *PIP, "check")
    run(python, "-c", IMPORT, cwd=folder)


def check_tests(wheel: Path, sdist: Path, folder: Path, arguments: list[str]) -> None:
    """The tests of the source archive pass on the wheel, the sources being out of reach."""
    run(sys.executable, *PIP, "install", "--no-deps", "--no-index", "--force-reinstall", wheel)
    with tarfile.open(sdist) as archive:
        # Python 3.11.3 and earlier know no filters; the archive is our own.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - built above
    (unpacked,) = folder.iterdir()
    shutil.rmtree(unpacked / "src")
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, cwd=unpacked)


def main(folder: Path, arguments: list[str]) -> None:
    """Run all checks below ``folder``, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wheel, sdist = build(folder / "dist")
    check_wheel(wheel)
    check_sdist(sdist)
    check_alone(wheel, folder / "alone")
    check_tests(wheel, sdist, folder / "unpacked", arguments)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() / "check-package", sys.argv[2:])
