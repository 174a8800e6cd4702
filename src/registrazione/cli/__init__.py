"""The command line: ``registrazione``. It only translates; everything else is the library's."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

NEEDED = ("click", "rich")
"""What the extra ``cli`` brings."""


def main() -> None:
    """Run the command line and exit with its status.

    Raises:
        SystemExit: Always: 0 done, 1 something is not in order or was refused, 2 the command
            itself was misused, 130 interrupted from the keyboard, 141 nobody reads the output.
    """
    _open_closed_streams()
    if any(find_spec(name) is None for name in NEEDED):
        sys.stderr.write('the command line needs: pip install "registrazione[cli]"\n')
        raise SystemExit(2)
    from registrazione.cli.app import cli

    cli(prog_name="registrazione")


def _open_closed_streams() -> None:
    """Give every standard stream that was closed a place that is always empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - it stays open
