"""Circolare n. 117 and its guide, sentence by sentence: students at the ministry's portal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pytest
from tests.stories.stage import codes, help_with, refusal_of, tree

from registrazione.core.answer import Next
from registrazione.core.states import AccountState, PasswordState
from registrazione.core.transliteration import official_spelling
from registrazione.stories.base import HELP_DESK, SCHOOL, SECRETARIAT, TICKED
from registrazione.stories.people import GIULIA, LENA, OMAR

THAT_DAY = datetime(2023, 11, 16, 8, tzinfo=UTC)
CONSENTS = ("terms", "privacy")
PLACES = {"birth_nation": "Italia", "birth_region": "Sicilia", "birth_province": "Palermo"}
PASSWORD = "Aurora2023!"


@pytest.fixture
def stage(theatre):
    """The portal on 16 November 2023."""
    return theatre("mim-students", THAT_DAY)


def form(person=GIULIA, **changes):
    """Return the form of part C, filled in without a fault."""
    return person.data(**PLACES, email=person.email, email_again=person.email) | changes


def first_page(stage):
    """Return the draft on the page of the codice fiscale."""
    registrar = stage.registrar
    return registrar.acknowledge_notice(registrar.begin().draft).draft


def form_page(stage, person=GIULIA):
    """Return the draft on the page of the personal data."""
    page = first_page(stage)
    return stage.registrar.identify(page, person.codice_fiscale, human_response=TICKED).draft


def summary(stage, **changes):
    """Return the draft on the page of the summary."""
    return stage.registrar.fill(form_page(stage), form(**changes), consents=CONSENTS).draft


def confirmed(stage, **changes):
    """Return the answer to the confirmed form."""
    return stage.registrar.confirm(summary(stage, **changes))


def enabled(stage):
    """Return the letter with the credentials that the secretariat has let go."""
    stage.registrar.approve(SECRETARIAT, confirmed(stage).account.id)
    return stage.letter(GIULIA.email)


def credentials(stage):
    """Return username and temporary password."""
    letter = enabled(stage)
    return letter.value("Nome utente"), letter.value("Password temporanea")


def signed_in(stage, service=""):
    """Return username and session of a student whose password is changed."""
    username, temporary = credentials(stage)
    session = stage.registrar.sign_in(username, temporary, service=service).session
    stage.registrar.change_password(session, temporary, PASSWORD, PASSWORD)
    return username, session


# -- the notice -----------------------------------------------------------------------------


@pytest.mark.requirement("MIM-02", "MIM-06")
def test_registration_with_spid(stage):
    """«In tal caso occorre solo integrare eventuali dati mancanti al form e confermarli»."""
    registrar = stage.registrar
    answer = registrar.sign_in_with("spid", {"person": OMAR.key})
    assert answer.next is Next.COMPLETE_DATA
    # SPID tells the place of birth, and from its code follow nation, region and provincia.
    assert set(answer.missing) == set()

    assert codes(registrar.complete_data, answer.ticket, {}) == {
        "consent.accept",
        "consent.acknowledge",
    }
    done = registrar.complete_data(answer.ticket, {}, consents=CONSENTS)
    assert done.account.values["birth_nation"] == "Marocco"
    assert done.next is Next.USE_SERVICES
    assert done.account.state is AccountState.ACTIVE
    assert done.account.codice_fiscale == OMAR.codice_fiscale
    assert done.account.password is PasswordState.NONE
    assert registrar.enter_service(done.session, "pcto").destination == "pcto"
    assert registrar.sign_in_with("spid", {"person": OMAR.key}).next is Next.USE_SERVICES


@pytest.mark.requirement("MIM-08")
def test_login_with_eidas(stage):
    """«Login with eIDAS»: a student from another country completes the form and is in."""
    registrar = stage.registrar
    answer = registrar.sign_in_with("eidas", {"person": LENA.key})
    assert {"cf", "birth_place", "sex", "email"} <= set(answer.missing)
    typed = form(LENA, birth_nation="Germania", birth_region="—", birth_province="—")
    typed["cf"] = LENA.codice_fiscale
    values = {name: typed[name] for name in answer.missing}
    assert registrar.complete_data(answer.ticket, values, consents=CONSENTS).session
    assert registrar.sign_in_with("eidas", {"person": LENA.key}).next is Next.USE_SERVICES
    assert codes(registrar.sign_in_with, "eidas", {"person": "annulla"}) == {"identity.cancelled"}
    assert codes(registrar.sign_in_with, "cie", {"person": LENA.key}) == {
        "identity.unknown_provider"
    }


@pytest.mark.requirement("MIM-03")
def test_registration_closes(stage):
    """«Completare la registrazione entro il 22.12.2023»: that day included, and not after it."""
    last_moment = datetime(2023, 12, 22, 22, 59, 59, tzinfo=UTC)
    stage.clock.go_to(last_moment)
    page = summary(stage)
    stage.clock.go_to(last_moment + timedelta(seconds=1))

    assert codes(stage.registrar.begin) == {"window.late"}
    assert codes(stage.registrar.confirm, page) == {"window.late"}
    assert codes(stage.registrar.sign_in_with, "spid", {"person": OMAR.key}) == {"window.late"}


@pytest.mark.requirement("MIM-04", "MIM-39")
def test_one_registration_for_several_platforms(stage):
    """«Consente di accedere alle diverse piattaforme: PCTO, Curriculum dello Studente, ecc.»."""
    username, _ = signed_in(stage)
    answer = stage.registrar.sign_in(username, PASSWORD)
    assert {offer.name: offer.open for offer in answer.services} == {
        "pcto": True,
        "curriculum-studente": True,
        "pago-in-rete": True,
    }
    for offer in answer.services:
        entered = stage.registrar.enter_service(answer.session, offer.name)
        assert entered.next is Next.USE_SERVICES
    assert codes(stage.registrar.enter_service, answer.session, "webmail") == {"service.unknown"}


# -- B and C: the pages ---------------------------------------------------------------------


@pytest.mark.requirement("MIM-11", "MIM-12")
def test_step_one_asks_for_the_code_and_a_human(stage):
    """«Codice fiscale *» and «Non sono un robot»: neither can be left out."""
    identify, page = stage.registrar.identify, first_page(stage)
    assert tree(identify, page, "") == {
        "cf": {"input.missing"},
        "human_response": {"human.failed"},
    }
    last = chr((ord(GIULIA.codice_fiscale[-1]) - ord("A") + 1) % 26 + ord("A"))
    wrong = GIULIA.codice_fiscale[:-1] + last
    assert codes(identify, page, wrong, human_response=TICKED) == {"cf.controllo"}
    assert codes(identify, page, GIULIA.codice_fiscale) == {"human.failed"}
    passed = identify(page, GIULIA.codice_fiscale.lower(), human_response=TICKED)
    assert passed.next is Next.FILL
    assert passed.draft.codice_fiscale == GIULIA.codice_fiscale


def test_no_page_can_be_skipped(stage):
    """«Passaggio 1, 2, 3, 4»: each leads to the next, and only there."""
    registrar = stage.registrar
    begun = registrar.begin().draft
    assert codes(registrar.identify, begun, GIULIA.codice_fiscale) == {"step.order"}
    assert codes(registrar.fill, first_page(stage), form()) == {"step.order"}
    assert codes(registrar.confirm, form_page(stage)) == {"step.order"}


@pytest.mark.requirement("MIM-13")
def test_the_code_cannot_be_changed(stage):
    """«Codice fiscale inserito: Non modificabile»."""
    page = form_page(stage)
    assert page.codice_fiscale == GIULIA.codice_fiscale
    assert tree(stage.registrar.fill, page, form(cf=OMAR.codice_fiscale), consents=CONSENTS) == {
        "cf": {"input.unknown_field"}
    }
    filled = stage.registrar.fill(page, form(), consents=CONSENTS).draft
    assert filled.codice_fiscale == GIULIA.codice_fiscale


@pytest.mark.requirement("MIM-14")
@pytest.mark.parametrize("name", sorted(form()))
def test_every_field_is_mandatory(stage, name):
    """«I campi con asterisco (*) sono obbligatori»: name, birth, places, sex, address."""
    fill, page = stage.registrar.fill, form_page(stage)
    assert tree(fill, page, form(**{name: " "}), consents=CONSENTS) == {name: {"input.missing"}}


@pytest.mark.requirement("MIM-14")
def test_the_data_agree_with_the_code(stage):
    """Name, date, place and sex are those that the codice fiscale was made from."""
    assert tree(
        stage.registrar.fill,
        form_page(stage),
        form(surname="Bianchi", birth_date="2006-05-15", birth_place="H501", sex="M"),
        consents=CONSENTS,
    ) == {
        "surname": {"cognome.incoerente"},
        "birth_date": {"data.incoerente"},
        "birth_place": {"luogo.incoerente"},
        "sex": {"sesso.incoerente"},
    }


@pytest.mark.requirement("MIM-16")
@pytest.mark.parametrize("domain", ["istruzione.it", "posta.istruzione.it"])
def test_the_address_is_personal(stage, domain):
    """«Inserire una mail personale diversa da quella istituzionale»."""
    own = f"giulia@{domain}"
    wrong = form(email=own, email_again=own)
    assert tree(stage.registrar.fill, form_page(stage), wrong, consents=CONSENTS) == {
        "email": {"email.domain_excluded"}
    }


@pytest.mark.requirement("MIM-17")
def test_the_address_is_typed_twice(stage):
    """«Conferma email *»: a second, different one is refused."""
    wrong = form(email_again="giulia.ferantini@posta.example")
    assert tree(stage.registrar.fill, form_page(stage), wrong, consents=CONSENTS) == {
        "email_again": {"email.again_different"}
    }


@pytest.mark.requirement("MIM-18", "MIM-19")
def test_consents_are_asked_for_and_kept(stage):
    """«Dichiaro di aver letto e di accettare…», «conferma la presa visione»: which, and when."""
    page = form_page(stage)
    assert tree(stage.registrar.fill, page, form()) == {
        "terms": {"consent.accept"},
        "privacy": {"consent.acknowledge"},
    }
    kept = {consent.name: consent for consent in confirmed(stage).account.consents}
    assert {name: (c.version, c.at) for name, c in kept.items()} == {
        "terms": ("2023-11", THAT_DAY),
        "privacy": ("2023-11", THAT_DAY),
    }


@pytest.mark.requirement("MIM-20")
def test_the_purpose_is_part_of_the_record_and_the_data_go(stage):
    """«I dati saranno utilizzati esclusivamente per soddisfare le tue richieste»."""
    registrar = stage.registrar
    username, session = signed_in(stage)
    export = registrar.export_account(session=session).export
    (privacy,) = (consent for consent in export["consents"] if consent["name"] == "privacy")
    assert privacy["purpose"] == (
        "I dati raccolti saranno utilizzati esclusivamente per soddisfare le tue richieste."
    )
    assert privacy["retention_days"] == 30

    account = registrar.cancel(session=session).account
    assert codes(registrar.sign_in, username, PASSWORD) == {"sign_in.failed"}
    stage.wait(days=29)
    registrar.expire_due()
    assert registrar.load(account.id) is not None
    stage.wait(days=2)
    registrar.expire_due()
    assert registrar.load(account.id) is None


@pytest.mark.requirement("MIM-21", "MIM-23")
def test_back_from_the_summary(stage):
    """«Torna indietro»: nothing that was typed is lost, and what is confirmed is the summary."""
    registrar = stage.registrar
    page = summary(stage)
    assert page.values["name"] == "Giulia"
    back = registrar.back(page)
    assert back.next is Next.FILL
    assert back.draft.values == page.values
    assert registrar.back(back.draft).next is Next.IDENTIFY

    corrected = dict(back.draft.values) | {"name": "Giùlia", "email_again": GIULIA.email}
    again = registrar.fill(back.draft, corrected, consents=CONSENTS)
    assert again.next is Next.SUMMARY
    assert registrar.confirm(again.draft).account.values["name"] == "Giùlia"


# -- D and E: the secretariat ---------------------------------------------------------------


@pytest.mark.requirement("MIM-24")
def test_the_secretariat_enables(stage):
    """«Attendere che la Segreteria abiliti l'utenza»: nobody else can, and nothing comes before."""
    registrar = stage.registrar
    answer = confirmed(stage)
    account_id = answer.account.id
    assert answer.next is Next.WAIT_FOR_SECRETARIAT
    assert stage.post() == ()
    (waiting,) = registrar.accounts(AccountState.AWAITING_SECRETARIAT).items
    assert waiting.id == account_id

    for operator in (SCHOOL, HELP_DESK):
        assert codes(registrar.approve, operator, account_id) == {"operator.not_allowed"}
    pupil = attrs.evolve(SECRETARIAT, account_id=account_id)
    assert codes(registrar.approve, pupil, account_id) == {"operator.self"}
    assert registrar.approve(SECRETARIAT, account_id).next is Next.READ_MAIL
    assert registrar.load(account_id).state is AccountState.ACTIVE
    assert codes(registrar.approve, SECRETARIAT, account_id) == {"account.already_active"}


