"""The university's page for external users, sentence by sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.stories.stage import codes, help_with, refusal_of, tree, words

from registrazione.core.answer import Next
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.refusals import text_of
from registrazione.stories.base import HELP_DESK, SECRETARIAT
from registrazione.stories.people import CHIARA, LENA, MARCO, TERESA

AUTUMN = datetime(2016, 10, 24, 9, tzinfo=UTC)
PASSWORD, NEW_PASSWORD = "Navigli2016", "Brera2017"
SERVICES = ("immatricolazione", "informastudenti", "borse-di-studio", "pagamenti")


@pytest.fixture
def stage(theatre):
    """The portal in October 2016."""
    return theatre("unimi-external", AUTUMN)


def form(person=MARCO, **changes):
    """Return the form, filled in without a fault."""
    return (
        person.data(
            username=person.key,
            password=PASSWORD,
            password_again=PASSWORD,
            cf=person.codice_fiscale,
            phone=person.phone,
            email=person.email,
        )
        | changes
    )


def fill(stage, **changes):
    """Send the form."""
    return stage.registrar.fill(stage.registrar.begin().draft, form(**changes))


def confirmed(stage, **changes):
    """Return the answer to the confirmed form."""
    return stage.registrar.confirm(fill(stage, **changes).draft)


def activated(stage, **changes):
    """Return the account of somebody who used the link."""
    answer = confirmed(stage, **changes)
    token = stage.letter(changes.get("email", MARCO.email)).token
    return stage.registrar.activate(token, ticket=answer.ticket).account


def session_of(stage, password=PASSWORD):
    """Return a session of Marco's."""
    return stage.registrar.sign_in(MARCO.key, password).session


# -- Come registrarsi -----------------------------------------------------------------------


@pytest.mark.requirement("UNI-01")
def test_services_need_authentication(stage):
    """«I servizi offerti dall'Ateneo richiedono l'autenticazione»."""
    for service in SERVICES:
        for session in ("", "WyJhYmMiXQ.falso"):
            assert codes(stage.registrar.enter_service, session, service) == {"session.ended"}


@pytest.mark.requirement("UNI-02")
def test_spid_needs_no_registration(stage):
    """«I dati vengono acquisiti da SPID e l'account è immediatamente attivo»."""
    registrar = stage.registrar
    answer = registrar.sign_in_with("spid", {"person": CHIARA.key}, service="immatricolazione")
    account = answer.account
    assert (answer.next, answer.destination) == (Next.USE_SERVICES, "immatricolazione")
    assert (account.state, account.password) == (AccountState.ACTIVE, PasswordState.NONE)
    assert account.codice_fiscale == CHIARA.codice_fiscale
    assert {**account.values, "email": account.email} == CHIARA.data(
        phone=CHIARA.phone, email=CHIARA.email
    )
    for service in SERVICES:
        assert registrar.enter_service(answer.session, service).next is Next.USE_SERVICES
    again = registrar.sign_in_with("spid", {"person": CHIARA.key})
    assert again.account.id == account.id


@pytest.mark.requirement("UNI-03")
def test_credentials_are_aligned_with_spid(stage):
    """«Ti verrà richiesto di allineare i tuoi dati… potrai utilizzare solo SPID»."""
    registrar = stage.registrar
    account = activated(stage, name="MARCO", phone="+39 02 000000")
    session = session_of(stage)
    asked = registrar.sign_in_with("spid", {"person": MARCO.key})
    assert (asked.next, asked.session) == (Next.ALIGN, "")
    assert {(d.field, d.ours, d.theirs) for d in asked.differences} == {
        ("name", "MARCO", "Marco"),
        ("phone", "+3902000000", MARCO.phone),
    }
    stage.post()
    done = registrar.align(asked.ticket, accept=True)
    assert done.next is Next.USE_SERVICES
    assert (done.account.id, done.account.link) == (account.id, LinkState.ONLY)
    assert done.account.values["name"] == "Marco"
    assert "puoi utilizzare solo SPID" in words(stage.letter(MARCO.email))
    assert codes(registrar.sign_in, MARCO.key, PASSWORD) == {"password.off"}
    assert codes(registrar.enter_service, session, "pagamenti") == {"session.ended"}
    assert registrar.sign_in_with("spid", {"person": MARCO.key}).session


