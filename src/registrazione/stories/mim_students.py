"""Circolare n. 117: students register at the ministry's portal, and the secretariat enables them.

From 16 November 2023, when the news on the portal's first page is of that day, to 22 December.
"""

from __future__ import annotations

from datetime import UTC, datetime

from registrazione.core.answer import Answer, Next
from registrazione.core.draft import Draft
from registrazione.core.states import AccountState
from registrazione.stories.base import SECRETARIAT, TICKED, Stage
from registrazione.stories.people import GIULIA, LENA, OMAR
from registrazione.testing.people import Person

BEGINS = datetime(2023, 11, 16, 8, 0, tzinfo=UTC)

_CONSENTS = ("terms", "privacy")
_PASSWORDS = ("Aurora2023!", "Boreale2023!", "Tramonto2023!")
_ITALY = {"birth_nation": "Italia", "birth_region": "Sicilia", "birth_province": "Palermo"}


def play(stage: Stage) -> str:
    """Play the notice and its guide, from part A to part G."""
    draft = _step_one(stage)
    account_id = _register(stage, draft)
    _enable(stage, account_id)
    session = _first_access(stage)
    _services(stage, session)
    _last_five(stage)
    _reset(stage)
    _with_spid(stage)
    _with_eidas(stage)
    _too_late(stage)
    return account_id


def _form(person: Person, **more: str) -> dict[str, str]:
    """Return what a student types into the form of part C."""
    return person.data(**_ITALY, email=person.email, email_again=person.email, **more)


def _step_one(stage: Stage) -> Draft:
    registrar = stage.registrar
    stage.scene("A. Accesso al portale")
    stage.step("Dalla pagina di login: «Sei un nuovo utente? Registrati»", "MIM-03", "MIM-07")
    draft = stage.page(registrar.begin(), Next.NOTICE)
    stage.step("Legge l'avviso e sceglie «Procedi con la registrazione»", "MIM-09")
    draft = stage.page(registrar.acknowledge_notice(draft), Next.IDENTIFY)

    stage.scene("B. Passaggio 1: riconoscimento con codice fiscale")
    wrong = GIULIA.codice_fiscale.replace("06", "O6")
    stage.step(
        "Scrive la lettera O al posto dello zero e non dice di non essere un robot", "MIM-11"
    )
    with stage.refused("cf.forma", "human.failed"):
        registrar.identify(draft, wrong)
    stage.step("Inserisce il codice fiscale e seleziona «Non sono un robot»", "MIM-11", "MIM-12")
    identified = registrar.identify(draft, GIULIA.codice_fiscale, human_response=TICKED)
    return stage.page(identified, Next.FILL)


def _register(stage: Stage, draft: Draft) -> str:
    registrar = stage.registrar
    stage.scene("C. Passaggio 2: dati personali")
    stage.step(
        "Dimentica il cognome, usa la mail istituzionale, la conferma è diversa, non accetta nulla",
        *("MIM-14", "MIM-16", "MIM-17", "MIM-18", "MIM-19", "MIM-22"),
    )
    with stage.refused("input.missing", "email.domain_excluded", "email.again_different"):
        registrar.fill(
            draft,
            _form(GIULIA) | {"surname": "", "email": "giulia.ferrantini@istruzione.it"},
        )
    stage.step("Prova a cambiare il codice fiscale: «Non modificabile»", "MIM-13")
    with stage.refused("input.unknown_field"):
        registrar.fill(draft, _form(GIULIA, cf=OMAR.codice_fiscale), consents=_CONSENTS)
    stage.step("Compila il form, accetta le condizioni, prende visione della privacy", "MIM-14")
    filled = registrar.fill(draft, _form(GIULIA), consents=_CONSENTS)

    stage.scene("D. Passaggio 3: riepilogo")
    draft = stage.page(filled, Next.SUMMARY)
    stage.step("«Torna indietro»: i dati ci sono ancora", "MIM-21")
    draft = stage.page(registrar.back(draft), Next.FILL)
    stage.expect(draft.values["surname"] == GIULIA.surname, "the data are gone")
    draft = stage.page(registrar.fill(draft, _form(GIULIA), consents=_CONSENTS), Next.SUMMARY)
    stage.step("Conferma i dati: deve attendere che la Segreteria abiliti l'utenza", "MIM-23")
    confirmed = stage.reached(registrar.confirm(draft), Next.WAIT_FOR_SECRETARIAT)
    stage.expect(not stage.post(), "a letter came before the secretariat looked")
    return stage.account_id(confirmed)


