"""Tests of the comparison between a codice fiscale and the data typed beside it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.codici_fiscali import (
    belfiore_codes,
    birth_dates,
    capitals,
    code_for,
    omocodia_choices,
    omocodia_variant,
    provisional_codes,
    sexes,
)

from registrazione.checks.places import InstalledPlaces
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.refusals import Fault, Severity
from registrazione.refusals import text_of

FIELDS = ("surname", "name", "sex", "birth_date", "birth_place")
NORMAL = ConsistencyPolicy.NORMAL
WEIGHTS = {
    ConsistencyPolicy.STRICT: (Severity.ERROR, Severity.ERROR),
    NORMAL: (Severity.ERROR, Severity.WARNING),
    ConsistencyPolicy.LENIENT: (Severity.WARNING, Severity.WARNING),
}


class SomePlaces:
    """A handful of places: one that ended in 1927, one renumbered, one state and its heir."""

    def exists(self, code):
        """Know six codes."""
        return code in {"H501", "H617", "A744", "M335", "Z135", "Z154"}

    def existed_on(self, code, day):
        """Let one of them end."""
        return code != "H617" or day < dt.date(1927, 1, 1)

    def same_place(self, first, second):
        """Let one of them be renumbered."""
        return {first, second} == {"A744", "M335"}

    def predecessor(self, typed, decoded):
        """Let one state follow another."""
        return (typed, decoded) == ("Z154", "Z135")


people = st.fixed_dictionaries(
    {
        "surname": capitals,
        "name": capitals,
        "sex": sexes,
        "birth_date": birth_dates,
        "birth_place": belfiore_codes,
    }
)


def cf_of(person, chosen=(False,) * 7) -> CodiceFiscale:
    """Return the code that belongs to a person's data."""
    return CodiceFiscale.parse(omocodia_variant(code_for(*(person[f] for f in FIELDS)), chosen))


def rossi(surname="ROSSI", name="MARIO", *, born="1976-11-09", place="H501") -> CodiceFiscale:
    """Return the code of a man whose names are written in capitals."""
    return CodiceFiscale.parse(code_for(surname, name, "M", dt.date.fromisoformat(born), place))


def found(faults) -> set[tuple[str, str | None]]:
    """Return the codes and fields of faults."""
    return {(each.code, each.field) for each in faults}


@given(person=people, chosen=omocodia_choices, policy=st.sampled_from(ConsistencyPolicy))
def test_data_that_agree_have_no_fault(person, chosen, policy) -> None:
    """Whoever types the data the code was made from is not bothered, omocodia or not."""
    assert check_person(cf_of(person, chosen), **person, policy=policy) == ()


@given(person=people, other=people)
def test_exactly_the_fields_that_differ_are_named(person, other) -> None:
    """Any mixture of two persons' data names the fields taken from the other one."""
    cf, other_cf = cf_of(person), cf_of(other)
    decoded = {
        "surname": (cf.surname_triplet, other_cf.surname_triplet),
        "name": (cf.name_triplet, other_cf.name_triplet),
        "sex": (cf.sex, other_cf.sex),
        "birth_date": (cf.possible_birth_dates, other_cf.possible_birth_dates),
        "birth_place": (cf.codice_catastale, other_cf.codice_catastale),
    }
    different = {field for field, (mine, theirs) in decoded.items() if mine != theirs}

    faults = check_person(cf, **other)

    assert {each.field for each in faults} == different
    assert all(each.is_error for each in faults)
    for field in FIELDS:
        alone = {field: other[field]}
        assert {each.field for each in check_person(cf, **alone)} == different & {field}


@given(person=people)
def test_missing_data_are_not_compared(person) -> None:
    """Nothing and blanks say nothing against the code."""
    assert check_person(cf_of(person)) == ()
    assert check_person(cf_of(person), **dict.fromkeys(FIELDS, " ")) == ()


@given(
    person=people,
    junk=st.lists(
        st.one_of(st.text(), st.integers(), st.none(), st.binary(), st.builds(object)),
        min_size=5,
        max_size=5,
    ),
)
def test_any_data_can_be_compared(person, junk) -> None:
    """Whatever is typed, the answer is a tuple of faults in the order of the fields."""
    faults = check_person(cf_of(person), **dict(zip(FIELDS, junk, strict=True)))
    order = ["cf", *FIELDS]

    assert [each.field for each in faults] == sorted(
        (each.field for each in faults), key=order.index
    )


