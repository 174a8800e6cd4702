"""The person's own data on the pages."""

from __future__ import annotations

import json

import attrs
import pytest
from tests.contrib.web.browserless import Visitor, come_in, sign_in, visitor_of
from tests.world import HELP_DESK, MARIO, password_of

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.web.exchange import Send
from registrazione.core.form import Editable
from registrazione.core.states import AccountState, PasswordState
from registrazione.profiles import load


def account_of(visitor: Visitor):
    """Return Mario's account as it is stored."""
    return visitor.world.found("username", MARIO.username)[0]


@pytest.mark.requirement("MIM-38", "IOL-22", "POL-11")
def test_the_profile_shows_data_addresses_and_what_only_the_school_corrects() -> None:
    """Personal data in words, how one gets in, who corrects the rest, and where help is."""
    visitor = come_in(visitor_of("polis", places=InstalledPlaces())).get("/profile")
    visitor.world.put(account_of(visitor), pending_email="new@example.it")
    visitor.get("/profile")

    assert visitor.facts["Cognome"] == "Rossi"
    assert visitor.facts["Data di nascita"] == "1 gennaio 1980"
    assert visitor.facts["Comune di nascita"] == "Roma (RM)"
    assert visitor.facts["Codice fiscale"] == MARIO.cf
    assert visitor.facts["Categoria"] == "Personale docente"
    assert visitor.facts["Documento"] == "Carta d'identità"
    assert visitor.facts["Nome utente"] == MARIO.username
    assert visitor.facts["E-mail di riferimento"] == "mario.rossi@example.it"
    assert visitor.facts["E-mail personale"] == "mario.rossi@example.it"
    assert visitor.facts["E-mail in attesa di conferma"] == "new@example.it"
    assert "dalla scuola o dalla segreteria: nome, cognome, data di nascita" in visitor.prose
    assert visitor.page.help[0].phone == "06 58494500"
    assert MARIO.cf not in repr(visitor.reply)


def test_the_profile_offers_what_there_is() -> None:
    """No contacts to change and no code: no way to them."""
    students = come_in(visitor_of("mim-students")).get("/profile")
    assert "Modifica i recapiti e il documento" not in students.links
    assert "Codice personale" not in students.links
    assert "Cambia la password" in students.links


def test_nothing_is_said_of_the_school_where_it_corrects_nothing() -> None:
    """A procedure in which the person may change everything names no data of others."""
    procedure = load("standard")
    own = tuple(attrs.evolve(field, editable=Editable.PERSON) for field in procedure.form)
    visitor = come_in(visitor_of(attrs.evolve(procedure, form=own))).get("/profile")

    assert visitor.prose == ""
    assert "Modifica i recapiti e il documento" in visitor.links


@pytest.mark.requirement("UNI-04", "POL-11")
def test_linked_identities_are_named() -> None:
    """Whoever came with SPID reads so, and has no password to change."""
    visitor = come_in(visitor_of("polis"))
    identity = MARIO.vouched().identity
    visitor.world.put(account_of(visitor), identities=(identity,), password=PasswordState.OFF)
    visitor.get("/profile")

    assert visitor.facts["Identità digitali collegate"] == "SPID"
    assert "Cambia la password" not in visitor.links


@pytest.mark.requirement("IOL-21", "POL-08")
@pytest.mark.parametrize("awaitable", [False, True])
def test_contacts_are_changed_by_the_person(awaitable) -> None:
    """The page holds what there is; what is sent empty is emptied, the rest stays."""
    visitor = come_in(visitor_of("polis", awaitable=awaitable)).get("/profile/contacts")

    assert visitor.field("document_number").value == "CA12345AA"
    visitor.submit({"mobile_phone": "+39 333 7654321", "residence_cap": "00185"})
    assert visitor.path == "/profile"
    assert visitor.said == ["I dati sono stati aggiornati."]
    assert account_of(visitor).values["mobile_phone"] == "+393337654321"
    visitor.get("/profile/contacts").submit({"mobile_phone": ""})
    assert "mobile_phone" not in account_of(visitor).values
    assert account_of(visitor).values["residence_cap"] == "00185"
    assert account_of(visitor).values["surname"] == "Rossi"


@pytest.mark.requirement("IOL-22")
def test_only_ones_own_fields_are_taken() -> None:
    """A field that only the school corrects is not on the page, and is not taken if it is sent."""
    visitor = come_in(visitor_of()).get("/profile/contacts")
    names = [field.name for field in visitor.form().fields]
    visitor.post("/profile/contacts", {"phone": "+39 333 1111111", "surname": "Verdi"})

    assert names == ["phone"]
    assert account_of(visitor).values["surname"] == "Rossi"
    assert account_of(visitor).values["phone"] == "+393331111111"


