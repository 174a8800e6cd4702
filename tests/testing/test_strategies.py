"""Each strategy keeps its promise, by the library's checks and a second reading of the rules."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from tests.codici_fiscali import code_for

from registrazione.checks.places import InstalledPlaces
from registrazione.core.cf_encoding import omocodie as all_omocodie
from registrazione.core.codice_fiscale import CodiceFiscale, is_codice_fiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.documents import DocumentType, check_document
from registrazione.core.health_cards import check_health_card
from registrazione.core.minors import age_on, check_minor, check_siblings
from registrazione.core.places import Comune, Nation
from registrazione.core.refusals import Severity
from registrazione.core.substitute_codes import ProvisionalSchoolCode, TemporaryHealthCode
from registrazione.core.transliteration import official_spelling
from registrazione.testing import strategies
from registrazione.validators import VALIDATORS, phone_validator

TODAY = date(2026, 3, 2)
PLACES = InstalledPlaces()
ROME = "H501"


def some(strategy, condition=lambda _: True, phases=(Phase.generate,)):
    """Return something that a strategy draws."""
    return find(
        strategy, condition, settings=settings(max_examples=10_000, database=None, phases=phases)
    )


def faults_of(person, policy=ConsistencyPolicy.STRICT):
    """Compare the data of a person with the code, by all that is known of places."""
    return check_person(person.cf, **person.data, policy=policy, places=PLACES)


def heavier_than_info(faults):
    """Return the faults that are more than an information."""
    return [found for found in faults if found.severity is not Severity.INFO]


# -- codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ({}, (False, False)),
        ({"plain": False, "omocodia": True}, (True, False)),
        ({"plain": False, "provisional": True}, (False, True)),
    ],
)
@given(data=st.data())
def test_codes_are_sound_and_of_the_kind_asked_for(wanted, kind, data):
    """Plain codes have no omocodia, the others have; provisional ones have eleven digits."""
    cf = data.draw(strategies.codici_fiscali(**wanted))

    assert is_codice_fiscale(cf.code)
    assert (cf.is_omocodia, cf.is_provisional) == kind


def test_all_kinds_of_codes_come_together_where_all_are_asked_for():
    """One strategy draws codes of each of the kinds."""
    codes = strategies.codici_fiscali(omocodia=True, provisional=True)

    assert some(codes, lambda cf: cf.is_omocodia)
    assert some(codes, lambda cf: cf.is_provisional)
    assert some(codes, lambda cf: not cf.is_omocodia and not cf.is_provisional)


def test_no_kind_of_code_at_all_is_a_mistake():
    """Nothing could be drawn, and that is said where it was written."""
    with pytest.raises(ValueError, match="has to be true"):
        strategies.codici_fiscali(plain=False)


@given(data=st.data())
def test_omocodie_are_other_codes_for_the_same_data(data):
    """Undone, they are the same code; none is the code itself."""
    cf = data.draw(strategies.codici_fiscali(omocodia=True))
    other = data.draw(strategies.omocodie(cf))

    assert other != cf
    assert other.canonical == cf.canonical


def test_every_omocodia_can_be_drawn():
    """There are 127, and the strategy draws from all of them."""
    cf = CodiceFiscale.parse("RSSMRA80A01H501U")
    last = all_omocodie(cf)[-1]

    assert last.code[:-1] == "RSSMRAULALMHRLM"
    assert some(strategies.omocodie(cf), lambda other: other == last) == last


def test_a_provisional_code_has_no_omocodie():
    """There is nothing to draw, and Hypothesis says so."""
    cf = some(strategies.codici_fiscali(plain=False, provisional=True))

    with pytest.raises(InvalidArgument):
        strategies.omocodie(cf).validate()


@given(code=strategies.school_codes())
def test_school_codes_are_codes_of_schools(code):
    """They are accepted as they are."""
    assert VALIDATORS["school_code"].read(code) == code


@given(number=strategies.health_cards())
def test_numbers_of_cards_match_their_last_digit(number):
    """Not even a warning is found."""
    assert check_health_card(number) == ()


@given(code=strategies.temporary_health_codes(), other=strategies.provisional_school_codes())
def test_codes_that_stand_for_one_have_their_own_types(code, other):
    """They are values of their kinds, which nobody takes for a codice fiscale."""
    assert isinstance(code, TemporaryHealthCode)
    assert isinstance(other, ProvisionalSchoolCode)
    assert not is_codice_fiscale(code.code)


# -- how to reach people --------------------------------------------------------------------


@pytest.mark.parametrize("mobile", [None, True, False])
@given(data=st.data())
def test_phone_numbers_exist_in_the_numbering_plan(mobile, data):
    """They come in the form of E.164; mobile ones are, where only these are asked for."""
    number = data.draw(strategies.phones(mobile=mobile))

    assert phone_validator(mobile=mobile is True).read(number) == number
    assert mobile is None or phone_validator(mobile=True).accepts(number) is mobile


@given(cap=strategies.caps())
def test_postal_codes_have_their_shape(cap):
    """They are accepted as they are."""
    assert VALIDATORS["cap"].read(cap) == cap


# -- documents ------------------------------------------------------------------------------


@given(document=strategies.documents(TODAY))
def test_documents_are_valid_on_the_day(document):
    """No error, and no warning of an odd number."""
    found = check_document(
        document.document_type,
        VALIDATORS["document_number"].read(document.number),
        issued=document.issued,
        expires=document.expires,
        today=TODAY,
    )

    assert found == ()


def test_documents_are_of_the_types_asked_for():
    """All types there are, or fewer."""
    passports = strategies.documents(TODAY, types=st.just(DocumentType.PASSPORT))
    pension_book = DocumentType.PENSION_BOOK

    assert some(passports).document_type is DocumentType.PASSPORT
    assert some(strategies.documents(TODAY), lambda drawn: drawn.document_type is pension_book)


def test_the_number_of_a_document_is_not_printed():
    """Neither that of a document nor the data of a person are in what a log might get."""
    document = some(strategies.documents(TODAY))
    person = some(strategies.people())

    assert document.number not in repr(document)
    assert re.fullmatch(r"Person\(cf=CodiceFiscale\([A-Z]{3}\*{11}..\)\)", repr(person))
    assert person.cf.masked in repr(person)


# -- places ---------------------------------------------------------------------------------


@given(birth=strategies.births())
def test_people_are_born_where_there_was_a_place(birth):
    """The place existed on the day, and is shown as it was then."""
    assert PLACES.existed_on(birth.place.code, birth.day)
    assert birth.place.existed_on(birth.day)
    assert strategies.FIRST_DAY <= birth.day <= strategies.LAST_DAY


@pytest.mark.parametrize(("abroad", "kind"), [(True, Nation), (False, Comune)])
@given(data=st.data())
def test_births_abroad_or_at_home_only(abroad, kind, data):
    """Each kind of place can be had alone, and on few days too."""
    first, last = date(1990, 1, 1), date(1993, 12, 31)
    birth = data.draw(strategies.births(first=first, last=last, abroad=abroad))

    assert isinstance(birth.place, kind)
    assert first <= birth.day <= last
    assert birth.place.existed_on(birth.day)


@pytest.mark.parametrize(
    "condition",
    [
        lambda place: place.code == ROME,
        lambda place: isinstance(place, Nation) and place.code == "Z110",
        lambda place: isinstance(place, Nation) and place.ceased,
        lambda place: isinstance(place, Comune) and place.end is not None,
        lambda place: isinstance(place, Comune) and place.other_name,
    ],
    ids=["Rome", "France", "ceased nation", "ceased comune", "two names"],
)
def test_every_sort_of_place_is_drawn(condition):
    """Comuni and nations, today's and ceased ones, and places with two names."""
    assert some(strategies.places(), condition)


