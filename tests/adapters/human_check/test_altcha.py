"""ALTCHA on one's own server: solved once, in time, and never by pretending."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.human_check.checks import encoded, solved, still_tools

from registrazione.adapters.human_check.altcha import AltchaCheck
from registrazione.ports import DrawnHumanCheck, HumanCheck

KINDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
PLAIN = st.recursive(
    KINDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def easy(tools, **more):
    """Return a check whose tasks take a test no time."""
    return AltchaCheck(tools, **{"cost": 2, "tries": 8, **more})


def answer_of(challenge):
    """Return what somebody types who reads the question."""
    words = challenge["question"].removesuffix("?").split("?")[0].split()
    numbers = dict(zip(ONE_TO_TEN, range(1, 11), strict=True))
    return str(numbers[words[2]] + numbers[words[4]])


ONE_TO_TEN = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci")


@pytest.mark.requirement("MIM-12", "IOL-02")
def test_whoever_solves_the_task_passes_and_only_once():
    """The second time the same solution is worth nothing."""
    check = easy(still_tools())
    challenge = check.challenge()
    response = check.response({"human_response": solved(challenge["puzzle"])})

    assert isinstance(check, HumanCheck)
    assert isinstance(check, DrawnHumanCheck)
    assert challenge["kind"] == "altcha"
    assert check.passed(response)
    assert not check.passed(response)
    assert not check.passed(response.rstrip("=") + "=" * (-len(response.rstrip("=")) % 4))


def test_a_challenge_is_plain_data():
    """It travels as JSON, without its answer, and no two are alike."""
    check = easy(still_tools())
    first, second = check.challenge(), check.challenge("en")
    task = first["puzzle"]["parameters"]

    assert json.loads(json.dumps(first)) == first
    assert set(first["texts"]) == {"working", "done", "failed"}
    assert first["texts"] != second["texts"]
    assert "counter" not in json.dumps(first)
    assert task["nonce"] != second["puzzle"]["parameters"]["nonce"]


@pytest.mark.parametrize(
    ("later", "passes"), [(0, True), (20 * 60, True), (20 * 60 + 1, False), (-31, False)]
)
def test_a_task_is_good_for_twenty_minutes(later, passes):
    """By the registrar's clock, not by the machine's."""
    tools = still_tools()
    check = easy(tools)
    response = solved(check.challenge()["puzzle"])
    tools.clock.advance(seconds=later)

    assert check.passed(response) is passes


@pytest.mark.parametrize("changes", [{"counter": 9}, {"derivedKey": "00" * 32}, {"counter": "1"}])
def test_a_wrong_solution_does_not_pass(changes):
    """Neither another number nor another key."""
    check = easy(still_tools(), tries=1)

    assert not check.passed(solved(check.challenge()["puzzle"], **changes))


def test_a_solution_that_was_wrong_may_be_put_right():
    """Only what was accepted is used up."""
    check = easy(still_tools())
    puzzle = check.challenge()["puzzle"]

    assert not check.passed(solved(puzzle, counter=99))
    assert check.passed(solved(puzzle))


@pytest.mark.parametrize(
    ("name", "value"),
    [("cost", 1), ("keyPrefix", ""), ("nonce", "00" * 16), ("data", {"issued": 1})],
)
def test_a_task_that_was_made_easier_does_not_pass(name, value):
    """What the visitor was given is signed."""
    tools = still_tools()
    check = easy(tools)
    puzzle = check.challenge()["puzzle"]
    parameters = {**puzzle["parameters"], "keyPrefix": "", name: value}

    assert not check.passed(solved({**puzzle, "parameters": parameters}))


def test_a_task_of_another_portal_does_not_pass():
    """Each has its own key."""
    theirs = easy(still_tools("another key for tests, of forty letters-"))

    assert not easy(still_tools()).passed(solved(theirs.challenge()["puzzle"]))


def test_another_process_with_the_same_keys_accepts_the_task():
    """Nothing of a challenge has to be kept."""
    response = solved(easy(still_tools()).challenge()["puzzle"])

    assert easy(still_tools()).passed(response)


def test_the_question_is_a_way_through_without_a_script():
    """It stands beside the task, and is good once."""
    check = easy(still_tools())
    question = check.challenge()["without_script"]
    posted = {**question["hidden"], question["field"]: answer_of(question), "human_response": "on"}
    response = check.response(posted)

    assert check.passed(response)
    assert not check.passed(response)


def test_the_question_may_be_left_out():
    """Then nobody comes in without the task."""
    check = easy(still_tools(), question=False)

    assert "without_script" not in check.challenge()
    assert check.response({"human_response": "on"}) == "on"
    assert not check.passed("on")


@pytest.mark.parametrize("wrong", [{"cost": 0}, {"tries": 0}, {"tries": 1 << 25}])
def test_a_difficulty_that_makes_no_sense_is_refused(wrong):
    """When the check is made, not when somebody needs it."""
    with pytest.raises(ValueError, match="altcha needs"):
        easy(still_tools(), **wrong)


# -- whatever a visitor sends ---------------------------------------------------------------


@given(st.one_of(st.text(), st.binary(), KINDS, PLAIN.map(encoded)))
def test_nothing_a_visitor_sends_raises(response):
    """Of whatever type and shape it is; and none of it passes."""
    assert not easy(still_tools()).passed(response)


@given(
    st.sampled_from(("parameters", "signature", "solution", "challenge")),
    st.sampled_from(("", "algorithm", "nonce", "salt", "cost", "keyLength", "data", "counter")),
    PLAIN,
)
def test_no_part_of_a_payload_raises(part, name, value):
    """Each part replaced by anything."""
    check = easy(still_tools())
    payload = json.loads(base64.b64decode(solved(check.challenge()["puzzle"])))
    places = {**payload, **payload["challenge"]}
    inside = places[part]
    if isinstance(inside, dict) and name:
        inside[name] = value
    elif part in payload:
        payload[part] = value
    else:
        payload["challenge"][part] = value

    assert check.passed(encoded(payload)) in {True, False}


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"issued": None}, {"issued": True}, {"issued": 10**30}, {"issued": -(10**12)}],
)
def test_a_time_that_is_none_does_not_pass(data):
    """Looked at before the signature: it must not raise."""
    check = easy(still_tools())
    puzzle = check.challenge()["puzzle"]
    changed = {**puzzle, "parameters": {**puzzle["parameters"], "data": data}}

    assert not check.passed(solved(changed))


def test_a_signed_task_that_cannot_be_computed_does_not_pass():
    """A key that leaked must not bring the server down either."""
    tools = still_tools()
    check = easy(tools, lifetime=timedelta(days=1))
    data = {"issued": int(tools.clock.now().timestamp())}
    odd = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1, data=data)
    odd.parameters.cost = -1
    signed = altcha.v2._sign_challenge_v2("SHA-256", odd.parameters, None, check._key(), None)
    payload = {"challenge": signed.to_dict(), "solution": {"counter": 1, "derivedKey": "00"}}

    assert not check.passed(encoded(payload))
