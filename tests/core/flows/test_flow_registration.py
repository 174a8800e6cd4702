"""From the first page to the confirmed form."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.world import ANNA, MARIO, NOON, PROFILES, SECRETARIAT, World, code_of, refused

from registrazione import Refusal
from registrazione.core.draft import Draft
from registrazione.core.profile import Limits
from registrazione.core.states import AccountState, CodeState, PasswordState
from registrazione.profiles import load
from registrazione.testing.fakes import ScriptedHumanCheck

FIRST_GATE = {
    "mim-students": (AccountState.AWAITING_SECRETARIAT, "wait_for_secretariat", "none"),
    "iscrizioni-online": (AccountState.AWAITING_LINK, "open_link", "activation"),
    "istanze-online": (AccountState.AWAITING_LINK, "open_link", "receipt"),
    "polis": (AccountState.AWAITING_LINK, "open_link", "receipt"),
    "unimi-external": (AccountState.AWAITING_LINK, "open_link", "activation"),
    "standard": (AccountState.AWAITING_LINK, "open_link", "activation"),
}


# -- begin ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_the_first_page_is_the_procedure_s(name):
    """Registration begins with the first step, in an empty form that no store knows."""
    world = World(name)
    answer = world.registrar.begin()

    assert answer.next.value in {"acknowledge_notice", "identify", "fill"}
    assert answer.draft.step(world.profile) is world.profile.steps[0]
    assert (answer.draft.passed, dict(answer.draft.values), answer.draft.password) == ((), {}, None)
    assert answer.draft.started_at == world.clock.now()
    assert answer.draft.id != world.registrar.begin().draft.id


@pytest.mark.parametrize(
    ("asked", "given"), [("it", "it"), ("en", "en"), ("fr", "it"), (None, "it")]
)
def test_the_language_is_one_of_the_two(asked, given):
    """Whatever else is asked for becomes Italian."""
    assert World().registrar.begin(language=asked).draft.language == given


@pytest.mark.requirement("MIM-03")
def test_registration_closes_with_its_day_in_rome():
    """On 22 December 2023 one may still register; with midnight in Rome it is over."""
    world = World("mim-students", at=dt.datetime(2023, 12, 22, 22, 59, 59, tzinfo=dt.UTC))
    draft = world.filled().draft
    world.wait(seconds=1)

    assert code_of(world.registrar.begin) == "window.late"
    assert code_of(world.registrar.confirm, draft) == "window.late"


@pytest.mark.requirement("IOL-12")
def test_registration_opens_days_before_the_service():
    """From 19 December 2020 in Rome one may register; the service opens in January."""
    world = World("iscrizioni-online", at=dt.datetime(2020, 12, 18, 22, 59, 59, tzinfo=dt.UTC))
    assert code_of(world.registrar.begin) == "window.early"
    world.wait(seconds=1)
    session = world.signed_in().session

    assert code_of(world.registrar.enter_service, session, "iscrizioni") == "service.early"


def test_the_first_page_has_its_limit_for_an_origin():
    """Whoever opens too many pages from one place is stopped; others are not."""
    profile = attrs.evolve(load("standard"), limits=Limits(origin=2))
    registrar = World(profile).registrar
    for _ in range(2):
        registrar.begin(origin="10.0.0.1")
    refusal = refused(registrar.begin, origin="10.0.0.1")

    assert (refusal.code, refusal.faults[0].params["minutes"]) == ("limit.reached", 60)
    assert registrar.begin(origin="10.0.0.2").draft


# -- the order of the pages -----------------------------------------------------------------


@pytest.mark.requirement("MIM-09")
def test_no_page_can_be_skipped():
    """Each page is refused before its turn, and the notice comes first."""
    world = World("mim-students")
    registrar = world.registrar
    start = registrar.begin().draft
    noticed = registrar.acknowledge_notice(start).draft

    assert code_of(registrar.identify, start, MARIO.cf) == "step.order"
    assert code_of(registrar.fill, start, {}) == "step.order"
    assert code_of(registrar.fill, noticed, {}) == "step.order"
    assert code_of(registrar.confirm, noticed) == "step.order"


def test_a_page_sent_twice_is_the_page_sent_last():
    """Sending the last page again is no mistake; an older one is."""
    world = World("mim-students")
    registrar = world.registrar
    noticed = registrar.acknowledge_notice(registrar.begin().draft).draft
    first = registrar.identify(noticed, MARIO.cf, human_response="on").draft
    second = registrar.identify(first, ANNA.cf, human_response="on").draft

    assert (first.codice_fiscale, second.codice_fiscale) == (MARIO.cf, ANNA.cf)
    assert second.passed == first.passed
    assert code_of(registrar.acknowledge_notice, first) == "step.order"


def test_a_page_that_the_procedure_does_not_have():
    """Where there is no notice and no first page, nobody passes them."""
    registrar = World("standard").registrar
    draft = registrar.begin().draft

    assert code_of(registrar.acknowledge_notice, draft) == "step.order"
    assert code_of(registrar.identify, draft, MARIO.cf) == "step.order"


@pytest.mark.parametrize("call", ["acknowledge_notice", "identify", "back", "confirm", "fill"])
@pytest.mark.parametrize("draft", [None, 5, "draft", object()])
def test_what_is_no_draft_of_this_procedure(call, draft):
    """Anything else than a draft of this very procedure is refused, of whatever type."""
    method = getattr(World("polis").registrar, call)
    more = ({},) if call == "fill" else ()
    foreign = Draft(id="d", profile="standard", language="it", started_at=NOON)

    assert code_of(method, draft, *more) == "step.order"
    assert code_of(method, foreign, *more) == "step.order"


@pytest.mark.requirement("MIM-21", "IOL-04")
def test_going_back_loses_nothing():
    """Back leads one page back, with everything that was typed; on the first page it stays."""
    world = World("iscrizioni-online")
    registrar = world.registrar
    draft = world.filled().draft
    back = registrar.back(draft)
    again = registrar.back(back.draft)

    assert back.next.value == "fill"
    assert back.draft.values == draft.values
    assert again.next.value == "identify"
    assert registrar.back(again.draft).draft.passed == ()
    assert registrar.back(again.draft).draft.values == draft.values
    changed = registrar.fill(back.draft, MARIO.values(world.profile, email="m@example.it"))
    assert changed.draft.values["email"] == "m@example.it"


# -- codice fiscale and human check -----------------------------------------------------------


@pytest.mark.requirement("MIM-11", "MIM-12", "IOL-02")
def test_code_and_check_are_asked_for_together():
    """Both faults of the first page are told at once; a good response is good once."""
    world = World("mim-students", human_check=ScriptedHumanCheck("good"))
    registrar = world.registrar
    draft = registrar.acknowledge_notice(registrar.begin().draft).draft
    bad = refused(registrar.identify, draft, "RSSMRA", human_response="bad")
    missing = refused(registrar.identify, draft, human_response="bad")

    assert bad.codes == ("cf.lunghezza", "human.failed")
    assert missing.codes == ("input.missing", "human.failed")
    assert registrar.identify(draft, MARIO.cf.lower(), human_response="good").draft
    assert code_of(registrar.identify, draft, MARIO.cf, human_response="good") == "human.failed"


def test_where_the_code_is_optional_the_first_page_may_be_empty():
    """An empty code is no fault where none is required; a wrong one still is."""
    profile = attrs.evolve(load("istanze-online"), codice_fiscale="optional")
    registrar = World(profile).registrar
    draft = registrar.begin().draft

    assert registrar.identify(draft).draft.codice_fiscale is None
    assert code_of(registrar.identify, draft, "RSSMRA80A01H501A") == "cf.controllo"


@pytest.mark.requirement("MIM-13")
def test_the_code_cannot_be_changed_on_the_form():
    """On the second page the code is shown; a field of that name is none of the form's."""
    world = World("mim-students")
    registrar = world.registrar
    draft = registrar.acknowledge_notice(registrar.begin().draft).draft
    draft = registrar.identify(draft, MARIO.cf, human_response="on").draft
    values = {**MARIO.values(world.profile), "cf": ANNA.cf}
    filled = registrar.fill(draft, MARIO.values(world.profile), consents=("terms", "privacy")).draft

    assert code_of(registrar.fill, draft, values, consents=("terms", "privacy")) == (
        "input.unknown_field"
    )
    assert filled.codice_fiscale == MARIO.cf


