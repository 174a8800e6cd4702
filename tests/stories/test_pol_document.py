"""The guide to POLIS «Istanze OnLine» of 2020, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from tests.stories.stage import codes, help_with, refusal_of, tree, words

from registrazione.core.answer import Next
from registrazione.core.refusals import refusal
from registrazione.core.states import AccountState, CodeState, PasswordState
from registrazione.refusals import text_of
from registrazione.stories.base import HELP_DESK, SCHOOL, SECRETARIAT, TICKED
from registrazione.stories.people import BRUNO, DARIA, ELENA, NADIA
from registrazione.stories.polis import profile

MARCH = datetime(2020, 3, 2, 8, tzinfo=UTC)
SEPTEMBER = datetime(2020, 9, 1, 6, tzinfo=UTC)
PASSWORD, CODE = "Cattedra2020", "Registro2020"
CARD = {
    "document_type": "Carta d'identità",
    "document_number": "CA22222CC",
    "document_expires": "2027-02-03",
}
DIGEST = sha256(b"Domanda").hexdigest()
SIGNED = {"service": "istanze", "digest": DIGEST}


@pytest.fixture
def stage(theatre):
    """The portal in March 2020; the recognition of earlier years opens in September."""
    return theatre(profile(), MARCH)


def form(person=ELENA, **changes):
    """Return the form, filled in without a fault."""
    own = {"username": person.key, "password": PASSWORD, "password_again": PASSWORD}
    return person.data(email=person.email, category="docente", **CARD, **own) | changes


def form_page(stage, person=ELENA):
    """Return the draft on the page of the form."""
    registrar = stage.registrar
    return registrar.identify(registrar.begin().draft, person.codice_fiscale).draft


def received(stage, person=ELENA, **changes):
    """Return the account's id and the temporary code of somebody who confirmed the receipt."""
    registrar = stage.registrar
    filled = registrar.fill(form_page(stage, person), form(person, **changes)).draft
    answer = registrar.confirm(filled)
    letter = stage.letter(changes.get("email", person.email))
    assert registrar.activate(letter.token, ticket=answer.ticket).next is Next.GO_IN_PERSON
    return answer.account.id, letter.value("Codice personale temporaneo")


def identify(stage, account_id, operator=SCHOOL, **changes):
    """Show document, code and form at a secretariat."""
    shown = {
        "codice_fiscale": ELENA.codice_fiscale,
        "document_type": CARD["document_type"],
        "document_number": CARD["document_number"],
        "document_expires": date(2027, 2, 3),
        "form_signed": True,
    }
    return stage.registrar.identify_in_person(operator, account_id, **{**shown, **changes})


def enabled(stage, **changes):
    """Return the account's id and a session of somebody who went through it all."""
    account_id, temporary = received(stage, **changes)
    identify(stage, account_id)
    session = stage.registrar.sign_in(ELENA.key, PASSWORD).session
    stage.registrar.change_personal_code(session, temporary, CODE, CODE)
    stage.post()
    return account_id, session


# -- to use the portal ----------------------------------------------------------------------


@pytest.mark.requirement("POL-01", "POL-02")
def test_credentials_and_enabling_or_spid(stage):
    """«Username e password ed aver effettuato la procedura di abilitazione, oppure SPID»."""
    registrar = stage.registrar
    account_id, _ = received(stage)
    assert codes(registrar.sign_in, ELENA.key, PASSWORD) == {"account.awaiting_presence"}
    identify(stage, account_id)
    assert registrar.sign_in(ELENA.key, PASSWORD).session
    asked = registrar.sign_in_with("spid", {"person": NADIA.key})
    assert registrar.complete_data(asked.ticket, CARD).session


def registered_elsewhere(stage):
    """Return the username of somebody with credentials of «Iscrizioni on line»."""
    stage.clock.go_to(datetime(2020, 12, 19, 8, tzinfo=UTC))
    with stage.portal("iscrizioni-online") as other:
        page = other.begin().draft
        page = other.identify(page, BRUNO.codice_fiscale, human_response=TICKED).draft
        typed = BRUNO.data(email=BRUNO.email, email_again=BRUNO.email)
        other.confirm(other.fill(page, typed).draft)
        other.activate(stage.letter(BRUNO.email).token)
        letter = stage.letter(BRUNO.email)
        username = letter.value("Nome utente")
        temporary = letter.value("Password temporanea")
        session = other.sign_in(username, temporary).session
        other.change_password(session, temporary, PASSWORD, PASSWORD)
    return username


