"""Every story is played to its end on real database servers, with blocking and awaited calls."""

from __future__ import annotations

import pytest
from tests.databases import clean, mariadb_url, postgresql_url
from tests.stories.stage import Theatre

from registrazione.adapters.sql import SqlStore
from registrazione.stories import NAMES, load
from registrazione.stories.base import HELP_DESK


@pytest.fixture(scope="module", params=[postgresql_url, mariadb_url], ids=["postgresql", "mariadb"])
def url(request) -> str:
    """A database with its tables; one for all stories."""
    address = request.param()
    SqlStore.open(address, create=True).close()
    return address


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_as_its_document_says_on_a_server(name, way, url) -> None:
    """What is accepted, refused and written on SQLite is so on PostgreSQL and on MariaDB."""
    clean(url)
    theatre = Theatre(way)
    theatre.storage = url
    story = load(name)
    stage = theatre(story.profile, story.begins)
    account_id = story.play(stage)
    answer = stage.registrar.history(operator=HELP_DESK, account_id=account_id)
    theatre.close()

    assert {"confirm", "activated", "signed_in"} <= {record.event for record in answer.history}
