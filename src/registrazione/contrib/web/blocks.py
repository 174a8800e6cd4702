"""What a page consists of, as data: one class, and one template, for each kind of block."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, TypeAlias

import attrs

from registrazione.contrib.web.fields import Field


class Tone(StrEnum):
    """How much a message or a button matters."""

    DANGER = "danger"
    WARNING = "warning"
    INFO = "info"
    SUCCESS = "success"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    LINK = "link"


@attrs.frozen(kw_only=True)
class Button:
    """A way to send a form.

    Args:
        label: What stands on it.
        value: What is sent as ``do``: what the handler does.
        tone: How much it matters.
    """

    label: str
    value: str = ""
    tone: Tone = Tone.PRIMARY


@attrs.frozen(kw_only=True)
class Link:
    """A way to another page.

    Args:
        label: What is read.
        url: Where it leads.
        current: Whether it leads to the page that is shown.
        tone: How much it matters; ``link`` for a plain one.
        image: Whose mark stands beside the label: ``spid``, ``cie`` or ``eidas``.
        logo: Address of a picture that stands above the label, and says no more than that.
        language: Language of the label, where it is not the page's.
        auto: Whether the script follows it as soon as it is there.
    """

    label: str
    url: str
    current: bool = False
    tone: Tone = Tone.LINK
    image: str = ""
    logo: str = ""
    language: str = ""
    auto: bool = False


@attrs.frozen(kw_only=True)
class Prose:
    """Paragraphs of text.

    Args:
        paragraphs: In order.
        heading: Above them.
        tone: ``info`` and the like draw a box around them.
    """

    template: ClassVar[str] = "registrazione/blocks/prose.html"
    paragraphs: tuple[str, ...]
    heading: str = ""
    tone: Tone = Tone.SECONDARY


@attrs.frozen(kw_only=True)
class Form:
    """Fields and buttons, sent by POST unless it only searches.

    Args:
        action: Where it is sent.
        fields: In order.
        buttons: The first is what the return key presses.
        hidden: Names and values that travel along.
        heading: Above it.
        label: Its name for who does not see it, where there is no heading.
        search: Whether it is sent by GET.
        compact: Whether it is a button in a line of other things.
        bare: Whether no token against forgery goes along: to another site, or to a page of ours
            that asks for none.
        auto: Whether the script sends it as soon as it is there.
    """

    template: ClassVar[str] = "registrazione/blocks/form.html"
    action: str
    fields: tuple[Field, ...] = ()
    buttons: tuple[Button, ...] = ()
    hidden: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    heading: str = ""
    label: str = ""
    search: bool = False
    compact: bool = False
    bare: bool = False
    auto: bool = False

    @property
    def asterisk(self) -> bool:
        """Return whether there is a mandatory field to be explained (MIM-22)."""
        return any(field.required for field in self.fields)


@attrs.frozen(kw_only=True)
class Source:
    """Who told a datum, where it was not the person.

    Args:
        text: Such as "da SPID".
        locked: Whether the person cannot change it.
    """

    text: str
    locked: bool = False


@attrs.frozen(kw_only=True)
class Facts:
    """Labels and values: a summary, somebody's data.

    Args:
        rows: Label and value.
        heading: Above them.
        sources: Who told a value, by its label, where it was not the person.
    """

    template: ClassVar[str] = "registrazione/blocks/facts.html"
    rows: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    heading: str = ""
    sources: Mapping[str, Source] = attrs.field(factory=dict[str, Source])

    @property
    def lines(self) -> tuple[tuple[str, str, Source | None], ...]:
        """Return label, value and source of each row."""
        return tuple((label, value, self.sources.get(label)) for label, value in self.rows)


@attrs.frozen(kw_only=True)
class Links:
    """Ways to other pages.

    Args:
        items: In order.
        heading: Above them.
        buttons: Whether they are drawn as buttons, such as "Entra con SPID".
        tiles: Whether they are drawn as tiles of one size, none before the others.
    """

    template: ClassVar[str] = "registrazione/blocks/links.html"
    items: tuple[Link, ...]
    heading: str = ""
    buttons: bool = False
    tiles: bool = False


@attrs.frozen(kw_only=True)
class Cell:
    """One cell of a table: text, a link, or small forms.

    Args:
        text: What is read.
        link: Where the text leads.
        forms: Buttons.
        tone: A mark, such as the state of an account.
    """

    text: str = attrs.field(default="", repr=False)
    link: str = ""
    forms: tuple[Form, ...] = ()
    tone: Tone | None = None


@attrs.frozen(kw_only=True)
class Line:
    """One row of a table, as it is drawn.

    Args:
        head: The cell that names the row.
        cells: Each of the others after the heading of its column.
    """

    head: Cell
    cells: tuple[tuple[str, Cell], ...]


@attrs.frozen(kw_only=True)
class Table:
    """Rows under headings.

    Args:
        caption: What it lists.
        columns: The headings; each row has as many cells.
        rows: The cells; the first of a row names it.
        empty: What is said where there are no rows.
        more: Way to the next rows, if there are any.
    """

    template: ClassVar[str] = "registrazione/blocks/table.html"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    empty: str = ""
    more: Link | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the rows, each cell with its column, for screens too narrow for columns."""
        return tuple(
            Line(head=row[0], cells=tuple(zip(self.columns[1:], row[1:], strict=True)))
            for row in self.rows
        )


