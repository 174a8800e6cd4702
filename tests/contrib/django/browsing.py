"""A project with the pages, and browsers that visit it."""

from __future__ import annotations

import asyncio
import re

from django.conf import settings
from django.core import mail
from django.test import AsyncClient, Client, override_settings
from tests.contrib.django.project import empty as _the_project_is_set_up
from tests.world import KEY

from registrazione.testing.fakes import FastHasher

assert _the_project_is_set_up

HOST = "http://localhost"
PASSWORD = "quattro Cavalli verdi 17 lune"
ADA = "ada@posta.example"
FORM = {
    "name": "Ada",
    "surname": "Rossi",
    "email": ADA,
    "consent_privacy": "yes",
    "do": "next",
}
PAGES = "registrazione.contrib.django.apps.PagesConfig"
SETTINGS = {
    "profile": "standard",
    "storage": "memory://",
    "base_url": f"{HOST}/registrazione",
    "secret_keys": [KEY],
    "hasher": FastHasher(),
}


def project(base="/registrazione", **changes):
    """Return the settings of a project with the pages."""
    own = {name: changes.pop(name) for name in list(changes) if name.isupper()}
    told = {**SETTINGS, "base_url": f"{HOST}{base}", **changes}
    usual = {
        "INSTALLED_APPS": list(dict.fromkeys([*settings.INSTALLED_APPS, PAGES])),
        "ROOT_URLCONF": "tests.contrib.django.pages_urls",
        "REGISTRAZIONE": told,
    }
    return override_settings(**{**usual, **own})


class Browser:
    """A browser that fills in the forms of the project, which looks at their tokens."""

    def __init__(self, base="/registrazione", client=None):
        """Open no page yet."""
        self.client = client or Client(enforce_csrf_checks=True)
        self.base = base
        self.text = self.path = ""
        self.response = None

    def get(self, path):
        """Open a page, wherever it leads."""
        return self._seen(path, self._asked("get", path))

    def send(self, path="", **values):
        """Send the form that is shown."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        values["csrfmiddlewaretoken"] = token[1] if token else ""
        path = path or self.path
        return self._seen(path, self._asked("post", path, values))

    def _asked(self, method, *arguments):
        return getattr(self.client, method)(*arguments)

    def _seen(self, path, response):
        while response.status_code in {302, 303}:
            path = response.headers["Location"].split("?")[0]
            response = self._asked("get", response.headers["Location"])
        self.text, self.path, self.response = response.content.decode(), path, response
        return response

    def register(self):
        """Fill in the form."""
        self.get(f"{self.base}/register")
        return self.send(**FORM)

    def activate(self):
        """Open the link that was mailed, and choose a password."""
        link = re.search(rf"{HOST}(/\S+/activate/\S+)", mail.outbox[-1].body)
        self.get(link[1])
        self.send(password=PASSWORD, password_again=PASSWORD)

    def sign_in(self):
        """Sign in."""
        self.get(f"{self.base}/sign-in")
        return self.send(username=ADA, password=PASSWORD)

    def arrive(self):
        """Do all of it."""
        self.register()
        self.activate()
        self.sign_in()
        return self


class AsyncBrowser(Browser):
    """The same, in an event loop of its own."""

    def __init__(self, base="/awaited"):
        """Start a loop, which all requests share."""
        super().__init__(base, AsyncClient(enforce_csrf_checks=True))
        self.runner = asyncio.Runner()

    def _asked(self, method, *arguments):
        async def ask():
            return await getattr(self.client, method)(*arguments)

        return self.runner.run(ask())
