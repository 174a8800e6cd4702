"""How a worker that stays is asked to end: by signals, which come in the middle of anything."""

from __future__ import annotations

import signal
import sys

import pytest

from registrazione.cli.deliver import Stop, stopped_by_signals

PATIENCE = 60.0
"""Seconds after which a signal was lost; otherwise nobody waits."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("deep", range(4))
def test_a_signal_ends_the_waiting_however_deep_it_comes(number, deep) -> None:
    """Between any two calls of the waiting itself: nothing is held that the handler needs."""
    stop, calls = Stop(), []

    def interrupt(_frame, event, _what) -> None:
        calls.append(event)
        if len(calls) == deep + 1:
            sys.setprofile(None)
            signal.raise_signal(number)

    with stopped_by_signals(stop):
        sys.setprofile(interrupt)
        try:
            stop.wait(PATIENCE)
        finally:
            sys.setprofile(None)

    assert stop.signals == [number]


def test_nobody_who_asks_for_nothing_is_waited_for() -> None:
    """The time runs out, and the next round begins."""
    stop = Stop()
    stop.wait(0)

    assert stop.signals == []


def test_the_second_signal_is_no_longer_ours() -> None:
    """The handlers from before are back: whoever presses Ctrl-C again gets out at once."""
    stop = Stop()

    def twice() -> None:
        with stopped_by_signals(stop):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        twice()
    assert stop.signals == [signal.SIGINT]