@pytest.mark.requirement("UNI-03")
def test_the_alignment_is_the_persons_decision(stage):
    """Who does not accept goes on with the credentials, and is asked again the next time."""
    registrar = stage.registrar
    activated(stage)
    asked = registrar.sign_in_with("spid", {"person": MARCO.key})
    refused = registrar.align(asked.ticket, accept=False)
    assert refused.next is Next.SIGN_IN
    assert refused.account.link is LinkState.NONE
    assert codes(registrar.align, asked.ticket, accept=True) == {"token.used"}
    assert session_of(stage)
    assert registrar.sign_in_with("spid", {"person": MARCO.key}).next is Next.ALIGN


@pytest.mark.requirement("UNI-04")
def test_spid_is_personal(stage):
    """«Non è possibile utilizzare lo SPID di terze persone (genitori, tutori, parenti, altri)»."""
    registrar = stage.registrar
    account = activated(stage)
    sisters = {"person": CHIARA.key}
    assert codes(registrar.sign_in_with, "spid", sisters, session=session_of(stage)) == {
        "identity.other_person"
    }
    assert registrar.load(account.id).link is LinkState.NONE
    own = registrar.sign_in_with("spid", {"person": MARCO.key}, session=session_of(stage))
    assert own.next is Next.ALIGN
    hers = registrar.sign_in_with("spid", sisters)
    assert hers.account.id != account.id


@pytest.mark.requirement("UNI-05")
def test_what_has_to_be_given(stage):
    """«Un nome utente e una password, i dati anagrafici, un numero di telefono e un indirizzo»."""
    wanted = {name for name in form() if name != "cf"}
    assert tree(stage.registrar.fill, stage.registrar.begin().draft, {}) == {
        name: {"input.missing"} for name in wanted
    }
    assert tree(fill, stage, phone="12", email="marco", username="m", password="corta") == {
        "phone": {"phone.malformed"},
        "email": {"email.malformed"},
        "username": {"username.too_short"},
    }
    assert "password.too_short" in codes(fill, stage, password="corta", password_again="corta")
    assert codes(fill, stage, surname="Rossi") == {"cognome.incoerente"}
    assert confirmed(stage, cf="").next is Next.OPEN_LINK
    assert codes(confirmed, stage, email="altra@posta.example") == {"username.taken"}


@pytest.mark.requirement("UNI-06")
def test_twenty_four_hours(stage):
    """«Da attivare entro 24 ore, altrimenti si deve ripetere la registrazione»."""
    registrar = stage.registrar
    answer = confirmed(stage)
    assert answer.expires_at == AUTUMN + timedelta(hours=24)
    token = stage.letter(MARCO.email).token
    stage.wait(hours=24, seconds=1)
    assert codes(registrar.activate, token, ticket=answer.ticket) == {"token.expired"}
    assert registrar.expire_due().accounts == (answer.account.id,)
    assert registrar.load(answer.account.id).state is AccountState.EXPIRED

    again = confirmed(stage)
    token = stage.letter(MARCO.email).token
    stage.wait(hours=24)
    assert registrar.activate(token, ticket=again.ticket).account.state is AccountState.ACTIVE


@pytest.mark.requirement("UNI-07", "UNI-09", "UNI-16")
def test_services_for_external_users(stage):
    """«Essere registrati da utenti esterni non dà accesso alla biblioteca digitale»."""
    registrar = stage.registrar
    activated(stage)
    answer = registrar.sign_in(MARCO.key, PASSWORD, service="biblioteca-digitale")
    assert answer.next is Next.USE_SERVICES
    assert [notice.code for notice in answer.notices] == ["service.not_for_external"]
    assert {offer.name for offer in answer.services if offer.open} == set(SERVICES)
    for service in SERVICES:
        assert registrar.enter_service(answer.session, service).destination == service
    refusal = refusal_of(registrar.enter_service, answer.session, "biblioteca-digitale")
    assert text_of(refusal.faults[0]).startswith(
        "Stai cercando di accedere a un servizio che non è utilizzabile dagli utenti esterni."
    )