@pytest.mark.requirement("POL-02")
def test_registered_is_not_enabled(stage):
    """Credentials of another service open this portal, but not the applications."""
    username = registered_elsewhere(stage)
    answer = stage.registrar.sign_in(username, PASSWORD)
    open_services = {offer.name for offer in answer.services if offer.open}
    assert open_services == {"iscrizioni", "pago-in-rete", "formazione", "assistenti-lingua"}
    assert codes(stage.registrar.enter_service, answer.session, "istanze") == {
        "service.enabling_required"
    }


@pytest.mark.requirement("POL-03")
def test_the_code_confirms_each_application(stage):
    """«Un codice personale che viene richiesto al termine di ciascuna domanda»."""
    registrar = stage.registrar
    account_id, session = enabled(stage)
    sign = registrar.authorise_submission
    assert codes(sign, session, "Sbagliato1", **SIGNED) == {"personal_code.wrong"}
    assert codes(sign, session, PASSWORD, **SIGNED) == {"personal_code.wrong"}
    receipt = sign(session, CODE, **SIGNED).receipt
    proof = registrar.verify_receipt(receipt, **SIGNED)
    assert (proof.account_id, proof.issued_at) == (account_id, MARCH)
    other = sha256(b"Un'altra domanda").hexdigest()
    assert registrar.verify_receipt(receipt, service="istanze", digest=other) is None
    assert registrar.verify_receipt(receipt, service="iscrizioni", digest=DIGEST) is None
    assert registrar.verify_receipt(receipt[:-2], **SIGNED) is None
    signed = registrar.history(session=session).history
    assert [r.details for r in signed if r.event == "submission_authorised"] == [SIGNED]


@pytest.mark.requirement("POL-03", "POL-09")
def test_a_code_that_is_guessed_is_blocked(stage):
    """Five wrong codes, and only a new one by mail helps."""
    registrar = stage.registrar
    account_id, session = enabled(stage)
    sign = registrar.authorise_submission
    left = [refusal_of(sign, session, "Sbagliato1", **SIGNED) for _ in range(5)]
    assert [dict(refusal.faults[0].params) for refusal in left] == [
        *({"left": number} for number in (4, 3, 2, 1)),
        {},
    ]
    assert codes(sign, session, CODE, **SIGNED) == {"personal_code.blocked"}
    assert registrar.load(account_id).code is CodeState.BLOCKED
    registrar.recover_personal_code(session)
    temporary = stage.letter(ELENA.email).value("Codice personale temporaneo")
    registrar.change_personal_code(session, temporary, CODE, CODE)
    assert sign(session, CODE, **SIGNED).receipt


# -- how to register ------------------------------------------------------------------------


@pytest.mark.requirement("POL-04", "POL-07")
def test_identification_in_person(stage):
    """«Un riconoscimento fisico presso le segreterie scolastiche o gli uffici preposti»."""
    registrar = stage.registrar
    account_id, _ = received(stage)
    assert tree(
        identify,
        stage,
        account_id,
        codice_fiscale=DARIA.codice_fiscale,
        document_expires=date(2020, 3, 1),
        form_signed=False,
    ) == {
        "cf": {"presence.other_person"},
        "document_expires": {"presence.document_expired"},
        "form_signed": {"presence.form_unsigned"},
    }
    assert codes(identify, stage, account_id, HELP_DESK) == {"operator.not_allowed"}
    for operator in (SCHOOL, SECRETARIAT):
        assert "identify_in_person" in registrar.profile.duties
        assert operator.role in registrar.profile.duties["identify_in_person"]
    account = identify(stage, account_id).account
    assert account.identification.office == SCHOOL.office
    assert "l’avvenuta attivazione" in words(stage.letter(ELENA.email))


@pytest.mark.requirement("POL-05", "POL-13")
@pytest.mark.parametrize("domain", ["istruzione.it", "posta.istruzione.it", "posta.example"])
def test_any_mailbox(stage, domain):
    """«Non è più necessario disporre di una casella di posta elettronica @istruzione.it»."""
    email = f"elena@{domain}"
    account_id, _ = enabled(stage, email=email)
    assert stage.registrar.load(account_id).email == email


