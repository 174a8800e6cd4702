"""«Istanze OnLine», the first procedure, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from tests.stories.stage import codes, tree, words

from registrazione.core.answer import Next
from registrazione.core.states import AccountState
from registrazione.stories.base import HELP_DESK, SCHOOL, SECRETARIAT
from registrazione.stories.istanze_online import profile
from registrazione.stories.people import CARLO, ELENA

FEBRUARY = datetime(2011, 2, 14, 8, tzinfo=UTC)
OPENS = datetime(2011, 3, 7, 8, tzinfo=UTC)
PASSWORD, CODE = "Lavagna2011", "Gesso2011bis"
DIGEST = sha256(b"Domanda di trasferimento").hexdigest()


@pytest.fixture
def stage(theatre):
    """The service in February, with the functions for transfers open from 7 March."""
    return theatre(profile(), FEBRUARY)


def form(**changes):
    """Return the form, filled in without a fault."""
    own = {"username": CARLO.key, "password": PASSWORD, "password_again": PASSWORD}
    return CARLO.data(email=CARLO.email, **own) | changes


def form_page(stage):
    """Return the draft on the page of the form."""
    registrar = stage.registrar
    return registrar.identify(registrar.begin().draft, CARLO.codice_fiscale).draft


def confirmed(stage, **changes):
    """Return the answer to the confirmed form."""
    registrar = stage.registrar
    return registrar.confirm(registrar.fill(form_page(stage), form(**changes)).draft)


def received(stage):
    """Return the answer to the confirmed form and the letter whose receipt is confirmed."""
    answer = confirmed(stage)
    letter = stage.letter(CARLO.email)
    stage.registrar.activate(letter.token, ticket=answer.ticket)
    return answer, letter


def identify(stage, account_id, operator=SCHOOL, **changes):
    """Show document, code and form at a school."""
    shown = {
        "codice_fiscale": CARLO.codice_fiscale,
        "document_type": "Carta d'identità",
        "document_number": "AN1234567",
        "document_expires": date(2015, 7, 19),
        "form_signed": True,
    }
    return stage.registrar.identify_in_person(operator, account_id, **{**shown, **changes})


def identified(stage):
    """Return the account's id and the temporary personal code of a teacher who went to a school."""
    answer, letter = received(stage)
    identify(stage, answer.account.id)
    return answer.account.id, letter.value("Codice personale temporaneo")


def enabled(stage):
    """Return the session of a teacher who has changed the personal code."""
    _, temporary = identified(stage)
    session = stage.registrar.sign_in(CARLO.key, PASSWORD).session
    stage.registrar.change_personal_code(session, temporary, CODE, CODE)
    return session


@pytest.mark.requirement("IST-01")
def test_username_and_password(stage):
    """«Identificativo e password per poter accedere alle procedure online del MIUR»."""
    enabled(stage)
    stage.clock.go_to(OPENS)
    registrar = stage.registrar
    assert codes(registrar.enter_service, "", "mobilita") == {"session.ended"}
    assert codes(registrar.sign_in, CARLO.key, PASSWORD.upper()) == {"sign_in.failed"}
    answer = registrar.sign_in(CARLO.key.upper(), PASSWORD)
    assert registrar.enter_service(answer.session, "mobilita").next is Next.USE_SERVICES


@pytest.mark.requirement("IST-03", "IST-13")
def test_two_phases(stage):
    """«Quella della registrazione… e quella della presentazione della domanda via Web»."""
    registrar = stage.registrar
    session = enabled(stage)
    sign = {"service": "mobilita", "digest": DIGEST}
    assert codes(registrar.authorise_submission, session, CODE, **sign) == {"service.early"}
    stage.clock.go_to(OPENS)
    session = registrar.sign_in(CARLO.key, PASSWORD).session
    assert codes(
        registrar.authorise_submission, session, CODE, service="mobilita", digest="abc"
    ) == {"submission.digest"}
    signed = registrar.authorise_submission(session, CODE, **sign)
    assert registrar.verify_receipt(signed.receipt, **sign).account_id == signed.account.id


@pytest.mark.requirement("IST-03")
def test_nothing_is_submitted_before_the_registration_is_done(stage):
    """«La procedura di registrazione precede quella di presentazione delle istanze»."""
    registrar = stage.registrar
    stage.clock.go_to(OPENS)
    _, temporary = identified(stage)
    session = registrar.sign_in(CARLO.key, PASSWORD).session
    sign = {"service": "mobilita", "digest": DIGEST}
    assert codes(registrar.authorise_submission, session, temporary, **sign) == {
        "personal_code.change_required"
    }


@pytest.mark.requirement("IST-04")
@pytest.mark.parametrize(
    "domain", ["posta.istruzione.it", "posta.example", "istruzione.it.example"]
)
def test_the_mailbox(stage, domain):
    """«La registrazione richiede il possesso di una casella di posta elettronica@istruzione.it»."""
    fill, page = stage.registrar.fill, form_page(stage)
    assert tree(fill, page, form(email=f"carlo@{domain}")) == {"email": {"email.domain_required"}}
    assert fill(page, form(email="carlo@Istruzione.IT")).next is Next.CONFIRM


@pytest.mark.requirement("IST-05")
def test_a_registration_stays_open_for_weeks(stage):
    """«La procedura richiede vari passaggi per cui si consiglia di procedere già da adesso»."""
    registrar = stage.registrar
    answer = confirmed(stage)
    letter = stage.letter(CARLO.email)
    stage.wait(days=20)
    registrar.expire_due()
    assert registrar.activate(letter.token, ticket=answer.ticket).next is Next.GO_IN_PERSON
    stage.wait(days=120)
    assert registrar.expire_due().done == 0
    assert codes(registrar.sign_in, CARLO.key, PASSWORD) == {"account.awaiting_presence"}
    assert identify(stage, answer.account.id).account.state is AccountState.ACTIVE


