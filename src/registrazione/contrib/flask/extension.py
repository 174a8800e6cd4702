"""The extension: a blueprint whose pages come from the site, and what goes with them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from flask import Blueprint, Flask, Response, render_template, request
from jinja2 import Template

from registrazione.contrib.flask.commands import group
from registrazione.contrib.flask.forgery import check_here, is_own_form, token_field
from registrazione.contrib.flask.login import follow, teach
from registrazione.contrib.flask.options import Options, below_root, options_of
from registrazione.contrib.flask.signals import happened
from registrazione.contrib.web.exchange import Go, Send, Show, WebReply, WebRequest
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.site import Site
from registrazione.core.records import AuditRecord
from registrazione.registrar import Registrar

logger: logging.Logger = logging.getLogger("registrazione")

_TEMPLATES = Path(__file__).parents[1] / "web" / "templates"
_METHODS = ("GET", "POST")
_MOST_LETTERS = 20
"""Letters that are sent behind one response; a worker is there for more."""


@attrs.frozen(kw_only=True, eq=False)
class State:
    """What an application keeps of the extension, in ``app.extensions``.

    Args:
        registrar: Runs the registrations.
        site: Answers the requests.
        options: What the extension was told.
    """

    registrar: Registrar
    site: Site
    options: Options


class Registrazione:
    """The pages of one procedure in a Flask application.

    Args:
        app: The application; without one, call :meth:`init_app` later, for each of several.
        name: Name of the extension and its blueprint, where an application has several.
        registrar: One that is open already; by default the settings open one.
        routes: Pages of one's own, before all others.
        settings: Settings that come before those of the application's configuration.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        name: str = "registrazione",
        registrar: Registrar | None = None,
        routes: tuple[Route, ...] = (),
        **settings: Any,  # noqa: ANN401 - the settings' own types
    ) -> None:
        """Keep what was given; nothing of an application is kept here."""
        self.name = name
        self._registrar = registrar
        self._routes = routes
        self._settings: Mapping[str, Any] = settings
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Give the pages to an application.

        Args:
            app: Its configuration holds ``REGISTRAZIONE``, a mapping of the settings.

        Raises:
            SettingsError: A setting cannot be used.
            PluginError: A back-end is not there; the error says what to install.
        """
        options = options_of(app, self._settings)
        registrar = self._registrar or _opened(app, options)
        setup = SiteSetup(base_url=registrar.parts.base_url, **options.site)
        site = Site(registrar, setup, self._routes)
        app.extensions[self.name] = State(registrar=registrar, site=site, options=options)
        app.register_blueprint(_blueprint(app, self.name, site))
        app.cli.add_command(group(self.name))
        teach(app, self.name)


def _opened(app: Flask, options: Options) -> Registrar:
    """Return the registrar that the settings ask for; what happens is told as a signal."""

    def tell(record: AuditRecord) -> None:
        happened.send(app, record=record)

    settings = dict(options.registrar)
    settings["observers"] = [*settings.get("observers", ()), tell]
    if str(settings["storage"]).startswith(f"sqlite:///{app.instance_path}"):
        Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    return Registrar.open(**settings)


def _blueprint(app: Flask, name: str, site: Site) -> Blueprint:
    """Return the blueprint: every address of the site, those open to other sites by themselves."""
    prefix = below_root(app, site.setup.base)
    blueprint = Blueprint(
        name, __name__, url_prefix=prefix or None, template_folder=str(_TEMPLATES)
    )

    def page(path: str = "") -> Response:
        return _responded(app, name, f"/{path}", protected=True)

    def foreign(**_parts: str) -> Response:
        path = request.path.removeprefix(prefix)
        return _responded(app, name, path, protected=False)

    for route in site.routes.table:
        if route.foreign:
            blueprint.add_url_rule(route.path, "foreign", foreign, methods=_METHODS)
    blueprint.add_url_rule("/sign-in", "sign_in", lambda: page("sign-in"), methods=_METHODS)
    blueprint.add_url_rule("/", "page", page, methods=_METHODS)
    blueprint.add_url_rule("/<path:path>", "page", page, methods=_METHODS)
    check_here(app, blueprint)
    return blueprint


def _responded(app: Flask, name: str, path: str, *, protected: bool) -> Response:
    """Answer a request of the blueprint."""
    state: State = app.extensions[name]
    if protected and request.method == "POST" and not is_own_form():
        return _response(
            app, name, state.site.turn_away(_request(state, path, "GET"), "forged", 400)
        )
    reply = state.site.respond(_request(state, path, request.method))
    follow(app, name, reply)
    return _response(app, name, reply)


def _request(state: State, path: str, method: str) -> WebRequest:
    """Return the request as the site reads it."""
    operator = state.options.operator
    return WebRequest(
        method=method,
        path=path,
        query=request.args.to_dict(),
        raw_query=request.query_string.decode("latin-1"),
        form=request.form.to_dict(flat=False),
        cookies=request.cookies.to_dict(),
        origin=request.remote_addr or "",
        languages=request.headers.get("Accept-Language", ""),
        operator=operator(request) if operator is not None else None,
    )


def _response(app: Flask, name: str, reply: WebReply) -> Response:
    """Return the reply as Flask sends it."""
    outcome = reply.outcome
    if isinstance(outcome, Show):
        page = outcome.page
        own = f"registrazione/pages/{page.name}.html"
        templates: list[str | Template] = [own, "registrazione/page.html"]
        response = Response(render_template(templates, page=page, csrf_field=token_field()))
    elif isinstance(outcome, Send):
        response = Response(outcome.body, content_type=outcome.content_type)
    else:
        response = Response(headers={"Location": outcome.url})
    response.status_code = reply.status
    for key, value in reply.headers:
        response.headers[key] = value
    for cookie in reply.cookies:
        response.headers.add("Set-Cookie", cookie.header())
    state: State = app.extensions[name]
    if state.options.deliver and request.method == "POST" and isinstance(outcome, Go | Show):
        response.call_on_close(lambda: _deliver(state.registrar))
    return response


def _deliver(registrar: Registrar) -> None:
    """Send the letters that are due; whoever waits for the response does not wait for this."""
    try:
        registrar.deliver_outbox(most=_MOST_LETTERS)
    except Exception:
        logger.exception("the letters could not be delivered; they stay in the outbox")
