"""The queue as a file: what is in it, who may have it, and that no cell is a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.contrib.web.behind_the_counter import at_desk, colleague
from tests.contrib.web.browserless import Visitor
from tests.world import ANNA, HELP_DESK, LUCA, MARIO, OFFICE

from registrazione.contrib.web.desk import counter, queue_file
from registrazione.contrib.web.desk.spreadsheet import spreadsheet
from registrazione.contrib.web.exchange import Send

DANGEROUS = tuple("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20")


def rows(visitor: Visitor) -> list[list[str]]:
    """Return the rows of the file that was sent."""
    assert isinstance(visitor.outcome, Send), visitor.outcome
    return read(visitor.outcome.body)


def read(body: bytes, delimiter: str = ";") -> list[list[str]]:
    """Return the rows of a file as a spreadsheet splits them."""
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=delimiter))


def queued(*people: Any, **settings: Any) -> Visitor:
    """Return an operator with a queue, a minute between one and the next."""
    visitor = at_desk(**settings)
    for person in people or (ANNA, MARIO, LUCA):
        visitor.world.confirmed(person)
        visitor.world.wait(minutes=1)
    return visitor


@pytest.mark.requirement("MIM-24")
@pytest.mark.parametrize("awaitable", [False, True])
def test_the_queue_is_handed_out_as_its_page_shows_it(awaitable):
    """The chosen state, the oldest first, with headings; to be saved, and kept by no cache."""
    visitor = queued(awaitable=awaitable).get("/desk?state=awaiting_secretariat")
    visitor.submit(form="/desk/export")

    found = rows(visitor)
    assert found[0][:4] == [
        "Nominativo",
        "Nome utente",
        "In questo stato dal (ora italiana)",
        "Registrato il (ora italiana)",
    ]
    assert [row[0] for row in found[1:]] == ["Bianchi Anna", "Rossi Mario", "Verdi Luca"]
    assert found[1][1:] == ["", "2023-12-01 13:00", "2023-12-01 13:00", "attende la segreteria"]
    headers = dict(visitor.reply.headers)
    disposition = 'attachment; filename="awaiting_secretariat.csv"'
    assert headers["Content-Disposition"] == disposition
    assert headers["Cache-Control"] == "no-store"


def test_no_codice_fiscale_and_no_contact_leaves_in_a_list():
    """They stand on the page of each account, which leaves a line in its history."""
    visitor = queued().post("/desk/export", {"state": "awaiting_secretariat"})
    assert isinstance(visitor.outcome, Send)
    text = visitor.outcome.body.decode("utf-8-sig")

    for person in (ANNA, MARIO, LUCA):
        assert person.cf not in text
        assert person.email() not in text


def test_another_state_is_the_chosen_one_and_a_made_up_one_the_first():
    """As on the page."""
    visitor = queued(ANNA)
    visitor.world.active(MARIO)
    visitor.get("/desk?state=active").submit(form="/desk/export")
    assert [row[0] for row in rows(visitor)[1:]] == ["Rossi Mario"]
    visitor.post("/desk/export", {"state": "asleep"})
    assert [row[0] for row in rows(visitor)[1:]] == ["Bianchi Anna"]


def test_whoever_may_hand_out_nothing_has_no_file():
    """Neither a button nor a way around it; a file is no page to be linked to."""
    visitor = queued()
    office = colleague(visitor, OFFICE).get("/desk")
    assert not [form for form in office.forms if form.action.endswith("/export")]
    assert office.post("/desk/export").status == 403
    assert colleague(visitor, HELP_DESK).get("/desk").submit(form="/desk/export").status == 200
    assert visitor.get("/desk/export").status == 405


def test_a_file_that_is_not_whole_says_so(monkeypatch):
    """In its last row, and the button says how many there are at most."""
    monkeypatch.setattr(counter, "AT_ONCE", 1)
    visitor = queued().get("/desk")
    assert any("5000" in button.label for form in visitor.forms for button in form.buttons)
    assert len(rows(visitor.submit(form="/desk/export"))) == 4

    monkeypatch.setattr(queue_file, "MOST", 2)
    found = rows(visitor.post("/desk/export"))
    assert [row[0] for row in found[1:3]] == ["Bianchi Anna", "Rossi Mario"]
    assert found[3:] == [[found[3][0]]]
    assert "dopo i primi 2 account" in found[3][0]


@given(
    st.lists(
        st.lists(
            st.text() | st.text("=+-@;,|\"' \t\n\0a\uff1d", max_size=6), min_size=1, max_size=4
        ),
        max_size=4,
    ),
    st.sampled_from(";,|"),
)
@example([["a", 'b,=HYPERLINK("x")']], ",")
@example([["\r\n=1+1"]], ";")
@example([['"', "=1"]], ",")
@example([["", ',"=']], ",")
@settings(deadline=None)
def test_no_cell_is_a_formula_wherever_it_is_split(table, separator):
    """ASVS 5.0, 1.2.10: a name that somebody made up reckons nothing in an operator's program."""
    found = read(spreadsheet(table), separator)

    assert not [cell for row in found for cell in row if cell.strip().startswith(DANGEROUS)]
    if separator == ";":
        assert [len(row) for row in found] == [len(row) for row in table]


def test_what_is_no_formula_stays_as_it_is():
    """Apostrophes, hyphens within, accents and quotes."""
    row = ["D'Angelo-Rossi", "Pèrez", 'il "rosso"', "1", ""]

    assert read(spreadsheet([row])) == [row]
    assert read(spreadsheet([["-1", "a;-b"]])) == [["'-1", "a;'-b"]]
