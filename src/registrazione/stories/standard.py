"""The neutral procedure after today's standards: no document asks for it, and nothing is dated.

The address is the username, the password is set behind the mailed link, and no secret is mailed.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from registrazione.core.answer import Next
from registrazione.core.refusals import Refusal
from registrazione.stories.base import HELP_DESK, Stage
from registrazione.stories.people import NADIA, SERGIO

BEGINS = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)

_TOO_SHORT, _TOO_OBVIOUS = "Password1", "passwordpassword"
_PHRASES = ("tre gatti sul tetto di latta", "quattro oche lungo il fiume lento")
_NEW_ADDRESS = "nadia@casella.example"
_ATTEMPTS = 10


def play(stage: Stage) -> str:
    """Play a registration, the changes of some years, and an account that ends."""
    account_id = _register(stage)
    _sign_in(stage)
    _new_address(stage)
    _locked(stage)
    _reset(stage)
    _suspended(stage, account_id)
    _ends(stage)
    return account_id


def _register(stage: Stage) -> str:
    registrar = stage.registrar
    stage.scene("Registrazione")
    stage.step("Nome, cognome, indirizzo: manca la presa visione dell'informativa")
    draft = stage.page(registrar.begin(), Next.FILL)
    typed = {"name": NADIA.name, "surname": NADIA.surname, "email": NADIA.email}
    with stage.refused("consent.acknowledge"):
        registrar.fill(draft, typed)
    stage.step("Conferma: riceve un link, e nient'altro di segreto")
    draft = stage.page(registrar.fill(draft, typed, consents=["privacy"]), Next.CONFIRM)
    confirmed = stage.reached(registrar.confirm(draft), Next.OPEN_LINK)
    token = stage.letter(NADIA.email).token
    stage.step("Sceglie la password sulla pagina del link: troppo corta, poi troppo ovvia")
    with stage.refused("password.too_short"):
        registrar.activate(token, password=_TOO_SHORT, password_again=_TOO_SHORT)
    with stage.refused("password.weak"):
        registrar.activate(token, password=_TOO_OBVIOUS, password_again=_TOO_OBVIOUS)
    stage.step("Una frase lunga, senza maiuscole né numeri obbligatori, va bene")
    phrase = _PHRASES[0]
    stage.reached(registrar.activate(token, password=phrase, password_again=phrase), Next.SIGN_IN)
    stage.letter(NADIA.email)
    return stage.account_id(confirmed)


def _sign_in(stage: Stage) -> None:
    stage.scene("Accesso")
    stage.step("Accede con l'indirizzo e-mail, anche scritto in maiuscolo")
    answer = stage.registrar.sign_in(NADIA.email.upper(), _PHRASES[0])
    stage.reached(answer, Next.USE_SERVICES)


def _new_address(stage: Stage) -> None:
    registrar = stage.registrar
    stage.step("Cambia indirizzo: serve la password, e conta quando il nuovo è confermato")
    session = registrar.sign_in(NADIA.email, _PHRASES[0]).session
    with stage.refused("input.missing"):
        registrar.change_email(session, _NEW_ADDRESS)
    registrar.change_email(session, _NEW_ADDRESS, password=_PHRASES[0])
    registrar.activate(stage.letter(_NEW_ADDRESS).token)
    stage.letter(NADIA.email)


def _locked(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Qualcuno prova a indovinare")
    stage.step("Dieci password sbagliate bloccano l'accesso per un quarto d'ora")
    for guess in range(_ATTEMPTS - 1):
        with suppress(Refusal):
            registrar.sign_in(_NEW_ADDRESS, f"tentativo numero {guess}")
    with stage.refused("sign_in.failed"):
        registrar.sign_in(_NEW_ADDRESS, "l'ultimo tentativo")
    stage.letter(_NEW_ADDRESS)
    stage.step("Anche la password giusta non entra; dopo un quarto d'ora sì")
    with stage.refused("sign_in.failed"):
        registrar.sign_in(_NEW_ADDRESS, _PHRASES[0])
    stage.wait(minutes=15, seconds=1)
    stage.reached(registrar.sign_in(_NEW_ADDRESS, _PHRASES[0]), Next.USE_SERVICES)


def _reset(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("Password dimenticata")
    stage.step("Riceve un link che vale un'ora")
    registrar.request_password_reset(email=_NEW_ADDRESS)
    token = stage.letter(_NEW_ADDRESS).token
    stage.wait(hours=1, seconds=1)
    with stage.refused("token.expired"):
        registrar.reset_password(token, _PHRASES[1], _PHRASES[1])
    stage.step("Ne chiede un altro e sceglie una nuova frase")
    registrar.request_password_reset(email=_NEW_ADDRESS)
    token = stage.letter(_NEW_ADDRESS).token
    stage.reached(registrar.reset_password(token, _PHRASES[1], _PHRASES[1]), Next.SIGN_IN)
    stage.letter(_NEW_ADDRESS)


def _suspended(stage: Stage, account_id: str) -> None:
    registrar = stage.registrar
    stage.scene("L'assistenza")
    stage.step("Sospende l'utenza per un sospetto, e la riattiva")
    registrar.suspend(HELP_DESK, account_id, "Accessi insoliti.")
    stage.letter(_NEW_ADDRESS)
    with stage.refused("account.suspended"):
        registrar.sign_in(_NEW_ADDRESS, _PHRASES[1])
    registrar.reinstate(HELP_DESK, account_id, "Verificato al telefono.")
    stage.letter(_NEW_ADDRESS)
    stage.reached(registrar.sign_in(_NEW_ADDRESS, _PHRASES[1]), Next.USE_SERVICES)


def _ends(stage: Stage) -> None:
    registrar = stage.registrar
    stage.scene("La fine di un'altra utenza")
    stage.step("Entra con SPID: solo la presa visione, nessuna password")
    answer = stage.reached(
        registrar.sign_in_with("spid", {"person": SERGIO.key}), Next.COMPLETE_DATA
    )
    answer = registrar.complete_data(answer.ticket, {}, consents=["privacy"])
    stage.reached(answer, Next.USE_SERVICES)
    stage.letter(SERGIO.email)
    stage.step("Riceve tutti i propri dati (GDPR art. 15 e 20), poi annulla l'utenza")
    export = registrar.export_account(session=answer.session).export
    stage.expect(export["email"] == SERGIO.email, "the export is incomplete")
    registrar.cancel(session=answer.session)
    stage.letter(SERGIO.email)
    stage.wait(days=31)
    stage.step("Un mese dopo i dati sono cancellati (GDPR art. 17)")
    registrar.expire_due()
    stage.expect(registrar.load(stage.account_id(answer)) is None, "the data are still there")
