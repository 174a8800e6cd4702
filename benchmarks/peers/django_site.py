"""A Django project for a peer, and a browser that visits it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import django
import measuring
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client


def set_up(**own: Any) -> None:
    """Configure a project with sessions, users and letters in memory, and make its tables."""
    apps = ["auth", "contenttypes", "messages", "sessions"]
    usual: dict[str, Any] = {
        "SECRET_KEY": "of the benchmark, and of nobody else in this world",
        "ALLOWED_HOSTS": ["testserver"],
        "ROOT_URLCONF": "__main__",
        "USE_TZ": True,
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "DATABASES": {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": measuring.FOLDER / "site.db",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": measuring.WAL},
            }
        },
        "LOGGING_CONFIG": None,
    }
    middleware = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    templates: dict[str, Any] = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
    texts = own.pop("texts", None)
    if texts is not None:
        templates["APP_DIRS"] = False
        loader = ("django.template.loaders.locmem.Loader", texts)
        templates["OPTIONS"]["loaders"] = [("django.template.loaders.cached.Loader", [loader])]
    more_apps, more_middleware = own.pop("apps", []), own.pop("middleware", [])
    settings.configure(
        **usual,
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in apps), *more_apps],
        MIDDLEWARE=[*middleware, *more_middleware],
        TEMPLATES=[templates],
        **own,
    )
    django.setup()
    call_command("migrate", verbosity=0)


class Browser:
    """One browser: opens a page, and sends the form that it holds."""

    def __init__(self) -> None:
        """Start with no cookies."""
        self.client = Client(enforce_csrf_checks=True)
        self.path = ""

    def open(self, path: str) -> str:
        """Open a page, wherever it leads; return its text."""
        return self._seen(path, self.client.get(path, follow=True))

    def send(self, path: str = "", **values: str) -> str:
        """Send a form to a page, by default the one that is open, and see where it leads."""
        values["csrfmiddlewaretoken"] = self.client.cookies["csrftoken"].value
        path = path or self.path
        return self._seen(path, self.client.post(path, values, follow=True))

    def _seen(self, path: str, response: Any) -> str:
        assert response.status_code == HTTPStatus.OK, (path, response.status_code)
        self.path = response.redirect_chain[-1][0] if response.redirect_chain else path
        return response.content.decode()


def mailed(pattern: str) -> str:
    """Return what the last letter says, and forget all letters."""
    found = re.search(pattern, mail.outbox[-1].body)
    assert found is not None, mail.outbox[-1].body
    mail.outbox.clear()
    return found[0]
