"""``registrazione deliver``: empty the outbox, once or for as long as it is let."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

import attrs
import click

from registrazione.cli.errors import Misuse
from registrazione.cli.metrics_file import MetricsFile
from registrazione.cli.opening import Desk, with_desk
from registrazione.cli.output import bar
from registrazione.core.records import LetterState, OutboxMessage
from registrazione.ports import StoreError, StoreUnavailable
from registrazione.service.delivery import DeliveryReport


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
@click.option(
    "--metrics",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="After each round, write down there how the outbox stands, as Prometheus reads it.",
)
@with_desk
def deliver(
    desk: Desk, *, forever: bool, every: float, most: int | None, metrics: Path | None
) -> None:
    """Send the letters that are due.

    They are the procedure's own: portals that share a store each run their own worker. Any number
    of workers may run side by side, on any machine: each letter is one worker's at a time. A letter
    that cannot be sent is tried again later, and given up after two days; `registrazione accounts
    letters --state dead` shows those.

    With --forever, SIGTERM and Ctrl-C end it between two letters (status 0 and 130); those that it
    has taken and not sent are free for other workers at once.
    """
    file = None if metrics is None else _metrics_file(metrics, desk)
    if forever:
        _work(desk, every, most, file)
        return
    with bar("Letters", most) as sent:
        report = desk.registrar.deliver_outbox(most=most, progress=lambda _: sent.add())
    click.echo(in_words(report))
    _write_down(desk, file, report)


def _metrics_file(path: Path, desk: Desk) -> MetricsFile:
    """Return the file that the numbers go into.

    Raises:
        Misuse: It cannot be read, or is something else.
    """
    try:
        return MetricsFile(path, desk.profile.name)
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{path} cannot be read, or holds something else") from None


def _write_down(desk: Desk, file: MetricsFile | None, report: DeliveryReport) -> None:
    """Write down how the outbox stands, if that is asked for; letters are more important."""
    if file is None:
        return
    try:
        file.write(desk.registrar.outbox_metrics(), report, desk.registrar.parts.clock.now())
    except (OSError, StoreError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        click.echo(f"The metrics were not written: {reason}", err=True)


def in_words(report: DeliveryReport) -> str:
    """Return what became of the letters, in one line."""
    counts = attrs.asdict(report)
    if not report.overtaken:
        del counts["overtaken"]
    return ", ".join(f"{count} {name}" for name, count in counts.items())


class Stop:
    """Somebody's wish that the worker end, which may come in the middle of anything.

    A signal's handler runs between two steps of the very thread that waits. So it takes no lock
    that this thread may hold, as ``Event.set`` would; ``SimpleQueue.put`` takes none.
    """

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.signals: list[int] = []
        self._woken: SimpleQueue[None] = SimpleQueue()

    def ask(self, number: int) -> None:
        """Ask for the end, in a handler."""
        self.signals.append(number)
        self._woken.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for so long, or until somebody asks."""
        with suppress(Empty):
            self._woken.get(timeout=seconds)


def _work(desk: Desk, every: float, most: int | None, file: MetricsFile | None = None) -> None:
    """Send letters until somebody says stop; a store that is away is waited for."""
    stop = Stop()
    with stopped_by_signals(stop):
        while not stop.signals:
            _round(desk, most, stop, file)
            stop.wait(every)
    if stop.signals == [signal.SIGINT]:
        raise KeyboardInterrupt


def _round(desk: Desk, most: int | None, stop: Stop, file: MetricsFile | None) -> None:
    """Send what is due now, and say so if there was anything."""
    settled: Counter[LetterState] = Counter()

    def watch(message: OutboxMessage) -> None:
        settled[message.state] += 1
        if stop.signals:
            raise Stopped

    try:
        report = desk.registrar.deliver_outbox(most=most, progress=watch)
    except Stopped:
        report = DeliveryReport.of(settled)
    except StoreUnavailable as error:
        click.echo(f"Not now: {error}", err=True)
        report = DeliveryReport.of(settled)
    if report != DeliveryReport():
        click.echo(in_words(report))
    _write_down(desk, file, report)


@contextmanager
def stopped_by_signals(stop: Stop) -> Generator[None]:
    """Ask for the end at the first signal; a second one ends the process as it always does."""

    def note(number: int, _frame: FrameType | None) -> None:
        stop.ask(number)
        for known, handler in before.items():
            signal.signal(known, handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