@pytest.mark.requirement("IST-05")
def test_a_registration_does_not_stay_open_for_ever(stage):
    """Nobody goes to a school for half a year: the name is free again."""
    registrar = stage.registrar
    answer, _ = received(stage)
    stage.wait(days=181)
    registrar.expire_due()
    assert registrar.load(answer.account.id).state is AccountState.EXPIRED
    assert confirmed(stage).next is Next.OPEN_LINK


@pytest.mark.requirement("IST-09")
def test_the_mail_with_code_and_link(stage):
    """«Si riceverà il codice personale temporaneo ed un link di conferma di ricezione»."""
    registrar = stage.registrar
    answer = confirmed(stage)
    (letter,) = stage.post()
    code = letter.value("Codice personale temporaneo")
    assert registrar.profile.personal_code.check(code) == ()
    assert "Conferma di aver ricevuto questo messaggio" in words(letter)
    assert codes(registrar.activate, letter.token) == {"activation.password_again"}
    assert codes(registrar.activate, letter.token, password="Sbagliata1") == {
        "activation.password_wrong"
    }
    assert registrar.activate(letter.token, password=PASSWORD).next is Next.GO_IN_PERSON
    assert codes(registrar.activate, letter.token, ticket=answer.ticket) == {"token.used"}


@pytest.mark.requirement("IST-10")
def test_the_form_to_print(stage):
    """«Stampare il modulo ricevuto»: it holds the data, and room for two signatures."""
    _, letter = received(stage)
    sheet = letter.text.partition("MODULO DI ADESIONE")[2]
    assert f"Codice fiscale: {CARLO.codice_fiscale}" in sheet
    assert "Cognome: Benvegnù" in sheet
    assert "19 luglio 1971" in sheet
    assert "Firma della persona interessata:" in sheet
    assert letter.value("Codice personale temporaneo") not in sheet


@pytest.mark.requirement("IST-10")
def test_the_school_validates(stage):
    """«Recarsi presso una scuola con un documento valido ed il codice fiscale»: any school."""
    answer, _ = received(stage)
    account_id = answer.account.id
    for wrong, changes in {
        "presence.other_person": {"codice_fiscale": ELENA.codice_fiscale},
        "presence.document_expired": {"document_expires": date(2011, 2, 13)},
        "presence.form_unsigned": {"form_signed": False},
    }.items():
        with_fault = codes(identify, stage, account_id, **changes)
        assert with_fault == {wrong}
    assert codes(identify, stage, account_id, HELP_DESK) == {"operator.not_allowed"}
    account = identify(stage, account_id, SECRETARIAT).account
    assert account.state is AccountState.ACTIVE
    assert (account.identification.operator, account.identification.office) == (
        SECRETARIAT.id,
        SECRETARIAT.office,
    )
    assert account.identification.document_number == "AN1234567"


@pytest.mark.requirement("IST-11")
def test_the_mail_of_the_activation(stage):
    """«Tramite posta elettronica si riceverà conferma dell'avvenuta attivazione»."""
    answer, _ = received(stage)
    assert stage.post() == ()
    identify(stage, answer.account.id)
    (letter,) = stage.post()
    assert letter.recipient == CARLO.email
    assert "ti confermiamo l’avvenuta attivazione" in words(letter)
    assert "di inserire il codice personale temporaneo" in words(letter)


@pytest.mark.requirement("IST-12")
def test_the_temporary_code_is_asked_for_and_changed(stage):
    """«La funzione chiederà di inserire il codice personale temporaneo e chiederà di cambiarlo»."""
    registrar = stage.registrar
    _, temporary = identified(stage)
    answer = registrar.sign_in(CARLO.key, PASSWORD)
    change, session = registrar.change_personal_code, answer.session
    assert answer.next is Next.CHANGE_PERSONAL_CODE
    assert codes(registrar.enter_service, session, "mobilita") == {"personal_code.change_required"}
    assert codes(change, session, "Sbagliato1", CODE, CODE) == {"personal_code.wrong"}
    assert codes(change, session, temporary, CODE, "Altro2011bis") == {"personal_code.mismatch"}
    assert codes(change, session, temporary, temporary, temporary) == {
        "personal_code.same_as_temporary"
    }
    assert change(session, temporary, CODE, CODE).next is Next.USE_SERVICES
    assert codes(change, session, temporary, CODE, CODE) == {"personal_code.wrong"}
    assert registrar.sign_in(CARLO.key, PASSWORD).next is Next.USE_SERVICES


@pytest.mark.requirement("IST-13")
def test_functions_open_and_close(stage):
    """«Nel momento in cui verranno aperte le funzioni»."""
    registrar = stage.registrar
    enabled(stage)
    for now, expected in {
        datetime(2011, 3, 7, 7, 59, tzinfo=UTC): {"service.early"},
        datetime(2011, 4, 8, 22, tzinfo=UTC): {"service.late"},
    }.items():
        stage.clock.go_to(now)
        session = registrar.sign_in(CARLO.key, PASSWORD).session
        assert codes(registrar.enter_service, session, "mobilita") == expected
    stage.clock.go_to(OPENS)
    session = registrar.sign_in(CARLO.key, PASSWORD).session
    assert registrar.enter_service(session, "mobilita").next is Next.USE_SERVICES
