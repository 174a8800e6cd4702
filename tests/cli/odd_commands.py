"""Commands that end in odd ways, for the tests of what the root makes of them."""

from __future__ import annotations

import click

from registrazione.ports import StoreUnavailable
from registrazione.settings import SettingsError


@click.command()
def closed() -> None:
    """Meet a closed pipe."""
    raise BrokenPipeError


@click.command()
def interrupted() -> None:
    """Meet Ctrl-C."""
    raise KeyboardInterrupt


@click.command()
def asked() -> None:
    """Ask something."""
    click.prompt("Well", err=True)


@click.command()
def interrupted_prompt() -> None:
    """Meet Ctrl-C while something is asked, the way click's prompts tell it."""
    try:
        interrupted.callback()  # type: ignore[misc]  # a command always has one
    except KeyboardInterrupt:
        raise click.Abort from None


@click.command()
def away() -> None:
    """Meet a store that does not answer."""
    raise StoreUnavailable


@click.command()
def unsettled() -> None:
    """Meet a setting that cannot be used."""
    raise SettingsError("base_url is an https address")


@click.command()
def broken() -> None:
    """Meet a malfunction."""
    raise ZeroDivisionError
