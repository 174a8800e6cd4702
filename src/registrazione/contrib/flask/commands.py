"""``flask registrazione …``: the letters and the timers, on the application's own registrar."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from registrazione.registrar import Registrar


def group(name: str) -> AppGroup:
    """Return the group of commands of one extension.

    Args:
        name: Name of the extension, and of the group.
    """
    commands = AppGroup(name, help="Letters and timers of the registrations.")

    def registrar() -> Registrar:
        found: Registrar = current_app.extensions[name].registrar
        return found

    @commands.command("deliver")
    def deliver() -> None:
        """Send the letters that are due."""
        report = registrar().deliver_outbox()
        told = f"sent: {report.sent}, postponed: {report.postponed}, given up: {report.dead}"
        click.echo(told)

    @commands.command("expire")
    def expire() -> None:
        """End what was not activated in time; every five minutes."""
        click.echo(f"ended: {registrar().expire_due().done}")

    @commands.command("warn")
    def warn() -> None:
        """Write to those whose password is about to expire; daily."""
        click.echo(f"warned: {registrar().warn_expiring_passwords().done}")

    @commands.command("cancel-unused")
    @click.option("--dry-run", is_flag=True, help="Only count what would be cancelled.")
    def cancel_unused(*, dry_run: bool) -> None:
        """Cancel what nobody used for the procedure's time; yearly."""
        told = "would be cancelled" if dry_run else "cancelled"
        click.echo(f"{told}: {registrar().cancel_unused(dry_run=dry_run).done}")

    return commands
