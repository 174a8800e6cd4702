"""A portal on Flask: external users of a university register, sign in and enrol.

Start it with ``flask --app flask_portal run``; the environment holds what is secret.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_login import LoginManager

from flask_portal import pages
from registrazione.contrib.flask import Registrazione

login_manager = LoginManager()
registrazione = Registrazione(
    profile="unimi-external",
    services={"immatricolazione": "/immatricolazione"},
    owner="Portale dell'Ateneo",
    home="/",
)


def create_app(**config: Any) -> Flask:  # noqa: ANN401 - whatever Flask's configuration takes
    """Return the portal.

    Args:
        config: What differs from the environment.
    """
    app = Flask(__name__)
    app.config.from_prefixed_env()
    app.config.setdefault("REGISTRAZIONE_MAILER", "console://")
    app.config.update(config)
    login_manager.init_app(app)
    registrazione.init_app(app)
    app.register_blueprint(pages.blueprint)
    return app
