"""The table of endpoints, made of the command classes, and what is special about a few fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_type_hints

import attrs

from registrazione.contrib.headless.messages import ApiRequest
from registrazione.contrib.headless.shapes import NAMED, PATTERNS, SHAPES, Schema, Shape, longest
from registrazione.core import commands as c
from registrazione.core.boundary import FIELD_NAMES
from registrazione.core.draft import Draft
from registrazione.core.flows.forms import shown
from registrazione.core.machine import RULES
from registrazione.core.refusals import Fault, Refusal, fault, refusal

HOST: Mapping[str, Callable[[ApiRequest], object]] = MappingProxyType(
    {
        "origin": lambda request: request.origin,
        "operator": lambda request: request.operator,
        "session": lambda request: request.session,
    }
)
"""Fields that no body is believed: the host says them, or the header ``Authorization``."""

CALLED: Mapping[type[c.Command], Mapping[str, str]] = MappingProxyType(
    {
        kind: MappingProxyType({"token": "ticket"})
        for kind in (c.CorrectEmail, c.CompleteData, c.Align)
    }
)
"""Fields that bodies call by the name under which an answer handed them out."""

_ABOUT_CONSENTS = frozenset({"consent.accept", "consent.acknowledge"})


@attrs.frozen(kw_only=True)
class Means:
    """What turns the text of a body into what a command holds.

    Args:
        open_draft: Opens a sealed draft.
        human_response: Makes a response to the human check of the fields that it was drawn with.
    """

    open_draft: Callable[[str], Draft | None]
    human_response: Callable[[Mapping[str, str]], str]


@attrs.frozen(kw_only=True)
class Input:
    """One property of a body.

    Args:
        name: What the body calls it.
        argument: What the command calls it.
        fault_name: What faults call it.
        shape: How it is written.
        longest: In characters, where it has a length.
        pattern: Of what it may be made, where that is said by its kind.
        required: Whether it has to be there.
        default: What it is otherwise.
    """

    name: str
    argument: str
    fault_name: str
    shape: Shape
    longest: int
    pattern: Schema
    required: bool
    default: Any

    @property
    def schema(self) -> Schema:
        """Return its JSON Schema."""
        described = {**self.shape.describe(self.longest), **self.pattern}
        if self.required:
            return described
        default = self.default
        return {**described, "default": [] if default == () else default}


@attrs.frozen(kw_only=True)
class Endpoint:
    """One command at ``POST /<its name>``.

    Args:
        command: The class.
        inputs: What the body may hold.
        host: Names of what the host says.
    """

    command: type[c.Command]
    inputs: tuple[Input, ...]
    host: tuple[str, ...]

    @property
    def path(self) -> str:
        """Return where it is."""
        return f"/{self.command.name}"

    @property
    def summary(self) -> str:
        """Return the first sentence of the command's docstring."""
        text = (inspect.getdoc(self.command) or "").partition("\n\n")[0]
        return " ".join(text.replace("``", "`").split())

    @property
    def proof(self) -> str:
        """Return what has to be shown: ``nothing``, ``session``, ``operator`` or ``either``."""
        return next(proof for kind, proof in PROOFS if issubclass(self.command, kind))

    @property
    def schema(self) -> Schema:
        """Return the JSON Schema of the body."""
        schema: Schema = {
            "type": "object",
            "properties": {each.name: each.schema for each in self.inputs},
            "additionalProperties": False,
        }
        required = [each.name for each in self.inputs if each.required]
        return {**schema, "required": required} if required else schema

    def pointer(self, found: Fault) -> str | None:
        """Return where in the body a fault stands, as a JSON Pointer (RFC 6901)."""
        if found.code in _ABOUT_CONSENTS:
            return "#/consents"
        own = {each.fault_name: each.name for each in self.inputs}
        if found.field in own:
            return f"#/{own[found.field]}"
        return f"#/values/{found.field}" if found.field and "values" in own else None

    def pointer_of_shape(self, found: Fault) -> str | None:
        """Return where in the body a fault of shape stands: nobody has looked deeper yet."""
        own = {each.fault_name: each.name for each in self.inputs}
        return f"#/{own.get(found.field, found.field)}" if found.field else None

    def read(self, body: Mapping[str, object], request: ApiRequest, means: Means) -> c.Command:
        """Return the command that a request asks for.

        Args:
            body: What was sent.
            request: The request, for what the host says.
            means: Opens drafts, and reads the human check.

        Raises:
            Refusal: With every fault of shape that the body has; ``draft.ended`` where its
                draft does not open.
        """
        known = {each.name for each in self.inputs}
        faults = [fault("input.unknown_field", shown(name)) for name in body if name not in known]
        arguments: dict[str, Any] = {name: HOST[name](request) for name in self.host}
        for each in self.inputs:
            value = _value(each, body)
            if isinstance(value, Fault):
                faults.append(value)
            else:
                arguments[each.argument] = value
        if faults:
            raise Refusal(*faults)
        if "draft" in arguments:
            arguments["draft"] = means.open_draft(arguments["draft"])
            if arguments["draft"] is None:
                raise refusal("draft.ended", "draft")
        if isinstance(arguments.get("human_response"), Mapping):
            arguments["human_response"] = means.human_response(arguments["human_response"])
        if issubclass(self.command, c.HolderOrOperatorCommand):
            # Whoever names an account is an operator, whoever names none means their own.
            arguments["session" if arguments["account_id"] else "operator"] = None
        return self.command(**arguments)


PROOFS: tuple[tuple[type[c.Command], str], ...] = (
    (c.SessionCommand, "session"),
    (c.OperatorCommand, "operator"),
    (c.HolderOrOperatorCommand, "either"),
    (c.Command, "nothing"),
)
"""What the request has to show besides its body, by base class of the command."""


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint, in the order of the machine's rules; timers are the host's own."""
    return tuple(_endpoint(command) for command in RULES if not issubclass(command, c.TimerCommand))


def _endpoint(command: type[c.Command]) -> Endpoint:
    """Return the endpoint of one command."""
    hints = get_type_hints(command)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(command)
    return Endpoint(
        command=command,
        inputs=tuple(
            _input(command, field, hints[field.name]) for field in fields if field.name not in HOST
        ),
        host=tuple(field.name for field in fields if field.name in HOST),
    )


def _input(command: type[c.Command], field: attrs.Attribute[Any], hint: object) -> Input:
    """Return the property of a body that fills a field."""
    return Input(
        name=CALLED.get(command, {}).get(field.name, field.name),
        argument=field.name,
        fault_name=FIELD_NAMES.get(field.name, field.name),
        shape=NAMED.get(field.name) or SHAPES[hint],
        longest=longest(field.metadata["kind"], field.metadata["max"]),
        pattern=PATTERNS.get(field.metadata["kind"], {}),
        required=field.default is attrs.NOTHING,
        default=field.default,
    )


def _value(each: Input, body: Mapping[str, object]) -> object:
    """Return what a property says, or the fault."""
    if each.name not in body:
        return fault("input.missing", each.fault_name) if each.required else each.default
    return each.shape.read(body[each.name], each.longest, each.fault_name)
