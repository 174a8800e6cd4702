"""The project's own pages."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView


class HomeView(TemplateView):
    """The first page, for everybody."""

    template_name = "members/home.html"


class MemberView(LoginRequiredMixin, TemplateView):
    """A page for members."""

    template_name = "members/member.html"
