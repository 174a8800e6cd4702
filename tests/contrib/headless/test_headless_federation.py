"""What clients ask of identity providers, before and after the answer that a person brings."""

from __future__ import annotations

import asyncio
import json
import warnings
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.contrib.headless.json_client import JsonClient
from tests.contrib.web.vouched_for import Several, Silent
from tests.world import BASE_URL, MARIO, World

from registrazione import AsyncRegistrar
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.contrib.headless import Api, ApiRequest, AsyncApi
from registrazione.contrib.starlette import JsonApi
from registrazione.ports import Ending
from registrazione.profiles import load

with warnings.catch_warnings():
    # The test client takes httpx, and would rather have httpx2.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

LOGO = "https://a.example/logo.svg"
APP = "https://app.example/back"


class Awaited:
    """The endpoints of an awaitable registrar, for code that waits."""

    def __init__(self, registrar, **more):
        self.api = AsyncApi(AsyncRegistrar(registrar.parts), **more)

    def respond(self, request):
        """Return the response."""
        return asyncio.run(self.api.respond(request))


@pytest.fixture(params=[Api, Awaited], ids=["blocking", "awaited"])
def kind(request):
    """Either of the two."""
    return request.param


@pytest.fixture
def several():
    """A provider behind whose button there are two services."""
    return Several("a", "b", logos={"a": LOGO})


@pytest.fixture
def world(several):
    """A procedure with it."""
    return World("unimi-external", identity_providers=[several])


@pytest.fixture
def client(kind, world):
    """A client of its endpoints."""
    return JsonClient(kind(world.registrar))


def signed_in(client, there="there-1", **more):
    """Sign in with the answer that a browser brought; return what is said."""
    begun = client("POST", "/start_sign_in_with", {"provider": "spid", "choice": "a"}).content
    answer = {"person": MARIO.username, "nonce": begun["state"], "there": there}
    return client("POST", "/sign_in_with", {"provider": "spid", "response": answer, **more})


@pytest.mark.requirement("MIM-08", "UNI-02")
def test_a_client_lists_the_services_and_starts_with_one(client):
    """Name, title and picture; then the way there, with a state of the client's to keep."""
    listed = client("GET", "/identity_choices", query="provider=spid")
    assert listed.content == {
        "choices": [
            {"name": "a", "title": "A", "logo": LOGO},
            {"name": "b", "title": "B", "logo": ""},
        ]
    }
    body = {"provider": "spid", "choice": "b"}
    begun = [client("POST", "/start_sign_in_with", body).content for _ in range(2)]
    query = parse_qs(urlsplit(begun[0]["url"]).query)

    assert query["at"] == ["b"]
    assert query["state"] == [begun[0]["state"]]
    assert query["callback"] == [f"{BASE_URL}/identity/spid/callback"]
    assert begun[0]["fields"] == {}
    assert len(begun[0]["state"]) == 32
    assert begun[0]["state"] != begun[1]["state"]


@pytest.mark.requirement("MIM-06", "UNI-02")
def test_a_person_signs_in_and_looks(client):
    """The answer brings a session, or a ticket; with either the client looks how things stand."""
    said = signed_in(client).content
    assert said["next"] == "use_services"
    assert said["account"]["sources"]["surname"] == "spid"
    bearer = {"authorization": f"Bearer {said['session']}"}
    looked = client("POST", "/look", {}, headers=bearer).content
    assert looked["account"]["codice_fiscale"] == MARIO.cf
    assert looked == client("GET", "/me", headers=bearer).content


def test_who_holds_a_ticket_looks_at_what_is_waited_for(kind):
    """Without a session; strangers' answers hold no more than before."""
    world = World("unimi-external")
    client = JsonClient(kind(world.registrar))
    ticket = world.confirmed().ticket
    looked = client("POST", "/look", {"ticket": ticket})

    assert (looked.status, looked.content["next"]) == (200, "open_link")
    assert set(looked.content["account"]) == {"id", "state", "email"}
    assert "…" in looked.content["account"]["email"]
    for body, status in (({"ticket": "x"}, 400), ({"ticket": 1}, 422), ({}, 401), ([], 400)):
        assert client("POST", "/look", body).status == status


def test_the_session_at_a_provider_is_handed_out_sealed(client, several):
    """Nobody reads it, and nobody else's can be put in its place."""
    said = signed_in(client).content
    assert "there-1" not in json.dumps(said)
    body = {"provider_session": said["provider_session"]}
    way = client("POST", "/start_sign_out_with", body).content

    assert several.asked == [("leave", "there-1")]
    assert way == {
        "url": f"https://idp.example/slo?s=there-1&state={way['state']}",
        "fields": {},
        "state": way["state"],
    }
    forged = client("POST", "/start_sign_out_with", {"provider_session": "there-1"})
    assert (forged.status, forged.content["faults"][0]["code"]) == (400, "token.invalid")
    assert forged.content["faults"][0]["pointer"] == "#/provider_session"