@pytest.mark.requirement("MIM-24")
def test_the_secretariat_refuses(stage):
    """The secretariat may say no; the person reads why, and may register again."""
    registrar = stage.registrar
    account_id = confirmed(stage).account.id
    registrar.reject(SECRETARIAT, account_id, "Manca l'iscrizione.")
    assert "Manca l'iscrizione." in stage.letter(GIULIA.email).text
    assert registrar.load(account_id).state is AccountState.CANCELLED
    assert confirmed(stage).next is Next.WAIT_FOR_SECRETARIAT


@pytest.mark.requirement("MIM-25", "MIM-26")
def test_the_mail_with_temporary_credentials(stage):
    """«La ricezione di una mail automatica contenente le credenziali temporanee»."""
    letter = enabled(stage)
    username, temporary = letter.value("Nome utente"), letter.value("Password temporanea")
    assert official_spelling(GIULIA.surname).lower() in username
    assert stage.registrar.profile.password.check(temporary) == ()
    assert "la segreteria ha abilitato la tua utenza" in letter.text
    assert "Al primo accesso ti verrà chiesto di cambiare la password" in letter.text
    assert stage.registrar.sign_in(username, temporary).session


def test_temporary_credentials_do_not_last(stage):
    """Whoever does not use them for 30 days asks for new ones."""
    registrar = stage.registrar
    username, temporary = credentials(stage)
    stage.wait(days=31)
    assert codes(registrar.sign_in, username, temporary) == {"password.temporary_expired"}
    registrar.request_password_reset(email=GIULIA.email)
    newer = stage.letter(GIULIA.email).value("Password temporanea")
    assert registrar.sign_in(username, newer).next is Next.CHANGE_PASSWORD