@pytest.mark.requirement("POL-05", "POL-18")
def test_spid_instead_of_a_mailbox_and_a_visit(stage):
    """«Oppure di un account SPID»: no visit, the code comes by mail and is changed."""
    registrar = stage.registrar
    asked = registrar.sign_in_with("spid", {"person": NADIA.key})
    assert set(asked.missing) == set(CARD)
    answer = registrar.complete_data(asked.ticket, CARD)
    assert (answer.next, answer.account.state) == (Next.CHANGE_PERSONAL_CODE, AccountState.ACTIVE)
    activated, code = stage.post()
    assert "l’avvenuta attivazione" in words(activated)
    assert "vale come riconoscimento" in words(code)
    temporary = code.value("Codice personale temporaneo")
    registrar.change_personal_code(answer.session, temporary, CODE, CODE)
    assert registrar.authorise_submission(answer.session, CODE, **SIGNED).receipt
    assert stage.letter(NADIA.email).subject.endswith("codice personale modificato")
    again = registrar.sign_in_with("spid", {"person": NADIA.key})
    assert again.next is Next.USE_SERVICES
    assert stage.post() == ()


@pytest.mark.requirement("POL-06")
@pytest.mark.parametrize("name", sorted(CARD))
def test_document_and_code_are_asked_for(stage, name):
    """«Vengono richiesti dei dati desumibili da questa documentazione»."""
    fill, page = stage.registrar.fill, form_page(stage)
    assert tree(fill, page, form(**{name: ""})) == {name: {"input.missing"}}
    assert codes(stage.registrar.identify, stage.registrar.begin().draft, "") == {"input.missing"}
    account_id, _ = received(stage)
    kept = stage.registrar.load(account_id)
    assert {field: kept.values[field] for field in CARD} == CARD
    assert kept.codice_fiscale == ELENA.codice_fiscale


@pytest.mark.requirement("POL-07")
def test_the_whole_procedure(stage):
    """«Il codice personale temporaneo e il modulo… il link… il riconoscimento… la modifica»."""
    registrar = stage.registrar
    answer = registrar.confirm(registrar.fill(form_page(stage), form()).draft)
    assert answer.next is Next.OPEN_LINK
    (letter,) = stage.post()
    assert "MODULO DI ADESIONE" in letter.text
    assert f"Codice fiscale: {ELENA.codice_fiscale}" in letter.text
    assert registrar.activate(letter.token, ticket=answer.ticket).next is Next.GO_IN_PERSON
    assert identify(stage, answer.account.id).next is Next.SIGN_IN
    temporary = letter.value("Codice personale temporaneo")
    session = registrar.sign_in(ELENA.key, PASSWORD).session
    change = registrar.change_personal_code
    for typed, wrong in {
        "SoloLettere": "personal_code.needs_digit",
        "2020202020": "personal_code.needs_letter",
        "con-trattino1": "personal_code.character",
        "Corto1": "personal_code.too_short",
        PASSWORD: "personal_code.same_as_password",
        temporary: "personal_code.same_as_temporary",
    }.items():
        assert codes(change, session, temporary, typed, typed) == {wrong}
    assert change(session, temporary, CODE, CODE).next is Next.USE_SERVICES
    assert codes(registrar.change_password, session, PASSWORD, CODE, CODE) == {
        "password.same_as_code"
    }


@pytest.mark.requirement("POL-08")
def test_submit_and_change_own_data(stage):
    """«È possibile presentare la domanda e, in qualsiasi momento, modificare i propri dati»."""
    registrar = stage.registrar
    _, session = enabled(stage)
    assert registrar.authorise_submission(session, CODE, **SIGNED).receipt
    new = {"residence_address": "Via dei Tigli 1", "mobile_phone": "+39 333 0000000", **CARD}
    changed = registrar.update_contacts(session, new | {"document_number": "CB33333DD"}).account
    assert changed.values["document_number"] == "CB33333DD"
    assert changed.values["residence_address"] == "Via dei Tigli 1"
    assert codes(registrar.update_contacts, session, {"surname": "Rossi"}) == {"data.school_only"}


@pytest.mark.requirement("POL-09")
def test_the_code_is_recovered_by_mail(stage):
    """«Può essere recuperato, dalla propria pagina personale… tramite l'indirizzo mail»."""
    registrar = stage.registrar
    _, session = enabled(stage)
    assert codes(registrar.recover_personal_code, "falso") == {"session.ended"}
    assert registrar.recover_personal_code(session).next is Next.READ_MAIL
    letter = stage.letter(ELENA.email)
    assert "come richiesto dalla tua pagina personale" in words(letter)
    temporary = letter.value("Codice personale temporaneo")
    sign = registrar.authorise_submission
    for code in (CODE, temporary):
        assert codes(sign, session, code, **SIGNED) == {"personal_code.change_required"}
    registrar.change_personal_code(session, temporary, "Registro2021", "Registro2021")
    assert codes(sign, session, CODE, **SIGNED) == {"personal_code.wrong"}
    assert sign(session, "Registro2021", **SIGNED).receipt