def test_wrong_contacts_are_shown_again() -> None:
    """The page keeps what was typed, with the fault at its field; where there is nothing, none."""
    visitor = come_in(visitor_of()).get("/profile/contacts").submit({"phone": "many"})

    assert visitor.status == 422
    assert visitor.field("phone").value == "many"
    assert visitor.field("phone").faults
    assert come_in(visitor_of("standard")).get("/profile/contacts").status == 404


@pytest.mark.requirement("POL-11", "IOL-21")
@pytest.mark.parametrize("awaitable", [False, True])
def test_another_address_counts_once_its_link_is_used(awaitable) -> None:
    """The password is asked for; the link's page has one button, and then the address is new."""
    visitor = come_in(visitor_of(awaitable=awaitable)).get("/profile/email")
    mine = password_of(visitor.world.profile, MARIO)

    assert visitor.submit({"email": "new@example.it"}).field("password").faults
    assert visitor.field("email").value == "new@example.it"
    assert visitor.submit({"password": "Sbagliata1"}).status == 422
    assert visitor.submit({"password": mine}).name == "done.read-mail"
    assert account_of(visitor).email == "mario.rossi@example.it"
    visitor.follow_letter(visitor.outbox.last("email_change"))
    assert (visitor.name, visitor.form().fields) == ("email", ())
    visitor.submit()
    assert "L'indirizzo è confermato." in visitor.said
    assert account_of(visitor).email == "new@example.it"


@pytest.mark.requirement("MIM-17", "IOL-03")
def test_the_new_address_is_typed_twice_where_the_first_one_was() -> None:
    """And the second one is compared with the first; without a password none is asked for."""
    visitor = come_in(visitor_of("iscrizioni-online")).get("/profile/email")
    mine = password_of(visitor.world.profile, MARIO)
    typed = {"email": "new@example.it", "email_again": "other@example.it", "password": mine}

    assert visitor.submit(typed).field("email_again").faults
    account = visitor.world.found("email", "mario.rossi@example.it")[0]
    visitor.world.put(account, password=PasswordState.OFF)
    names = [field.name for field in visitor.get("/profile/email").form().fields]
    assert names == ["email", "email_again"]


@pytest.mark.parametrize("awaitable", [False, True])
def test_the_data_are_handed_out_as_a_file(awaitable) -> None:
    """JSON, saved and not shown, with everything that is kept."""
    visitor = come_in(visitor_of(awaitable=awaitable)).get("/profile")
    visitor.submit(form="/profile/export")
    sent = visitor.outcome

    assert isinstance(sent, Send)
    assert json.loads(sent.body)["values"]["surname"] == "Rossi"
    assert json.loads(sent.body)["username"] == MARIO.username
    disposition = dict(visitor.reply.headers)["Content-Disposition"]
    assert disposition == 'attachment; filename="dati-personali.json"'


@pytest.mark.requirement("MIM-42")
def test_somebody_logs_out_everywhere() -> None:
    """The other browser's session has ended as well, and it comes back to its page afterwards."""
    visitor = come_in(visitor_of())
    other = visitor_of()
    other.site, other.world = visitor.site, visitor.world
    mine = password_of(visitor.world.profile, MARIO)
    sign_in(other, account_of(visitor), mine)
    visitor.get("/profile").submit(form="/profile/sign-out-everywhere")

    assert visitor.said == ["Sei uscito da tutti i dispositivi."]
    assert visitor.replies[-2].signed_out
    assert other.get("/profile/contacts").name == "sign_in"
    assert other.said == ["La sessione è terminata: accedi di nuovo."]
    assert other.submit({"username": MARIO.username, "password": mine}).name == "contacts"


@pytest.mark.parametrize("awaitable", [False, True])
def test_an_account_is_closed_after_one_more_look(awaitable) -> None:
    """The page says what follows; its button ends the account and the session."""
    visitor = come_in(visitor_of(awaitable=awaitable)).get("/profile/cancel")
    account = account_of(visitor)

    assert "30 giorni" in visitor.prose
    visitor.submit()
    assert visitor.name == "sign_in"
    assert "L'account è stato chiuso." in visitor.said
    assert visitor.world.reload(account).state is AccountState.CANCELLED
    assert visitor.get("/area").name == "sign_in"


@pytest.mark.requirement("UNI-12")
def test_what_the_help_desk_corrected_is_shown() -> None:
    """The page reads the account anew at each request."""
    visitor = come_in(visitor_of()).get("/profile")
    visitor.world.registrar.correct_data(
        HELP_DESK, account_of(visitor).id, {"surname": "Verdi"}, "typing error"
    )

    assert visitor.get("/profile").facts["Cognome"] == "Verdi"
