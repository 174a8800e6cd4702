"""Who is signed in, for the application's own pages; through Flask-Login where it is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

import attrs
from flask import Flask, current_app, g, redirect, request, session, url_for

from registrazione.contrib.flask.forgery import renew_session
from registrazione.contrib.flask.signals import signed_in, signed_out
from registrazione.contrib.web.exchange import WebReply
from registrazione.core.account import Account
from registrazione.core.answer import Next
from registrazione.core.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")

_KEY = "registrazione"
"""Where Flask's session keeps, by the extension's name, the token of the session here."""


@attrs.frozen(eq=False)
class SignedIn:
    """An account as Flask-Login's ``current_user``.

    Args:
        account: The account.
    """

    account: Account
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the account's id."""
        return self.account.id

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same account."""
        return isinstance(other, SignedIn) and other.account.id == self.account.id

    def __hash__(self) -> int:
        return hash(self.account.id)


def current_account(name: str = "registrazione") -> Account | None:
    """Return who is signed in, once there is nothing to do any more before the services.

    It is asked once a request. A session that was ended elsewhere, by the person, by a new
    password or by an operator, ends here as well.

    Args:
        name: Name of the extension, where there are several.
    """
    asked: dict[str, Account | None] = g.setdefault("_registrazione", {})
    if name not in asked:
        asked[name] = _look(name)
    return asked[name]


def _look(name: str) -> Account | None:
    """Return who the token in Flask's session belongs to."""
    token = session.get(_KEY, {}).get(name)
    if not token:
        return None
    try:
        answer = current_app.extensions[name].registrar.look(session=token)
    except Refusal:
        return None
    account: Account | None = answer.account
    return account if answer.next is Next.USE_SERVICES else None


def sign_in_required(view: Callable[P, R]) -> Callable[P, Any]:
    """Make a view of those who are signed in; others sign in first and come back (MIM-29).

    Args:
        view: Of the extension named ``registrazione``.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - a response, or what the view returns
        if current_account() is None:
            wanted = f"{request.script_root}{request.full_path.rstrip('?')}"
            return redirect(url_for("registrazione.page", path="sign-in", next=wanted))
        return view(*args, **kwargs)

    return guarded


def follow(app: Flask, name: str, reply: WebReply) -> None:
    """Remember in Flask's session who came or went, and tell Flask-Login and the signals.

    Args:
        app: The application.
        name: Name of the extension.
        reply: What the site answered.
    """
    manager = getattr(app, "login_manager", None)
    if reply.signed_in is not None:
        renew_session(app)
        session[_KEY] = {**session.get(_KEY, {}), name: reply.session}
        if manager is not None:
            _login().login_user(SignedIn(reply.signed_in))
        signed_in.send(app, account=reply.signed_in)
    if reply.signed_out:
        session[_KEY] = {k: v for k, v in session.get(_KEY, {}).items() if k != name}
        if manager is not None:
            _login().logout_user()
        signed_out.send(app)


def teach(app: Flask, name: str) -> None:
    """Teach the application's Flask-Login to load accounts, where it has learnt nothing else.

    Args:
        app: The application.
        name: Name of the extension.
    """
    manager = getattr(app, "login_manager", None)
    if manager is None or manager._user_callback is not None:  # noqa: SLF001 - there is no other way to ask
        return

    def load(user_id: str) -> SignedIn | None:
        account = current_account(name)
        return SignedIn(account) if account is not None and account.id == user_id else None

    manager.user_loader(load)
    if manager.login_view is None:
        manager.login_view = f"{name}.sign_in"


def _login() -> Any:  # noqa: ANN401 - Flask-Login has no types
    """Return Flask-Login, which is there: the application has its manager."""
    return import_module("flask_login")
