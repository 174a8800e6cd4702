"""The history of an account on the pages."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.contrib.web.browserless import Visitor, come_in, visitor_of
from tests.world import MARIO, SECRETARIAT, classes_below

from registrazione.contrib.web.chapters.history import BOOKKEEPING, MOST, told
from registrazione.contrib.web.pages import Table
from registrazione.contrib.web.words import catalogue
from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.records import AuditRecord, Change
from registrazione.service.letter_words import moment


def rows(visitor: Visitor) -> list[tuple[str, ...]]:
    """Return the texts of the table."""
    table = visitor.page.blocks[0]
    assert isinstance(table, Table)
    return [tuple(cell.text for cell in row) for row in table.rows]


@pytest.mark.requirement("MIM-38")
@pytest.mark.parametrize("awaitable", [False, True])
def test_what_happened_is_told_in_words_the_latest_first(awaitable) -> None:
    """Who, what, when in Italian time, and how it ended; the login page's secrets are not there."""
    visitor = visitor_of("mim-students", awaitable=awaitable)
    come_in(visitor)
    visitor.world.wait(seconds=30)
    visitor.get("/service/pcto").get("/history")
    found = rows(visitor)

    assert visitor.page.title == "Storico"
    assert found[0][1:] == ("Ingresso in un servizio", "Tu", "Riuscito")
    assert found[1][1:] == ("Accesso effettuato (Password)", "Tu", "Riuscito")
    assert found[0][0] == moment(visitor.world.clock.now(), "it")
    whats = [row[1:3] for row in found]
    assert ("Registrazione abilitata dalla segreteria", "La segreteria") in whats
    assert ("Password cambiata", "Tu") in whats
    assert not any("Tentativo" in row[1] for row in found)


def test_what_was_refused_says_why() -> None:
    """Without the numbers of that moment, which the trail does not keep."""
    visitor = come_in(visitor_of("polis"))
    form = {"old": "Sbagliato1", "personal_code": "Altro2026", "personal_code_again": "Altro2026"}
    visitor.post("/code", form)
    visitor.post("/profile/contacts", {"mobile_phone": "many"})
    visitor.post("/service/ricostruzione-carriera").get("/history")
    found = {row[1]: row[3] for row in rows(visitor)}

    assert found["Cambio del codice personale"] == "Non riuscito"
    assert found["Modifica dei recapiti"].startswith("Non riuscito: ")


def test_details_are_told_where_they_say_something() -> None:
    """The service of a signed application, the provider of a sign-in; not a digest."""
    visitor = come_in(visitor_of("polis"))
    account = visitor.world.found("username", MARIO.username)[0]
    now = visitor.world.clock.now() + dt.timedelta(minutes=1)
    more = (
        ("submission_authorised", {"service": "istanze", "digest": "0" * 64}, "person"),
        ("submission_authorised", {"service": "of-another-portal"}, "person"),
        ("signed_in", {"method": "spid"}, "person"),
        ("made_by_a_plugin", {}, "robot:7"),
    )
    records = tuple(
        AuditRecord(at=now, event=event, actor=actor, account_id=account.id, details=details)
        for event, details, actor in more
    )
    refused = AuditRecord(
        at=now, event="sign_in", actor="person", account_id=account.id, outcome="of.a.plugin"
    )
    visitor.world.store.commit(Change(audit=(*records, refused)))
    found = [row[1:] for row in rows(visitor.get("/history"))][:5]

    assert found == [
        ("Accesso", "Tu", "Non riuscito"),
        ("made_by_a_plugin", "Il sistema", "Riuscito"),
        ("Accesso effettuato (SPID)", "Tu", "Riuscito"),
        ("Domanda confermata con il codice personale", "Tu", "Riuscito"),
        ("Domanda confermata con il codice personale (Istanze OnLine)", "Tu", "Riuscito"),
    ]


def test_a_long_history_comes_in_parts() -> None:
    """Each page leads to the earlier ones, and none is told twice."""
    visitor = come_in(visitor_of())
    for _ in range(MOST):
        visitor.world.wait(minutes=1)
        visitor.get("/service/pagamenti")
    visitor.get("/history")
    table = visitor.page.blocks[0]
    assert isinstance(table, Table)
    assert table.more is not None
    latest = rows(visitor)
    assert len(latest) == MOST
    earlier = rows(visitor.get(table.more.url))

    assert earlier
    assert not set(earlier) & set(latest)
    assert isinstance(visitor.page.blocks[0], Table)
    assert visitor.page.blocks[0].more is None


@pytest.mark.parametrize("start", ["-1", "x", "²", "9" * 200, "%00"])
def test_whatever_stands_in_the_address_is_no_trouble(start) -> None:
    """What is no number begins with the latest."""
    visitor = come_in(visitor_of()).get("/history")
    first = rows(visitor)

    assert rows(visitor.get(f"/history?from={start}")) == first


def test_every_event_and_every_command_has_words() -> None:
    """Whatever the core can write into a trail is told in both languages."""
    commands = {
        command.name
        for command in classes_below(c.Command)
        if hasattr(command, "name") and (command.trail or issubclass(command, c.SessionCommand))
    }
    events = {event.__new__(event).name for event in classes_below(e.Event)}
    missing = sorted(n for n in commands | events if f"history.of.{n}" not in catalogue())

    assert not missing
    assert commands | events >= BOOKKEEPING
    operators = {str(role) for role in type(SECRETARIAT.role)}
    assert all(f"history.by.{role}" in catalogue() for role in operators)


def test_a_command_is_told_by_its_events() -> None:
    """Accepted, it is told by what it made happen; refused, or without events, by itself."""
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    later = at + dt.timedelta(seconds=1)
    trail = [
        AuditRecord(at=at, event="sign_in", actor="person"),
        AuditRecord(at=at, event="signed_in", actor="person"),
        AuditRecord(at=later, event="attempt_counted", actor="person"),
        AuditRecord(at=later, event="sign_in", actor="person", outcome="sign_in.failed"),
        AuditRecord(at=later, event="enter_service", actor="person"),
    ]

    assert [record.event for record in told(trail)] == ["enter_service", "sign_in", "signed_in"]