# -- the form ---------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-14", "IOL-03")
@pytest.mark.parametrize("name", PROFILES)
def test_every_mandatory_field_is_asked_for_at_once(name):
    """An empty form has one fault for each field with an asterisk, and for each consent."""
    world = World(name)
    answer = world.registrar.begin()
    draft = attrs.evolve(
        answer.draft,
        passed=tuple(step for step in world.profile.steps if step.value in {"notice", "identify"}),
    )
    refusal = refused(world.registrar.fill, draft, {})

    mandatory = [field.name for field in world.profile.form if field.required]
    assert [f.field for f in refusal.faults if f.code == "input.missing"] == mandatory
    assert [f.field for f in refusal.faults if f.code.startswith("consent.")] == [
        text.name for text in world.profile.consents
    ]


@pytest.mark.requirement("MIM-18", "MIM-19", "MIM-20")
def test_consents_are_kept_with_version_time_and_purpose():
    """What was accepted and acknowledged, when, what the data are for, and how long they stay."""
    world = World("mim-students")
    lacking = refused(world.filled, consents=("terms", "newsletter", 5))
    draft = world.filled().draft

    assert [(f.code, f.field) for f in lacking.faults] == [("consent.acknowledge", "privacy")]
    assert code_of(world.filled, consents="terms") == "consent.accept"
    terms, privacy = world.registrar.confirm(draft).account.consents
    assert (terms.name, terms.version, terms.at) == ("terms", "2023-11", world.clock.now())
    assert "esclusivamente" in privacy.purpose
    kept_for = [dt.timedelta(days=consent.retention_days) for consent in (terms, privacy)]
    assert kept_for == [world.registrar.profile.lifetimes.retention] * 2


