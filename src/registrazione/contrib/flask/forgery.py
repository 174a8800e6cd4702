"""The token that tells a form made here from one made elsewhere, by Flask-WTF."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Flask-WTF has no types of its own.

from __future__ import annotations

from flask import request
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import ValidationError


def token_field() -> Markup:
    """Return the hidden field that goes into every form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def is_own_form() -> bool:
    """Tell whether the form of this request was made here, for this browser."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