# -- Problemi più frequenti -----------------------------------------------------------------


@pytest.mark.requirement("UNI-08")
def test_no_mail_came(stage):
    """«Verifica l'indirizzo a cui è stata spedita e modificalo o fatti inviare una nuova»."""
    registrar = stage.registrar
    wrong = "marco.olivoto@posta.example"
    answer = confirmed(stage, email=wrong)
    lost = stage.letter(wrong)
    assert answer.account.email == wrong
    stage.wait(hours=1)
    moved = registrar.correct_email(answer.ticket, MARCO.email)
    assert moved.account.email == MARCO.email
    first = stage.letter(MARCO.email)
    stage.wait(hours=1)
    registrar.resend_activation(ticket=answer.ticket)
    second = stage.letter(MARCO.email)
    for void in (lost, first):
        assert codes(registrar.activate, void.token, ticket=answer.ticket) == {"token.used"}
    stage.wait(hours=23)
    assert registrar.activate(second.token, ticket=answer.ticket).account.email == MARCO.email


@pytest.mark.requirement("UNI-08", "UNI-14")
def test_sent_again_from_another_browser(stage):
    """Username and password, or the address alone, are enough to have the link sent again."""
    registrar = stage.registrar
    confirmed(stage)
    stage.post()
    refusal = refusal_of(registrar.sign_in, MARCO.key, PASSWORD)
    assert refusal.codes == ("account.awaiting_link",)
    registrar.resend_activation(ticket=refusal.ticket)
    assert stage.letter(MARCO.email).token
    assert registrar.resend_activation(email=MARCO.email).next is Next.OPEN_LINK
    token = stage.letter(MARCO.email).token
    assert codes(registrar.activate, token) == {"activation.password_again"}
    assert registrar.activate(token, password=PASSWORD).next is Next.SIGN_IN
    assert registrar.resend_activation(email="nessuno@posta.example").next is Next.OPEN_LINK


@pytest.mark.requirement("UNI-10")
def test_spid_passwords_are_not_known_here(stage):
    """«Se utilizzi SPID, non conosciamo la tua password. Devi rivolgerti al tuo fornitore»."""
    registrar = stage.registrar
    registrar.sign_in_with("spid", {"person": CHIARA.key})
    stage.post()
    registrar.request_password_reset(email=CHIARA.email)
    letter = stage.letter(CHIARA.email)
    assert "non conosciamo la tua password" in words(letter)
    assert "https://www.spid.gov.it/ottieni-assistenza-dagli-identity-provider/" in letter.text


@pytest.mark.requirement("UNI-11", "UNI-18")
def test_forgotten_credentials(stage):
    """«Se hai accesso all'indirizzo e-mail, puoi utilizzare il servizio di recupero»."""
    registrar = stage.registrar
    activated(stage)
    registrar.recover_username(MARCO.email)
    username = stage.letter(MARCO.email).value("Nome utente")
    assert username == MARCO.key
    registrar.request_password_reset(username=username)
    token = stage.letter(MARCO.email).token
    assert codes(registrar.reset_password, token, PASSWORD, PASSWORD) == {"password.reused"}
    assert registrar.reset_password(token, NEW_PASSWORD, NEW_PASSWORD).next is Next.SIGN_IN
    assert codes(registrar.reset_password, token, "Altra2017", "Altra2017") == {"token.used"}
    assert codes(registrar.sign_in, username, PASSWORD) == {"sign_in.failed"}
    assert session_of(stage, NEW_PASSWORD)


@pytest.mark.requirement("UNI-11")
def test_a_link_to_reset_is_good_for_an_hour(stage):
    """The documents do not say how long; nobody is signed out by asking for one."""
    registrar = stage.registrar
    activated(stage)
    session = session_of(stage)
    registrar.request_password_reset(email=MARCO.email)
    token = stage.letter(MARCO.email).token
    assert registrar.enter_service(session, "pagamenti").next is Next.USE_SERVICES
    stage.wait(hours=1, seconds=1)
    assert codes(registrar.reset_password, token, NEW_PASSWORD, NEW_PASSWORD) == {"token.expired"}