def test_a_bad_password_and_other_faults_come_together():
    """The password's faults come with those of consents, and with the doubts about the person."""
    profile = attrs.evolve(load("istanze-online"), consents=load("mim-students").consents)
    world = World(profile)
    refusal = refused(world.filled, password="short", name="Luigi", consents=("terms",))

    assert set(refusal.codes) == {
        "consent.acknowledge",
        "password.too_short",
        "password.needs_upper",
        "password.needs_digit",
        "nome.incoerente",
    }
    assert refusal.codes[-1] == "nome.incoerente"
    assert not refusal.faults[-1].is_error


def test_doubts_travel_with_the_draft_s_answer():
    """Where somebody will look at the document, data that do not agree are a warning."""
    answer = World("istanze-online").filled(name="Luigi")

    assert answer.next.value == "confirm"
    assert [(f.code, f.is_error) for f in answer.notices] == [("nome.incoerente", False)]


def test_a_code_typed_into_the_form_may_be_taken_out_again():
    """Where the code is part of the form, what is sent last counts."""
    world = World("unimi-external")
    first = world.filled(cf=MARIO.cf).draft
    second = world.registrar.fill(first, MARIO.values(world.profile)).draft

    assert (first.codice_fiscale, second.codice_fiscale) == (MARIO.cf, None)


@pytest.mark.requirement("MIM-23", "IOL-04")
@pytest.mark.parametrize("name", ["mim-students", "iscrizioni-online"])
def test_the_summary_comes_before_the_confirmation(name):
    """What was typed is shown once more; only then it is confirmed."""
    world = World(name)
    answer = world.filled()

    assert answer.next.value == "summary"
    assert world.registrar.confirm(answer.draft).account


# -- the confirmation -------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24", "IOL-05", "IST-03", "UNI-05", "POL-02", "POL-05", "POL-13")
@pytest.mark.parametrize("name", PROFILES)
def test_a_confirmed_form_is_a_claim_before_its_first_gate(name):
    """Nothing is active yet; the person is told what comes next, and gets that one letter."""
    world = World(name)
    answer = world.confirmed()
    state, what, kind = FIRST_GATE[name]

    assert (answer.account.state, answer.next.value) == (state, what)
    assert [m.kind for m in world.outbox()] == [kind]
    assert answer.account.activated_at is None
    assert answer.account.submission_key
    chosen = world.profile.first_password == "chosen"
    assert (answer.account.password is PasswordState.SET) is chosen
    has_code = world.profile.personal_code is not None
    assert (answer.account.code is CodeState.TEMPORARY) is has_code
    life = world.profile.lifetimes.link if state is AccountState.AWAITING_LINK else None
    assert answer.expires_at == (life and world.clock.now() + life)
    assert world.vault.read_token("ticket", answer.ticket).account_id == answer.account.id


