"""A visitor whose requests go through a framework, to two SPID services, and back."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from html import unescape
from types import SimpleNamespace

import attrs
from flask import Flask
from tests.contrib.web.browserless import Visitor
from tests.world import BASE_URL, BEGINNINGS, KEY, NOON, World

from registrazione.adapters.saml import MetadataText, SamlProvider
from registrazione.adapters.saml.logout import LogoutParty
from registrazione.adapters.saml.metadata import Contact, Description, Organization
from registrazione.adapters.saml.metadata_reading import TrustedProvider
from registrazione.contrib.flask import Registrazione
from registrazione.contrib.web.exchange import Send, Show, WebReply, WebRequest
from registrazione.testing.fakes import ManualClock
from registrazione.testing.outbox import Outbox
from registrazione.testing.saml_idp import SamlIdp, key_for

HOST = "https://example.it"
ENTITY_ID = f"{BASE_URL}/identity/spid/metadata"
CALLBACK = f"{BASE_URL}/identity/spid/callback"


class Through:
    """A site that is reached by a framework alone: what a page is, it notes on the way.

    Args:
        site: The framework's own.
        send: Sends method, address, form and cookies by the framework; returns the response.
        token: Name of the framework's field against forged forms.
    """

    def __init__(self, site, send, token):
        self.setup, self.registrar, self.routes = site.setup, site.registrar, site.routes
        self._site, self._send, self._token = site, send, token
        self._drawn = ""

    def respond(self, request: WebRequest) -> WebReply:
        """Return what the site replied, once the framework has sent it as well."""
        noted: list[WebReply] = []
        inner = type(self._site).respond

        def respond(asked: WebRequest) -> WebReply:
            noted.append(inner(self._site, asked))
            return noted[-1]

        self._site.respond = respond
        form = {name: values[-1] for name, values in request.form.items()}
        mark = f'name="{self._token}" value="'
        if request.method == "POST" and mark in self._drawn:
            form[self._token] = unescape(self._drawn.split(mark)[1].split('"')[0])
        query = request.raw_query and f"?{request.raw_query}"
        path = f"{self.setup.base}{request.path}{query}"
        stranger = self._site.is_foreign(request.path) and not request.cookies
        response = self._send(request.method, path, form, stranger=stranger)
        del self._site.respond
        (reply,) = noted
        self._check(reply, response)
        return reply

    def _check(self, reply, response):
        assert response.status_code == reply.status
        if isinstance(reply.outcome, Show):
            self._drawn = response.text
            assert f"<h1>{reply.outcome.page.title}</h1>" in unescape(response.text)
        if isinstance(reply.outcome, Send):
            assert response.content == reply.outcome.body
            assert not response.set_cookies


class Browsers:
    """One browser with the framework's cookies, and one without for what other sites post."""

    def __init__(self, make):
        self._make, self._own = make, make()

    def __call__(self, method, path, form, *, stranger):
        client = self._make() if stranger and method == "POST" else self._own
        return client(method, path, form)


@contextmanager
def in_flask(world):
    """Yield the pages of a world's registrar in a Flask application."""
    app = Flask("portal")
    app.config["SECRET_KEY"] = KEY
    Registrazione(app, registrar=world.registrar, services={})

    def browser():
        client = app.test_client()

        def send(method, path, form):
            response = client.open(path, method=method, data=form or None, base_url=HOST)
            return SimpleNamespace(
                status_code=response.status_code,
                text=response.text,
                content=response.data,
                set_cookies=response.headers.getlist("Set-Cookie"),
            )

        return send

    yield Through(app.extensions["registrazione"].site, Browsers(browser), "csrf_token")


@contextmanager
def in_django(world):
    """Yield the same pages in a Django project, whose check of forms is on."""
    from django.test import Client, override_settings
    from tests.contrib.django.browsing import PAGES
    from tests.contrib.django.project import settings

    from registrazione.contrib.django.conf import get_registrar
    from registrazione.contrib.django.pages import get_site

    def browser():
        client = Client(enforce_csrf_checks=True, SERVER_NAME="example.it")

        def send(method, path, form):
            way = client.post if method == "POST" else client.get
            response = way(path, form or None, secure=True, headers={"referer": f"{HOST}/"})
            response.text, response.set_cookies = response.content.decode(), response.cookies
            return response

        return send

    overridden = override_settings(
        ALLOWED_HOSTS=["testserver", "example.it"],
        INSTALLED_APPS=list(dict.fromkeys([*settings.INSTALLED_APPS, PAGES])),
        ROOT_URLCONF="tests.contrib.django.pages_urls",
        REGISTRAZIONE={**world.settings, "users": False},
    )
    with overridden:
        world.registrar = get_registrar()
        yield Through(get_site(), Browsers(browser), "csrfmiddlewaretoken")