@pytest.mark.requirement("UNI-12")
def test_address_forgotten_too(stage):
    """«Se hai dimenticato anche l'indirizzo e-mail, rivolgiti alle segreterie studenti»."""
    registrar = stage.registrar
    account = activated(stage)
    stage.post()
    fault = refusal_of(registrar.sign_in, "boh", PASSWORD)
    assert fault.codes == ("sign_in.failed",)
    assert registrar.profile.help["recovery"].text.it == "Rivolgiti alle segreterie studenti."
    new = "m.olivotto@lavoro.example"
    registrar.correct_data(SECRETARIAT, account.id, {"email": new}, "Visto il documento.")
    assert {letter.recipient for letter in stage.post()} == {new, MARCO.email}
    registrar.recover_username(new)
    assert stage.letter(new).value("Nome utente") == MARCO.key
    registrar.request_password_reset(email=new)
    registrar.reset_password(stage.letter(new).token, NEW_PASSWORD, NEW_PASSWORD)
    assert session_of(stage, NEW_PASSWORD)


@pytest.mark.requirement("UNI-13")
def test_change_password(stage):
    """«Se vuoi modificare la tua password, puoi farlo usando il servizio "cambio password"»."""
    registrar = stage.registrar
    activated(stage)
    session, other = session_of(stage), session_of(stage)
    change = registrar.change_password
    assert codes(change, session, "Sbagliata1", NEW_PASSWORD, NEW_PASSWORD) == {
        "password.old_wrong"
    }
    assert codes(change, session, PASSWORD, NEW_PASSWORD, PASSWORD) == {"password.mismatch"}
    assert change(session, PASSWORD, NEW_PASSWORD, NEW_PASSWORD).next is Next.USE_SERVICES
    assert "password modificata" in stage.letter(MARCO.email).subject
    assert registrar.enter_service(session, "pagamenti").next is Next.USE_SERVICES
    assert codes(registrar.enter_service, other, "pagamenti") == {"session.ended"}


@pytest.mark.requirement("UNI-14")
def test_nothing_works_before_the_activation(stage):
    """«Non puoi utilizzare i servizi prima di aver completato la fase di attivazione»."""
    registrar = stage.registrar
    confirmed(stage)
    stage.post()
    assert codes(registrar.sign_in, MARCO.key, PASSWORD) == {"account.awaiting_link"}
    assert codes(registrar.sign_in, MARCO.key, "Sbagliata1") == {"sign_in.failed"}
    registrar.request_password_reset(email=MARCO.email)
    assert "nessuna utenza" in stage.letter(MARCO.email).subject
    registrar.recover_username(MARCO.email)
    assert MARCO.key not in stage.letter(MARCO.email).text.replace(MARCO.email, "")


@pytest.mark.requirement("UNI-15")
def test_one_message_and_case_matters(stage):
    """«Il nome utente o la password non sono validi»: attenzione a maiuscolo e minuscolo."""
    registrar = stage.registrar
    activated(stage)
    for username, password in (
        (MARCO.key, PASSWORD.lower()),
        (MARCO.key, PASSWORD.upper()),
        (MARCO.key, f"{PASSWORD} "),
        ("nessuno", PASSWORD),
        ("", PASSWORD),
    ):
        refusal = refusal_of(registrar.sign_in, username, password)
        assert [text_of(fault) for fault in refusal.faults] == [
            "Il nome utente o la password non sono validi"
        ]
        assert refusal.ticket == ""
    assert "maiuscole e minuscole" in help_with(registrar.profile, refusal).text.it
    assert registrar.sign_in(MARCO.key.title(), PASSWORD).session


@pytest.mark.requirement("UNI-17")
def test_registered_before_with_the_same_address(stage):
    """«Probabilmente ti eri già registrato in passato con la stessa e-mail»."""
    registrar = stage.registrar
    account = activated(stage)
    stage.post()
    second = confirmed(stage, username="marco.bis", email=MARCO.email.upper())
    assert second.next is Next.OPEN_LINK
    (letter,) = stage.post()
    assert "usa il recupero del nome utente e della password" in words(letter)
    registrar.resend_activation(ticket=second.ticket)
    (letter,) = stage.post()
    assert "hai già una registrazione" in letter.subject
    assert codes(registrar.sign_in, "marco.bis", PASSWORD) == {"account.awaiting_link"}
    active = registrar.accounts(AccountState.ACTIVE).items
    assert [found.id for found in active] == [account.id]


