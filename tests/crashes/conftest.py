"""The processes and databases of this folder."""

from __future__ import annotations

import pytest
from tests.crashes.actors import Actor
from tests.crashes.shelves import KINDS, Shelf


@pytest.fixture(scope="session")
def troupe():
    """Three processes from which others are forked off."""
    started = [Actor() for _ in range(3)]
    yield started
    for actor in started:
        actor.close()


@pytest.fixture
def actors(troupe):
    """The same, ready for letters and people."""
    for actor in troupe:
        actor.prepare("working.warm_up")
    return troupe


@pytest.fixture
def actor(troupe):
    """One process, which knows all stories."""
    troupe[0].prepare("playing.rehearse")
    return troupe[0]


@pytest.fixture(params=KINDS)
def shelf(request, tmp_path, troupe):
    """Databases of each kind."""
    return Shelf(request.param, tmp_path, troupe)
