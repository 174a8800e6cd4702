"""The endpoints as a WSGI application, to be mounted beside Flask or any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, BinaryIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from registrazione.contrib.headless.api import Api
from registrazione.contrib.headless.messages import MAX_BODY, ApiRequest
from registrazione.core.commands import Operator

Environ = dict[str, Any]


def remote_address(environ: Environ) -> str:
    """Return the address that the request comes from, as the server knows it."""
    return str(environ.get("REMOTE_ADDR", ""))


def nobody(_environ: Environ) -> Operator | None:
    """Know no operator."""
    return None


def wsgi_app(
    api: Api,
    *,
    operator: Callable[[Environ], Operator | None] = nobody,
    origin: Callable[[Environ], str] = remote_address,
) -> WSGIApplication:
    """Return the endpoints as a WSGI application.

    Args:
        api: The endpoints.
        operator: Tells from a request who acts for the office, where the host has signed an
            operator in.
        origin: Tells where a request comes from; behind a proxy, let the host's own middleware
            settle that first.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = ApiRequest(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", ""),
            root=environ.get("SCRIPT_NAME", ""),
            query=environ.get("QUERY_STRING", ""),
            headers=_headers(environ),
            body=_body(environ),
            origin=origin(environ),
            operator=operator(environ),
        )
        response = api.respond(request)
        status = HTTPStatus(response.status)
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        start_response(f"{status.value} {status.phrase}", list(headers.items()))
        return [] if request.method == "HEAD" else [response.body]

    return application


def _headers(environ: Environ) -> dict[str, str]:
    """Return the headers by name in small letters."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return {**headers, "content-type": environ.get("CONTENT_TYPE", "")}


def _body(environ: Environ) -> bytes:
    """Return the body, no further than one byte more than is looked at."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal():
        return b""
    stream: BinaryIO = environ["wsgi.input"]
    return stream.read(min(int(length), MAX_BODY + 1))
