"""Memories and logs, as objects or as paths."""

from __future__ import annotations

import pytest

from registrazione.adapters.given import log, memory
from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.adapters.transactions import TransactionLog
from registrazione.service.clock import SystemClock

CLOCK, KEY = SystemClock(), "k" * 32


def test_an_object_is_taken_as_it_is(tmp_path):
    """A path is opened, and nothing is what a process has of its own."""
    kept = MemoryOnceOnly()
    written = log(tmp_path / "log", KEY, CLOCK)

    assert memory(kept) is kept
    assert isinstance(memory(None), MemoryOnceOnly)
    assert isinstance(memory(str(tmp_path / "once")), FileOnceOnly)
    assert isinstance(written, TransactionLog)
    assert log(written, None, CLOCK) is written
    assert log(None, None, CLOCK) is None


@pytest.mark.parametrize(
    ("told", "key", "says"),
    [
        (7, KEY, "evidence is no path"),
        ("log", "", "evidence_key is missing"),
        ("nowhere/at/all", KEY, "evidence: the file cannot be opened"),
    ],
)
def test_what_is_no_log_is_told(tmp_path, told, key, says):
    """By name, never by what was given."""
    path = str(tmp_path / told) if isinstance(told, str) else told
    with pytest.raises(ValueError, match=says) as caught:
        log(path, key, CLOCK)

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(("told", "says"), [(7, "is no path"), ("nowhere/x", "cannot be opened")])
def test_what_is_no_memory_is_told(tmp_path, told, says):
    """When the registrar is opened, not at the first sign-in."""
    path = str(tmp_path / told) if isinstance(told, str) else told
    with pytest.raises(ValueError, match=f"once.* {says}"):
        memory(path)
