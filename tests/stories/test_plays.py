"""Every story is played to its end, in four ways."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.stories.stage import Theatre

from registrazione.profiles import NAMES as PROFILES
from registrazione.stories import NAMES, load
from registrazione.stories.base import HELP_DESK
from registrazione.stories.people import PEOPLE

REQUIREMENTS = Path(__file__).parents[2] / "docs" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]{3}-\d{2}) \|", re.MULTILINE)


def test_every_procedure_has_a_story():
    """There is a story for each procedure that comes with the library, and for nothing else."""
    assert set(NAMES) == set(PROFILES)


@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_as_its_document_says(theatre, name):
    """Nothing is refused that should pass, nothing passes that should be refused."""
    story = load(name)
    stage = theatre(story.profile, story.begins)
    account_id = story.play(stage)

    history = stage.registrar.history(operator=HELP_DESK, account_id=account_id).history
    assert story.profile.name == name
    assert len(stage.steps) > 10
    assert [step.number for step in stage.steps] == list(range(1, len(stage.steps) + 1))
    assert {"confirm", "activated", "signed_in"} <= {record.event for record in history}


def test_all_stories_fit_into_one_database(tmp_path, empty_database):
    """The stories can be told one after the other: no person gets in another's way."""
    theatre = Theatre("sqlite-sync", shutil.copy(empty_database, tmp_path / "accounts.db"))
    known = set(ROW.findall(REQUIREMENTS.read_text(encoding="utf-8")))
    ends, cited = [], set()
    for name in NAMES:
        story = load(name)
        stage = theatre(story.profile, story.begins)
        ends.append(story.play(stage))
        cited |= {requirement for step in stage.steps for requirement in step.requirements}
    theatre.close()

    assert len(set(ends)) == len(NAMES)
    assert cited <= known
    assert len(cited) > 100


def test_everybody_in_the_stories_has_a_code_and_a_mailbox_of_their_own():
    """No two people share a codice fiscale, a username or a mailbox, and none is a real domain."""
    assert len({person.codice_fiscale for person in PEOPLE}) == len(PEOPLE)
    assert len({person.key for person in PEOPLE}) == len(PEOPLE)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
