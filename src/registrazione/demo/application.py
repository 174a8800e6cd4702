"""The application: one extension for each procedure, and the pages around them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.flask import Registrazione
from registrazione.contrib.web.headers import SECURITY, content_security_policy
from registrazione.core.account import VerifiedIdentity
from registrazione.core.profile import Profile
from registrazione.demo.identity import SCHEMES, PlayedIdentities
from registrazione.demo.operators import operator_of
from registrazione.demo.procedures import PROVIDERS, procedures
from registrazione.demo.views import GIVES_UP, pages
from registrazione.ports import IdentityError, IdentityProvider, Mailer
from registrazione.registrar import Registrar
from registrazione.stories.mailbox import Mailbox
from registrazione.stories.people import PEOPLE


def create_demo(
    *,
    base_url: str,
    storage: str,
    mailer: str | Mailer,
    mailbox: Mailbox,
    **settings: Any,  # noqa: ANN401 - the settings' own types
) -> Flask:
    """Return the demonstration as a Flask application.

    Args:
        base_url: Where it is, without a slash at the end.
        storage: Where the accounts of all procedures are.
        mailer: What letters are sent with.
        mailbox: Where they arrive.
        settings: Of every registrar, beside these.
    """
    app = Flask(__name__, static_folder=None)
    app.config["SECRET_KEY"] = secrets.token_hex(32)
    app.config["SESSION_COOKIE_NAME"] = "demo"
    played = PlayedIdentities(base_url)
    for profile in procedures():
        Registrazione(
            app,
            name=profile.name,
            profile=profile,
            storage=storage,
            mailer=mailer,
            base_url=f"{base_url}/{profile.name}",
            identity_providers=providers(base_url, profile, played),
            operator=operator_of,
            home="/",
            **settings,
        )
    app.register_blueprint(pages(mailbox))
    app.register_blueprint(played.pages())
    app.extensions["played-identities"] = played
    app.after_request(_guarded)
    return app


def providers(
    base_url: str, profile: Profile, played: PlayedIdentities
) -> tuple[IdentityProvider, ...]:
    """Return the identity providers that a procedure offers, each with everybody of the stories.

    Args:
        base_url: Where the demonstration is.
        profile: The procedure.
        played: SPID, CIE and eIDAS.
    """
    return tuple(
        played.provider(name, f"{base_url}/{profile.name}")
        if name in SCHEMES
        else _scripted(base_url, name)
        for name in PROVIDERS
        if name in profile.federation.providers
    )


def _scripted(base_url: str, name: str) -> ScriptedProvider:
    """Return a provider that is no more than a page with names."""
    people: dict[str, VerifiedIdentity | IdentityError] = {
        **{person.key: person.vouched_for(name) for person in PEOPLE},
        GIVES_UP: IdentityError("cancelled"),
    }
    return ScriptedProvider(name, people, page=f"{base_url}/identity/{name}")


def played_identities(app: Flask) -> PlayedIdentities:
    """Return SPID, CIE and eIDAS of the demonstration."""
    found: PlayedIdentities = app.extensions["played-identities"]
    return found


def registrars(app: Flask) -> Mapping[str, Registrar]:
    """Return the registrars of the demonstration by the name of their procedure."""
    return {profile.name: app.extensions[profile.name].registrar for profile in procedures()}


def _guarded(response: Response) -> Response:
    """Protect the pages around the procedures as their own are."""
    if request.blueprint in {"demo", "idp"} and request.endpoint != "demo.picture":
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        for key, value in SECURITY:
            response.headers[key] = value
    return response
