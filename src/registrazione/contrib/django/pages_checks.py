"""Whether the pages are where the settings say, and can be drawn."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings as project
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import Resolver404, URLResolver, get_resolver

_TEMPLATES = "registrazione.contrib.web"
_PAGE = "registrazione/page.html"


def pages_problems(base_url: str, procedure: str) -> Iterator[str]:
    """Yield the numbers of the checks that find something in the pages of a procedure.

    A project whose addresses do not include them, and that has not the app of their templates,
    goes without.

    Args:
        base_url: Where the letters lead.
        procedure: Its name.
    """
    included = any(_is_ours(view, procedure) for view in _views(get_resolver()))
    if included and not _is_ours(_view_at(base_url), procedure):
        yield "E004"
    if included and not _can_be_drawn():
        yield "E005"
    if not included and apps.is_installed(_TEMPLATES) and _view_at(base_url) is None:
        yield "W003"


def _views(resolver: Any) -> Iterator[Any]:  # noqa: ANN401 - Django has no types
    """Yield every view of the project."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern)
        else:
            yield pattern.callback


def _is_ours(view: Any, procedure: str) -> bool:  # noqa: ANN401 - as above
    """Tell whether a view shows the pages of a procedure."""
    from registrazione.contrib.django.views import PageView

    cls = getattr(view, "view_class", None)
    if cls is None or not issubclass(cls, PageView):
        return False
    return bool(view.view_initkwargs.get("procedure", cls.procedure) == procedure)


def _view_at(base_url: str) -> Any:  # noqa: ANN401 - as above
    """Return the view that is at the first page's address, or ``None``."""
    below = (project.FORCE_SCRIPT_NAME or "").rstrip("/")
    path = urlsplit(base_url).path.rstrip("/").removeprefix(below)
    try:
        return get_resolver().resolve(f"{path}/").func
    except Resolver404:
        return None


def _can_be_drawn() -> bool:
    """Tell whether one of the project's engines finds the templates."""
    try:
        get_template(_PAGE)
    except TemplateDoesNotExist:
        return False
    return True
