"""POLIS Istanze OnLine, 2020: a teacher registers and is enabled; two others use SPID for it.

From the spring of 2020 to September, when the password has expired and a service opens.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import attrs

from registrazione.core.answer import Answer, Next
from registrazione.core.profile import Profile, Service, Window
from registrazione.profiles import load
from registrazione.stories.base import SCHOOL, TICKED, Stage
from registrazione.stories.people import DARIA, ELENA, IRENE, NADIA, SERGIO
from registrazione.testing.people import Person

BEGINS = datetime(2020, 3, 2, 8, 0, tzinfo=UTC)

_SEPTEMBER = datetime(2020, 9, 1, 6, 0, tzinfo=UTC)
_NEW_YEAR = datetime(2020, 12, 31, 23, 0, tzinfo=UTC)
_WARNED = datetime(2020, 8, 17, 6, 0, tzinfo=UTC)
_PASSWORD, _NEXT_PASSWORD = "Cattedra2020", "Cattedra2021"
_CODE, _NEXT_CODE = "Registro2020", "Registro2021"
_DIGEST = sha256(b"Domanda di mobilita").hexdigest()
_CARD = {
    "document_type": "Carta d'identità",
    "document_number": "CA22222CC",
    "document_expires": "2027-02-03",
}


def profile() -> Profile:
    """Return the procedure with one service open from September to December, as in that year."""
    procedure = load("polis")
    services = tuple(_in_autumn(service) for service in procedure.services)
    return attrs.evolve(procedure, services=services)


def _in_autumn(service: Service) -> Service:
    """Return the service, with its period if it is the recognition of earlier years."""
    if service.name != "ricostruzione-carriera":
        return service
    return attrs.evolve(service, window=Window(opens=_SEPTEMBER, closes=_NEW_YEAR))


def play(stage: Stage) -> str:
    """Play the guide: registration, enabling, applications, own data, help, an expired password."""
    confirmed = _register(stage)
    account_id = stage.account_id(confirmed)
    temporary_code = _receipt(stage, confirmed)
    _not_enabled_yet(stage, account_id)
    _change_code(stage, temporary_code)
    _apply(stage)
    _recover_code(stage)
    _own_data(stage)
    _enabled_with_spid(stage)
    _newcomer_with_spid(stage)
    _from_another_service(stage)
    _services(stage)
    _expiry(stage)
    return account_id


def _form(person: Person, **more: str) -> dict[str, str]:
    """Return the form, with the data of a document and own credentials."""
    own = {"username": person.key, "password": _PASSWORD, "password_again": _PASSWORD}
    return person.data(email=person.email, category="docente", **_CARD, **own) | more


def _sign_in(stage: Stage, password: str = _PASSWORD) -> str:
    """Return a session of Elena's."""
    return stage.registrar.sign_in(ELENA.key, password).session


def _register(stage: Stage) -> Answer:
    registrar = stage.registrar
    stage.scene("Come registrarsi")
    stage.step("«Accedi», poi «Sei un nuovo utente? Registrati»", "POL-10", "POL-12")
    draft = stage.page(registrar.begin(), Next.IDENTIFY)
    draft = stage.page(registrar.identify(draft, ELENA.codice_fiscale), Next.FILL)
    stage.step("Non ha sottomano il documento di riconoscimento", "POL-06")
    with stage.refused("input.missing"):
        registrar.fill(draft, _form(ELENA, document_number="", document_expires=""))
    stage.step("Compila il modulo; la sua casella è personale e privata", "POL-05", "POL-13")
    draft = stage.page(registrar.fill(draft, _form(ELENA)), Next.CONFIRM)
    return stage.reached(registrar.confirm(draft), Next.OPEN_LINK)


def _receipt(stage: Stage, confirmed: Answer) -> str:
    stage.step("Ottiene il codice personale temporaneo e il modulo di adesione", "POL-07")
    letter = stage.letter(ELENA.email)
    stage.expect("MODULO DI ADESIONE" in letter.text, "there is no form to print")
    stage.step("Segue il link per la conferma della ricezione", "POL-07")
    answer = stage.registrar.activate(letter.token, ticket=confirmed.ticket)
    stage.reached(answer, Next.GO_IN_PERSON)
    return letter.value("Codice personale temporaneo")


