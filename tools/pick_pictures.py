"""Pick the pictures that the documentation shows from those that a run of the tests wrote.

Usage: ``python tools/pick_pictures.py FOLDER``, after a run of ``tests/browser/walks`` with
``REGISTRAZIONE_SCREENSHOTS=FOLDER``. It needs Pillow, which comes with the extra ``pdf``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "reference" / "pages.md"
PICTURES = DOCS / "_static" / "pages"
NAMED = re.compile(r"_static/pages/([\w.-]+)\.png")
TALLEST = 1500
"""Pixels; what is below is cut off."""
COLOURS = 24


def named() -> list[str]:
    """Return the names of the pictures that the page of the documentation shows."""
    return NAMED.findall(PAGE.read_text(encoding="utf-8"))


def main(folder: str) -> None:
    """Make the pictures small, and put them where the documentation has them."""
    from PIL import Image  # noqa: PLC0415 - only who takes pictures needs it

    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    for name in named():
        with Image.open(Path(folder) / f"{name}.png") as picture:
            shown = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
        small = shown.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
