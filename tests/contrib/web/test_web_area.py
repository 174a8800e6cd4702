"""The reserved area on the pages: services, favourites, enabling."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.contrib.web.browserless import Visitor, come_in, sign_in, visitor_of
from tests.contrib.web.vouched_for import come_by
from tests.world import MARIO, NOON, password_of

from registrazione import Profile
from registrazione.contrib.web.exchange import Send
from registrazione.contrib.web.pages import Cards
from registrazione.core.profile import Gate, Window
from registrazione.core.states import CodeState
from registrazione.profiles import load


def cards(visitor: Visitor, heading: str) -> dict[str, str]:
    """Return the cards under a heading: titles, and what is said on each."""
    blocks = [block for block in visitor.page.blocks if isinstance(block, Cards)]
    found = next(block for block in blocks if block.heading == heading)
    return {card.title: card.text for card in found.items}


def labels(visitor: Visitor, path: str) -> list[str]:
    """Return what stands on the buttons that lead to a path."""
    forms = [form for form in visitor.forms if form.action.endswith(path)]
    return [button.label for form in forms for button in form.buttons]


def in_autumn() -> Profile:
    """Return a procedure with a service that opens later, and one that has closed."""
    procedure = load("polis")
    windows = {
        "istanze": Window(opens=NOON + dt.timedelta(days=30)),
        "formazione": Window(closes=NOON - dt.timedelta(days=1)),
    }
    services = tuple(
        attrs.evolve(service, window=windows.get(service.name, service.window))
        for service in procedure.services
    )
    return attrs.evolve(procedure, services=services)


@pytest.mark.requirement("MIM-38", "MIM-39", "MIM-41", "MIM-42")
def test_the_area_shows_the_services_and_the_ways_of_the_profile() -> None:
    """Cards with "Entra"; personal data, history and "Esci" are in the frame; help below."""
    visitor = come_in(visitor_of("mim-students"))

    assert visitor.path == "/area"
    assert list(cards(visitor, "I tuoi servizi")) == [
        "Piattaforma dell'Alternanza",
        "Curriculum dello studente",
        "Pago In Rete",
    ]
    assert labels(visitor, "/service/pcto") == ["Entra"]
    assert [link.label for link in visitor.page.frame.links][:3] == [
        "I tuoi servizi",
        "Dati personali",
        "Storico",
    ]
    assert visitor.page.help[0].text == "Computer Security Incident Response Team"
    assert visitor.page.frame.sign_out.buttons[0].label == "Esci"
    assert visitor.sign_out().said == ["Sei uscito dall'area riservata."]
    assert visitor.get("/area").name == "sign_in"


@pytest.mark.requirement("MIM-40")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_star_puts_a_service_among_the_favourites(awaitable) -> None:
    """Clicked in the list of all services, it is on the list; clicked again, it is not."""
    visitor = come_in(visitor_of("mim-students", awaitable=awaitable))
    none = visitor.page.blocks[0]

    assert isinstance(none, Cards)
    assert none.empty == "Non è stato salvato nessun servizio tra i preferiti."
    visitor.get(visitor.links["Tutti i servizi"])
    visitor.submit(form="/favourite/pago-in-rete")
    assert visitor.path == "/services"
    assert labels(visitor, "/favourite/pago-in-rete") == ["★ Rimuovi dai preferiti"]
    visitor.get("/area")
    assert list(cards(visitor, "Servizi preferiti")) == ["Pago In Rete"]
    visitor.submit(form="/favourite/pago-in-rete")
    assert visitor.path == "/area"
    assert not cards(visitor, "Servizi preferiti")
    assert visitor.post("/favourite/other", {"on": "yes"}).status == 404


@pytest.mark.requirement("POL-21", "POL-22")
def test_closed_services_say_why() -> None:
    """Not open yet, and from when; closed; not for this category, which is not even one's own."""
    visitor = come_in(visitor_of(in_autumn()), category="altro")
    mine = cards(visitor, "I tuoi servizi")

    assert mine["Istanze OnLine"] == (
        "Il servizio non è ancora aperto. Apre il 1 aprile 2026, ore 14:00 (ora italiana)."
    )
    assert mine["Portale della governance della formazione"] == "Il servizio è chiuso."
    assert "Ricostruzione di carriera" not in mine
    assert labels(visitor, "/service/istanze") == []
    assert cards(visitor.get("/services"), "")["Ricostruzione di carriera"]


