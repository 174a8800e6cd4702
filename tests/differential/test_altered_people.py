"""Twenty thousand persons beside their codes, as they are and with mistakes, held against rules."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.differential.altering import Typed, expected, typed_of
from tests.differential.people import CHUNKS, people_of

from registrazione.checks.places import InstalledPlaces
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import check_person

PLACES = InstalledPlaces()
DOUBTS = {"luogo.codice_storico", "luogo.stato_cessato"}
"""What only the list of renumbered municipalities and of ceased states can tell."""


def found(typed: Typed) -> frozenset[tuple[str, str]]:
    """Return the fields and severities that this library finds, known doubts as disagreements."""
    faults = check_person(
        CodiceFiscale.parse(typed.person.code),
        surname=typed.surname,
        name=typed.name,
        sex=typed.sex,
        birth_date=typed.born,
        birth_place=typed.place,
        places=PLACES,
    )
    return frozenset(
        (each.field or "", "error" if each.code in DOUBTS else each.severity.value)
        for each in faults
    )


@pytest.mark.requirement("MIM-14")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_exactly_the_fields_that_disagree_are_named(chunk) -> None:
    """Two readings of the rules agree on every field of forty thousand rows."""
    rows = list(typed_of(chunk, people_of(chunk)))
    wrong = [(row, found(row), expected(row)) for row in rows if found(row) != expected(row)]
    shown = "\n".join(
        f"{row}: {sorted(ours)}, expected {sorted(theirs)}" for row, ours, theirs in wrong[:5]
    )

    assert not wrong, f"{len(wrong)} rows\n{shown}"


def test_every_kind_of_answer_is_drawn() -> None:
    """The sample holds errors in every field, doubts about places, and other spellings."""
    drawn = Counter(kind for row in typed_of(0, people_of(0)) for kind in expected(row))
    fields = ("surname", "name", "sex", "birth_date", "birth_place")

    assert {(field, "error") for field in fields} <= set(drawn)
    assert {("birth_place", "warning")} < set(drawn)
    assert sum(not expected(row) for row in typed_of(0, people_of(0))) > 800
