"""Places of birth as values."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from tests.places import BIELLA_NOW, BIELLA_THEN, DAYS, FRANCE, SIKKIM, SOME, USSR

from registrazione.core.consistency import PlaceFacts
from registrazione.core.places import ITALY, Cascade, Comune, Nation, Places, Province, Region


@pytest.mark.parametrize(
    ("place", "label"),
    [
        (BIELLA_THEN, "Biella (VC)"),
        (BIELLA_NOW, "Biella (BI)"),
        (FRANCE, "Francia"),
        (USSR, "Unione Sovietica (fino al 1992)"),
        (SIKKIM, "Sikkim (codice storico)"),
        (ITALY, "Italia"),
    ],
)
def test_labels_tell_places_apart(place, label):
    """Homonyms by the provincia of the time, a ceased nation from the heir of its name."""
    assert place.label == label


@pytest.mark.parametrize("kind", [Comune, Nation])
@pytest.mark.parametrize(
    ("start", "end", "day", "existed"),
    [
        (None, None, "0001-01-01", True),
        (None, "1992-04-15", "1992-04-15", True),
        (None, "1992-04-15", "1992-04-16", False),
        ("1992-04-16", None, "1992-04-16", True),
        ("1992-04-16", None, "1992-04-15", False),
        ("1900-01-01", "1900-01-01", "1900-01-01", True),
    ],
)
def test_first_and_last_day_are_part_of_a_period(kind, start, end, day, existed):
    """An open end reaches as far as anybody asks."""
    more = {"province": "BI"} if kind is Comune else {}
    first, last = (dt.date.fromisoformat(text) if text else None for text in (start, end))
    place = kind(code="A859", name="Biella", start=first, end=last, **more)

    assert place.existed_on(dt.date.fromisoformat(day)) is existed


@given(day=DAYS)
def test_a_comune_is_in_one_provincia_at_a_time(day):
    """Biella went from Vercelli to its own provincia overnight."""
    assert BIELLA_THEN.existed_on(day) + BIELLA_NOW.existed_on(day) <= 1


@pytest.mark.parametrize(
    "value",
    [ITALY, BIELLA_NOW, Region(code="01", name="P"), Province(sigla="A", name="", region="")],
)
def test_places_cannot_be_changed(value):
    """What one request reads, another cannot spoil."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.name = "Topolinia"
    assert hash(value) == hash(attrs.evolve(value))


def test_italy_has_no_belfiore_code():
    """Its two letters cannot be taken for one."""
    assert ITALY.code == "IT"
    assert not ITALY.ceased


def test_a_gazetteer_answers_all_that_is_asked_about_places():
    """It is a setting of its own, and so is whatever else has these methods."""
    facts = {name for name in vars(PlaceFacts) if not name.startswith("_")}
    lists = {name for name in vars(Cascade) if not name.startswith("_")}

    assert isinstance(SOME, Places)
    assert not isinstance(object(), Places)
    assert all(callable(getattr(SOME, name)) for name in facts | lists)
    assert facts == {"exists", "existed_on", "same_place", "predecessor"}
