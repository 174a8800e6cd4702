"""The project's addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from members.views import HomeView, MemberView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("soci/", MemberView.as_view(), name="member"),
    path("admin/", admin.site.urls),
    path("registrazione/", include("registrazione.contrib.django.urls")),
]
