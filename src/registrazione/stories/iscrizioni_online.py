"""Iscrizioni on line: a mother registers for her children, in December 2020 and a year later."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from registrazione.core.answer import Answer, Next
from registrazione.core.draft import Draft
from registrazione.stories.base import SCHOOL, SECRETARIAT, TICKED, Stage
from registrazione.stories.people import BRUNO, PAOLA, SERGIO
from registrazione.testing.people import Person

BEGINS = datetime(2020, 12, 18, 9, 0, tzinfo=UTC)

_OPENING = datetime(2020, 12, 19, 8, 0, tzinfo=UTC)
_SERVICE_OPENS = datetime(2021, 1, 4, 7, 0, tzinfo=UTC)
_MISTYPED = "paola.montresro@posta.istruzione.it"
# She leaves out a letter; the codice fiscale takes no notice of it.
_IN_HASTE = attrs.evolve(PAOLA, surname="Montresor Gali")
_FIRST, _SECOND = "Pagella2021", "Quaderno2021"


def play(stage: Stage) -> str:
    """Play the page "Come registrarsi" and its frequent questions."""
    _too_early(stage)
    _wrong_address(stage)
    username, temporary = _new_registration(stage)
    account_id = _first_access(stage, username, temporary)
    _service_opens(stage, username)
    _data(stage, username, account_id)
    _lost_credentials(stage, username)
    _only_one_account(stage)
    _other_credentials(stage)
    _next_year(stage, username)
    return account_id


def _too_early(stage: Stage) -> None:
    stage.scene("Alcuni giorni prima dell'avvio")
    stage.step("Prova a registrarsi il 18 dicembre 2020", "IOL-12")
    with stage.refused("window.early"):
        stage.registrar.begin()
    stage.clock.go_to(_OPENING)


def _form(person: Person, email: str) -> dict[str, str]:
    """Return the form with personal data and the address typed twice."""
    return person.data(email=email, email_again=email)


def _identified(stage: Stage, person: Person) -> Draft:
    """Return the form after the first page."""
    registrar = stage.registrar
    draft = stage.page(registrar.begin(), Next.IDENTIFY)
    answer = registrar.identify(draft, person.codice_fiscale, human_response=TICKED)
    return stage.page(answer, Next.FILL)


def _registered(stage: Stage, person: Person, email: str) -> Answer:
    """Return what follows from a form filled in without a fault."""
    registrar = stage.registrar
    draft = stage.page(
        registrar.fill(_identified(stage, person), _form(person, email)), Next.SUMMARY
    )
    return stage.reached(registrar.confirm(draft), Next.OPEN_LINK)


def _wrong_address(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Come registrarsi")
    stage.step(
        "Clicca su «Registrati», scrive il codice fiscale, non seleziona la casella", "IOL-02"
    )
    draft = stage.page(registrar.begin(), Next.IDENTIFY)
    with stage.refused("human.failed"):
        registrar.identify(draft, PAOLA.codice_fiscale)
    stage.step("Seleziona «Non sono un robot»", "IOL-02")
    draft = _identified(stage, PAOLA)
    stage.step("Dati anagrafici; le due e-mail sono diverse", "IOL-03")
    with stage.refused("email.again_different"):
        registrar.fill(draft, _form(PAOLA, _MISTYPED) | {"email_again": PAOLA.email})
    stage.step("Le corregge: ora sono uguali, ma sbagliate", "IOL-03", "IOL-13")
    draft = stage.page(registrar.fill(draft, _form(PAOLA, _MISTYPED)), Next.SUMMARY)
    stage.step("Legge il riepilogo, torna indietro, torna avanti e conferma", "IOL-04")
    draft = stage.page(registrar.back(draft), Next.FILL)
    draft = stage.page(registrar.fill(draft, _form(PAOLA, _MISTYPED)), Next.SUMMARY)
    stage.reached(registrar.confirm(draft), Next.OPEN_LINK)
    stage.step("L'e-mail con il link va a un indirizzo che non è il suo", "IOL-05")
    stage.letter(_MISTYPED)


def _new_registration(stage: Stage) -> tuple[str, str]:
    registrar = stage.registrar
    lost = stage.mailbox.letters(_MISTYPED)[-1]
    stage.scene("«NUOVA REGISTRAZIONE»")
    stage.wait(hours=3)
    stage.step("Ripete la registrazione con lo stesso codice fiscale", "IOL-19")
    _registered(stage, _IN_HASTE, PAOLA.email)
    stage.step("Prima e-mail: clicca sul link per confermare la registrazione", "IOL-05", "IOL-13")
    first = stage.letter(PAOLA.email)
    stage.reached(registrar.activate(first.token), Next.READ_MAIL)
    stage.step("Seconda e-mail, subito: nome utente e password", "IOL-06", "IOL-16")
    letter = stage.letter(PAOLA.email)
    stage.step("Il link finito nella casella sbagliata non vale più", "IOL-19")
    with stage.refused("token.used"):
        registrar.activate(lost.token)
    return letter.value("Nome utente"), letter.value("Password temporanea")


def _first_access(stage: Stage, username: str, temporary: str) -> str:
    registrar = stage.registrar
    stage.scene("Primo accesso")
    stage.step("Al primo accesso deve cambiare la password ricevuta", "IOL-07")
    answer = registrar.sign_in(username, temporary, service="iscrizioni")
    session = stage.reached(answer, Next.CHANGE_PASSWORD).session
    stage.step("Almeno 8 caratteri, con un numero, una maiuscola e una minuscola", "IOL-08")
    with stage.refused("password.too_short", "password.needs_upper", "password.needs_digit"):
        registrar.change_password(session, temporary, "scuola", "scuola")
    stage.step("La cambia; la password modificata non arriva per e-mail", "IOL-08", "IOL-09")
    registrar.change_password(session, temporary, _FIRST, _FIRST)
    stage.letter(PAOLA.email)
    mailed = "".join(letter.text for letter in stage.mailbox.letters())
    stage.expect(_FIRST not in mailed, "the changed password was mailed")
    return stage.account_id(answer)


def _service_opens(stage: Stage, username: str) -> None:
    registrar = stage.registrar
    stage.scene("L'avvio delle iscrizioni")
    stage.step("Il servizio non è ancora aperto", "IOL-12")
    session = registrar.sign_in(username, _FIRST).session
    with stage.refused("service.early"):
        registrar.enter_service(session, "iscrizioni")
    stage.clock.go_to(_SERVICE_OPENS)
    stage.step("4 gennaio 2021: iscrive il primo figlio, e poi il secondo", "IOL-15")
    session = registrar.sign_in(username, _FIRST).session
    for _child in range(2):
        stage.reached(registrar.enter_service(session, "iscrizioni"), Next.USE_SERVICES)


def _data(stage: Stage, username: str, account_id: str) -> None:
    registrar = stage.registrar
    stage.scene("«Aggiorna dati di registrazione»")
    session = registrar.sign_in(username, _FIRST).session
    stage.step("Aggiorna telefono, documento, residenza e domicilio", "IOL-21", "IOL-23")
    contacts = {
        "mobile_phone": "+39 333 0000000",
        "document_type": "Carta d'identità",
        "document_number": "CA00000AA",
        "residence_address": "Via dei Tigli 1",
        "domicile_address": "Via dei Tigli 1",
    }
    kept = stage.account(registrar.update_contacts(session, contacts)).values
    stage.expect(kept["mobile_phone"] == "+393330000000", "the phone is not kept")
    stage.step("Il cognome è sbagliato: occorre rivolgersi alla scuola", "IOL-22")
    with stage.refused("data.school_only"):
        registrar.update_contacts(session, {"surname": PAOLA.surname})
    stage.step("La scuola lo modifica successivamente, sui propri sistemi", "IOL-22")
    registrar.correct_data(
        SECRETARIAT, account_id, {"surname": PAOLA.surname}, "Come da documento."
    )
    stage.letter(PAOLA.email)


def _lost_credentials(stage: Stage, username: str) -> None:
    registrar = stage.registrar
    stage.scene("Credenziali smarrite")
    stage.step("«Username dimenticato?»", "IOL-18", "IOL-20")
    registrar.recover_username(PAOLA.email)
    letter = stage.letter(PAOLA.email)
    stage.expect(letter.value("Nome utente") == username, "this is another username")
    stage.step("«Password dimenticata?»: fornisce l'indirizzo", "IOL-10", "IOL-17", "IOL-20")
    registrar.request_password_reset(email=PAOLA.email)
    temporary = stage.letter(PAOLA.email).value("Password temporanea")
    answer = stage.reached(registrar.sign_in(username, temporary), Next.CHANGE_PASSWORD)
    registrar.change_password(answer.session, temporary, _SECOND, _SECOND)
    stage.post()


def _only_one_account(stage: Stage) -> None:
    stage.step("Vuole registrarsi anche per il secondo figlio: una registrazione basta", "IOL-15")
    _registered(stage, PAOLA, PAOLA.email)
    letter = stage.letter(PAOLA.email)
    stage.expect("hai già una registrazione" in letter.subject, "a second account was made")


def _other_credentials(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Altre credenziali")
    stage.step("Il padre possiede un'identità SPID: non deve registrarsi", "IOL-11")
    answer = registrar.sign_in_with("spid", {"person": SERGIO.key}, service="iscrizioni")
    stage.reached(answer, Next.USE_SERVICES)
    stage.post()
    stage.step("Un docente ha le credenziali di «Istanze On Line»", "IOL-11")
    with stage.portal("polis") as polis:
        draft = stage.page(polis.begin(), Next.IDENTIFY)
        draft = stage.page(polis.identify(draft, BRUNO.codice_fiscale), Next.FILL)
        draft = stage.page(polis.fill(draft, _of_a_teacher()), Next.CONFIRM)
        confirmed = polis.confirm(draft)
        token = stage.letter(BRUNO.email).token
        stage.reached(polis.activate(token, ticket=confirmed.ticket), Next.GO_IN_PERSON)
        polis.identify_in_person(
            SCHOOL,
            stage.account_id(confirmed),
            codice_fiscale=BRUNO.codice_fiscale,
            document_type="Carta d'identità",
            document_number="CA11111BB",
            form_signed=True,
        )
    stage.step("Le stesse credenziali aprono «Iscrizioni on line»", "IOL-11")
    stage.reached(registrar.sign_in("bruno.scarpellini", _FIRST), Next.USE_SERVICES)


def _of_a_teacher() -> dict[str, str]:
    """Return the form of the other portal, which asks for a document and own credentials."""
    return BRUNO.data(
        email=BRUNO.email,
        document_type="Carta d'identità",
        document_number="CA11111BB",
        document_expires="2027-07-19",
        username="bruno.scarpellini",
        password=_FIRST,
        password_again=_FIRST,
    )


def _next_year(stage: Stage, username: str) -> None:
    stage.clock.go_to(datetime(2022, 1, 4, 8, 0, tzinfo=UTC))
    stage.scene("Un anno dopo")
    stage.step("Le credenziali dello scorso anno sono ancora valide", "IOL-14")
    stage.registrar.expire_due()
    stage.reached(stage.registrar.sign_in(username, _SECOND), Next.USE_SERVICES)