def test_a_form_is_handed_out_field_by_field(client, several):
    """As SAML's POST binding wants it; and nothing where nothing goes on."""
    several.posts = True
    body = {"provider_session": signed_in(client).content["provider_session"]}
    way = client("POST", "/start_sign_out_with", body).content
    assert way["url"] == "https://idp.example/slo"
    assert way["fields"] == {"SAMLRequest": "there-1", "RelayState": way["state"]}

    body = {"provider_session": signed_in(client, there="over").content["provider_session"]}
    assert client("POST", "/start_sign_out_with", body).content["url"] is None
    assert "provider_session" not in signed_in(client, there="").content


@pytest.mark.parametrize(
    ("sessions", "ends"), [("there-1", True), ("x there-1", True), ("x", False)]
)
def test_a_provider_asks_to_end_a_session(client, several, sessions, ends):
    """Whether it is this client's; the reply goes back in any case, the query comes as it was."""
    sealed = signed_in(client).content["provider_session"]
    message = {"sessions": sessions, "reply": "https://idp.example/reply"}
    body = {"provider": "spid", "message": message, "query": "a=%2f&b", "provider_session": sealed}
    said = client("POST", "/end_sessions_with", body).content

    assert said == {
        "asks": True,
        "ends": ends,
        "reply": {"url": "https://idp.example/reply", "fields": {}},
    }
    assert several.asked[-1] == ("ended", message, "a=%2f&b")


@pytest.mark.requirement("MIM-42")
def test_a_provider_ends_a_session_whoever_brings_the_message(client):
    """Its own machine knows nothing of what the client keeps; the next request finds it ended."""
    said = signed_in(client).content
    bearer = {"authorization": f"Bearer {said['session']}"}
    assert client("GET", "/me", headers=bearer).status == 200
    told = {"provider": "spid", "message": {"logout_token": "a.b.c", "sessions": "there-1"}}
    ended = client("POST", "/end_sessions_with", told)

    assert (ended.status, ended.content) == (200, {"asks": True, "ends": False, "reply": None})
    looked = client("GET", "/me", headers=bearer)
    assert (looked.status, looked.content["faults"][0]["code"]) == (401, "session.ended")


@pytest.mark.requirement("MIM-42")
def test_a_provider_ends_all_sessions_of_somebody(client, several, monkeypatch):
    """It names the person alone, and asks for something all the same."""
    said = signed_in(client).content
    identity = MARIO.vouched("spid").identity
    monkeypatch.setattr(several, "ended", lambda *_: Ending(identity=identity))
    ended = client("POST", "/end_sessions_with", {"provider": "spid", "message": {}})

    assert ended.content == {"asks": True, "ends": False, "reply": None}
    bearer = {"authorization": f"Bearer {said['session']}"}
    assert client("GET", "/me", headers=bearer).status == 401


def test_a_provider_says_that_its_own_session_has_ended(client):
    """Nothing is asked, nothing ends, and there is nobody to reply to."""
    said = client("POST", "/end_sessions_with", {"provider": "spid", "message": {"state": "s"}})
    assert said.content == {"asks": False, "ends": False, "reply": None}