@pytest.mark.requirement("UNI-07", "UNI-09", "UNI-16")
def test_a_service_is_entered_or_refused_in_words() -> None:
    """The digital library is not for external users; the page says so and leads back."""
    visitor = come_in(visitor_of()).submit(form="/service/pagamenti")

    assert visitor.path == "/service/pagamenti"
    assert (visitor.name, visitor.page.title) == ("service.entered", "Pagamenti")
    visitor.get("/service/biblioteca-digitale")
    assert visitor.status == 403
    assert "non è utilizzabile dagli utenti esterni" in visitor.said[0]
    assert visitor.get(visitor.links["Torna ai tuoi servizi"]).path == "/area"
    assert "Biblioteca digitale" not in cards(visitor, "I tuoi servizi")
    assert visitor.get("/service/other").status == 404
    assert visitor.post("/service/other").status == 404


@pytest.mark.requirement("MIM-29", "UNI-07")
@pytest.mark.parametrize("awaitable", [False, True])
def test_a_service_with_an_address_is_where_one_goes(awaitable) -> None:
    """From the login page, by the button, or by the address of the page: to the host's own."""
    services = {"pagamenti": "https://pagamenti.example/inizio", "informastudenti": "/info"}
    visitor = visitor_of(awaitable=awaitable, setup={"services": services})
    account = visitor.world.signed_in().account
    mine = password_of(visitor.world.profile, MARIO)

    assert sign_in(visitor, account, mine, service="pagamenti").left == services["pagamenti"]
    assert visitor.replies[0].status == 200
    policy = dict(visitor.replies[0].headers)["Content-Security-Policy"]
    assert "form-action 'self' https://pagamenti.example;" in policy
    assert any(reply.signed_in for reply in visitor.replies)
    assert visitor.get("/area").submit(form="/service/informastudenti").left == "/info"
    assert visitor.get("/service/pagamenti").left == services["pagamenti"]


@pytest.mark.requirement("POL-17")
def test_a_password_about_to_expire_is_said_once() -> None:
    """Signing in and coming to the area are two requests and one warning."""
    visitor = visitor_of("polis")
    account = visitor.world.signed_in().account
    visitor.world.wait(days=170)
    sign_in(visitor, account, password_of(visitor.world.profile, MARIO))

    assert visitor.path == "/area"
    assert len(visitor.said) == 1
    assert "scad" in visitor.said[0]
    assert len(visitor.get("/area").said) == 1


@pytest.mark.requirement("POL-02", "POL-10", "POL-12")
def test_somebody_registered_elsewhere_starts_the_enabling() -> None:
    """Registered is not enabled: a button has code and form sent, and says what to do next."""
    visitor = visitor_of("polis")
    elsewhere = visitor.world.sibling("iscrizioni-online")
    account = elsewhere.signed_in().account
    sign_in(visitor, account, password_of(elsewhere.profile, MARIO))

    assert visitor.path == "/area"
    assert "non ancora abilitato" in visitor.prose
    visitor.submit(form="/enabling")
    assert visitor.name == "done.go-in-person"
    assert visitor.outbox.last("enabling").value("Codice personale temporaneo")
    assert visitor.get("/area").path == "/code"


def from_elsewhere(visitor: Visitor) -> Visitor:
    """Sign in with credentials that are of another portal of the realm."""
    elsewhere = visitor.world.sibling("iscrizioni-online")
    account = elsewhere.signed_in().account
    return sign_in(visitor, account, password_of(elsewhere.profile, MARIO))


