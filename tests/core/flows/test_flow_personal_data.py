"""What may be changed after the form is confirmed: by the person, and by an operator only."""

from __future__ import annotations

import pytest
from tests.world import (
    ANNA,
    HELP_DESK,
    MARIO,
    OFFICE,
    SECRETARIAT,
    World,
    code_of,
    refused,
)

from registrazione.core.states import AccountState, LinkState, PasswordState

EMAIL = MARIO.email()


# -- contacts -------------------------------------------------------------------------------


@pytest.mark.requirement("IOL-21", "IOL-23", "POL-08")
def test_phones_document_and_residence_are_the_person_s():
    """They are changed from a session, and the trail names the fields only."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    typed = {
        "mobile_phone": "333 765 4321",
        "document_number": "xy99",
        "residence_address": "Via Roma 1",
        "domicile_cap": "00100",
    }
    account = world.registrar.update_contacts(session, typed).account

    kept = {name: account.values[name] for name in typed}
    assert kept == {**typed, "mobile_phone": "3337654321", "document_number": "XY99"}
    trail = world.registrar.history(session=session).history
    assert dict(trail[-1].details) == {
        "fields": "document_number domicile_cap mobile_phone residence_address"
    }


def test_an_optional_field_sent_empty_is_emptied():
    """What is not sent stays as it is."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    world.registrar.update_contacts(
        session, {"mobile_phone": "3337654321", "residence_cap": "00185"}
    )
    account = world.registrar.update_contacts(session, {"mobile_phone": ""}).account

    assert "mobile_phone" not in account.values
    assert account.values["residence_cap"] == "00185"
    assert account.values["name"] == "Mario"


@pytest.mark.requirement("IOL-22")
def test_all_else_is_the_school_s():
    """Every field that is not the person's is refused, and an unknown one as well."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    typed = {"name": "Luigi", "email": "m@example.it", "mobile_phone": "3337654321", "x y": 1}
    refusal = refused(world.registrar.update_contacts, session, typed)

    assert set(refusal.codes) == {"data.school_only"}
    assert {f.field for f in refusal.faults} == {"name", "email", None}
    assert code_of(world.registrar.update_contacts, session, {"mobile_phone": "1"}) == (
        "phone.malformed"
    )
    mandatory = World("unimi-external")
    session = mandatory.signed_in().session
    assert code_of(mandatory.registrar.update_contacts, session, {"phone": ""}) == "input.missing"


# -- another address ------------------------------------------------------------------------


def asking(world, **more):
    """Ask for a new address from a session."""
    session = world.signed_in().session
    return world.registrar.change_email(session, "new@example.it", **more)


@pytest.mark.requirement("POL-11")
def test_a_new_address_is_asked_for_with_the_password():
    """The link goes to the new one, a notice to the present one; nothing changes before."""
    world = World("unimi-external")
    answer = asking(world, password=MARIO.password)

    assert (answer.next.value, answer.account.email) == ("read_mail", EMAIL)
    assert [(m.kind, m.to) for m in world.outbox()[-2:]] == [
        ("email_change", "new@example.it"),
        ("email_change_asked", EMAIL),
    ]


def test_an_open_browser_is_not_enough():
    """Without the password nothing is asked; wrong ones are counted and lock."""
    world = World("unimi-external")
    session = world.signed_in().session
    change = world.registrar.change_email
    assert refused(change, session, "n@example.it").faults[0].field == "password"
    for _ in range(10):
        assert code_of(change, session, "n@example.it", password="wrong") == "password.old_wrong"

    assert code_of(change, session, "n@example.it", password=MARIO.password) == "sign_in.locked"
    assert world.outbox()[-1].kind == "locked"


def test_the_right_password_is_not_counted():
    """Asking again and again with the right one locks nobody."""
    world = World("unimi-external")
    session = world.signed_in().session
    change = world.registrar.change_email
    assert code_of(change, session, "n@example.it", password="wrong") == "password.old_wrong"
    account = change(session, "n@example.it", password=MARIO.password).account

    assert (account.failures, world.reload(account).failures) == (0, 0)


def test_the_new_address_is_checked_like_the_first():
    """Shape, domain, and typed twice where the form asks for it twice."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    change = world.registrar.change_email

    assert code_of(change, session, "nothing", password=MARIO.password) == "email.malformed"
    assert refused(change, session, "n@example.it", password=MARIO.password).faults[0].field == (
        "email_again"
    )
    assert code_of(change, session, "n@example.it", "m@example.it") == "email.again_different"
    assert change(session, "n@example.it", "n@example.it", password=MARIO.password).account


@pytest.mark.parametrize("state", [PasswordState.NONE, PasswordState.OFF])
def test_who_has_no_password_is_not_asked_for_one(state):
    """A session opened by an identity is proof enough."""
    world = World("unimi-external")
    answer = world.signed_in()
    world.put(answer.account, password=state, link=LinkState.ONLY)

    assert world.registrar.change_email(answer.session, "n@example.it").next.value == "read_mail"


# -- corrections ----------------------------------------------------------------------------


