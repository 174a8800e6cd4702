"""How many register, where they get stuck, how long it takes."""

from __future__ import annotations

from registrazione.contrib.web.desk.counter import (
    MOST,
    Running,
    at_desk,
    desk_page,
    many_accounts,
    rounded,
)
from registrazione.contrib.web.desk.figures import (
    HEIGHT,
    SPANS,
    WIDTH,
    Figures,
    bars_of,
    figures_of,
)
from registrazione.contrib.web.pages import Cell, Chart, Facts, Prose, Table, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Visit
from registrazione.core.commands import Operator
from registrazione.service.letter_words import day


@at_desk("history")
def show(visit: Visit, operator: Operator) -> Running:
    """Count the accounts, page by page, and show what they say."""
    accounts, more = yield from many_accounts(visit, most=MOST)
    figures = figures_of(accounts, visit.now)
    key = "desk.statistics.part" if more else "desk.statistics.whole"
    said = visit.text(key, number=figures.counted)
    return desk_page(
        visit,
        operator,
        "desk.statistics",
        Prose(paragraphs=(said,), tone=Tone.WARNING if more else Tone.INFO),
        _registrations(visit, figures),
        _standings(visit, figures),
        _usual(visit, figures),
        _activations(visit, figures),
    )


def _registrations(visit: Visit, figures: Figures) -> Chart:
    return Chart(
        caption=visit.text("desk.statistics.registrations"),
        bars=bars_of([(day(on, visit.language), number) for on, number in figures.days]),
        columns=(visit.text("desk.statistics.day"), visit.text("desk.statistics.number")),
        width=WIDTH,
        height=HEIGHT,
    )


def _standings(visit: Visit, figures: Figures) -> Table:
    """Return where people get stuck: accounts by state, and for how long they have been there."""
    spans = tuple(visit.text(f"desk.span.{name}") for name, _ in SPANS)
    return Table(
        caption=visit.text("desk.statistics.standings"),
        columns=(
            visit.text("desk.column.state"),
            visit.text("desk.statistics.number"),
            *spans,
            visit.text("desk.statistics.longest"),
        ),
        rows=tuple(
            (
                Cell(text=visit.text(f"desk.state.{standing.state}")),
                Cell(text=str(standing.number)),
                *(Cell(text=str(number)) for number in standing.waiting),
                Cell(text=rounded(visit, standing.longest)),
            )
            for standing in figures.standings
        ),
        empty=visit.text("desk.queue.empty"),
    )


def _usual(visit: Visit, figures: Figures) -> Facts:
    usual = "–" if figures.usual is None else rounded(visit, figures.usual)
    return Facts(rows=((visit.text("desk.statistics.usual"), usual),))


def _activations(visit: Visit, figures: Figures) -> Chart:
    names = [visit.text(f"desk.span.{name}") for name, _ in SPANS]
    return Chart(
        caption=visit.text("desk.statistics.activations"),
        bars=bars_of(list(zip(names, figures.activations, strict=True))),
        columns=(visit.text("desk.statistics.span"), visit.text("desk.statistics.number")),
        width=WIDTH,
        height=HEIGHT,
    )


ROUTES: tuple[Route, ...] = (Route("/desk/statistics", get=show),)