@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_the_policy_says_what_a_disagreement_weighs(policy) -> None:
    """Lenient lists as warnings what the others refuse, so that somebody looks at documents."""
    disagreement, _ = WEIGHTS[policy]
    faults = check_person(
        rossi(),
        surname="Bianchi",
        name="Luigi",
        sex="F",
        birth_date="1980-01-01",
        birth_place="F205",
        policy=policy,
    )

    assert found(faults) == {
        ("cognome.incoerente", "surname"),
        ("nome.incoerente", "name"),
        ("sesso.incoerente", "sex"),
        ("data.incoerente", "birth_date"),
        ("luogo.incoerente", "birth_place"),
    }
    assert {each.severity for each in faults} == {disagreement}


@pytest.mark.parametrize(
    ("surname", "name"),
    [("Mario", "Rossi"), ("MARIO", "rossi"), ("  Mario ", " Rossi")],
)
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_swapped_names_are_recognised(surname, name, policy) -> None:
    """Name and surname in each other's place are told so, on both fields."""
    faults = check_person(rossi(), surname=surname, name=name, policy=policy)

    assert [(each.code, each.field) for each in faults] == [
        ("nome_cognome.invertiti", "surname"),
        ("nome_cognome.invertiti", "name"),
    ]
    assert {each.severity for each in faults} == {WEIGHTS[policy][0]}


def test_a_right_name_is_not_called_swapped() -> None:
    """When one of the two agrees where it is, only the other is named."""
    faults = check_person(rossi("ROSSI", "ROSSI"), surname="Bianchi", name="Rossi")

    assert found(faults) == {("cognome.incoerente", "surname")}


def test_one_name_alone_is_not_called_swapped() -> None:
    """Without the name, a surname that is the name only disagrees."""
    assert found(check_person(rossi(), surname="Mario")) == {("cognome.incoerente", "surname")}


@pytest.mark.parametrize(
    ("capitals_", "typed"),
    [
        ("DANGELO", "D'Angelo"),
        ("DANGELO", "d\u2019angelo"),
        ("DELUCA", "De Luca"),
        ("ALU", "Alù"),
        ("ALU", "ALU'"),
        ("BOE", "Bö"),
        ("MUNOZ", "Muñoz"),
        ("NICOLO", "Nicolo\u0300"),
        ("WEISS", "Weiß"),
        ("ROSSIBIANCHI", "Rossi-Bianchi"),
    ],
)
def test_the_official_spelling_is_no_news(capitals_, typed) -> None:
    """A code made by the table of 2008 agrees without a word."""
    assert check_person(rossi(surname=capitals_), surname=typed) == ()
    assert check_person(rossi(name=capitals_), name=typed) == ()


@pytest.mark.parametrize(
    ("capitals_", "typed"),
    [("AL", "Alù"), ("BO", "Bö"), ("PEA", "Peña"), ("AASE", "Åse"), ("IEK", "Žižek")],
)
@pytest.mark.parametrize("policy", ConsistencyPolicy)
def test_another_spelling_is_an_information(capitals_, typed, policy) -> None:
    """A code made from letters dropped or spelt otherwise is accepted, and this is said."""
    for field, code in (("surname", "cognome.variante"), ("name", "nome.variante")):
        faults = check_person(rossi(**{field: capitals_}), **{field: typed}, policy=policy)

        assert faults == (Fault(code, field, Severity.INFO),)


def test_all_given_names_count() -> None:
    """A second given name left out is a disagreement, because the code was made from both."""
    cf = rossi(name="ANNAMARIA")

    assert check_person(cf, name="Anna Maria") == ()
    assert found(check_person(cf, name="Anna")) == {("nome.incoerente", "name")}


@pytest.mark.parametrize(
    "typed",
    [
        "1976-11-09",
        "1876-11-09",
        "2076-11-09",
        dt.date(1976, 11, 9),
        dt.datetime(1976, 11, 9, 23, 59, tzinfo=dt.UTC),
    ],
)
def test_the_century_is_the_typed_one(typed) -> None:
    """A code holds two digits of the year, so no century contradicts it."""
    assert check_person(rossi(), birth_date=typed) == ()


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("1976-09-11", "day_month"),
        ("1977-09-11", ""),
        ("1977-11-09", ""),
        ("1976-11-10", ""),
        ("1976-12-09", ""),
        ("1976-09-12", ""),
    ],
)
def test_a_swapped_day_and_month_are_hinted(typed, hint) -> None:
    """Only the exact swap in the same year is hinted."""
    faults = check_person(rossi(), birth_date=typed)

    assert faults == (Fault("data.incoerente", "birth_date", params={"hint": hint}),)


def test_the_29_february_of_2000_is_compared() -> None:
    """The one date that exists in a single century agrees with itself."""
    cf = rossi(born="2000-02-29")

    assert check_person(cf, birth_date="2000-02-29") == ()
    assert found(check_person(cf, birth_date="2000-03-01")) == {("data.incoerente", "birth_date")}


