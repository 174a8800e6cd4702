"""The library's JSON endpoints under Starlette, on its SQL store: no pages."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpx
import measuring
from ours import FORM, link_in, mailer, settings

from registrazione import AsyncRegistrar
from registrazione.contrib.starlette import JsonApi

loop = asyncio.new_event_loop()


async def opened() -> AsyncRegistrar:
    """Open the registrar where it is used."""
    return AsyncRegistrar.open(
        **settings(
            storage=f"sqlite:///{measuring.FOLDER / 'site.db'}",
            secret_keys=["of the benchmark, and of nobody else in this world"],
        )
    )


registrar = loop.run_until_complete(opened())
client = httpx.AsyncClient(
    transport=httpx.ASGITransport(JsonApi(registrar)), base_url="http://testserver"
)


def post(path: str, **body: object) -> Any:
    """Send a request; return what is answered."""
    response = loop.run_until_complete(client.post(path, json=body))
    assert response.is_success, response.text
    return response.json()


def sign_up(number: int) -> None:
    """Register, and deliver the letter."""
    draft = post("/begin")["draft"]
    values = {name: FORM[name] for name in ("name", "surname")}
    values["email"] = measuring.address(number)
    draft = post("/fill", draft=draft, values=values, consents=["privacy"])["draft"]
    post("/confirm", draft=draft)
    loop.run_until_complete(registrar.deliver_outbox())


def confirm(_number: int) -> None:
    """Hand the token in, with the password."""
    token = link_in(mailer).rpartition("/")[2]
    post("/activate", token=token, password=measuring.PASSWORD, password_again=measuring.PASSWORD)


def sign_in(number: int) -> None:
    """Sign in."""
    answer = post("/sign_in", username=measuring.address(number), password=measuring.PASSWORD)
    assert answer["session"]


with contextlib.closing(loop):
    measuring.main({"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in})
