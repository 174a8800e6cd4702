"""What the commands print with: tables, and bars on long work where somebody is watching."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn

from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

__all__ = ["RenderableType", "bar", "box", "screen", "show", "table"]

WIDE = 240
"""Columns where nobody is watching: whoever reads from a file or a pipe wants whole lines."""


class _Screen(Console):
    """A console that leaves it to the command line what a closed pipe means."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise the error that is being dealt with."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def screen() -> Console:
    """Return where results go: standard output, in whole lines if it is no terminal."""
    width = None if sys.stdout.isatty() else WIDE
    return _Screen(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def show(*parts: RenderableType) -> None:
    """Print texts and tables, one below the other."""
    console = screen()
    for part in parts:
        console.print(part)


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table whose cells are plain text.

    Args:
        title: What stands above it.
        headings: One for each column; the first column is never broken into two lines.
        rows: The cells.
    """
    made = Table(title=title or None, title_justify="left", title_style="bold")
    for number, heading in enumerate(headings):
        made.add_column(heading, no_wrap=number == 0, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def box(title: str, lines: Iterable[str]) -> Panel:
    """Return a box with one line below the other.

    Args:
        title: What stands in its upper edge.
        lines: What stands in it.
    """
    return Panel(Text("\n".join(f"- {line}" for line in lines)), title=title, expand=False)


@contextmanager
def bar(description: str, total: int | None = None) -> Generator[Counter]:
    """Show how far long work has got, on standard error, if that is a terminal.

    Args:
        description: What is being done.
        total: How much there is to do, if that is known.
    """
    console = _Screen(file=sys.stderr)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield Counter(progress, description, total)


class Counter:
    """Counts what is done, for :func:`bar`."""

    def __init__(self, progress: Progress, description: str, total: int | None) -> None:
        """Begin at nothing."""
        self._progress = progress
        self._task = progress.add_task(description, total=total)

    def add(self) -> None:
        """Count one more."""
        self._progress.advance(self._task)

    def reached(self, count: int) -> None:
        """Say how many there are by now."""
        self._progress.update(self._task, completed=count)


def moment(at: datetime | None) -> str:
    """Return a time to the minute, in UTC; nothing for never."""
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else ""
