"""Reading a form: every field by its kind, against the codice fiscale, all faults at once."""

from __future__ import annotations

import datetime as dt
from string import ascii_lowercase

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import ANNA, MARIO, NOON, World, refused

from registrazione import Refusal, Secret
from registrazione.checks.phones import InstalledPhones
from registrazione.core import form
from registrazione.core.emails import EmailAddress, EmailRules
from registrazione.core.flows.common import Context
from registrazione.core.flows.forms import read_consents, read_email, read_form, reference, shown
from registrazione.core.form import FieldKind, FormField
from registrazione.core.profile import ConsentText
from registrazione.core.texts import Text
from registrazione.profiles import load
from registrazione.service.driver import run

PARTS = World("unimi-external").registrar.parts
UNIMI = Context(load("unimi-external"), NOON)
LABEL = Text("Campo", "Field")


def a_field(kind, **more):
    """Return an optional field of that kind."""
    return FormField(
        name=more.pop("name", "field"), label=LABEL, kind=kind, **{"required": False} | more
    )


def read(fields, typed, code=None, *, ctx=UNIMI, known=None):
    """Return what a form says."""
    return run(read_form(ctx, fields, typed, code, known=known), PARTS)


def value(kind, typed, **more):
    """Return what one field says."""
    return read((a_field(kind, **more),), {"field": typed}).values.get("field")


def faults(kind, typed, **more):
    """Return the codes of one field's faults."""
    refusal = refused(read, (a_field(kind, **more),), {more.get("name", "field"): typed})
    assert all(f.field in {"field", more.get("name"), "username"} for f in refusal.faults)
    return refusal.codes


# -- the kinds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "read_as"),
    [
        (FieldKind.LINE, "  via  Roma 1 ", "via Roma 1"),
        (FieldKind.NAME, "D’Angelo", "D’Angelo"),
        (FieldKind.DATE, "1980-01-01", "1980-01-01"),
        (FieldKind.DATE, dt.date(980, 1, 1), "0980-01-01"),
        (FieldKind.DATE, dt.datetime(1980, 1, 1, 23, 59), "1980-01-01"),  # noqa: DTZ001
        (FieldKind.PLACE, "h501", "H501"),
        (FieldKind.PLACE, "Roma", "Roma"),
        (FieldKind.CODE, " ca123 ", "CA123"),
        (FieldKind.CAP, " 37121 ", "37121"),
        (FieldKind.DOCUMENT_TYPE, "carta di identita", "Carta d'identità"),
        (FieldKind.DOCUMENT_TYPE, "patenteGuida", "Patente di guida"),
        (FieldKind.DOCUMENT_NUMBER, "ca 00000-aa", "CA00000AA"),
        (FieldKind.SCHOOL_CODE, "rmic800001", "RMIC800001"),
        (FieldKind.HEALTH_CARD, "80380 00000 00000 00000", "80380000000000000000"),
        (FieldKind.PEC, "Mario@PEC.example.it", "Mario@pec.example.it"),
        (FieldKind.PHONE, "+39 (02) 503-111/22.", "+390250311122"),
        (FieldKind.EMAIL, "Mario@EXAMPLE.it", "Mario@example.it"),
        (FieldKind.CODICE_FISCALE, MARIO.cf.lower(), MARIO.cf),
        (FieldKind.USERNAME, "Mario.Rossi", "Mario.Rossi"),
    ],
)
def test_a_field_is_read_by_its_kind(kind, typed, read_as):
    """Each kind has its canonical form."""
    assert value(kind, typed) == read_as


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (FieldKind.LINE, "a\0b", "input.character"),
        (FieldKind.LINE, "x" * 101, "input.too_long"),
        (FieldKind.NAME, 5, "input.type"),
        (FieldKind.DATE, "1.1.1980", "input.malformed"),
        (FieldKind.DATE, "1980-02-30", "input.malformed"),
        (FieldKind.DATE, "19800101", "input.malformed"),
        (FieldKind.DATE, "1980-W01-1", "input.malformed"),
        (FieldKind.DATE, 1980, "input.malformed"),
        (FieldKind.CHOICE, "X", "input.choice"),
        (FieldKind.CHOICE, ["M"], "input.choice"),
        (FieldKind.PLACE, "H501\u200b", "input.character"),
        (FieldKind.CODE, b"CA", "input.type"),
        (FieldKind.CAP, "0018", "address.cap"),
        (FieldKind.DOCUMENT_TYPE, "tessera della biblioteca", "document.type"),
        (FieldKind.DOCUMENT_NUMBER, "CA#1", "document.number"),
        (FieldKind.SCHOOL_CODE, "RMIC8", "school_code.shape"),
        (FieldKind.SCHOOL_CODE, "QQIC800001", "school_code.prefix"),
        (FieldKind.HEALTH_CARD, "1234", "health_card.shape"),
        (FieldKind.PEC, "mario", "email.malformed"),
        (FieldKind.PHONE, "12345", "phone.malformed"),
        (FieldKind.PHONE, "1234567890123456", "phone.malformed"),
        (FieldKind.PHONE, "٣٣٣١٢٣٤٥٦", "phone.malformed"),
        (FieldKind.PHONE, "++39123456", "phone.malformed"),
        (FieldKind.PHONE, "1" * 31, "input.too_long"),
        (FieldKind.EMAIL, "mario", "email.malformed"),
        (FieldKind.EMAIL, ["m@example.it"], "input.type"),
        (FieldKind.CODICE_FISCALE, "RSSMRA80A01H501A", "cf.controllo"),
        (FieldKind.CODICE_FISCALE, 5, "input.type"),
        (FieldKind.USERNAME, "admin", "username.reserved"),
        (FieldKind.USERNAME, 5, "input.type"),
        (FieldKind.PASSWORD, 5, "input.type"),
    ],
)
def test_what_is_none_of_its_kind_is_a_fault(kind, typed, code):
    """The fault is the kind's, and names the field."""
    assert faults(kind, typed, choices=("M", "F")) == (code,)


