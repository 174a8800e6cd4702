"""Draw a procedure's account machine into a file.

Usage: ``python tools/draw_machine.py [PROFILE [FILE]]``; without arguments it draws the picture of
the README.
"""

from __future__ import annotations

import sys
from pathlib import Path

from registrazione.machine_picture import draw
from registrazione.profiles import load

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "_static" / "account-machine.svg"
PICTURED = "polis"


def main(name: str = PICTURED, file: str = "") -> None:
    """Write the picture of a procedure."""
    path = Path(file) if file else PICTURE
    path.write_text(draw(load(name)), encoding="utf-8")
    print(f"{path.name}: {name}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
