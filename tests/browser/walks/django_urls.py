"""The addresses of the six procedures in the Django project."""

from __future__ import annotations

from django.urls import re_path

from registrazione.contrib.django.views import PageView
from registrazione.profiles import NAMES

urlpatterns = [
    re_path(rf"^{name}/(?P<path>.*)$", PageView.as_view(procedure=name)) for name in NAMES
]