@attrs.frozen(kw_only=True)
class Card:
    """A service that can be used, or why not (MIM-39).

    Args:
        title: What it is called.
        text: Why it is closed, for example.
        forms: What can be done: enter, add to the favourites (MIM-40).
        links: Ways to other pages.
    """

    title: str
    text: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[Link, ...] = ()


@attrs.frozen(kw_only=True)
class Cards:
    """Services side by side.

    Args:
        items: In order.
        heading: Above them.
        empty: What is said where there are none.
    """

    template: ClassVar[str] = "registrazione/blocks/cards.html"
    items: tuple[Card, ...]
    heading: str = ""
    empty: str = ""


def _digits(number: float) -> str:
    """Return a number as SVG writes it, whatever a template engine does to numbers."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


@attrs.frozen(kw_only=True)
class Bar:
    """One bar of a chart; positions and lengths in the chart's own units.

    Args:
        label: What it stands for.
        value: How many, in words as well.
        x: Where it begins.
        y: Its upper end.
        width: Across.
        height: From the upper end down.
    """

    label: str
    value: str
    x: str = attrs.field(converter=_digits)
    y: str = attrs.field(converter=_digits)
    width: str = attrs.field(converter=_digits)
    height: str = attrs.field(converter=_digits)


@attrs.frozen(kw_only=True)
class Chart:
    """Bars, drawn as SVG, with the same figures as a table for who does not see them.

    Args:
        caption: What it shows.
        bars: In order.
        columns: Headings of the table.
        width: Of the drawing, in its own units.
        height: The same.
    """

    template: ClassVar[str] = "registrazione/blocks/chart.html"
    caption: str
    bars: tuple[Bar, ...]
    columns: tuple[str, str]
    width: int = 600
    height: int = 200

    @property
    def view_box(self) -> str:
        """Return the area of the drawing, as SVG writes it."""
        return f"0 0 {_digits(self.width)} {_digits(self.height)}"

    @property
    def scale(self) -> tuple[str, str, str]:
        """Return what the first bar stands for, the highest value, and what the last stands for.

        There has to be a bar.
        """
        highest = max(self.bars, key=lambda bar: bar.height)
        return self.bars[0].label, highest.value, self.bars[-1].label


@attrs.frozen(kw_only=True)
class Figure:
    """A picture of the assets, or one that is made for this page.

    Args:
        url: Where it is.
        alt: What is said to who does not see it.
        caption: Under it.
    """

    template: ClassVar[str] = "registrazione/blocks/figure.html"
    url: str
    alt: str
    caption: str = ""


Block: TypeAlias = Prose | Form | Facts | Links | Table | Cards | Chart | Figure
