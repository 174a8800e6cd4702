"""The pages in a Flask application: ``Registrazione(app)``, and the rest is in the settings."""

from __future__ import annotations

from registrazione.contrib.flask.extension import Registrazione
from registrazione.contrib.flask.login import (
    SignedIn,
    current_account,
    sign_in_required,
)
from registrazione.contrib.flask.signals import happened, signed_in, signed_out

__all__ = [
    "Registrazione",
    "SignedIn",
    "current_account",
    "happened",
    "sign_in_required",
    "signed_in",
    "signed_out",
]