def test_a_place_has_the_provincia_of_that_day():
    """Somebody born in Biella in 1980 was born in the provincia of Vercelli; so are others."""
    then = date(1980, 1, 1)
    birth = some(
        strategies.births(first=then, last=then, abroad=False),
        lambda birth: birth.place.province != PLACES.place(birth.place.code).province,
    )

    assert birth.place == PLACES.place(birth.place.code, then)


# -- people ---------------------------------------------------------------------------------


@given(person=strategies.people())
def test_people_have_the_code_of_their_data(person):
    """A second reading of the decree makes the same code; nothing contradicts it."""
    surname, name = official_spelling(person.surname), official_spelling(person.name)
    code = code_for(surname, name, person.sex, person.birth_date, person.birth_place)

    assert person.cf.code == code
    assert faults_of(person) == ()


@given(person=strategies.consistent_people())
def test_consistent_people_are_found_consistent(person):
    """Under the strictest policy, nothing beyond an information is found."""
    assert heavier_than_info(faults_of(person)) == []


@pytest.mark.parametrize(
    "condition",
    [
        lambda person: person.cf.is_omocodia,
        lambda person: {"cognome.variante", "nome.variante"} <= codes_of(person),
        lambda person: person.surname.isupper(),
        lambda person: person.name.startswith(" "),
        lambda person: person.surname.endswith("u'"),
    ],
    ids=["omocodia", "older spellings", "capitals", "spaces", "apostrophe"],
)
def test_consistent_people_are_of_every_sort(condition):
    """Omocodia and codes of older spellings; names in capitals, with spaces, without accents."""
    assert some(strategies.consistent_people(), condition)


def codes_of(person):
    """Return the codes of what is found about a person."""
    return {found.code for found in faults_of(person)}


