"""The library's pages in Flask, on its SQL store: register, open the link, sign in."""

from __future__ import annotations

import measuring
from flask import Flask
from flask_browser import Browser
from ours import FORM, link_in, mailer, settings

from registrazione.contrib.flask import Registrazione, current_account

app = Flask(__name__)
app.config["SECRET_KEY"] = "of the benchmark, and of nobody else in this world"
app.config["REGISTRAZIONE"] = settings(storage=f"sqlite:///{measuring.FOLDER / 'site.db'}")
Registrazione(app)


@app.get("/home")
def home() -> str:
    """Say who is signed in."""
    account = current_account()
    return "nobody" if account is None else str(account.email)


browsers: dict[int, Browser] = {}


def sign_up(number: int) -> None:
    """Open the form and send it."""
    browser = browsers[number] = Browser(app)
    browser.open("/registrazione/register")
    browser.send(**FORM, email=measuring.address(number))


def confirm(number: int) -> None:
    """Open the link and choose the password."""
    browser = browsers[number]
    browser.open(link_in(mailer))
    browser.send(password=measuring.PASSWORD, password_again=measuring.PASSWORD)


def sign_in(number: int) -> None:
    """Open the login page and sign in."""
    browser = browsers.pop(number)
    browser.open("/registrazione/sign-in?next=/home")
    text = browser.send(username=measuring.address(number), password=measuring.PASSWORD)
    assert text == measuring.address(number), browser.path


measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
