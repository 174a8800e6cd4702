"""Tests of the OpenAPI document: made of the table, and kept to by what is answered."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import Draft202012Validator as Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.contrib.headless.json_client import JsonClient
from tests.world import SECRETARIAT, World

from registrazione.checks.places import InstalledPlaces
from registrazione.contrib.headless import Api
from registrazione.contrib.headless.endpoints import endpoints
from registrazione.contrib.headless.openapi import COMMAND_STATUSES, document
from registrazione.contrib.headless.problems import status_of
from registrazione.contrib.headless.schemas import schemas
from registrazione.contrib.starlette import JsonApi
from registrazione.core.answer import Answer, Difference, Offer
from registrazione.core.records import AuditRecord
from registrazione.profiles import NAMES, load
from registrazione.refusals import catalogue

STANDARD = document(load("standard"), places=True)
EXAMPLES = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
BUSINESS = [positive_data_acceptance]
"""What a schema cannot say, such as that a draft opens: a valid body may still be refused."""


def test_every_endpoint_is_described():
    """Each command has an operation with its own stable name and the docstring's first words."""
    paths = STANDARD["paths"]
    assert {each.path for each in endpoints()} <= paths.keys()
    operations = [each for path in paths.values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names)
    assert paths["/sign_in"]["post"]["operationId"] == "sign_in"
    assert paths["/sign_in"]["post"]["summary"].startswith("Sign in with username and password")


def test_operations_say_what_has_to_be_shown():
    """Holders' endpoints ask for the bearer token; the others say in words who may ask."""
    paths = STANDARD["paths"]
    assert paths["/sign_out"]["post"]["security"] == [{"session": []}]
    assert paths["/me"]["get"]["security"] == [{"session": []}]
    assert "security" not in paths["/begin"]["post"]
    assert "operator" in paths["/approve"]["post"]["description"]
    assert "account_id" in paths["/erase"]["post"]["description"]


def test_every_status_of_a_refusal_is_described():
    """No refusal of the catalogue has a status that commands do not tell of."""
    assert {status_of(code) for code in catalogue()} <= set(COMMAND_STATUSES)
    responses = STANDARD["paths"]["/fill"]["post"]["responses"]
    assert {int(status) for status in responses} == {200, *COMMAND_STATUSES}


def test_places_are_described_where_they_are_served():
    """Without lists of places their paths are not in the document."""
    assert "/places/comuni" in STANDARD["paths"]
    assert "/places/comuni" not in document(load("standard"), places=False)["paths"]


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (Answer, ("Answer",)),
        (Offer, ("Answer", "properties", "services", "items")),
        (Difference, ("Answer", "properties", "differences", "items")),
        (AuditRecord, ("Answer", "properties", "history", "items")),
    ],
)
def test_the_schemas_know_every_field(value, schema):
    """A field that an answer gains later cannot be forgotten in the document."""
    found: Any = schemas(load("standard"))
    for step in schema:
        found = found[step]
    fields = {field.name for field in attrs.fields(value)}
    assert found["properties"].keys() - {"form"} == fields


def test_all_references_lead_somewhere():
    """No reference in the document is to something that is not in it."""
    text = json.dumps(STANDARD)
    for part in text.split('"$ref": "#/')[1:]:
        place: Any = STANDARD
        for step in part.partition('"')[0].split("/"):
            place = place[step]
        assert place


def test_the_document_needs_no_database():
    """It is the same for every registrar of a procedure, and served as it is."""
    served = JsonClient(Api(World("standard").registrar))("GET", "/openapi.json").content
    alone = document(load("standard"), places=False)
    assert {name: served[name] for name in alone} == json.loads(json.dumps(alone))
    assert served["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", NAMES)
def test_every_procedure_is_described_as_it_is(name):
    """What ``GET /procedure`` says has the shape that the document promises."""
    client = JsonClient(Api(World(name).registrar))
    said = client("GET", "/procedure").content
    promised = client("GET", "/openapi.json").content["components"]["schemas"]["Procedure"]
    Validator(promised).validate(said)
    assert said.keys() == promised["properties"].keys()


class Served:
    """A procedure behind ASGI, with a form on its way, somebody signed in, and an operator."""

    def __init__(self, name: str) -> None:
        self.world = World(name, places=InstalledPlaces())
        self.session = self.world.signed_in().session
        self.account = self.world.registrar.look(session=self.session).account
        self.draft = JsonClient(Api(self.world.registrar))("POST", "/begin").content["draft"]
        api = JsonApi(self.world.registrar, operator=lambda _request: SECRETARIAT)
        self.app = Starlette(routes=[Mount("/api", api)])

    def proofs(self, body: Any) -> dict[str, Any]:
        """Return what is sent with the things that no generator can guess."""
        sent: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.session}"}}
        if isinstance(body, dict):
            known = {"draft": self.draft, "account_id": self.account.id}
            sent["json"] = {name: known.get(name, value) for name, value in body.items()}
        return sent


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("proved", [False, True], ids=["stranger", "proved"])
@pytest.mark.parametrize("name", ["standard", "mim-students"])
def test_whatever_is_sent_is_answered_as_described(name, proved, mode):
    """No error of ours, no status or type that is not described, no answer of another shape."""
    served = Served(name)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    calls = [_try(served, each, mode, proved=proved) for each in operations if _can(each, mode)]
    assert sum(calls) > len(operations)


def _can(operation: Any, mode: GenerationMode) -> bool:
    """Tell whether there is anything to get wrong."""
    return mode is GenerationMode.POSITIVE or bool(operation.body or operation.query)


def _try(served: Served, operation: Any, mode: GenerationMode, *, proved: bool) -> int:
    """Send what the generator comes up with; return how often."""
    calls = 0

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal calls
        calls += 1
        proofs = served.proofs(case.body) if proved and mode is GenerationMode.POSITIVE else {}
        response = case.call(**proofs)
        # Longer than any body that is looked at: the generator does not know that status.
        more = [negative_data_rejection] if response.status_code == 413 else []
        case.validate_response(response, excluded_checks=[*BUSINESS, *more])

    send()
    return calls
