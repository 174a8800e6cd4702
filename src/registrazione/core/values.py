"""Equality for the many small values: by type and fields, written once."""

from __future__ import annotations

from typing import Any

import attrs


class ByValue:
    """Base of frozen attrs classes that are made with ``eq=False``.

    attrs would compile the two methods anew for each class, which takes ten times as long as all
    the rest of it; with a hundred commands, events and questions that is most of an import.
    """

    __slots__ = ()

    def _fields(self) -> tuple[Any, ...]:
        """Return the values of all fields, in order."""
        cls: Any = type(self)
        return tuple(getattr(self, field.name) for field in attrs.fields(cls))

    def __eq__(self, other: object) -> bool:
        """Tell whether the other one is of the same class and says the same."""
        if type(other) is not type(self):
            return NotImplemented
        return self._fields() == other._fields()

    def __hash__(self) -> int:
        """Return a hash of class and fields."""
        return hash((type(self), self._fields()))