def _enable(stage: Stage, account_id: str) -> None:
    registrar = stage.registrar
    stage.wait(days=1)
    stage.scene("E. La Segreteria")
    stage.step("Lo stesso nome è arrivato due volte: la Segreteria non accoglie la copia", "MIM-24")
    copy = _stranger(stage)
    registrar.reject(SECRETARIAT, copy, "Non risulta iscritta alcuna studentessa con questi dati.")
    stage.letter("scherzo@posta.example")
    stage.step("La Segreteria abilita l'utenza; parte la mail automatica", "MIM-24", "MIM-25")
    waiting = registrar.accounts(AccountState.AWAITING_SECRETARIAT).items
    stage.expect(account_id in {account.id for account in waiting}, "the queue is wrong")
    stage.reached(registrar.approve(SECRETARIAT, account_id), Next.READ_MAIL)


def _stranger(stage: Stage) -> str:
    """Register somebody with Giulia's code and another mailbox; it can come to nothing."""
    registrar = stage.registrar
    draft = stage.page(registrar.begin(), Next.NOTICE)
    draft = stage.page(registrar.acknowledge_notice(draft), Next.IDENTIFY)
    identified = registrar.identify(draft, GIULIA.codice_fiscale, human_response=TICKED)
    draft = stage.page(identified, Next.FILL)
    mailbox = {"email": "scherzo@posta.example", "email_again": "scherzo@posta.example"}
    filled = registrar.fill(draft, _form(GIULIA) | mailbox, consents=_CONSENTS)
    return stage.account_id(registrar.confirm(stage.page(filled, Next.SUMMARY)))


def _first_access(stage: Stage) -> str:
    registrar = stage.registrar
    stage.step("Riceve nome utente e password temporanea", "MIM-26")
    letter = stage.letter(GIULIA.email)
    username, temporary = letter.value("Nome utente"), letter.value("Password temporanea")

    stage.scene("F. Login e cambio password obbligatorio")
    stage.step("Vuole andare alla piattaforma PCTO: prima va cambiata la password", "MIM-27")
    answer = registrar.sign_in(username, temporary, service="pcto")
    session = stage.reached(answer, Next.CHANGE_PASSWORD).session
    with stage.refused("password.change_required"):
        registrar.enter_service(session, "pcto")
    stage.step("La nuova password è corta e senza maiuscole", "MIM-32", "MIM-33", "MIM-37")
    with stage.refused("password.too_short", "password.needs_upper"):
        registrar.change_password(session, temporary, "corta1", "corta1")
    stage.step("Senza minuscole e senza numeri", "MIM-34", "MIM-35")
    with stage.refused("password.needs_lower", "password.needs_digit"):
        registrar.change_password(session, temporary, "SOLOMAIUSCOLE", "SOLOMAIUSCOLE")
    stage.step("Con un carattere speciale che non è ! @ # $ %, e la conferma diversa", "MIM-36")
    with stage.refused("password.special", "password.mismatch"):
        registrar.change_password(session, temporary, "Aurora?2023", "Aurora!2023")
    stage.step("Vecchia, nuova, conferma: e arriva dove voleva andare", "MIM-29", "MIM-30")
    new = _PASSWORDS[0]
    changed = stage.reached(
        registrar.change_password(session, temporary, new, new), Next.USE_SERVICES
    )
    stage.expect(changed.destination == "pcto", "the page first asked for is lost")
    return session


