"""Tests of the children whom a parent registers."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codici_fiscali import (
    belfiore_codes,
    capitals,
    code_for,
    omocodia_choices,
    omocodia_variant,
    provisional_codes,
    sexes,
)

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import ConsistencyPolicy
from registrazione.core.minors import (
    Minor,
    age_on,
    check_minor,
    check_siblings,
    with_code,
)
from registrazione.core.refusals import Fault, Refusal, Severity
from registrazione.core.substitute_codes import ProvisionalSchoolCode, TemporaryHealthCode

TODAY = dt.date(2026, 1, 20)
PARENT_BORN = dt.date(1985, 6, 1)
PARENT = CodiceFiscale(code=code_for("VERDI", "ANNA", "F", PARENT_BORN, "F205"))
HEALTH_CODE = TemporaryHealthCode(code="STP0901011234567")
SCHOOL_CODE = ProvisionalSchoolCode(code="PRV0001")
STAND_INS = [None, HEALTH_CODE, SCHOOL_CODE]
MISSING = Fault("minor.cf_mancante", "cf", Severity.INFO)
ONE_OMOCODIA = (*[False] * 6, True)

days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
children = st.builds(
    Minor,
    surname=capitals,
    name=capitals,
    sex=sexes,
    birth_date=st.dates(dt.date(2008, 1, 21), TODAY),
    birth_place=belfiore_codes,
)


def cf_of(minor, chosen=(False,) * 7) -> CodiceFiscale:
    """Return the code that belongs to a child's data."""
    plain = code_for(minor.surname, minor.name, minor.sex, minor.birth_date, minor.birth_place)
    return CodiceFiscale(code=omocodia_variant(plain, chosen))


def coded(minor, chosen=(False,) * 7) -> Minor:
    """Return the child with the code that belongs to the data."""
    return attrs.evolve(minor, identifier=cf_of(minor, chosen))


def child(**changes) -> Minor:
    """Return a girl of ten, without a code unless one is given."""
    data = {
        "surname": "ROSSI",
        "name": "GIULIA",
        "sex": "F",
        "birth_date": dt.date(2015, 11, 9),
        "birth_place": "H501",
    }
    return Minor(**{**data, **changes})


def check(minor, **changes) -> tuple[Fault, ...]:
    """Check a child whose parent has done everything right, but for the changes."""
    rest = {
        "parent_code": PARENT,
        "parent_birth_date": PARENT_BORN,
        "today": TODAY,
        "both_parents": True,
    }
    return check_minor(minor, **{**rest, **changes})


# -- a child with everything in order ---------------------------------------------------------


@pytest.mark.requirement("IOL-15")
@given(minor=children, chosen=omocodia_choices)
def test_a_child_with_its_own_code_has_no_fault(minor, chosen) -> None:
    """Whoever types the data that the code was made from is not bothered, omocodia or not."""
    assert check(coded(minor, chosen)) == ()
    assert not coded(minor, chosen).needs_code


@pytest.mark.requirement("IOL-15")
@given(minors=st.lists(children, min_size=2, max_size=4, unique_by=lambda minor: cf_of(minor).code))
def test_one_parent_registers_all_of_the_children(minors) -> None:
    """The same parent serves for each, and different children do not stand in each other's way."""
    family = [coded(minor) for minor in minors]

    assert [check(minor, parent_code=None, today=TODAY) for minor in family] == [
        (Fault("minor.parent_without_code", "parent_cf"),)
    ] * len(family)
    assert check_siblings(family) == ()


@pytest.mark.parametrize("identifier", STAND_INS)
def test_a_child_may_have_no_code_yet(identifier) -> None:
    """It is told that the school will enter the code, and nothing is refused."""
    minor = child(identifier=identifier)

    assert check(minor) == (MISSING,)
    assert (minor.needs_code, minor.codice_fiscale) == (True, None)


@given(number=provisional_codes)
def test_a_code_of_eleven_digits_is_provisional(number) -> None:
    """It is a codice fiscale, compared with nothing; the one of sixteen is still to come."""
    code = CodiceFiscale(code=number)
    minor = child(identifier=code)

    assert check(minor) == (Fault("cf.provvisorio", "cf", Severity.INFO),)
    assert (minor.needs_code, minor.codice_fiscale) == (True, code)


@given(minor=children)
def test_a_child_is_not_printed(minor) -> None:
    """Names, day and place of birth are in no repr, and the code is masked."""
    masked = cf_of(minor).masked

    assert repr(minor) == "Minor(identifier=None)"
    assert repr(coded(minor)) == f"Minor(identifier=CodiceFiscale({masked}))"


# -- the parent -------------------------------------------------------------------------------


def test_a_parent_without_code_goes_to_the_school() -> None:
    """The account is known by the parent's code, so there is none without it."""
    assert check(coded(child()), parent_code=None) == (
        Fault("minor.parent_without_code", "parent_cf"),
    )


