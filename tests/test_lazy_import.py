"""`import registrazione` promises its names and loads nothing for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import registrazione

HEAVY = {
    "alembic",
    "argon2",
    "asyncio",
    "click",
    "codicefiscale",
    "cryptography",
    "email",
    "email_validator",
    "httpx",
    "joserfc",
    "importlib.metadata",
    "jinja2",
    "lxml",
    "signxml",
    "sqlalchemy",
    "ssl",
    "tomllib",
    "zoneinfo",
    "zxcvbn",
}


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a statement has loaded in a fresh process."""
    child = f"{statement}; import json, sys; print(json.dumps(list(sys.modules)))"
    # Whoever measures the tests would measure the child, and load modules of its own into it.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, text=True, check=True, env=alone
    )
    return set(json.loads(done.stdout))


def test_the_package_alone_loads_nothing_else() -> None:
    """A program that only imports the library has none of its parts in memory."""
    parts = {name for name in loaded_by("import registrazione") if name.startswith("registrazione")}

    assert parts == {"registrazione", "registrazione._lazy", "registrazione._version"}


def test_the_registrar_loads_no_heavy_library() -> None:
    """What takes long to load is loaded where it is used: no letter, no e-mail package."""
    assert not HEAVY & loaded_by("from registrazione import Registrar, AsyncRegistrar")


def test_spid_loads_its_libraries_where_they_are_used() -> None:
    """The package of the extra is there without them, until one of its names is asked for."""
    libraries = {"cryptography", "lxml", "signxml"}

    assert not libraries & loaded_by("import registrazione.adapters.saml")
    assert not {"lxml", "signxml"} & loaded_by("import registrazione.testing, registrazione.cli")


@pytest.mark.parametrize("name", registrazione.__all__)
def test_every_promised_name_is_there(name) -> None:
    """Each name of ``__all__`` is found, listed, and the same object the next time."""
    found = getattr(registrazione, name)

    assert found is getattr(registrazione, name)
    assert name in dir(registrazione)


def test_the_names_come_with_a_star() -> None:
    """``from registrazione import *`` gives the names, and them only."""
    namespace: dict[str, object] = {}

    exec("from registrazione import *", namespace)  # noqa: S102 - the statement under test

    assert set(namespace) - {"__builtins__"} == set(registrazione.__all__)


def test_any_other_name_is_an_error() -> None:
    """A misspelt name fails as it does in any module."""
    with pytest.raises(AttributeError, match="no attribute 'Registar'"):
        _ = registrazione.Registar
