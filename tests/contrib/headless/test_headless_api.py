"""Tests of the endpoints: whatever is sent, of HTTP and of the procedure, with both registrars."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.contrib.headless.json_client import JsonClient
from tests.world import ANNA, MARIO, SECRETARIAT, World

from registrazione import AsyncRegistrar
from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.headless import MAX_BODY, Api, ApiRequest, ApiResponse, AsyncApi
from registrazione.contrib.headless.answers import account_to_json, masked
from registrazione.profiles import NAMES


class Blocking:
    """Endpoints that are awaited for a test that blocks."""

    def __init__(self, world: World) -> None:
        self.api = AsyncApi(AsyncRegistrar.open(**world.settings))

    def respond(self, request: ApiRequest) -> ApiResponse:
        return asyncio.run(self.api.respond(request))


@pytest.fixture(params=["blocking", "awaited"])
def opened(request):
    """Return what makes a client of a world, for each of the two registrars."""

    def opens(world: World) -> JsonClient:
        awaited = request.param == "awaited"
        return JsonClient(Blocking(world) if awaited else Api(world.registrar))

    return opens


def bearer(session: str) -> dict[str, Any]:
    return {"headers": {"authorization": f"Bearer {session}"}}


def test_a_registration_through_json(opened):
    """From the first page to one's own account, with nothing but JSON and the mailbox."""
    world = World("standard")
    client = opened(world)
    form = {"name": "Mario", "surname": "Rossi", "email": MARIO.email()}
    draft = client("POST", "/begin", {"language": "en"}).content["draft"]
    filled = client("POST", "/fill", {"draft": draft, "values": form, "consents": ["privacy"]})
    assert filled.content["form"] == {
        "step": None,
        "number": 1,
        "total": 1,
        "codice_fiscale": None,
        "values": form,
        "consents": ["privacy"],
    }
    confirmed = client("POST", "/confirm", {"draft": filled.content["draft"]})
    assert confirmed.content["next"] == "open_link"
    assert confirmed.content["account"]["email"] == "m…@example.it"
    phrase = "correct horse battery staple"
    link = {"token": world.link(MARIO.email()), "password": phrase, "password_again": phrase}
    assert client("POST", "/activate", link).content["next"] == "sign_in"
    came = client("POST", "/sign_in", {"username": MARIO.email(), "password": phrase})
    mine = client("GET", "/me", **bearer(came.content["session"]))
    assert mine.content["account"]["email"] == MARIO.email()
    assert mine.content["account"]["values"]["surname"] == "Rossi"
    assert mine.headers["Content-Language"] == "it"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/begin/", 404),
        ("POST", "/expire", 404),
        ("GET", "/begin", 405),
        ("TRACE", "/me", 405),
        ("OPTIONS", "/me", 405),
    ],
)
def test_what_there_is_not_is_a_problem_too(opened, method, path, status):
    """An unknown path and a wrong method are answered in the same form, uncached."""
    answered = opened(World("standard"))(method, path)
    assert answered.status == answered.content["status"] == status
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert ("Allow" in answered.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 200),
        (b"{}", "Application/JSON; charset=utf-8", 200),
        (b"", "", 200),
        (b"{}", "", 415),
        (b"{}", "text/plain", 415),
        (b"language=it", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b" " * (MAX_BODY + 1), "application/json", 413),
    ],
)
def test_a_body_is_json_or_refused(opened, body, content_type, status):
    """What is no JSON object, or too long, or called something else, is not looked into."""
    headers = {"content-type": content_type}
    request = ApiRequest(method="POST", path="/begin", headers=headers, body=body)
    assert opened(World("standard")).sent(request).status == status


def test_nothing_is_kept_by_a_cache_or_guessed(opened):
    """Every response says so: answers, problems and documents, and none opens other sites."""
    client = opened(World("standard"))
    for method, path in (
        ("POST", "/begin"),
        ("GET", "/me"),
        ("GET", "/nowhere"),
        ("GET", "/procedure"),
    ):
        headers = client(method, path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name in headers if name.startswith("Access-Control")]


def test_head_is_answered_like_get(opened):
    """Whoever asks for the head gets that of the same response."""
    assert opened(World("standard"))("HEAD", "/procedure").status == 200


def test_a_session_is_needed(opened):
    """Without one, or with a wrong one, the holder's endpoints say 401."""
    client = opened(World("standard"))
    assert client("GET", "/me").status == 401
    assert client("POST", "/sign_out", {}, **bearer("no.session")).status == 401
    assert client("POST", "/erase", {}).status == 401


