"""The university's external users, from the autumn of 2016 to the cancellation of January 2018."""

from __future__ import annotations

from datetime import UTC, datetime

from registrazione.core.answer import Answer, Next
from registrazione.core.states import AccountState
from registrazione.stories.base import SECRETARIAT, Stage
from registrazione.stories.people import CHIARA, MARCO, TERESA
from registrazione.testing.people import Person

BEGINS = datetime(2016, 10, 24, 9, 0, tzinfo=UTC)

_SPRING = datetime(2017, 3, 6, 9, 0, tzinfo=UTC)
_JANUARY = datetime(2018, 1, 15, 3, 0, tzinfo=UTC)
_MISTYPED = "marco.olivoto@posta.example"
_AT_WORK = "m.olivotto@lavoro.example"
_TOO_SHORT = "Corta1"
_PASSWORDS = ("Navigli2016", "Navigli2017", "Brera2017", "Lambrate2017")


def play(stage: Stage) -> str:
    """Play the page "Come registrarsi" with its frequent problems."""
    _never_activated(stage)
    account_id = _register_again(stage)
    _services(stage)
    _forgets_about_it(stage)
    stage.clock.go_to(_SPRING)
    _credentials(stage)
    _lost_everything(stage, account_id)
    _with_spid(stage)
    _align(stage)
    _yearly_cancellation(stage)
    return account_id


def _form(person: Person, **more: str) -> dict[str, str]:
    """Return the form: username and password, personal data, phone and address."""
    return (
        person.data(
            username=person.key,
            password=_PASSWORDS[0],
            password_again=_PASSWORDS[0],
            cf=person.codice_fiscale,
            phone=person.phone,
            email=person.email,
        )
        | more
    )


def _registered(stage: Stage, person: Person, **more: str) -> Answer:
    """Return what follows from a form without a fault."""
    registrar = stage.registrar
    draft = stage.page(registrar.begin(), Next.FILL)
    draft = stage.page(registrar.fill(draft, _form(person, **more)), Next.CONFIRM)
    return stage.reached(registrar.confirm(draft), Next.OPEN_LINK)


