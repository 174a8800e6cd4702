"""From a template and the facts to a subject and two bodies.

A letter is one template per kind and language, ``it/activation.jinja``: its blocks ``subject``
and ``body`` are written once, with the macros of ``blocks.txt.jinja`` and ``blocks.html.jinja``
(``paragraph``, ``button``, ``details`` …), and rendered three times: as the subject, as plain
text and as HTML. What all letters of a language share is in ``it/letter.jinja``; the page around
it in ``layout.*.jinja``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from registrazione.service.letter_words import one_line

if TYPE_CHECKING:
    from jinja2 import Environment

TEXT_WIDTH = 72
PACKAGED = "registrazione"
"""Prefix under which a host's template reaches the one that it replaces."""


@attrs.frozen(kw_only=True)
class Rendered:
    """A letter in words.

    Args:
        subject: One line, safe in a header.
        text: The plain body.
        html: The same as HTML.
    """

    subject: str = attrs.field(repr=False)
    text: str = attrs.field(repr=False)
    html: str = attrs.field(repr=False)


class Templates:
    """Render letters; Jinja2 is loaded with the first one.

    Args:
        paths: Folders whose files come before the packaged ones of the same name. A file there
            may say ``{% extends "registrazione/it/activation.jinja" %}`` and replace one block.
    """

    def __init__(self, paths: Sequence[str | Path] = ()) -> None:
        """Remember the folders."""
        self._paths = tuple(paths)

    def render(self, name: str, language: str, facts: Mapping[str, object]) -> Rendered:
        """Return the letter of that name.

        Args:
            name: Name of the template, such as ``activation``.
            language: ``it`` or ``en``.
            facts: What it may speak of. Anything else that it names is an error.
        """
        path = f"{language}/{name}.jinja"
        plain = _environment(self._paths, "txt").get_template(path)
        rich = _environment(self._paths, "html").get_template(path)
        subject = one_line(plain.render(facts, layout="layout.subject.jinja"))
        return Rendered(
            # Some mail libraries decode an encoded word wherever they meet one.
            subject=subject.replace("=?", "= ?"),
            text=_without_gaps(plain.render(facts, layout="layout.txt.jinja")),
            html=_without_gaps(rich.render(facts, layout="layout.html.jinja")),
        )


def wrapped(text: str, indent: int = 0) -> str:
    """Return text filled into lines; addresses stay whole, so that they can be opened.

    Args:
        text: Words and blanks of any kind between them.
        indent: Blanks before each line.
    """
    return textwrap.fill(
        " ".join(text.split()),
        TEXT_WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


@lru_cache(maxsize=16)
def _environment(paths: tuple[str | Path, ...], form: str) -> Environment:
    """Return the environment of one form of the letters: ``txt`` or ``html``.

    All writers with the same folders share it, and with it the compiled templates.
    """
    import jinja2  # noqa: PLC0415 - a process that writes no letter needs none of it

    packaged = jinja2.PackageLoader("registrazione", "letters")
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.FileSystemLoader(paths),
                packaged,
                jinja2.PrefixLoader({PACKAGED: packaged}),
            ]
        ),
        autoescape=form == "html",  # noqa: S701 - the other form is plain text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = wrapped
    blocks = environment.get_template(f"blocks.{form}.jinja").module
    environment.globals.update(
        {name: macro for name, macro in vars(blocks).items() if not name.startswith("_")}
    )
    return environment


def _without_gaps(body: str) -> str:
    """Return the body with at most one empty line between two others."""
    lines = "\n".join(line.rstrip() for line in body.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
