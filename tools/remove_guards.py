"""Take away every single guard of the identity providers' adapters and see who notices.

Usage: ``python tools/remove_guards.py [--jobs N] [--only WORDS] [--list] [saml] [oidc]``

Each guard is removed in memory, in a forked process of its own, and the tests that reach it run
there: first those that see it refuse, the batteries of attacks before the others. What nobody
notices has to stand in ``redundant_guards.toml`` with its reason, and what stands there has to be
unnoticed.
With ``--only`` the guards whose name holds the words are tried, and no others; it may be given
more than once.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from types import CodeType, FunctionType
from typing import TextIO

import attrs
import coverage
import pytest

from find_guards import PACKAGE, WRITERS, Guard, guards

ROOT = Path(__file__).resolve().parent.parent
REASONS = Path(__file__).with_name("redundant_guards.toml")
TESTS = ROOT / "tests" / "adapters"

BATTERIES = ("test_saml_battery.py", "test_oidc_battery.py", "test_oidc_federation_battery.py")
LEFT_OUT = (
    # A second battery, which is kept apart from the code; some of it is expected to fail.
    "held_back",
    # They go many rounds, or start servers.
    "test_oidc_fuzz.py",
    "test_saml_conformance.py",
    "test_saml_mutations.py",
    # They take guards away themselves: they would tell of their own work.
    "test_oidc_honesty.py",
    "test_the_battery_turns_red_without_the_guard",
    "test_without_a_check_its_attack_gets_in",
    "test_without_a_guard_its_attack_gets_in",
    "test_redundant_guards_are_known",
    "test_a_service_that_checks_",
    "test_a_service_that_refuses_everything",
    "test_who_refuses_everything",
    "test_who_believes_everything",
    "test_without_signatures_forged",
    # They look at the clock of a machine that is busy with all this.
    "test_no_attack_takes_long",
    "test_the_battery_is_as_large_as_it_is_said_to_be",
)
FEW = 25
"""So few guards are tried without finding out first which tests reach them."""
SECONDS = 90
MEMORY = 4 << 30

UNNOTICED = ""
DIED = "a process that died or never ended"


@attrs.define
class Run:
    """The plugin of pytest that does the work once all tests are collected.

    Args:
        tried: The guards.
        jobs: How many processes at a time.
        out: Where to say what is happening.
    """

    tried: list[Guard]
    jobs: int
    out: TextIO
    noticed: dict[str, str] = attrs.field(factory=dict[str, str])
    _items: list[pytest.Item] = attrs.field(factory=list[pytest.Item])
    _functions: dict[str, list[FunctionType]] = attrs.field(factory=dict[str, list[FunctionType]])
    _reached: dict[str, dict[int, frozenset[str]]] = attrs.field(factory=dict)
    _failed: list[str] = attrs.field(factory=list[str])

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        """Have hypothesis draw the same each time; that something fails is enough."""
        from hypothesis import Phase, settings  # noqa: PLC0415 - pytest rewrites it first

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "guards", database=None, deadline=None, derandomize=True, phases=phases
        )
        os.environ["HYPOTHESIS_PROFILE"] = "guards"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what would tell nothing, and put the batteries first."""
        kept = [one for one in items if not any(part in one.nodeid for part in LEFT_OUT)]
        items[:] = sorted(kept, key=lambda one: one.path.name not in BATTERIES)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what failed."""
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """See that all is well, then take one guard after the other away."""
        self._items = session.items
        for function in gc.get_objects():
            if type(function) is FunctionType:
                self._functions.setdefault(function.__code__.co_filename, []).append(function)
        if len(self.tried) > FEW:
            self._look_first()
        if session.items and not self._failed:
            self._try_all()
        return True

    def failed(self) -> list[str]:
        """Return the tests that fail while every guard is in its place."""
        return self._failed

    def _look_first(self) -> None:
        """Run everything once: it has to pass, and tells which test reaches which line."""
        files = {str(guard.file) for guard in self.tried}
        seen = coverage.Coverage(data_file=None, config_file=False, include=sorted(files))
        seen.start()
        for item in self._items:
            seen.switch_context(item.nodeid)
            self._play([item])
        seen.stop()
        for file in files:
            lines = seen.get_data().contexts_by_lineno(file)
            self._reached[file] = {line: frozenset(names) for line, names in lines.items()}

    def _play(self, items: list[pytest.Item]) -> str:
        """Run tests until one fails, and return its name."""
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return item.nodeid
        return UNNOTICED

    def _tests_of(self, guard: Guard) -> list[pytest.Item]:
        """Return the tests that may notice: first those that see it refuse, then the batteries."""
        lines = self._reached.get(str(guard.file), {})
        near = frozenset[str]().union(*(lines.get(line, ()) for line in guard.lines))
        inside = frozenset[str]().union(*(lines.get(line, ()) for line in guard.inner))
        own = [one for one in self._items if one.path.parent.name == guard.adapter]
        reaching = [one for one in own if one.nodeid in near | inside] or own
        return sorted(
            reaching,
            key=lambda one: (one.nodeid not in inside, one.path.name not in BATTERIES),
        )

    # -- one guard after the other -------------------------------------------------------------

    def _try_all(self) -> None:
        running: dict[int, tuple[Guard, int]] = {}
        waiting = iter(self.tried)
        done = 0
        while True:
            for guard in waiting:
                pid, reader = self._fork(guard)
                running[pid] = (guard, reader)
                if len(running) == self.jobs:
                    break
            if not running:
                return
            pid, status = os.wait()
            guard, reader = running.pop(pid)
            with os.fdopen(reader, encoding="utf-8") as told:
                self.noticed[guard.name] = told.read() if status == 0 else DIED
            done += 1
            if self.noticed[guard.name] == UNNOTICED:
                print(f"[{done}/{len(self.tried)}] unnoticed: {guard.name}", file=self.out)

    def _fork(self, guard: Guard) -> tuple[int, int]:
        """Take a guard away in a process of its own."""
        tests, tree = self._tests_of(guard), guard.without()
        reader, writer = os.pipe()
        self.out.flush()
        pid = os.fork()
        if pid:
            os.close(writer)
            return pid, reader
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(SECONDS * 5)
            self._remove(guard, compile(tree, str(guard.file), "exec", dont_inherit=True))
            os.write(writer, self._play(tests).encode())
        except BaseException as error:  # noqa: BLE001 - the process ends here, whatever it is
            os.write(writer, f"{type(error).__name__} of the tool".encode())
        finally:
            os._exit(0)

    def _remove(self, guard: Guard, changed: CodeType) -> None:
        """Put the changed code into the functions that are there."""
        if guard.row:
            self._empty_row(guard)
            return
        original = compile(guard.tree, str(guard.file), "exec", dont_inherit=True)
        pairs = list(_differing(original, changed))
        if not pairs:
            raise LookupError(guard.name)
        for old, new in pairs:
            for function in self._functions[str(guard.file)]:
                if _place(function.__code__) == _place(old):
                    function.__code__ = new

    def _empty_row(self, guard: Guard) -> None:
        module = sys.modules[PACKAGE + guard.module]
        tables = [one for one in vars(module).values() if type(one) is tuple]
        row = next(
            row for table in tables for row in table if getattr(row, "name", "") == guard.row
        )
        object.__setattr__(row, "holds", lambda _: True)


def _place(code: CodeType) -> tuple[object, ...]:
    return (code.co_qualname, *code.co_positions())


def _differing(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Yield the functions that are not as they were."""
    inner_old = [one for one in old.co_consts if isinstance(one, CodeType)]
    inner_new = [one for one in new.co_consts if isinstance(one, CodeType)]
    for before, after in zip(inner_old, inner_new, strict=False):
        if before != after:
            yield before, after
            yield from _differing(before, after)