@pytest.mark.requirement("IOL-22")
def test_an_operator_corrects_what_the_person_may_not():
    """The person gets a letter; the trail names operator and fields, neither values nor reason."""
    world = World("iscrizioni-online")
    account = world.signed_in().account
    answer = world.registrar.correct_data(
        HELP_DESK, account.id, {"mobile_phone": "06 123456"}, "tessera sanitaria"
    )

    assert answer.account.values["mobile_phone"] == "06123456"
    assert world.outbox()[-1].kind == "data_corrected"
    trail = world.registrar.history(operator=HELP_DESK, account_id=account.id).history
    assert (trail[-1].actor, dict(trail[-1].details)) == (
        "help_desk:op-3",
        {"fields": "mobile_phone"},
    )
    assert "tessera" not in repr(trail)


def test_a_correction_agrees_with_the_code():
    """A name that does not fit is refused; together with the right code it fits."""
    world = World("iscrizioni-online")
    account = world.signed_in().account
    anna = {
        "name": ANNA.name,
        "surname": ANNA.surname,
        "sex": "F",
        "birth_date": ANNA.born.isoformat(),
        "birth_place": ANNA.place,
    }
    correct = world.registrar.correct_data

    assert code_of(correct, SECRETARIAT, account.id, {"name": "Anna"}, "x") == "nome.incoerente"
    corrected = correct(SECRETARIAT, account.id, {**anna, "cf": ANNA.cf}, "x").account
    assert corrected.codice_fiscale == ANNA.cf
    assert world.found("codice_fiscale", ANNA.cf)[0].id == account.id
    assert world.found("codice_fiscale", MARIO.cf) == ()


@pytest.mark.parametrize(
    "typed",
    [{"password": "Password2"}, {"username": "x"}, {"email_again": "m@x.it"}, {"state": "active"}],
    ids=repr,
)
def test_an_operator_corrects_no_secrets_and_no_states(typed):
    """Passwords, usernames and what is no field are nobody's to correct (ASVS 5.0 6.4.6)."""
    world = World("unimi-external")
    account = world.active()

    assert code_of(world.registrar.correct_data, SECRETARIAT, account.id, typed, "x") == (
        "data.not_correctable"
    )


def test_a_correction_corrects_something():
    """Without any field it is none; where codes are absent, none is corrected."""
    world = World("standard")
    account = world.active()
    correct = world.registrar.correct_data

    refusal = refused(correct, SECRETARIAT, account.id, {}, "x")
    assert [(f.code, f.field) for f in refusal.faults] == [("input.missing", "values")]
    assert code_of(correct, SECRETARIAT, account.id, {"cf": MARIO.cf}, "x") == (
        "data.not_correctable"
    )
    assert code_of(correct, SECRETARIAT, account.id, {"name": "Mario"}, "") == "input.missing"


@pytest.mark.parametrize("suspended", [False, True])
def test_what_somebody_else_holds_is_not_given_away(suspended):
    """An operator learns that code or address are another account's, suspended or not."""
    for name, typed, code in (
        ("iscrizioni-online", {"cf": ANNA.cf}, "cf.taken"),
        ("unimi-external", {"email": ANNA.email()}, "email.taken"),
    ):
        world = World(name)
        account = world.active()
        other = world.active(ANNA)
        if suspended:
            world.registrar.suspend(SECRETARIAT, other.id, "accertamenti")
        data = {
            "name": ANNA.name,
            "surname": ANNA.surname,
            "sex": "F",
            "birth_date": ANNA.born.isoformat(),
            "birth_place": ANNA.place,
        }
        sent = {**typed, **(data if "cf" in typed else {})}

        assert code_of(world.registrar.correct_data, SECRETARIAT, account.id, sent, "x") == code
        assert world.registrar.correct_data(SECRETARIAT, other.id, sent, "x").account


@pytest.mark.requirement("UNI-12")
def test_who_lost_password_and_mailbox_is_helped_by_a_person():
    """The help desk sets a new address; both mailboxes hear of it; the new one recovers."""
    world = World("unimi-external")
    account = world.active()
    corrected = world.registrar.correct_data(
        HELP_DESK, account.id, {"email": "New@example.it"}, "documento visto"
    ).account
    assert (corrected.email, corrected.personal_email) == ("New@example.it", "New@example.it")
    assert [m.to for m in world.outbox()[-2:]] == ["New@example.it", EMAIL]

    world.registrar.request_password_reset(email="new@example.it")
    token = world.link("New@example.it")
    world.registrar.reset_password(token, "Password2", "Password2")
    assert world.registrar.sign_in("mario.rossi", "Password2").session


@pytest.mark.parametrize("name", ["mim-students", "istanze-online"])
def test_a_registration_that_waits_is_corrected_as_well(name):
    """Before it is enabled, whatever was mistyped can be put right at the counter."""
    world = World(name)
    account = world.proved().account
    domain = account.email.partition("@")[2]
    corrected = world.registrar.correct_data(
        SECRETARIAT, account.id, {"email": f"right@{domain}"}, "digitato male"
    ).account

    assert corrected.email == f"right@{domain}"
    assert corrected.state is account.state
    if name == "mim-students":
        assert world.registrar.approve(SECRETARIAT, account.id).account.state is AccountState.ACTIVE
    else:
        assert code_of(world.registrar.correct_data, OFFICE, account.id, {"email": "x"}, "x") == (
            "operator.not_allowed"
        )
