"""Where a part of a long answer ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.positions import (
    AFTER_ALL_TIME,
    BEFORE_ALL_TIME,
    cursor_of,
    microseconds,
    page_of,
    position_of,
)
from registrazione.core.records import Page
from registrazione.ports.stores import StoreError

times = st.datetimes(timezones=st.just(UTC))


@given(times, times)
def test_microseconds_sort_like_times(one, other) -> None:
    """Numbers stand in the order of the times they stand for, and equal only if those are."""
    assert (microseconds(one) < microseconds(other)) == (one < other)
    assert (microseconds(one) == microseconds(other)) == (one == other)


def test_microseconds_are_exact() -> None:
    """Counting starts with 1970 and loses nothing, forwards and backwards."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    assert microseconds(epoch) == 0
    assert microseconds(epoch + timedelta(days=1, microseconds=1)) == 86_400_000_001
    assert microseconds(epoch - timedelta(microseconds=1)) == -1


@given(times)
def test_every_time_is_within_bounds(at) -> None:
    """The bounds of a search leave no time out."""
    assert BEFORE_ALL_TIME < microseconds(at) < AFTER_ALL_TIME


@given(st.integers(), st.text())
def test_a_cursor_comes_back(number, text) -> None:
    """A position is read as it was written, whatever the identifier looks like."""
    assert position_of(cursor_of(number, text)) == (number, text)


def test_no_cursor_is_the_beginning() -> None:
    """Without a cursor nothing is passed over."""
    assert position_of(None) == (BEFORE_ALL_TIME, "")


@pytest.mark.parametrize("cursor", ["", "x", ".5", "1 or 1=1"])
def test_what_is_no_cursor_is_refused(cursor) -> None:
    """A cursor from elsewhere is an error of the store, and its text is not repeated."""
    with pytest.raises(StoreError, match=r"^not a cursor$"):
        position_of(cursor)


def test_a_page_has_a_cursor_only_if_there_is_more() -> None:
    """The cursor is the last shown item's; the item that only tells of more is not shown."""
    found = [("a", "1"), ("b", "2"), ("c", "3")]

    assert page_of(found, 2) == Page(items=("a", "b"), cursor="2")
    assert page_of(found, 3) == Page(items=("a", "b", "c"))
    assert page_of([], 3) == Page(items=())


def test_a_page_of_nothing_is_the_end() -> None:
    """Who asks for no items is not sent round in circles."""
    assert page_of([("a", "1")], 0) == Page(items=())
