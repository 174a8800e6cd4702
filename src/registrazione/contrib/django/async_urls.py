"""The addresses of the pages for a project that is served by ASGI; otherwise as ``urls``."""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import Any

from django.urls import path

from registrazione.contrib.django.views import AsyncPageView

app_name: str = "registrazione"
_view: Any = AsyncPageView
_page: Any = _view.as_view()

urlpatterns: list[Any] = [
    path("", _page, name="home"),
    path("sign-in", _page, {"path": "sign-in"}, name="sign_in"),
    path("register", _page, {"path": "register"}, name="register"),
    path("<path:path>", _page, name="page"),
]
