"""What is wrong with a database of the project, before anybody meets it."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import Any

from django.conf import settings as project

from registrazione.contrib.django import orm

_IMMEDIATE = (
    "begins transactions as a reader, which SQLite cannot turn into a writer when another was "
    'faster: add "OPTIONS": {"transaction_mode": "IMMEDIATE"}'
)
_PARTIAL = (
    "has no unique index over a part of a table, so that one claim could have two holders: use "
    "PostgreSQL or SQLite, or the SQL store"
)


def problems_of(connection: Any) -> tuple[str, ...]:  # noqa: ANN401 - Django has no types
    """Return what is wrong with the settings of a database, without a look into it."""
    found: list[str] = []
    if connection.vendor == "sqlite":
        mode = connection.settings_dict["OPTIONS"].get("transaction_mode")
        if str(mode).upper() not in {"IMMEDIATE", "EXCLUSIVE"}:
            found.append(_IMMEDIATE)
    if not connection.features.supports_partial_indexes:
        found.append(_PARTIAL)
    return tuple(f"the database {connection.alias!r} {problem}" for problem in found)


def unapplied(connection: Any) -> bool:  # noqa: ANN401 - as above
    """Tell whether there are migrations that a database has not seen."""
    loader = orm.MigrationLoader(connection)
    newest = loader.graph.leaf_nodes("registrazione")
    return any(migration not in loader.applied_migrations for migration in newest)


def check_settings(*_: object, **__: object) -> list[Any]:
    """Tell ``manage.py check`` what is wrong with the database that the tables are in.

    It warns only: who opens a registrar without ``REGISTRAZIONE`` may have another store. With
    it, E006 says whether the store that is chosen can be opened.
    """
    if getattr(project, "REGISTRAZIONE", None) is not None:
        return []
    alias = orm.router.db_for_write(orm.Account)
    problems = problems_of(orm.connections[alias])
    return [orm.Warning(problem, id="registrazione.W001") for problem in problems]
