"""Flask-Security-Too: register, confirm, sign in; tokens without its half second of hashing."""

from __future__ import annotations

import re

import measuring
from flask import Flask
from flask_browser import Browser
from flask_login import current_user
from flask_mail import Mail
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.models import fsqla_v3
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event

app = Flask(__name__)
app.config.update(
    SECRET_KEY="of the benchmark, and of nobody else in this world",
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{measuring.FOLDER / 'site.db'}",
    SECURITY_PASSWORD_SALT="of the benchmark",
    SECURITY_PASSWORD_HASH="plaintext",
    SECURITY_PASSWORD_SCHEMES=["plaintext"],
    SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
    SECURITY_HASHING_SCHEMES=["hex_md5"],
    SECURITY_DEPRECATED_HASHING_SCHEMES=[],
    SECURITY_REGISTERABLE=True,
    SECURITY_CONFIRMABLE=True,
    SECURITY_AUTO_LOGIN_AFTER_CONFIRM=False,
    SECURITY_USE_REGISTER_V2=True,
    SECURITY_POST_LOGIN_VIEW="/home",
    SECURITY_POST_REGISTER_VIEW="/home",
    SECURITY_POST_CONFIRM_VIEW="/home",
    SECURITY_EMAIL_SENDER="portal@example.com",
    SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    MAIL_SUPPRESS_SEND=True,
)


@event.listens_for(Engine, "connect")
def prepare(connection: object, _record: object) -> None:
    """Have SQLite write its journal ahead."""
    for pragma in measuring.WAL.split(";"):
        connection.execute(pragma)


db = SQLAlchemy(app)
fsqla_v3.FsModels.set_db_info(db)
mail = Mail(app)


class Role(db.Model, fsqla_v3.FsRoleMixin):
    """A role."""


class User(db.Model, fsqla_v3.FsUserMixin):
    """A user."""


Security(app, SQLAlchemyUserDatastore(db, User, Role))
with app.app_context():
    db.create_all()


@app.get("/home")
def home() -> str:
    """Say who is signed in."""
    return current_user.email if current_user.is_authenticated else "nobody"


browsers: dict[int, Browser] = {}
letters: list[str] = []


def sign_up(number: int) -> None:
    """Open the form and send it."""
    browser = browsers[number] = Browser(app)
    browser.open("/register")
    with app.app_context(), mail.record_messages() as outbox:
        browser.send(
            email=measuring.address(number),
            password=measuring.PASSWORD,
            password_confirm=measuring.PASSWORD,
        )
    letters[:] = [message.body for message in outbox]


def confirm(number: int) -> None:
    """Open the link, which is all it takes."""
    found = re.search(r"/confirm/\S+", letters[-1])
    assert found is not None
    browsers[number].open(found[0])


def sign_in(number: int) -> None:
    """Open the login page and sign in."""
    browser = browsers.pop(number)
    browser.open("/login")
    text = browser.send(email=measuring.address(number), password=measuring.PASSWORD)
    assert text == measuring.address(number), browser.path


measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