def test_operators_are_whom_the_host_says(opened):
    """An operator's endpoint is closed to everybody else, and open to who has the duty."""
    world = World("mim-students")
    account = world.confirmed().account
    client = opened(world)
    assert client("POST", "/approve", {"account_id": account.id}).status == 403
    approved = client("POST", "/approve", {"account_id": account.id}, operator=SECRETARIAT)
    assert approved.content["account"]["codice_fiscale"] == MARIO.cf
    assert approved.content["next"] == "read_mail"
    unknown = client("POST", "/approve", {"account_id": "nobody"}, operator=SECRETARIAT)
    assert (unknown.status, unknown.content["faults"][0]["pointer"]) == (404, "#/account_id")


def test_refusals_of_the_core_point_into_the_body(opened):
    """Faults that a flow finds stand beside the property that they are about."""
    client = opened(World("standard"))
    draft = client("POST", "/begin").content["draft"]
    answered = client("POST", "/fill", {"draft": draft, "values": {"name": "Mario"}})
    assert answered.status == 422
    pointers = {each["field"]: each["pointer"] for each in answered.content["faults"]}
    assert pointers["surname"] == "#/values/surname"
    assert pointers["privacy"] == "#/consents"
    assert client("POST", "/fill", {"draft": draft}).content["faults"][0]["pointer"] == "#/values"


def test_a_draft_is_the_procedures_own():
    """A draft of another procedure on the same keys opens nothing, and neither does an old one."""
    here, there = World("standard"), World("polis")
    draft = JsonClient(Api(there.registrar))("POST", "/begin").content["draft"]
    client = JsonClient(Api(here.registrar))
    assert client("POST", "/back", {"draft": draft}).status == 410
    own = client("POST", "/begin").content["draft"]
    assert client("POST", "/back", {"draft": own}).status == 200
    here.wait(hours=2, seconds=1)
    ended = client("POST", "/back", {"draft": own})
    assert (ended.status, ended.content["type"]) == (410, "urn:registrazione:problem:draft.ended")


def test_origins_are_counted(opened):
    """The host's word for where a request comes from is what is limited."""
    world = World("standard")
    client = opened(world)
    limit = world.profile.limits.origin
    assert {client("POST", "/begin", {}, origin="192.0.2.1").status for _ in range(limit)} == {200}
    over = client("POST", "/begin", {}, origin="192.0.2.1")
    assert (over.status, over.headers["Retry-After"]) == (429, "3600")
    assert client("POST", "/begin", {}, origin="192.0.2.2").status == 200


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.requirement("MIM-14", "MIM-18", "MIM-37")
def test_a_procedure_is_described(name):
    """Fields, consents, password and code rules are data, whichever the procedure."""
    world = World(name)
    content = JsonClient(Api(world.registrar))("GET", "/procedure").content
    profile = world.profile
    assert [field["name"] for field in content["fields"]] == [f.name for f in profile.form]
    assert [each["version"] for each in content["consents"]] == [
        t.version for t in profile.consents
    ]
    assert content["password"]["rules"]
    assert (content["personal_code"] is None) == (profile.personal_code is None)
    assert (content["human_check"] is None) == (not profile.human_check)
    assert content["providers"] == list(profile.federation.providers)


class Puzzle:
    """A human check that is drawn with a question."""

    def passed(self, response: str) -> bool:
        return response == "42"

    def challenge(self, language: str = "it") -> dict[str, str]:
        return {"kind": "question", "field": "answer", "question": f"6 x 7? ({language})"}

    def response(self, posted: Any) -> str:
        return str(posted.get("answer", ""))


@pytest.mark.requirement("MIM-12")
def test_a_human_check_is_drawn_and_answered(opened):
    """Whoever draws the first page is told how, and sends the fields or the response back."""
    client = opened(World("mim-students", human_check=Puzzle()))
    told = client("GET", "/procedure", headers={"accept-language": "en"})
    assert told.content["human_check"] == Puzzle().challenge("en")
    draft = client("POST", "/begin").content["draft"]
    draft = client("POST", "/acknowledge_notice", {"draft": draft}).content["draft"]
    typed = {"draft": draft, "codice_fiscale": MARIO.cf}
    for response, status in (({"answer": "42"}, 200), ("42", 200), ({"answer": "41"}, 422)):
        body = {**typed, "human_response": response}
        assert client("POST", "/identify", body).status == status
    plain = opened(World("mim-students"))("GET", "/procedure").content
    assert plain["human_check"] == {"kind": "tick_box", "field": "human_response"}


@pytest.mark.requirement("MIM-15")
def test_places_are_listed_step_by_step(opened):
    """From the nation to the comune, each list by what was chosen before."""
    client = opened(World("mim-students", places=InstalledPlaces()))
    assert client("GET", "/procedure").content["places"] is True
    assert client("GET", "/places/nations").content["places"][0]["code"] == "IT"
    names = [each["name"] for each in client("GET", "/places/regions").content["places"]]
    assert "Lazio" in names
    provinces = client("GET", "/places/provinces", query="region=Lazio").content["places"]
    assert {"code": "RM", "name": "Roma"} in provinces
    comuni = client("GET", "/places/comuni", query="province=RM&day=1980-01-01").content["places"]
    assert "H501" in {each["code"] for each in comuni}


