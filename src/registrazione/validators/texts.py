"""Text of any origin, and faults under the names of other fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import attrs

from registrazione.core.refusals import Fault, fault


def plain_text(value: object, field: str) -> str | Fault:
    """Return a text as it is, down to a plain ``str``.

    Args:
        value: What was typed, of any type.
        field: The field named in the fault.
    """
    if value is None:
        return fault("input.missing", field)
    # A value may pretend to be text: the type itself is asked.
    if not issubclass(type(value), str):
        return fault("input.type", field)
    return str.__str__(cast("str", value))


def in_field(faults: Iterable[Fault], names: Mapping[str | None, str]) -> tuple[Fault, ...]:
    """Return the faults under other names of their fields.

    Args:
        faults: What was found.
        names: The new names by the old ones.
    """
    return tuple(attrs.evolve(found, field=names[found.field]) for found in faults)
