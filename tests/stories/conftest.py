"""The stages that the documents are acted out on."""

from __future__ import annotations

import shutil

import pytest
from tests.stories.stage import WAYS, Theatre

from registrazione.adapters.sql import SqlStore


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "accounts.db"
    SqlStore.open(f"sqlite:///{path}", create=True).close()
    return path


@pytest.fixture(params=WAYS)
def theatre(request, tmp_path, empty_database):
    """Open stages: on memory and on SQLite, with either registrar."""
    database = None
    if request.param.startswith("sqlite"):
        database = shutil.copy(empty_database, tmp_path / "accounts.db")
    opened = Theatre(request.param, database)
    yield opened
    opened.close()
