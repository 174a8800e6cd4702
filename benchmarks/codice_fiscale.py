"""What checking a codice fiscale costs, beside python-stdnum and python-codicefiscale.

Run it with ``python benchmarks/codice_fiscale.py [codes]``; it shows three things. The figures are
CPU time.

Verdicts: half of the codes are sound, half have a wrong check letter. All libraries see the same
codes, in turns; the slow one sees fewer of them. They do not check the same: see the last column.

The first verdict of a process: each in a process of its own, in turns, the median of all rounds,
with the interpreter's start and without.

Eight threads that all begin with a place of birth: how often the tables are read, and the most
memory that the process took, with that of the interpreter and without.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

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
ROUNDS = 7
"""Of processes of their own."""
THREADS = 8

OURS = "registrazione"
STDNUM = "python-stdnum"
PYCF = "python-codicefiscale"
SHARES_OF_A_VERDICT = {STDNUM: 1 / 3, PYCF: 1 / 250}
"""What a verdict may take of theirs."""


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
    (f"{OURS}, is_codice_fiscale", is_codice_fiscale, 1, "form, check letter, date"),
    (f"{OURS}, with the place", with_places, 1, "the same, and that the place exists"),
    (STDNUM, stdnum.is_valid, 1, "form, check letter, date"),
    (PYCF, codicefiscale.is_valid, SHARE, "form, check letter, date, place"),
)


def verdicts(count: int) -> None:
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
    print()
    for name, share in SHARES_OF_A_VERDICT.items():
        tell("a verdict", fastest / spent[name], share, name)


def tell(what: str, ratio: float, share: float, whom: str) -> None:
    """Print whether a goal is met."""
    verdict = "met" if ratio <= share else "missed"
    print(f"goal {verdict}: {what} at most 1/{1 / share:.0f} of {whom}'s, 1/{1 / ratio:.1f} now")


# -- processes of their own ---------------------------------------------------------------------

SOUND = "RSSMRA76S09H501E"
NOTHING = "the interpreter alone"
FIRST_VERDICTS = {
    NOTHING: "",
    OURS: "from registrazione.core.codice_fiscale import is_codice_fiscale as check; "
    f"assert check({SOUND!r})",
    STDNUM: f"from stdnum.it.codicefiscale import is_valid as check; assert check({SOUND!r})",
    PYCF: f"from codicefiscale.codicefiscale import is_valid as check; assert check({SOUND!r})",
}
FIRST_VERDICT = """
import time
start = time.process_time_ns()
{statement}
now = time.process_time_ns()
print(now, now - start)
"""


def in_a_process(program: str) -> tuple[int, ...]:
    """Return the numbers that a program prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return tuple(map(int, done.stdout.split()))


def in_turns(programs: dict[str, str], rounds: int) -> dict[str, tuple[float, ...]]:
    """Return the medians of what programs print; the first round only warms the disk's cache."""
    found: dict[str, list[tuple[int, ...]]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            numbers = in_a_process(program)
            if number:
                found[name].append(numbers)
    return {
        name: tuple(map(statistics.median, zip(*rows, strict=True))) for name, rows in found.items()
    }


def first_verdicts(rounds: int) -> None:
    """Print what a process pays for its first verdict."""
    programs = {
        name: FIRST_VERDICT.format(statement=statement)
        for name, statement in FIRST_VERDICTS.items()
    }
    medians = in_turns(programs, rounds)
    print(f"\nthe first verdict of a process, {rounds} rounds\n")
    print(f"{'CPU ms':>8}  {'net ms':>8}")
    for name, (gross, net) in medians.items():
        print(f"{gross / 1e6:8.1f}  {net / 1e6:8.1f}  {name}")
    (gross, net), (their_gross, their_net) = medians[OURS], medians[PYCF]
    print()
    tell("cold import and first verdict", net / their_net, 1 / 20, PYCF)
    print(f"(with the interpreter's own start, which both pay, 1/{their_gross / gross:.1f})")


FIRST_PLACES = {
    NOTHING: ("", "pass"),
    OURS: (
        "from registrazione.checks.places import InstalledPlaces",
        "assert InstalledPlaces().exists('H501')",
    ),
    PYCF: (
        "from codicefiscale import codicefiscale",
        f"assert codicefiscale.is_valid({SOUND!r})",
    ),
}
# The kernel counts the peak of this process from its own beginning; ru_maxrss would begin with
# that of the process which started it.
FIRST_PLACE = """
import re, sys, threading
from pathlib import Path
{setup}
reads = []
def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith("municipalities.json"):
        reads.append(event)
sys.addaudithook(watch)
together = threading.Barrier({threads})
def ask():
    together.wait()
    {act}
threads = [threading.Thread(target=ask) for _ in range({threads})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1)
print(len(reads), peak)
"""


def first_places(rounds: int) -> None:
    """Print what it costs when many threads need the tables of places at once."""
    if not Path("/proc/self/status").exists():
        print("\nno figures of memory on this system")
        return
    programs = {
        name: FIRST_PLACE.format(setup=setup, act=act, threads=THREADS)
        for name, (setup, act) in FIRST_PLACES.items()
    }
    medians = in_turns(programs, rounds)
    bare = medians[NOTHING][1]
    print(f"\n{THREADS} threads, the first place of birth, {rounds} rounds\n")
    print(f"{'reads':>5}  {'peak MB':>8}  {'net MB':>8}")
    for name, (reads, peak) in medians.items():
        print(f"{reads:5.0f}  {peak / 1024:8.1f}  {(peak - bare) / 1024:8.1f}  {name}")
    (reads, peak), (_, their_peak) = medians[OURS], medians[PYCF]
    print(f"\ngoal {'met' if reads == 1 else 'missed'}: one reading of the tables, {reads:.0f} now")
    tell("the peak, interpreter included,", peak / their_peak, 1 / 3, PYCF)
    tell("the peak, interpreter left out,", (peak - bare) / (their_peak - bare), 1 / 3, PYCF)


def main(count: int) -> None:
    """Show verdicts, first verdicts and first places."""
    verdicts(count)
    first_verdicts(ROUNDS)
    first_places(ROUNDS)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
