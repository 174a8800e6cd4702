"""Addresses of a project whose pages are there in several ways."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path

from registrazione.contrib.django.views import AsyncPageView, PageView


def who(request):
    """Say who is signed in with the project."""
    return HttpResponse(getattr(request.user, "email", "") or "nobody")


async def who_async(request):
    """Say the same without blocking."""
    return HttpResponse(getattr(await request.auser(), "email", "") or "nobody")


urlpatterns = [
    path("registrazione/", include("registrazione.contrib.django.urls")),
    path("awaited/", include("registrazione.contrib.django.async_urls", namespace="awaited")),
    path("school/<path:path>", PageView.as_view(procedure="school")),
    path("awaited-school/<path:path>", AsyncPageView.as_view(procedure="school")),
    path("who", who),
    path("awaited-who", who_async),
]
