"""What every test stands on: how hypothesis runs, and a guard against tests that do not run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

NO_SKIPS = "REGISTRAZIONE_NO_SKIPS"

# On a busy machine a deadline measures the neighbours. CI draws the same examples every time, so
# that a red run is the change's fault; elsewhere each run looks at new ones.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
usual = "ci" if "CI" in os.environ else "default"
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", usual))


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that shows the reason, where skips are not allowed.

    An expected failure (``xfail``) did run, and strict mode fails it once it passes: it may stay.
    """
    if os.environ.get(NO_SKIPS) != "1" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid} did not run, and {NO_SKIPS}=1 allows no skip: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Watch over skips of a single test."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Watch over skips of a whole module, such as ``importorskip``."""
    report = yield
    _refuse_skip(report)
    return report


# What depends on the files of an archive: words, templates, profiles, entry points, commands,
# examples. The other tests have met the wheel already, in the ordinary run, and would say the
# same again; so would the stories on servers, and the documents, whose texts no archive changes.
ARCHIVED = (
    "cli/test_app",
    "cli/test_check",
    "cli/test_demo",
    "cli/test_looking",
    "cli/test_opening",
    "demo/",
    "docs/test_extras",
    "docs/test_reference_pages",
    "examples/",
    "plugins/",
    "profiles/",
    "service/test_letter",
    "stories/test_mim",
    "stories/test_pol",
    "stories/test_iol",
    "stories/test_uni",
    "stories/test_ist",
    "stories/test_plays",
    "test_",
)


# What takes nearly a minute begins, lest the other processes wait for it at the end.
LONG = {"test_every_page_is_seen", "test_every_profile_conforms"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is run again with nothing there but the unpacked archives; begin with the long."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(ARCHIVED):
            item.add_marker("archived")
    items.sort(key=lambda item: item.name not in LONG)
