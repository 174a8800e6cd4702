"""The rounds that a timer makes: ``expire``, ``warn`` and ``cancel-unused``."""

from __future__ import annotations

import click

from registrazione.cli.opening import Desk, with_desk
from registrazione.cli.output import bar
from registrazione.service.rounds import RoundReport


def _say(report: RoundReport, done: str) -> None:
    """Print what a round did, in one line."""
    click.echo(f"{report.seen} looked at, {report.done} {done}")


@click.command()
@with_desk
def expire(desk: Desk) -> None:
    """End what was not activated or used in time.

    Run it every few minutes. What ended long enough ago is erased, as the procedure says. A round
    that is broken off is resumed by the next one.
    """
    with bar("Accounts") as seen:
        report = desk.registrar.expire_due(seen.reached)
    _say(report, "done")


@click.command()
@with_desk
def warn(desk: Desk) -> None:
    """Write to those whose password is about to expire.

    Run it daily; nobody is written to twice about the same password.
    """
    with bar("Accounts") as seen:
        report = desk.registrar.warn_expiring_passwords(seen.reached)
    _say(report, "written to")


@click.command("cancel-unused")
@click.option("--dry-run", is_flag=True, help="Only list the accounts that would be cancelled.")
@with_desk
def cancel_unused(desk: Desk, *, dry_run: bool) -> None:
    """Cancel what nobody used for the procedure's time.

    Run it yearly. With --dry-run the identifiers of the accounts come one a line, and the sum on
    standard error.
    """
    if desk.profile.cancellation is None:
        click.echo(f"{desk.profile.name} cancels no account for not being used.", err=True)
        return
    with bar("Accounts") as seen:
        report = desk.registrar.cancel_unused(dry_run=dry_run, progress=seen.reached)
    for account_id in report.accounts if dry_run else ():
        click.echo(account_id)
    if dry_run:
        click.echo(f"{report.done} of {report.seen} would be cancelled", err=True)
    else:
        _say(report, "cancelled")