@pytest.mark.parametrize(
    ("path", "query", "code", "field"),
    [
        ("provinces", "", "input.missing", "region"),
        ("comuni", "province=", "input.missing", "province"),
        ("comuni", "province=" + "x" * 101, "input.too_long", "province"),
        ("nations", "day=yesterday", "input.malformed", "day"),
    ],
)
def test_a_list_needs_to_know_of_what(opened, path, query, code, field):
    """A parameter that is missing, too long or no day is told."""
    client = opened(World("mim-students", places=InstalledPlaces()))
    answered = client("GET", f"/places/{path}", query=query)
    assert answered.status == 422
    assert [(f["code"], f["field"]) for f in answered.content["faults"]] == [(code, field)]


def test_without_lists_there_are_no_endpoints_of_places(opened):
    """A host that knows codes only offers none."""
    client = opened(World("standard"))
    assert client("GET", "/places/nations").status == 404
    assert client("GET", "/procedure").content["places"] is False


def test_strangers_see_how_far_a_registration_is_and_no_more():
    """To who has proved nothing an account is an id, a state and a masked address."""
    account = World("unimi-external").active()
    assert account_to_json(account, proved=False) == {
        "id": account.id,
        "state": "active",
        "email": "m…@example.it",
    }
    assert masked(None) is None


def test_confirming_tells_nothing_of_who_exists():
    """The answer about a known person is the same, but for what is drawn at random."""
    world = World("standard")
    world.active()
    client = JsonClient(Api(world.registrar))
    told = []
    for person in (MARIO, ANNA):
        draft = client("POST", "/begin").content["draft"]
        body = {"draft": draft, "values": person.values(world.profile), "consents": ["privacy"]}
        draft = client("POST", "/fill", body).content["draft"]
        told.append(client("POST", "/confirm", {"draft": draft}).content)
    known, new = (
        {**each, "ticket": "", "account": {**each["account"], "id": "", "email": ""}}
        for each in told
    )
    assert known == new


PASSWORDS = ("Password1", "Seconda2Parola", "Zqx8Errata9")


@pytest.mark.requirement("MIM-38")
def test_no_answer_holds_a_secret_or_somebody_elses_data(opened):
    """Neither a password nor a hash comes back, nor a codice fiscale to anybody but its holder."""
    world = World("polis")
    account, other = world.signed_in(MARIO).account, world.signed_in(ANNA).account
    client = opened(world)
    first, second, wrong = PASSWORDS
    typed = {"username": account.username, "password": first}
    session = client("POST", "/sign_in", typed).content["session"]
    mine = bearer(session)
    change = {"old": first, "new": second, "again": second}
    client("POST", "/change_password", {**change, "old": wrong}, **mine)
    client("POST", "/change_password", {**change, "zz": second}, **mine)
    client("POST", "/change_password", change, **mine)
    client("POST", "/sign_in", {"username": other.username, "password": wrong})
    client("POST", "/sign_in", {"username": wrong, "password": wrong, wrong: wrong})
    client("POST", "/request_password_reset", {"username": other.username})
    client("POST", "/recover_username", {"email": other.email})
    client("POST", "/resend_activation", {"email": other.email})
    session = client("POST", "/sign_in", {**typed, "password": second}).content["session"]
    for name in ("export_account", "history", "update_contacts"):
        values = (
            {"values": {"mobile_phone": "+39 333 7654321"}} if name == "update_contacts" else {}
        )
        assert client("POST", f"/{name}", values, **bearer(session)).status == 200
    said = "".join(each.text for each in client.said)
    assert MARIO.cf in said
    assert ANNA.cf not in said
    assert not [word for word in PASSWORDS if word in said]
    assert world.registrar.load(account.id).credential.encoded not in said
    assert "$fast$" not in said


def test_the_document_says_where_it_is_mounted(opened):
    """A client finds the endpoints below the place where it found their description."""
    client = opened(World("standard"))
    assert client("GET", "/openapi.json").content["servers"] == [{"url": "/"}]
    assert client("GET", "/openapi.json", root="/api").content["servers"] == [{"url": "/api"}]


@pytest.mark.requirement("POL-17")
def test_notices_are_told_in_words(opened):
    """A password about to expire is told when the account is looked at, in the right language."""
    world = World("polis")
    session = world.signed_in().session
    account = world.registrar.look(session=session).account
    world.wait(days=world.profile.password.expires_after.days - 5)
    client = opened(world)
    typed = {"username": account.username, "password": MARIO.password}
    came = client("POST", "/sign_in", typed)
    mine = bearer(came.content["session"])
    mine["headers"]["accept-language"] = "en"
    (notice,) = client("GET", "/me", **mine).content["notices"]
    assert (notice["code"], notice["severity"]) == ("password.expiring", "warning")
    assert "expire" in notice["message"]