# -- F: the password ------------------------------------------------------------------------


@pytest.mark.requirement("MIM-27", "MIM-29", "MIM-30")
def test_first_access(stage):
    """«Prima di continuare è necessario modificare la password… Potrai raggiungere la pagina»."""
    registrar = stage.registrar
    username, temporary = credentials(stage)
    answer = registrar.sign_in(username, temporary, service="curriculum-studente")
    session = answer.session
    assert answer.next is Next.CHANGE_PASSWORD
    assert codes(registrar.enter_service, session, "pcto") == {"password.change_required"}
    assert codes(registrar.update_contacts, session, {}) == {"password.change_required"}

    assert tree(registrar.change_password, session, PASSWORD, PASSWORD, PASSWORD) == {
        "old": {"password.old_wrong"}
    }
    assert tree(registrar.change_password, session, temporary, PASSWORD, "Altra2023!") == {
        "password_again": {"password.mismatch"}
    }
    changed = registrar.change_password(session, temporary, PASSWORD, PASSWORD)
    assert changed.next is Next.USE_SERVICES
    assert changed.destination == "curriculum-studente"
    assert registrar.enter_service(session, changed.destination).next is Next.USE_SERVICES
    assert codes(registrar.sign_in, username, temporary) == {"sign_in.failed"}
    assert registrar.sign_in(username, PASSWORD).next is Next.USE_SERVICES


