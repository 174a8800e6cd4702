"""Metadata policies: each operator, alone and from two who stand above each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.oidc.federation.policy import APPLY, MERGE, applied, merged, read_policy
from registrazione.ports import IdentityError

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True)


@pytest.mark.parametrize(
    ("row", "value", "left"),
    [
        ({"value": "x"}, {"p": "y"}, {"p": "x"}),
        ({"value": "x"}, {}, {"p": "x"}),
        ({"value": None}, {"p": "y"}, {}),
        ({"add": ["b"]}, {"p": ["a"]}, {"p": ["a", "b"]}),
        ({"add": "b"}, {}, {"p": ["b"]}),
        ({"default": "x"}, {}, {"p": "x"}),
        ({"default": "x"}, {"p": "y"}, {"p": "y"}),
        ({"one_of": ["x", "y"]}, {"p": "y"}, {"p": "y"}),
        ({"one_of": ["x", "y"]}, {}, {}),
        ({"subset_of": ["a", "b"]}, {"p": ["b", "c"]}, {"p": ["b"]}),
        ({"subset_of": ["a"]}, {}, {}),
        ({"superset_of": ["a"]}, {"p": ["a", "b"]}, {"p": ["a", "b"]}),
        ({"superset_of": ["a"]}, {}, {}),
        ({"essential": True}, {"p": 1}, {"p": 1}),
        ({"essential": False}, {}, {}),
        ({"add": ["b"], "subset_of": ["a", "b"]}, {"p": ["a", "c"]}, {"p": ["a", "b"]}),
        ({"default": ["a"], "essential": True}, {}, {"p": ["a"]}),
    ],
)
def test_what_a_policy_leaves(row, value, left):
    """OpenID Federation 1.0, 6.1.3.1."""
    assert applied({"p": row}, value) == left


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"one_of": ["x"]}, {"p": "y"}),
        ({"superset_of": ["a"]}, {"p": ["b"]}),
        ({"essential": True}, {}),
        ({"value": None, "essential": True}, {"p": "x"}),
    ],
)
def test_what_a_policy_does_not_allow(row, value):
    """It is invalid, and not silently changed."""
    with pytest.raises(IdentityError):
        applied({"p": row}, value)


def test_a_list_in_one_text_stays_one():
    """``scope`` is a list with blanks between (RFC 7591)."""
    policy = {"scope": {"subset_of": ["openid", "email"]}}

    assert applied(policy, {"scope": "openid profile email"}) == {"scope": "openid email"}
    assert applied({"scope": {"default": "openid"}}, {}) == {"scope": "openid"}


@given(WORDS, WORDS, WORDS)
def test_two_policies_allow_no_more_than_the_upper_one(upper, lower, said):
    """Whatever stands below, only less is left."""
    both = merged({"p": {"subset_of": upper}}, {"p": {"subset_of": lower}})
    left = applied(both, {"p": said})["p"]

    assert set(left) <= set(applied({"p": {"subset_of": upper}}, {"p": said})["p"])


@pytest.mark.parametrize(
    ("operator", "upper", "lower", "both"),
    [
        ("value", "x", "x", "x"),
        ("add", ["a"], ["b"], ["a", "b"]),
        ("default", 1, 1, 1),
        ("one_of", ["a", "b"], ["b"], ["b"]),
        ("subset_of", ["a"], ["b"], []),
        ("superset_of", ["a"], ["b"], ["a", "b"]),
        ("essential", False, True, True),
        ("essential", True, False, True),
    ],
)
def test_each_operator_said_twice(operator, upper, lower, both):
    """OpenID Federation 1.0, 6.1.3.1: what is merged, operator by operator."""
    assert merged({"p": {operator: upper}}, {"p": {operator: lower}}) == {"p": {operator: both}}


def test_every_operator_has_both_halves():
    """Whoever adds one says how it is merged and how it works."""
    assert [name for name, _ in APPLY] == list(MERGE)


@pytest.mark.parametrize(
    "statement",
    [
        {"metadata_policy": 1},
        {"metadata_policy": {"k": []}},
        {"metadata_policy": {"k": {"p": "x"}}},
        {"metadata_policy_crit": ["regexp"]},
        {"metadata_policy_crit": "value"},
    ],
)
def test_what_is_no_policy_is_invalid(statement):
    """As is one that something depends on that nobody knows."""
    with pytest.raises(IdentityError):
        read_policy(statement, "k")
