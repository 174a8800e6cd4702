"""A form's values as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from registrazione.checks.places import InstalledPlaces
from registrazione.core.form import FieldKind
from registrazione.service.readable import day_of, named_on, readable

PLACES = InstalledPlaces()


@pytest.mark.requirement("MIM-14", "MIM-23")
@pytest.mark.parametrize(
    ("kind", "value", "it", "en"),
    [
        (FieldKind.DATE, "1990-02-01", "1 febbraio 1990", "1 February 1990"),
        (FieldKind.DATE, "1990", "1990", "1990"),
        (FieldKind.DOCUMENT_TYPE, "patenteGuida", "Patente di guida", "Driving licence"),
        (FieldKind.DOCUMENT_TYPE, "Patente di guida", "Patente di guida", "Patente di guida"),
        (FieldKind.PLACE, "H501", "Roma (RM)", "Roma (RM)"),
        (FieldKind.PLACE, "X999", "X999", "X999"),
        (FieldKind.NATION, "Z110", "Francia", "France"),
        (FieldKind.NATION, "Z999", "Z999", "Z999"),
        (FieldKind.PROVINCE, "VR", "Verona", "Verona"),
        (FieldKind.PROVINCE, "QQ", "QQ", "QQ"),
        (FieldKind.LINE, "H501", "H501", "H501"),
    ],
)
def test_a_value_is_shown_as_people_read_it(kind, value, it, en) -> None:
    """Days in words, codes by their names; what nobody knows stays as it is."""
    assert readable(kind, value, "it", PLACES) == it
    assert readable(kind, value, "en", PLACES) == en


@pytest.mark.parametrize("kind", [FieldKind.PLACE, FieldKind.NATION, FieldKind.PROVINCE])
def test_without_lists_a_code_stays_a_code(kind) -> None:
    """A host may know codes only."""
    assert readable(kind, "H501", "it", None) == "H501"


def test_a_place_is_named_as_it_was_on_that_day() -> None:
    """Biella was in the provincia of Vercelli until 1992, and so a document of then says."""
    assert readable(FieldKind.PLACE, "A859", "it", PLACES, date(1970, 1, 1)) == "Biella (VC)"
    assert readable(FieldKind.PLACE, "A859", "it", PLACES, date(2000, 1, 1)) == "Biella (BI)"


def test_where_somebody_lives_is_named_as_it_is_now() -> None:
    """Only where somebody was born has the name that it had then."""
    values = {"birth_date": "1970-01-01", "birth_place": "A859", "lives_in": "A859"}
    assert named_on("birth_place", values) == date(1970, 1, 1)
    assert named_on("lives_in", values) is None


@pytest.mark.parametrize(
    ("value", "day"), [("1990-02-01", date(1990, 2, 1)), ("1990", None), ("", None), (None, None)]
)
def test_a_day_is_one_or_none(value, day) -> None:
    """What a provider or a host has put there need be no day."""
    assert day_of(value) == day
