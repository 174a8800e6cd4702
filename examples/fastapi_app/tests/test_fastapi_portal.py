"""Tests of the portal: from the first page to its own route, as its users would come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fastapi_portal import app

PHRASE = "tre gatti sul tetto di latta"
FORM = {"name": "Maria", "surname": "Bianchi", "email": "maria@example.it"}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Start the portal, with everything in memory."""
    monkeypatch.setenv("PORTAL_SECRET_KEYS", "k" * 40)
    monkeypatch.setenv("PORTAL_STORAGE", "memory://")
    monkeypatch.setenv("PORTAL_MAILER", "memory://")
    with TestClient(app) as started:
        yield started


def post(client: TestClient, command: str, **body: object) -> dict[str, Any]:
    """Ask for a command below the place where the endpoints are mounted."""
    response = client.post(f"/registrazione/{command}", json=body)
    assert response.is_success, response.text
    return response.json()


def mailed_token(client: TestClient) -> str:
    """Deliver the letters, and return what the link of the last one carries."""
    registrar = client.app_state["registrazione"]
    client.portal.call(registrar.deliver_outbox)
    text = registrar.parts.mailer.sent[-1].message.get_body(("plain",)).get_content()
    found = re.search(r"/activate/(\S+)", text)
    assert found is not None
    return found[1]


def test_whoever_registers_is_greeted(client: TestClient) -> None:
    """The account that comes out of the endpoints opens the portal's own route."""
    draft = post(client, "begin")["draft"]
    draft = post(client, "fill", draft=draft, values=FORM, consents=["privacy"])["draft"]
    assert post(client, "confirm", draft=draft)["next"] == "open_link"
    token = mailed_token(client)
    post(client, "activate", token=token, password=PHRASE, password_again=PHRASE)
    session = post(client, "sign_in", username=FORM["email"], password=PHRASE)["session"]
    greeted = client.get("/greeting", headers={"Authorization": f"Bearer {session}"})
    assert greeted.json() == {"greeting": "Buongiorno, Maria!"}


def test_a_stranger_is_refused(client: TestClient) -> None:
    """Without a session the route answers as the endpoints do."""
    refused = client.get("/greeting")
    assert refused.is_client_error
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["faults"][0]["code"] == "session.ended"
