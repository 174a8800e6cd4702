"""What checks work with: ports that are there, and a memory."""

from __future__ import annotations

import pytest
from tests.adapters.human_check.checks import still_tools

from registrazione.adapters.human_check.tools import Tools
from registrazione.adapters.once import MemoryOnceOnly


def test_tools_come_with_the_settings():
    """A memory that several processes share may come with them."""
    still, shared = still_tools(), MemoryOnceOnly()
    given = {"vault": still.vault, "clock": still.clock, "randomness": still.randomness}

    assert Tools.of({**given, "human_check_once": shared}).once is shared
    assert isinstance(Tools.of(given).once, MemoryOnceOnly)
    with pytest.raises(ValueError, match=r"needs vault, randomness$"):
        Tools.of({"clock": still.clock})