FRAMEWORKS = {"flask": in_flask, "django": in_django}


@attrs.frozen
class Spid:
    """SPID as a visitor meets it: two services, of which one answers what it is told to.

    Args:
        services: Each with its keys.
    """

    services: tuple[SamlIdp, ...]

    def answer(self, visitor, person, service=0):
        """Sign in at a service, where the browser has just been sent; come back with the answer."""
        idp = self.services[service]
        asked = idp.read(outgoing_of(visitor), CALLBACK)
        told = {"session_index": "_a-session", "name_id": "_somebody"}
        draft = attrs.evolve(idp.draft(asked, person), **told)
        return self.brought(visitor, idp.answer(draft))

    def refusal(self, visitor, number, service=0):
        """Come back with an anomaly of SPID's table."""
        idp = self.services[service]
        asked = idp.read(outgoing_of(visitor), CALLBACK)
        return self.brought(visitor, idp.refusal(asked, number))

    def party(self, service, binding):
        """Return a service as one side of the messages about the end of sessions."""
        idp = self.services[service]
        us = TrustedProvider(
            entity_id=ENTITY_ID,
            sign_on={},
            logout={binding: f"{BASE_URL}/identity/spid/logout"},
            certificates=(key_for("service").certificate,),
        )
        return LogoutParty(
            entity_id=idp.entity_id,
            logout_url=f"{idp.entity_id}/slo",
            keys=(idp.key,),
            providers={us.entity_id: us},
        )

    @staticmethod
    def brought(visitor, fields, path="/identity/spid/callback"):
        """Post from the service's site: our cookies stay at home, and the page posts it again."""
        jar, visitor.jar = visitor.jar, {}
        visitor.post(path, fields)
        assert visitor.name in {"identity.back", "identity.out_back"}
        visitor.jar = jar
        return visitor.submit()


def outgoing_of(visitor):
    """Return where the page that is shown leads."""
    form = visitor.form()
    return SimpleNamespace(url=form.action, fields=form.hidden)


@contextmanager
def spid_in(framework, profile, **more):
    """Yield a visitor of a procedure's pages in a framework, and SPID.

    Args:
        framework: ``flask`` or ``django``.
        profile: The procedure, or its name.
        more: Arguments of the provider.
    """
    clock = ManualClock(BEGINNINGS.get(getattr(profile, "name", profile), NOON))
    services = tuple(SamlIdp(f"https://{name}.example", clock) for name in ("aruba", "poste"))
    provider = SamlProvider(
        name="spid",
        profile="spid-public",
        entity_id=ENTITY_ID,
        callback_url=CALLBACK,
        keys=[key_for("service")],
        identity_providers=MetadataText(
            documents=tuple(idp.metadata() for idp in services), clock=clock
        ),
        clock=clock,
        description=Description(
            organization=Organization(name="Ente", display_name="Ente", url=HOST),
            contact=Contact(email="spid@ente.example", ipa_code="ente"),
        ),
        **more,
    )
    outbox = Outbox()
    world = World(profile, mailer=outbox, identity_providers=[provider], clock=clock)
    world.clock, world.mailer = clock, outbox
    outbox.watch(world.registrar)
    with ExitStack() as stack:
        visitor = Visitor(stack.enter_context(FRAMEWORKS[framework](world)))
        visitor.world, visitor.outbox = world, outbox
        yield visitor, Spid(services)


def choose(visitor, title, query=""):
    """Press the button, and then choose a service by its title."""
    visitor.get(f"/identity/spid{query}")
    assert visitor.name == "identity.choose", visitor.said
    visitor.get(visitor.links[title])
    assert visitor.name == "identity.leave"
    return visitor
