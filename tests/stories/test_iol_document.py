"""«Iscrizioni on line», page and frequent questions, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.stories.stage import codes, help_with, refusal_of, tree, words

from registrazione.core.answer import Next
from registrazione.core.states import AccountState
from registrazione.stories.base import HELP_DESK, SCHOOL, SECRETARIAT, TICKED
from registrazione.stories.people import BRUNO, PAOLA, SERGIO

OPENING = datetime(2020, 12, 19, 8, tzinfo=UTC)
SERVICE_OPENS = datetime(2021, 1, 4, 7, tzinfo=UTC)
PASSWORD = "Pagella2021"
MISTYPED = "paola.montresro@posta.example"


@pytest.fixture
def stage(theatre):
    """The portal on 19 December 2020."""
    return theatre("iscrizioni-online", OPENING)


def form(email=PAOLA.email, **changes):
    """Return the form, filled in without a fault."""
    return PAOLA.data(email=email, email_again=email) | changes


def form_page(stage, person=PAOLA):
    """Return the draft on the page of the personal data."""
    page = stage.registrar.begin().draft
    return stage.registrar.identify(page, person.codice_fiscale, human_response=TICKED).draft


def confirmed(stage, email=PAOLA.email, **changes):
    """Return the answer to the confirmed form."""
    page = stage.registrar.fill(form_page(stage), form(email, **changes)).draft
    return stage.registrar.confirm(page)


def credentials(stage):
    """Return the account's id, username and temporary password, as they come by mail."""
    account = confirmed(stage).account
    stage.registrar.activate(stage.letter(PAOLA.email).token)
    letter = stage.letter(PAOLA.email)
    return account.id, letter.value("Nome utente"), letter.value("Password temporanea")


def signed_in(stage):
    """Return the account's id, username and session of a parent whose password is changed."""
    account_id, username, temporary = credentials(stage)
    session = stage.registrar.sign_in(username, temporary).session
    stage.registrar.change_password(session, temporary, PASSWORD, PASSWORD)
    return account_id, username, session


# -- Come registrarsi -----------------------------------------------------------------------


@pytest.mark.requirement("IOL-02")
def test_code_and_box_come_first(stage):
    """«Inserisci il tuo codice fiscale e seleziona la casella "Non sono un robot"»."""
    registrar = stage.registrar
    begun = registrar.begin()
    assert begun.next is Next.IDENTIFY
    assert codes(registrar.fill, begun.draft, form()) == {"step.order"}
    assert codes(registrar.identify, begun.draft, PAOLA.codice_fiscale) == {"human.failed"}
    assert "cf.lunghezza" in codes(registrar.identify, begun.draft, "PLA", human_response=TICKED)
    assert form_page(stage).codice_fiscale == PAOLA.codice_fiscale


@pytest.mark.requirement("IOL-03")
def test_personal_data_and_the_address_twice(stage):
    """«Compila una scheda con i dati anagrafici e l'indirizzo e-mail (da digitare due volte)»."""
    fill, page = stage.registrar.fill, form_page(stage)
    wanted = {"name", "surname", "birth_date", "birth_place", "sex", "email", "email_again"}
    assert tree(fill, page, {}) == {name: {"input.missing"} for name in wanted}
    assert tree(fill, page, form(email_again=MISTYPED)) == {
        "email_again": {"email.again_different"}
    }
    assert fill(page, form()).next is Next.SUMMARY


@pytest.mark.requirement("IOL-04")
def test_summary_confirm_or_go_back(stage):
    """«Se i dati sono corretti "conferma i tuoi dati"; altrimenti clicca su "torna indietro"»."""
    registrar = stage.registrar
    shown = registrar.fill(form_page(stage), form(MISTYPED)).draft
    assert shown.values["email"] == MISTYPED
    back = registrar.back(shown)
    assert (back.next, back.draft.values) == (Next.FILL, shown.values)
    corrected = registrar.fill(back.draft, form()).draft
    once, twice = registrar.confirm(corrected), registrar.confirm(corrected)
    assert once.account.id == twice.account.id
    assert once.next is Next.OPEN_LINK
    assert [letter.recipient for letter in stage.post()] == [PAOLA.email]


@pytest.mark.requirement("IOL-05", "IOL-06", "IOL-16")
def test_two_mails(stage):
    """«Una e-mail con un link… una seconda e-mail con le credenziali», sent right after saving."""
    registrar = stage.registrar
    account = confirmed(stage).account
    assert account.username is None
    (first,) = stage.post()
    assert "Password" not in first.text
    assert registrar.activate(first.token).next is Next.READ_MAIL
    (second,) = stage.post()
    username, temporary = second.value("Nome utente"), second.value("Password temporanea")
    assert registrar.load(account.id).username == username
    assert registrar.sign_in(username, temporary).session
    assert codes(registrar.activate, first.token) == {"token.used"}