@pytest.mark.parametrize(
    ("born", "is_refused"),
    [("2008-01-20", False), ("2008-01-21", True), ("2026-01-21", True), ("1930-01-01", False)],
)
def test_a_parent_is_of_age(born, is_refused) -> None:
    """Eighteen on the day of the registration is enough, one day less is not."""
    minor = coded(child(birth_date=TODAY))
    codes = {each.code for each in check(minor, parent_birth_date=dt.date.fromisoformat(born))}

    assert ("minor.parent_minor" in codes) == is_refused


def test_both_parents_stand_behind_the_choice() -> None:
    """Without the declaration of arts. 316 and following the registration is refused."""
    assert check(coded(child()), both_parents=False) == (Fault("minor.consent", "both_parents"),)


def test_a_parents_unknown_age_is_not_compared() -> None:
    """Nothing is said against what is not known."""
    assert check(coded(child()), parent_birth_date=None) == ()


# -- the child's code and age -----------------------------------------------------------------


def test_the_parents_own_code_is_refused() -> None:
    """The commonest slip: the parent's code in the child's field, which is told as such."""
    faults = check(child(identifier=PARENT), policy=ConsistencyPolicy.LENIENT)

    assert faults[0] == Fault("minor.same_code", "cf")
    assert [each.code for each in faults if each.is_error] == ["minor.same_code"]


def test_the_parents_code_but_for_omocodia_is_doubted() -> None:
    """Two people may share it, so it is only a warning."""
    parent = cf_of(child(), ONE_OMOCODIA)

    assert check(coded(child()), parent_code=parent) == (
        Fault("minor.similar_code", "cf", Severity.WARNING),
    )


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        ("2026-01-20", []),
        ("2026-01-21", ["birth_date.future"]),
        ("2008-01-21", []),
        ("2008-01-20", ["minor.adult"]),
        ("1998-01-01", ["minor.adult"]),
    ],
)
def test_a_minor_is_born_and_not_of_age(born, codes) -> None:
    """Someone of eighteen has an account of their own; nobody is registered before the birth."""
    minor = coded(child(birth_date=dt.date.fromisoformat(born)))
    faults = check(minor, parent_birth_date=dt.date(1970, 1, 1))

    assert [each.code for each in faults] == codes
    assert all(each.field == "birth_date" and each.is_error for each in faults)


@pytest.mark.parametrize(
    ("parent_born", "is_doubted"),
    [("2003-11-09", False), ("2003-11-10", True), ("2016-01-01", True)],
)
def test_a_parent_is_twelve_years_older(parent_born, is_doubted) -> None:
    """A smaller difference is rather a mistake, and is only doubted."""
    faults = check(coded(child()), parent_birth_date=dt.date.fromisoformat(parent_born))
    doubt = Fault("minor.age_gap", "birth_date", Severity.WARNING, {"years": 12})

    assert (doubt in faults) == is_doubted


# -- the child's own data ---------------------------------------------------------------------


def test_the_code_is_compared_with_the_childs_data() -> None:
    """Each field that disagrees is named, as it is for whoever registers themselves."""
    faults = check(attrs.evolve(coded(child()), name="LUIGI", sex="M"))

    assert faults == (
        Fault("nome.incoerente", "name"),
        Fault("sesso.incoerente", "sex"),
    )


def test_the_policy_weighs_the_childs_data_too() -> None:
    """Lenient lists as warnings what the school will look at."""
    minor = attrs.evolve(coded(child()), sex="M")

    assert check(minor, policy=ConsistencyPolicy.LENIENT) == (
        Fault("sesso.incoerente", "sex", Severity.WARNING),
    )


def test_places_are_asked() -> None:
    """What is known of places reaches the comparison."""

    class NoPlaces:
        """Know nothing."""

        def exists(self, _code):
            """Know no code."""
            return False

        def existed_on(self, _code, _day):
            """Have nothing existed."""
            return False

        def same_place(self, _first, _second):
            """Have nothing renumbered."""
            return False

        def predecessor(self, _typed, _decoded):
            """Have nothing ceased."""
            return False

    codes = [each.code for each in check(coded(child()), places=NoPlaces())]

    assert codes == ["cf.luogo_sconosciuto", "luogo.data"]


@pytest.mark.parametrize("identifier", [*STAND_INS, cf_of(child())])
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("surname", "", "input.missing"),
        ("name", " ", "input.missing"),
        ("sex", "", "input.missing"),
        ("birth_place", "", "input.missing"),
        ("surname", "R0SSI", "cognome.carattere"),
        ("name", "<b>", "nome.carattere"),
        ("sex", "X", "sesso.forma"),
        ("birth_place", "ROMA", "luogo.forma"),
    ],
)
def test_the_data_are_whole_with_and_without_a_code(identifier, field, value, code) -> None:
    """Where there is no code, nothing else says who the child is."""
    faults = check(child(identifier=identifier, **{field: value}))

    assert [(each.code, each.field) for each in faults if each.is_error] == [(code, field)]