# -- the new home page ----------------------------------------------------------------------


@pytest.mark.requirement("POL-10", "POL-12")
def test_log_in_register_or_start_enabling(stage):
    """«Accedere con le credenziali, registrarsi, o avviare la procedura di abilitazione»."""
    registrar = stage.registrar
    assert registrar.begin().next is Next.IDENTIFY
    account_id, _ = received(stage)
    refusal = refusal_of(registrar.sign_in, ELENA.key, PASSWORD)
    assert refusal.codes == ("account.awaiting_presence",)
    assert text_of(refusal.faults[0]).startswith("Per completare l'abilitazione recati")
    answer = registrar.sign_in_with("spid", {"person": ELENA.key}, ticket=refusal.ticket)
    assert answer.account.id == account_id
    assert registrar.sign_in(ELENA.key, PASSWORD).next is Next.CHANGE_PERSONAL_CODE


@pytest.mark.requirement("POL-10")
def test_enabled_users_reach_their_home(stage):
    """«Se è già registrato e abilitato, effettuando il login accede alla propria home page»."""
    enabled(stage)
    answer = stage.registrar.sign_in(ELENA.key, PASSWORD)
    assert answer.next is Next.USE_SERVICES
    assert "istanze" in {offer.name for offer in answer.services if offer.open}


@pytest.mark.requirement("POL-14")
def test_the_institutional_address_is_the_reference(stage):
    """«Quest'ultimo viene considerato in automatico quello di riferimento per l'utenza»."""
    registrar = stage.registrar
    account_id, session = enabled(stage)
    institutional, personal = "elena@posta.istruzione.it", "e.tassoni@posta.example"
    registrar.change_email(session, institutional, password=PASSWORD)
    assert registrar.load(account_id).email == ELENA.email
    registrar.activate(stage.letter(institutional).token)
    assert registrar.load(account_id).email == institutional
    session = registrar.sign_in(ELENA.key, PASSWORD).session
    registrar.change_email(session, personal, password=PASSWORD)
    changed = registrar.activate(stage.letter(personal).token).account
    assert (changed.email, changed.personal_email) == (institutional, personal)
    assert "continueranno ad arrivare a questo indirizzo" in words(stage.letter(institutional))
    registrar.recover_username(personal)
    assert stage.letter(institutional).value("Nome utente") == ELENA.key


@pytest.mark.requirement("POL-15")
def test_the_same_credentials_for_five_services(stage):
    """«Istanze OnLine; Iscrizioni online; Pago in rete; Portale della formazione; Assistenti»."""
    registrar = stage.registrar
    account_id, session = enabled(stage)
    five = ("istanze", "iscrizioni", "pago-in-rete", "formazione", "assistenti-lingua")
    for name in five:
        assert registrar.enter_service(session, name).account.id == account_id
    for name in ("iscrizioni-online", "istanze-online"):
        with stage.portal(name) as other:
            assert other.sign_in(ELENA.key, PASSWORD).account.id == account_id


@pytest.mark.requirement("POL-16")
@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("window.late", "080 9267603"),
        ("sign_in.failed", "080 9267603"),
        ("password.temporary_expired", "080 9267603"),
        ("data.school_only", "06 58494500"),
        ("account.awaiting_presence", "alla scuola o all'ufficio che ti ha identificato"),
        ("submission.digest", "l'ufficio destinatario dell'istanza"),
        ("service.unknown", "domande frequenti"),
    ],
)
def test_help_by_kind_of_problem(stage, code, where):
    """«Numero verde… URP… la scuola o l'ufficio… l'ufficio destinatario… FAQ»."""
    route = help_with(stage.registrar.profile, refusal(code))
    assert where in f"{route.text.it} {route.phone}"


@pytest.mark.requirement("POL-17")
def test_the_password_expires_with_a_warning(stage):
    """«Periodicamente la password scade. Quando manca poco, viene visualizzato un avviso»."""
    registrar = stage.registrar
    account_id, _ = enabled(stage)
    policy = registrar.profile.password
    stage.clock.go_to(MARCH + policy.expires_after - policy.warn_before - timedelta(days=1))
    assert registrar.sign_in(ELENA.key, PASSWORD).notices == ()
    assert registrar.warn_expiring_passwords().done == 0

    stage.wait(days=1)
    (notice,) = registrar.sign_in(ELENA.key, PASSWORD).notices
    assert text_of(notice) == "La password sta per scadere (giorni rimasti: 15)."
    assert registrar.warn_expiring_passwords().accounts == (account_id,)
    assert "scade fra 15 giorni" in words(stage.letter(ELENA.email))
    assert registrar.warn_expiring_passwords().done == 0

    stage.wait(days=15)
    registrar.expire_due()
    assert registrar.load(account_id).password is PasswordState.EXPIRED
    answer = registrar.sign_in(ELENA.key, PASSWORD)
    assert answer.next is Next.CHANGE_PASSWORD
    assert codes(registrar.enter_service, answer.session, "istanze") == {"password.expired"}
    new = "Cattedra2021"
    changed = registrar.change_password(answer.session, PASSWORD, new, new)
    assert changed.next is Next.USE_SERVICES