@pytest.mark.requirement("MIM-28")
def test_after_a_reset_it_is_the_same(stage):
    """«…oppure è stato effettuato un reset della password»: the new one is changed first."""
    registrar = stage.registrar
    username, _ = signed_in(stage)
    registrar.request_password_reset(username=username)
    assert registrar.sign_in(username, PASSWORD).next is Next.USE_SERVICES
    temporary = stage.letter(GIULIA.email).value("Password temporanea")
    answer = registrar.sign_in(username, temporary)
    assert answer.next is Next.CHANGE_PASSWORD
    assert codes(registrar.enter_service, answer.session, "pcto") == {"password.change_required"}
    assert codes(registrar.change_password, answer.session, temporary, PASSWORD, PASSWORD) == {
        "password.reused"
    }
    assert codes(registrar.sign_in, username, PASSWORD) == {"sign_in.failed"}


@pytest.mark.requirement("MIM-31")
def test_the_last_five_passwords(stage):
    """«Diversa dalle ultime 5 password utilizzate»: each of the five, and not the sixth."""
    registrar = stage.registrar
    _, session = signed_in(stage)
    used = [PASSWORD, *(f"Aurora{number}!" for number in range(10, 15))]
    for old, new in pairwise(used):
        registrar.change_password(session, old, new, new)

    present = used[-1]
    for earlier in used[1:-1]:
        assert codes(registrar.change_password, session, present, earlier, earlier) == {
            "password.reused"
        }
    assert codes(registrar.change_password, session, present, present, present) == {
        "password.unchanged"
    }
    assert registrar.change_password(session, present, PASSWORD, PASSWORD).session