def test_a_choice_is_one_of_the_choices():
    """Exactly as it stands there."""
    assert value(FieldKind.CHOICE, "M", choices=("M", "F")) == "M"


@pytest.mark.requirement("MIM-22")
@pytest.mark.parametrize("typed", [None, "", "  \t ", Secret(None), Secret("")])
def test_an_empty_field_is_missing_if_it_has_an_asterisk(typed):
    """Nothing, blanks and an empty secret are the same; an optional field is just not there."""
    assert faults(FieldKind.LINE, typed, required=True) == ("input.missing",)
    assert value(FieldKind.LINE, typed) is None


def test_passwords_are_kept_apart():
    """Passwords are no values, wrapped or not; they come as secrets, untouched."""
    fields = (
        a_field(FieldKind.PASSWORD, name="password"),
        a_field(FieldKind.PASSWORD, name="password_again"),
    )
    reading = read(fields, {"password": " Pass word ", "password_again": Secret("other")})

    assert dict(reading.values) == {}
    assert reading.password.reveal() == " Pass word "
    assert reading.password_again.reveal() == "other"
    assert "other" not in repr(reading)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-03-02", None),
        ("2026-03-03", "birth_date.future"),
        ("1906-01-01", None),
        ("1905-12-31", "birth_date.too_old"),
        ("31/12/1980", "data.forma"),
        ("1980-W01-1", "data.forma"),
    ],
)
def test_a_birth_lies_within_a_human_life(day, code):
    """Up to today, and 120 years back by the calendar."""
    if code is None:
        assert read((form.BIRTH_DATE,), {"birth_date": day}).values["birth_date"] == day
    else:
        assert refused(read, (form.BIRTH_DATE,), {"birth_date": day}).codes == (code,)


# -- documents, certified mail, phones ----------------------------------------------------------

CARD = {
    "document_type": "CIE",
    "document_number": "CA00000AA",
    "document_issued": "2020-01-01",
    "document_expires": "2030-01-01",
}
POLIS = Context(load("polis"), NOON)


