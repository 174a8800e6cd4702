"""What stands behind the question mark reaches the library byte for byte: it may be signed."""

from __future__ import annotations

import asyncio

import pytest
from flask import Flask
from starlette.requests import Request
from tests.contrib.django.browsing import project
from tests.contrib.web.vouched_for import Several
from tests.world import BASE_URL, KEY, World

from registrazione import AsyncRegistrar
from registrazione.contrib.flask import Registrazione
from registrazione.contrib.headless.messages import ApiRequest, ApiResponse
from registrazione.contrib.starlette import JsonApi

LOGOUT = "/registrazione/identity/spid/logout"
QUERIES = ["SAMLRequest=a%2fb%2Fc+d%20e&RelayState=&x", "b=2&a=1&b=%C3%A8&Signature=%3d%3D~"]


@pytest.mark.parametrize("query", QUERIES)
def test_flask(query):
    """Neither order nor case nor spelling is lost."""
    several = Several()
    app = Flask("portal")
    app.config["SECRET_KEY"] = KEY
    Registrazione(app, registrar=World(identity_providers=[several]).registrar)
    app.test_client().get(f"{LOGOUT}?{query}", base_url=BASE_URL.removesuffix("/registrazione"))
    assert several.asked[0][2] == query


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_django(query, kind):
    """By WSGI and by ASGI."""
    from django.test import AsyncClient, Client

    several = Several()
    with project(profile="unimi-external", identity_providers=[several]):
        if kind == "wsgi":
            Client().get(f"{LOGOUT}?{query}")
        else:
            asyncio.run(AsyncClient().get(f"{LOGOUT}?{query}"))
    assert several.asked[0][2] == query


@pytest.mark.parametrize("query", QUERIES)
def test_starlette(query):
    """What no page reads as text is not read as text on the way."""
    asked: list[ApiRequest] = []

    class Noting(JsonApi):
        def _api(self, registrar):
            class Noted:
                @staticmethod
                def respond(request):
                    asked.append(request)
                    return ApiResponse(status=200, headers={}, body=b"")

            return Noted()

    async def ask():
        scope = {"type": "http", "method": "GET", "path": "/x", "query_string": query.encode()}
        scope |= {"headers": [], "client": None, "server": ("a", 80), "scheme": "http"}

        async def receive():
            return {"type": "http.request", "body": b""}

        request = Request(scope, receive)
        registrar = AsyncRegistrar(World().registrar.parts)
        await Noting(registrar)._respond(request)

    asyncio.run(ask())
    assert asked[0].query == query
