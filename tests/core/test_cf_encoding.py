"""A code computed from data, held against a second reading of the decree."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from tests.codici_fiscali import (
    belfiore_codes,
    birth_dates,
    capitals,
    code_for,
    codes,
    omocodia_variant,
    plain_codes,
    provisional_codes,
    sexes,
)

from registrazione.core.cf_encoding import encode_codice_fiscale, omocodie
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.refusals import Refusal

ROSSI = {
    "surname": "Rossi",
    "name": "Mario",
    "sex": "M",
    "birth_date": dt.date(1980, 1, 1),
    "birth_place": "H501",
}


@given(capitals, capitals, sexes, birth_dates, belfiore_codes)
def test_the_code_is_that_of_the_decree(surname, name, sex, born, place):
    """Two readings of the rules make the same code of any data."""
    code = encode_codice_fiscale(
        surname=surname, name=name, sex=sex, birth_date=born, birth_place=place
    )

    assert code.code == code_for(surname, name, sex, born, place)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "RSSMRA80A01H501U"),
        ({"sex": " f ", "birth_place": " z110"}, "RSSMRA80A41Z110F"),
        ({"surname": "Müller"}, "MLLMRA80A01H501P"),
        ({"surname": "Bo\u0308"}, "BOEMRA80A01H501F"),
        ({"birth_date": dt.datetime(1880, 1, 1, 12, tzinfo=dt.UTC)}, "RSSMRA80A01H501U"),
    ],
)
def test_data_are_taken_as_a_form_would_take_them(changed, code):
    """Spaces, case and composition make no difference; the century is not in the code."""
    assert encode_codice_fiscale(**{**ROSSI, **changed}).code == code


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"surname": "R0ssi"}, [("surname", "cognome.carattere")]),
        ({"name": " "}, [("name", "input.missing")]),
        ({"sex": "X"}, [("sex", "sesso.forma")]),
        ({"birth_date": "1980-13-01"}, [("birth_date", "data.forma")]),
        ({"birth_place": "Roma"}, [("birth_place", "luogo.forma")]),
        (
            {"surname": "", "birth_place": None, "sex": "X"},
            [
                ("surname", "input.missing"),
                ("birth_place", "input.missing"),
                ("sex", "sesso.forma"),
            ],
        ),
    ],
)
def test_data_without_their_form_have_no_code(changed, found):
    """All that is wrong is named at its field, and none of it is repeated."""
    with pytest.raises(Refusal) as refused:
        encode_codice_fiscale(**{**ROSSI, **changed})

    assert [(fault.field, fault.code) for fault in refused.value.faults] == found


@given(plain_codes)
def test_the_omocodie_are_all_variants_but_the_code_itself(plain):
    """127 different codes, the ones that the second reading makes, the simplest first."""
    cf = CodiceFiscale(code=plain)
    others = omocodie(cf)
    first = omocodia_variant(plain, (False,) * 6 + (True,))

    assert len({other.code for other in others} - {plain}) == len(others) == 127
    assert all(other.is_omocodia and other.canonical == cf for other in others)
    assert first == others[0].code


@given(codes)
def test_the_128_codes_are_the_same_whichever_is_asked(code):
    """Each of them has the other 127."""
    cf = CodiceFiscale(code=code)

    assert {*omocodie(cf), cf} == {*omocodie(cf.canonical), cf.canonical}


@given(provisional_codes)
def test_a_provisional_code_has_no_omocodie(code):
    """It has no digits that letters might stand for."""
    assert omocodie(CodiceFiscale(code=code)) == ()
