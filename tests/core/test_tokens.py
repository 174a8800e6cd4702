"""The arithmetic of a link's life: to the second, with a little patience for slow clocks."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.tokens import EPOCH_BOUND, SKEW, Purpose, is_in_time
from registrazione.testing.builders import NOON

DAY = dt.timedelta(hours=24)


@pytest.mark.requirement("UNI-06")
@pytest.mark.parametrize(
    ("age", "good"),
    [
        (0, True),
        (86_399, True),
        (86_400, True),
        (86_401, False),
        (-1, True),
        (-30, True),
        (-31, False),
    ],
)
def test_a_link_is_good_for_24_hours_to_the_second(age, good):
    """The last second counts; a clock that is up to half a minute behind does no harm."""
    assert is_in_time(NOON, DAY, NOON + dt.timedelta(seconds=age)) is good


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_in_time_is_one_interval(age, life):
    """Whatever the life, a token is good exactly from the skew up to its end."""
    now = NOON + dt.timedelta(seconds=age)

    good = is_in_time(NOON, dt.timedelta(seconds=life), now)

    assert good == (-SKEW.total_seconds() <= age <= life)


def test_links_die_with_the_epoch_and_sessions_do_not():
    """What is mailed or waits for a decision is overtaken; what a browser holds is not."""
    assert {Purpose.ACTIVATION, Purpose.EMAIL, Purpose.RESET, Purpose.IDENTITY} == EPOCH_BOUND
