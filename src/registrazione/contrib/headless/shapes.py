"""Of which shape the fields of a command are in JSON: one row for each annotation.

Only the shape is looked at here: type and length, so that whatever the OpenAPI document does not
describe is refused. What it means is judged where it is for every other caller, in the core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, cast

import attrs

from registrazione.contrib.web.sealing import MAX_SEALED
from registrazione.core.boundary import MAX_EMAIL, MAX_FIELDS, MAX_TOKEN
from registrazione.core.commands import Kind
from registrazione.core.draft import Draft
from registrazione.core.refusals import Fault, fault
from registrazione.core.secret import Secret

Schema = dict[str, Any]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
MAX_MESSAGE = 65_536
"""The most characters of a field of a message that somebody else's site sent by a browser."""
HUMAN_RESPONSE_LENGTH = 4096
"""The most characters of a response to the human check, and of each field of it."""

_LONGEST = {Kind.EMAIL: MAX_EMAIL, Kind.TOKEN: MAX_TOKEN, Kind.OPAQUE: MAX_TOKEN}
"""The least that the longest text of a kind may be, whatever the command says of its own."""

PATTERNS: Mapping[Kind, Schema] = MappingProxyType(
    {kind: {"pattern": r"^[A-Za-z0-9._~-]*$"} for kind in (Kind.IDENTIFIER, Kind.TOKEN)}
)
"""Of what identifiers and tokens are made (RFC 3986, 2.3); the core makes sure of it."""


@attrs.frozen
class Shape:
    """How one annotation is written and read.

    Args:
        schema: Its JSON Schema, but for the lengths that a command's field has of its own.
        read: Returns the value of a command, or the fault.
        sized: Keyword of the schema for the length of the field; empty: it has none.
    """

    schema: Mapping[str, Any]
    read: Callable[[object, int, str], object]
    sized: str = ""

    def describe(self, longest: int) -> Schema:
        """Return the schema of a field of that length."""
        return {**self.schema, **({self.sized: longest} if self.sized else _NOTHING)}


def longest(kind: Kind, given: int) -> int:
    """Return the most characters of a field of that kind that are looked at."""
    return max(given, _LONGEST.get(kind, 0))


def _text(value: object, most: int, field: str) -> str | Fault:
    """Return text of at most that length."""
    if not isinstance(value, str):
        return fault("input.type", field)
    return value if len(value) <= most else fault("input.too_long", field, max=most)


def _text_or_none(value: object, most: int, field: str) -> str | Fault | None:
    """Return text, or nothing."""
    return None if value is None else _text(value, most, field)


def _secret(value: object, most: int, field: str) -> Secret | Fault:
    """Return a secret."""
    text = _text(value, most, field)
    return text if isinstance(text, Fault) else Secret(text)


def _secret_or_none(value: object, most: int, field: str) -> Secret | Fault | None:
    """Return a secret, or nothing."""
    return None if value is None else _secret(value, most, field)


def _boolean(value: object, _most: int, field: str) -> bool | Fault:
    """Return true or false."""
    return value if isinstance(value, bool) else fault("input.malformed", field)


def _day_or_none(value: object, _most: int, field: str) -> date | Fault | None:
    """Return a day in the long form of ISO 8601, or nothing."""
    if value is None:
        return None
    day = read_day(value)
    return fault("input.malformed", field) if day is None else day


def _mapping(value: object, _most: int, field: str) -> Mapping[str, object] | Fault:
    """Return what was typed into a form; the core reads each field of it."""
    if not isinstance(value, dict) or len(cast("dict[str, object]", value)) > MAX_FIELDS:
        return fault("input.malformed", field)
    return cast("dict[str, object]", value)


def _human_response(value: object, most: int, field: str) -> str | Mapping[str, str] | Fault:
    """Return the response itself, or the fields that the check was drawn with."""
    if not isinstance(value, dict):
        return _text(value, most, field)
    fields = cast("dict[str, object]", value)
    fits = len(fields) <= MAX_FIELDS and all(
        isinstance(text, str) and len(text) <= most for text in fields.values()
    )
    return cast("dict[str, str]", fields) if fits else fault("input.malformed", field)


def _fields(value: object, most: int, field: str) -> Mapping[str, str] | Fault:
    """Return the fields of a message that came by HTTP: half a character came from nowhere."""
    read = _human_response(value, most, field)
    if not isinstance(read, Mapping) or not all(map(_is_whole, read.values())):
        return read if isinstance(read, Fault) else fault("input.malformed", field)
    return read


def _is_whole(text: str) -> bool:
    """Tell whether a text can be written as UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _names(value: object, most: int, field: str) -> tuple[str, ...] | Fault:
    """Return names, such as those of the texts that were accepted."""
    if not isinstance(value, list) or len(cast("list[object]", value)) > MAX_FIELDS:
        return fault("input.malformed", field)
    names = cast("list[object]", value)
    fits = all(isinstance(name, str) and len(name) <= most for name in names)
    return tuple(cast("list[str]", names)) if fits else fault("input.malformed", field)


def read_day(text: object) -> date | None:
    """Return the day that ``YYYY-MM-DD`` means; ``None`` for anything else."""
    try:
        day = date.fromisoformat(cast("str", text))
    except (TypeError, ValueError):
        return None
    # The decoder knows more spellings: one is enough.
    return day if day.isoformat() == text else None


_STRING: Schema = {"type": "string"}
_STRING_OR_NULL: Schema = {"type": ["string", "null"]}
_PASSWORD: Schema = {"format": "password", "writeOnly": True}
_OBJECT: Schema = {"type": "object", "maxProperties": MAX_FIELDS}
_NAMES: Schema = {"type": "array", "maxItems": MAX_FIELDS}

SHAPES: Mapping[Any, Shape] = {
    str: Shape(_STRING, _text, "maxLength"),
    str | None: Shape(_STRING_OR_NULL, _text_or_none, "maxLength"),
    bool: Shape({"type": "boolean"}, _boolean),
    date | None: Shape({**_STRING_OR_NULL, "format": "date"}, _day_or_none),
    Secret: Shape({**_STRING, **_PASSWORD}, _secret, "maxLength"),
    Secret | None: Shape({**_STRING_OR_NULL, **_PASSWORD}, _secret_or_none, "maxLength"),
    Mapping[str, object]: Shape(_OBJECT, _mapping),
    tuple[str, ...]: Shape({**_NAMES, "items": {**_STRING, "maxLength": MAX_TOKEN}}, _names),
    Draft: Shape(
        {**_STRING, "maxLength": MAX_SEALED}, lambda value, _, name: _text(value, MAX_SEALED, name)
    ),
}
"""How each annotation of the commands is written in JSON."""

FIELDS_SHAPE = Shape(
    {
        **_OBJECT,
        "additionalProperties": {**_STRING, "maxLength": MAX_MESSAGE},
    },
    _fields,
)
"""How the fields of a message are written that somebody else's site sent by a browser."""

NAMED: Mapping[str, Shape] = MappingProxyType(
    {
        "human_response": Shape(
            {
                "type": ["string", "object"],
                "maxProperties": MAX_FIELDS,
                "additionalProperties": {**_STRING, "maxLength": HUMAN_RESPONSE_LENGTH},
            },
            _human_response,
            "maxLength",
        )
    }
)
"""Fields whose shape is not that of their annotation."""
