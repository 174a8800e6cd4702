"""The login page, and leaving."""

from __future__ import annotations

import pytest
from tests.contrib.web.browserless import come_in, sign_in, visitor_of
from tests.world import MARIO, SECRETARIAT, password_of

WRONG = "Il nome utente o la password non sono validi"


@pytest.mark.requirement("MIM-07", "MIM-08", "IOL-17", "IOL-18", "IOL-19")
def test_the_login_page_has_every_way_in() -> None:
    """Username, password, "Entra con SPID", eIDAS, registering, and what was forgotten."""
    visitor = visitor_of("mim-students").get("/")

    assert visitor.path == "/sign-in"
    assert [field.label for field in visitor.form().fields] == ["Nome utente", "Password"]
    assert [field.autocomplete for field in visitor.form().fields] == [
        "username",
        "current-password",
    ]
    assert visitor.links["Entra con SPID"] == "/registrazione/identity/spid"
    assert visitor.links["Login with eIDAS"] == "/registrazione/identity/eidas"
    assert visitor.links["Sei un nuovo utente? Registrati"] == "/registrazione/register"
    assert visitor.links["Nome utente o password dimenticati?"] == "/registrazione/recover"
    assert visitor.page.help[0].text == "Service Desk OnLine"
    none = visitor_of("istanze-online").get("/sign-in")
    assert not any("SPID" in label for label in none.links)


def test_the_address_is_asked_for_where_there_are_no_usernames() -> None:
    """In the neutral procedure people sign in with their address."""
    visitor = visitor_of("standard").get("/sign-in")

    assert visitor.field("username").label == "Indirizzo e-mail"
    assert come_in(visitor).path == "/area"


@pytest.mark.parametrize("awaitable", [False, True])
def test_a_provider_that_is_not_set_up_has_no_button(awaitable) -> None:
    """A procedure may have more providers than a site: no button leads nowhere."""
    without = visitor_of("iscrizioni-online", awaitable=awaitable, identity_providers=[])
    both = visitor_of("iscrizioni-online", awaitable=awaitable)

    assert not [link for link in without.get("/sign-in").links if link.startswith("Entra con")]
    assert {"Entra con SPID", "Entra con CIE"} <= set(both.get("/sign-in").links)


@pytest.mark.requirement("UNI-15", "POL-16")
@pytest.mark.parametrize("awaitable", [False, True])
def test_there_is_one_message_whatever_was_wrong(awaitable) -> None:
    """A wrong password and an unknown name look alike; the name stays, the password does not."""
    visitor = visitor_of(awaitable=awaitable)
    visitor.world.active()
    pages = []
    for name in (MARIO.username, "nobody"):
        visitor.get("/sign-in").submit({"username": name, "password": "Sbagliata1"})
        pages.append((visitor.status, visitor.said, visitor.field("password").value))
        assert visitor.field("username").value == name
    mine = password_of(visitor.world.profile, MARIO)
    visitor.get("/sign-in").submit({"username": MARIO.username, "password": mine.upper()})

    assert pages[0] == pages[1]
    assert WRONG in visitor.said[0]
    assert "maiuscole e minuscole" in visitor.page.help[0].text


@pytest.mark.requirement("MIM-29", "POL-10")
def test_the_page_first_wanted_is_reached() -> None:
    """A page of the host's that sent the visitor here; never one of another host."""
    visitor = visitor_of()
    account = visitor.world.active()
    mine = password_of(visitor.world.profile, MARIO)

    assert sign_in(visitor, account, mine, next="/orders?id=7").left == "/orders?id=7"
    assert visitor.reply.signed_in is not None
    assert sign_in(visitor, account, mine, next="//evil.example").path == "/area"
    assert sign_in(visitor, account, mine).path == "/area"
    assert visitor.get("/").path == "/area"


