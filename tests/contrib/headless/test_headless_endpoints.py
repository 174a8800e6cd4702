"""Tests of the table of endpoints: made of the commands, and of nothing else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import SECRETARIAT, World

from registrazione import Refusal, Secret
from registrazione.contrib.headless.endpoints import HOST, Endpoint, Means, endpoints
from registrazione.contrib.headless.messages import ApiRequest
from registrazione.contrib.headless.shapes import read_day
from registrazione.core import commands as c
from registrazione.core.machine import RULES
from registrazione.core.refusals import fault

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
REQUEST = ApiRequest(
    method="POST",
    path="/",
    headers={"authorization": "Bearer of-the-header"},
    origin="192.0.2.1",
    operator=SECRETARIAT,
)


def opening(draft: Any) -> Means:
    return Means(
        open_draft=lambda _sealed: draft,
        human_response=lambda fields: ",".join(f"{n}={text}" for n, text in fields.items()),
    )


MEANS = opening(None)


def endpoint(name: str) -> Endpoint:
    return next(each for each in endpoints() if each.command.name == name)


def read(name: str, **body: Any) -> Any:
    return endpoint(name).read(body, REQUEST, MEANS)


def refused(name: str, **body: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(Refusal) as caught:
        read(name, **body)
    return [(each.code, each.field) for each in caught.value.faults]


def test_every_command_but_the_timers_has_an_endpoint():
    """What people and operators ask for is served, and the clock's commands are not."""
    served = {each.command for each in endpoints()}
    assert served == {each for each in RULES if not issubclass(each, c.TimerCommand)}
    assert {each.path for each in endpoints()} >= {"/begin", "/sign_in", "/approve", "/erase"}


@pytest.mark.parametrize("each", endpoints(), ids=lambda each: each.command.name)
def test_bodies_hold_every_field_but_the_hosts(each):
    """No body says where a request comes from, who the operator is, or whose session it is."""
    names = {field.name for field in attrs.fields(each.command)}
    assert {i.argument for i in each.inputs} == names - HOST.keys()
    assert set(each.host) == names & HOST.keys()
    assert {i.name for i in each.inputs}.isdisjoint(HOST)
    assert each.schema["additionalProperties"] is False
    assert each.summary


@pytest.mark.parametrize("name", sorted(HOST))
def test_what_the_host_says_is_believed_in_no_body(name):
    """A body that says it all the same is refused."""
    assert ("input.unknown_field", name) in refused("cancel", **{name: "mine"})


def test_the_host_says_who_asks():
    """Origin, session and operator come from the request."""
    command = read("sign_in", username="mario", password="Password1")
    assert command.origin == "192.0.2.1"
    assert command.password == Secret("Password1")
    assert read("sign_out").session == "of-the-header"
    assert read("approve", account_id="a1").operator is SECRETARIAT


def test_whoever_names_an_account_is_an_operator():
    """Without a name it is the holder who asks, also where the host knows an operator."""
    mine, theirs = read("erase"), read("erase", account_id="a1")
    assert (mine.session, mine.operator) == ("of-the-header", None)
    assert (theirs.session, theirs.operator) == (None, SECRETARIAT)


def test_tickets_are_called_what_answers_call_them():
    """The browser's ticket is a ticket; the mailed link's token is a token."""
    assert read("align", ticket="t", accept=True).token == "t"
    assert read("activate", token="t", ticket="u").ticket == "u"
    assert refused("align", token="t", accept=True) == [
        ("input.unknown_field", "token"),
        ("input.missing", "token"),
    ]


def test_all_faults_of_shape_are_told_at_once():
    """One answer names everything that has to be mended."""
    told = refused("change_password", old=1, new="x" * 4097)
    assert told == [
        ("input.type", "old"),
        ("input.too_long", "password"),
        ("input.missing", "password_again"),
    ]


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("sign_out", {"everywhere": "yes"}, "everywhere"),
        ("update_contacts", {"values": []}, "values"),
        ("update_contacts", {"values": {str(n): "" for n in range(101)}}, "values"),
        ("complete_data", {"ticket": "t", "values": {}, "consents": "privacy"}, "consents"),
        ("complete_data", {"ticket": "t", "values": {}, "consents": [1]}, "consents"),
        ("complete_data", {"ticket": "t", "values": {}, "consents": ["x"] * 101}, "consents"),
        ("complete_data", {"ticket": "t", "values": {}, "consents": ["x" * 1025]}, "consents"),
    ],
)
def test_a_wrong_shape_is_refused(name, body, field):
    """What is no boolean, mapping or list of names is told to be malformed."""
    assert refused(name, **body) == [("input.malformed", field)]