@pytest.mark.parametrize("policy", [ConsistencyPolicy.STRICT, ConsistencyPolicy.NORMAL])
@pytest.mark.parametrize("places", [PLACES, None], ids=["places", "no places"])
@given(drawn=strategies.inconsistent_people())
def test_exactly_the_contradicting_fields_are_found(policy, places, drawn):
    """Each of the fields that are said to contradict the code has an error, and no other one."""
    person = drawn.person
    found = check_person(person.cf, **person.data, policy=policy, places=places)

    assert {fault.field for fault in found if fault.is_error} == drawn.fields


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"surname"}, "cognome.incoerente"),
        ({"name"}, "nome.incoerente"),
        ({"sex"}, "sesso.incoerente"),
        ({"birth_date"}, "data.incoerente"),
        ({"birth_place"}, "luogo.incoerente"),
        ({"surname", "name"}, "nome_cognome.invertiti"),
    ],
)
def test_every_field_comes_alone_and_names_come_swapped(fields, code):
    """There are people who contradict their code in a single thing."""
    drawn = some(
        strategies.inconsistent_people(),
        lambda drawn: drawn.fields == fields and codes_of(drawn.person) == {code},
    )

    assert drawn.fields == fields


def test_day_and_month_come_swapped():
    """The slip that a form can name is drawn too."""
    drawn = some(
        strategies.inconsistent_people(),
        lambda drawn: any(
            found.params.get("hint") == "day_month" for found in faults_of(drawn.person)
        ),
    )

    assert "birth_date" in drawn.fields


def test_people_shrink_to_somebody_simple():
    """The smallest example of a person is a man called Rossi from Rome."""
    person = some(strategies.consistent_people(), phases=Phase)

    assert person.data == {
        "surname": "Rossi",
        "name": "Mario",
        "sex": "M",
        "birth_date": "2000-01-01",
        "birth_place": ROME,
    }


# -- families -------------------------------------------------------------------------------


@pytest.mark.parametrize("coded", [True, False])
@given(data=st.data())
def test_families_may_register(coded, data):
    """Nothing beyond an information is found about any child, or about all of them."""
    family = data.draw(strategies.families(TODAY, coded=coded))
    parent = family.parent

    assert age_on(parent.birth_date, TODAY) >= 18
    assert heavier_than_info(check_siblings(family.minors)) == []
    for minor in family.minors:
        found = check_minor(
            minor,
            parent_code=parent.cf,
            parent_birth_date=parent.birth_date,
            today=TODAY,
            both_parents=True,
            policy=ConsistencyPolicy.STRICT,
            places=PLACES,
        )
        assert heavier_than_info(found) == []
        assert minor.surname == parent.surname
        assert not (coded and minor.needs_code)


@pytest.mark.parametrize("kind", [type(None), TemporaryHealthCode, ProvisionalSchoolCode])
def test_some_children_have_no_code_yet(kind):
    """They are known by what stands for it, or by nothing."""
    families = strategies.families(TODAY)

    assert some(
        families,
        lambda family: any(isinstance(minor.identifier, kind) for minor in family.minors),
    )


def test_a_family_can_have_four_children():
    """One to four of them."""
    large = some(strategies.families(TODAY), lambda family: len(family.minors) == 4)

    assert len(large.minors) == 4


# -- the module -----------------------------------------------------------------------------

WITHOUT_HYPOTHESIS = """
import sys
sys.modules["hypothesis"] = None
try:
    import registrazione.testing.strategies
except ModuleNotFoundError as error:
    print(error.name, "|", error)
"""

WITHOUT_DRAWING = """
from datetime import date
from registrazione.testing import strategies
strategies.people(), strategies.inconsistent_people(), strategies.families(date(2026, 3, 2))
print(strategies.births.__globals__["_comuni"].cache_info().currsize)
"""


def said_by(child):
    """Return what a fresh process prints."""
    done = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_who_has_no_hypothesis_is_told_so():
    """The error names what is missing, and how to have it."""
    assert said_by(WITHOUT_HYPOTHESIS) == (
        "hypothesis | registrazione.testing.strategies needs hypothesis: pip install hypothesis"
    )


def test_to_define_strategies_reads_no_tables():
    """A test module that is imported, but not run, does not wait for the places."""
    assert said_by(WITHOUT_DRAWING) == "0"


def test_the_tables_are_read_before_anything_is_drawn():
    """Whatever is drawn first finds them read, so that no example is slow because of them."""
    all_comuni = inspect.getmodule(strategies.births)._comuni
    all_comuni.cache_clear()
    read = []

    @settings(max_examples=1, database=None)
    @given(st.builds(lambda: read.append(all_comuni.cache_info().currsize)), strategies.people())
    def watch(_nothing, person):
        assert person

    watch()

    assert read == [1]
