"""The OpenAPI 3.1 document, made of the same table as the endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from registrazione._version import __version__
from registrazione.contrib.headless.bodies import Body
from registrazione.contrib.headless.endpoints import LOOK, LOOK_PATH, Endpoint, endpoints
from registrazione.contrib.headless.federation import (
    CHOICES_PATH,
    DOCUMENT_PATH,
    OPERATIONS,
    federation_schemas,
)
from registrazione.contrib.headless.messages import JSON_TYPE, PROBLEM_TYPE
from registrazione.contrib.headless.places import LISTS, LONGEST, PlaceList
from registrazione.contrib.headless.problems import OTHERWISE, STATUSES
from registrazione.contrib.headless.schemas import reference, schemas
from registrazione.contrib.headless.shapes import Schema
from registrazione.core.profile import Profile

_READING = (400, 413, 415)
"""What a body may be refused with before anybody has read what it says."""

COMMAND_STATUSES = tuple(sorted({*STATUSES.values(), *_READING, OTHERWISE}))
"""What any command may be refused with."""

SECURITY: Mapping[str, list[dict[str, list[str]]]] = MappingProxyType(
    {"nothing": [], "session": [{"session": []}], "operator": [], "either": []}
)
"""What the document asks for by the proof of a command.

How operators prove who they are is the host's, so that the document cannot say it."""

_PROOFS = MappingProxyType(
    {
        "nothing": "",
        "session": "Asked by the holder of the account, with the session as bearer token.",
        "operator": "Asked by an operator whom the host has signed in.",
        "either": (
            "Asked by the holder of the account, with the session as bearer token and without "
            "`account_id`, or by an operator whom the host has signed in, with it."
        ),
    }
)


def document(profile: Profile, *, places: bool) -> dict[str, Any]:
    """Return the OpenAPI document of a procedure's endpoints.

    Args:
        profile: The procedure.
        places: Whether the lists of places are served.
    """
    paths: dict[str, Any] = {
        "/procedure": {"get": _query("procedure", "Describe the procedure.", "Procedure")},
        "/me": {"get": _me()},
        "/openapi.json": {"get": _itself()},
    }
    if places:
        paths |= {path: {"get": _list(path, listed)} for path, listed in LISTS.items()}
    paths |= {each.path: {"post": _command(each)} for each in endpoints()}
    paths[LOOK_PATH] = {"post": _look()}
    if profile.federation.providers:
        paths |= _federation(profile.federation.providers)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": profile.title.en,
            "description": profile.description.en,
            "version": __version__,
        },
        "paths": paths,
        "components": {
            "schemas": {
                **schemas(profile),
                **(federation_schemas() if profile.federation.providers else {}),
                **{_body_name(each): each.schema for each in endpoints()},
            },
            "responses": {"Problem": _problem()},
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "description": "The session."}
            },
        },
    }


def _command(endpoint: Endpoint) -> Schema:
    """Return the operation of a command."""
    required = any(each.required for each in endpoint.inputs)
    operation = {
        "operationId": endpoint.command.name,
        "summary": endpoint.summary,
        "description": _PROOFS[endpoint.proof],
        "requestBody": {
            "required": required,
            "content": {JSON_TYPE: {"schema": reference(_body_name(endpoint))}},
        },
        "responses": _responses("Answer", COMMAND_STATUSES),
    }
    security = SECURITY[endpoint.proof]
    return {**operation, "security": security} if security else operation


def _me() -> Schema:
    """Return the operation that looks at the holder's own account."""
    operation = _query("me", "Look at one's own account.", "Answer", (401, 503))
    return {**operation, "security": SECURITY["session"]}


def _look() -> Schema:
    """Return the operation that looks at a registration, or at one's own account."""
    return {
        "operationId": "look",
        "summary": "Look at what a registration waits for, or at one's own account.",
        "description": (
            "With the ticket of a registration, by whoever holds it; without, by the holder of "
            "the account, with the session as bearer token. Nothing changes."
        ),
        "requestBody": _sent(LOOK),
        "responses": _responses("Answer", COMMAND_STATUSES),
    }


