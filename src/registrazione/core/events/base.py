"""What happened: one frozen class an event.

An event's fields are the account's new values, by the account's own names. A field made with
:func:`note` is not the account's: it goes into the audit trail, so it holds fixed words and
numbers only. Which states an event leads to is in ``machine``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from registrazione.core.values import ByValue

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def note(default: Any = attrs.NOTHING) -> Any:  # noqa: ANN401 - attrs' own signature
    """Return a field for the audit trail."""
    return attrs.field(default=default, metadata={"note": True})


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Event(ByValue):
    """Base of all events. Its repr is its name: the values are personal data."""

    def __repr__(self) -> str:
        """Return the name only."""
        return f"{type(self).__name__}(…)"

    @property
    def name(self) -> str:
        """Return the name in the audit trail, such as ``password_changed``."""
        return _WORD.sub("_", type(self).__name__).lower()

    def changes(self) -> dict[str, Any]:
        """Return the account's new values."""
        return {
            field.name: getattr(self, field.name)
            for field in attrs.fields(type(self))
            if "note" not in field.metadata
        }

    def notes(self) -> Mapping[str, str]:
        """Return what goes into the audit trail."""
        return {
            field.name: str(getattr(self, field.name))
            for field in attrs.fields(type(self))
            if "note" in field.metadata and getattr(self, field.name) != ""
        }
