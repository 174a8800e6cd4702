"""What clients ask of identity providers before and after the answer that a person brings.

The answer itself is for the command ``sign_in_with``. Nothing is kept here between two requests:
which ``state`` belongs to which browser is for the client to know, and a session that goes on at
a provider is handed out sealed, so that nobody has a message signed about somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import attrs

from registrazione.contrib.headless.bodies import Body, Input
from registrazione.contrib.headless.schemas import closed_object
from registrazione.contrib.headless.shapes import (
    FIELDS_SHAPE,
    MAX_MESSAGE,
    SHAPES,
    Schema,
    Shape,
)
from registrazione.contrib.web.chapters.identity_ways import STATE_BYTES
from registrazione.contrib.web.sealing import Sealer
from registrazione.core.generation import drawn_name
from registrazione.core.refusals import refusal
from registrazione.ports import Choice, Ending, Outgoing
from registrazione.registrar import AsyncRegistrar, Registrar

SESSION_KEPT_FOR = timedelta(hours=12)
"""For how long a provider's session can be ended from here: as long as the pages' cookies last."""
_SESSION = "provider session"
_LONGEST_NAME = 64
_LONGEST_URL = 2048
_LONGEST_SESSION = 8192


@attrs.frozen(kw_only=True)
class Means:
    """What an operation works with.

    Args:
        registrar: Knows the providers.
        callback_urls: Where answers may come; the first where nothing else is asked for. None:
            where the pages have them come.
        sealer: Seals the sessions that go on at providers.
    """

    registrar: Registrar | AsyncRegistrar
    callback_urls: tuple[str, ...]
    sealer: Sealer

    def seal(self, provider: str, session: str) -> str:
        """Return a provider's session as a client keeps it; empty where none goes on."""
        if not session:
            return ""
        return self.sealer.seal(_SESSION, {"provider": provider, "session": session}, self._now())

    def opened(self, sealed: str) -> tuple[str, str]:
        """Return provider and session; both empty where the text is none of ours, or too old."""
        found = self.sealer.open(_SESSION, sealed, self._now(), SESSION_KEPT_FOR) or {}
        return found.get("provider", ""), found.get("session", "")

    def callbacks(self, provider: str) -> tuple[str, ...]:
        """Return where a provider's answers may come."""
        pages = f"{self.registrar.parts.base_url}/identity/{provider}/callback"
        return self.callback_urls or (pages,)

    def state(self) -> str:
        """Return an unguessable name, of as many characters as SPID and CIE ask for."""
        return drawn_name(self.registrar.parts.randomness.draw(STATE_BYTES))

    def _now(self) -> datetime:
        return self.registrar.parts.clock.now()


@attrs.frozen(kw_only=True)
class Asked:
    """A question that makes sense.

    Args:
        start: Puts it, and may answer with an awaitable.
        write: Makes plain data of the answer.
    """

    start: Callable[[], Any]
    write: Callable[[Any], dict[str, Any]]


@attrs.frozen(kw_only=True)
class Operation(Body):
    """One question at ``POST /<its name>``.

    Args:
        name: Of the path, and of the operation in the OpenAPI document.
        summary: What it does.
        description: What a client has to know besides.
        answers: Name of the schema of the answer.
        ask: Makes the question of the body's values.
    """

    name: str
    summary: str
    description: str
    answers: str
    ask: Callable[[Means, Mapping[str, Any]], Asked]


def _start(means: Means, values: Mapping[str, Any]) -> Asked:
    """Ask where a browser goes to sign in."""
    allowed = means.callbacks(values["provider"])
    callback = values["callback_url"] or allowed[0]
    # Compared whole: an address that is only alike may be somebody else's (RFC 9700, 2.1).
    if callback not in allowed:
        raise refusal("input.choice", "callback_url")
    state = means.state()
    return Asked(
        start=partial(
            means.registrar.start_sign_in_with,
            values["provider"],
            callback_url=callback,
            state=state,
            choice=values["choice"],
        ),
        write=partial(_departure, state),
    )


def _leave(means: Means, values: Mapping[str, Any]) -> Asked:
    """Ask where a browser goes so that a provider's session ends too."""
    provider, session = means.opened(values["provider_session"])
    if not session:
        raise refusal("token.invalid", "provider_session")
    state = means.state()
    return Asked(
        start=partial(means.registrar.start_sign_out_with, provider, session=session, state=state),
        write=partial(_departure, state),
    )


def _end(means: Means, values: Mapping[str, Any]) -> Asked:
    """Ask what a provider's message about the end of a session means for the client's own."""
    if not values["query"].isascii():
        raise refusal("input.malformed", "query")
    own = means.opened(values["provider_session"])
    return Asked(
        start=partial(
            means.registrar.end_sessions_with,
            values["provider"],
            values["message"],
            values["query"],
        ),
        write=partial(_ending, values["provider"], own),
    )


