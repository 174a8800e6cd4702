"""The form of the data beside a codice fiscale: what is no name, sex, date or place at all."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import belfiore_codes, birth_dates, capitals, code_for, sexes

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import MAX_NAME, ConsistencyPolicy, check_person
from registrazione.core.refusals import Fault

FIELDS = ("surname", "name", "sex", "birth_date", "birth_place")
# Mario Rossi, born in Roma on 9 November 1976.
ROSSI = CodiceFiscale.parse("RSSMRA76S09H501E")

people = st.fixed_dictionaries(
    {
        "surname": capitals,
        "name": capitals,
        "sex": sexes,
        "birth_date": birth_dates,
        "birth_place": belfiore_codes,
    }
)


def found(faults) -> set[tuple[str, str | None]]:
    """Return the codes and fields of faults."""
    return {(each.code, each.field) for each in faults}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Rossi1", "digit"),
        ("<b>Rossi</b>", "symbol"),
        ("&#82;ossi", "symbol"),
        ("\u0420\u043e\u0441\u0441\u0438", "script"),
        ("Ro\u0455si", "script"),
        ("''", "empty"),
    ],
)
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_names_that_are_no_names_are_refused(typed, kind, policy) -> None:
    """Digits, markup and other scripts are errors whatever the policy, not transliterated."""
    for field, code in (("surname", "cognome.carattere"), ("name", "nome.carattere")):
        faults = check_person(ROSSI, **{field: typed}, policy=policy)

        assert faults == (Fault(code, field, params={"kind": kind}),)


@pytest.mark.parametrize("field", ["surname", "name"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Ro\x00ssi", "input.character"),
        ("Rossi\u202e", "input.character"),
        ("=?utf-8?q?Rossi?=", "input.encoded_word"),
        (1, "input.type"),
        (b"Rossi", "input.type"),
        ("R" * (MAX_NAME + 1), "input.too_long"),
        ("Rossi\n", "input.character"),
    ],
)
def test_names_pass_the_boundary_first(field, typed, code) -> None:
    """Controls, encoded words, other types and endless names have the boundary's own faults."""
    assert found(check_person(ROSSI, **{field: typed})) == {(code, field)}


def test_an_ill_formed_surname_leaves_the_name_compared() -> None:
    """Each field is judged by itself."""
    faults = check_person(ROSSI, surname="R0ssi", name="Luigi")

    assert found(faults) == {("cognome.carattere", "surname"), ("nome.incoerente", "name")}


@pytest.mark.parametrize("typed", ["X", "male", "MF", "\uff2d", "M\x00", 1, True, ["M"]])
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_the_sex_is_m_or_f(typed, policy) -> None:
    """Anything else is an error of form."""
    assert check_person(ROSSI, sex=typed, policy=policy) == (Fault("sesso.forma", "sex"),)


@pytest.mark.parametrize(
    "typed",
    [
        "1976-11-9",
        "19761109",
        "09/11/1976",
        "1976-W46-2",
        "1976-11-09T00:00:00",
        "1976-02-30",
        "0000-11-09",
        "monday",
        "\u0661976-11-09",
        "1976-11-09\x00",
        1976,
        [1976, 11, 9],
    ],
)
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_the_date_is_iso(typed, policy) -> None:
    """Nothing is guessed from parts of a date or from other ways to write it."""
    faults = check_person(ROSSI, birth_date=typed, policy=policy)

    assert faults == (Fault("data.forma", "birth_date"),)


