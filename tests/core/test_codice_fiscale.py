"""Tests of the codice fiscale by itself."""

from __future__ import annotations

import copy
import pickle
from datetime import date

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from stdnum.it import codicefiscale as stdnum_cf
from tests.codici_fiscali import (
    DIGIT_POSITIONS,
    ODD,
    belfiore_codes,
    birth_dates,
    capitals,
    code_for,
    codes,
    omocodia_choices,
    omocodia_variant,
    plain_codes,
    provisional_codes,
    sexes,
    with_check_letter,
)

from registrazione.core.codice_fiscale import (
    CodiceFiscale,
    check_codice_fiscale,
    is_codice_fiscale,
)
from registrazione.core.refusals import Fault, Refusal

# Mario Rossi, born in Roma on 9 November 1976.
GOOD = "RSSMRA76S09H501E"
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.lists(st.text()),
    st.builds(object),
    st.text(st.characters(exclude_categories=())),
    st.text("0123456789LMNPQRSTUVABCDEH", min_size=10, max_size=18),
)
fifteen = st.from_regex(
    r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}",
    fullmatch=True,
)


def only_fault(text: object) -> Fault:
    """Return the one fault of a text."""
    (found,) = check_codice_fiscale(text)
    return found


@given(text=anything)
def test_nothing_but_a_refusal_is_raised(text) -> None:
    """Whatever comes in, the answer is a sound code or a refusal; three functions agree on it."""
    faults = check_codice_fiscale(text, "x")

    assert is_codice_fiscale(text) is not bool(faults)
    assert all(found.field == "x" and found.is_error for found in faults)
    if faults:
        with pytest.raises(Refusal) as caught:
            CodiceFiscale.parse(text, "x")
        assert caught.value.faults == faults
    else:
        parsed = CodiceFiscale.parse(text, "x")
        assert CodiceFiscale.parse(parsed.code) == parsed


@pytest.mark.requirement("MIM-11")
@pytest.mark.parametrize("text", [None, "", "  ", "\u00a0\n"])
def test_the_code_is_mandatory(text) -> None:
    """Without a code there is nothing to go on with."""
    assert only_fault(text) == Fault("input.missing", "cf")


@pytest.mark.parametrize("text", [1, b"RSSMRA76S09H501E", [], 0.5, object()])
def test_only_text_is_a_code(text) -> None:
    """Bytes and numbers are no codes."""
    assert only_fault(text) == Fault("input.type", "cf")


@pytest.mark.requirement("MIM-11")
@given(code=codes | provisional_codes)
def test_sound_codes_are_accepted(code) -> None:
    """Every code that the decree can make is accepted, omocodia and provisional ones too."""
    assert check_codice_fiscale(code) == ()
    assert CodiceFiscale.parse(code).code == code


@given(code=codes, left=st.text(" \t\r\n\u00a0", max_size=3), right=st.text(" \n", max_size=3))
def test_case_and_edges_do_not_matter(code, left, right) -> None:
    """A code typed in lower case or with spaces around it is the same code."""
    assert CodiceFiscale.parse(left + code.lower() + right) == CodiceFiscale(code=code)


@pytest.mark.parametrize(
    "text", ["", "A", GOOD[:-1], GOOD + "A", "0074311015", "007431101577", "ABCDEFGHILM"]
)
def test_the_length_is_told(text) -> None:
    """Sixteen characters or eleven digits; anything else is told with its length."""
    expected = "input.missing" if not text else "cf.lunghezza"

    assert only_fault(text).code == expected
    assert only_fault(text).params == ({"length": len(text)} if text else {})