def _departure(state: str, outgoing: Outgoing | None) -> dict[str, Any]:
    """Write where a browser goes: nowhere, if the host leads there itself or nothing is open."""
    if outgoing is None:
        return {"url": None, "fields": {}, "state": state}
    return {**_outgoing(outgoing), "state": state}


def _outgoing(outgoing: Outgoing) -> dict[str, Any]:
    return {"url": outgoing.url, "fields": dict(outgoing.fields)}


def _ending(provider: str, own: tuple[str, str], ending: Ending) -> dict[str, Any]:
    """Write what a message means."""
    return {
        "asks": bool(ending.sessions) or ending.identity is not None,
        "ends": own in {(provider, session) for session in ending.sessions},
        "reply": None if ending.reply is None else _outgoing(ending.reply),
    }


def _text(
    name: str, longest: int, shape: Shape = SHAPES[str], *, default: str | None = None
) -> Input:
    """Return a property; without a default it has to be there."""
    return Input(
        name=name,
        argument=name,
        fault_name=name,
        shape=shape,
        longest=longest,
        pattern={},
        required=default is None,
        default=default,
    )


_PROVIDER = _text("provider", _LONGEST_NAME)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="start_sign_in_with",
        summary="Tell where a browser goes to sign in with an identity provider.",
        description=(
            "Without `fields` the browser follows `url`, with them it posts a form there. Keep "
            "`state` for this browser alone, for instance in a cookie that scripts cannot read, "
            "and send to `sign_in_with` only an answer that comes back to the same browser with "
            "the same `state` (or `RelayState`), once: otherwise somebody could make a visitor "
            "sign in as somebody else. `url` is null where the host leads to the provider itself."
        ),
        answers="Departure",
        inputs=(
            _PROVIDER,
            _text("callback_url", _LONGEST_URL, default=""),
            _text("choice", _LONGEST_URL, default=""),
        ),
        ask=_start,
    ),
    Operation(
        name="start_sign_out_with",
        summary="Tell where a browser goes so that an identity provider's session ends too.",
        description=(
            "After `sign_out`. `url` is null where nothing goes on there; `state` comes back with "
            "the provider's answer, which is for `end_sessions_with`."
        ),
        answers="Departure",
        inputs=(_text("provider_session", _LONGEST_SESSION),),
        ask=_leave,
    ),
    Operation(
        name="end_sessions_with",
        summary="Read an identity provider's message about the end of a session.",
        description=(
            "`message` holds the fields of the form or of the address, `query` what stood behind "
            "the question mark, byte for byte. The sessions end that the provider names; where "
            "`ends` is true, the one to which `provider_session` belongs is among them: forget "
            "it, and send the browser to `reply`. A provider's own machine may send a message as "
            "well, as `logout_token`: answer it with 200, or with 400 where this is refused. Where "
            "`asks` is false, the provider says that its own session has ended."
        ),
        answers="Ending",
        inputs=(
            _PROVIDER,
            _text("message", MAX_MESSAGE, FIELDS_SHAPE),
            _text("query", MAX_MESSAGE, default=""),
            _text("provider_session", _LONGEST_SESSION, default=""),
        ),
        ask=_end,
    ),
)
"""Every question, in the order in which a person comes and goes."""

CHOICES_PATH = "/identity_choices"
DOCUMENT_PATH = "/identity/{provider}/{document}"


def choices_to_json(choices: tuple[Choice, ...]) -> dict[str, Any]:
    """Return the services behind a provider's button."""
    return {"choices": [attrs.asdict(choice) for choice in choices]}


def provider_of(query: str) -> str:
    """Return the provider that a query names.

    Args:
        query: What stood behind the question mark.

    Raises:
        Refusal: It names none.
    """
    given = parse_qs(query, keep_blank_values=True).get("provider", [""])[-1]
    if not given:
        raise refusal("input.missing", "provider")
    return given


def document_at(path: str) -> tuple[str, str] | None:
    """Return the provider and the document that a path names, or ``None``.

    Args:
        path: Below the place where the endpoints are.
    """
    _, kind, provider, document = (*path.split("/", 3), "", "", "")[:4]
    return (provider, document) if kind == "identity" and provider and document else None


def federation_schemas() -> dict[str, Schema]:
    """Return the schemas of the answers by name."""
    text: Schema = {"type": "string"}
    fields: Schema = {"type": "object", "additionalProperties": text}
    yes_or_no: Schema = {"type": "boolean"}
    outgoing = closed_object(url=text, fields=fields)
    return {
        "Departure": closed_object(url={"type": ["string", "null"]}, fields=fields, state=text),
        "Ending": closed_object(
            asks=yes_or_no, ends=yes_or_no, reply={"oneOf": [outgoing, {"type": "null"}]}
        ),
        "Choices": closed_object(
            choices={"type": "array", "items": closed_object(name=text, title=text, logo=text)}
        ),
    }
