"""Two traps: a field that nobody sees, and a form that came back before anybody could type."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.human_check.checks import still_tools

from registrazione.adapters.human_check import NoHumanCheck, TickBox
from registrazione.adapters.human_check.honeypot import MADE, TRAP, Honeypot
from registrazione.adapters.human_check.question import TOKEN, Question
from registrazione.ports import DrawnHumanCheck


def posted(check, **fields):
    """Return what a person sends: hidden fields as they came, no trap, the box ticked."""
    challenge = check.challenge()
    return {**challenge["hidden"], challenge["trap"]: "", "human_response": "on", **fields}


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize(
    ("seconds", "passes"), [(2, False), (3, True), (12 * 3600, True), (12 * 3600 + 1, False)]
)
def test_a_form_comes_back_after_a_while(seconds, passes):
    """Neither at once nor the day after."""
    tools = still_tools()
    check = Honeypot(TickBox(), tools)
    form = posted(check)
    tools.clock.advance(seconds=seconds)

    assert isinstance(check, DrawnHumanCheck)
    assert check.passed(check.response(form)) is passes


@pytest.mark.parametrize(
    "fields", [{TRAP: "x"}, {MADE: "made.up"}, {MADE: ""}, {"human_response": ""}]
)
def test_whoever_falls_into_a_trap_does_not_pass(fields):
    """The unseen field, a time that was made up, or the inner check itself."""
    tools = still_tools()
    check = Honeypot(TickBox(), tools)
    form = posted(check, **fields)
    tools.clock.advance(minutes=1)

    assert not check.passed(check.response(form))


def test_the_inner_check_is_drawn_and_asked():
    """Its own hidden fields come along."""
    tools = still_tools()
    check = Honeypot(Question(tools), tools)
    challenge = check.challenge("en")

    assert challenge["question"].startswith("How much")
    assert set(challenge["hidden"]) == {TOKEN, MADE}
    assert challenge["trap"] == TRAP
    assert Honeypot(TickBox(), tools).challenge()["kind"] == "tick_box"


def test_the_times_are_settings():
    """Whoever types fast, or leaves a form lying, may be let in."""
    tools = still_tools()
    check = Honeypot(NoHumanCheck(), tools, shortest=timedelta(0), longest=timedelta(seconds=1))
    form = posted(check)

    assert check.passed(check.response(form))
    tools.clock.advance(seconds=2)
    assert not check.passed(check.response(form))


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.none(),
        st.integers(),
        st.lists(st.one_of(st.text(), st.none(), st.integers()), max_size=4).map(json.dumps),
        st.sampled_from(["[" * 100_000, '{"a": 1}', "NaN", '["", [], ""]']),
    )
)
def test_nothing_a_visitor_sends_raises(response):
    """Of whatever type and shape it is; and none of it passes."""
    assert not Honeypot(NoHumanCheck(), still_tools()).passed(response)
