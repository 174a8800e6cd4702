"""A time-out for a whole conversation."""

from __future__ import annotations

import socket
from threading import active_count

import pytest

from registrazione.adapters.mailers.deadline import Deadline


@pytest.fixture
def pair():
    """Two ends of a connection."""
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_who_waits_wakes_up(pair):
    """The connection ends when the time is over, although the other side keeps it open."""
    with Deadline(0.01) as deadline:
        deadline.watch(pair[0])

        assert pair[0].recv(1) == b""
        assert deadline.passed


def test_in_time_nothing_happens(pair):
    """Afterwards the connection is as it was, and no thread is left."""
    before = active_count()
    with Deadline(60) as deadline:
        deadline.watch(pair[0])
    pair[1].send(b"x")

    assert pair[0].recv(1) == b"x"
    assert not deadline.passed
    assert active_count() == before


def test_a_connection_that_comes_too_late_is_cut_at_once(pair):
    """The time may be over before there is anything to watch."""
    deadline = Deadline(60)
    with deadline:
        deadline._cut()
        deadline.watch(pair[0])

        assert pair[0].recv(1) == b""


def test_a_connection_that_has_ended_already_is_no_error(pair):
    """The other side may be gone for good."""
    with Deadline(60) as deadline:
        deadline.watch(pair[0])
        deadline._wire.close()
        deadline._cut()

    assert deadline.passed
