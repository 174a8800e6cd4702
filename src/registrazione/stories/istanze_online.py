"""Istanze OnLine, first procedure: a teacher registers, goes to a school, applies when it opens.

The page names no year; its note on the transfers of the year is of 2011.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

import attrs

from registrazione.core.answer import Answer, Next
from registrazione.core.commands import Operator
from registrazione.core.profile import Profile, Window
from registrazione.profiles import load
from registrazione.stories.base import SCHOOL, Stage
from registrazione.stories.people import CARLO, ELENA

BEGINS = datetime(2011, 2, 14, 8, 0, tzinfo=UTC)

_OPENS = datetime(2011, 3, 7, 8, 0, tzinfo=UTC)
_CLOSES = datetime(2011, 4, 8, 22, 0, tzinfo=UTC)
_USERNAME, _PASSWORD, _CODE = "carlo.benvegnu", "Lavagna2011", "Gesso2011bis"
_APPLICATION = b"Domanda di trasferimento, scuola primaria"


def profile() -> Profile:
    """Return the procedure with the functions open for a month, as the ministry decides."""
    procedure = load("istanze-online")
    services = tuple(
        attrs.evolve(service, window=Window(opens=_OPENS, closes=_CLOSES))
        for service in procedure.services
    )
    return attrs.evolve(procedure, services=services)


def play(stage: Stage) -> str:
    """Play the sequence of steps to get the credentials, and the application they are for."""
    confirmed = _register(stage)
    temporary_code = _receipt(stage, confirmed)
    account_id = stage.account_id(confirmed)
    _at_the_school(stage, account_id)
    session = _change_code(stage, temporary_code)
    _apply(stage, session)
    return account_id


def _form(**more: str) -> dict[str, str]:
    """Return the form as the guide explains it."""
    own = {"username": _USERNAME, "password": _PASSWORD, "password_again": _PASSWORD}
    return CARLO.data(email=CARLO.email, **own) | more


def _register(stage: Stage) -> Answer:
    registrar = stage.registrar
    stage.scene("La prima fase: registrazione nel servizio")
    stage.step("Accede al sito e scrive il codice fiscale", "IST-03")
    draft = stage.page(registrar.begin(), Next.IDENTIFY)
    draft = stage.page(registrar.identify(draft, CARLO.codice_fiscale), Next.FILL)
    stage.step("Non ha ancora la casella @istruzione.it e ne usa un'altra", "IST-04")
    with stage.refused("email.domain_required"):
        registrar.fill(draft, _form(email="carlo.benvegnu@posta.example"))
    stage.step("Ottenuta la casella, compila i dati e sceglie nome utente e password", "IST-04")
    draft = stage.page(registrar.fill(draft, _form()), Next.CONFIRM)
    return stage.reached(registrar.confirm(draft), Next.OPEN_LINK)


def _receipt(stage: Stage, confirmed: Answer) -> str:
    registrar = stage.registrar
    stage.step("Riceve il codice personale temporaneo, il modulo e un link di conferma", "IST-09")
    letter = stage.letter(CARLO.email)
    code = letter.value("Codice personale temporaneo")
    stage.expect("MODULO DI ADESIONE" in letter.text, "there is no form to print")
    stage.step("Senza la conferma non può ancora accedere", "IST-01")
    with stage.refused("account.awaiting_link"):
        registrar.sign_in(_USERNAME, _PASSWORD)
    stage.wait(days=2)
    stage.step("Conferma la ricezione da un altro computer: serve la sua password", "IST-09")
    with stage.refused("activation.password_again"):
        registrar.activate(letter.token)
    answer = registrar.activate(letter.token, password=_PASSWORD)
    stage.reached(answer, Next.GO_IN_PERSON)
    stage.expect(stage.account_id(answer) == stage.account_id(confirmed), "this is somebody else")
    return code


def _at_the_school(stage: Stage, account_id: str) -> None:
    registrar = stage.registrar
    stage.wait(days=9)
    stage.scene("Presso una scuola")
    stage.step("La procedura richiede vari passaggi: la registrazione resta aperta", "IST-05")
    registrar.expire_due()
    with stage.refused("account.awaiting_presence"):
        registrar.sign_in(_USERNAME, _PASSWORD)
    stage.step("Porta il codice fiscale di un'altra persona e il modulo non firmato", "IST-10")
    with stage.refused("presence.other_person", "presence.form_unsigned"):
        _identify(stage, SCHOOL, account_id, codice_fiscale=ELENA.codice_fiscale, signed=False)
    stage.step("Il documento è scaduto", "IST-10")
    with stage.refused("presence.document_expired"):
        _identify(stage, SCHOOL, account_id, expires=date(2010, 12, 31))
    stage.step("Nessuno identifica se stesso, nemmeno chi lavora in segreteria", "IST-10")
    with stage.refused("operator.self"):
        _identify(stage, attrs.evolve(SCHOOL, account_id=account_id), account_id)
    stage.step("La scuola convalida l'identificazione del docente", "IST-10")
    _identify(stage, SCHOOL, account_id)
    stage.step("Riceve la conferma dell'avvenuta attivazione", "IST-11")
    stage.expect("attivata" in stage.letter(CARLO.email).subject, "this is another letter")


def _identify(
    stage: Stage,
    operator: Operator,
    account_id: str,
    *,
    codice_fiscale: str = CARLO.codice_fiscale,
    expires: date = date(2015, 7, 19),
    signed: bool = True,
) -> None:
    """Show a document, the code and the form at the school."""
    stage.registrar.identify_in_person(
        operator,
        account_id,
        codice_fiscale=codice_fiscale,
        document_type="Carta d'identità",
        document_number="AN1234567",
        document_expires=expires,
        form_signed=signed,
    )


def _change_code(stage: Stage, temporary: str) -> str:
    registrar = stage.registrar
    stage.scene("Il codice personale")
    stage.step("Accede con username e password: gli viene chiesto il codice", "IST-01", "IST-12")
    answer = stage.reached(registrar.sign_in(_USERNAME, _PASSWORD), Next.CHANGE_PERSONAL_CODE)
    with stage.refused("personal_code.change_required"):
        registrar.enter_service(answer.session, "mobilita")
    stage.step("Sbaglia il codice temporaneo", "IST-12")
    with stage.refused("personal_code.wrong"):
        registrar.change_personal_code(answer.session, "Sbagliato1", _CODE, _CODE)
    stage.step("Il nuovo codice è uguale alla password", "IST-12")
    with stage.refused("personal_code.same_as_password"):
        registrar.change_personal_code(answer.session, temporary, _PASSWORD, _PASSWORD)
    stage.step("Lo cambia con uno nuovo", "IST-12")
    changed = registrar.change_personal_code(answer.session, temporary, _CODE, _CODE)
    stage.reached(changed, Next.USE_SERVICES)
    stage.letter(CARLO.email)
    return answer.session


def _apply(stage: Stage, session: str) -> None:
    registrar = stage.registrar
    digest = sha256(_APPLICATION).hexdigest()
    stage.scene("La seconda fase: presentazione della domanda")
    stage.step("Le funzioni non sono ancora aperte", "IST-13")
    with stage.refused("service.early"):
        registrar.authorise_submission(session, _CODE, service="mobilita", digest=digest)
    stage.clock.go_to(_OPENS)
    stage.step("Le funzioni si aprono: presenta la domanda con il codice personale", "IST-13")
    session = stage.reached(registrar.sign_in(_USERNAME, _PASSWORD), Next.USE_SERVICES).session
    signed = registrar.authorise_submission(session, _CODE, service="mobilita", digest=digest)
    stage.step("Chi riceve la domanda verifica la ricevuta", "IST-13")
    claims = registrar.verify_receipt(signed.receipt, service="mobilita", digest=digest)
    stage.expect(claims is not None, "the receipt is not genuine")
    stage.clock.go_to(_CLOSES)
    stage.step("Le funzioni si chiudono", "IST-13")
    session = registrar.sign_in(_USERNAME, _PASSWORD).session
    with stage.refused("service.late"):
        registrar.authorise_submission(session, _CODE, service="mobilita", digest=digest)