def _not_enabled_yet(stage: Stage, account_id: str) -> None:
    registrar = stage.registrar
    stage.step("È registrata, ma non abilitata", "POL-02", "POL-10", "POL-16")
    with stage.refused("account.awaiting_presence"):
        _sign_in(stage)
    stage.wait(days=3)
    stage.scene("Riconoscimento presso una segreteria scolastica")
    stage.step("Va in una segreteria qualsiasi, con documento, codice e modulo", "POL-04", "POL-07")
    registrar.identify_in_person(
        SCHOOL,
        account_id,
        codice_fiscale=ELENA.codice_fiscale,
        document_type=_CARD["document_type"],
        document_number=_CARD["document_number"],
        form_signed=True,
    )
    stage.step("Riceve la mail di avvenuta attivazione dell'utenza", "POL-07")
    stage.letter(ELENA.email)


def _change_code(stage: Stage, temporary: str) -> None:
    registrar = stage.registrar
    stage.scene("Modifica del codice personale")
    stage.step("Accede e deve impostare un codice alfanumerico", "POL-07")
    answer = stage.reached(registrar.sign_in(ELENA.key, _PASSWORD), Next.CHANGE_PERSONAL_CODE)
    with stage.refused("personal_code.character", "personal_code.needs_digit"):
        registrar.change_personal_code(answer.session, temporary, "tutto-lettere", "tutto-lettere")
    stage.step("…diverso dalla password", "POL-07")
    with stage.refused("personal_code.same_as_password"):
        registrar.change_personal_code(answer.session, temporary, _PASSWORD, _PASSWORD)
    stage.step("Lo imposta: ora è abilitata e arriva alla sua home page", "POL-07", "POL-10")
    changed = registrar.change_personal_code(answer.session, temporary, _CODE, _CODE)
    stage.reached(changed, Next.USE_SERVICES)
    stage.post()


