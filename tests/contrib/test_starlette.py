"""Tests of the endpoints under Starlette, and of what its applications get besides."""

from __future__ import annotations

import asyncio
import threading
import warnings
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from tests.world import MARIO, SECRETARIAT, World

from registrazione import AsyncRegistrar, Refusal, Registrar
from registrazione.contrib.headless import MAX_BODY
from registrazione.contrib.starlette import (
    JsonApi,
    current_account,
    lifespan,
    refused,
    registrar_of,
    signed_in,
)
from registrazione.testing.fakes import FastHasher

with warnings.catch_warnings():
    # The test client takes httpx, and would rather have httpx2.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PHRASE = "correct horse battery staple"


async def mine(request: Request) -> JSONResponse:
    """A route of the application itself, for holders only."""
    account = await current_account(request)
    return JSONResponse({"email": account.email})


async def whose(request: Request) -> JSONResponse:
    """Another one, which tells what is next."""
    answer = await signed_in(request)
    return JSONResponse({"next": answer.next, "profile": registrar_of(request).profile.name})


def portal(world: World, kind: Any, **more: Any) -> Starlette:
    """Return an application with the endpoints and routes of its own."""
    return Starlette(
        routes=[
            Route("/mine", mine),
            Route("/whose", whose),
            Mount("/api", JsonApi(**more)),
        ],
        lifespan=lifespan(lambda: kind.open(**world.settings)),
        exception_handlers={Refusal: refused},
    )


@pytest.fixture(params=[Registrar, AsyncRegistrar], ids=["blocking", "awaited"])
def kind(request):
    """Return each kind of registrar."""
    return request.param


def test_a_holder_gets_to_the_routes_of_the_application(kind):
    """The session that the endpoints hand out opens what the application protects with it."""
    world = World("standard")
    world.active()
    with TestClient(portal(world, kind)) as client:
        assert client.get("/mine").status_code == 401
        typed = {"username": MARIO.email(), "password": PHRASE}
        session = client.post("/api/sign_in", json=typed).json()["session"]
        headers = {"Authorization": f"Bearer {session}", "Accept-Language": "en"}
        assert client.get("/mine", headers=headers).json() == {"email": MARIO.email()}
        assert client.get("/whose", headers=headers).json() == {
            "next": "use_services",
            "profile": "standard",
        }
        client.post("/api/sign_out", json={}, headers=headers)
        ended = client.get("/mine", headers=headers)
        assert ended.headers["content-type"] == "application/problem+json"
        assert ended.json()["title"] == "Your session has ended: sign in again."


@pytest.mark.requirement("MIM-27")
def test_an_assigned_password_opens_nothing_yet(kind):
    """Until it is changed, the application's own routes stay closed."""
    world = World("mim-students")
    account = world.active()
    temporary = world.first_password(account)
    with TestClient(portal(world, kind)) as client:
        typed = {"username": account.username, "password": temporary}
        session = client.post("/api/sign_in", json=typed).json()["session"]
        refused_with = client.get("/mine", headers={"Authorization": f"Bearer {session}"})
        assert refused_with.status_code == 403
        assert refused_with.json()["faults"][0]["code"] == "password.change_required"


def test_the_host_says_who_operates_and_from_where(kind):
    """Both are callables; who operates may have to be awaited."""
    world = World("mim-students")
    account = world.confirmed().account
    origins: list[str] = []

    async def operator(request: Request) -> Any:
        return SECRETARIAT if request.headers.get("x-desk") == "1" else None

    def origin(request: Request) -> str:
        origins.append(request.url.path)
        return "192.0.2.1"

    with TestClient(portal(world, kind, operator=operator, origin=origin)) as client:
        body = {"account_id": account.id}
        assert client.post("/api/approve", json=body).status_code == 403
        approved = client.post("/api/approve", json=body, headers={"x-desk": "1"})
        assert approved.json()["next"] == "read_mail"
    assert origins == ["/api/approve"] * 2


def test_a_registrar_of_ones_own_may_be_handed_over(kind):
    """Without the lifespan, an application mounts the endpoints of what it opened itself."""
    world = World("standard")
    api = JsonApi(kind.open(**world.settings))
    client = TestClient(Starlette(routes=[Mount("/api", api)]))
    assert client.get("/api/openapi.json").json()["servers"] == [{"url": "/api"}]
    assert client.get("/api/procedure").json()["name"] == "standard"
    at_root = TestClient(api)
    assert at_root.post("/begin").json()["next"] == "fill"
    long = at_root.post("/begin", content=b"x" * (2 * MAX_BODY))
    assert long.status_code == 413


def test_a_new_registrar_gets_endpoints_of_its_own():
    """An application that is started again asks the registrar of that time."""
    app = portal(World("standard"), Registrar)
    for _ in range(2):
        with TestClient(app) as client:
            assert client.post("/api/begin").status_code == 200


def test_the_handler_is_for_refusals():
    """Registered for another exception it says so, instead of answering something else."""
    request = Request({"type": "http", "headers": []})
    with pytest.raises(TypeError, match="refusals only"):
        asyncio.run(refused(request, ValueError()))


def test_without_a_client_there_is_no_origin():
    """A server that knows no address, such as one behind a socket file, is no error."""
    api = JsonApi(World("standard").registrar)
    seen: list[Any] = []

    async def ask() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            seen.append(message)

        scope = {"type": "http", "method": "POST", "path": "/begin", "headers": [], "client": None}
        await api({**scope, "query_string": b"", "server": ("testserver", 80)}, receive, send)

    asyncio.run(ask())
    assert seen[0]["status"] == 200


class Slow(FastHasher):
    """A hasher that works until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.go_on = threading.Event()

    def verify(self, *arguments: Any) -> bool:
        self.began.set()
        assert self.go_on.wait(30)
        return super().verify(*arguments)


def test_a_slow_sign_in_holds_nobody_up(kind):
    """While one request computes a hash, another one on the same event loop is answered.

    The hash goes on only after the other answer is there: were the loop blocked, none would come.
    """
    world = World("standard")
    world.active()
    world.settings["hasher"] = slow = Slow()
    api = JsonApi(kind.open(**world.settings))

    async def both() -> tuple[int, int]:
        import httpx

        transport = httpx.ASGITransport(app=api)
        async with httpx.AsyncClient(transport=transport, base_url="https://testserver") as client:
            typed = {"username": MARIO.email(), "password": PHRASE}
            slow_one = asyncio.create_task(client.post("/sign_in", json=typed))
            assert await asyncio.to_thread(slow.began.wait, 30)
            other = await client.post("/begin", json={})
            assert not slow_one.done()
            slow.go_on.set()
            return other.status_code, (await slow_one).status_code

    assert asyncio.run(both()) == (200, 200)