@pytest.mark.requirement("IOL-05")
def test_without_the_link_nothing_happens(stage):
    """«Un link sul quale dovrai cliccare per confermare la registrazione»: else it expires."""
    registrar = stage.registrar
    account = confirmed(stage).account
    token = stage.letter(PAOLA.email).token
    assert codes(registrar.activate, token[:-1]) == {"token.invalid"}
    stage.wait(hours=24, seconds=1)
    assert codes(registrar.activate, token) == {"token.expired"}
    registrar.expire_due()
    assert registrar.load(account.id).state is AccountState.EXPIRED
    assert credentials(stage)


@pytest.mark.requirement("IOL-07", "IOL-08")
def test_first_access(stage):
    """«Almeno 8 caratteri e deve includere: un numero, una lettera maiuscola e una minuscola»."""
    registrar = stage.registrar
    _, username, temporary = credentials(stage)
    answer = registrar.sign_in(username, temporary)
    session = answer.session
    assert answer.next is Next.CHANGE_PASSWORD
    assert codes(registrar.enter_service, session, "iscrizioni") == {"password.change_required"}
    for typed, wrong in {
        "Scuola1": "password.too_short",
        "ScuolaScuola": "password.needs_digit",
        "scuola2021": "password.needs_upper",
        "SCUOLA2021": "password.needs_lower",
    }.items():
        assert codes(registrar.change_password, session, temporary, typed, typed) == {wrong}
    changed = registrar.change_password(session, temporary, PASSWORD, PASSWORD)
    assert changed.next is Next.USE_SERVICES


@pytest.mark.requirement("IOL-08")
def test_no_history_and_no_list_of_specials(stage):
    """The page names neither: an earlier password may return, and any special of the keyboard."""
    registrar = stage.registrar
    _, _, session = signed_in(stage)
    registrar.change_password(session, PASSWORD, "Pagella?2021=", "Pagella?2021=")
    assert registrar.change_password(session, "Pagella?2021=", PASSWORD, PASSWORD).session


@pytest.mark.requirement("IOL-09")
def test_the_changed_password_is_never_mailed(stage):
    """«Non ti verrà inviata nessuna email contenente la tua password modificata»."""
    _, username, session = signed_in(stage)
    stage.registrar.change_password(session, PASSWORD, "Quaderno2021", "Quaderno2021")
    stage.registrar.recover_username(PAOLA.email)
    stage.registrar.request_password_reset(email=PAOLA.email)
    stage.post()
    mailed = "".join(letter.message.as_string() for letter in stage.mailbox.letters())
    assert username in mailed
    assert PASSWORD not in mailed
    assert "Quaderno2021" not in mailed


# -- Domande frequenti ----------------------------------------------------------------------


@pytest.mark.requirement("IOL-10", "IOL-17")
def test_lost_password(stage):
    """«Puoi richiederla fornendo l'indirizzo di posta elettronica»; «Password dimenticata?»."""
    registrar = stage.registrar
    _, username, _ = signed_in(stage)
    stage.post()
    assert registrar.request_password_reset(email=PAOLA.email.upper()).next is Next.READ_MAIL
    temporary = stage.letter(PAOLA.email).value("Password temporanea")
    assert registrar.sign_in(username, temporary).next is Next.CHANGE_PASSWORD
    stranger = registrar.request_password_reset(email=MISTYPED)
    assert stranger.next is Next.READ_MAIL
    assert "nessuna utenza" in stage.letter(MISTYPED).subject


@pytest.mark.requirement("IOL-11")
def test_spid_instead_of_registering(stage):
    """«Se possiedi un'identità SPID è possibile accedere utilizzando queste credenziali»."""
    answer = stage.registrar.sign_in_with("spid", {"person": SERGIO.key}, service="iscrizioni")
    assert answer.next is Next.USE_SERVICES
    assert answer.destination == "iscrizioni"
    assert answer.account.email == SERGIO.email


@pytest.mark.requirement("IOL-11")
@pytest.mark.parametrize("other", ["istanze-online", "polis"])
def test_credentials_of_other_services(stage, other):
    """«…o credenziali di accesso ad altri servizi del Ministero, come "Istanze On Line"»."""
    own = {"username": BRUNO.key, "password": PASSWORD, "password_again": PASSWORD}
    card = {"document_type": "CI", "document_number": "A1", "document_expires": "2027-01-17"}
    with stage.portal(other) as portal:
        page = portal.identify(portal.begin().draft, BRUNO.codice_fiscale).draft
        typed = BRUNO.data(email=BRUNO.email, **own) | (card if other == "polis" else {})
        done = portal.confirm(portal.fill(page, typed).draft)
        portal.activate(stage.letter(BRUNO.email).token, ticket=done.ticket)
        portal.identify_in_person(
            SCHOOL,
            done.account.id,
            codice_fiscale=BRUNO.codice_fiscale,
            document_type="CI",
            document_number="A1",
            form_signed=True,
        )
    stage.clock.go_to(SERVICE_OPENS)
    answer = stage.registrar.sign_in(BRUNO.key, PASSWORD)
    assert answer.next is Next.USE_SERVICES
    assert stage.registrar.enter_service(answer.session, "iscrizioni").account.id == done.account.id


