"""The one place where text enters: type-checked, capped and made canonical before any use.

Every command passes through :func:`enter` once. What kind of text a field is stands in the
command itself; the rules of each kind stand in ``text``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import attrs

from registrazione.core.commands import Command, Kind
from registrazione.core.refusals import Fault, Refusal, fault
from registrazione.core.secret import Secret
from registrazione.core.text import clean_code, clean_identifier, clean_line, clean_text

C = TypeVar("C", bound=Command)

MAX_FIELDS = 100
"""Fields of a form that are looked at; a longer one is no form of ours."""
MAX_EMAIL = 254
MAX_TOKEN = 1024

FIELD_NAMES = {"codice_fiscale": "cf", "new": "password", "again": "password_again"}
"""Names of faults' fields where they differ from the command's."""


def enter(command: C) -> C:
    """Return the command with every field clean.

    Raises:
        Refusal: With one fault for each field that is not what it should be.
        TypeError: This is no command.
    """
    given = cast("object", command)
    if not isinstance(given, Command):
        message = f"a command is asked for, not {type(given).__name__}"
        raise TypeError(message)
    faults: list[Fault] = []
    cleaned: dict[str, Any] = {}
    kind_of_command: Any = type(command)
    plan = _plan(kind_of_command)
    for name, kind, max_length, default in plan:
        value = getattr(command, name)
        if value is None and default is not attrs.NOTHING:
            # What a request did not have is the same as what was not given.
            cleaned[name] = default
            continue
        if type(value) is str and value == default:
            continue
        result = _CLEAN[kind](value, max_length, FIELD_NAMES.get(name, name))
        if isinstance(result, Fault):
            faults.append(result)
        elif result is not value:
            cleaned[name] = result
    if faults:
        raise Refusal(*faults)
    return attrs.evolve(command, **cleaned) if cleaned else command


@cache
def _plan(cls: type[Command]) -> tuple[tuple[str, Kind, int, object], ...]:
    """Return the fields of a command that the boundary looks at."""
    return tuple(
        (field.name, field.metadata["kind"], field.metadata["max"], field.default)
        for field in attrs.fields(cls)
        if field.metadata["kind"] is not Kind.OPAQUE
    )


def _plain(value: object) -> object:
    """Return text as nothing but text: a subclass, such as marked-up text, may override it all."""
    return str.__str__(cast("str", value)) if issubclass(type(value), str) else value


def _secret(value: object, max_length: int, field: str) -> Secret | Fault:
    """Return the secret untouched: only its type and its length are looked at."""
    secret = cast("Secret", value)
    inner = _plain(secret.reveal())
    if inner is None:
        return fault("input.missing", field)
    if type(inner) is not str:
        return fault("input.type", field)
    if len(inner) > max_length:
        return fault("input.too_long", field, max=max_length)
    return secret if inner is secret.reveal() else Secret(inner)


def _token(value: object, max_length: int, field: str) -> str | Fault:
    """Return the token; one that cannot be genuine is the same as a wrong one."""
    cleaned = clean_identifier(value, max_length=max(max_length, MAX_TOKEN), field=field)
    if not isinstance(cleaned, Fault):
        return cleaned
    return fault("session.ended" if field == "session" else "token.invalid", field)


def _form(value: object, max_length: int, field: str) -> Mapping[str, object] | Fault:
    """Return the form's values; each is cleaned by its own kind when the form is read."""
    del max_length
    if not isinstance(value, Mapping) or len(cast("Mapping[object, object]", value)) > MAX_FIELDS:
        return fault("input.type", field)
    form = cast("Mapping[object, object]", value)
    plain = {_plain(name): _plain(typed) for name, typed in form.items()}
    if not all(type(name) is str for name in plain):
        return fault("input.type", field)
    return cast("Mapping[str, object]", plain)


def _email(value: object, max_length: int, field: str) -> str | Fault:
    """Return the address as typed, if it is short enough to be looked at."""
    return clean_line(value, max_length=max(max_length, MAX_EMAIL), field=field)


_CLEAN: Mapping[Kind, Callable[[object, int, str], object]] = {
    Kind.LINE: lambda value, most, field: clean_line(value, max_length=most, field=field),
    Kind.TEXT: lambda value, most, field: clean_text(value, max_length=most, field=field),
    Kind.CODE: lambda value, most, field: clean_code(value, max_length=most, field=field),
    Kind.IDENTIFIER: lambda value, most, field: clean_identifier(
        value, max_length=most, field=field
    ),
    Kind.TOKEN: _token,
    Kind.SECRET: _secret,
    Kind.EMAIL: _email,
    Kind.FORM: _form,
}
