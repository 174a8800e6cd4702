"""What somebody sees who looks on while a story is played."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NoReturn, TextIO

import attrs
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from registrazione.core.profile import Profile
from registrazione.core.records import AuditRecord
from registrazione.service.letter_words import day
from registrazione.stories.audience import Step
from registrazione.stories.mailbox import Letter

WIDTH = 100
"""Columns where nobody is watching."""
_INDENT = 5


@attrs.frozen(kw_only=True)
class Tally:
    """What was counted in one story.

    Args:
        name: Of the procedure.
        steps: How many there were.
        letters: How many arrived.
        requirements: Those that a step has to do with.
    """

    name: str
    steps: int
    letters: int
    requirements: frozenset[str]


class _Console(Console):
    """A console that leaves it to the command line what a closed pipe means."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise the error that is being dealt with."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


class StoryScreen:
    """Shows a story as it goes on; an :class:`~registrazione.stories.audience.Audience`.

    Args:
        quiet: Show the steps only.
    """

    def __init__(self, *, quiet: bool) -> None:
        """Open the screen."""
        stream: TextIO = sys.stdout
        # A terminal that knows no accents still shows the rest.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
        width = None if stream.isatty() else WIDTH
        self._quiet = quiet
        self._console = _Console(
            file=stream, width=width, markup=False, highlight=False, emoji=False
        )

    def title(self, profile: Profile) -> None:
        """Show which procedure is played."""
        self._console.print()
        self._console.rule(Text(f"{profile.title.it} · {profile.name}", style="bold"))
        self._console.print(Text(profile.description.it, style="italic"))

    def scene(self, title: str, at: datetime) -> None:
        """Show the title of the next part, and what day it is."""
        self._console.print()
        self._console.print(
            Text.assemble((title, "bold cyan"), (f"  {day(at.date(), 'it')}", "dim"))
        )

    def step(self, step: Step) -> None:
        """Show what is about to be done, and the requirements that it fulfils."""
        line = Table.grid(padding=(0, 1))
        line.add_column(width=_INDENT - 1, justify="right")
        line.add_column()
        fulfils = f"  {' '.join(step.requirements)}" if step.requirements else ""
        line.add_row(str(step.number), Text.assemble(step.words, (fulfils, "green")))
        self._console.print(line)

    def refused(self, words: Sequence[str], help_text: str) -> None:
        """Show with which words it was refused, and where help is to be had."""
        if self._quiet:
            return
        lines = [Text(f"✗ {line}", style="red") for line in words]
        lines += [Text(f"→ {help_text}", style="dim")] if help_text else []
        for line in lines:
            self._console.print(Padding(line, (0, 0, 0, _INDENT)))

    def letter(self, letter: Letter) -> None:
        """Show a letter, headers and text."""
        if self._quiet:
            return
        headers = Text()
        for name in ("From", "To", "Subject"):
            headers.append(f"{name}: ", "bold").append(f"{letter.message[name]}\n")
        text = headers.append(f"\n{letter.text.rstrip()}")
        panel = Panel(text, title="✉", title_align="left", border_style="yellow")
        self._console.print(Padding(panel, (0, 0, 0, _INDENT)))

    def history(self, records: Iterable[AuditRecord]) -> None:
        """Show what happened to an account."""
        if self._quiet:
            return
        table = Table(title="Storico", title_justify="left", title_style="bold")
        for heading in ("at", "actor", "event", "outcome", "details"):
            table.add_column(heading, overflow="fold")
        for record in records:
            details = ", ".join(f"{name}: {value}" for name, value in record.details.items())
            at = f"{record.at:%Y-%m-%d %H:%M}"
            cells = (at, record.actor, record.event, record.outcome, details)
            table.add_row(*(Text(cell) for cell in cells))
        self._console.print()
        self._console.print(table)

    def summary(self, tallies: Sequence[Tally]) -> None:
        """Show what was counted in all stories."""
        table = Table(title="Summary", title_justify="left", title_style="bold")
        table.show_footer = len(tallies) > 1
        touched = {requirement for tally in tallies for requirement in tally.requirements}
        table.add_column("procedure", "all")
        table.add_column("steps", str(sum(t.steps for t in tallies)), justify="right")
        table.add_column("letters", str(sum(t.letters for t in tallies)), justify="right")
        table.add_column("requirements touched", str(len(touched)), justify="right")
        for tally in tallies:
            counts = (tally.steps, tally.letters, len(tally.requirements))
            table.add_row(tally.name, *(str(count) for count in counts))
        self._console.print()
        self._console.print(table)

    def advice(self, words: str, command: str) -> None:
        """Show a command line that can be copied as it stands."""
        self._console.print()
        self._console.print(Text(words))
        self._console.print(Text(command, style="bold"), soft_wrap=True)