def _federation(providers: tuple[str, ...]) -> dict[str, Any]:
    """Return the paths that ask identity providers."""
    provider: Schema = {"name": "provider", "required": True, "schema": {"enum": [*providers]}}
    named: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._~-]+$", "maxLength": LONGEST}
    choices = _query(
        "identity_choices",
        "List the services behind a provider's button, in an order drawn anew.",
        "Choices",
        (404, OTHERWISE, 503),
    )
    document: Schema = {
        "operationId": "identity_document",
        "summary": "Read what a provider's other side reads about this service.",
        "description": (
            "The metadata of SAML at `metadata`; a path may hold slashes, and a query that the "
            "other side asks something with."
        ),
        "parameters": [
            {**provider, "in": "path"},
            {"name": "document", "in": "path", "required": True, "schema": named},
        ],
        "responses": {
            **_responses("Choices", (404, OTHERWISE, 503)),
            "200": {"description": "The document.", "content": {"*/*": {}}},
        },
    }
    asked = {
        f"/{each.name}": {
            "post": {
                "operationId": each.name,
                "summary": each.summary,
                "description": each.description,
                "requestBody": _sent(each),
                "responses": _responses(each.answers, COMMAND_STATUSES),
            }
        }
        for each in OPERATIONS
    }
    return {
        CHOICES_PATH: {"get": {**choices, "parameters": [{**provider, "in": "query"}]}},
        DOCUMENT_PATH: {"get": document},
        **asked,
    }


def _sent(body: Body) -> Schema:
    """Return what is sent."""
    required = any(each.required for each in body.inputs)
    return {"required": required, "content": {JSON_TYPE: {"schema": body.schema}}}


def _list(path: str, listed: PlaceList) -> Schema:
    """Return the operation of a list of places."""
    text: Schema = {"type": "string", "maxLength": LONGEST}
    day: Schema = {"type": "string", "format": "date"}
    parameters = [{"name": "day", "in": "query", "required": False, "schema": day}]
    if listed.within:
        around = {"name": listed.within, "in": "query", "required": True}
        parameters.insert(0, {**around, "schema": {**text, "minLength": 1}})
    name = path.strip("/").replace("/", "_")
    operation = _query(name, listed.summary, "Places", (400, OTHERWISE))
    return {**operation, "parameters": parameters}


def _itself() -> Schema:
    """Return the operation of this document."""
    content = {JSON_TYPE: {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "Describe the endpoints.",
        "responses": {"200": {"description": "The document.", "content": content}},
    }


def _query(name: str, summary: str, schema: str, statuses: Iterable[int] = ()) -> Schema:
    """Return an operation that reads."""
    return {
        "operationId": name,
        "summary": summary,
        "responses": _responses(schema, statuses),
    }


def _responses(schema: str, statuses: Iterable[int]) -> Schema:
    """Return the responses of an operation: what it answers, and every problem."""
    answered = {"description": "Done.", "content": {JSON_TYPE: {"schema": reference(schema)}}}
    problems = {str(s): {"$ref": "#/components/responses/Problem"} for s in statuses}
    return {"200": answered, **problems}


def _problem() -> Schema:
    """Return the response of everything that is refused."""
    example = {
        "type": "urn:registrazione:problem:password.too_short",
        "title": "At least 15 characters are needed.",
        "status": OTHERWISE,
        "faults": [
            {
                "code": "password.too_short",
                "field": "password",
                "pointer": "#/new",
                "severity": "error",
                "message": "At least 15 characters are needed.",
                "params": {"min": 15},
            }
        ],
    }
    return {
        "description": f"Refused; such as {OTHERWISE} {HTTPStatus(OTHERWISE).phrase}.",
        "content": {PROBLEM_TYPE: {"schema": reference("Problem"), "example": example}},
    }


def _body_name(endpoint: Endpoint) -> str:
    """Return the name of the schema of a command's body."""
    return endpoint.command.__name__
