"""Tests of what the rules of the codice fiscale cost a program that wants nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHILD = """
import sys
from registrazione.core.codice_fiscale import CodiceFiscale, is_codice_fiscale
verdicts = is_codice_fiscale("RSSMRA80A01H501U"), is_codice_fiscale("RSSMRA80A01H501X")
assert verdicts == (True, False)
assert CodiceFiscale.parse("rssmra80a01h501u").sex == "M"
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("heavy", ["attr", "attrs", "codicefiscale", "unicodedata"])
def test_a_first_verdict_waits_for_no_other_library(heavy) -> None:
    """Verdicts and values come without attrs, without any data: only a fault needs more."""
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)

    assert "registrazione" in done.stdout.split()
    assert heavy not in done.stdout.split()
