"""Tests of refusals as problem details."""

from __future__ import annotations

import json

import pytest

from registrazione import Fault, Refusal, Severity
from registrazione.contrib.headless.messages import ApiRequest
from registrazione.contrib.headless.problems import (
    OTHERWISE,
    STATUSES,
    TYPE,
    plain_problem,
    refused,
    status_of,
)
from registrazione.core.refusals import fault, refusal
from registrazione.profiles import load
from registrazione.refusals import catalogue

POLIS = load("polis")


def test_every_row_of_the_table_is_for_some_code():
    """No status is kept for a code that there is not."""
    codes = set(catalogue())
    families = {code.partition(".")[0] for code in codes}
    assert STATUSES.keys() <= codes | families


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("token.invalid", 400),
        ("session.ended", 401),
        ("operator.self", 403),
        ("service.early", 403),
        ("service.unknown", 404),
        ("account.awaiting_link", 409),
        ("token.used", 410),
        ("password.too_short", 422),
        ("limit.reached", 429),
        ("service.unavailable", 503),
    ],
)
def test_a_code_has_a_status(code, status):
    """A code's own row comes first, then that of its family, then 422."""
    assert status_of(code) == status
    assert status_of("nothing.known") == OTHERWISE


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_refusal_is_a_problem(code):
    """Whatever the catalogue holds can be answered, in both languages (RFC 9457)."""
    words = {"minutes": 3, "max": 3, "min": 3, "left": 3, "years": 3, "age": 3, "days": 3}
    found = fault(code, "field", **{name: words.get(name, 1) for name in _names(code)})
    for language in ("it", "en"):
        response = refused(Refusal(found), POLIS, language)
        content = json.loads(response.body)
        assert response.status == content["status"] == status_of(code)
        assert content["type"] == TYPE + code
        assert content["faults"][0]["message"] == content["title"]
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Content-Language"] == language


def _names(code: str) -> list[str]:
    import string

    text = catalogue()[code].text
    return [name for _, name, _, _ in string.Formatter().parse(text.it + text.en) if name]


def test_errors_decide_before_warnings():
    """The status is that of the first error; all faults are told."""
    warning = Fault("nome.variante", "name", severity=Severity.WARNING)
    response = refused(Refusal(warning, fault("window.late")), POLIS, "en")
    assert response.status == 403
    assert [each["code"] for each in json.loads(response.body)["faults"]] == [
        "window.late",
        "nome.variante",
    ]


def test_limits_say_when_to_come_back():
    """429 and 503 carry ``Retry-After`` (RFC 9110, 10.2.3); 401 says how to prove oneself."""
    assert (
        refused(refusal("limit.reached", minutes=60), POLIS, "it").headers["Retry-After"] == "3600"
    )
    assert refused(refusal("service.busy"), POLIS, "it").headers["Retry-After"] == "2"
    ended = refused(refusal("session.ended"), POLIS, "it")
    assert ended.headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in ended.headers


@pytest.mark.requirement("POL-16")
def test_help_and_ticket_come_along():
    """A refusal says where help is to be had, and opens the way on where there is one."""
    content = json.loads(refused(Refusal(fault("session.ended"), ticket="t"), POLIS, "en").body)
    assert content["ticket"] == "t"
    route = POLIS.help["access"]
    assert content["help"] == {"text": route.text.en, "phone": route.phone, "url": route.url}
    assert "help" not in json.loads(refused(refusal("session.ended"), load("standard"), "it").body)


def test_what_is_no_procedures_problem_is_of_http():
    """A wrong path or method has no code of ours (RFC 9457, 4.2.1)."""
    response = plain_problem(405, Allow="POST")
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
    }
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "it"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("en;q=0.8, it;q=0.9", "it"),
        ("en;q=high", "it"),
        ("fr", "it"),
        ("de, en;q=0.1", "en"),
    ],
)
def test_the_language_is_the_one_that_is_wanted_more(header, language):
    """Italian, unless English is asked for with a greater weight (RFC 9110, 12.5.4)."""
    request = ApiRequest(method="GET", path="/", headers={"accept-language": header})
    assert request.language == language


@pytest.mark.parametrize(
    ("header", "session"),
    [("Bearer abc", "abc"), ("bearer  abc", "abc"), ("Basic abc", ""), ("Bearer", ""), ("", "")],
)
def test_sessions_come_as_bearer_tokens(header, session):
    """Nothing but ``Authorization: Bearer …`` is a session (RFC 6750, 2.1)."""
    request = ApiRequest(method="GET", path="/", headers={"authorization": header})
    assert request.session == session
