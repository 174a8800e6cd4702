"""What `import registrazione` costs, beside the three packages that it stands on.

Run it with ``python benchmarks/import_time.py [rounds]``. Every import happens in a process of its
own; the statements take turns within each round, so that a busy moment hits all of them alike.
The figures are the median CPU time of the import alone, the interpreter's start left out.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

BASE = "import attrs, pluggy, itsdangerous"
STATEMENTS = (
    BASE,
    "import registrazione",
    "from registrazione import Registrar",
    "from registrazione import Registrar; import registrazione.assembly",
)
GOAL = 1.5
"""``import registrazione`` may cost this many times what the base costs."""

CHILD = """
import time
start = time.process_time_ns()
{statement}
print(time.process_time_ns() - start)
"""


def cost(statement: str) -> float:
    """Return the CPU milliseconds of a statement in a fresh process."""
    child = CHILD.format(statement=statement)
    command = [sys.executable, "-c", child]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return int(done.stdout) / 1_000_000


def measure(rounds: int) -> dict[str, float]:
    """Return the median cost of each statement; the first round only warms the disk's cache."""
    found: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for number in range(rounds + 1):
        for statement in STATEMENTS:
            milliseconds = cost(statement)
            if number:
                found[statement].append(milliseconds)
    return {statement: statistics.median(costs) for statement, costs in found.items()}


def main(rounds: int) -> None:
    """Print a row for each statement."""
    medians = measure(rounds)
    print(f"{rounds} rounds, medians\n")
    print(f"{'CPU ms':>8}  {'ratio':>6}  statement")
    for statement, milliseconds in medians.items():
        print(f"{milliseconds:8.1f}  {milliseconds / medians[BASE]:6.2f}  {statement}")
    ratio = medians["import registrazione"] / medians[BASE]
    verdict = "met" if ratio <= GOAL else "missed"
    print(f"\ngoal {verdict}: import registrazione at most {GOAL} times the base, {ratio:.2f} now")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
