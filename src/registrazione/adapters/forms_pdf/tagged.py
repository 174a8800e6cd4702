"""An A4 document whose every text is tagged, in a font that writes every name."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import as_file, files
from typing import cast

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

FONT = "Roboto"
MARGIN = 20.0
BOTTOM = 277.0
"""Where the part of a page ends that is written on; the footer stands below."""
LEADING = 1.35
"""Height of a line, in heights of its letters."""
SMALL, NORMAL, LARGE = 8.5, 10.5, 17.0
GREY, BLACK = 90, 0

TOTAL = "\x02"
"""Stands for the number of pages: a control, which no value holds."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_FONTS = "font_roboto"
_STYLES = {"": "Roboto-Regular.ttf", "B": "Roboto-Bold.ttf"}


class TaggedPdf(FPDF):
    """A document with a structure tree for screen readers (ISO 32000-1, section 14.8).

    The library tags images alone and then declares the whole document tagged, so that a screen
    reader would pass over the rest: here the texts are tagged in the same way.
    """

    def __init__(self, language: str, made_at: datetime) -> None:
        """Take the font and the metadata that do not come from the contents."""
        super().__init__(format="A4")
        self.set_auto_page_break(auto=False)
        self.set_margin(MARGIN)
        self.c_margin: float = 0
        self.alias_nb_pages(TOTAL)
        for style, name in _STYLES.items():
            with as_file(files(_FONTS) / "files" / name) as font:
                self.add_font(FONT, style, font)
        self._known = self._glyphs() | {ord(TOTAL)}
        self.set_lang(language)
        self.set_creation_date(made_at)
        self.set_producer("registrazione")
        self.set_creator("registrazione")

    def _glyphs(self) -> frozenset[int]:
        """Return the code points that all styles have."""
        fonts = (cast("TTFFont", font) for font in self.fonts.values())
        return frozenset[int].intersection(*(frozenset(font.cmap) for font in fonts))

    @property
    def right(self) -> float:
        """Return where the text area ends."""
        return self.w - MARGIN

    @contextmanager
    def tagged(self, kind: str, alt_text: str | None = None) -> Generator[None]:
        """Tag what is written inside, on one page.

        Args:
            kind: Such as ``H1``, ``P`` or ``Figure``.
            alt_text: What is read instead of an image.
        """
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=mcid, alt_text=alt_text)
        with self._marked(f"/{kind} <</MCID {mcid}>> BDC"):
            yield

    @contextmanager
    def decoration(self) -> Generator[None]:
        """Mark what is drawn inside as nothing to read."""
        with self._marked("/Artifact BMC"):
            yield

    @contextmanager
    def _marked(self, beginning: str) -> Generator[None]:
        self._out(beginning)
        yield
        self._out("EMC")

    def text_block(
        self, kind: str, text: str, *, x: float = MARGIN, width: float | None = None
    ) -> None:
        """Write a text below the last one, in as many lines as it takes; lines are not torn apart.

        Args:
            kind: Its tag.
            text: What is written.
            x: Where it begins.
            width: How wide it may become; by default as wide as the page allows.
        """
        width = self.right - x if width is None else width
        self.set_x(x)
        with self.tagged(kind):
            self.multi_cell(
                width,
                self.leading,
                self.printable(text),
                align=Align.L,
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )

    def height_of(self, text: str, width: float) -> float:
        """Return how high a text becomes with the present letters."""
        height = self.multi_cell(
            width,
            self.leading,
            self.printable(text),
            align=Align.L,
            dry_run=True,
            output=MethodReturnValue.HEIGHT,
        )
        return float(cast("float", height))

    def room(self, height: float) -> None:
        """Begin a new page where less than this height is left."""
        if self.get_y() + height > BOTTOM:
            self.add_page()

    def printable(self, text: str) -> str:
        """Return a text with a visible mark for every sign that the font does not have."""
        return "".join(sign if ord(sign) in self._known else _UNKNOWN for sign in text)

    def pen(self, size: float = NORMAL, *, bold: bool = False, grey: bool = False) -> None:
        """Choose how the next texts look."""
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(GREY if grey else BLACK)

    @property
    def leading(self) -> float:
        """Return the height of a line."""
        return float(self.font_size) * LEADING