@pytest.mark.parametrize(
    "typed", ["H5O1", "H50", "H5011", "Roma", "H 501", "H501\x00", "H\u0665\u0660\u0661", 501]
)
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_the_place_is_a_belfiore_code(typed, policy) -> None:
    """A letter and three ASCII digits, nothing else."""
    faults = check_person(ROSSI, birth_place=typed, policy=policy)

    assert faults == (Fault("luogo.forma", "birth_place"),)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"sex": "m"}, "sesso.incoerente"),
        ({"sex": " M\n"}, "sesso.incoerente"),
        ({"birth_place": "h501"}, "luogo.incoerente"),
        ({"birth_place": "\u00a0H501 "}, "luogo.incoerente"),
        ({"birth_date": " 1976-11-09\t"}, "data.incoerente"),
    ],
)
def test_case_and_edges_of_data_do_not_matter(typed, code) -> None:
    """Sex, place and date are read as forgivingly as the code: they agree, or disagree."""
    woman = CodiceFiscale.parse(code_for("ROSSI", "ANNA", "F", dt.date(1980, 1, 1), "F205"))

    assert check_person(ROSSI, **typed) == ()
    assert [each.code for each in check_person(woman, **typed)] == [code]


@given(person=people)
def test_without_a_code_only_the_form_is_judged(person) -> None:
    """Somebody without a code may write any data, as long as they have a proper form."""
    assert check_person(None, **person) == ()
    assert check_person(None) == ()


@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_without_a_code_rubbish_is_refused_all_the_same(policy) -> None:
    """Names that are no names, and the rest, have the faults that they have beside a code."""
    typed = {"surname": "<b>", "name": "M4rio", "sex": "x", "birth_date": "?", "birth_place": "?"}
    beside = check_person(ROSSI, **typed, policy=policy)

    assert check_person(None, **typed, policy=policy) == beside
    assert {each.field for each in beside} == set(FIELDS)
    assert all(each.is_error for each in beside)


@pytest.mark.requirement("MIM-11", "MIM-14")
def test_a_code_may_still_be_a_text() -> None:
    """Its own faults come with those of the data; a sound one is compared as always."""
    typed = {"surname": "<b>", "name": "Luca", "sex": "F"}
    beside = check_person(ROSSI, **typed)

    assert beside == check_person(ROSSI.code, **typed) == check_person(ROSSI.code.lower(), **typed)
    for text, code in ((ROSSI.code[:-1], "cf.lunghezza"), ("", "input.missing"), (5, "input.type")):
        first, *others = check_person(text, **typed)
        assert (first.code, first.field) == (code, "cf")
        assert tuple(others) == check_person(None, **typed)


class Liar:
    """Something that says to be a text."""

    __class__ = str  # type: ignore[assignment]


class Hostile(str):
    """A text that cannot be asked anything."""

    __slots__ = ()

    def _refuse(self, *_, **__):
        raise KeyError(str.__str__(self))

    __eq__ = __len__ = __str__ = __format__ = __iter__ = __getitem__ = _refuse
    __hash__ = str.__hash__
    strip = upper = isascii = isprintable = encode = translate = _refuse


class Elsewhen(dt.date):
    """A day that says to be another one."""

    year = property(lambda _: 1900)

    def isoformat(self):
        """Say something else."""
        return "never"


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_is_asked_for_its_type_only(field) -> None:
    """What only pretends to be text is no text, and a text's own methods are never called."""
    good = {"surname": "Rossi", "name": "Mario", "sex": "M"}
    good |= {"birth_date": "1976-11-09", "birth_place": "H501"}

    assert check_person(ROSSI, **{field: Hostile(good[field])}) == ()
    (wrong,) = check_person(ROSSI, **{field: Liar()})
    assert (wrong.field, wrong.is_error) == (field, True)


def test_a_day_is_read_by_its_own_class() -> None:
    """Whatever a subclass of date overrides, the day it was made with is compared."""
    assert check_person(ROSSI, birth_date=Elsewhen(1976, 11, 9)) == ()
    assert found(check_person(ROSSI, birth_date=Elsewhen(1976, 11, 8))) == {
        ("data.incoerente", "birth_date")
    }


def test_beside_a_provisional_code_the_form_of_data_is_still_checked() -> None:
    """Rubbish is refused although there is nothing to compare it with."""
    faults = check_person(
        CodiceFiscale.parse("00743110157"), name="M4rio", sex="x", birth_date="?", birth_place="?"
    )

    assert [each.code for each in faults] == [
        "cf.provvisorio",
        "nome.carattere",
        "sesso.forma",
        "data.forma",
        "luogo.forma",
    ]