def test_days_have_one_spelling():
    """A day is read in the long form of ISO 8601, or not at all."""
    shown = {"account_id": "a", "codice_fiscale": "x", "document_type": "x", "document_number": "x"}
    assert read("identify_in_person", **shown).document_expires is None
    assert read("identify_in_person", **shown, document_expires=None).document_expires is None
    told = read("identify_in_person", **shown, document_expires="2030-01-31")
    assert told.document_expires == dt.date(2030, 1, 31)
    wrong = refused("identify_in_person", **shown, document_expires="20300131")
    assert wrong == [("input.malformed", "document_expires")]


@given(st.dates() | st.text() | st.integers() | st.none())
@settings(deadline=None)
def test_whatever_is_read_as_a_day_is_written_the_same_way(value):
    """Reading undoes writing, and nothing else is a day."""
    day = read_day(value.isoformat() if isinstance(value, dt.date) else value)
    assert day == value if isinstance(value, dt.date) else day is None or str(day) == value


def test_optional_secrets_and_texts_may_be_null():
    """``null`` is what was not given, where nothing has to be given."""
    command = read("change_email", email="a@example.it", email_again=None, password=None)
    assert command.email_again is None
    assert command.password is None
    told = read("change_email", email="a@example.it", email_again="b", password="p")
    assert (told.email_again, told.password) == ("b", Secret("p"))


def test_a_draft_that_does_not_open_has_ended():
    """Somebody else's, a changed or an old draft is the same: gone (draft.ended)."""
    assert refused("back", draft="nothing") == [("draft.ended", "draft")]
    assert refused("back", draft=1) == [("input.type", "draft")]
    draft = World("standard").registrar.begin().draft
    assert endpoint("back").read({"draft": "x"}, REQUEST, opening(draft)).draft is draft


@pytest.mark.requirement("MIM-12")
def test_the_human_check_is_answered_in_a_word_or_in_fields():
    """A client sends the response, or the fields that the check was drawn with."""
    means, draft = opening(World("mim-students").registrar.begin().draft), {"draft": "x"}
    identify = endpoint("identify")
    for sent, said in (("on", "on"), ({"box": "on", "trap": ""}, "box=on,trap=")):
        command = identify.read({**draft, "human_response": sent}, REQUEST, means)
        assert command.human_response == said
    for wrong in ({"box": 1}, {"box": "x" * 4097}, {str(n): "" for n in range(101)}):
        assert refused("identify", human_response=wrong, **draft) == [
            ("input.malformed", "human_response")
        ]
    assert refused("identify", human_response=1, **draft) == [("input.type", "human_response")]


def test_unknown_names_are_not_said_back():
    """A name that may hold personal data is not repeated in the answer."""
    assert refused("begin", RSSMRA80A01H501U="x") == [("input.unknown_field", None)]


@pytest.mark.parametrize(
    ("name", "found", "pointer"),
    [
        ("fill", fault("input.missing", "birth_date"), "#/values/birth_date"),
        ("fill", fault("consent.accept", "terms"), "#/consents"),
        ("fill", fault("draft.ended", "draft"), "#/draft"),
        ("identify", fault("cf.forma", "cf"), "#/codice_fiscale"),
        ("change_password", fault("password.too_short", "password"), "#/new"),
        ("align", fault("token.invalid", "token"), "#/ticket"),
        ("fill", fault("window.late"), None),
        ("sign_in", fault("service.unknown", "elsewhere"), None),
    ],
)
def test_faults_point_into_the_body(name, found, pointer):
    """A client finds the property that a fault is about, however the fault calls it."""
    assert endpoint(name).pointer(found) == pointer


def test_faults_of_shape_point_at_properties():
    """Before anybody looked into the values, a name is one of the body's own."""
    fill = endpoint("fill")
    assert fill.pointer_of_shape(fault("input.unknown_field", "zz")) == "#/zz"
    assert fill.pointer_of_shape(fault("input.unknown_field")) is None
    align = endpoint("align")
    assert align.pointer_of_shape(fault("input.missing", "token")) == "#/ticket"
