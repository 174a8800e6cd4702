"""A page as data: what any framework renders, and nothing about how it looks.

Every text is in the page's language already and every address is whole, so that a template only
arranges. A page is a list of blocks; each kind of block has a template of its own name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from registrazione.contrib.web.blocks import (
    Bar,
    Block,
    Button,
    Card,
    Cards,
    Cell,
    Chart,
    Facts,
    Figure,
    Form,
    Line,
    Link,
    Links,
    Prose,
    Source,
    Table,
    Tone,
)
from registrazione.contrib.web.fields import Challenge, Field, InputType, Option, OptionGroup
from registrazione.contrib.web.words import Words

__all__ = [
    "Bar",
    "Block",
    "Button",
    "Card",
    "Cards",
    "Cell",
    "Challenge",
    "Chart",
    "Facts",
    "Field",
    "Figure",
    "Form",
    "Frame",
    "Help",
    "InputType",
    "Line",
    "Link",
    "Links",
    "Mark",
    "Message",
    "Option",
    "OptionGroup",
    "Page",
    "Prose",
    "Source",
    "Table",
    "Tone",
]


@attrs.frozen(kw_only=True)
class Message:
    """Something said at the top of the page.

    Args:
        text: What.
        tone: How much it matters.
        field: Id of the field that it is about; a link leads there.
    """

    text: str
    tone: Tone = Tone.INFO
    field: str = ""


@attrs.frozen(kw_only=True)
class Mark:
    """One of the numbered steps (MIM-10).

    Args:
        number: From 1.
        label: Such as "Passaggio 1".
        title: What it is about.
        state: ``done``, ``current`` or ``ahead``.
    """

    number: int
    label: str
    title: str
    state: str


@attrs.frozen(kw_only=True)
class Help:
    """Where help is to be had (POL-16, MIM-41).

    Args:
        text: What people read.
        phone: Number to call, or nothing.
        url: Page to open, or nothing.
    """

    text: str
    phone: str = ""
    url: str = ""

    @property
    def call(self) -> str:
        """Return the address that makes a telephone ring, or nothing."""
        number = re.sub(r"[^0-9+]", "", self.phone)
        return f"tel:{number}" if number else ""


@attrs.frozen(kw_only=True)
class Frame:
    """What surrounds every page of a site.

    Args:
        title: Name of the procedure.
        owner: Whose site it is.
        home: Address of the first page.
        links: Ways that are always there, "Registrati" among them (IOL-01).
        languages: The same page in each language.
        sign_out: The button that logs out, while somebody is signed in (MIM-42).
        assets: Where style sheet and scripts are; ends with a slash.
        style: Name of the style sheet in the assets, or an address that begins with a slash.
        theme: ``light`` or ``dark``; empty: as the visitor's device has it.
    """

    title: str
    owner: str
    home: str
    links: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    sign_out: Form | None = None
    assets: str = ""
    style: str = "registrazione.css"
    theme: str = ""

    @property
    def style_sheet(self) -> str:
        """Return the address of the style sheet."""
        return self.style if self.style.startswith("/") else f"{self.assets}{self.style}"


@attrs.frozen(kw_only=True)
class Page:
    """One page, whole.

    Args:
        name: Stable, such as ``register.fill``; a site may give it a template of its own.
        title: The heading.
        language: ``it`` or ``en``.
        frame: What surrounds it.
        texts: Those of the site, for what the templates and the script say of themselves.
        blocks: What it consists of.
        faults: Everything that was wrong, at once; focus goes there first.
        notices: What the person should know.
        marks: The numbered steps; empty where there are none.
        help: Ways to help.
    """

    name: str
    title: str
    language: str
    frame: Frame
    texts: Words = attrs.field(factory=Words, repr=False, eq=False)
    blocks: tuple[Block, ...] = ()
    faults: tuple[Message, ...] = ()
    notices: tuple[Message, ...] = ()
    marks: tuple[Mark, ...] = ()
    help: tuple[Help, ...] = ()

    @property
    def words(self) -> Mapping[str, str]:
        """Return the texts of the templates, such as ``skip``, in the page's language."""
        return self.texts.below("page.", self.language)

    @property
    def faults_title(self) -> str:
        """Return what stands above the faults: there is something to be mended here, or not."""
        mendable = any(form.fields for form in self.forms)
        return self.words["faults" if mendable else "refused"]

    @property
    def script_words(self) -> tuple[tuple[str, str], ...]:
        """Return the texts of the script, as names and values of ``data-`` attributes."""
        said = self.texts.below("script.", self.language)
        return tuple(
            (f"script-{key}".replace(".", "-").replace("_", "-"), text)
            for key, text in said.items()
        )

    @property
    def forms(self) -> tuple[Form, ...]:
        """Return the forms, for who wants to fill them in without a browser."""
        return tuple(block for block in self.blocks if isinstance(block, Form))
