"""``registrazione plugins``: what is installed, and who brings it."""

from __future__ import annotations

import click

from registrazione.cli.output import show, table
from registrazione.plugins import PluginCatalogue


@click.command()
def plugins() -> None:
    """List what is installed, and who brings it.

    Each back-end comes with the hook it came in by.
    REGISTRAZIONE_BLOCKED_PLUGINS names plugins that are not to be loaded, separated by commas.
    """
    catalogue = PluginCatalogue()
    catalogue.load_all()
    rows = [(row.name, row.hook, row.distribution, row.version) for row in catalogue.list()]
    show(table("", ("name", "hook", "distribution", "version"), rows))