def _never_activated(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Se non hai SPID")
    stage.step("Solo persone: un'azienda non può più registrarsi", "UNI-21")
    draft = stage.page(registrar.begin(), Next.FILL)
    company = {"ragione_sociale": "Esempio S.r.l.", "partita_iva": "00000000000"}
    with stage.refused("input.unknown_field", "input.missing"):
        registrar.fill(draft, company)
    stage.step("La password non va bene e manca il telefono", "UNI-05")
    with stage.refused("input.missing"):
        registrar.fill(draft, _form(MARCO, phone=""))
    with stage.refused("password.too_short", "password.mismatch"):
        registrar.fill(draft, _form(MARCO, password=_TOO_SHORT))
    stage.step("Nome utente, password, dati anagrafici, telefono, e-mail (sbagliata)", "UNI-05")
    confirmed = _registered(stage, MARCO, email=_MISTYPED)
    stage.letter(_MISTYPED)
    stage.step("Prima dell'attivazione non può usare i servizi", "UNI-14")
    with stage.refused("account.awaiting_link"):
        registrar.sign_in(MARCO.key, _PASSWORDS[0])
    stage.step("Non ha ricevuto l'e-mail: verifica l'indirizzo e lo modifica", "UNI-08")
    registrar.correct_email(confirmed.ticket, MARCO.email)
    stage.letter(MARCO.email)
    stage.step("Si fa inviare una nuova e-mail", "UNI-08")
    registrar.resend_activation(ticket=confirmed.ticket)
    letter = stage.letter(MARCO.email)
    stage.wait(hours=24, seconds=1)
    stage.step("Non la usa entro 24 ore: deve ripetere la registrazione", "UNI-06")
    with stage.refused("token.expired"):
        registrar.activate(letter.token, ticket=confirmed.ticket)
    registrar.expire_due()


def _register_again(stage: Stage) -> str:
    registrar = stage.registrar
    stage.scene("La registrazione ripetuta")
    stage.step("Con lo stesso nome utente e lo stesso indirizzo", "UNI-06", "UNI-20")
    confirmed = _registered(stage, MARCO)
    letter = stage.letter(MARCO.email)
    stage.step("Attiva le credenziali con il link, una volta sola", "UNI-06")
    activated = registrar.activate(letter.token, ticket=confirmed.ticket)
    stage.reached(activated, Next.SIGN_IN)
    with stage.refused("token.used"):
        registrar.activate(letter.token, ticket=confirmed.ticket)
    stage.letter(MARCO.email)
    return stage.account_id(activated)


def _services(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("I servizi online")
    stage.step("I servizi richiedono l'autenticazione", "UNI-01")
    with stage.refused("session.ended"):
        registrar.enter_service("", "immatricolazione")
    stage.step("Scrive la password tutta in minuscolo", "UNI-15")
    with stage.refused("sign_in.failed"):
        registrar.sign_in(MARCO.key, _PASSWORDS[0].lower())
    stage.step("Lo stesso messaggio per chi non esiste", "UNI-15")
    with stage.refused("sign_in.failed"):
        registrar.sign_in("nessuno", _PASSWORDS[0])
    stage.step("Accede ai servizi per gli utenti esterni", "UNI-07")
    session = registrar.sign_in(MARCO.key, _PASSWORDS[0]).session
    for name in ("immatricolazione", "informastudenti", "borse-di-studio", "pagamenti"):
        registrar.enter_service(session, name)
    stage.step("La biblioteca digitale non è utilizzabile dagli esterni", "UNI-09", "UNI-16")
    with stage.refused("service.not_for_external"):
        registrar.enter_service(session, "biblioteca-digitale")


def _forgets_about_it(stage: Stage) -> None:
    stage.step("Anche un'altra persona si registra; poi non usa più i servizi", "UNI-19")
    confirmed = _registered(stage, TERESA)
    stage.registrar.activate(stage.letter(TERESA.email).token, ticket=confirmed.ticket)
    stage.post()


def _credentials(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Come fare per…")
    stage.step("Cambia la password", "UNI-13")
    session = registrar.sign_in(MARCO.key, _PASSWORDS[0]).session
    with stage.refused("password.old_wrong"):
        registrar.change_password(session, "Sbagliata1", _PASSWORDS[1], _PASSWORDS[1])
    registrar.change_password(session, _PASSWORDS[0], _PASSWORDS[1], _PASSWORDS[1])
    stage.post()
    stage.step("Ha dimenticato le credenziali: recupera prima il nome utente", "UNI-11", "UNI-18")
    registrar.recover_username(MARCO.email)
    username = stage.letter(MARCO.email).value("Nome utente")
    stage.step("…poi la password", "UNI-11", "UNI-18")
    registrar.request_password_reset(username=username)
    registrar.reset_password(stage.letter(MARCO.email).token, _PASSWORDS[2], _PASSWORDS[2])
    stage.post()
    stage.step(
        "Si registra di nuovo con la stessa e-mail: il recupero, non un altro account", "UNI-17"
    )
    _registered(stage, MARCO, username="marco.bis")
    stage.expect("hai già" in stage.letter(MARCO.email).subject, "a second account was made")


def _lost_everything(stage: Stage, account_id: str) -> None:
    registrar = stage.registrar
    stage.step("Non sa più quale indirizzo aveva fornito: va alle segreterie studenti", "UNI-12")
    registrar.correct_data(SECRETARIAT, account_id, {"email": _AT_WORK}, "Visto il documento.")
    stage.post()
    registrar.request_password_reset(email=_AT_WORK)
    registrar.reset_password(stage.letter(_AT_WORK).token, _PASSWORDS[3], _PASSWORDS[3])
    stage.post()


def _with_spid(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Se hai SPID")
    stage.step("I dati arrivano da SPID e l'account è immediatamente attivo", "UNI-02")
    answer = registrar.sign_in_with("spid", {"person": CHIARA.key}, service="immatricolazione")
    stage.reached(answer, Next.USE_SERVICES)
    stage.letter(CHIARA.email)
    stage.step("Lo SPID è strettamente personale: quello della sorella non vale", "UNI-04")
    session = registrar.sign_in(MARCO.key, _PASSWORDS[3]).session
    with stage.refused("identity.other_person"):
        registrar.sign_in_with("spid", {"person": CHIARA.key}, session=session)


def _align(stage: Stage) -> None:
    registrar = stage.registrar
    stage.step("Chi ha già delle credenziali deve allineare i dati: rimanda", "UNI-03")
    answer = stage.reached(registrar.sign_in_with("spid", {"person": MARCO.key}), Next.ALIGN)
    changes = {difference.field for difference in answer.differences}
    stage.expect("email" in changes, "the difference is not shown")
    registrar.align(answer.ticket, accept=False)
    stage.reached(registrar.sign_in(MARCO.key, _PASSWORDS[3]), Next.USE_SERVICES)
    stage.step("Poi accetta: da quel momento solo SPID", "UNI-03")
    answer = registrar.sign_in_with("spid", {"person": MARCO.key})
    stage.reached(registrar.align(answer.ticket, accept=True), Next.USE_SERVICES)
    stage.letter(MARCO.email)
    with stage.refused("password.off"):
        registrar.sign_in(MARCO.key, _PASSWORDS[3])
    stage.step("«Non conosciamo la tua password»: risponde il gestore di SPID", "UNI-10")
    registrar.request_password_reset(email=MARCO.email)
    stage.letter(MARCO.email)


def _yearly_cancellation(stage: Stage) -> None:
    registrar = stage.registrar
    stage.clock.go_to(_JANUARY)
    stage.scene("L'annullamento periodico")
    stage.step("Prova: registrate fino al 31.12.2016 e mai utilizzate nel 2017", "UNI-19")
    would = registrar.cancel_unused(dry_run=True).accounts
    unused = [account.id for account in registrar.accounts(AccountState.ACTIVE).items]
    stage.expect(len(would) == 1 and would[0] in unused, "the dry run found the wrong accounts")
    stage.step("L'annullamento vero", "UNI-19")
    done = registrar.cancel_unused().accounts
    stage.expect(done == would, "something else was cancelled than the dry run said")
    stage.letter(TERESA.email)
    with stage.refused("sign_in.failed"):
        registrar.sign_in(TERESA.key, _PASSWORDS[0])
    stage.step("Occorre effettuare una nuova registrazione", "UNI-20")
    confirmed = _registered(stage, TERESA)
    activated = registrar.activate(stage.letter(TERESA.email).token, ticket=confirmed.ticket)
    stage.reached(activated, Next.SIGN_IN)
    stage.post()
