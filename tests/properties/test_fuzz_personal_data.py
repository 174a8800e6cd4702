"""A hundred thousand values of any type, handed in where personal data are typed."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from tests.properties.odd_values import LONG, odd_text, odd_values

from registrazione import Refusal
from registrazione.core.codice_fiscale import (
    CodiceFiscale,
    check_codice_fiscale,
    is_codice_fiscale,
)
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.refusals import Fault
from registrazione.refusals import text_of

CHUNKS = 20
A_CHUNK = 5_000
PEOPLE_A_CHUNK = 100
FIELDS = ("surname", "name", "sex", "birth_date", "birth_place")
# Every word that a parameter may hold; whatever else it holds is a number.
WORDS = {
    *("", "O/0", "I/1", "S/5", "B/8", "swap", "day_month"),
    *("letter", "digit", "month", "script", "symbol", "empty"),
    *("control", "format", "unassigned", "private_use", "surrogate", "line_break", "not_ascii"),
}
ROSSI = CodiceFiscale.parse("RSSMRA76S09H501E")

chunks = pytest.mark.parametrize("chunk", range(CHUNKS))


def tell_nothing(faults: Iterable[Fault]) -> bool:
    """Tell whether faults hold fixed words and numbers only, and have words of their own."""
    return all(
        (type(value) is int or value in WORDS) and text_of(found)
        for found in faults
        for value in found.params.values()
    )


def parse(value: object) -> CodiceFiscale | Refusal:
    """Return the value, or the refusal."""
    try:
        return CodiceFiscale.parse(value)
    except Refusal as refused:
        return refused


@pytest.mark.requirement("MIM-11")
@chunks
def test_a_code_of_any_type_has_one_verdict(chunk) -> None:
    """Three functions agree on whatever it is, and only a refusal is ever raised."""
    accepted = 0
    for value in odd_values(f"codes {chunk}", A_CHUNK):
        sound, faults = is_codice_fiscale(value), check_codice_fiscale(value)
        parsed = parse(value)
        if isinstance(parsed, Refusal):
            assert not sound
            assert parsed.faults == faults != ()
            assert parsed.__cause__ is parsed.__context__ is None
        else:
            accepted += 1
            assert sound
            assert faults == ()
            assert CodiceFiscale.parse(parsed.code) == parsed
        assert tell_nothing(faults)

    assert A_CHUNK // 10 < accepted < A_CHUNK // 2


@pytest.mark.requirement("MIM-14")
@pytest.mark.parametrize("field", FIELDS)
@chunks
def test_data_of_any_type_can_be_compared(chunk, field) -> None:
    """Each field by itself: faults of this field, fixed words in them, and nothing raised."""
    for value in odd_values(f"{field} {chunk}", PEOPLE_A_CHUNK):
        faults = check_person(ROSSI, **{field: value})

        assert {found.field for found in faults} <= {field}
        assert tell_nothing(faults)
        assert {found.field for found in check_person(None, **{field: value})} <= {field}


@chunks
def test_whole_persons_of_any_type_can_be_compared(chunk) -> None:
    """All fields at once: each has the faults that it has alone, in the order of the fields."""
    draw = random.Random(f"people {chunk}")  # noqa: S311 - a sample, no secret
    columns = [list(odd_values(f"whole {field} {chunk}", PEOPLE_A_CHUNK)) for field in FIELDS]
    for values in zip(*columns, strict=True):
        policy = draw.choice(list(ConsistencyPolicy))
        typed = dict(zip(FIELDS, values, strict=True))
        faults = check_person(ROSSI, **typed, policy=policy)
        alone = [
            fault.field
            for field, value in typed.items()
            for fault in check_person(ROSSI, **{field: value}, policy=policy)
        ]

        assert [fault.field for fault in faults] == alone
        assert tell_nothing(faults)


@pytest.mark.parametrize("length", [64, 65, LONG, 10**7])
def test_the_longest_texts_are_only_measured(length) -> None:
    """At the cap and far beyond it, whatever the signs."""
    for sign in "A0 \x00\u0661\ud800\U0001f600":
        (found, *_) = check_codice_fiscale(sign * length)

        assert found.code in {"cf.lunghezza", "cf.carattere", "input.missing"}
        assert not is_codice_fiscale(sign * length)


def test_the_sample_is_the_same_every_time() -> None:
    """A failure can be had again: nothing depends on hashes, clock or order."""
    first, second = (random.Random("seed") for _ in range(2))  # noqa: S311 - a sample

    assert [odd_text(first) for _ in range(100)] == [odd_text(second) for _ in range(100)]