@pytest.mark.parametrize(
    ("path", "body", "status", "found"),
    [
        ("/start_sign_in_with", {}, 422, ("input.missing", "#/provider")),
        (
            "/start_sign_in_with",
            {"provider": "cie"},
            404,
            ("identity.unknown_provider", "#/provider"),
        ),
        (
            "/start_sign_in_with",
            {"provider": "spid", "choice": "c"},
            503,
            ("identity.unavailable", None),
        ),
        (
            "/start_sign_in_with",
            {"provider": "spid", "callback_url": f"{APP}/../x"},
            422,
            ("input.choice", "#/callback_url"),
        ),
        (
            "/end_sessions_with",
            {"provider": "spid", "message": {"bad": ""}},
            422,
            ("identity.invalid", None),
        ),
        (
            "/end_sessions_with",
            {"provider": "spid", "message": {"a": "\ud800"}},
            422,
            ("input.malformed", "#/message"),
        ),
        (
            "/end_sessions_with",
            {"provider": "spid", "message": {"a": 1}},
            422,
            ("input.malformed", "#/message"),
        ),
        (
            "/end_sessions_with",
            {"provider": "spid", "message": "a"},
            422,
            ("input.malformed", "#/message"),
        ),
        (
            "/end_sessions_with",
            {"provider": "spid", "message": {}, "query": "è"},
            422,
            ("input.malformed", "#/query"),
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(client, path, body, status, found):
    """The same codes as everywhere, and the same shape."""
    refused = client("POST", path, body)
    (fault,) = refused.content["faults"]
    assert (refused.status, (fault["code"], fault["pointer"])) == (status, found)


def test_what_is_no_json_is_refused(client):
    """As for every command."""
    for path in ("/start_sign_in_with", "/look"):
        assert client("POST", path, []).status == 400
        assert client("GET", path).headers["Allow"] == "POST"
        sent = ApiRequest(method="POST", path=path, body=b"{}", headers={"content-type": "a/b"})
        assert client.sent(sent).status == 415
        assert client.sent(ApiRequest(method="POST", path=path, body=b"x" * 200_000)).status == 413
    missing = client("GET", "/identity_choices")
    assert (missing.status, missing.content["faults"][0]["code"]) == (422, "input.missing")
    assert client("GET", "/identity_choices", query="provider=x").status == 404


def test_answers_come_where_the_host_says(kind, world):
    """An address that is only alike is refused: it may be somebody else's."""
    client = JsonClient(kind(world.registrar, callback_urls=[APP, f"{APP}/2"]))

    def callback(**more):
        said = client("POST", "/start_sign_in_with", {"provider": "spid", "choice": "a", **more})
        return parse_qs(urlsplit(said.content.get("url") or "").query).get("callback")

    assert callback() == [APP]
    assert callback(callback_url=f"{APP}/2") == [f"{APP}/2"]
    assert callback(callback_url=f"{APP}/3") is None
    assert callback(callback_url=f"{BASE_URL}/identity/spid/callback") is None


def test_a_provider_that_the_host_leads_to_has_no_way(kind):
    """Said as such, and no error."""
    world = World("unimi-external", identity_providers=[Silent("spid")])
    said = JsonClient(kind(world.registrar))("POST", "/start_sign_in_with", {"provider": "spid"})
    assert (said.status, said.content["url"]) == (200, None)


def test_what_a_provider_publishes_is_served_byte_for_byte(kind, several, world):
    """With its own type, and to be kept for a short while."""
    api = kind(world.registrar)
    for path in ("metadata", ".well-known/openid-federation"):
        for method in ("GET", "HEAD"):
            sent = api.respond(ApiRequest(method=method, path=f"/identity/spid/{path}"))
            assert (sent.status, sent.body) == (200, path.encode())
        assert sent.headers["Cache-Control"] == "public, max-age=300"
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert api.respond(ApiRequest(method="POST", path="/identity/spid/metadata")).status == 405
    several.fails.add("document")
    gone = {"/identity/spid/metadata": 503, "/identity/cie/metadata": 404, "/identity/spid": 404}
    for path, status in gone.items():
        assert api.respond(ApiRequest(method="GET", path=path)).status == status
    several.fails.clear()
    assert api.respond(ApiRequest(method="GET", path="/identity/spid/other")).status == 404


@pytest.mark.parametrize(
    ("query", "status", "kept"),
    [("sub=a%2fb", 200, "public, max-age=300"), ("", 404, "no-store")],
)
def test_what_a_provider_is_asked_is_answered_byte_for_byte(query, status, kept, kind, world):
    """The query as it came, the status as it is; an error is kept by nobody."""
    request = ApiRequest(method="GET", path="/identity/spid/resolve", query=query)
    sent = kind(world.registrar).respond(request)

    assert (sent.status, sent.body) == (status, query.encode())
    assert sent.headers["Cache-Control"] == kept


def test_a_provider_that_is_not_set_up_is_not_offered():
    """A client sees in the procedure's data and in the document what there is, and no more."""
    world = World("iscrizioni-online", identity_providers=[ScriptedProvider("spid", {})])
    client = JsonClient(Api(world.registrar))

    assert client("GET", "/procedure").content["providers"] == ["spid"]
    assert '"cie"' not in json.dumps(client("GET", "/openapi.json").content)


def test_a_procedure_without_providers_has_none_of_it():
    """Neither path nor description."""
    api = Api(World("istanze-online").registrar)
    assert load("istanze-online").federation.providers == ()
    for path in ("/identity_choices", "/identity/spid/metadata"):
        assert api.respond(ApiRequest(method="GET", path=path)).status == 404
    described = json.loads(api.respond(ApiRequest(method="GET", path="/openapi.json")).body)
    assert not [path for path in described["paths"] if path.startswith("/identity")]
    assert "/look" in described["paths"]


def test_starlette_serves_it_below_a_path(several, world):
    """Query, callback and documents arrive, with either registrar."""
    for registrar in (world.registrar, AsyncRegistrar(world.registrar.parts)):
        mounted = JsonApi(registrar, callback_urls=[APP])
        client = TestClient(Starlette(routes=[Mount("/api", mounted)]))
        assert client.get("/api/identity/spid/.well-known/openid-federation").status_code == 200
        assert len(client.get("/api/identity_choices?provider=spid").json()["choices"]) == 2
        begun = client.post("/api/start_sign_in_with", json={"provider": "spid", "choice": "a"})
        assert parse_qs(urlsplit(begun.json()["url"]).query)["callback"] == [APP]
