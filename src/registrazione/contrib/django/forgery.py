"""The token that tells a form made here from one made elsewhere, by Django's own middleware."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.middleware import csrf
from django.utils.html import format_html

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _Middleware = object
else:
    _Middleware = csrf.CsrfViewMiddleware


class _Forms(_Middleware):
    """The project's own protection, whose answer is for the pages to give."""

    def _reject(self, _request: object, reason: str) -> str:
        return reason


def _forms() -> Any:  # noqa: ANN401 - Django has no types
    """Return the protection; a middleware wants something to stand in front of."""
    made: Any = _Forms
    return made(lambda _request: None)


def is_own_form(request: Any) -> bool:  # noqa: ANN401 - Django has no types
    """Tell whether the form of a request was made here, for this browser.

    Args:
        request: One that sends a form.
    """
    forms = _forms()
    forms.process_request(request)
    return forms.process_view(request, None, (), {}) is None


def token_field(request: Any) -> Any:  # noqa: ANN401 - as above
    """Return the hidden field that goes into every form."""
    token = csrf.get_token(request)
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)


def keep_token(request: Any, response: Any) -> None:  # noqa: ANN401 - as above
    """Have the browser keep the token, also where the project's middleware does not see to it.

    Args:
        request: The request.
        response: What answers it.
    """
    forms = _forms()
    forms.process_response(request, response)
