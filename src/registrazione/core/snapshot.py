"""Frozen values as plain dicts and back: how a store writes down accounts, records and letters.

A snapshot outlives the version that wrote it. Hence three rules: what equals its default is left
out, a key that is missing takes the default of today, and a key nobody knows is passed over. A
new field with a default therefore needs no migration.

What a field may hold is read from its annotation, once per class: text, whole numbers, booleans,
bytes (as base64), times (as ISO 8601 in UTC, to the microsecond), members of a ``StrEnum``,
homogenous tuples, frozen sets, mappings with text for keys, other attrs classes, any of these or
``None``, and a choice of several attrs classes, told apart by name.
"""

from __future__ import annotations

import base64
import binascii
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

T = TypeVar("T")

TAG = "class"
"""Key for the name of a class among several: a reserved word, so that no field is called that."""


class SnapshotError(Exception):
    """A value has no snapshot, or a snapshot makes no value; the text names fields, not values."""


@attrs.frozen
class _Codec:
    """The two directions of one type."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


_Fields = list[tuple["attrs.Attribute[Any]", _Codec]]


def to_plain(value: object) -> dict[str, Any]:
    """Write a frozen value down as a dict that JSON can carry.

    Args:
        value: An instance of an attrs class.

    Returns:
        Its fields by name, without those that equal their default.

    Raises:
        SnapshotError: A field holds something else than its annotation says.
    """
    cls: Any = type(value)
    return cast("dict[str, Any]", _class_codec(cls).encode(value))


def from_plain(cls: type[T], data: object) -> T:
    """Make a value of what :func:`to_plain` wrote, in this version or an earlier one.

    Args:
        cls: The attrs class that was written down.
        data: The dict; keys that the class does not know are passed over.

    Returns:
        A value equal to the one that was written down.

    Raises:
        SnapshotError: Something in it does not fit, or a field without a default is missing.
    """
    wanted: Any = cls
    return cast("T", _class_codec(wanted).decode(data))


@cache
def _class_codec(cls: type) -> _Codec:
    """Prepare both directions for an attrs class."""
    if not attrs.has(cls):
        raise SnapshotError(f"{cls.__name__} is not an attrs class")
    hints = get_type_hints(cls)
    codecs = [(field, _codec(hints[field.name])) for field in attrs.fields(cls)]
    return _Codec(_class_encoder(cls, codecs), _class_decoder(cls, codecs))


def _class_encoder(cls: type, codecs: _Fields) -> Callable[[Any], dict[str, Any]]:
    """Prepare to write the fields of an attrs class that do not equal their default."""
    writers = [(field.name, field.default, codec.encode) for field, codec in codecs]

    def encode(value: object) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        name = ""
        try:
            for name, default, encode_field in writers:
                item = getattr(value, name)
                if item is not default and item != default:
                    plain[name] = encode_field(item)
        except SnapshotError as error:
            raise SnapshotError(f"{cls.__name__}.{name}: {error}") from None
        return plain

    return encode


def _class_decoder(cls: type, codecs: _Fields) -> Callable[[Any], Any]:
    """Prepare to make an instance of an attrs class of the fields that are known."""
    readers = {field.name: (field.alias or field.name, codec.decode) for field, codec in codecs}

    def decode(data: object) -> object:
        arguments: dict[str, Any] = {}
        name = ""
        try:
            for name, item in _expect_mapping(data).items():
                if reader := readers.get(name):
                    alias, decode_field = reader
                    arguments[alias] = decode_field(item)
        except SnapshotError as error:
            raise SnapshotError(f"{cls.__name__}.{name}: {error}") from None
        try:
            return cls(**arguments)
        except (TypeError, ValueError):
            raise SnapshotError(f"{cls.__name__}: fields are missing or not valid") from None

    return decode


def _codec(hint: Any) -> _Codec:  # noqa: ANN401 - annotations have no common type
    """Prepare both directions for an annotation."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _choice_codec(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return _tuple_codec(_codec(arguments[0]))
    if origin is frozenset:
        return _frozenset_codec(_codec(arguments[0]))
    if origin is Mapping and arguments[0] is str:
        return _mapping_codec(_codec(arguments[1]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum_codec(hint)
    if isinstance(hint, type) and attrs.has(hint):
        return _class_codec(hint)
    raise SnapshotError("this kind of field has no snapshot")


def _choice_codec(arguments: tuple[Any, ...]) -> _Codec:
    """Prepare for something or ``None``, or for one of several attrs classes."""
    choices = [argument for argument in arguments if argument is not types.NoneType]
    codec = _codec(choices[0]) if len(choices) == 1 else _tagged_codec(choices)
    if len(choices) == len(arguments):
        return codec

    def encode(value: object) -> object:
        return None if value is None else codec.encode(value)

    def decode(item: object) -> object:
        return None if item is None else codec.decode(item)

    return _Codec(encode, decode)


def _tagged_codec(classes: list[Any]) -> _Codec:
    """Prepare for an instance of one of several attrs classes, told apart by name."""
    codecs = {cls.__name__: _class_codec(cls) for cls in classes}

    def encode(value: object) -> dict[str, Any]:
        name = type(value).__name__
        if name not in codecs:
            raise SnapshotError("not one of the classes that may stand here")
        return {TAG: name, **codecs[name].encode(value)}

    def decode(item: object) -> object:
        name = _expect_mapping(item).get(TAG)
        if not isinstance(name, str) or name not in codecs:
            raise SnapshotError("not one of the classes that may stand here")
        return codecs[name].decode(item)

    return _Codec(encode, decode)


def _tuple_codec(codec: _Codec) -> _Codec:
    """Prepare for a tuple whose members are all of one kind."""

    def encode(value: object) -> list[Any]:
        return [codec.encode(member) for member in _expect(tuple, value, "a tuple")]

    def decode(item: object) -> tuple[Any, ...]:
        return tuple([codec.decode(member) for member in _expect(list, item, "a list")])

    return _Codec(encode, decode)


def _frozenset_codec(codec: _Codec) -> _Codec:
    """Prepare for a frozen set whose members are all of one kind."""

    def encode(value: object) -> list[Any]:
        members = [codec.encode(member) for member in _expect(frozenset, value, "a frozen set")]
        # In a settled order, so that equal sets have equal snapshots.
        return sorted(members, key=repr)

    def decode(item: object) -> frozenset[Any]:
        return frozenset([codec.decode(member) for member in _expect(list, item, "a list")])

    return _Codec(encode, decode)


def _mapping_codec(codec: _Codec) -> _Codec:
    """Prepare for a mapping from text to one kind of value."""

    def encode(value: object) -> dict[str, Any]:
        return {_text(key): codec.encode(item) for key, item in _expect_mapping(value).items()}

    def decode(item: object) -> Mapping[str, Any]:
        pairs = _expect_mapping(item).items()
        return MappingProxyType({_text(key): codec.decode(value) for key, value in pairs})

    return _Codec(encode, decode)


def _enum_codec(enum: type[StrEnum]) -> _Codec:
    """Prepare for a member of an enumeration, written as its value."""
    members = {member.value: member for member in enum}

    def encode(value: object) -> str:
        return cast("str", _expect(enum, value, "a member of the enumeration").value)

    def decode(item: object) -> StrEnum:
        member = members.get(_text(item))
        if member is None:
            raise SnapshotError("not a member of the enumeration")
        return member

    return _Codec(encode, decode)


def _text(value: object) -> str:
    """Pass text on."""
    if not isinstance(value, str):
        raise SnapshotError("not text")
    return value


def _whole_number(value: object) -> int:
    """Pass a whole number on; ``True`` is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise SnapshotError("not a whole number")
    return value


def _boolean(value: object) -> bool:
    """Pass a boolean on."""
    return cast("bool", _expect(bool, value, "a boolean"))


def _expect(kind: type, value: object, what: str) -> Any:  # noqa: ANN401 - whatever kind is
    """Pass a value on if it is of the right kind."""
    if not isinstance(value, kind):
        raise SnapshotError(f"not {what}")
    return value


def _expect_mapping(value: object) -> Mapping[Any, Any]:
    """Pass a mapping on."""
    return cast("Mapping[Any, Any]", _expect(Mapping, value, "a mapping"))


def _encode_bytes(value: object) -> str:
    """Write bytes as base64."""
    return base64.b64encode(_expect(bytes, value, "bytes")).decode("ascii")


def _decode_bytes(item: object) -> bytes:
    """Read base64, strictly."""
    try:
        return base64.b64decode(_text(item), validate=True)
    except (binascii.Error, ValueError):
        raise SnapshotError("not base64") from None


def _encode_time(value: object) -> str:
    """Write a time in UTC, in a form of fixed width."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise SnapshotError("not a time with a zone")
    try:
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:
        raise SnapshotError("a time outside of what can be written down") from None


def _decode_time(item: object) -> datetime:
    """Read a time with its zone; it comes out in UTC."""
    try:
        value = datetime.fromisoformat(_text(item))
    except ValueError:
        raise SnapshotError("not a time") from None
    if value.utcoffset() is None:
        raise SnapshotError("a time needs a zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


_SCALARS: Mapping[Any, _Codec] = {
    str: _Codec(_text, _text),
    int: _Codec(_whole_number, _whole_number),
    bool: _Codec(_boolean, _boolean),
    bytes: _Codec(_encode_bytes, _decode_bytes),
    datetime: _Codec(_encode_time, _decode_time),
}
