"""Many approvals at once, letters that were given up, and what the accounts say in numbers."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contrib.web.behind_the_counter import at_desk, colleague
from tests.contrib.web.browserless import Visitor
from tests.world import ANNA, HELP_DESK, LUCA, MARIO, NOON, World

from registrazione.contrib.web.desk import bulk, counter, letters, statistics
from registrazione.contrib.web.desk.figures import (
    DAYS,
    HEIGHT,
    SPANS,
    WIDTH,
    bars_of,
    by_span,
    figures_of,
)
from registrazione.contrib.web.pages import Chart, Table
from registrazione.contrib.web.words import catalogue
from registrazione.core.records import Change, LetterState
from registrazione.core.states import AccountState

PEOPLE = (ANNA, MARIO, LUCA)


def queued(visitor: Visitor, *people: Any) -> list[str]:
    """Register people up to the secretariat; return the ids of their accounts."""
    found = []
    for person in people or PEOPLE:
        found.append(visitor.world.confirmed(person).account.id)
        visitor.world.wait(minutes=1)
    return found


def states(visitor: Visitor, ids: list[str]) -> list[str]:
    """Return how the accounts stand."""
    return [str(visitor.world.registrar.load(account_id).state) for account_id in ids]


def approvals(visitor: Visitor) -> list[str]:
    """Return every approval that was accepted, in the words of the trail."""
    return [record.account_id for record in visitor.world.told if record.event == "approved"]


# -- many at once ---------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24")
@pytest.mark.parametrize("awaitable", [False, True])
def test_those_that_were_ticked_are_enabled(awaitable):
    """And the others are not; the page says how many."""
    visitor = at_desk(awaitable=awaitable)
    ids = queued(visitor)
    visitor.get("/desk/bulk")
    assert [option.value for option in visitor.field("account").options] == ids
    visitor.submit({"account": [ids[0], ids[2]]})

    assert visitor.name == "desk.bulk.running"
    assert states(visitor, ids) == ["active", "awaiting_secretariat", "active"]
    assert visitor.facts["Abilitate"] == "2"
    assert "Operazioni completate: 2 su 2." in visitor.prose
    assert not visitor.forms


@pytest.mark.requirement("MIM-24")
def test_it_goes_on_in_small_batches_and_does_nothing_twice(monkeypatch):
    """Each page says how far it came, carries the rest, and can be sent twice without harm."""
    monkeypatch.setattr(bulk, "BATCH", 1)
    visitor = at_desk()
    ids = queued(visitor)
    visitor.get("/desk/bulk").submit({"account": ids})
    assert "Operazioni completate: 1 su 3." in visitor.prose
    assert visitor.form().auto
    assert not visitor.form().bare

    form = dict(visitor.form().hidden)
    visitor.post("/desk/bulk", form)
    visitor.post("/desk/bulk", form)
    assert "Operazioni completate: 2 su 3." in visitor.prose
    assert visitor.facts["Abilitate"] == "1"
    assert visitor.facts["Non più in attesa"] == "1"
    visitor.submit()
    assert "Operazioni completate: 3 su 3." in visitor.prose
    assert states(visitor, ids) == ["active"] * 3
    assert sorted(approvals(visitor)) == sorted(ids)


def test_what_cannot_be_enabled_is_listed():
    """A made-up account, and one's own, each with the way to its page."""
    visitor = at_desk()
    (account_id,) = queued(visitor, MARIO)
    operator: Any = visitor.site
    own = colleague(visitor, attrs.evolve(operator.operator, account_id=account_id))
    own.post("/desk/bulk", {"account": [account_id, "nobody", "x" * 65]})

    assert own.facts["Non riuscite"] == "2"
    table = next(block for block in own.page.blocks if isinstance(block, Table))
    assert [row[0].text for row in table.rows] == [account_id, "nobody"]
    assert states(visitor, [account_id]) == ["awaiting_secretariat"]


@pytest.mark.parametrize("number", ["", "many", "-1", "1" * 50, "²"])
def test_a_page_that_was_tampered_with_breaks_nothing(number):
    """Figures that are none count for nothing."""
    visitor = at_desk()
    ids = queued(visitor, MARIO)
    visitor.post("/desk/bulk", {"todo": f"{ids[0]} {ids[0]}", "approved": number, "failed": ""})
    assert visitor.facts["Abilitate"] == "1"


