"""Arbitrary values of any class that has a snapshot, drawn from its annotations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=11))])
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    bool: st.booleans(),
    bytes: st.binary(max_size=20),
    datetime: times,
    NoneType: st.none(),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return what may stand where ``hint`` is the annotation."""
    if hint in SCALARS:
        return SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of([values_of(argument) for argument in arguments])
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=3)
    if origin is Mapping:
        return st.dictionaries(values_of(str), values_of(arguments[1]), max_size=3)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    return instances_of(hint)


def instances_of(cls: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return instances of an attrs class; fields with a default are often left at it."""
    hints = get_type_hints(cls)
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field in attrs.fields(cls):
        values = values_of(hints[field.name])
        if field.default is not attrs.NOTHING and not isinstance(field.default, attrs.Factory):
            values = st.just(field.default) | values
        fields[field.alias] = values
    return st.builds(cls, **{**fields, **given})
