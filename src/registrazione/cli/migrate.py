"""``registrazione migrate``: brings the tables of a database to this version."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import click

from registrazione.cli.errors import Misuse
from registrazione.plugins import needs_extra

PATIENCE = 24 * 60 * 60.0
"""Seconds that a step may take: on a large table an index is not made in ten."""

DATABASES: Mapping[str, str] = MappingProxyType(
    {"sqlite": "sql", "postgresql": "postgresql", "mariadb": "mariadb", "mysql": "mariadb"}
)
"""The databases that have tables, and the extra that brings the driver of each."""


@click.command()
@click.argument("storage", metavar="[URL]", envvar="REGISTRAZIONE_STORAGE")
@click.option(
    "--dry-run", is_flag=True, help="Change nothing, and say whether there is anything to do."
)
@click.pass_context
def migrate(ctx: click.Context, storage: str, *, dry_run: bool) -> None:
    """Bring the tables of a database to this version.

    URL is such as postgresql://portal@db.example.it/portal; without it, REGISTRAZIONE_STORAGE
    is taken, which keeps a password out of the list of processes. Make a backup first. Nothing
    else may use the database meanwhile.

    Exit status: 0 the tables are at this version (now), 1 they are not, 2 the command was misused.
    """
    database = storage.partition("://")[0].partition("+")[0]
    if database not in DATABASES:
        raise Misuse(f"only tables can be migrated: {', '.join(f'{d}://' for d in DATABASES)}")
    with needs_extra("sql"):
        from registrazione.adapters.sql import SqlStore
        from registrazione.adapters.sql.schema import REVISION
    with needs_extra(DATABASES[database]):
        store = SqlStore.open(storage, timeout=PATIENCE)
    try:
        before = store.revision()
        if before != REVISION and not dry_run:
            store.migrate()
    finally:
        store.close()
    if before == REVISION:
        click.echo(f"The tables are at revision {REVISION}: there is nothing to do.")
    elif dry_run:
        click.echo(f"The tables are {_place(before)}; this version needs revision {REVISION}.")
        ctx.exit(1)
    elif before is None:
        click.echo(f"The tables were made, at revision {REVISION}.")
    else:
        click.echo(f"The tables were migrated from revision {before} to {REVISION}.")


def _place(revision: str | None) -> str:
    """Say where the tables are."""
    return "missing" if revision is None else f"at revision {revision}"
