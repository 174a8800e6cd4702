"""The JSON endpoints for Starlette and FastAPI: an application to mount, a lifespan, dependencies.

A registrar is opened when the application starts and closed when it ends::

    app = FastAPI(lifespan=lifespan(lambda: AsyncRegistrar.open(...)))
    app.mount("/registrazione", JsonApi())
    app.add_exception_handler(Refusal, refused)
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import isawaitable
from typing import Any, TypeAlias, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from registrazione.contrib.headless.api import Api, AsyncApi
from registrazione.contrib.headless.messages import MAX_BODY, ApiRequest, ApiResponse
from registrazione.contrib.headless.problems import refused as refused_response
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.commands import Operator
from registrazione.core.refusals import Refusal, refusal
from registrazione.registrar import AsyncRegistrar, Registrar

AnyRegistrar: TypeAlias = Registrar | AsyncRegistrar

STATE = "registrazione"
"""Where the lifespan keeps the registrar: ``request.state.registrazione``."""


def remote_address(request: HTTPConnection) -> str:
    """Return the address that the request comes from, as the server knows it."""
    return request.client.host if request.client else ""


def nobody(_request: Request) -> Operator | None:
    """Know no operator."""
    return None


def lifespan(
    opens: Callable[[], AnyRegistrar],
) -> Callable[[Any], AbstractAsyncContextManager[dict[str, AnyRegistrar]]]:
    """Return a lifespan that opens a registrar at the start and closes it at the end.

    Args:
        opens: Such as ``lambda: AsyncRegistrar.open(...)``; run in a thread, for it reads files
            and may ask a database.
    """

    @asynccontextmanager
    async def opened(_app: object) -> AsyncGenerator[dict[str, AnyRegistrar]]:
        registrar = await run_in_threadpool(opens)
        try:
            yield {STATE: registrar}
        finally:
            closing = registrar.close()
            if isawaitable(closing):
                await closing

    return opened


class JsonApi:
    """The endpoints as an ASGI application, to be mounted.

    A registrar whose calls block is asked in threads.

    Args:
        registrar: By default the one that :func:`lifespan` opened.
        operator: Tells from a request who acts for the office, where the host has signed an
            operator in; it may be awaitable.
        origin: Tells where a request comes from; behind a proxy, let the server settle that.
        callback_urls: Where answers of identity providers may come; see
            :class:`~registrazione.contrib.headless.Api`.
    """

    def __init__(
        self,
        registrar: AnyRegistrar | None = None,
        *,
        operator: Callable[[Request], Any] = nobody,
        origin: Callable[[Request], str] = remote_address,
        callback_urls: Iterable[str] = (),
    ) -> None:
        """Keep them; the table of paths is made at the first request."""
        self._registrar = registrar
        self._operator = operator
        self._origin = origin
        self._callback_urls = tuple(callback_urls)
        self._made: tuple[AnyRegistrar, Api | AsyncApi] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        request = Request(scope, receive)
        response = await self._respond(request)
        sent = Response(response.body, response.status, dict(response.headers))
        await sent(scope, receive, send)

    async def _respond(self, request: Request) -> ApiResponse:
        """Return the response to a request."""
        operator = self._operator(request)
        root = request.scope.get("root_path", "")
        asked = ApiRequest(
            method=request.method,
            path=request.scope["path"].removeprefix(root),
            root=root,
            query=request.scope.get("query_string", b"").decode("latin-1"),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await _body(request),
            origin=self._origin(request),
            operator=await operator if isawaitable(operator) else operator,
        )
        api = self._api(self._registrar or registrar_of(request))
        if isinstance(api, AsyncApi):
            return await api.respond(asked)
        return await run_in_threadpool(api.respond, asked)

    def _api(self, registrar: AnyRegistrar) -> Api | AsyncApi:
        """Return the endpoints of a registrar, made once as long as it stays the same."""
        if self._made is None or self._made[0] is not registrar:
            urls = self._callback_urls
            if isinstance(registrar, Registrar):
                self._made = (registrar, Api(registrar, callback_urls=urls))
            else:
                self._made = (registrar, AsyncApi(registrar, callback_urls=urls))
        return self._made[1]


def registrar_of(request: HTTPConnection) -> AnyRegistrar:
    """Return the registrar that :func:`lifespan` opened; a dependency for FastAPI.

    Args:
        request: Any request of the application.
    """
    registrar: AnyRegistrar = getattr(request.state, STATE)
    return registrar


async def signed_in(request: Request) -> Answer:
    """Return how things stand with whoever asks; a dependency for FastAPI.

    Args:
        request: A request with the session as its bearer token.

    Raises:
        Refusal: ``session.ended``; let :func:`refused` answer it.
    """
    registrar = registrar_of(request)
    session = ApiRequest(method="", path="", headers=request.headers).session
    if isinstance(registrar, Registrar):
        return await run_in_threadpool(registrar.look, session=session)
    return await registrar.look(session=session)


async def current_account(request: Request) -> Account:
    """Return the account of whoever asks; a dependency for FastAPI.

    Args:
        request: A request with the session as its bearer token.

    Raises:
        Refusal: ``session.ended``, or ``password.change_required`` while the password is still
            the one that the system assigned (MIM-27).
    """
    answer = await signed_in(request)
    if answer.next is Next.CHANGE_PASSWORD:
        raise refusal("password.change_required")
    return cast("Account", answer.account)


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal as the endpoints do; an exception handler for ``Refusal``.

    Args:
        request: The request that was refused.
        error: The refusal.

    Raises:
        TypeError: It is registered for another exception.
    """
    if not isinstance(error, Refusal):
        raise TypeError("this handler answers refusals only")
    language = ApiRequest(method="", path="", headers=request.headers).language
    response = refused_response(error, registrar_of(request).profile, language)
    return Response(response.body, response.status, dict(response.headers))


async def _body(request: Request) -> bytes:
    """Return the body, no further than where nobody looks any more."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            break
    return bytes(body)