@given(
    minor=st.builds(
        Minor,
        surname=st.text(),
        name=st.text(),
        sex=st.text(),
        birth_date=st.dates(),
        birth_place=st.text(),
        identifier=st.sampled_from([*STAND_INS, PARENT]),
    ),
    parent_birth_date=st.none() | st.dates(),
    today=st.dates(),
    both_parents=st.booleans(),
)
def test_any_data_can_be_checked(minor, **rest) -> None:
    """Whatever was typed, the answer is a tuple of faults on the fields there are."""
    faults = check(minor, **rest)
    own = {"cf", "surname", "name", "sex", "birth_date", "birth_place"}

    assert {each.field for each in faults} <= own | {"parent_birth_date", "both_parents"}
    assert len({(each.code, each.field) for each in faults}) == len(faults)


# -- the code that comes later ----------------------------------------------------------------


@pytest.mark.requirement("IOL-22")
@given(
    minor=children,
    identifier=st.sampled_from([*STAND_INS, CodiceFiscale(code="00000010009")]),
    chosen=omocodia_choices,
)
def test_the_school_enters_the_code_later(minor, identifier, chosen) -> None:
    """Whatever stood for the code is replaced by it, in a new value."""
    before = attrs.evolve(minor, identifier=identifier)
    after = with_code(before, cf_of(minor, chosen))

    assert after == coded(minor, chosen)
    assert before.identifier == identifier
    assert with_code(after, cf_of(minor, chosen)) == after


@pytest.mark.requirement("IOL-22")
@pytest.mark.parametrize("other", [cf_of(child(), ONE_OMOCODIA), CodiceFiscale(code="00000010009")])
def test_a_full_code_stays(other) -> None:
    """Another code, even one for the same data, is not put in its place."""
    with pytest.raises(Refusal) as caught:
        with_code(coded(child()), other)

    assert caught.value.faults == (Fault("minor.code_fixed", "cf"),)


def test_a_code_of_somebody_else_is_not_entered() -> None:
    """The code has to agree with the data, as far as the policy says."""
    other = cf_of(child(birth_date=dt.date(2015, 9, 11)))
    with pytest.raises(Refusal) as caught:
        with_code(child(), other)

    assert caught.value.codes == ("data.incoerente",)
    assert other.code not in str(caught.value)
    lenient = with_code(child(), other, policy=ConsistencyPolicy.LENIENT)
    assert lenient.identifier == other


# -- siblings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", [HEALTH_CODE, SCHOOL_CODE, cf_of(child())])
def test_two_children_do_not_have_one_code(identifier) -> None:
    """Each repetition is told, with the first child that had the code."""
    one, other = child(identifier=identifier), child(name="LUCA", sex="M")

    assert check_siblings([one, other, one, one]) == (
        Fault("minor.sibling_code", "cf", params={"first": 1, "second": 3}),
        Fault("minor.sibling_code", "cf", params={"first": 1, "second": 4}),
    )


def test_twins_may_differ_by_omocodia_only() -> None:
    """Two brothers called Marco and Mirco would get the same code: it is only told."""
    marco = coded(child(name="MARCO", sex="M"))
    mirco = coded(child(name="MIRCO", sex="M"), ONE_OMOCODIA)

    assert check_siblings([marco, mirco]) == (
        Fault("minor.sibling_omocodia", "cf", Severity.INFO, {"first": 1, "second": 2}),
    )


def test_children_without_a_code_are_not_compared() -> None:
    """Nothing says that two of them are one."""
    assert check_siblings([child(), child()]) == ()
    assert check_siblings([]) == ()


# -- ages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2008-05-10", "2026-05-09", 17),
        ("2008-05-10", "2026-05-10", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2004-02-29", "2024-02-28", 19),
        ("2004-02-29", "2024-02-29", 20),
        ("2026-05-10", "2026-05-10", 0),
        ("2026-05-10", "2026-05-09", -1),
    ],
)
def test_a_year_is_completed_on_the_birthday(born, day, age) -> None:
    """Or on 1 March, where a year lacks the 29 February."""
    assert age_on(dt.date.fromisoformat(born), dt.date.fromisoformat(day)) == age


@given(born=days, later=st.integers(0, 130 * 366))
def test_an_age_grows_by_one_a_year(born, later) -> None:
    """It never falls, grows by at most one from a day to the next, and is 365.25 days a year."""
    day = born + dt.timedelta(days=later)
    age = age_on(born, day)

    assert age <= age_on(born, day + dt.timedelta(days=1)) <= age + 1
    assert age == pytest.approx(later / 365.2425, abs=1.01)
    assert age >= 0
    assert age_on(day + dt.timedelta(days=1), born) < 0
