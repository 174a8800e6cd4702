"""Every story is played to its end on Django's ORM, with blocking and with awaited calls."""

from __future__ import annotations

import pytest
from tests.stories.stage import Theatre

from registrazione.contrib.django.asynchronous import AsyncDjangoStore
from registrazione.stories import NAMES, load
from registrazione.stories.base import HELP_DESK


def play(theatre, name) -> set[str]:
    """Play a story; return what the trail says that happened."""
    story = load(name)
    stage = theatre(story.profile, story.begins)
    account_id = story.play(stage)
    answer = stage.registrar.history(operator=HELP_DESK, account_id=account_id)
    return {record.event for record in answer.history}


def opened(way, storage):
    """Open a theatre that keeps its accounts there."""
    theatre = Theatre(way)
    theatre.storage = storage
    return theatre


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_as_its_document_says_on_django(name, way, default) -> None:
    """With ``django://`` nothing is refused that should pass, and the other way round."""
    theatre = opened(way, "django://")
    told = play(theatre, name)
    theatre.close()

    assert {"confirm", "activated", "signed_in"} <= told


@pytest.mark.parametrize("name", ["polis", "standard"])
def test_a_story_is_played_in_the_thread_of_django(name, default) -> None:
    """The awaitable store answers like the other."""
    theatre = opened("async", AsyncDjangoStore())
    told = play(theatre, name)
    theatre.close()

    assert {"confirm", "activated", "signed_in"} <= told


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("name", ["mim-students", "polis"])
def test_a_story_is_played_on_postgresql(name, way, postgresql) -> None:
    """Another database of the project is chosen by its alias."""
    theatre = opened(way, "django://postgresql")
    told = play(theatre, name)
    theatre.close()

    assert {"confirm", "activated", "signed_in"} <= told
