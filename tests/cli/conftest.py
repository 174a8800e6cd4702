"""What the tests of the commands share."""

from __future__ import annotations

import pytest
from tests.cli.shell import Place


@pytest.fixture
def place(tmp_path):
    """Make a store of a procedure in a folder of its own; what was opened is closed at the end."""
    made: list[Place] = []

    def make(profile: str = "unimi-external", **more: object) -> Place:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Place(folder, profile, **more))
        return made[-1]

    yield make
    for one in made:
        one.world.registrar.close()
