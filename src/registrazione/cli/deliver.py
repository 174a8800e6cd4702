"""``registrazione deliver``: empty the outbox, once or for as long as it is let."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import attrs
import click

from registrazione.cli.opening import Desk, with_desk
from registrazione.cli.output import bar
from registrazione.core.records import OutboxMessage
from registrazione.ports import StoreUnavailable
from registrazione.service.delivery import DeliveryReport

Watch = Callable[[OutboxMessage], None]


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Somebody asked the worker to stop, between two letters."""


@click.command()
@click.option("--forever", is_flag=True, help="Stay, and look for letters again and again.")
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="With --forever: how long to wait when no letter is due.",
)
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(min=1),
    help="Send at most so many letters; with --forever, at most so many in a row.",
)
@with_desk
def deliver(desk: Desk, *, forever: bool, every: float, most: int | None) -> None:
    """Send the letters that are due.

    They are the procedure's own: portals that share a store each run their own worker. Any number
    of workers may run side by side: each letter is one worker's at a time. A letter that cannot be
    sent is tried again later, and given up after two days; `registrazione accounts letters --state
    dead` shows those.

    With --forever, SIGTERM and Ctrl-C end it between two letters (status 0 and 130).
    """
    if forever:
        _work(desk, every, most)
        return
    with bar("Letters", most) as sent:
        report = desk.registrar.deliver_outbox(most=most, progress=lambda _: sent.add())
    click.echo(in_words(report))


def in_words(report: DeliveryReport) -> str:
    """Return what became of the letters, in one line."""
    return ", ".join(f"{count} {name}" for name, count in attrs.asdict(report).items())


def _work(desk: Desk, every: float, most: int | None) -> None:
    """Send letters until somebody says stop; a store that is away is waited for."""
    asked: list[int] = []
    stop = Event()

    def watch(_message: OutboxMessage) -> None:
        if stop.is_set():
            raise Stopped

    with _stopped_by_signals(asked, stop):
        while not stop.is_set():
            _round(desk, most, watch)
            stop.wait(every)
    if asked == [signal.SIGINT]:
        raise KeyboardInterrupt


def _round(desk: Desk, most: int | None, watch: Watch) -> None:
    """Send what is due now, and say so if there was anything."""
    try:
        report = desk.registrar.deliver_outbox(most=most, progress=watch)
    except Stopped:
        return
    except StoreUnavailable as error:
        click.echo(f"Not now: {error}", err=True)
        return
    if report != DeliveryReport():
        click.echo(in_words(report))


@contextmanager
def _stopped_by_signals(asked: list[int], stop: Event) -> Generator[None]:
    """Set ``stop`` at the first signal; a second one ends the process as it always does."""

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        stop.set()
        for known, handler in before.items():
            signal.signal(known, handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