def _services(stage: Stage, session: str) -> None:
    registrar = stage.registrar
    stage.scene("G. Accesso ai servizi")
    stage.step("Con una sola registrazione: PCTO, Curriculum, Pago In Rete", "MIM-04", "MIM-39")
    entered = registrar.enter_service(session, "curriculum-studente")
    names = {offer.name for offer in entered.services if offer.open}
    stage.expect(names == {"pcto", "curriculum-studente", "pago-in-rete"}, "services are missing")
    stage.step("Clicca sulla stella di Pago In Rete: ora ha un elenco di preferiti", "MIM-40")
    starred = registrar.set_favourite(session, "pago-in-rete", on=True)
    names = {offer.name for offer in starred.services if offer.favourite}
    stage.expect(names == {"pago-in-rete"}, "the list of favourites is another one")
    stage.step("Nel profilo vede i dati personali, i consensi e lo Storico", "MIM-38", "MIM-20")
    export = registrar.export_account(session=session).export
    stage.expect(export["codice_fiscale"] == GIULIA.codice_fiscale, "the export is incomplete")
    stage.expect(registrar.history(session=session).history, "the history is empty")
    stage.step("«Esci»", "MIM-42")
    stage.reached(registrar.sign_out(session), Next.SIGN_IN)
    with stage.refused("session.ended"):
        registrar.enter_service(session, "pcto")


def _last_five(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("F. Ancora il cambio password")
    stage.step("Un'altra password; quella di prima è tra le ultime cinque", "MIM-31")
    session = _sign_in(stage, _PASSWORDS[0]).session
    registrar.change_password(session, _PASSWORDS[0], _PASSWORDS[1], _PASSWORDS[1])
    with stage.refused("password.reused"):
        registrar.change_password(session, _PASSWORDS[1], _PASSWORDS[0], _PASSWORDS[0])
    stage.post()


def _sign_in(stage: Stage, password: str) -> Answer:
    return stage.registrar.sign_in(
        stage.mailbox.letters(GIULIA.email)[0].value("Nome utente"), password
    )


def _reset(stage: Stage) -> None:
    registrar = stage.registrar
    stage.step("Ha dimenticato la password: ne arriva una temporanea, da cambiare", "MIM-28")
    registrar.request_password_reset(email=GIULIA.email)
    temporary = stage.letter(GIULIA.email).value("Password temporanea")
    answer = stage.reached(_sign_in(stage, temporary), Next.CHANGE_PASSWORD)
    with stage.refused("password.reused"):
        registrar.change_password(answer.session, temporary, _PASSWORDS[1], _PASSWORDS[1])
    registrar.change_password(answer.session, temporary, _PASSWORDS[2], _PASSWORDS[2])
    stage.post()


def _with_spid(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Chi ha attivato lo SPID")
    stage.step("Entra con SPID: occorre solo integrare i dati mancanti", "MIM-02", "MIM-06")
    answer = registrar.sign_in_with("spid", {"person": OMAR.key}, service="curriculum-studente")
    stage.reached(answer, Next.COMPLETE_DATA)
    stage.expect(not answer.missing, "the place of birth does not tell the nation")
    with stage.refused("consent.accept", "consent.acknowledge"):
        registrar.complete_data(answer.ticket, {})
    stage.step("Li conferma: l'utenza è attiva, senza password", "MIM-06")
    done = registrar.complete_data(answer.ticket, {}, consents=_CONSENTS)
    stage.reached(done, Next.USE_SERVICES)
    stage.post()


def _with_eidas(stage: Stage) -> None:
    stage.step("Chi viene da un altro Paese: «Login with eIDAS»", "MIM-08")
    registrar = stage.registrar
    answer = stage.reached(
        registrar.sign_in_with("eidas", {"person": LENA.key}), Next.COMPLETE_DATA
    )
    abroad = {"birth_region": "", "birth_province": ""}
    typed = LENA.data(birth_nation="Germania", **abroad, cf=LENA.codice_fiscale)
    typed |= {"email": LENA.email, "email_again": LENA.email}
    wanted = {name: typed[name] for name in answer.missing}
    done = registrar.complete_data(answer.ticket, wanted, consents=_CONSENTS)
    stage.reached(done, Next.USE_SERVICES)
    stage.post()


def _too_late(stage: Stage) -> None:
    stage.clock.go_to(datetime(2023, 12, 22, 23, 0, tzinfo=UTC))
    stage.scene("Dopo il 22.12.2023")
    stage.step("La registrazione andava completata entro il 22.12.2023", "MIM-03", "MIM-41")
    with stage.refused("window.late"):
        stage.registrar.begin()
    stage.step("Chi è registrato continua ad accedere", "MIM-04")
    stage.reached(_sign_in(stage, _PASSWORDS[2]), Next.USE_SERVICES)
