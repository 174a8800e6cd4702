"""How each framework serves the six procedures."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tests.browser.walks.sites import HOST, KEY, Post, Site, elsewhere, served

from registrazione.demo.application import create_demo, played_identities, providers, registrars
from registrazione.demo.operators import COOKIE, OPERATORS
from registrazione.demo.procedures import procedures
from registrazione.stories.post_office import PostOffice
from registrazione.testing.fakes import FastHasher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from registrazione.demo.identity import PlayedIdentities

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
    with PostOffice(post) as office, ExitStack() as stack:
        played = stack.enter_context(identities_elsewhere())

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
                        "identity_providers": providers(url, profile, played),
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


@contextmanager
def identities_elsewhere() -> Iterator[PlayedIdentities]:
    """Serve the identity providers on another site, not only at another origin.

    Browsers send no cookies of ours with what is posted from there.
    """
    made = []

    def make(url: str):
        mailbox = Post()
        app = create_demo(
            base_url=url.replace(HOST, "localhost"),
            storage="memory://",
            mailer=mailbox,
            mailbox=mailbox,
            secret_keys=[KEY],
        )
        made.append(app)
        return app

    with served(make):
        yield played_identities(made[0])
