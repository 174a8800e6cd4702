"""The machine's random bytes."""

from __future__ import annotations

import pytest

from registrazione.ports import Randomness
from registrazione.service.randomness import SystemRandomness


@pytest.mark.parametrize("size", [0, 1, 16, 32])
def test_it_draws_as_many_bytes_as_asked_for(size):
    """The size is exact."""
    assert len(SystemRandomness().draw(size)) == size


def test_it_never_repeats_itself():
    """A thousand draws of 128 bits are a thousand values."""
    randomness = SystemRandomness()

    assert isinstance(randomness, Randomness)
    assert len({randomness.draw(16) for _ in range(1000)}) == 1000
