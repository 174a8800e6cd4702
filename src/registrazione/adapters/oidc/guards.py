"""A rule with a name: what has to hold before anything is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from registrazione.ports import IdentityError

MISHAPS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading something that is not what it should be may end in."""


@attrs.frozen
class Guard:
    """One thing that has to hold.

    Args:
        name: What it is called, once among all.
        holds: Tells whether it does, of the value that the table is about.
        code: The code of the error when it does not.
    """

    name: str
    holds: Callable[[Any], bool]
    code: str = "invalid"

    def admits(self, seen: object) -> bool:
        """Tell whether it holds; what cannot be compared does not."""
        try:
            return self.holds(seen)
        except MISHAPS:
            return False


MAY_HELP = frozenset({"expired", "spid_30"})
"""Codes after which somebody may try again, with a fresh answer or with another identity."""


def check(guards: Iterable[Guard], seen: object) -> None:
    """Make sure that every guard admits what was seen, in their order.

    Raises:
        IdentityError: One does not; the error has its code.
    """
    for guard in guards:
        if not guard.admits(seen):
            raise IdentityError(guard.code, retry=guard.code in MAY_HELP)
