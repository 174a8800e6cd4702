"""From a request to a response: once for a registrar whose calls block, once for an awaitable one.

All that is decided is decided in :class:`_Desk`, which neither blocks nor waits; the two classes
differ in how they call the registrar.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import isawaitable
from typing import Any, cast

import attrs

from registrazione.contrib.headless.answers import answer_to_json, is_proved
from registrazione.contrib.headless.endpoints import LOOK, LOOK_PATH, Endpoint, endpoints
from registrazione.contrib.headless.endpoints import Means as CommandMeans
from registrazione.contrib.headless.federation import (
    CHOICES_PATH,
    OPERATIONS,
    Means,
    Operation,
    choices_to_json,
    document_at,
    provider_of,
)
from registrazione.contrib.headless.messages import (
    JSON_TYPE,
    MAX_BODY,
    ApiRequest,
    ApiResponse,
    published,
    reply,
)
from registrazione.contrib.headless.openapi import document
from registrazione.contrib.headless.places import LISTS, places_to_json
from registrazione.contrib.headless.problems import Pointer, nowhere, plain_problem, refused
from registrazione.contrib.headless.procedure import procedure_to_json
from registrazione.contrib.web.sealing import Sealer
from registrazione.core.answer import Answer
from registrazione.core.commands import Command, SignInWith
from registrazione.core.draft import Draft
from registrazione.core.places import Places
from registrazione.core.refusals import Refusal
from registrazione.ports import response_of
from registrazione.registrar import AsyncRegistrar, Registrar


@attrs.frozen(kw_only=True)
class _Work:
    """What is left to do for a request that makes sense.

    Args:
        start: Asks the registrar, which may answer with an awaitable.
        finish: Makes the response of what it said.
        refuse: Makes the response of a refusal.
        blocks: Whether ``start`` itself may take long.
    """

    start: Callable[[], Any]
    finish: Callable[[Any], ApiResponse]
    refuse: Callable[[Refusal], ApiResponse]
    blocks: bool = False


class Api:
    """The JSON endpoints of a registrar whose calls block. Safe to share among threads.

    Args:
        registrar: What the endpoints ask.
        callback_urls: Where answers of identity providers may come, whole; the first where a
            client asks for nothing else. By default where the pages have them come.
    """

    def __init__(self, registrar: Registrar, *, callback_urls: Iterable[str] = ()) -> None:
        """Make the table of paths."""
        self._desk = _Desk(registrar, tuple(callback_urls))

    def respond(self, request: ApiRequest) -> ApiResponse:
        """Return the response to a request, whatever it is.

        Args:
            request: As the framework read it.
        """
        work = self._desk.receive(request)
        if isinstance(work, ApiResponse):
            return work
        try:
            return work.finish(work.start())
        except Refusal as refused_with:
            return work.refuse(refused_with)


class AsyncApi:
    """The JSON endpoints of an awaitable registrar; nothing holds the event loop up.

    Args:
        registrar: What the endpoints ask.
        callback_urls: Where answers of identity providers may come; see :class:`Api`.
    """

    def __init__(self, registrar: AsyncRegistrar, *, callback_urls: Iterable[str] = ()) -> None:
        """Make the table of paths."""
        self._desk = _Desk(registrar, tuple(callback_urls))

    async def respond(self, request: ApiRequest) -> ApiResponse:
        """Return the response to a request, whatever it is.

        Args:
            request: As the framework read it.
        """
        from asyncio import to_thread

        work = self._desk.receive(request)
        if isinstance(work, ApiResponse):
            return work
        try:
            outcome = await to_thread(work.start) if work.blocks else work.start()
            return work.finish(await _settled(outcome))
        except Refusal as refused_with:
            return work.refuse(refused_with)


async def _settled(outcome: object) -> Any:  # noqa: ANN401 - an answer, or plain data
    """Return what an awaitable comes to, or what is none as it is."""
    return await outcome if isawaitable(outcome) else outcome


Handler = Callable[[ApiRequest], "_Work | ApiResponse"]


class _Desk:
    """Read requests and write responses, without asking the registrar anything."""

    def __init__(
        self, registrar: Registrar | AsyncRegistrar, callback_urls: tuple[str, ...]
    ) -> None:
        """Make the table of paths."""
        self._registrar = registrar
        self._profile = registrar.parts.identities.offered_by(registrar.profile)
        self._sealer = Sealer.of(registrar)
        self._means = Means(registrar=registrar, sealer=self._sealer, callback_urls=callback_urls)
        self._places = registrar.places
        self._document = document(self._profile, places=self._places is not None)
        self._routes: dict[str, dict[str, Handler]] = {
            "/procedure": {"GET": self._procedure},
            "/me": {"GET": self._me},
            "/openapi.json": {"GET": self._described},
        }
        if self._places is not None:
            listing = partial(self._listing, self._places)
            self._routes |= {path: {"GET": listing} for path in LISTS}
        for endpoint in endpoints():
            self._routes[endpoint.path] = {"POST": partial(self._command, endpoint)}
        self._routes[LOOK_PATH] = {"POST": self._look}
        if self._profile.federation.providers:
            self._routes[CHOICES_PATH] = {"GET": self._choices}
            for operation in OPERATIONS:
                self._routes[f"/{operation.name}"] = {"POST": partial(self._operate, operation)}

    def receive(self, request: ApiRequest) -> _Work | ApiResponse:
        """Return what is to be asked, or the response where there is nothing to ask."""
        methods = self._routes.get(request.path) or self._documents(request.path)
        if methods is None:
            return plain_problem(404)
        # Frameworks cut the body off from what answers HEAD.
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            allowed = "GET, HEAD" if "GET" in methods else "POST"
            return plain_problem(405, Allow=allowed)
        return handler(request)

    def _command(self, endpoint: Endpoint, request: ApiRequest) -> _Work | ApiResponse:
        """Read the body of a command."""
        body = _body_of(request)
        if isinstance(body, ApiResponse):
            return body
        parts = self._registrar.parts
        means = CommandMeans(
            open_draft=partial(self._sealer.open_draft, now=parts.clock.now()),
            human_response=partial(response_of, parts.human_check),
        )
        try:
            command = endpoint.read(body, request, means)
        except Refusal as refused_with:
            return self._refused(request, refused_with, endpoint.pointer_of_shape)
        return _Work(
            start=partial(self._registrar.handle, command),
            finish=lambda answer: self._answered(
                request, self._sealed(command, answer), proved=is_proved(command, answer)
            ),
            refuse=partial(self._refused, request, pointer=endpoint.pointer),
        )

    def _sealed(self, command: Command, answer: Answer) -> Answer:
        """Return an answer whose session at a provider nobody but these endpoints can use."""
        if not isinstance(command, SignInWith):
            return attrs.evolve(answer, provider_session="")
        sealed = self._means.seal(command.provider, answer.provider_session)
        return attrs.evolve(answer, provider_session=sealed)

    def _operate(self, operation: Operation, request: ApiRequest) -> _Work | ApiResponse:
        """Read the body of a question to an identity provider."""
        body = _body_of(request)
        if isinstance(body, ApiResponse):
            return body
        refuse = partial(self._refused, request, pointer=operation.pointer_of_shape)
        try:
            asked = operation.ask(self._means, operation.values(body))
        except Refusal as refused_with:
            return refuse(refused_with)
        return _Work(
            start=asked.start,
            finish=lambda answer: reply(asked.write(answer)),
            refuse=refuse,
        )

    def _look(self, request: ApiRequest) -> _Work | ApiResponse:
        """Look at what a registration waits for, or at the account whose session it is."""
        body = _body_of(request)
        if isinstance(body, ApiResponse):
            return body
        try:
            ticket = LOOK.values(body)["ticket"]
        except Refusal as refused_with:
            return self._refused(request, refused_with, LOOK.pointer_of_shape)
        if not ticket:
            return self._me(request)
        return _Work(
            start=partial(self._registrar.look, ticket=ticket),
            finish=partial(self._answered, request, proved=False),
            refuse=partial(self._refused, request, pointer=LOOK.pointer_of_shape),
        )

    def _choices(self, request: ApiRequest) -> _Work | ApiResponse:
        """List the services behind a provider's button."""
        try:
            provider = provider_of(request.query)
        except Refusal as refused_with:
            return self._refused(request, refused_with)
        return _Work(
            start=partial(self._registrar.identity_choices, provider),
            finish=lambda choices: reply(choices_to_json(choices)),
            refuse=partial(self._refused, request),
        )

    def _documents(self, path: str) -> dict[str, Handler] | None:
        """Return what answers at a path where a provider may publish something."""
        found = document_at(path)
        if found is None or not self._profile.federation.providers:
            return None
        return {"GET": partial(self._published, *found)}

    def _published(self, provider: str, path: str, request: ApiRequest) -> _Work:
        """Send what a provider publishes, byte for byte."""
        return _Work(
            start=partial(self._registrar.identity_document, provider, path, request.query),
            finish=lambda found: plain_problem(404) if found is None else published(found),
            refuse=partial(self._refused, request),
        )

    def _me(self, request: ApiRequest) -> _Work:
        """Look at the account whose session it is."""
        return _Work(
            start=partial(self._registrar.look, session=request.session),
            finish=partial(self._answered, request, proved=True),
            refuse=partial(self._refused, request),
        )

    def _described(self, request: ApiRequest) -> ApiResponse:
        """Return the document, which says where the endpoints are mounted."""
        return reply({**self._document, "servers": [{"url": request.root or "/"}]})

    def _procedure(self, request: ApiRequest) -> _Work:
        """Describe the procedure; a human check may draw its challenge from somewhere else."""
        check = self._registrar.parts.human_check
        return _Work(
            start=partial(
                procedure_to_json,
                self._profile,
                check,
                request.language,
                places=self._places is not None,
            ),
            finish=reply,
            refuse=partial(self._refused, request),
            blocks=True,
        )

    def _listing(self, places: Places, request: ApiRequest) -> _Work:
        """List places; the installed data are read at the first question."""
        return _Work(
            start=partial(places_to_json, places, request.path, request.query),
            finish=reply,
            refuse=partial(self._refused, request),
            blocks=True,
        )

    def _answered(self, request: ApiRequest, answer: Answer, *, proved: bool) -> ApiResponse:
        """Write an answer."""
        language = request.language
        content = answer_to_json(answer, self._profile, language, proved=proved, seal=self._seal)
        return reply(content, headers={"Content-Language": language})

    def _seal(self, draft: Draft) -> str:
        """Return a draft as the client keeps it."""
        return self._sealer.seal_draft(draft, self._registrar.parts.clock.now())

    def _refused(
        self, request: ApiRequest, refused_with: Refusal, pointer: Pointer = nowhere
    ) -> ApiResponse:
        """Write a refusal."""
        return refused(refused_with, self._profile, request.language, pointer)


def _body_of(request: ApiRequest) -> Mapping[str, object] | ApiResponse:
    """Return the object that was sent, or the problem where none can be read."""
    if len(request.body) > MAX_BODY:
        return plain_problem(413)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and content_type != JSON_TYPE:
        return plain_problem(415)
    body = _object(request.body)
    return plain_problem(400) if body is None else body


def _object(body: bytes) -> Mapping[str, object] | None:
    """Return the object that a body holds; no body holds an empty one, and what is none nothing."""
    if not body:
        return {}
    try:
        content = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", content) if isinstance(content, dict) else None


def _no_number(_word: str) -> object:
    """Refuse ``NaN`` and ``Infinity``, which JSON does not have (RFC 8259, 6).

    Raises:
        ValueError: Always.
    """
    raise ValueError("no number")
