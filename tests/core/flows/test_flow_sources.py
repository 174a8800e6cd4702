"""Who told what: the source of each value, and what the holder may therefore not change."""

from __future__ import annotations

from functools import partial

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.flows.test_flow_alignment import known, second_identity
from tests.core.flows.test_flow_federated import SPID_EMAIL, completed, scripted
from tests.world import MARIO, SECRETARIAT, World, code_of, refused

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Account
from registrazione.core.evolve import after
from registrazione.core.form import Editable
from registrazione.core.profile import VOUCHED, Federation
from registrazione.core.snapshot import from_plain, to_plain
from registrazione.core.sources import OFFICE, locked_fields, said, still_told
from registrazione.profiles import load
from registrazione.testing.builders import an_account

OTHER_CF = attrs.evolve(MARIO, place="F205").cf
"""The code of somebody born elsewhere on the same day."""
TOLD = {"cf", "name", "surname", "birth_date", "birth_place", "sex", "phone", "email"}


def open_profile(name="unimi-external", **federation):
    """Return a procedure in which the person may change any field of the form."""
    profile = load(name)
    fields = tuple(attrs.evolve(field, editable=Editable.PERSON) for field in profile.form)
    changed = attrs.evolve(profile.federation, **federation)
    return attrs.evolve(profile, form=fields, federation=changed)


# -- the source -----------------------------------------------------------------------------


@pytest.mark.requirement("UNI-02")
def test_what_the_provider_told_has_it_as_its_source():
    """Data come from SPID, every field of them, the code and the address as well."""
    account = World("unimi-external").spid().account

    assert account.sources == dict.fromkeys(TOLD, "spid")
    assert locked_fields(account, load("unimi-external")) == TOLD - {"phone", "email"}


@pytest.mark.requirement("MIM-06")
def test_what_was_filled_in_has_no_source():
    """What the person typed is the person's; what the provider told stays the provider's."""
    world = World("mim-students")
    answer = world.spid()
    told = answer.account.sources
    account = completed(world, answer).account

    assert account.sources == told
    assert told == dict.fromkeys(TOLD - {"phone"}, "spid")
    assert {"birth_nation", "birth_region", "birth_province"} <= account.values.keys()


@pytest.mark.requirement("MIM-08")
def test_what_follows_from_the_place_is_told_with_it():
    """Nation, region and provincia of a place that was told are nobody's to change."""
    world = World("mim-students", places=None)
    account = world.spid().account

    assert account.values["birth_province"] == "Roma"
    assert {
        account.sources[f"birth_{part}"] for part in ("place", "nation", "region", "province")
    } == {"spid"}


def test_an_address_that_was_not_taken_over_has_no_source():
    """The provider told one, and the person uses another."""
    world = scripted("unimi-external", values={**MARIO.vouched().values, "email": "nothing"})
    account = completed(world, world.spid(), email="free@example.it").account

    assert "email" not in account.sources
    assert account.email == "free@example.it"


@pytest.mark.requirement("UNI-03")
def test_an_alignment_takes_the_sources_over():
    """What the provider tells is its own from then on, what it does not tell stays the person's."""
    told = {"name": "Mario", "surname": "Rossi Bianchi", "email": SPID_EMAIL}
    world = scripted("unimi-external", values=told)
    account = world.active(cf=MARIO.cf)
    assert account.sources == {}
    asked = world.spid()
    assert {d.field: d.locked for d in asked.differences} == {"surname": True, "email": False}
    aligned = world.registrar.align(asked.ticket, accept=True).account

    assert aligned.sources == dict.fromkeys(("cf", "name", "surname", "email"), "spid")
    assert aligned.values["surname"] == "Rossi Bianchi"
    assert (aligned.email, aligned.values["phone"]) == (SPID_EMAIL, account.values["phone"])


@pytest.mark.requirement("UNI-03")
def test_a_refused_alignment_leaves_no_source():
    """Nothing was taken over, so nothing is locked."""
    world, account = known()
    world.registrar.align(world.spid().ticket, accept=False)

    assert world.reload(account).sources == {}


def test_the_person_s_own_address_keeps_no_source_where_it_stays():
    """Somebody who was seen keeps the address that letters go to."""
    world, account = known("polis")
    aligned = world.registrar.align(world.spid().ticket, accept=True).account

    assert aligned.email == account.email
    assert "email" not in aligned.sources
    assert aligned.sources["cf"] == "spid"


def test_the_latest_provider_is_the_source():
    """CIE tells the same person's data anew."""
    profile = load("iscrizioni-online")
    world = World(profile)
    account = world.spid().account
    other = world.sibling(identity_providers=[second_identity(provider="cie")])
    again = other.spid(provider="cie").account

    assert account.id == again.id
    assert again.sources == {**dict.fromkeys(TOLD - {"phone"}, "cie"), "email": "spid"}