@pytest.mark.parametrize(
    "text",
    ["\x00" * 10_000_000, " " * 65, GOOD + " " * 60],
    ids=["controls", "spaces", "padded"],
)
def test_a_huge_text_is_only_measured(text) -> None:
    """What is longer than any typing of a code is not looked at."""
    assert only_fault(text) == Fault("cf.lunghezza", "cf", params={"length": len(text)})


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("RSSMRA76S09H50\u0661E", 15),
        ("RSSMRA76S09H501\u0410", 16),
        ("\u03a1SSMRA76S09H501E", 1),
        ("R\u017f\u017fMRA76S09H501E", 2),
        ("rssmra76s09h50\u0131a", 15),
        ("RSSMRA\uff17\uff16S09H501E", 7),
        ("RSSMRA76S09H50 E", 15),
        ("RSSMRA76S09H50-E", 15),
        ("RSSMRA76S09H50\x00E", 15),
        ("RSSMRA76S09H50\ud800E", 15),
        ("RSSMRA76S09H50_E", 15),
        ("RSSMRA76S09H501\u0301", 16),
        ("RS\u00dfMRA76S09H501E", 3),
    ],
)
def test_the_first_foreign_character_is_told(text, position) -> None:
    """Nothing outside ASCII letters and digits is folded into them."""
    assert only_fault(text) == Fault("cf.carattere", "cf", params={"position": position})


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (GOOD + "\x00", 17),
        (GOOD + "\u200b", 17),
        ("\u202e" + GOOD, 1),
        (GOOD + ";--", 17),
        ("&#82;SSMRA76S09H501E", 1),
        ("RSS.MRA/76_S09-H501!A", 4),
        ("RSS MRA 76S09 H501E", 4),
        ("'" + GOOD, 1),
        (GOOD + "\U0001f600", 17),
    ],
)
def test_a_wrong_length_and_a_foreign_character_are_told_at_once(text, position) -> None:
    """An invisible sign at the end is pointed at, not only counted."""
    assert check_codice_fiscale(text) == (
        Fault("cf.lunghezza", "cf", params={"length": len(text)}),
        Fault("cf.carattere", "cf", params={"position": position}),
    )


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("1SSMRA76S09H501E", 1, "letter"),
        ("RSSMR476S09H501E", 6, "letter"),
        ("RSSMRAX6S09H501E", 7, "digit"),
        ("RSSMRA7OS09H501E", 8, "digit"),
        ("RSSMRA76F09H501E", 9, "month"),
        ("RSSMRA76109H501E", 9, "month"),
        ("RSSMRA76SA9H501E", 10, "digit"),
        ("RSSMRA76S0ZH501E", 11, "digit"),
        ("RSSMRA76S099501E", 12, "letter"),
        ("RSSMRA76S09HX01E", 13, "digit"),
        ("RSSMRA76S09H5O1E", 14, "digit"),
        ("RSSMRA76S09H50IE", 15, "digit"),
        ("RSSMRA76S09H5017", 16, "letter"),
        ("1234567890123456", 1, "letter"),
    ],
)
def test_the_first_misplaced_character_is_told(text, position, expected) -> None:
    """Each position has its own kind of character."""
    found = only_fault(text)

    assert (found.code, found.field) == ("cf.forma", "cf")
    assert found.params["position"] == position
    assert found.params["expected"] == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("RSSMRA76SO9H501E", "O/0"),
        ("RSSMRA76S09H5O1E", "O/0"),
        ("RSSMRA76S09H50IE", "I/1"),
        ("R5SMRA76S09H501E", "S/5"),
        ("RSSMRA7S609H501E", "swap"),
        ("RSSMRA76S09H5X1E", ""),
    ],
)
def test_a_misplaced_character_comes_with_a_hint(text, hint) -> None:
    """When one typing error explains it, the hint says which kind."""
    assert only_fault(text).params["hint"] == hint


@pytest.mark.parametrize(
    ("right", "typed", "hint"),
    [
        (GOOD, "RSMSRA76S09H501E", "swap"),
        (GOOD, "RSSMRA67S09H501E", "swap"),
        (GOOD, "RSSMRA76S09HS01E", "S/5"),
        (GOOD, "RSSMRA76S09H501Z", ""),
    ],
)
def test_a_wrong_check_letter_comes_with_a_hint_only(right, typed, hint) -> None:
    """The hint names the kind of error; the right letter is nowhere in the fault."""
    assert check_codice_fiscale(right) == ()
    assert only_fault(typed) == Fault("cf.controllo", "cf", params={"hint": hint})


@given(code=plain_codes)
def test_a_lookalike_is_recognised(code) -> None:
    """Typing B for 8 is recognised wherever it alone spoils the code."""
    position = code.find("8", 6, 15)
    assume(position >= 0)
    typed = f"{code[:position]}B{code[position + 1 :]}"

    assert only_fault(typed).params["hint"] == "B/8"


@given(code=codes, position=st.integers(0, 15), sign=st.sampled_from(sorted(ODD)))
def test_a_single_wrong_character_is_always_found(code, position, sign) -> None:
    """The check letter and the shape catch every single substitution."""
    assume(sign != code[position])
    typed = code[:position] + sign + code[position + 1 :]

    assert check_codice_fiscale(typed)