def test_a_longer_queue_is_ticked_page_by_page(monkeypatch):
    """The way to the next ones is there as long as there are any."""
    monkeypatch.setattr(bulk, "MOST", 2)
    visitor = at_desk()
    ids = queued(visitor)
    visitor.get("/desk/bulk").get(visitor.links["Mostra i successivi"])
    assert [option.value for option in visitor.field("account").options] == ids[2:]
    assert "Mostra i successivi" not in visitor.links


def test_an_empty_queue_has_nothing_to_tick():
    """Nothing is asked where nobody waits."""
    visitor = at_desk().get("/desk/bulk")
    assert not visitor.forms
    assert "Non c'è nessuno" in visitor.prose


# -- letters --------------------------------------------------------------------------------


def given_up(visitor: Visitor, *people: Any) -> list[str]:
    """Register people whose letters are given up; return the letters' ids."""
    registrar, store = visitor.world.registrar, visitor.world.store
    ids = []
    for person in people:
        visitor.world.confirmed(person)
        (letter,) = registrar.letters(LetterState.QUEUED).items
        ids.append(letter.id)
        dead = attrs.evolve(letter, state=LetterState.DEAD, error="refused")
        store.settle(dead) if hasattr(store, "settle") else store.commit(Change(letters=(dead,)))
        visitor.world.wait(minutes=1)
    return ids


def rows(visitor: Visitor) -> list[tuple[str, ...]]:
    """Return the table of letters."""
    table = next(block for block in visitor.page.blocks if isinstance(block, Table))
    return [tuple(cell.text for cell in row) for row in table.rows]


@pytest.mark.parametrize("awaitable", [False, True])
def test_letters_that_were_given_up_are_sent_again(awaitable):
    """One by its own button, or all; addresses are masked."""
    visitor = at_desk("unimi-external", HELP_DESK, awaitable=awaitable)
    ids = given_up(visitor, *PEOPLE)
    visitor.get("/desk/letters")
    assert [row[1] for row in rows(visitor)] == [
        "a***@example.it",
        "m***@example.it",
        "l***@example.it",
    ]
    assert visitor.facts["Abbandonati"] == "3"

    chosen = next(form for form in visitor.forms if ("letter", ids[1]) in form.hidden)
    visitor.submit(form=visitor.forms.index(chosen))
    assert "Messaggi rimessi in coda: 1." in visitor.said
    assert len(rows(visitor)) == 2
    assert visitor.facts["In coda"] == "1"
    visitor.submit()
    assert "Messaggi rimessi in coda: 2." in visitor.said
    assert rows(visitor) == []
    assert visitor.post("/desk/letters", {"letter": "none-of-them"}).said == [
        "Messaggi rimessi in coda: 0."
    ]


def test_letters_are_told_by_what_they_are_about():
    """Every kind that there is a template of has its words, and another is told by its name."""
    templates = files("registrazione").joinpath("letters", "it")
    kinds = {Path(one.name).stem for one in templates.iterdir()} - {"letter"}
    visitor = at_desk("unimi-external", HELP_DESK)
    given_up(visitor, MARIO)
    first = rows(visitor.get("/desk/letters"))[0][0]
    stored = visitor.world.store.outbox_list([LetterState.DEAD], None, 1).items[0]
    visitor.world.store.outbox_settle(attrs.evolve(stored, kind="newsletter"))

    assert "activation" in kinds
    assert {f"letter.of.{kind}" for kind in kinds} <= catalogue().keys()
    assert first == "Link di conferma della registrazione"
    assert rows(visitor.get("/desk/letters"))[0][0] == "newsletter"


def test_letters_of_another_procedure_are_not_shown_nor_sent():
    """One store may serve several portals."""
    visitor = at_desk("unimi-external", HELP_DESK)
    given_up(visitor, MARIO)
    profile = attrs.evolve(visitor.world.profile, name="other")
    other = at_desk(profile, HELP_DESK, storage=visitor.world.store)
    assert rows(other.get("/desk/letters")) == []
    other.post("/desk/letters", {"letter": "all"})
    assert len(rows(visitor.get("/desk/letters"))) == 1