@pytest.mark.requirement("POL-18", "POL-10")
@pytest.mark.parametrize("started", [False, True])
def test_an_identity_stands_for_the_visit_that_is_owed(started) -> None:
    """Before the enabling is begun and while the visit is to come; then the code is mailed."""
    visitor = from_elsewhere(visitor_of("polis"))
    if started:
        visitor.submit(form="/enabling")
        temporary = visitor.outbox.last("enabling").value("Codice personale temporaneo")
        visitor.get("/code").submit(
            {"old": temporary, "personal_code": "Mio2026x", "personal_code_again": "Mio2026x"}
        )
    assert visitor.path == "/area"
    assert visitor.links["Entra con SPID"] == "/registrazione/identity/spid"

    come_by(visitor)
    assert visitor.name == "align"
    visitor.submit(do="accept")
    assert visitor.path == "/code"
    assert visitor.outbox.last("code_recovery").value("Codice personale temporaneo")
    (account,) = visitor.world.found("codice_fiscale", MARIO.cf)
    assert account.gates_passed == ("link", "presence")


def test_no_identity_is_offered_where_none_stands_for_the_visit() -> None:
    """In a portal whose providers prove less, and to whom somebody has seen."""
    polis = load("polis")
    partly = attrs.evolve(polis.federation, satisfies=(Gate.LINK,))
    visitor = from_elsewhere(visitor_of(attrs.evolve(polis, federation=partly)))
    assert "non ancora abilitato" in visitor.prose
    assert "Entra con SPID" not in visitor.links

    visitor = come_in(visitor_of("polis"))
    account = visitor.world.found("username", MARIO.username)[0]
    visitor.world.put(account, code=CodeState.BLOCKED)
    assert "Entra con SPID" not in visitor.get("/area").links


@pytest.mark.requirement("POL-07", "POL-10")
@pytest.mark.parametrize("awaitable", [False, True])
def test_who_still_has_to_come_gets_the_form_again(awaitable) -> None:
    """With the code changed and the visit still to come, the area has the form to be printed."""
    visitor = visitor_of("polis", awaitable=awaitable)
    elsewhere = visitor.world.sibling("iscrizioni-online")
    account = elsewhere.signed_in().account
    sign_in(visitor, account, password_of(elsewhere.profile, MARIO)).submit(form="/enabling")
    temporary = visitor.outbox.last("enabling").value("Codice personale temporaneo")
    visitor.get("/code").submit(
        {"old": temporary, "personal_code": "Mio2026x", "personal_code_again": "Mio2026x"}
    )

    assert visitor.path == "/area"
    assert "da firmare davanti all'operatore" in visitor.prose
    assert not [form for form in visitor.forms if form.action.endswith("/enabling")]
    visitor.get(visitor.links["Scarica il modulo di adesione (PDF)"])
    assert isinstance(visitor.outcome, Send)
    assert visitor.outcome.body.startswith(b"%PDF")
    assert come_in(visitor_of("polis")).get("/enabling/form.pdf").status == 409


def test_a_blocked_code_is_recovered_from_the_area() -> None:
    """The services that need it are closed, and a button has a new one sent."""
    visitor = come_in(visitor_of("polis"))
    account = visitor.world.found("username", MARIO.username)[0]
    visitor.world.put(account, code=CodeState.BLOCKED)
    visitor.get("/area").submit(form="/code/recover")

    assert visitor.path == "/code"


def test_a_procedure_without_services_says_so() -> None:
    """The neutral procedure has none: the page is there all the same."""
    visitor = come_in(visitor_of("standard"))
    last = [block for block in visitor.page.blocks if isinstance(block, Cards)][-1]

    assert (last.items, last.empty) == ((), "Nessun servizio disponibile.")