@given(code=plain_codes, day=st.sampled_from([0, *range(32, 41), *range(72, 100)]))
def test_impossible_days_are_refused(code, day) -> None:
    """Days are 1 to 31 for men, 41 to 71 for women, nothing else."""
    typed = with_check_letter(f"{code[:9]}{day:02}{code[11:15]}")

    assert only_fault(typed) == Fault("cf.data_impossibile", "cf")


@pytest.mark.parametrize("year", range(100))
@pytest.mark.parametrize("sex", [0, 40])
def test_the_29_february_needs_a_leap_year_in_either_century(year, sex) -> None:
    """It exists where 19xx or 20xx had one; in 00 it was 2000."""
    code = with_check_letter(f"RSSMRA{year:02}B{29 + sex}H501")
    possible = {
        century + year
        for century in (1900, 2000)
        if (century + year) % 4 == 0 and century + year != 1900
    }

    assert is_codice_fiscale(code) == bool(possible)
    if possible:
        assert set(CodiceFiscale.parse(code).possible_birth_years) == possible
    else:
        assert only_fault(code).code == "cf.data_impossibile"


@pytest.mark.parametrize(
    ("month", "last"),
    [*zip("ACEMLRT", [31] * 7, strict=True), *zip("DHPS", [30] * 4, strict=True), ("B", 29)],
)
def test_months_have_their_last_day(month, last) -> None:
    """The last day of each month exists in 1976, the day after it does not."""
    for sex in (0, 40):
        assert is_codice_fiscale(with_check_letter(f"RSSMRA76{month}{last + sex}H501"))
        assert not is_codice_fiscale(with_check_letter(f"RSSMRA76{month}{last + sex + 1}H501"))


def test_an_omocodia_may_hide_an_impossible_day() -> None:
    """The date is read with its omocodia undone."""
    assert only_fault(with_check_letter("RSSMRA76SPNH501")).code == "cf.data_impossibile"


@given(
    surname=capitals,
    name=capitals,
    sex=sexes,
    born=birth_dates,
    place=belfiore_codes,
    chosen=omocodia_choices,
)
def test_a_code_is_read_as_it_was_made(*, surname, name, sex, born, place, chosen) -> None:
    """Sex, date and place come back from any omocodia variant, and so does the plain code."""
    plain = code_for(surname, name, sex, born, place)
    cf = CodiceFiscale.parse(omocodia_variant(plain, chosen))

    assert (cf.sex, cf.birth_month, cf.birth_day) == (sex, born.month, born.day)
    assert born in cf.possible_birth_dates
    assert born.year in cf.possible_birth_years
    assert cf.codice_catastale == place
    assert (cf.surname_triplet, cf.name_triplet) == (plain[:3], plain[3:6])
    assert cf.is_omocodia == any(chosen)
    assert not cf.is_provisional
    assert cf.canonical == CodiceFiscale(code=plain)


def test_there_are_128_variants_of_one_code() -> None:
    """All of them are sound, different, and have one canonical form."""
    variants = {
        omocodia_variant(GOOD, tuple(bool(number >> bit & 1) for bit in range(7)))
        for number in range(128)
    }

    assert len(variants) == 128
    assert {CodiceFiscale.parse(code).canonical.code for code in variants} == {GOOD}
    assert len({CodiceFiscale.parse(code) for code in variants}) == 128


@pytest.mark.parametrize("position", DIGIT_POSITIONS)
def test_omocodia_in_one_position_anywhere(position) -> None:
    """Each of the seven digits alone may be replaced, not only from the right."""
    code = omocodia_variant(GOOD, tuple(position == other for other in DIGIT_POSITIONS))

    assert CodiceFiscale.parse(code).is_omocodia


@pytest.mark.parametrize("sign", "ABCDEFGHIJKOWXYZ")
def test_other_letters_are_no_omocodia(sign) -> None:
    """Only ten letters stand for digits."""
    code = with_check_letter(f"RSSMRA76S09H5{sign}1")

    assert only_fault(code).code == "cf.forma"


@given(code=provisional_codes)
def test_a_provisional_code_says_nothing_of_the_person(code) -> None:
    """Eleven digits are accepted, and hold neither sex nor date nor place."""
    cf = CodiceFiscale.parse(code)

    assert cf.is_provisional
    assert not cf.is_omocodia
    assert cf.canonical == cf
    assert cf.possible_birth_years == cf.possible_birth_dates == ()
    assert {
        cf.sex,
        cf.birth_day,
        cf.birth_month,
        cf.codice_catastale,
        cf.surname_triplet,
        cf.name_triplet,
    } == {None}


