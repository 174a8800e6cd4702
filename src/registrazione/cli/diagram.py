"""``registrazione diagram``: a procedure's machines, drawn."""

from __future__ import annotations

import click

from registrazione.cli.named import profile_named
from registrazione.diagrams import FIELDS, RENDERINGS


@click.command()
@click.argument("name")
@click.option(
    "--format",
    "rendering",
    type=click.Choice(tuple(RENDERINGS)),
    default="mermaid",
    show_default=True,
    help="How it is drawn.",
)
@click.option(
    "--machine",
    type=click.Choice((*FIELDS, "all")),
    default="account",
    show_default=True,
    help="Which of the four machines that run side by side in every account.",
)
def diagram(name: str, rendering: str, machine: str) -> None:
    """Draw what can happen to an account of a procedure.

    Only what the procedure NAME can get into is drawn, with its gates and its identity providers.
    Each arrow carries the event and, in brackets, the commands that lead there. A command leads
    through several arrows at once: whoever passes one gate waits for the next in the same moment.

    \b
    Example:
      registrazione diagram polis --format dot | dot -Tsvg > polis.svg
    """  # noqa: D301 - click looks for the character, not for its name
    click.echo(RENDERINGS[rendering](profile_named(name), machine), nl=False)
