"""What a procedure's accounts say of it, in numbers that name nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from statistics import median

import attrs

from registrazione.contrib.web.pages import Bar
from registrazione.core.account import Account
from registrazione.core.states import AccountState

DAYS = 30
"""Days that are shown, today among them."""
_NO_TIME = timedelta(0)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

SPANS: tuple[tuple[str, timedelta], ...] = (
    ("hour", _HOUR),
    ("day", _DAY),
    ("three_days", 3 * _DAY),
    ("week", 7 * _DAY),
    ("month", 30 * _DAY),
    ("longer", timedelta.max),
)
"""Lengths of time by name, each up to that much."""

WIDTH, HEIGHT = 600, 200
_GAP = 2


@attrs.frozen(kw_only=True)
class Standing:
    """The accounts in one state.

    Args:
        state: Which.
        number: How many.
        waiting: How many of them have waited for how long, in the order of :data:`SPANS`.
        longest: How long the one has waited that has waited longest.
    """

    state: AccountState
    number: int
    waiting: tuple[int, ...]
    longest: timedelta


@attrs.frozen(kw_only=True)
class Figures:
    """All of it.

    Args:
        counted: How many accounts.
        days: How many registered on each of the last days, the oldest first.
        standings: Where they stand.
        activations: How many took how long from the form to the active account.
        usual: How long half of them took at most; ``None``: nobody came that far.
    """

    counted: int
    days: tuple[tuple[date, int], ...]
    standings: tuple[Standing, ...]
    activations: tuple[int, ...]
    usual: timedelta | None


def figures_of(accounts: Iterable[Account], now: datetime) -> Figures:
    """Count accounts.

    Args:
        accounts: Which.
        now: The present time; days are those of its zone.
    """
    accounts = tuple(accounts)
    zone = now.tzinfo
    registered = Counter(account.created_at.astimezone(zone).date() for account in accounts)
    first = now.date() - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    took = [
        account.activated_at - account.created_at
        for account in accounts
        if account.activated_at is not None
    ]
    return Figures(
        counted=len(accounts),
        days=tuple((day, registered[day]) for day in days),
        standings=tuple(
            _standing(state, accounts, now)
            for state in AccountState
            if any(account.state is state for account in accounts)
        ),
        activations=by_span(took),
        usual=_usual(took),
    )


def _usual(lengths: Sequence[timedelta]) -> timedelta | None:
    """Return the median of lengths of time, if there are any."""
    if not lengths:
        return None
    return timedelta(seconds=median(length.total_seconds() for length in lengths))


def _standing(state: AccountState, accounts: Sequence[Account], now: datetime) -> Standing:
    ages = [max(now - each.waiting_since, _NO_TIME) for each in accounts if each.state is state]
    return Standing(state=state, number=len(ages), waiting=by_span(ages), longest=max(ages))


def by_span(lengths: Iterable[timedelta]) -> tuple[int, ...]:
    """Return how many lengths of time fall under each of :data:`SPANS`.

    Args:
        lengths: Which.
    """
    found = Counter(
        next(place for place, (_, most) in enumerate(SPANS) if length <= most) for length in lengths
    )
    return tuple(found[place] for place in range(len(SPANS)))


def bars_of(rows: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """Return numbers as bars that fill a chart.

    Args:
        rows: What each stands for, and how many.
    """
    most = max((number for _, number in rows), default=0) or 1
    width = WIDTH / max(len(rows), 1)
    return tuple(
        Bar(
            label=label,
            value=str(number),
            x=place * width + _GAP / 2,
            y=HEIGHT - HEIGHT * number / most,
            width=width - _GAP,
            height=HEIGHT * number / most,
        )
        for place, (label, number) in enumerate(rows)
    )
