"""The page around the procedures: the same templates, another frame."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from registrazione.contrib.flask.forgery import token_field
from registrazione.contrib.web.files import version
from registrazione.contrib.web.pages import Block, Frame, Link, Page
from registrazione.core.texts import LANGUAGES
from registrazione.demo.words import WORDS

FIRST = "mim-students"
"""The procedure whose style sheet the pages around them use."""

_WAYS = (
    ("chooser", "/"),
    ("people", "/people"),
    ("mailbox", "/mailbox"),
    ("operator", "/operator"),
)


def language() -> str:
    """Return the language that the visitor chose, or Italian."""
    chosen = request.args.get("language") or request.cookies.get("demo-language")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def word(key: str, **params: str) -> str:
    """Return a text in the visitor's language."""
    return WORDS[key].to(language()).format(**params)


def columns(key: str) -> tuple[str, ...]:
    """Return the headings of a table."""
    return tuple(word(key).split("|"))


def shown(name: str, *blocks: Block, title: str = "", status: int = 200) -> Response:
    """Return a page around the procedures.

    Args:
        name: Its name, and the key of its title.
        blocks: What is on it.
        title: Its heading, where it is another.
        status: Of HTTP.
    """
    page = Page(
        name=f"demo.{name}",
        title=title or word(name),
        language=language(),
        frame=Frame(
            title=word("title"),
            owner=word("owner"),
            home="/",
            links=tuple(
                Link(label=word(key), url=url, current=request.path == url) for key, url in _WAYS
            ),
            languages=tuple(
                Link(
                    label={"it": "Italiano", "en": "English"}[other],
                    url=f"{request.path}?language={other}",
                    current=other == language(),
                    language=other,
                )
                for other in LANGUAGES
            ),
            assets=f"/{FIRST}/assets/{version()}/",
        ),
        blocks=blocks,
    )
    rendered = render_template("registrazione/page.html", page=page, csrf_field=token_field())
    response = make_response(rendered, status)
    response.set_cookie("demo-language", language(), httponly=True, samesite="Lax")
    return response