def test_letters_go_on_page_by_page(monkeypatch):
    """Also when all are sent again; a cursor that is none begins anew."""
    monkeypatch.setattr(letters, "ON_A_PAGE", 1)
    visitor = at_desk("unimi-external", HELP_DESK)
    given_up(visitor, *PEOPLE)
    visitor.get("/desk/letters")
    table = next(block for block in visitor.page.blocks if isinstance(block, Table))
    assert table.more is not None
    first, second = rows(visitor), rows(visitor.get(table.more.url))
    assert first != second
    assert rows(visitor.get("/desk/letters?cursor=nonsense")) == first
    visitor.post("/desk/letters", {"letter": "all"})
    assert "Messaggi rimessi in coda: 3." in visitor.said


def test_a_letter_to_nobody_is_shown_without_an_address():
    """There are such letters, which do the same work where there is no one."""
    visitor = at_desk("unimi-external", HELP_DESK)
    given_up(visitor, MARIO)
    (letter,) = visitor.world.registrar.letters(LetterState.DEAD).items
    row = letters._row(
        attrs.make_class("V", ["text", "has_text", "url", "language"])(
            lambda key: key, lambda _: True, lambda path: path, "it"
        ),
        attrs.evolve(letter, to=""),
    )
    assert row[1].text == "–"


# -- statistics -----------------------------------------------------------------------------


@pytest.mark.parametrize("awaitable", [False, True])
def test_the_figures_are_shown_as_bars_and_in_words(awaitable):
    """How many a day, where they are, how long it took."""
    visitor = at_desk(awaitable=awaitable)
    ids = queued(visitor)
    visitor.world.wait(days=3)
    visitor.get("/desk/bulk").submit({"account": ids[:2]})
    visitor.get("/desk/statistics")
    days, took = (block for block in visitor.page.blocks if isinstance(block, Chart))

    assert "3, cioè tutti" in visitor.prose
    assert (len(days.bars), days.bars[-4].value, days.bars[-1].value) == (DAYS, "3", "0")
    assert [bar.value for bar in took.bars] == ["0", "0", "0", "2", "0", "0"]
    table = next(block for block in visitor.page.blocks if isinstance(block, Table))
    assert [row[0].text for row in table.rows] == ["attende la segreteria", "attivo"]
    assert visitor.facts["Tempo mediano dalla registrazione all'attivazione"] == "3 giorni"


def test_nobody_yet_is_no_error():
    """An empty procedure has figures, too."""
    visitor = at_desk().get("/desk/statistics")
    assert visitor.status == 200
    assert visitor.facts == {"Tempo mediano dalla registrazione all'attivazione": "–"}


def test_a_part_is_said_to_be_one(monkeypatch):
    """Where there are too many, the oldest are counted, and the page says so."""
    monkeypatch.setattr(counter, "AT_ONCE", 1)
    visitor = at_desk()
    queued(visitor)
    assert "3, cioè tutti" in visitor.get("/desk/statistics").prose
    monkeypatch.setattr(statistics, "MOST", 2)
    assert "2, i meno recenti" in visitor.get("/desk/statistics").prose


@given(st.lists(st.timedeltas(dt.timedelta(0), dt.timedelta(days=4000))))
@settings(deadline=None)
def test_every_length_of_time_falls_under_one_span(lengths):
    """Nothing is counted twice or lost, and the spans grow."""
    assert sum(by_span(lengths)) == len(lengths)
    bounds = [most for _, most in SPANS]
    assert bounds == sorted(bounds)
    for place, (_, most) in enumerate(SPANS):
        assert by_span([most])[place] == 1


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 10**6)), max_size=40))
@settings(deadline=None)
def test_bars_stay_within_their_chart(pairs):
    """They stand side by side on the ground, the highest as high as the chart."""
    bars = bars_of(pairs)
    assert len(bars) == len(pairs)
    for bar, (_, number) in zip(bars, pairs, strict=True):
        assert 0 <= float(bar.x) <= float(bar.x) + float(bar.width) <= WIDTH
        assert abs(float(bar.y) + float(bar.height) - HEIGHT) < 0.05
        assert bar.value == str(number)
    if any(number for _, number in pairs):
        assert max(float(bar.height) for bar in bars) == HEIGHT


def test_a_clock_that_went_back_makes_no_negative_age():
    """An account of the future has waited for no time."""
    account = World("standard", at=NOON).active(MARIO)
    figures = figures_of([account], NOON - dt.timedelta(days=1))
    assert figures.standings[0].longest == dt.timedelta(0)
    assert figures.standings[0].state is AccountState.ACTIVE
    assert sum(number for _, number in figures.days) == 0