@pytest.mark.requirement("POL-17")
def test_the_password_expires_whether_or_not_a_timer_runs(stage):
    """Who signs in after the end has to change the password, even if no round was made."""
    enabled(stage)
    stage.clock.go_to(MARCH + stage.registrar.profile.password.expires_after)
    assert stage.registrar.sign_in(ELENA.key, PASSWORD).next is Next.CHANGE_PASSWORD


@pytest.mark.requirement("POL-18")
def test_enabling_with_spid(stage):
    """«Richiesta di abilitazione con SPID»: the browser that registered, and one's own SPID."""
    registrar = stage.registrar
    account_id, temporary = received(stage, DARIA)
    ticket = refusal_of(registrar.sign_in, DARIA.key, PASSWORD).ticket
    someone_elses = {"person": NADIA.key}
    assert codes(registrar.sign_in_with, "spid", someone_elses, ticket=ticket) == {
        "identity.other_person"
    }
    stage.post()
    answer = registrar.sign_in_with("spid", {"person": DARIA.key}, ticket=ticket)
    assert (answer.account.id, answer.next) == (account_id, Next.CHANGE_PERSONAL_CODE)
    assert answer.account.password is PasswordState.SET
    (letter,) = stage.post()
    assert "l’avvenuta attivazione" in words(letter)
    registrar.change_personal_code(answer.session, temporary, CODE, CODE)
    assert registrar.authorise_submission(answer.session, CODE, **SIGNED).receipt
    assert codes(registrar.sign_in_with, "spid", {"person": DARIA.key}, ticket=ticket) == {
        "account.already_active"
    }


@pytest.mark.requirement("POL-18")
def test_enabling_with_spid_of_credentials_from_elsewhere(stage):
    """Who has credentials of another service aligns them with SPID, and gets the code by mail."""
    registrar = stage.registrar
    username = registered_elsewhere(stage)
    account_id = registrar.sign_in(username, PASSWORD).account.id
    asked = registrar.sign_in_with("spid", {"person": BRUNO.key})
    assert asked.next is Next.ALIGN
    answer = registrar.align(asked.ticket, accept=True)
    assert (answer.account.id, answer.next) == (account_id, Next.CHANGE_PERSONAL_CODE)
    aligned, code = stage.post()
    assert "allineata con SPID" in aligned.subject
    temporary = code.value("Codice personale temporaneo")
    registrar.change_personal_code(answer.session, temporary, CODE, CODE)
    assert registrar.authorise_submission(answer.session, CODE, **SIGNED).receipt


@pytest.mark.requirement("POL-21", "POL-22")
def test_services_by_period_and_category(stage):
    """«Periodicamente il MIUR attiva… al personale docente, Religione, educativo e ATA»."""
    registrar = stage.registrar
    service = "ricostruzione-carriera"
    account_id, session = enabled(stage)
    assert codes(registrar.enter_service, session, service) == {"service.early"}
    stage.clock.go_to(SEPTEMBER)
    session = registrar.sign_in(ELENA.key, PASSWORD).session
    registrar.change_password(session, PASSWORD, "Cattedra2021", "Cattedra2021")
    for category, open_to_them in {
        "docente": True,
        "religione": True,
        "educativo": True,
        "ata": True,
        "altro": False,
    }.items():
        registrar.correct_data(SECRETARIAT, account_id, {"category": category}, "Nuovo incarico.")
        if open_to_them:
            assert registrar.enter_service(session, service).destination == service
        else:
            refused = codes(registrar.enter_service, session, service)
            assert refused == {"service.not_for_category"}
    stage.clock.go_to(datetime(2020, 12, 31, 23, tzinfo=UTC))
    session = registrar.sign_in(ELENA.key, "Cattedra2021").session
    registrar.correct_data(SECRETARIAT, account_id, {"category": "ata"}, "Nuovo incarico.")
    assert codes(registrar.enter_service, session, service) == {"service.late"}
