"""Who is signed in, for the application's own pages; with Flask-Login and without."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_login import LoginManager, current_user, login_required
from tests.contrib.flask.test_flask_extension import (
    BASE,
    HOST,
    KEY,
    PASSWORD,
    Browser,
    application,
    registered,
)

from registrazione.contrib.flask import (
    Registrazione,
    SignedIn,
    current_account,
    sign_in_required,
)
from registrazione.testing.fakes import FastHasher
from registrazione.testing.outbox import Outbox


def with_pages(app: Flask) -> Flask:
    """Add a page that is open, and one that is not."""

    @app.get("/who")
    def who() -> str:
        account = current_account()
        again = current_account()
        return account.email if account is not None and account is again else "nobody"

    @app.get("/private")
    @sign_in_required
    def private() -> str:
        return "the private page"

    return app


def with_login(outbox: Outbox) -> tuple[Flask, LoginManager]:
    """Return an application that has Flask-Login."""
    app = Flask("with_login")
    app.config["SECRET_KEY"] = KEY
    manager = LoginManager(app)
    Registrazione(
        app,
        profile="standard",
        storage="memory://",
        mailer=outbox,
        base_url=f"{HOST}{BASE}",
        hasher=FastHasher(),
    )

    @app.get("/mine")
    @login_required
    def mine() -> str:
        return f"{current_user.account.email}, {current_user.get_id() == current_user.account.id}"

    return app, manager


def test_the_application_knows_who_is_signed_in() -> None:
    """From the first request after signing in to the last before logging out."""
    outbox = Outbox()
    app = with_pages(application(outbox))
    assert Browser(app).get("/who").text == "nobody"

    browser = registered(outbox, app)

    assert browser.get("/who").text == "ada@posta.example"
    browser.get(f"{BASE}/area")
    browser.send(f"{BASE}/sign-out")
    assert browser.get("/who").text == "nobody"


@pytest.mark.requirement("MIM-29")
def test_a_guarded_page_is_reached_after_signing_in() -> None:
    """Whoever is not signed in is led to the login page and back."""
    outbox = Outbox()
    app = with_pages(application(outbox))
    browser = registered(outbox, app)
    browser.get(f"{BASE}/area")
    browser.send(f"{BASE}/sign-out")

    browser.get("/private?page=2")
    assert browser.path == f"{BASE}/sign-in"
    browser.send(username="ada@posta.example", password=PASSWORD)

    assert (browser.path, browser.text) == ("/private", "the private page")


def test_a_session_that_was_ended_elsewhere_is_over_here() -> None:
    """A suspended account is nobody at the next request."""
    outbox = Outbox()
    app = with_pages(application(outbox))
    browser = registered(outbox, app)
    registrar = app.extensions["registrazione"].registrar
    session = registrar.sign_in("ada@posta.example", PASSWORD).session

    registrar.sign_out(session, everywhere=True)

    assert browser.get("/who").text == "nobody"


def test_flask_login_knows_the_account() -> None:
    """``current_user`` and ``login_required`` work without a user loader of one's own."""
    outbox = Outbox()
    app, manager = with_login(outbox)
    assert manager.login_view == "registrazione.sign_in"

    browser = registered(outbox, app)

    assert browser.get("/mine").text == "ada@posta.example, True"
    browser.get(f"{BASE}/area")
    browser.send(f"{BASE}/sign-out")
    browser.get("/mine")
    assert browser.path == f"{BASE}/sign-in"


def test_a_loader_of_the_application_s_own_is_left_alone() -> None:
    """The extension teaches Flask-Login only what nobody has taught it."""
    app = Flask("own_loader")
    app.config["SECRET_KEY"] = KEY
    manager = LoginManager(app)
    manager.login_view = "somewhere"

    @manager.user_loader
    def load(user_id: str) -> None:
        return None

    Registrazione(app, profile="standard", storage="memory://", mailer=Outbox())

    assert manager._user_callback is load
    assert manager.login_view == "somewhere"


def test_a_login_view_of_the_application_s_own_is_kept() -> None:
    """Only the loader is taught where the application has chosen its login page."""
    app = Flask("own_view")
    app.config["SECRET_KEY"] = KEY
    manager = LoginManager(app)
    manager.login_view = "somewhere"

    Registrazione(app, profile="standard", storage="memory://", mailer=Outbox())

    assert manager.login_view == "somewhere"
    assert manager._user_callback is not None


def test_two_users_are_one_where_their_account_is() -> None:
    """Equality is the account's, as Flask-Login wants it."""
    outbox = Outbox()
    app = application(outbox)
    registered(outbox, app)
    (account,) = app.extensions["registrazione"].registrar.accounts().items

    assert SignedIn(account) == SignedIn(account)
    assert hash(SignedIn(account)) == hash(SignedIn(account))
    assert SignedIn(account) != account.id


def test_signing_in_begins_a_session_anew() -> None:
    """What was planted in the browser before is worth nothing after (ASVS 5.0 7.2.4)."""
    outbox = Outbox()
    app = application(outbox)
    renewed = []
    app.session_interface.regenerate = renewed.append
    browser = registered(outbox, app)
    with browser.client.session_transaction() as kept:
        before = kept["csrf_token"]
        kept["basket"] = "a book"
    browser.send("/registrazione/sign-out")
    browser.get("/registrazione/sign-in")
    renewed.clear()
    browser.send(username="ada@posta.example", password=PASSWORD)
    with browser.client.session_transaction() as kept:
        after = dict(kept)

    assert browser.path == "/registrazione/area"
    assert len(renewed) == 1
    assert after["csrf_token"] != before
    assert after["basket"] == "a book"
