"""Numbers, times and typed values in a letter."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.service import letter_words
from registrazione.service.letter_words import (
    day,
    digits,
    duration,
    greeted,
    moment,
    one_line,
    zone,
)


@pytest.mark.requirement("UNI-06")
@pytest.mark.parametrize(
    ("span", "italian", "english"),
    [
        (timedelta(hours=24), "24 ore", "24 hours"),
        (timedelta(hours=1), "1 ora", "1 hour"),
        (timedelta(days=2), "2 giorni", "2 days"),
        (timedelta(days=30), "30 giorni", "30 days"),
        (timedelta(hours=36), "36 ore", "36 hours"),
        (timedelta(minutes=90), "90 minuti", "90 minutes"),
        (timedelta(minutes=1), "1 minuto", "1 minute"),
        (timedelta(seconds=1), "1 secondo", "1 second"),
        (timedelta(seconds=90.5), "90 secondi", "90 seconds"),
    ],
)
def test_a_duration_is_told_in_the_largest_unit_that_fits(span, italian, english):
    """The 24 hours are 24 hours, and a month is not counted in minutes."""
    assert duration(span, "it") == italian
    assert duration(span, "en") == english


@given(st.integers(1, 100_000), st.sampled_from(["it", "en"]))
def test_no_duration_loses_time(minutes, language):
    """What is told is what was meant: number and unit multiply back to it."""
    units = {"giorn": 1440, "or": 60, "minut": 1, "day": 1440, "hour": 60, "minute": 1}

    number, unit = duration(timedelta(minutes=minutes), language).split()

    length = next(length for name, length in units.items() if unit.startswith(name))
    assert int(number) * length == minutes


def test_a_day_has_its_month_in_words():
    """Nobody can take the first of February for the second of January."""
    assert day(date(1990, 2, 1), "it") == "1 febbraio 1990"
    assert day(date(1990, 2, 1), "en") == "1 February 1990"


def test_times_are_those_of_clocks_in_italy():
    """Summer time counts, and so does midnight, which comes earlier than in UTC."""
    winter = datetime(2020, 3, 5, 13, 30, tzinfo=UTC)
    summer = datetime(2020, 7, 31, 22, 5, tzinfo=UTC)

    assert moment(winter, "it") == "5 marzo 2020, ore 14:30 (ora italiana)"
    assert moment(summer, "en") == "1 August 2020, 00:05 (Italian time)"
    assert (digits(winter), digits(summer)) == ("2020-03-05 14:30", "2020-08-01 00:05")
    assert (zone("it"), zone("en")) == ("ora italiana", "Italian time")


def test_without_a_table_of_zones_times_are_in_utc_and_say_so(monkeypatch):
    """A machine without tzdata still writes letters, and nobody is misled by an hour."""

    def missing(key):
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr(letter_words, "ZoneInfo", missing)

    afternoon = datetime(2020, 3, 5, 13, 30, tzinfo=UTC)

    assert moment(afternoon, "it") == "5 marzo 2020, ore 13:30 (UTC)"
    assert (digits(afternoon), zone("it")) == ("2020-03-05 13:30", "UTC")


@given(st.text())
def test_a_typed_value_becomes_one_visible_line(text):
    """No line end, control, surrogate or mark that turns the reading direction is left."""
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert one_line(line) == line


def test_words_stay_apart_when_their_line_ends_go():
    """A reason of several lines is still readable, and hidden marks leave no gap."""
    assert one_line(" Il documento\r\n\tè\u2028scaduto\u202e ") == "Il documento è scaduto"


@pytest.mark.parametrize(
    "name", ["http://evil.example", "Vinci su evil.com", "www.evil", "Anna\u202e.example"]
)
def test_nobody_is_greeted_by_a_link(name):
    """A registration with a stranger's address must not carry an advertisement to them."""
    assert greeted(name) == ""


@pytest.mark.parametrize("name", ["Anna", "Maria Vittoria", "G. B.", "D'Àngelo", "Jean-Luc"])
def test_people_are_greeted_by_their_names(name):
    """Initials, apostrophes, accents and hyphens are names, not links."""
    assert greeted(name) == name
