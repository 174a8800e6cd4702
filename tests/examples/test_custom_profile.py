"""The example of a procedure of one's own keeps its promises: its tests pass, its name is found."""

from __future__ import annotations

from pathlib import Path

from tests.installed_examples import install, run_own_tests

from registrazione.core.profile import Profile
from registrazione.core.profile_checks import problems_of
from registrazione.plugins import PROFILE, PluginCatalogue

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_profile"


def test_its_own_tests_pass() -> None:
    """The example is played from its first page to its last, as its reader would do it."""
    done = run_own_tests(EXAMPLE)

    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_it_is_found_by_its_name(tmp_path, monkeypatch) -> None:
    """Once installed it is chosen by name, and listed with the distribution that brings it."""
    project = install(EXAMPLE, tmp_path, monkeypatch)
    catalogue = PluginCatalogue()

    profile = catalogue.build(PROFILE, "library-card")

    assert isinstance(profile, Profile)
    assert problems_of(profile) == ()
    rows = [row for row in catalogue.list() if row.name == "library-card"]
    assert [(row.distribution, row.version) for row in rows] == [(project["name"], "1.0")]


def test_it_is_data_in_one_file() -> None:
    """One module beside its tests, and in it no function but the hook."""
    (module,) = EXAMPLE.glob("*.py")
    source = module.read_text(encoding="utf-8")

    assert source.count("\ndef ") == 1
    assert "\nclass " not in source