def test_what_is_wanted_and_said_stays_small() -> None:
    """A long address is forgotten, and asking ten times for a page is said once."""
    visitor = visitor_of()
    account = visitor.world.active()
    mine = password_of(visitor.world.profile, MARIO)
    for _ in range(10):
        visitor.get("/profile", follow=False)

    assert len(visitor.get("/sign-in").said) == 1
    assert sign_in(visitor, account, mine).path == "/profile"
    visitor.post("/sign-out")
    assert sign_in(visitor, account, mine, next="/" + "x" * 9000).path == "/area"
    assert all(len(value) < 3800 for value in visitor.jar.values())


def test_another_wish_takes_the_place_of_the_first() -> None:
    """Whoever is sent here for a service goes there, not to a page of half an hour ago."""
    services = {"pagamenti": "/pay"}
    visitor = visitor_of(setup={"services": services})
    account = visitor.world.active()
    mine = password_of(visitor.world.profile, MARIO)
    visitor.get("/profile")

    assert sign_in(visitor, account, mine, service="pagamenti").left == "/pay"
    visitor.post("/sign-out")
    visitor.get("/profile")
    visitor.post("/sign-out")
    assert sign_in(visitor, account, mine, service="other").path == "/area"


@pytest.mark.requirement("UNI-10", "UNI-16")
def test_a_service_travels_along_with_the_form_and_the_providers() -> None:
    """Known ones only stand in the providers' addresses; one that is closed is said at once."""
    visitor = visitor_of()
    account = visitor.world.active()
    visitor.get("/sign-in?service=pagamenti")

    assert dict(visitor.form().hidden) == {"service": "pagamenti"}
    assert visitor.links["Entra con SPID"].endswith("/identity/spid?service=pagamenti")
    assert visitor.get("/sign-in?service=other").links["Entra con SPID"].endswith("/identity/spid")
    mine = password_of(visitor.world.profile, MARIO)
    sign_in(visitor, account, mine, service="biblioteca-digitale")
    assert "non è utilizzabile dagli utenti esterni" in visitor.said[0]


@pytest.mark.requirement("MIM-42")
@pytest.mark.parametrize("awaitable", [False, True])
def test_logging_out_ends_the_session(awaitable) -> None:
    """Also one that had ended by itself, and where there was none; the cookie opens nothing."""
    visitor = come_in(visitor_of(awaitable=awaitable))
    before = dict(visitor.jar)
    visitor.sign_out()

    assert visitor.name == "sign_in"
    assert any(reply.signed_out for reply in visitor.replies)
    visitor.jar = before
    visitor.post("/sign-out")
    assert visitor.said == ["Sei uscito dall'area riservata."]
    assert visitor.post("/sign-out").name == "sign_in"
    visitor.jar = before
    assert visitor.get("/area").name == "sign_in"


@pytest.mark.parametrize("awaitable", [False, True])
def test_signing_in_once_more_ends_the_session_before(awaitable) -> None:
    """The old token opens nothing any more; other browsers stay signed in (ASVS 5.0 7.2.4)."""
    visitor = visitor_of(awaitable=awaitable)
    come_in(visitor)
    account = visitor.world.registrar.find(SECRETARIAT, "username", MARIO.username)[0]
    before = visitor.another_tab()
    before.jar = dict(visitor.jar)
    many = len(account.sessions)
    sign_in(visitor, account, password_of(visitor.world.profile, MARIO))

    assert visitor.path == "/area"
    assert len(visitor.world.registrar.load(account.id).sessions) == many
    assert visitor.get("/area").path == "/area"
    assert before.get("/area").path == "/sign-in"
    assert visitor.get("/area").path == "/area"


def test_a_session_that_is_over_already_is_no_hindrance() -> None:
    """Whoever signs in where a session has ended is let in."""
    visitor = come_in(visitor_of())
    account = visitor.world.registrar.find(SECRETARIAT, "username", MARIO.username)[0]
    tab = visitor.another_tab().get("/sign-in")
    tab.jar = dict(visitor.jar)
    visitor.sign_out()
    tab.submit(
        {"username": account.username, "password": password_of(visitor.world.profile, MARIO)}
    )

    assert tab.path == "/area"
