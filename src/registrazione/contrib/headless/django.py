"""The endpoints as paths of a Django project."""

# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from registrazione.contrib.headless.api import Api
from registrazione.contrib.headless.messages import ApiRequest
from registrazione.core.commands import Operator


def remote_address(request: Any) -> str:  # noqa: ANN401 - Django is untyped here
    """Return the address that the request comes from, as the server knows it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def nobody(_request: Any) -> Operator | None:  # noqa: ANN401 - as above
    """Know no operator."""
    return None


def urlpatterns(
    api: Callable[[], Api],
    *,
    operator: Callable[[Any], Operator | None] = nobody,
    origin: Callable[[Any], str] = remote_address,
) -> list[Any]:
    """Return the patterns to ``include()`` where the endpoints shall be.

    Args:
        api: Returns the endpoints; it is called at each request, when Django is ready.
        operator: Tells from a request who acts for the office, where the project has signed an
            operator in. Django's check against requests forged on other sites does not run
            here; such a site can send no ``application/json``, and nothing else is read.
        origin: Tells where a request comes from.
    """

    def view(request: Any, path: str) -> Any:  # noqa: ANN401 - as above
        response = api().respond(
            ApiRequest(
                method=request.method,
                path=f"/{path}",
                root=request.path.removesuffix(f"/{path}"),
                query=request.META.get("QUERY_STRING", ""),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=request.body,
                origin=origin(request),
                operator=operator(request),
            )
        )
        return HttpResponse(response.body, status=response.status, headers=response.headers)

    return [re_path(r"^(?P<path>.*)$", csrf_exempt(view))]
