"""The table of endpoints, made of the command classes, and what is special about a few fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_type_hints

import attrs

from registrazione.contrib.headless.bodies import Body, Input
from registrazione.contrib.headless.messages import ApiRequest
from registrazione.contrib.headless.shapes import NAMED, PATTERNS, SHAPES, longest
from registrazione.core import commands as c
from registrazione.core.boundary import FIELD_NAMES, MAX_TOKEN
from registrazione.core.draft import Draft
from registrazione.core.machine import RULES
from registrazione.core.refusals import Fault, refusal

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
class Endpoint(Body):
    """One command at ``POST /<its name>``.

    Args:
        command: The class.
        host: Names of what the host says.
    """

    command: type[c.Command]
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

    def pointer(self, found: Fault) -> str | None:
        """Return where in the body a fault stands, as a JSON Pointer (RFC 6901)."""
        if found.code in _ABOUT_CONSENTS:
            return "#/consents"
        own = {each.fault_name: each.name for each in self.inputs}
        if found.field in own:
            return f"#/{own[found.field]}"
        return f"#/values/{found.field}" if found.field and "values" in own else None

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
        arguments: dict[str, Any] = {name: HOST[name](request) for name in self.host}
        arguments |= self.values(body)
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


LOOK_PATH = "/look"
LOOK = Body(
    inputs=(
        Input(
            name="ticket",
            argument="ticket",
            fault_name="ticket",
            shape=SHAPES[str],
            longest=MAX_TOKEN,
            pattern=PATTERNS[c.Kind.TOKEN],
            required=False,
            default="",
        ),
    )
)
"""What is sent to look at how things stand; without a ticket the session says with whom."""

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
