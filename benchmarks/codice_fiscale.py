"""What checking a codice fiscale costs, beside python-stdnum and python-codicefiscale.

Run it with ``python benchmarks/codice_fiscale.py [codes]``. Half of the codes are sound, half have
a wrong check letter. All libraries see the same codes, in turns; the slow one sees fewer of them.
The figures are CPU time. They do not check the same: see the last column.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

from codicefiscale import codicefiscale
from stdnum.it import codicefiscale as stdnum

from registrazione.checks.places import InstalledPlaces
from registrazione.core.codice_fiscale import CodiceFiscale, is_codice_fiscale
from registrazione.core.consistency import check_person

CONSONANTS = "BCDFGLMNPRSTV"
MONTHS = "ABCDEHLMPRST"
PLACES = ("H501", "F205", "L219", "F839", "G273", "A944", "D612", "Z110", "Z129")
PARTS = 10
SHARE = 50
"""The slow library sees one in so many codes."""


def some_codes(count: int) -> list[str]:
    """Return codes, every second one with a wrong check letter, the same in every run."""
    draw = random.Random(2026)  # noqa: S311 - a sample, no secret
    codes: list[str] = []
    for number in range(count):
        day = draw.randint(1, 28) + draw.choice((0, 40))
        signs = "".join(draw.choices(CONSONANTS, k=6))
        stem = f"{signs}{draw.randint(30, 99)}{draw.choice(MONTHS)}{day:02}{draw.choice(PLACES)}"
        right = codicefiscale.encode_cin(stem)
        wrong = chr((ord(right) - ord("A") + 1) % 26 + ord("A"))
        codes.append(stem + (right if number % 2 == 0 else wrong))
    return codes


def cost(check: Callable[[str], object], codes: Sequence[str]) -> float:
    """Return the CPU seconds of a check on each of the codes."""
    start = time.process_time()
    for code in codes:
        check(code)
    return time.process_time() - start


def with_places(code: str) -> bool:
    """Check a code with its date and its place of birth."""
    if not is_codice_fiscale(code):
        return False
    return not check_person(CodiceFiscale.parse(code), places=PLACES_KNOWN)


PLACES_KNOWN = InstalledPlaces()

CHECKS: Sequence[tuple[str, Callable[[str], bool], int, str]] = (
    ("registrazione, is_codice_fiscale", is_codice_fiscale, 1, "form, check letter, date"),
    ("registrazione, with the place", with_places, 1, "the same, and that the place exists"),
    ("python-stdnum", stdnum.is_valid, 1, "form, check letter, date"),
    ("python-codicefiscale", codicefiscale.is_valid, SHARE, "form, check letter, date, place"),
)


def main(count: int) -> None:
    """Print a row for each library."""
    codes = some_codes(count)
    for _, check, _, _ in CHECKS:
        check(codes[0])  # tables are read with the first call
    spent = dict.fromkeys((name for name, *_ in CHECKS), 0.0)
    step = max(SHARE, count // PARTS)
    for start in range(0, count, step):
        for name, check, share, _ in CHECKS:
            part = codes[start : start + step]
            spent[name] += cost(check, part[: max(1, len(part) // share)]) * share
    accepted = [sum(map(check, codes[:SHARE])) for _, check, _, _ in CHECKS]
    assert accepted == [SHARE // 2] * len(CHECKS), accepted
    print(f"{count} codes\n")
    print(f"{'µs each':>8}  {'codes/s':>9}  {'ratio':>6}")
    fastest = spent[CHECKS[0][0]]
    for name, _, _, what in CHECKS:
        each = spent[name] / count
        print(f"{each * 1e6:8.1f}  {1 / each:9,.0f}  {spent[name] / fastest:6.1f}  {name}: {what}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