@pytest.mark.requirement("UNI-19")
def test_yearly_cancellation(stage):
    """«Registrazioni effettuate fino al 31 dicembre 2016 mai utilizzate nel corso del 2017»."""
    registrar = stage.registrar
    in_rome = {
        "used in 2016 only": datetime(2016, 10, 24, 9, tzinfo=UTC),
        "last moment of 2016": datetime(2016, 12, 31, 22, 59, tzinfo=UTC),
        "used in 2017": datetime(2016, 11, 2, 9, tzinfo=UTC),
        "first moment of 2017": datetime(2016, 12, 31, 23, 0, tzinfo=UTC),
    }
    accounts = {}
    for number, (what, registered) in enumerate(in_rome.items()):
        stage.clock.go_to(registered)
        email, username = f"u{number}@posta.example", f"utente.{number}"
        accounts[what] = activated(stage, email=email, username=username, cf="").id
    stage.clock.go_to(datetime(2016, 12, 1, tzinfo=UTC))
    registrar.sign_in("utente.0", PASSWORD)
    stage.clock.go_to(datetime(2017, 5, 1, tzinfo=UTC))
    registrar.sign_in("utente.2", PASSWORD)
    stage.clock.go_to(datetime(2017, 12, 31, 22, 59, tzinfo=UTC))
    assert registrar.cancel_unused(dry_run=True).accounts == ()

    stage.clock.go_to(datetime(2018, 1, 15, tzinfo=UTC))
    unused = {accounts["used in 2016 only"], accounts["last moment of 2016"]}
    stage.post()
    planned = registrar.cancel_unused(dry_run=True)
    assert set(planned.accounts) == unused
    assert all(registrar.load(a).state is AccountState.ACTIVE for a in accounts.values())
    assert stage.post() == ()

    done = registrar.cancel_unused()
    assert (set(done.accounts), done.done) == (unused, 2)
    assert {letter.recipient for letter in stage.post()} == {"u0@posta.example", "u1@posta.example"}
    for what, account_id in accounts.items():
        ended = registrar.load(account_id).state is AccountState.CANCELLED
        assert ended is (account_id in unused), what
    assert registrar.cancel_unused().accounts == ()


@pytest.mark.requirement("UNI-20")
def test_register_again_after_the_cancellation(stage):
    """«In questi casi occorre quindi effettuare una nuova registrazione»: nothing is in its way."""
    registrar = stage.registrar
    old = activated(stage)
    stage.clock.go_to(datetime(2018, 1, 15, tzinfo=UTC))
    registrar.cancel_unused()
    assert codes(registrar.sign_in, MARCO.key, PASSWORD) == {"sign_in.failed"}
    stage.post()
    registrar.request_password_reset(email=MARCO.email)
    assert "nessuna utenza" in stage.letter(MARCO.email).subject
    new = activated(stage)
    assert new.id != old.id
    assert session_of(stage)
    records = registrar.history(operator=HELP_DESK, account_id=old.id).history
    assert records[-1].details == {"cause": "unused"}


@pytest.mark.requirement("UNI-21")
def test_persons_only(stage):
    """«Non è più possibile registrarsi come ente, scuola o azienda»."""
    begin = stage.registrar.begin
    body = {"ragione_sociale": "Esempio S.r.l.", "partita_iva": "12345670017"}
    found = tree(stage.registrar.fill, begin().draft, body)
    assert found["ragione_sociale"] == found["partita_iva"] == {"input.unknown_field"}
    for of_a_person in ("name", "surname", "birth_date", "birth_place", "sex"):
        assert found[of_a_person] == {"input.missing"}


@pytest.mark.requirement("UNI-02")
def test_a_foreign_identity_is_not_offered(stage):
    """Only SPID is named; what else there is elsewhere is refused here."""
    assert codes(stage.registrar.sign_in_with, "eidas", {"person": LENA.key}) == {
        "identity.unknown_provider"
    }
    assert codes(stage.registrar.sign_in_with, "spid", {"person": TERESA.surname}) == {
        "identity.invalid"
    }
