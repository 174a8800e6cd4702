"""Tests of the endpoints below a Flask application and below a Django project."""

from __future__ import annotations

import json
from typing import Any

import django
import pytest
from django.test import Client, override_settings
from django.urls import include, path
from flask import Flask
from tests.contrib.django import project
from tests.world import MARIO, SECRETARIAT, World
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client as FlaskClient

from registrazione.contrib.headless import MAX_BODY, Api, wsgi_app
from registrazione.contrib.headless import django as django_api

assert project
django.setup()

urlpatterns: list[Any] = []
"""Paths of the project below; each test puts its own here."""


@pytest.fixture(scope="module")
def world() -> World:
    return World("mim-students")


@pytest.fixture
def flask(world):
    """Return a client of a Flask application with the endpoints at ``/api``."""
    app = Flask("portal")
    app.add_url_rule("/", view_func=lambda: "the portal's own page")

    def operator(environ: dict[str, Any]) -> Any:
        return SECRETARIAT if environ.get("HTTP_X_DESK") == "1" else None

    endpoints = wsgi_app(Api(world.registrar), operator=operator)
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/api": endpoints})
    return app.test_client()


@pytest.fixture
def django_client(world):
    """Return a client of a Django project with the endpoints at ``/api/``."""
    api = Api(world.registrar)

    def operator(request: Any) -> Any:
        return SECRETARIAT if request.headers.get("X-Desk") == "1" else None

    mine = django_api.urlpatterns(lambda: api, operator=operator)
    urlpatterns[:] = [path("api/", include(mine))]
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        yield Client(enforce_csrf_checks=True)


def test_flask_keeps_its_own_pages(flask):
    """The endpoints stand beside what the application has already."""
    assert flask.get("/").text == "the portal's own page"
    begun = flask.post("/api/begin", json={"language": "en"})
    assert (begun.status_code, begun.json["next"]) == (200, "acknowledge_notice")
    assert begun.headers["Cache-Control"] == "no-store"
    described = flask.get("/api/openapi.json").json
    assert described["servers"] == [{"url": "/api"}]


def test_flask_hands_over_headers_origin_and_query(flask, world):
    """Language, session, operator, origin and parameters arrive."""
    ended = flask.get("/api/me", headers={"Accept-Language": "en", "Authorization": "Bearer x"})
    assert ended.json["title"] == "Your session has ended: sign in again."
    account = world.confirmed().account
    body = {"account_id": account.id}
    assert flask.post("/api/approve", json=body).status_code == 403
    assert flask.post("/api/approve", json=body, headers={"X-Desk": "1"}).status_code == 200
    assert flask.post("/api/begin", data=b"", environ_base={"REMOTE_ADDR": ""}).status_code == 200


def test_flask_reads_no_more_than_is_looked_at(flask):
    """A body without end, or with a length that is none, costs nothing."""
    long = flask.post("/api/begin", data=b"x" * (MAX_BODY + 9), content_type="application/json")
    assert long.status_code == 413
    odd = flask.post("/api/begin", environ_overrides={"CONTENT_LENGTH": "-1"})
    assert odd.status_code == 200


def test_flask_answers_head_without_a_body(flask):
    """The head is that of the response to GET (RFC 9110, 9.3.2)."""
    head, get = flask.head("/api/procedure"), flask.get("/api/procedure")
    assert head.data == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_nobody_is_an_operator_unless_the_host_says_so(world):
    """Both adapters know none by themselves."""
    api = Api(world.registrar)
    body = {"account_id": "somebody"}
    refused = FlaskClient(wsgi_app(api)).post("/approve", json=body)
    assert (refused.status_code, refused.json["faults"][0]["code"]) == (403, "operator.unknown")
    urlpatterns[:] = django_api.urlpatterns(lambda: api)
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        answered = Client().post("/approve", body, content_type="application/json")
    assert answered.json() == refused.json


def test_django_serves_the_same(django_client):
    """The endpoints stand below a path of the project, without its check of forms."""
    begun = django_client.post("/api/begin", {"language": "en"}, content_type="application/json")
    assert (begun.status_code, begun.json()["next"]) == (200, "acknowledge_notice")
    assert begun.headers["X-Content-Type-Options"] == "nosniff"
    assert django_client.get("/api/openapi.json").json()["servers"] == [{"url": "/api"}]
    assert django_client.get("/api/nowhere").status_code == 404


def test_django_hands_over_headers_and_operator(django_client, world):
    """Language, session and operator arrive."""
    headers = {"Accept-Language": "en", "Authorization": "Bearer x"}
    ended = django_client.get("/api/me", headers=headers)
    assert ended.json()["title"] == "Your session has ended: sign in again."
    account = world.confirmed(person=MARIO).account
    body = {"account_id": account.id}
    sent = {"data": json.dumps(body), "content_type": "application/json"}
    assert django_client.post("/api/approve", **sent).status_code == 403
    refused = django_client.post("/api/approve", **sent, headers={"X-Desk": "1"})
    assert refused.status_code in {200, 409}