@given(code=provisional_codes, position=st.integers(0, 10), digit=st.sampled_from("0123456789"))
@example(code="00743110157", position=10, digit="8")
def test_a_provisional_code_with_a_wrong_digit_is_refused(code, position, digit) -> None:
    """Luhn's digit catches every single substitution."""
    assume(digit != code[position])
    typed = code[:position] + digit + code[position + 1 :]

    assert only_fault(typed) == Fault("cf.controllo", "cf", params={"hint": ""})


@pytest.mark.parametrize("code", ["00000000000", "00000001008"])
def test_the_serial_number_of_a_provisional_code_is_not_zero(code) -> None:
    """Eleven zeros have the right last digit, but nobody was given number zero."""
    assert only_fault(code).code == "cf.controllo"


@given(code=codes | provisional_codes)
def test_a_code_is_never_printed(code) -> None:
    """No way of printing shows more than the first three and the last two characters."""
    cf = CodiceFiscale.parse(code)
    masked = code[:3] + "*" * (len(code) - 5) + code[-2:]

    assert str(cf) == f"{cf}" == cf.masked == masked
    assert repr(cf) == f"CodiceFiscale({masked})"
    assert code not in repr([cf])


@pytest.mark.parametrize("typed", ["RSSMRA76S09H501Z", "RSSMRA76S09H50", "RSSMRA76SO9H501E"])
def test_a_refusal_does_not_repeat_the_code(typed) -> None:
    """Neither the text of the exception nor its faults hold what was typed."""
    with pytest.raises(Refusal) as caught:
        CodiceFiscale.parse(typed)

    assert typed not in f"{caught.value} {caught.value.faults!r}"
    assert caught.value.__context__ is None


@pytest.mark.parametrize("code", ["", GOOD.lower(), f" {GOOD}", "RSSMRA76S09H501Z", "\u0410"])
def test_a_value_holds_a_sound_code_only(code) -> None:
    """The value cannot be made around the check, and the error does not repeat the text."""
    with pytest.raises(ValueError, match="not a canonical codice fiscale") as caught:
        CodiceFiscale(code=code)

    assert not code or code not in str(caught.value)


def test_a_code_is_a_value() -> None:
    """Codes are frozen, compared and hashed by their whole text, and travel whole."""
    cf = CodiceFiscale.parse(GOOD)

    assert cf == CodiceFiscale.parse(GOOD.lower())
    assert len({cf, CodiceFiscale.parse(GOOD)}) == 1
    assert pickle.loads(pickle.dumps(cf)) == cf  # noqa: S301 - made on this line
    assert cf != GOOD
    with pytest.raises(AttributeError, match="cannot be set"):
        cf.code = "x"
    with pytest.raises(AttributeError, match="cannot be set"):
        del cf.code
    assert copy.copy(cf) == cf == copy.deepcopy(cf)


def test_a_known_code_is_read_right() -> None:
    """One code read by hand."""
    cf = CodiceFiscale.parse(GOOD)

    assert cf.possible_birth_dates == (date(1976, 11, 9), date(2076, 11, 9))
    assert (cf.sex, cf.codice_catastale) == ("M", "H501")
    assert (cf.surname_triplet, cf.name_triplet) == ("RSS", "MRA")


def test_a_subclass_of_text_is_taken_as_plain_text() -> None:
    """Methods that a subclass overrides are not asked."""

    class Liar(str):
        """Text that turns into another code when it is cleaned."""

        __slots__ = ()

        def strip(self, _characters=None):
            """Return another code."""
            return "00743110157"

        def upper(self):
            """Return another code."""
            return "00743110157"

    assert CodiceFiscale.parse(Liar(GOOD)).code == GOOD
    assert is_codice_fiscale(Liar(GOOD))


@settings(max_examples=2_000)
@given(signs=fifteen, letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), right=st.booleans())
def test_the_verdict_is_that_of_another_library(signs, letter, right) -> None:
    """python-stdnum says the same of sixteen signs of the right shape, but for days after 80.

    It takes the remainder of the day by forty, and so accepts days that no decree knows.
    """
    code = with_check_letter(signs) if right else signs + letter
    day = int(code[9:11].translate(str.maketrans("LMNPQRSTUV", "0123456789")))

    assert is_codice_fiscale(code) == (stdnum_cf.is_valid(code) and day <= 80)
