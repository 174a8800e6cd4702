"""What ``manage.py check`` says of the pages: where they are, and whether they can be drawn."""

from __future__ import annotations

from django.conf import settings
from tests.contrib.django.browsing import HOST, project

from registrazione.contrib.django import pages_checks
from registrazione.contrib.django.settings_checks import check_embedding


def found(**changes):
    """Return the ids that the checks find in a project with the pages."""
    with project(**{"human_check": object(), **changes}):
        return [one.id.removeprefix("registrazione.") for one in check_embedding()]


def test_pages_where_they_should_be_pass_the_checks() -> None:
    """Blocking or awaited, and below the path that a server takes away."""
    assert found() == found(base="/awaited") == []
    assert found(base="/app/registrazione", FORCE_SCRIPT_NAME="/app") == []


def test_pages_elsewhere_are_an_error() -> None:
    """The links in letters would lead nowhere, or to something else."""
    assert found(base="/elsewhere") == ["E004"]
    assert found(base="/admin") == ["E004"]
    school = {"procedures": {"school": {"base_url": f"{HOST}/registrazione"}}}
    assert found(**school) == ["E004"]


def test_pages_without_templates_are_an_error() -> None:
    """The app of the templates is missing, or no engine looks into it."""
    assert found(INSTALLED_APPS=settings.INSTALLED_APPS) == ["E005"]
    assert found(TEMPLATES=[{**settings.TEMPLATES[0], "APP_DIRS": False}]) == ["E005"]


def test_templates_without_pages_are_a_warning() -> None:
    """The app was added, the addresses were not; a page of the project's own there is enough."""
    assert found(ROOT_URLCONF="tests.contrib.django.project") == ["W003"]
    assert found(ROOT_URLCONF="tests.contrib.django.project", base="/admin") == []


def test_a_project_without_pages_is_left_in_peace() -> None:
    """Whoever has neither the app nor the addresses draws pages of their own."""
    bare = {"ROOT_URLCONF": "tests.contrib.django.project"}
    assert found(INSTALLED_APPS=settings.INSTALLED_APPS, **bare) == []
    assert not pages_checks._is_ours(test_a_project_without_pages_is_left_in_peace, "")
