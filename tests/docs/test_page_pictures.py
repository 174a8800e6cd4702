"""The pictures of the pages: each that is named is there, small, and a run writes it."""

from __future__ import annotations

import pytest
from tests.browser.walks import tour
from tests.browser.walks.procedures import WALKS
from tools.pick_pictures import PICTURES, named

MOST = 40_000
BESIDE = {
    "mim-students-complete",
    "mim-students-desk.reject",
    "standard-email",
    "standard-reset",
    "unimi-external-align",
    "unimi-external-identity.choose",
    "unimi-external-identity.refused-faults",
}
"""What is come to on ways of their own."""


def written() -> set[str]:
    """Return the names of pictures that a run of the walks writes, besides others."""
    walked = {f"{name}-{page}" for name, walk in WALKS.items() for page in walk.names}
    beside = (tour.OUTSIDE, tour.INSIDE, tour.DESK)
    seen = {f"polis-{page}" for pages in beside for page in pages.values()}
    faulty = {f"{name}-{page}-faults" for name, walk in WALKS.items() for page in walk.names}
    seen |= {f"polis-desk.{duty}" for duty in (*tour.DUTIES, "reinstate")}
    seen |= {f"{page}-faults" for page in seen}
    return walked | seen | faulty | BESIDE


def test_every_picture_is_there_and_no_other() -> None:
    """`python tools/pick_pictures.py` was run after the page of the documentation was changed."""
    assert sorted(path.stem for path in PICTURES.glob("*.png")) == sorted(named())
    assert len(set(named())) == len(named())


def test_a_run_writes_every_picture() -> None:
    """The walks come to each of the pages that are shown."""
    assert set(named()) <= written()


@pytest.mark.parametrize("name", named())
def test_a_picture_is_small(name) -> None:
    """Nobody waits for it, and the repository does not grow."""
    picture = PICTURES / f"{name}.png"

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= MOST