@pytest.mark.requirement("POL-06", "IOL-21")
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"document_issued": "2026-03-03"}, "document_issued", "document.issued_future"),
        ({"document_expires": "2026-03-01"}, "document_expires", "document.expired"),
        ({"document_expires": "2019-12-31"}, "document_expires", "document.dates"),
    ],
)
def test_the_dates_of_a_document_are_possible(changes, field, code):
    """Issued by today, valid still, and for some time: all three belong to their field."""
    refusal = refused(read, form.DOCUMENT, CARD | changes, ctx=POLIS)

    assert (field, code) in {(fault.field, fault.code) for fault in refusal.faults}
    assert {fault.field for fault in refusal.faults} == {field}


@pytest.mark.requirement("POL-06")
def test_a_number_of_another_shape_is_only_doubted():
    """There are many old documents: the doubt travels with the answer."""
    reading = read(form.DOCUMENT, CARD | {"document_number": "xy 9"}, ctx=POLIS)

    assert [(fault.field, fault.code) for fault in reading.notices] == [
        ("document_number", "document.shape")
    ]
    assert reading.values["document_number"] == "XY9"
    assert read(form.DOCUMENT, CARD, ctx=POLIS).notices == ()


@pytest.mark.requirement("IOL-21")
def test_a_part_of_a_document_is_judged_with_what_is_known():
    """A new number of a document that has expired is not enough; other fields do not mind."""
    known = CARD | {"document_expires": "2026-01-01"}
    number = {"document_number": "CA11111AA"}

    assert refused(read, form.DOCUMENT, number, ctx=POLIS, known=known).codes == (
        "document.expired",
    )
    assert read((form.PHONE,), {"phone": "3331234567"}, ctx=POLIS, known=known).notices == ()
    renewed = number | {"document_expires": "2036-01-01"}
    assert read(form.DOCUMENT, renewed, ctx=POLIS, known=known).notices == ()
    alone = {"document_expires": "2036-01-01"}
    assert dict(read(form.DOCUMENT, alone, ctx=POLIS).values) == alone


def test_a_mailbox_that_does_not_look_certified_is_hinted_at():
    """The domain shows it or does not; it is no refusal."""
    pec = (a_field(FieldKind.PEC, name="pec"), a_field(FieldKind.EMAIL, name="email"))
    typed = {"pec": "mario@example.it", "email": "mario@example.it"}

    notices = read(pec, typed).notices
    assert [(fault.code, fault.field) for fault in notices] == [("pec.unverified", "pec")]
    assert read(pec, {"pec": "mario@pec.example.it"}).notices == ()


@pytest.mark.requirement("UNI-05")
def test_numbering_plans_are_asked_where_the_settings_say_so():
    """With them a number gets its one form, and one that cannot exist is refused."""
    plans = World("unimi-external", phones=InstalledPhones()).registrar.parts

    def phone(number):
        fields = (form.PHONE,)
        return run(read_form(UNIMI, fields, {"phone": number}, None), plans).values["phone"]

    assert phone("333 123 4567") == "+393331234567"
    assert phone("02 503-111") == "+3902503111"
    assert refused(phone, "34912345678").codes == ("phone.invalid",)
    assert read((form.PHONE,), {"phone": "34912345678"}).values["phone"] == "34912345678"


# -- names of fields ----------------------------------------------------------------------------


def test_unknown_fields_are_refused():
    """Mass assignment is no way in: what the form does not have is a fault (ASVS 5.0 15.3.3)."""
    refusal = refused(read, (form.NAME,), {"name": "Mario", "state": "active", "x" * 41: 1})

    assert refusal.codes == ("input.unknown_field",) * 2
    assert [f.field for f in refusal.faults] == ["state", None]


@given(st.text(max_size=60))
def test_a_name_is_repeated_only_if_it_could_be_one(name):
    """A short word in small letters may be said back; anything else that was typed may not."""
    said = shown(name)

    assert said in (None, name)
    assert (said is None) or (set(name) <= {*ascii_lowercase, "_"} and len(name) <= 40)
    assert shown("birth_place") == "birth_place"
    assert shown(MARIO.cf) is shown(MARIO.password) is shown("x" * 41) is None