def test_a_draft_confirmed_twice_registers_once():
    """The second answer is the first one, with one account and one letter."""
    world = World("unimi-external")
    draft = world.filled().draft
    first = world.registrar.confirm(draft)
    world.wait(minutes=5)
    second = world.registrar.confirm(draft)

    assert second.account == world.reload(first)
    assert (second.next, second.ticket, second.expires_at) == (
        first.next,
        first.ticket,
        first.expires_at,
    )
    assert len(world.outbox()) == 1


def test_a_draft_confirmed_again_later_tells_how_things_stand():
    """Once the account is active, the answer leads to signing in; even after the window closed."""
    world = World("mim-students")
    draft = world.filled().draft
    account = world.registrar.confirm(draft).account
    world.registrar.approve(SECRETARIAT, account.id)
    world.wait(days=100)

    assert world.registrar.confirm(draft).next.value == "sign_in"


@pytest.mark.requirement("UNI-05")
def test_a_username_is_taken_from_the_confirmed_form_on():
    """A chosen username is nobody else's, however its letters are written."""
    world = World("unimi-external")
    world.confirmed()
    refusal = refused(world.confirmed, ANNA, username="MARIO.Rossi")

    assert [(f.code, f.field) for f in refusal.faults] == [("username.taken", "username")]
    assert world.confirmed(ANNA).account.username == "anna.bianchi"


def test_registering_has_its_limit_for_person_and_address():
    """Ten registrations an hour about one person or one address, and no more."""
    world = World("iscrizioni-online")
    for n in range(10):
        world.confirmed(email=f"m{n}@example.it")

    assert code_of(world.confirmed, email="other@example.it") == "limit.reached"
    assert world.confirmed(ANNA).account
    world.wait(hours=1)
    assert world.confirmed(email="other@example.it").account


@pytest.mark.requirement("UNI-17")
@pytest.mark.parametrize(
    "name", ["iscrizioni-online", "unimi-external", "standard", "mim-students"]
)
def test_who_is_known_gets_a_letter_instead(name):
    """The owner of the address or of the code is written to; the claim can come to nothing."""
    world = World(name)
    owner = world.signed_in().account
    by_cf = "codice_fiscale" in world.profile.unique
    changes = {"email": "stranger@example.it"} if by_cf else {"username": "stranger"}
    if name == "standard":
        changes = {}
    answer = world.confirmed(**changes)

    last = world.outbox()[-1]
    assert (last.kind, last.to) == ("already_registered", owner.email)
    assert answer.account.owner == owner.id
    assert answer.account.state is FIRST_GATE[name][0]


def test_another_person_is_not_known():
    """Who shares neither code nor address with anybody owns the claim alone."""
    world = World("iscrizioni-online")
    world.signed_in()

    assert world.confirmed(ANNA).account.owner is None


def test_a_suspended_account_is_in_use_as_well():
    """Its owner gets the letter, and nobody registers around the suspension."""
    world = World("iscrizioni-online")
    owner = world.signed_in().account
    world.registrar.suspend(SECRETARIAT, owner.id, "accertamenti")

    assert world.confirmed(email="other@example.it").account.owner == owner.id


def test_a_procedure_without_gates_is_active_at_once():
    """Where nothing stands between form and account, the confirmation opens it."""
    world = World(attrs.evolve(load("unimi-external"), gates=()))
    answer = world.confirmed()

    assert (answer.account.state, answer.next.value) == (AccountState.ACTIVE, "sign_in")
    assert [m.kind for m in world.outbox()] == ["activated"]
    with pytest.raises(Refusal, match=r"registration\.person_known"):
        world.confirmed(username="another")