# -- what came out ---------------------------------------------------------------------------


def explained() -> dict[str, str]:
    """Return the guards that are said to be redundant, each with its reason."""
    rows = tomllib.loads(REASONS.read_text(encoding="utf-8"))["redundant"]
    return {name: row["because"] for row in rows for name in row["guards"]}


def wrong(run: Run, known: Iterable[str]) -> list[str]:
    """Return what is not as it should be, a line each."""
    reasons, there = explained(), set(known)
    alone = [name for name, by in run.noticed.items() if by == UNNOTICED and name not in reasons]
    needed = [f"{name}\n      by {run.noticed[name]}" for name in reasons if run.noticed.get(name)]
    tool = [f"{name}: {by}" for name, by in run.noticed.items() if by.endswith(" of the tool")]
    return [
        *(f"fails with every guard in its place: {name}" for name in run.failed()),
        *(f"could not be removed: {name}" for name in tool),
        *(f"nobody notices its absence: {name}" for name in alone),
        *(f"said to be redundant, and noticed: {name}" for name in needed),
        *(f"explained, and not there: {name}" for name in reasons if name not in there),
    ]


def summary(run: Run) -> str:
    """Return the figures, a line for each adapter."""
    lines: list[str] = []
    for adapter in WRITERS:
        by = [who for name, who in run.noticed.items() if name.startswith(f"{adapter}.")]
        if not by:
            continue
        kinds = Counter(
            "unnoticed"
            if who == UNNOTICED
            else "battery"
            if any(file in who for file in BATTERIES)
            else "died"
            if who == DIED
            else "other tests"
            for who in by
        )
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        lines.append(f"{adapter}: {len(by)} guards: {told}")
    return "\n".join(lines)


def main() -> int:
    """Take away what was asked for, and say what came out."""
    asking = argparse.ArgumentParser(description="remove guards one at a time")
    asking.add_argument("adapters", nargs="*", choices=[*WRITERS, []], default=[])
    asking.add_argument("--only", action="append", default=[], help="a part of their names")
    asking.add_argument("--jobs", type=int, default=2)
    asking.add_argument("--list", action="store_true", help="show the guards, and try none")
    asked = asking.parse_args()
    adapters = asked.adapters or list(WRITERS)
    every = [guard for adapter in WRITERS for guard in guards(adapter)]
    tried = [one for one in every if one.adapter in adapters]
    if asked.only:
        tried = [one for one in tried if any(words in one.name for words in asked.only)]
    if asked.list or not tried:
        print("\n".join(one.name for one in tried))
        return 0 if tried else 2
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    run = Run(tried, asked.jobs, out)
    began = monotonic()
    options = ["-o", "addopts=--import-mode=importlib", f"--rootdir={ROOT}", "-c"]
    options += [str(ROOT / "pyproject.toml"), "-p", "no:randomly", "-p", "no:terminal"]
    # Where the library is installed, pytest would rewrite its modules, which are loaded here.
    options += ["--assert=plain", "-p", "no:cacheprovider"]
    options += [*sorted({str(TESTS / one.adapter) for one in tried})]
    pytest.main(options, plugins=[run])
    found = wrong(run, explained() if asked.only else (guard.name for guard in every))
    print("\n".join([*found, summary(run)]), file=out)
    print(f"{monotonic() - began:.0f} seconds", file=out)
    return 1 if found or not run.noticed else 0


if __name__ == "__main__":
    sys.exit(main())