@pytest.mark.requirement("POL-18")
def test_enabling_vouches_for_what_was_typed_alike():
    """The registration's own data stay; where the provider says the same, it has told them."""
    world = scripted("polis", values={"name": "Mario", "surname": "ROSSI", "phone": "1"})
    answer = world.spid(ticket=world.confirmed().ticket)

    assert answer.account.sources == {"cf": "spid", "name": "spid"}
    assert answer.account.values["surname"] == "Rossi"


@pytest.mark.requirement("IOL-22")
def test_an_operator_s_correction_is_the_office_s():
    """What was corrected is not the provider's any more, and no longer locked."""
    world = World(open_profile())
    answer = world.spid()
    correction = {"phone": "+390212345678", "birth_place": "F205", "cf": OTHER_CF}
    world.registrar.correct_data(SECRETARIAT, answer.account.id, correction, "atto")
    account = world.reload(answer)

    told, ours = dict.fromkeys(TOLD, "spid"), dict.fromkeys(correction, OFFICE)
    assert account.sources == {**told, **ours}
    assert not {"birth_place", "cf"} & locked_fields(account, world.profile)


def test_correcting_to_the_same_is_no_correction():
    """The value is still what the provider told."""
    world = World("unimi-external")
    answer = world.spid()
    world.registrar.correct_data(SECRETARIAT, answer.account.id, {"surname": "Rossi"}, "visto")

    assert world.reload(answer).sources == dict.fromkeys(TOLD, "spid")


# -- the lock -------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-02", "MIM-02")
@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("name", "Maria"),
        ("surname", ""),
        ("birth_date", "1980-01-02"),
        ("birth_place", "F205"),
        ("sex", "F"),
        ("sex", "X"),
        ("cf", "BNCNNA75L70F205N"),
        ("cf", None),
        ("name", 5),
    ],
)
def test_the_holder_does_not_change_what_the_provider_told(field, other):
    """Whatever is typed; the refusal names the field and not the value."""
    world = World(open_profile())
    answer = world.spid()
    before = world.reload(answer)
    refusal = refused(world.registrar.update_contacts, answer.session, {field: other})

    assert [(f.code, f.field, dict(f.params)) for f in refusal.faults] == [
        ("data.vouched", field, {})
    ]
    now = world.reload(answer)
    assert (now.values, now.codice_fiscale, now.sources) == (
        before.values,
        before.codice_fiscale,
        before.sources,
    )


@pytest.mark.requirement("UNI-02")
def test_saying_it_once_more_is_no_change():
    """A form that brings everything along changes what is different, and no more."""
    world = World(open_profile())
    answer = world.spid()
    said_again = {**answer.account.values, "cf": MARIO.cf.lower(), "name": " Mario "}
    now = world.registrar.update_contacts(answer.session, {**said_again, "phone": "+390212345678"})

    assert now.account.values == {**answer.account.values, "phone": "+390212345678"}
    assert now.account.codice_fiscale == MARIO.cf
    assert now.account.sources == dict.fromkeys(TOLD - {"phone"}, "spid")


@pytest.mark.requirement("IOL-22")
def test_every_field_that_may_not_be_changed_is_named_at_once():
    """What the provider told, and what only the school may change."""
    world = World("unimi-external")
    answer = world.spid()
    refusal = refused(
        world.registrar.update_contacts, answer.session, {"name": "Maria", "category": "x"}
    )

    assert {(f.code, f.field) for f in refusal.faults} == {
        ("data.vouched", "name"),
        ("data.school_only", "category"),
    }


@pytest.mark.requirement("IOL-21")
def test_contacts_stay_the_person_s_own():
    """The phone that the provider told is changed, and then it is the person's."""
    world = World("unimi-external")
    answer = world.spid()
    change = world.registrar.update_contacts
    same = change(answer.session, {"phone": answer.account.values["phone"]}).account
    assert same.sources["phone"] == "spid"
    other = change(answer.session, {"phone": "+390212345678"}).account
    assert "phone" not in other.sources

    world.registrar.change_email(answer.session, "mine@example.it", "mine@example.it")
    assert "email" in world.reload(answer).sources
    proved = world.registrar.activate(world.link("mine@example.it")).account
    assert (proved.email, "email" in proved.sources) == ("mine@example.it", False)


def test_what_the_person_typed_is_not_locked():
    """The lock is on what a provider told, not on the field."""
    world = World(open_profile())
    session = world.signed_in().session
    now = world.registrar.update_contacts(session, {"surname": "Verdi", "birth_date": "1980-01-02"})

    assert now.account.values["surname"] == "Verdi"


def test_a_procedure_says_what_is_locked():
    """An empty list locks nothing; an address may be locked as well."""
    free = World(open_profile(locked=()))
    answer = free.spid()
    changed = free.registrar.update_contacts(answer.session, {"name": "Maria"}).account
    assert (changed.values["name"], "name" in changed.sources) == ("Maria", False)

    strict = World(open_profile(locked=("email",)))
    answer = strict.spid()
    change = strict.registrar.change_email
    refusal = refused(change, answer.session, "mine@example.it", "mine@example.it")
    assert [(f.code, f.field) for f in refusal.faults] == [("data.vouched", "email")]
    assert change(answer.session, SPID_EMAIL, SPID_EMAIL).next.value == "read_mail"


