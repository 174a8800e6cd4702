"""``registrazione demo``: the stories, and then the web demonstration."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import click

from registrazione.cli.story import story
from registrazione.plugins import needs_extra
from registrazione.registrar import Registrar
from registrazione.stories import NAMES
from registrazione.stories.mailbox import Mailbox
from registrazione.stories.settings import DATABASE

_ROUND = 2.0
"""Seconds between two looks at the letters and at what has run out."""


@click.command()
@click.argument("profile", metavar="[PROFILE]", type=click.Choice([*NAMES, "all"]), default="all")
@click.option("--once", is_flag=True, help="End after the stories.")
@click.option("--serve", is_flag=True, help="Serve even where there is no terminal.")
@click.option("--skip-stories", is_flag=True, help="Serve at once.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address that is listened on; never let strangers reach it.",
)
@click.option(
    "--port", default=8000, show_default=True, help="Port that is listened on; 0: any free one."
)
@click.pass_context
def demo(
    context: click.Context,
    profile: str,
    host: str,
    port: int,
    *,
    once: bool,
    serve: bool,
    skip_stories: bool,
) -> None:
    """Play the stories, then serve the web demonstration.

    Every procedure can be walked from its first page to the use of a service. The letters go
    through a real mail server on this machine and can be read in the demonstration; identity
    providers and operators are played. It ends with Ctrl+C and leaves nothing behind. PROFILE is
    one that `registrazione profiles` lists, and by default all of them.

    Exit status: 0 it was ended, 1 a story did not go as its document says.
    """
    if not skip_stories:
        context.invoke(story, profile=profile, database=Path(DATABASE), quiet=False)
    if once or not (serve or (sys.stdin.isatty() and sys.stdout.isatty())):
        return
    with needs_extra("demo"):
        from werkzeug.serving import make_server

        from registrazione.demo.application import create_demo, registrars
        from registrazione.stories.post_office import PostOffice
    mailbox = Mailbox()
    with TemporaryDirectory(prefix="registrazione-") as folder, PostOffice(mailbox) as office:
        try:
            server = make_server(host, port, _nobody, threaded=True)
        except SystemExit:
            raise click.ClickException(f"port {port} is in use: name another with --port") from None
        address = f"http://{host}:{server.server_port}"
        app = create_demo(
            base_url=address,
            storage=f"sqlite:///{Path(folder) / 'demo.db'}",
            mailer=office.url,
            mailbox=mailbox,
            secret_keys=[secrets.token_hex(32)],
        )
        server.app = app
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        _invite(address)
        with _time_goes_by(list(registrars(app).values())):
            # Returns at Ctrl+C, with the port given back.
            server.serve_forever()
        click.echo()


def _nobody(_environ: object, _start: object) -> list[bytes]:
    """Answer nothing: the port is known before the application that is served there."""
    return []


def _invite(address: str) -> None:
    """Print where to click."""
    click.echo()
    click.secho("The demonstration is served until you press Ctrl+C.", bold=True)
    for path, words in (
        ("/", "the six procedures"),
        ("/people", "made-up people, to type their data"),
        ("/mailbox", "the letters, as they arrive"),
        ("/operator", "the desks of secretariat, school and help desk"),
    ):
        click.echo(f"  {address}{path:<12}{words}")


@contextmanager
def _time_goes_by(registrars: list[Registrar]) -> Generator[None]:
    """Deliver letters and end what has run out, as long as the block lasts."""
    over = Event()
    keeper = Thread(target=_keep_time, args=(registrars, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        for registrar in registrars:
            registrar.close()


def _keep_time(registrars: list[Registrar], over: Any) -> None:  # noqa: ANN401 - an event
    """Look after the letters and the timers, again and again."""
    while not over.wait(_ROUND):
        for registrar in registrars:
            registrar.expire_due()
            registrar.deliver_outbox()
