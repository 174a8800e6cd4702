"""Read what others wrote: JSON in one meaning only, and values of the type that they must have."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn, cast

from registrazione.adapters.oidc.guards import MISHAPS
from registrazione.ports import IdentityError

Claims = Mapping[str, Any]
"""An object of JSON, of which nothing is known yet."""


def json_object(data: bytes | str) -> Claims:
    """Return the object that is written there.

    A name that comes twice means one thing to one reader and another to the next, and NaN is
    no number of JSON (RFC 8259, 4 and 6): neither is read.

    Args:
        data: UTF-8, or text.

    Raises:
        IdentityError: It is none.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        read: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except MISHAPS:
        raise IdentityError("invalid") from None
    return mapping(read)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name comes twice")
    return read


def _no_number(_: str) -> NoReturn:
    raise ValueError("no number of JSON")


def mapping(value: object) -> Claims:
    """Return an object of JSON.

    Raises:
        IdentityError: It is none.
    """
    if not isinstance(value, dict):
        raise IdentityError("invalid")
    return cast("dict[str, Any]", value)


def stated(claims: Claims) -> Claims:
    """Return what is said: some write null under the names of what they do not say.

    Args:
        claims: Names and values.
    """
    return {name: value for name, value in claims.items() if value is not None}


def inner(claims: Claims, name: str) -> Claims:
    """Return an object inside another one, an empty one where there is none.

    Raises:
        IdentityError: Something else stands there.
    """
    return mapping(claims.get(name, {}))


def text(claims: Claims, name: str, *, longest: int = 2048) -> str:
    """Return a text that has to be there.

    Raises:
        IdentityError: It is not, or it is empty, too long, or no text.
    """
    value: object = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise IdentityError("invalid")
    return value


def texts(value: object, *, most: int = 100) -> tuple[str, ...]:
    """Return a list of texts; none where nothing is there.

    Raises:
        IdentityError: It is something else, or too long.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise IdentityError("invalid")
    items = cast("list[object]", value)
    found = tuple(item for item in items if isinstance(item, str))
    if len(found) != len(items) or len(found) > most:
        raise IdentityError("invalid")
    return found


def line(value: object, *, longest: int = 200) -> str:
    """Return a line of text, without what cannot be printed; an empty one for anything else.

    Args:
        value: Of whatever type.
        longest: How much of it is read.
    """
    if not isinstance(value, str):
        return ""
    printable = "".join(c if c.isprintable() else " " for c in value[:longest])
    return " ".join(printable.split())


def is_moment(value: object) -> bool:
    """Tell whether that is a NumericDate (RFC 7519, 2): a finite number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_over(claims: Claims, now: datetime, leeway: float) -> bool:
    """Tell whether ``exp`` is reached: from that second on nothing counts (RFC 7519, 4.1.4)."""
    return not is_moment(claims["exp"]) or now.timestamp() >= claims["exp"] + leeway


def is_early(claims: Claims, name: str, now: datetime, leeway: float) -> bool:
    """Tell whether the moment of that name is still to come."""
    return not is_moment(claims[name]) or now.timestamp() < claims[name] - leeway
