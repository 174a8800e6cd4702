"""``registrazione re-encrypt``: brings personal data in the store under the newest key, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.opening import Desk, with_desk_on_anything
from registrazione.cli.output import bar
from registrazione.plugins import needs_extra

if TYPE_CHECKING:
    from registrazione.adapters import sealed


@click.command("re-encrypt")
@click.option("--dry-run", is_flag=True, help="Change nothing, and count what would be.")
@click.option(
    "--reindex",
    is_flag=True,
    help="Look accounts up with the newest key from now on, so that the others may retire. The "
    "portal has to be stopped meanwhile.",
)
@click.option(
    "--plain",
    is_flag=True,
    help="Write everything readable, for a portal that is opened with encrypt=False from then on. "
    "The portal has to be stopped meanwhile.",
)
@click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    help="How many accounts are read at once.",
)
@click.option("--after", metavar="CURSOR", help="Go on where an earlier run was broken off.")
@with_desk_on_anything
def command(
    desk: Desk, *, dry_run: bool, reindex: bool, plain: bool, batch: int, after: str | None
) -> None:
    """Encrypt personal data with the newest key.

    What has it already is left alone. Run it once over a store from before encryption, with the
    portal stopped; and after a new key was put in front of the others, beside the running portal.
    It may be broken off and run again: what is done is passed over.

    With --plain it is the way back.

    Exit status: 0 done, 1 something is left to do, 2 the command was misused.
    """
    with needs_extra("crypto"):
        from registrazione.adapters.sealed import SealedStore, re_encrypt
    if plain and reindex:
        raise Misuse("--plain and --reindex exclude each other")
    store = desk.registrar.parts.store
    if not isinstance(store, SealedStore):
        raise Misuse("this store is opened without encryption")
    reached = after
    with bar("Accounts and letters") as seen:

        def progress(report: sealed.ReEncryptionReport) -> None:
            nonlocal reached
            seen.reached(report.seen)
            reached = report.cursor

        try:
            report = re_encrypt(
                store,
                desk.profile,
                dry_run=dry_run,
                reindex=reindex,
                plain=plain,
                batch=batch,
                after=after,
                progress=progress,
            )
        except BaseException:
            if reached is not None:
                click.echo(f"Broken off: go on with --after {reached}", err=True)
            raise
    done = "made readable" if plain else "encrypted anew"
    _say(report, f"would be {done}" if dry_run else done)
    if report.failed or report.waiting or report.elsewhere:
        click.get_current_context().exit(1)


def _say(report: sealed.ReEncryptionReport, done: str) -> None:
    """Print what came of it, and on standard error what is left to do."""
    click.echo(f"{report.seen} looked at, {report.done} {done}, {report.current} left as they are")
    if report.waiting:
        click.echo(
            f"{report.waiting} letters wait in the queue under an older key: deliver them, and "
            "run this again before that key retires",
            err=True,
        )
    if report.elsewhere:
        click.echo(
            f"{report.elsewhere} accounts are of other procedures: run this with their --profile",
            err=True,
        )
    for row_id in report.failed:
        click.echo(f"{row_id} cannot be rewritten: it does not open, or was changed", err=True)