@pytest.mark.requirement("MIM-32", "MIM-33", "MIM-34", "MIM-35", "MIM-36")
@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("Aurora1", "password.too_short"),
        ("aurora2023", "password.needs_upper"),
        ("AURORA2023", "password.needs_lower"),
        ("AuroraAurora", "password.needs_digit"),
        ("Aurora2023?", "password.special"),
        ("Aurora 2023", "password.space"),
        ("Auròra2023", "password.accented"),
    ],
)
def test_what_a_password_has_to_be_like(stage, typed, wrong):
    """«Lunghezza minima 8 caratteri, almeno un maiuscolo, un minuscolo, un numero, ! @ # $ %»."""
    registrar = stage.registrar
    username, temporary = credentials(stage)
    session = registrar.sign_in(username, temporary).session
    assert codes(registrar.change_password, session, temporary, typed, typed) == {wrong}
    for allowed in "!@#$%":
        assert registrar.profile.password.check(f"Aurora1{allowed}") == ()


@pytest.mark.requirement("MIM-37")
def test_the_box_says_what_is_asked(stage):
    """«Requisiti password»: the lines of the guide, made from the policy itself."""
    assert stage.registrar.profile.password.explain() == (
        "diversa dalle ultime 5 password utilizzate",
        "lunghezza minima 8 caratteri",
        "almeno un carattere maiuscolo",
        "almeno un carattere minuscolo",
        "almeno un numero",
        "può contenere i seguenti caratteri speciali: ! @ # $ %",
    )


# -- G: the services ------------------------------------------------------------------------


@pytest.mark.requirement("MIM-41")
def test_where_help_is_to_be_had(stage):
    """«Service Desk OnLine», «Computer Security Incident Response Team», and the school."""
    registrar = stage.registrar
    _, session = signed_in(stage)
    cases = {
        "Service Desk OnLine": refusal_of(registrar.sign_in, "nessuno", PASSWORD),
        "Computer Security Incident Response Team": refusal_of(
            registrar.enter_service, session, "webmail"
        ),
        "Rivolgiti alla segreteria della tua scuola.": refusal_of(
            registrar.fill, form_page(stage), form(name="Anna")
        ),
    }
    for words, refusal in cases.items():
        assert help_with(registrar.profile, refusal).text.it == words


@pytest.mark.requirement("MIM-42")
def test_log_out(stage):
    """«Esci»: this session ends, or all of them; the password stays."""
    registrar = stage.registrar
    username, session = signed_in(stage)
    other = registrar.sign_in(username, PASSWORD).session
    assert registrar.sign_out(session).next is Next.SIGN_IN
    assert codes(registrar.enter_service, session, "pcto") == {"session.ended"}
    assert codes(registrar.sign_out, session) == {"session.ended"}
    assert registrar.enter_service(other, "pcto").next is Next.USE_SERVICES

    third = registrar.sign_in(username, PASSWORD).session
    registrar.sign_out(third, everywhere=True)
    assert codes(registrar.enter_service, other, "pcto") == {"session.ended"}


def test_history_and_own_data(stage):
    """«Dati personali», «Storico»: the person reads what is kept and what happened."""
    registrar = stage.registrar
    username, session = signed_in(stage)
    export = registrar.export_account(session=session).export
    assert export["username"] == username
    assert export["values"]["surname"] == GIULIA.surname
    events = [record.event for record in registrar.history(session=session).history]
    assert [event for event in events if event in {"confirm", "approve", "password_changed"}] == [
        "confirm",
        "approve",
        "password_changed",
    ]
