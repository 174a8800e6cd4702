"""The web demonstration: its own pages, and that every procedure can be walked in it."""

from __future__ import annotations

import html
import re

import pytest

from registrazione.demo.application import create_demo, registrars
from registrazione.demo.procedures import procedures
from registrazione.profiles import NAMES
from registrazione.stories.mailbox import Mailbox
from registrazione.stories.people import MARCO, OMAR
from registrazione.testing.fakes import FastHasher

BASE = "http://localhost"
PASSWORD = "Cavallo.Verde.17"


@pytest.fixture
def mailbox() -> Mailbox:
    """Every mailbox of the demonstration."""
    return Mailbox()


@pytest.fixture
def client(mailbox):
    """A browser at the demonstration."""
    app = create_demo(
        base_url=BASE,
        storage="memory://",
        mailer=mailbox,
        mailbox=mailbox,
        secret_keys=["a key of a demonstration of 32 bytes"],
        hasher=FastHasher(),
    )
    return app.test_client()


def sent(client, page, path="", number=0, **values):
    """Send one of a page's forms, with what it holds already."""
    forms = re.findall(r'<form action="([^"]*)".*?</form>', page.text, re.DOTALL)
    bodies = re.findall(r"<form .*?</form>", page.text, re.DOTALL)
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', bodies[number]))
    hidden = {name: html.unescape(value) for name, value in hidden.items()}
    target = path or html.unescape(forms[number])
    return client.post(target, data={**hidden, **values}, follow_redirects=True)


def registered(client) -> None:
    """Register Marco at the university."""
    page = client.get("/unimi-external/register", follow_redirects=True)
    own = {"username": "marco", "password": PASSWORD, "password_again": PASSWORD}
    sent(client, page, do="next", **own, **MARCO.data(email=MARCO.email, phone="+39 02 1234567"))


def test_every_procedure_can_be_chosen(client) -> None:
    """The first page leads to all six, and each of them is open today (MIM-03, IOL-12)."""
    first = client.get("/")

    assert first.status_code == 200
    assert first.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for name in NAMES:
        assert f"/{name}/register" in first.text
        assert client.get(f"/{name}/register", follow_redirects=True).status_code == 200


def test_the_language_is_remembered(client) -> None:
    """Chosen once, it holds for the pages around the procedures."""
    assert "Made-up people" in client.get("/people?language=en").text

    assert "Mailbox" in client.get("/mailbox").text


def test_the_people_s_data_can_be_copied(client) -> None:
    """Each with the place of birth by name and the codice fiscale that agrees."""
    page = client.get("/people")

    assert MARCO.codice_fiscale in page.text
    assert "Milano (MI)" in page.text


def test_letters_are_read_where_they_arrive(client, mailbox) -> None:
    """With the link as a button, so that nothing is copied by hand."""
    assert "Non è ancora arrivato nulla" in client.get("/mailbox").text
    registered(client)

    listed, letter = client.get("/mailbox"), client.get("/mailbox/0")

    assert MARCO.email in listed.text
    assert html.escape(mailbox.letters()[0].link) in letter.text
    assert client.get("/mailbox/7").status_code == 404


def test_a_letter_without_a_link_is_shown_as_well(client, mailbox) -> None:
    """Its text is all that there is."""
    registered(client)
    page = client.get(mailbox.letters()[0].link.removeprefix(BASE), follow_redirects=True)
    sent(client, page)
    assert len(mailbox.letters()) == 2

    assert "Apri il link" not in client.get("/mailbox/1").text


def test_somebody_signs_in_with_a_played_identity(client) -> None:
    """The page of a provider with no protocol names everybody, and leads back (MIM-02)."""
    page = client.get("/standard/identity/oidc", follow_redirects=True)
    assert "Chi sei?" in page.text
    bodies = re.findall(r"<form .*?</form>", page.text, re.DOTALL)
    number = next(n for n, body in enumerate(bodies) if OMAR.key in body)

    answer = sent(client, page, number=number)

    assert answer.request.path == "/standard/complete"


def test_a_callback_elsewhere_is_refused(client) -> None:
    """The played provider sends nobody to another site."""
    assert client.get("/identity/oidc?callback=https://elsewhere.example/").status_code == 404


def test_the_visitor_works_at_the_desks(client) -> None:
    """In a role of their own choice; without one, or with a forged form, the desk is closed."""
    assert client.get("/mim-students/desk").status_code in {403, 404}
    page = client.get("/operator")
    client.post("/operator", data={"do": "secretariat"})
    assert "✓" not in client.get("/operator").text

    chosen = sent(client, page, do="secretariat")

    assert "✓" in chosen.text
    assert client.get("/mim-students/desk", follow_redirects=True).status_code == 200


def test_an_account_s_machine_is_shown_with_its_state_lit(client) -> None:
    """The picture is drawn for this account, and what led there stands under it."""
    assert "Nessuno si è ancora registrato" in client.get("/accounts/unimi-external").text
    registered(client)
    listed = client.get("/accounts/unimi-external")
    path = re.search(r'href="(/accounts/unimi-external/[a-z0-9]+)"', listed.text)[1]

    page, picture = client.get(path), client.get(f"{path}.svg")

    assert "awaiting link" in page.text
    assert 'class="box waiting lit"' in picture.text
    assert picture.content_type == "image/svg+xml"


@pytest.mark.parametrize(
    "path", ["/accounts/nothing", "/accounts/polis/x", "/accounts/polis/x.svg"]
)
def test_what_is_not_there_is_said(client, path) -> None:
    """No account, no procedure: a page says so."""
    assert client.get(path).status_code == 404


def test_the_registrars_can_be_looked_after(client) -> None:
    """Whoever keeps time asks for all of them."""
    assert set(registrars(client.application)) == {profile.name for profile in procedures()}
