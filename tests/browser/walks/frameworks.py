"""How each framework serves the six procedures."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.browser.conftest import Sent, serving
from tests.browser.walks.sites import HOST, KEY, Post, Site, elsewhere, served

from registrazione.demo.application import create_demo, providers, registrars
from registrazione.demo.operators import COOKIE, OPERATORS
from registrazione.demo.procedures import procedures
from registrazione.stories.people import PEOPLE
from registrazione.stories.post_office import PostOffice
from registrazione.testing.fakes import FastHasher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = "registrazione.contrib.django.apps.PagesConfig"
"""The app that brings the templates."""
# The task of the human check is as easy as it may be; everything else is as it is in the demo.
OPTIONS = {"altcha_cost": 10, "altcha_tries": 64}


@contextmanager
def in_flask(folder: Path) -> Iterator[Site]:
    """Serve the demonstration: one Flask application with an extension for each procedure."""
    post = Post()
    database = folder / "flask.db"
    with PostOffice(post) as office, ExitStack() as stack:

        def make(url: str):
            app = create_demo(
                base_url=url,
                storage=f"sqlite:///{database}",
                mailer=office.url,
                mailbox=post,
                secret_keys=[KEY],
                hasher=FastHasher(),
                options=OPTIONS,
            )
            for registrar in registrars(app).values():
                stack.callback(registrar.close)
            return app

        with served(make) as url:
            yield Site(framework="flask", url=url, post=post, database=database)


@contextmanager
def in_django() -> Iterator[Site]:
    """Serve a Django project whose identity providers are on another site."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.test import override_settings
    from tests.contrib.django.project import empty

    post = Post()
    with PostOffice(post) as office, serving(identity_provider) as provider, ExitStack() as stack:
        # Another site, not only another origin: cookies of ours are not sent from there.
        other_site = provider.replace(HOST, "localhost")

        def make(url: str):
            common = {
                "mailer": office.url,
                "secret_keys": [KEY],
                "hasher": FastHasher(),
                "options": OPTIONS,
                "operator": operator_of,
                "procedures": {
                    profile.name: {
                        "profile": profile,
                        "base_url": f"{url}/{profile.name}",
                        "identity_providers": providers(other_site, profile),
                    }
                    for profile in procedures()
                },
            }
            stack.enter_context(
                override_settings(
                    ROOT_URLCONF="tests.browser.walks.django_urls",
                    ALLOWED_HOSTS=[HOST],
                    INSTALLED_APPS=[*dict.fromkeys([*settings.INSTALLED_APPS, PAGES])],
                    REGISTRAZIONE=common,
                )
            )
            elsewhere(partial(call_command, "migrate", verbosity=0))
            elsewhere(partial(empty, "default"))
            return get_wsgi_application()

        with served(make) as url:
            yield Site(
                framework="django",
                url=url,
                post=post,
                database=connections["default"].settings_dict["NAME"],
                tables="registrazione_",
            )
        elsewhere(partial(empty, "default"))


def operator_of(request):
    """Return the operator whose role the visitor plays, as the demonstration does."""
    found = OPERATORS.get(request.COOKIES.get(COOKIE, ""))
    return found[0] if found is not None else None


def identity_provider(received) -> Sent:
    """Show who may sign in; the choice is posted from here, which is another site."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(received.path).query).items()}
    if "callback" not in query:
        return Sent(b"", status=204)
    buttons = "".join(
        f'<button name="person" value="{escape(person.key)}">{escape(person.name)}</button>'
        for person in PEOPLE
    )
    page = (
        '<!doctype html><html lang="it"><title>SPID</title><body data-page="elsewhere">'
        f'<form method="post" action="{escape(query["callback"])}">'
        f'<input type="hidden" name="state" value="{escape(query["state"])}">{buttons}</form>'
    )
    return Sent(page.encode())