# -- addresses ----------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-17", "IOL-03")
def test_the_address_is_typed_twice():
    """The second time it must be the same; letters' case does not matter."""
    fields = (form.EMAIL, form.EMAIL_AGAIN)
    ctx = Context(load("iscrizioni-online"), NOON)
    same = {"email": "m@example.it", "email_again": "M@example.IT"}
    other = {**same, "email_again": "n@example.it"}

    assert dict(read(fields, same, ctx=ctx).values) == {"email": "m@example.it"}
    assert refused(read, fields, other, ctx=ctx).codes == ("email.again_different",)
    assert refused(read, fields, {"email": "m@example.it"}, ctx=ctx).codes == ("input.missing",)
    assert refused(read, fields, {"email_again": "m@example.it"}, ctx=ctx).codes == (
        "input.missing",
    )


@pytest.mark.requirement("MIM-16", "IST-04", "IOL-13", "POL-13")
@pytest.mark.parametrize(
    ("name", "email", "code"),
    [
        ("mim-students", "m@istruzione.it", "email.domain_excluded"),
        ("istanze-online", "m@example.it", "email.domain_required"),
        ("istanze-online", "m@istruzione.it", None),
        ("iscrizioni-online", "m@posta.istruzione.it", None),
        ("polis", "m@example.it", None),
    ],
)
def test_each_procedure_has_its_addresses(name, email, code):
    """Excluded for students, required at first for staff, allowed for parents and later staff."""
    ctx = Context(load(name), NOON)
    if code is None:
        assert read((form.EMAIL,), {"email": email}, ctx=ctx).values["email"] == email
    else:
        assert refused(read, (form.EMAIL,), {"email": email}, ctx=ctx).codes == (code,)


def asked(typed, again=None, *, twice=False, rules=None):
    """Return an address typed on its own page."""
    ctx = Context(attrs.evolve(load("standard"), email=rules or EmailRules(twice=twice)), NOON)
    return run(read_email(ctx, typed, again, twice=twice), PARTS)


def test_an_address_on_its_own_page():
    """The same rules as in the form: its shape, its domain, the second one."""
    assert asked("M@Example.it").address == "M@example.it"
    assert asked("m@example.it", "M@EXAMPLE.it", twice=True).key == "m@example.it"
    assert refused(asked, "nothing").codes == ("email.malformed",)
    assert refused(asked, "m@example.it", "n@example.it").codes == ("email.again_different",)
    assert refused(asked, "m@example.it", twice=True).codes == ("input.missing",)
    assert refused(asked, "m@example.it", 5).codes == ("input.type",)
    excluded = EmailRules(excluded_domains={"example.it"})
    assert refused(asked, "m@example.it", "x", rules=excluded).codes == (
        "email.domain_excluded",
        "email.malformed",
    )


@pytest.mark.requirement("POL-14")
@pytest.mark.parametrize(
    ("present", "new", "chosen"),
    [
        (None, "p@example.it", "p@example.it"),
        ("p@example.it", "q@example.it", "q@example.it"),
        ("p@example.it", "i@istruzione.it", "i@istruzione.it"),
        ("i@istruzione.it", "p@example.it", "i@istruzione.it"),
        ("i@istruzione.it", "j@posta.istruzione.it", "j@posta.istruzione.it"),
    ],
)
def test_an_institutional_address_is_the_reference(present, new, chosen):
    """Once there is one, letters go there, even if a personal one is set later."""
    assert reference(Context(load("polis"), NOON), present, EmailAddress.of(new)) == chosen


class NobodyThere:
    """Know of no domain that takes letters."""

    def accepts(self, domain):
        """Say no."""
        return False


def test_a_domain_that_takes_no_letters_is_said_after_the_procedure_s_own_rules():
    """Where the host asks somebody who knows; a domain that is not wanted is not asked about."""
    world = World("istanze-online", mail_domains=NobodyThere())

    assert refused(world.filled).codes == ("email.nobody_there",)
    assert refused(world.filled, email="m@example.it").codes == ("email.domain_required",)


# -- the person ---------------------------------------------------------------------------------

PERSON = (form.NAME, form.SURNAME, form.BIRTH_DATE, form.BIRTH_PLACE, form.SEX)


