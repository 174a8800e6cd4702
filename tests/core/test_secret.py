"""A secret: it gives back what was put in, and shows it to nobody."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione import Secret

anything = st.one_of(st.none(), st.integers(), st.binary(), st.text(), st.lists(st.text()))


@given(anything)
def test_it_keeps_any_value_and_shows_none(value):
    """Whatever came in comes out, wrapped once however often, and is in no text of it."""
    secret = Secret(Secret(value))

    assert secret.reveal() is value
    assert {repr(secret), str(secret), f"{secret}", f"{secret!r}"} == {"Secret(***)"}


@given(st.text())
def test_text_comes_back_as_text(value):
    """What is text is given back as it is, lone surrogates and all."""
    assert Secret(value).text() == value


@pytest.mark.parametrize("value", [None, 1, b"bytes", ["list"]])
def test_what_is_no_text_is_not_given_back_as_text(value):
    """The error does not show the value."""
    with pytest.raises(TypeError, match=r"^a secret must be text$"):
        Secret(value).text()


@given(
    st.text(st.characters(categories=["Cs", "L"])), st.text(st.characters(categories=["Cs", "L"]))
)
def test_equality_is_that_of_the_texts(one, other):
    """Two secrets are equal if and only if their texts are."""
    assert (Secret(one) == Secret(other)) == (one == other)
    assert Secret(one) == Secret(one)


def test_equality_with_anything_else():
    """A secret is never equal to its bare text; other values are compared as they are."""
    assert Secret("password") != "password"
    assert Secret(1) == Secret(1)
    assert Secret(1) != Secret("1")


@pytest.mark.parametrize("trace", [hash, pickle.dumps, json.dumps], ids=["hash", "pickle", "json"])
def test_no_trace_is_left_behind(trace):
    """Hashing, pickling and writing as JSON are refused, and the refusal shows nothing."""
    with pytest.raises(TypeError) as caught:
        trace(Secret("Password1"))

    assert "Password1" not in str(caught.value)


def test_copies_are_the_secret_itself():
    """A copy of a report holds the same object, not a second one to be found."""
    secret = Secret("Password1")

    assert copy.copy(secret) is secret
    assert copy.deepcopy({"password": secret})["password"] is secret
