"""A skipped test is a gap nobody sees: the guard that fails it is tested here."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")
SKIPPING = """
import pytest

@pytest.mark.skip(reason="no moon tonight")
def test_skipped():
    "Never runs."
"""
SKIPPING_MODULE = """
import pytest

pytest.skip("no sun either", allow_module_level=True)
"""
FAILING_AS_EXPECTED = """
import pytest

@pytest.mark.xfail(reason="known")
def test_expected():
    "Fails, as said."
    assert False
"""


def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, allowed: str
) -> pytest.RunResult:
    """Run ``source`` as a test module under the project's own conftest."""
    monkeypatch.setenv("REGISTRAZIONE_NO_SKIPS", allowed)
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(source)
    # Nobody else's plugins, which take their time to load.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester.runpytest_subprocess("-p", "no:cacheprovider")


@pytest.mark.parametrize(
    ("source", "reason"),
    [(SKIPPING, "no moon tonight"), (SKIPPING_MODULE, "no sun either")],
    ids=["test", "module"],
)
def test_a_skip_fails_where_none_is_allowed(pytester, monkeypatch, source, reason) -> None:
    """Under the variable a skipped test or module fails the run, and its reason is shown."""
    result = run(pytester, monkeypatch, source, "1")

    assert result.ret != 0
    result.stdout.fnmatch_lines([f"*did not run*allows no skip: *{reason}"])


def test_a_skip_is_a_skip_elsewhere(pytester, monkeypatch) -> None:
    """Without the variable a developer who lacks a server is not stopped."""
    result = run(pytester, monkeypatch, SKIPPING, "")

    result.assert_outcomes(skipped=1)


def test_an_expected_failure_is_no_skip(pytester, monkeypatch) -> None:
    """A test marked as failing did run, so the guard lets it pass."""
    result = run(pytester, monkeypatch, FAILING_AS_EXPECTED, "1")

    result.assert_outcomes(xfailed=1)
