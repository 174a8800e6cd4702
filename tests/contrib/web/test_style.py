"""The style sheet's colours, computed: what axe-core does not look at."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("registrazione.contrib.web").joinpath("assets/registrazione.css").read_text("utf-8")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
LIGHT, DARK, CHOSEN_DARK = (
    dict(COLOUR.findall(found)) for found in re.findall(r"color-scheme: \w+;([^}]+)", STYLE)
)
TEXT, GRAPHIC = 4.5, 3.0
PAIRS = (
    ("ink", "page", TEXT),
    ("ink", "sheet", TEXT),
    ("soft", "page", TEXT),
    ("soft", "sheet", TEXT),
    ("soft", "sunk", TEXT),
    ("brand", "page", TEXT),
    ("brand", "sheet", TEXT),
    ("brand-deep", "sheet", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-deep", TEXT),
    ("danger", "sheet", TEXT),
    ("warning", "sheet", TEXT),
    ("success", "sunk", TEXT),
    # Borders of inputs, and the ring around what has the focus (WCAG 1.4.11, 2.4.13).
    ("edge", "sheet", GRAPHIC),
    ("edge", "page", GRAPHIC),
    ("ring", "sheet", GRAPHIC),
    ("ring", "page", GRAPHIC),
)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_told_apart(colours, front, back, least) -> None:
    """Text, borders of inputs and the focus stand out from what is behind them."""
    assert contrast(colours[front], colours[back]) >= least


def test_the_dark_colours_are_the_same_however_they_are_chosen() -> None:
    """The device's choice and the site's lead to the same dark."""
    assert DARK == CHOSEN_DARK
    assert set(DARK) <= set(LIGHT)


def test_the_contrast_is_that_of_the_standard() -> None:
    """Black on white has 21, and a colour on itself 1."""
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
