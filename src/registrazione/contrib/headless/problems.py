"""Refusals as problem details (RFC 9457), and the status that each code has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from registrazione.contrib.headless.messages import PROBLEM_TYPE, ApiResponse, reply
from registrazione.core.profile import HelpRoute, Profile
from registrazione.core.refusals import Fault, Refusal
from registrazione.refusals import help_for, text_of

TYPE = "urn:registrazione:problem:"
"""What the type of a problem begins with; the code of its first fault follows."""
OTHERWISE = 422

STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "token.invalid": 400,
        "session": 401,
        "sign_in.failed": 401,
        "operator": 403,
        "data": 403,
        "window": 403,
        "service": 403,
        "account.suspended": 403,
        "password.change_required": 403,
        "personal_code.change_required": 403,
        "account.unknown": 404,
        "service.unknown": 404,
        "identity.unknown_provider": 404,
        "account": 409,
        "step.order": 409,
        "registration.person_known": 409,
        "username.taken": 409,
        "email.taken": 409,
        "cf.taken": 409,
        "password.none": 409,
        "password.already_set": 409,
        "password.off": 409,
        "personal_code.none": 409,
        "personal_code.already_set": 409,
        "identity.none": 409,
        "identity.data_missing": 409,
        "identity.to_align": 409,
        "identity.already_linked": 409,
        "identity.only": 409,
        "draft.ended": 410,
        "token.expired": 410,
        "token.used": 410,
        "limit.reached": 429,
        "sign_in.locked": 429,
        "service.busy": 503,
        "service.unavailable": 503,
        "identity.unavailable": 503,
    }
)
"""Status by code, or by the part of it in front of the dot; whatever is in neither has 422."""

WAITS: Mapping[str, int] = MappingProxyType(
    {"service.busy": 2, "service.unavailable": 30, "identity.unavailable": 30}
)
"""After how many seconds it is worth trying again."""

Pointer = Callable[[Fault], str | None]


def nowhere(_found: Fault) -> None:
    """Point to no place in a body: there was none."""


def status_of(code: str) -> int:
    """Return the status of a refusal's code."""
    return STATUSES.get(code) or STATUSES.get(code.partition(".")[0]) or OTHERWISE


def refused(
    refusal: Refusal, profile: Profile, language: str, pointer: Pointer = nowhere
) -> ApiResponse:
    """Return the response to a command that was refused.

    Args:
        refusal: What was found.
        profile: The procedure, which knows where help is to be had (POL-16).
        language: ``it`` or ``en``.
        pointer: Tells where in the body a fault stands.
    """
    first = refusal.faults[0]
    status = status_of(first.code)
    content: dict[str, Any] = {
        "type": TYPE + first.code,
        "title": text_of(first, language),
        "status": status,
        "faults": [fault_to_json(fault, language, pointer) for fault in refusal.faults],
    }
    if refusal.ticket:
        content["ticket"] = refusal.ticket
    route = help_for(first, profile)
    if route is not None:
        content["help"] = help_to_json(route, language)
    headers = {"Content-Language": language, **_further(first, status)}
    return reply(content, status, content_type=PROBLEM_TYPE, headers=headers)


def plain_problem(status: int, **headers: str) -> ApiResponse:
    """Return the problem of a request that is none of ours: of HTTP, not of a procedure."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return reply(content, status, content_type=PROBLEM_TYPE, headers=headers)


def fault_to_json(fault: Fault, language: str, pointer: Pointer = nowhere) -> dict[str, Any]:
    """Return a fault as plain data, with its words."""
    return {
        "code": fault.code,
        "field": fault.field,
        "pointer": pointer(fault),
        "severity": fault.severity.value,
        "message": text_of(fault, language),
        "params": dict(fault.params),
    }


def help_to_json(route: HelpRoute, language: str) -> dict[str, str]:
    """Return where help is to be had."""
    return {"text": route.text.to(language), "phone": route.phone, "url": route.url}


def _further(fault: Fault, status: int) -> Mapping[str, str]:
    """Return the headers that HTTP wants with a status (RFC 9110, 10.2.3, 11.6.1)."""
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    minutes = fault.params.get("minutes")
    seconds = minutes * 60 if isinstance(minutes, int) else WAITS.get(fault.code)
    return {} if seconds is None else {"Retry-After": str(seconds)}