def typed_by(person, **changes):
    """Return a person's data."""
    told = {
        "name": person.name,
        "surname": person.surname,
        "birth_date": person.born.isoformat(),
        "birth_place": person.place,
        "sex": person.sex,
    }
    return {**told, **changes}


@pytest.mark.requirement("MIM-14")
def test_data_and_code_speak_of_one_person():
    """What does not agree with the code is said field by field; a field at fault only once."""
    mine = MARIO.cf
    odd = typed_by(MARIO, sex="X", birth_date="1980-02-02", name="Luigi")

    assert read(PERSON, typed_by(MARIO), mine).codice_fiscale == mine
    assert set(refused(read, PERSON, typed_by(ANNA), mine).codes) == {
        "cognome.incoerente",
        "nome.incoerente",
        "data.incoerente",
        "luogo.incoerente",
        "sesso.incoerente",
    }
    assert [(f.field, f.code) for f in refused(read, PERSON, odd, mine).faults] == [
        ("sex", "input.choice"),
        ("name", "nome.incoerente"),
        ("birth_date", "data.incoerente"),
    ]


def test_a_code_in_the_form_counts_before_that_of_the_first_page():
    """And a bad one is compared with nothing."""
    fields = (*PERSON, attrs.evolve(form.CODICE_FISCALE, required=False))

    assert read(fields, typed_by(ANNA, cf=ANNA.cf), MARIO.cf).codice_fiscale == ANNA.cf
    assert read(fields, typed_by(MARIO), MARIO.cf).codice_fiscale == MARIO.cf
    assert refused(read, fields, typed_by(ANNA, cf="x"), MARIO.cf).codes == ("cf.lunghezza",)
    assert read(fields, typed_by(MARIO)).codice_fiscale is None


def test_what_is_known_already_is_compared_as_well():
    """One corrected field has to agree with the code together with the others."""
    known = typed_by(MARIO)
    del known["name"]

    assert read((form.NAME,), {"name": "Mario"}, MARIO.cf, known=known).values == {"name": "Mario"}
    assert refused(read, (form.NAME,), {"name": "Mario"}, ANNA.cf, known=known).codes


def test_a_doubt_is_a_notice_where_somebody_will_look():
    """The same disagreement refuses here and is a warning there."""
    lenient = Context(load("polis"), NOON)

    assert [
        n.code for n in read(PERSON, typed_by(MARIO, sex="F"), MARIO.cf, ctx=lenient).notices
    ] == ["sesso.incoerente"]
    with pytest.raises(Refusal, match=r"sesso\.incoerente"):
        read(PERSON, typed_by(MARIO, sex="F"), MARIO.cf)


# -- consents -------------------------------------------------------------------------------------


@given(
    st.one_of(st.none(), st.integers(), st.text(), st.lists(st.one_of(st.text(), st.integers())))
)
def test_consents_of_any_type_are_missing_ones(given_consents):
    """Only a collection of the texts' names gives consent."""
    consents, missing = read_consents(Context(load("mim-students"), NOON), given_consents)

    assert consents == ()
    assert [f.code for f in missing] == ["consent.accept", "consent.acknowledge"]


def test_earlier_consents_count_until_they_are_given_anew():
    """What was accepted before need not be accepted again; if it is, the new one is kept."""
    ctx = Context(load("mim-students"), NOON)
    first, _ = read_consents(ctx, ("terms",))
    later = Context(ctx.profile, NOON + dt.timedelta(days=1))
    both, missing = read_consents(later, {"privacy"}, earlier=first)
    again, _ = read_consents(later, ["terms"], earlier=first)

    assert missing == ()
    assert [(c.name, c.at) for c in both] == [("terms", NOON), ("privacy", later.now)]
    assert [c.at for c in again] == [later.now]


def test_a_consent_without_a_purpose():
    """Where the text names none, none is kept."""
    text = ConsentText(name="terms", version="1", text=LABEL)
    consents, _ = read_consents(
        Context(attrs.evolve(UNIMI.profile, consents=(text,)), NOON), ["terms"]
    )

    assert consents[0].purpose == ""