def _apply(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Presentazione della domanda")
    session = _sign_in(stage)
    stage.step("Al termine le viene chiesto il codice personale, e lo sbaglia", "POL-03")
    with stage.refused("personal_code.wrong"):
        registrar.authorise_submission(session, "Sbagliato1", service="istanze", digest=_DIGEST)
    stage.step("Conferma l'inoltro con il codice personale", "POL-03", "POL-08")
    signed = registrar.authorise_submission(session, _CODE, service="istanze", digest=_DIGEST)
    stage.step("L'ufficio verifica la ricevuta; per un'altra domanda non vale", "POL-03")
    other = sha256(b"Un'altra domanda").hexdigest()
    genuine = registrar.verify_receipt(signed.receipt, service="istanze", digest=_DIGEST)
    forged = registrar.verify_receipt(signed.receipt, service="istanze", digest=other)
    stage.expect(genuine is not None and forged is None, "the receipt proves the wrong thing")


def _recover_code(stage: Stage) -> None:
    registrar = stage.registrar
    stage.step("Ha smarrito il codice: lo recupera dalla sua pagina personale", "POL-09")
    session = _sign_in(stage)
    stage.reached(registrar.recover_personal_code(session), Next.READ_MAIL)
    temporary = stage.letter(ELENA.email).value("Codice personale temporaneo")
    with stage.refused("personal_code.change_required"):
        registrar.authorise_submission(session, temporary, service="istanze", digest=_DIGEST)
    registrar.change_personal_code(session, temporary, _NEXT_CODE, _NEXT_CODE)
    stage.post()


def _own_data(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("La nuova area riservata")
    session = _sign_in(stage)
    stage.step("In qualsiasi momento modifica i propri dati", "POL-08", "POL-11")
    registrar.update_contacts(session, {"mobile_phone": "+39 333 0000000"})
    stage.step("Ora ha anche un indirizzo istituzionale: diventa quello di riferimento", "POL-14")
    institutional, personal = "elena.tassoni@posta.istruzione.it", "elena.t@posta.example"
    registrar.change_email(session, institutional, password=_PASSWORD)
    registrar.activate(stage.letter(institutional).token)
    stage.post()
    stage.step(
        "Imposta un'altra email personale: di riferimento resta la prima", "POL-11", "POL-14"
    )
    registrar.change_email(_sign_in(stage), personal, password=_PASSWORD)
    kept = stage.account(registrar.activate(stage.letter(personal).token)).email
    stage.expect(kept == institutional, "the institutional address is not the reference any more")
    stage.letter(institutional)


def _enabled_with_spid(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Abilitazione con SPID")
    stage.step("Un'altra docente si registra e conferma la ricezione", "POL-07")
    draft = stage.page(registrar.begin(), Next.IDENTIFY)
    draft = stage.page(registrar.identify(draft, DARIA.codice_fiscale), Next.FILL)
    confirmed = registrar.confirm(stage.page(registrar.fill(draft, _form(DARIA)), Next.CONFIRM))
    letter = stage.letter(DARIA.email)
    registrar.activate(letter.token, ticket=confirmed.ticket)
    stage.step("Accede: è registrata ma non abilitata, e prosegue con la procedura", "POL-10")
    with stage.refused("account.awaiting_presence") as caught:
        registrar.sign_in(DARIA.key, _PASSWORD)
    stage.step("Lo SPID di un'altra persona non la abilita", "POL-18")
    with stage.refused("identity.other_person"):
        registrar.sign_in_with("spid", {"person": SERGIO.key}, ticket=caught.ticket)
    stage.step("Il suo SPID vale come riconoscimento: non deve recarsi in segreteria", "POL-18")
    answer = registrar.sign_in_with("spid", {"person": DARIA.key}, ticket=caught.ticket)
    stage.reached(answer, Next.CHANGE_PERSONAL_CODE)
    stage.letter(DARIA.email)
    stage.step("Cambia il codice temporaneo ricevuto con il modulo", "POL-07")
    temporary = letter.value("Codice personale temporaneo")
    changed = registrar.change_personal_code(answer.session, temporary, _CODE, _CODE)
    stage.reached(changed, Next.USE_SERVICES)
    stage.post()


def _newcomer_with_spid(stage: Stage) -> None:
    registrar = stage.registrar
    stage.step("Chi ha un account SPID entra senza registrarsi", "POL-01", "POL-05")
    answer = registrar.sign_in_with("spid", {"person": NADIA.key})
    stage.reached(answer, Next.COMPLETE_DATA)
    stage.step("Completa i dati del documento e riceve il codice personale", "POL-06", "POL-18")
    answer = registrar.complete_data(answer.ticket, _CARD)
    stage.reached(answer, Next.CHANGE_PERSONAL_CODE)
    temporary = stage.letter(NADIA.email).value("Codice personale temporaneo")
    registrar.change_personal_code(answer.session, temporary, _CODE, _CODE)
    stage.step("Il servizio per i docenti non è per la sua categoria", "POL-22")
    with stage.refused("service.not_for_category"):
        registrar.enter_service(answer.session, "ricostruzione-carriera")
    stage.post()


def _parents() -> Profile:
    """Return «Iscrizioni On Line», which is open for registration in this year as well."""
    return attrs.evolve(load("iscrizioni-online"), window=Window())


def _from_another_service(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Abilitazione di chi ha già le credenziali di un altro servizio")
    stage.step("Una collega si era registrata a «Iscrizioni On Line» come madre", "POL-15")
    with stage.portal(_parents()) as parents:
        draft = stage.page(parents.begin(), Next.IDENTIFY)
        answer = parents.identify(draft, IRENE.codice_fiscale, human_response=TICKED)
        form = IRENE.data(email=IRENE.email, email_again=IRENE.email)
        draft = stage.page(parents.fill(stage.page(answer, Next.FILL), form), Next.SUMMARY)
        parents.confirm(draft)
        parents.activate(stage.letter(IRENE.email).token)
        letter = stage.letter(IRENE.email)
        username = letter.value("Nome utente")
        temporary = letter.value("Password temporanea")
        session = parents.sign_in(username, temporary).session
        account_id = stage.account_id(
            parents.change_password(session, temporary, _PASSWORD, _PASSWORD)
        )
    stage.step("Accede con le stesse credenziali, ma non è abilitata", "POL-02", "POL-15")
    session = stage.reached(registrar.sign_in(username, _PASSWORD), Next.USE_SERVICES).session
    with stage.refused("service.enabling_required"):
        registrar.enter_service(session, "istanze")
    stage.step("Avvia la procedura di abilitazione: codice e modulo per e-mail", "POL-10", "POL-12")
    stage.reached(registrar.start_enabling(session), Next.GO_IN_PERSON)
    letter = stage.letter(IRENE.email)
    stage.expect("MODULO DI ADESIONE" in letter.text, "there is no form to print")
    stage.step("Sceglie il codice personale; finché nessuno la riconosce non basta", "POL-07")
    temporary = letter.value("Codice personale temporaneo")
    registrar.change_personal_code(session, temporary, _CODE, _CODE)
    with stage.refused("service.enabling_required"):
        registrar.enter_service(session, "istanze")
    stage.step("Va in una segreteria scolastica con documento e modulo: è abilitata", "POL-04")
    registrar.identify_in_person(
        SCHOOL,
        account_id,
        codice_fiscale=IRENE.codice_fiscale,
        document_type=_CARD["document_type"],
        document_number="CA33333DD",
        form_signed=True,
    )
    stage.letter(IRENE.email)
    stage.reached(registrar.enter_service(session, "istanze"), Next.USE_SERVICES)


def _services(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Servizi accessibili con le stesse credenziali")
    stage.step("Istanze, Iscrizioni, Pago in rete, Formazione, Assistenti di lingua", "POL-15")
    session = _sign_in(stage)
    for name in ("istanze", "iscrizioni", "pago-in-rete", "formazione", "assistenti-lingua"):
        registrar.enter_service(session, name)
    stage.step("Il portale «Iscrizioni on line» accetta le stesse credenziali", "POL-15")
    with stage.portal("iscrizioni-online") as other:
        stage.reached(other.sign_in(ELENA.key, _PASSWORD), Next.USE_SERVICES)
    stage.step("La ricostruzione di carriera si attiva periodicamente: non è aperta", "POL-21")
    with stage.refused("service.early"):
        registrar.enter_service(_sign_in(stage), "ricostruzione-carriera")


def _expiry(stage: Stage) -> None:
    registrar = stage.registrar
    stage.clock.go_to(_WARNED)
    stage.scene("La password scade periodicamente")
    stage.step("Manca poco: viene scritto un avviso, e lo si legge appena si accede", "POL-17")
    registrar.warn_expiring_passwords()
    stage.letter("elena.tassoni@posta.istruzione.it")
    answer = registrar.sign_in(ELENA.key, _PASSWORD)
    codes = [notice.code for notice in answer.notices]
    stage.expect(codes == ["password.expiring"], "there is no warning")
    stage.clock.go_to(_SEPTEMBER)
    stage.step("Non l'ha cambiata: adesso deve", "POL-17")
    registrar.expire_due()
    session = stage.reached(registrar.sign_in(ELENA.key, _PASSWORD), Next.CHANGE_PASSWORD).session
    with stage.refused("password.expired"):
        registrar.enter_service(session, "istanze")
    registrar.change_password(session, _PASSWORD, _NEXT_PASSWORD, _NEXT_PASSWORD)
    stage.post()
    stage.step(
        "Settembre: la ricostruzione di carriera è aperta, per i docenti", "POL-21", "POL-22"
    )
    entered = registrar.enter_service(session, "ricostruzione-carriera")
    stage.reached(entered, Next.USE_SERVICES)