@pytest.mark.requirement("IOL-12")
def test_registration_opens_before_the_service(stage):
    """«Alcuni giorni prima dell'avvio delle iscrizioni on line a partire dal 19 dicembre 2020»."""
    registrar = stage.registrar
    stage.clock.go_to(datetime(2020, 12, 18, 22, 59, 59, tzinfo=UTC))
    assert codes(registrar.begin) == {"window.early"}
    stage.wait(seconds=1)
    assert registrar.begin().next is Next.IDENTIFY

    _, username, session = signed_in(stage)
    assert codes(registrar.enter_service, session, "iscrizioni") == {"service.early"}
    stage.clock.go_to(SERVICE_OPENS)
    session = registrar.sign_in(username, PASSWORD).session
    assert registrar.enter_service(session, "iscrizioni").next is Next.USE_SERVICES


@pytest.mark.requirement("IOL-13")
def test_the_institutional_mailbox_is_allowed(stage):
    """«Sì, puoi registrarsi anche con la casella istituzionale "@posta.istruzione.it"»."""
    assert PAOLA.email.endswith("@posta.istruzione.it")
    assert stage.registrar.fill(form_page(stage), form()).next is Next.SUMMARY
    private = form("paola@posta.example")
    assert stage.registrar.fill(form_page(stage), private).next is Next.SUMMARY


@pytest.mark.requirement("IOL-14")
def test_last_years_credentials(stage):
    """«Le credenziali ottenute lo scorso anno sono ancora valide»; else there is recovery."""
    registrar = stage.registrar
    _, username, _ = signed_in(stage)
    stage.wait(days=366)
    assert registrar.expire_due().done == 0
    assert registrar.cancel_unused().done == 0
    assert registrar.sign_in(username, PASSWORD).next is Next.USE_SERVICES
    registrar.recover_username(PAOLA.email)
    assert stage.letter(PAOLA.email).value("Nome utente") == username


@pytest.mark.requirement("IOL-15")
def test_one_account_for_all_children(stage):
    """«Con le stesse credenziali ottenute con la prima registrazione puoi iscrivere tutti»."""
    registrar = stage.registrar
    stage.clock.go_to(SERVICE_OPENS)
    account_id, _, session = signed_in(stage)
    for _child in range(3):
        assert registrar.enter_service(session, "iscrizioni").account.id == account_id

    stage.post()
    second = confirmed(stage, "paola@posta.example")
    assert second.next is Next.OPEN_LINK
    (letter,) = stage.post()
    assert letter.recipient == PAOLA.email
    assert "Hai però già una registrazione" in words(letter)
    assert [account.id for account in registrar.accounts(AccountState.ACTIVE).items] == [account_id]


@pytest.mark.requirement("IOL-18")
def test_lost_username(stage):
    """«Devi accedere alla pagina di login e cliccare su "Username dimenticato?"»."""
    _, username, _ = signed_in(stage)
    assert stage.registrar.recover_username(PAOLA.email).next is Next.READ_MAIL
    assert stage.letter(PAOLA.email).value("Nome utente") == username
    stage.registrar.recover_username(MISTYPED)
    assert username not in stage.letter(MISTYPED).text


@pytest.mark.requirement("IOL-19")
def test_new_registration_with_the_same_code(stage):
    """«Puoi ripetere la registrazione con il tuo codice fiscale: "NUOVA REGISTRAZIONE"»."""
    registrar = stage.registrar
    wrong = confirmed(stage, MISTYPED).account
    lost = stage.letter(MISTYPED).token
    account_id, username, temporary = credentials(stage)
    assert registrar.sign_in(username, temporary).account.id == account_id
    assert registrar.load(wrong.id) is None
    assert codes(registrar.activate, lost) == {"token.used"}


@pytest.mark.requirement("IOL-19")
def test_new_registration_while_the_credentials_are_unused(stage):
    """The link was opened, but nobody ever came in: the code can still be registered anew."""
    registrar = stage.registrar
    first = confirmed(stage, MISTYPED).account
    registrar.activate(stage.letter(MISTYPED).token)
    strangers = stage.letter(MISTYPED)
    account_id, username, temporary = credentials(stage)
    assert registrar.sign_in(username, temporary).account.id == account_id
    assert registrar.load(first.id).state is AccountState.CANCELLED
    assert codes(
        registrar.sign_in, strangers.value("Nome utente"), strangers.value("Password temporanea")
    ) == {"sign_in.failed"}