def test_a_locked_address_is_not_corrected_before_its_link_is_used():
    """A registration that waits for its link keeps the address that the provider told."""
    world = World(open_profile(locked=("email",)))
    answer = world.confirmed()
    world.put(answer.account, sources={"email": "spid"})
    correct = world.registrar.correct_email

    assert code_of(correct, answer.ticket, "mine@example.it") == "data.vouched"
    assert correct(answer.ticket, answer.account.email).next.value == "open_link"


@pytest.mark.requirement("MIM-06", "UNI-04")
def test_the_form_of_what_is_missing_does_not_change_what_was_told():
    """All faults at once, and what was told comes first; the same again is taken."""
    world = World("mim-students")
    answer = world.spid()
    complete = partial(world.registrar.complete_data, answer.ticket, consents=["terms", "privacy"])
    missing = {k: v for k, v in MARIO.values(world.profile).items() if k in answer.missing}

    refusal = refused(complete, {"name": "Luigi"})
    assert (refusal.code, refusal.faults[0].field) == ("data.vouched", "name")
    assert "input.missing" in refusal.codes
    assert code_of(complete, {**missing, "surname": "Verdi"}) == "data.vouched"
    assert code_of(complete, {**missing, "cf": "BNCNNA75L70F205N"}) == "data.vouched"
    done = complete({**missing, "name": " Mario", "surname": "Rossi", "cf": MARIO.cf})
    assert done.account.values["name"] == "Mario"


def test_a_place_does_not_change_the_provincia_that_was_told():
    """Where the provider told the provincia alone, the comune that is typed leaves it."""
    told = {k: v for k, v in MARIO.vouched().values.items() if k != "birth_place"}
    values = {**told, "birth_province": "RM"}
    world = World(
        "mim-students",
        places=None,
        identity_providers=[
            ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=values)})
        ],
    )
    answer = world.spid()
    done = completed(world, answer).account

    assert (done.values["birth_province"], done.sources["birth_province"]) == ("RM", "spid")
    assert done.values["birth_place"] == "H501"
    assert "birth_place" not in done.sources


def test_a_field_of_another_portal_is_none_here():
    """What another procedure of the realm has locked is no field of this one."""
    world = World("unimi-external")
    answer = world.spid()
    world.put(answer.account, sources={"birth_region": "spid"})

    assert code_of(world.registrar.update_contacts, answer.session, {"birth_region": "x"}) == (
        "data.school_only"
    )


# -- what is kept ---------------------------------------------------------------------------


def test_the_person_reads_who_told_what():
    """The export names the source of each value (GDPR art. 15)."""
    world = World("unimi-external")
    export = world.registrar.export_account(session=world.spid().session).export

    assert export["sources"] == dict.fromkeys(TOLD, "spid")


def test_an_account_from_before_has_no_sources():
    """A snapshot without the new fields loads, and locks nothing."""
    plain = to_plain(an_account(values={"name": "Mario"}, codice_fiscale=MARIO.cf))
    account = from_plain(Account, plain)

    assert not {"sources", "answers"} & plain.keys()
    assert (account.sources, account.answers) == ({}, ())
    assert locked_fields(account, load("unimi-external")) == frozenset()


def test_sources_and_answers_come_back_equal():
    """What an account remembers of a provider survives the way to the store and back."""
    account = World("unimi-external").spid().account

    assert from_plain(Account, to_plain(account)) == account
    assert account.sources
    with pytest.raises(TypeError):
        account.sources["name"] = "cie"


names = st.sampled_from(["cf", "email", "name", "phone"])
texts = st.none() | st.sampled_from(["a", "b"])


def saying(values, **more):
    """Return an account that says this."""
    kept = {k: v for k, v in values.items() if v and k not in {"cf", "email"}}
    return an_account(
        values=kept, codice_fiscale=values.get("cf"), email=values.get("email"), **more
    )


@given(
    st.dictionaries(names, texts),
    st.dictionaries(names, texts),
    st.dictionaries(names, st.sampled_from(["spid", "cie"])),
)
def test_a_source_stays_as_long_as_the_value(before, now, sources):
    """Exactly the sources of what is the same are kept, each as it was."""
    first, then = saying(before, sources=sources), saying(now)
    kept = still_told(first, then)

    assert kept.items() <= sources.items()
    assert {n for n in sources if said(first, n) == said(then, n)} == set(kept)


def test_what_is_locked_is_who_somebody_is():
    """Phone, mailbox and residence are in no list that locks by default."""
    assert Federation().locked == VOUCHED
    assert not {"phone", "email", "residence_address", "document_number"} & set(VOUCHED)
    assert after(an_account(), ()).sources == {}
