"""The files of the pages, and the lists of places for their script."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.contrib.web.browserless import Visitor, visitor_of
from tests.places import SOME

from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.files import assets, version

NOT_THERE = ["nothing.css", "..%2Fsite.py", "site.py", "__init__.py", "registrazione.css.bak"]


def sent(visitor: Visitor, path: str) -> Send:
    """Return what is sent from an address."""
    outcome = visitor.get(path).outcome
    assert isinstance(outcome, Send)
    return outcome


def rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    """Return a list of places."""
    outcome = sent(visitor, path)
    assert outcome.content_type == "application/json"
    found: list[dict[str, str]] = json.loads(outcome.body)
    return found


def cache(visitor: Visitor) -> str:
    """Return for how long browsers may keep the last reply."""
    return dict(visitor.reply.headers)["Cache-Control"]


# -- files ----------------------------------------------------------------------------------


def test_every_file_of_a_page_is_where_the_page_says():
    """Style sheet and scripts come under the address of the frame, for good."""
    visitor = visitor_of().get("/sign-in")
    base = visitor.page.frame.assets

    for name, content_type in (
        (visitor.page.frame.style, "text/css; charset=utf-8"),
        ("registrazione.js", "text/javascript; charset=utf-8"),
    ):
        outcome = sent(visitor, f"{base}{name}")
        assert (outcome.body, outcome.content_type) == (assets()[name].body, content_type)
        assert "immutable" in cache(visitor)
        assert ("X-Content-Type-Options", "nosniff") in visitor.reply.headers


def test_an_older_address_gets_the_present_file_and_keeps_it_not():
    """A page that lay open during an update still works."""
    visitor = visitor_of()
    assert sent(visitor, "/assets/older/registrazione.css").body
    assert cache(visitor) == "no-store"


@pytest.mark.parametrize("name", NOT_THERE)
def test_nothing_but_the_table_is_served(name):
    """No other file of the package, nor of the machine, whatever the name is."""
    assert sent(visitor_of(), f"/assets/{version()}/{name}").status == 404


def test_what_is_sent_costs_no_message_of_the_next_page():
    """A picture that is not there does not swallow what the next page has to say."""
    visitor = visitor_of()
    visitor.post("/sign-out", follow=False)
    visitor.get("/assets/x/nothing.png")
    assert visitor.get("/sign-in").said


# -- places ---------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-15")
def test_the_lists_lead_from_the_nation_down_to_the_comune():
    """Each list is asked for with what was chosen in the one before."""
    visitor = visitor_of(places=SOME)

    assert rows(visitor, "/places/nations")[0] == {
        "code": "IT",
        "label": "Italia",
        "label_en": "Italy",
    }
    assert {"code": "Z998", "label": "Livo", "label_en": "Livo"} in rows(visitor, "/places/nations")
    assert rows(visitor, "/places/regions")[0] == {"code": "01", "label": "Piemonte"}
    assert rows(visitor, "/places/provinces?region=01") == [
        {"code": "BI", "label": "Biella"},
        {"code": "VC", "label": "Vercelli"},
    ]
    comuni = rows(visitor, "/places/comuni?province=BI")
    assert comuni == [
        {"code": "A859", "label": "Biella (BI)"},
        {"code": "E623", "label": "Livo (BI)"},
    ]
    assert cache(visitor) == "public, max-age=86400"


@pytest.mark.requirement("MIM-15")
def test_the_day_of_birth_decides_which_provincia_a_comune_was_in():
    """Biella was in the provincia of Vercelli until 1992; a bad date is today."""
    visitor = visitor_of(places=SOME)

    then = rows(visitor, "/places/comuni?province=VC&day=1980-01-01")
    assert {"code": "A859", "label": "Biella (VC)"} in then
    today = rows(visitor, "/places/comuni?province=VC")
    assert {"code": "A859", "label": "Biella (VC)"} not in today
    for bad in ("31.12.1980", "1980-13-01", "", "9" * 500):
        assert rows(visitor, f"/places/comuni?province=VC&day={bad}") == today


def test_a_search_finds_comuni_and_nations():
    """What is typed into a single field."""
    visitor = visitor_of(places=SOME)
    assert {"code": "Z110", "label": "Francia"} in rows(visitor, "/places/find?text=fran")
    assert rows(visitor, f"/places/find?text={'a' * 101}") == []
    assert rows(visitor, "/places/find") == []
    assert rows(visitor, "/places/comuni?province=nowhere") == []


@pytest.mark.parametrize(("places", "path"), [(SOME, "/places/planets"), (None, "/places/nations")])
def test_a_list_that_nobody_has_is_not_there(places, path):
    """Another word, or a registrar that knows codes only."""
    more: dict[str, Any] = {} if places is None else {"places": places}
    visitor = visitor_of(**more)
    assert sent(visitor, path).status == 404
    assert cache(visitor) == "no-store"
