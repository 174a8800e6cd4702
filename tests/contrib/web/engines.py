"""A page as HTML, by each of the two template engines that the templates are written for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

FOLDER = str(files("registrazione.contrib.web").joinpath("templates"))
CSRF = Markup('<input type="hidden" name="csrf_token" value="token">')
TEMPLATE = "registrazione/page.html"


@cache
def _jinja() -> jinja2.Environment:
    """Make an environment in which a name that is not there is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
    )


def by_jinja(page, loader: jinja2.BaseLoader | None = None) -> str:
    """Return the page as Flask would render it."""
    environment = _jinja() if loader is None else _jinja().overlay(loader=loader)
    return environment.get_template(TEMPLATE).render(page=page, csrf_field=CSRF)


def by_django(page, *folders: str) -> str:
    """Return the page as Django would render it."""
    from django.template import Context, Engine

    engine = Engine(dirs=[*folders, FOLDER], string_if_invalid="NOT THERE: %s")
    return engine.get_template(TEMPLATE).render(Context({"page": page, "csrf_field": CSRF}))
