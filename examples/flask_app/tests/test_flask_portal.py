"""Tests of the portal: from the form to the enrolment, as its users would come."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_portal import create_app

from registrazione.adapters.mailers.memory import MemoryMailer

PASSWORD = "Cavallo17-verde"
MARIA = {
    "username": "maria.bianchi",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "name": "Maria",
    "surname": "Bianchi",
    "birth_date": "1980-01-01",
    "birth_place": "Roma",
    "sex": "F",
    "phone": "045 595123",
    "email": "maria@example.it",
    "do": "next",
}


@pytest.fixture
def mailer() -> MemoryMailer:
    """Return the letters that leave."""
    return MemoryMailer()


@pytest.fixture
def app(mailer: MemoryMailer) -> Flask:
    """Return the portal, with everything in memory."""
    return create_app(
        SECRET_KEY="a key of the tests, of more than 32 bytes",
        REGISTRAZIONE={
            "storage": "memory://",
            "mailer": mailer,
            "base_url": "http://localhost/registrazione",
        },
    )


class Browser:
    """A browser that sends the forms that it is shown."""

    def __init__(self, client: FlaskClient) -> None:
        """Open no page yet."""
        self.client = client
        self.text = self.path = ""

    def get(self, path: str) -> None:
        """Open a page, wherever it leads."""
        self._seen(self.client.get(path, follow_redirects=True))

    def send(self, path: str = "", **values: str) -> None:
        """Send the form that is shown."""
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.text)
        values["csrf_token"] = found[1] if found else ""
        self._seen(self.client.post(path or self.path, data=values, follow_redirects=True))

    def _seen(self, response) -> None:  # noqa: ANN001 - one of Werkzeug's
        with response:
            self.text, self.path = response.text, response.request.path


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Return a browser."""
    return Browser(app.test_client())


def register(browser: Browser, mailer: MemoryMailer) -> None:
    """Fill in the form, open the link that was mailed, and sign in."""
    browser.get("/registrazione/register")
    browser.send(**MARIA)
    letter = mailer.sent[-1].message.get_body(("plain",)).get_content()
    browser.get(re.search(r"http://localhost(/\S+/activate/\S+)", letter)[1])
    browser.send(password=PASSWORD)
    browser.get("/registrazione/sign-in")
    browser.send(username=MARIA["username"], password=PASSWORD)


def test_somebody_registers_and_enrols(browser: Browser, mailer: MemoryMailer) -> None:
    """The services lead to the portal's own form, which knows who has come."""
    register(browser, mailer)
    assert browser.path == "/registrazione/area"
    browser.send("/registrazione/service/immatricolazione")
    assert browser.path == "/immatricolazione"

    browser.send(course="Fisica", cap="3712")
    assert "<strong>" in browser.text
    browser.send(course="Fisica", cap="37121")

    assert "Immatricolazione a Fisica ricevuta." in browser.text


def test_a_page_of_ones_own_is_reached_after_signing_in(
    browser: Browser, mailer: MemoryMailer
) -> None:
    """Flask-Login leads to the library's login page, and the library back to the page."""
    register(browser, mailer)
    browser.get("/registrazione/area")
    browser.send("/registrazione/sign-out")

    browser.get("/la-mia-pagina")
    assert browser.path == "/registrazione/sign-in"
    browser.send(username=MARIA["username"], password=PASSWORD)

    assert browser.path == "/la-mia-pagina"
    assert "Buongiorno, Maria!" in browser.text


def test_the_pages_are_in_the_portals_layout(browser: Browser) -> None:
    """With its header and style sheet, its own words on one page, and the library's script."""
    browser.get("/registrazione/sign-in")
    assert 'class="portal-header"' in browser.text
    assert "/static/portal.css" in browser.text
    assert "Qui accedono gli utenti esterni" in browser.text
    assert "registrazione.js" in browser.text

    browser.get("/registrazione/register")

    assert 'class="portal-header"' in browser.text
    assert "Qui accedono" not in browser.text


def test_the_first_page_is_everybodys(browser: Browser) -> None:
    """It leads to the form."""
    browser.get("/")

    assert 'href="/registrazione/register"' in browser.text
