"""Metadata policies: what those above allow those below to say (OpenID Federation 1.0, 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from registrazione.adapters.oidc.reading import Claims, mapping, texts
from registrazione.ports import IdentityError

Values = dict[str, Any]
Policy = Mapping[str, Mapping[str, Any]]
"""Parameter, operator, and what that works with."""

_ABSENT: Any = object()
_IN_ONE_TEXT = frozenset({"scope"})
"""Parameters that are lists in one text, with blanks between."""


def _listed(value: object) -> list[object]:
    """Return a list as it is, and anything else as a list of one."""
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _union(first: object, second: object) -> list[object]:
    ours = _listed(first)
    return [*ours, *(item for item in _listed(second) if item not in ours)]


def _common(first: object, second: object) -> list[object]:
    theirs = _listed(second)
    return [item for item in _listed(first) if item in theirs]


def _equal(first: object, second: object) -> object:
    """Return what both say.

    Raises:
        IdentityError: They say different things.
    """
    if first != second:
        raise IdentityError("invalid")
    return first


def _some(first: object, second: object) -> list[object]:
    """Return what both allow.

    Raises:
        IdentityError: They have nothing in common.
    """
    both = _common(first, second)
    if not both:
        raise IdentityError("invalid")
    return both


MERGE: Mapping[str, Callable[[Any, Any], Any]] = {
    "value": _equal,
    "add": _union,
    "default": _equal,
    "one_of": _some,
    "subset_of": _common,
    "superset_of": _union,
    "essential": lambda first, second: bool(first or second),
}
"""What an operator is when two say it, one above the other (6.1.3.1)."""


def _within(first: object, second: object) -> bool:
    """Tell whether everything in the first stands in the second, too."""
    return first is None or len(_common(first, second)) == len(_listed(first))


CONTRADICTIONS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("add", "value", _within),
    ("add", "subset_of", _within),
    ("value", "subset_of", _within),
    ("value", "default", lambda value, _: value is not None),
)
"""Operators that stand together only as the last column says (6.1.3.1)."""

TYPES: Mapping[str, tuple[type, ...]] = {
    # Earlier drafts add one value without a list.
    "add": (list, str),
    "one_of": (list,),
    "subset_of": (list,),
    "superset_of": (list,),
    "essential": (bool,),
}
"""Of what type an operator's value is (6.1.3.1); of any, where nothing stands here."""


def _needs(holds: bool, value: object) -> object:  # noqa: FBT001 - a fact, looked at at once
    if not holds:
        raise IdentityError("invalid")
    return value


APPLY: tuple[tuple[str, Callable[[Any, Any], Any]], ...] = (
    ("value", lambda _, wanted: _ABSENT if wanted is None else wanted),
    ("add", lambda value, more: _union([] if value is _ABSENT else value, more)),
    ("default", lambda value, usual: usual if value is _ABSENT else value),
    (
        "one_of",
        lambda value, allowed: _needs(value is _ABSENT or value in _listed(allowed), value),
    ),
    (
        "subset_of",
        lambda value, allowed: value if value is _ABSENT else _common(value, allowed),
    ),
    (
        "superset_of",
        lambda value, wanted: _needs(
            value is _ABSENT or all(item in _listed(value) for item in _listed(wanted)), value
        ),
    ),
    ("essential", lambda value, wanted: _needs(not wanted or value is not _ABSENT, value)),
)
"""What each operator makes of a value, in the order in which they work (6.1.3)."""


def read_policy(statement: Claims, kind: str) -> Policy:
    """Return what a statement says of the metadata of one kind.

    Args:
        statement: The statement.
        kind: Such as ``openid_provider``.

    Raises:
        IdentityError: It says nothing that can be read, or something critical that nobody knows.
    """
    critical = texts(statement.get("metadata_policy_crit"))
    if not set(critical) <= MERGE.keys():
        raise IdentityError("invalid")
    said = mapping(mapping(statement.get("metadata_policy", {})).get(kind, {}))
    return {name: _operators(mapping(row)) for name, row in said.items()}


def _operators(row: Claims) -> Mapping[str, Any]:
    """Return the operators that are known, with values of their types."""
    known = {op: value for op, value in row.items() if op in MERGE}
    for operator, value in known.items():
        _needs(isinstance(value, TYPES.get(operator, object)), value)
    return known


def merged(above: Policy, below: Policy) -> Policy:
    """Return two policies as one, which is never laxer than the upper one.

    Args:
        above: The upper one.
        below: The lower one.

    Raises:
        IdentityError: They contradict each other.
    """
    together: dict[str, Mapping[str, Any]] = dict(above)
    for name, row in below.items():
        upper = above.get(name, {})
        both = {op: MERGE[op](upper[op], row[op]) for op in upper.keys() & row.keys()}
        together[name] = _consistent({**upper, **row, **both})
    return together


def _consistent(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return operators that do not contradict each other.

    Raises:
        IdentityError: They do.
    """
    for one, other, fits in CONTRADICTIONS:
        if one in row and other in row:
            _needs(fits(row[one], row[other]), row)
    return row


def applied(policy: Policy, metadata: Claims) -> Values:
    """Return the metadata that a policy leaves.

    Args:
        policy: The policy.
        metadata: What somebody says of itself.

    Raises:
        IdentityError: The policy does not allow that.
    """
    left: Values = dict(metadata)
    for name, row in policy.items():
        value = left.pop(name, _ABSENT)
        in_one = name in _IN_ONE_TEXT and isinstance(value, str)
        value = _worked(row, value.split() if in_one else value)
        if value is not _ABSENT:
            left[name] = " ".join(str(item) for item in _listed(value)) if in_one else value
    return left


def _worked(row: Mapping[str, Any], value: object) -> object:
    for operator, work in APPLY:
        if operator in row:
            value = work(value, row[operator])
    return value
