"""What a JSON body may hold, read property by property, with every fault of shape at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from registrazione.contrib.headless.shapes import Schema, Shape
from registrazione.core.flows.forms import shown
from registrazione.core.refusals import Fault, Refusal, fault


@attrs.frozen(kw_only=True)
class Input:
    """One property of a body.

    Args:
        name: What the body calls it.
        argument: What the library calls it.
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
class Body:
    """What is sent to one path.

    Args:
        inputs: What it may hold.
    """

    inputs: tuple[Input, ...]

    @property
    def schema(self) -> Schema:
        """Return its JSON Schema."""
        schema: Schema = {
            "type": "object",
            "properties": {each.name: each.schema for each in self.inputs},
            "additionalProperties": False,
        }
        required = [each.name for each in self.inputs if each.required]
        return {**schema, "required": required} if required else schema

    def pointer_of_shape(self, found: Fault) -> str | None:
        """Return where in the body a fault of shape stands: nobody has looked deeper yet."""
        own = {each.fault_name: each.name for each in self.inputs}
        return f"#/{own.get(found.field, found.field)}" if found.field else None

    def values(self, body: Mapping[str, object]) -> dict[str, Any]:
        """Return what a body says, by the library's own names.

        Args:
            body: What was sent.

        Raises:
            Refusal: With every fault of shape that it has.
        """
        known = {each.name for each in self.inputs}
        faults = [fault("input.unknown_field", shown(name)) for name in body if name not in known]
        found: dict[str, Any] = {}
        for each in self.inputs:
            value = _value(each, body)
            if isinstance(value, Fault):
                faults.append(value)
            else:
                found[each.argument] = value
        if faults:
            raise Refusal(*faults)
        return found


def _value(each: Input, body: Mapping[str, object]) -> object:
    """Return what a property says, or the fault."""
    if each.name not in body:
        return fault("input.missing", each.fault_name) if each.required else each.default
    return each.shape.read(body[each.name], each.longest, each.fault_name)
