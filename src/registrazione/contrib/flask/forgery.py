"""The token that tells a form made here from one made elsewhere, by Flask-WTF."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Flask-WTF has no types of its own.

from __future__ import annotations

from flask import Blueprint, Flask, g, request, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import ValidationError

from registrazione.contrib.web.cookies import KEPT_FOR

_GOOD_FOR = int(KEPT_FOR.total_seconds())
"""Seconds for which a form may lie open: as long as the browser keeps what was typed before."""


def token_field() -> Markup:
    """Return the hidden field that goes into every form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def is_own_form() -> bool:
    """Tell whether the form of this request was made here, for this browser."""
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=_GOOD_FOR)
    except ValidationError:
        return False
    return True


def check_here(app: Flask, blueprint: Blueprint) -> None:
    """Have the forms of a blueprint checked by its own pages, and by nothing else.

    What an identity provider sends comes from elsewhere, so that each page says what it asks for.

    Args:
        app: Its ``CSRFProtect`` may be there already, or come later.
        blueprint: The pages.
    """

    def exempt() -> None:
        protection = app.extensions.get("csrf")
        if protection is not None:
            protection.exempt(blueprint)

    exempt()
    # Runs before the check of a protection that is set up after this.
    app.before_request(exempt)


def renew_session(app: Flask) -> None:
    """Begin the browser's session anew where somebody gets in (ASVS 5.0 7.2.4).

    Forms that were drawn before are none of this session's. Where sessions are kept on the
    server, what is in there moves to another name.

    Args:
        app: The application.
    """
    name = app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    session.pop(name, None)
    g.pop(name, None)
    regenerate = getattr(app.session_interface, "regenerate", None)
    if regenerate is not None:
        regenerate(session)