@pytest.mark.requirement("IOL-20")
def test_no_mail_came(stage):
    """«Puoi provare, in sequenza, il "Recupero del nome utente" e il "Recupero password"»."""
    registrar = stage.registrar
    confirmed(stage)
    first = stage.letter(PAOLA.email)
    registrar.activate(first.token)
    lost = stage.letter(PAOLA.email)
    registrar.recover_username(PAOLA.email)
    username = stage.letter(PAOLA.email).value("Nome utente")
    registrar.request_password_reset(email=PAOLA.email)
    temporary = stage.letter(PAOLA.email).value("Password temporanea")
    assert username == lost.value("Nome utente")
    assert registrar.sign_in(username, temporary).next is Next.CHANGE_PASSWORD
    assert "“Spam” o “Antispam”" in words(first)


@pytest.mark.requirement("IOL-21", "IOL-23")
def test_the_person_updates_contacts(stage):
    """«I recapiti telefonici, documento, residenza e domicilio… puoi aggiornarli»."""
    registrar = stage.registrar
    _, username, session = signed_in(stage)
    contacts = {
        "mobile_phone": "+39 333 000 0000",
        "document_type": "Carta d'identità",
        "document_number": "ca 00000 aa",
        "document_issuer": "Comune di Verona",
        "document_expires": "2029-03-08",
        "residence_address": "Via dei Tigli 1",
        "residence_place": "Verona",
        "residence_cap": "37100",
        "domicile_address": "Via degli Olmi 2",
        "domicile_place": "Padova",
        "domicile_cap": "35100",
    }
    updated = registrar.update_contacts(session, contacts).account
    kept = contacts | {"mobile_phone": "+393330000000", "document_number": "CA00000AA"}
    assert {name: updated.values[name] for name in contacts} == kept
    assert registrar.export_account(session=session).export["values"]["domicile_place"] == "Padova"
    emptied = registrar.update_contacts(session, {"mobile_phone": ""}).account
    assert "mobile_phone" not in emptied.values
    assert codes(registrar.update_contacts, session, {"mobile_phone": "boh"}) == {"phone.malformed"}
    assert registrar.sign_in(username, PASSWORD).account.values["residence_cap"] == "37100"


@pytest.mark.requirement("IOL-21")
def test_the_person_updates_the_address(stage):
    """«…e di indirizzo di posta elettronica»: it counts once its own link is used."""
    registrar = stage.registrar
    _, username, session = signed_in(stage)
    stage.post()
    new = "paola@posta.example"
    assert codes(registrar.change_email, session, new, MISTYPED, password=PASSWORD) == {
        "email.again_different"
    }
    assert codes(registrar.change_email, session, new, new, password="Sbagliata1") == {
        "password.old_wrong"
    }
    registrar.change_email(session, new, new, password=PASSWORD)
    token = stage.letter(new).token
    assert registrar.sign_in(username, PASSWORD).account.email == PAOLA.email
    assert registrar.activate(token).account.email == new
    assert "indirizzo modificato" in stage.letter(PAOLA.email).subject
    registrar.recover_username(new)
    assert stage.letter(new).value("Nome utente") == username


@pytest.mark.requirement("IOL-22")
@pytest.mark.parametrize("name", ["name", "surname", "birth_date", "birth_place", "sex"])
def test_other_data_are_the_schools(stage, name):
    """«Occorre rivolgersi alla scuola di destinazione e segnalare l'errore»."""
    registrar = stage.registrar
    _, _, session = signed_in(stage)
    refusal = refusal_of(registrar.update_contacts, session, {name: PAOLA.data()[name]})
    assert refusal.codes == ("data.school_only",)
    assert help_with(registrar.profile, refusal).text.it == (
        "Rivolgiti alla scuola di destinazione e segnala l'errore."
    )


@pytest.mark.requirement("IOL-22")
def test_the_school_corrects_later(stage):
    """«La scuola potrà modificare il dato solo successivamente, sui propri sistemi»."""
    registrar = stage.registrar
    account = confirmed(stage, surname="Montresor Gali").account
    correction = ({"surname": PAOLA.surname}, "Visto il documento.")
    assert codes(registrar.correct_data, SECRETARIAT, account.id, *correction) == {
        "account.awaiting_link"
    }
    registrar.activate(stage.letter(PAOLA.email).token)
    assert codes(registrar.correct_data, SCHOOL, account.id, *correction) == {
        "operator.not_allowed"
    }
    corrected = registrar.correct_data(HELP_DESK, account.id, *correction).account
    assert corrected.values["surname"] == PAOLA.surname
    assert "dati corretti" in stage.letter(PAOLA.email).subject