@pytest.mark.parametrize("policy", ConsistencyPolicy)
@pytest.mark.parametrize(
    ("decoded", "typed", "expected"),
    [
        ("H501", "H501", set()),
        ("H617", "H617", {("luogo.data", "birth_place")}),
        ("A744", "M335", {("luogo.codice_storico", "birth_place")}),
        ("M335", "A744", {("luogo.codice_storico", "birth_place")}),
        ("Z135", "Z154", {("luogo.stato_cessato", "birth_place")}),
        ("X999", "X999", {("cf.luogo_sconosciuto", "cf")}),
        ("X999", None, {("cf.luogo_sconosciuto", "cf")}),
    ],
)
def test_doubts_about_places_are_warnings(decoded, typed, expected, policy) -> None:
    """Agreeing places are never refused, except by the strict policy when there is a doubt."""
    faults = check_person(
        rossi(place=decoded), birth_place=typed, policy=policy, places=SomePlaces()
    )

    assert found(faults) == expected
    assert {each.severity for each in faults} <= {WEIGHTS[policy][1]}


@pytest.mark.parametrize("policy", ConsistencyPolicy)
@pytest.mark.parametrize(("decoded", "typed"), [("H501", "F205"), ("Z154", "Z135")])
def test_another_place_is_a_disagreement(decoded, typed, policy) -> None:
    """A code that means another place is refused; a ceased state typed today is another place."""
    faults = check_person(
        rossi(place=decoded), birth_place=typed, policy=policy, places=SomePlaces()
    )

    assert faults == (Fault("luogo.incoerente", "birth_place", WEIGHTS[policy][0]),)


def test_an_unknown_place_may_also_disagree() -> None:
    """The doubt belongs to the code, the disagreement to the place typed."""
    faults = check_person(rossi(place="X999"), birth_place="H501", places=SomePlaces())

    assert found(faults) == {("cf.luogo_sconosciuto", "cf"), ("luogo.incoerente", "birth_place")}


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("1926-11-09", set()),
        ("2026-11-09", {("luogo.data", "birth_place")}),
        (None, set()),
        ("1930-11-09", {("data.incoerente", "birth_date")}),
    ],
)
def test_a_place_is_looked_up_on_the_typed_date(born, expected) -> None:
    """The century typed decides; without a date that agrees, either century will do."""
    cf = rossi(born="1926-11-09", place="H617")

    assert found(check_person(cf, birth_date=born, birth_place="H617", places=SomePlaces())) == (
        expected
    )


@pytest.mark.parametrize("decoded", ["H501", "H617", "X999", "Z135"])
def test_without_knowledge_no_place_is_doubted(decoded) -> None:
    """The same code agrees, another one disagrees, and that is all."""
    cf = rossi(place=decoded)

    assert check_person(cf, birth_date="1976-11-09", birth_place=decoded) == ()
    assert found(check_person(cf, birth_place="M335")) == {("luogo.incoerente", "birth_place")}


@given(code=provisional_codes, person=people)
def test_a_provisional_code_is_compared_with_nothing(code, person) -> None:
    """It says nothing of the person, and the secretariat is told to look."""
    faults = check_person(CodiceFiscale.parse(code), **person, places=SomePlaces())

    assert faults == (Fault("cf.provvisorio", "cf", Severity.INFO),)


@given(person=people, other=people)
def test_faults_tell_nothing_of_the_person(person, other) -> None:
    """Neither the code nor what was typed appears in a fault."""
    assume(len(other["surname"]) > 3)
    cf = cf_of(person)
    shown = repr(check_person(cf, **other, places=SomePlaces()))

    assert cf.code not in shown
    assert cf.code[6:11] not in shown
    assert other["birth_place"] not in shown


@pytest.mark.parametrize(
    ("decoded", "typed", "code", "named"),
    [
        ("H501", "F205", "luogo.incoerente", "Roma (RM)"),
        ("Z135", "Z138", "luogo.stato_cessato", "Unione Sovietica (fino al 1992)"),
        ("N999", "F205", "luogo.incoerente", None),
    ],
)
def test_the_place_in_the_code_is_named(decoded, typed, code, named) -> None:
    """Where the lists know the place, the words say which one the code means."""
    cf = rossi(place=decoded)

    faults = check_person(cf, birth_place=typed, places=InstalledPlaces())
    (found,) = (fault for fault in faults if fault.field == "birth_place")
    assert found.code == code
    assert found.params.get("place") == named
    assert (f"Nel codice fiscale risulta {named}." in text_of(found)) == (named is not None)
    assert (f"The codice fiscale says {named}." in text_of(found, "en")) == (named is not None)
