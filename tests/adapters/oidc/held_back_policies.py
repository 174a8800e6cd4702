"""Held-back attacks on metadata policies (Federation 6.1)."""

from __future__ import annotations

from tests.adapters.oidc.held_back_chains import (
    PROVIDER,
    TOKEN_ENDPOINT,
    ChainAttack,
    chain,
    claim,
    policies,
)

POLICIES: list[ChainAttack] = []
chain(
    POLICIES,
    "Federation 6.1: a policy holds, from the anchor down (policy bypass).",
    {
        "one_of": policies({"token_endpoint": {"one_of": ["https://other.example"]}}),
        "superset_of": policies({"scopes_supported": {"superset_of": ["address"]}}),
        "essential": policies({"contacts": {"essential": True}}),
        "essential_weakened": policies(
            {"contacts": {"essential": True}}, {"contacts": {"essential": False}}
        ),
        "value_and_value": policies(
            {"token_endpoint": {"value": TOKEN_ENDPOINT}},
            {"token_endpoint": {"value": "https://evil.example"}},
        ),
        "one_of_and_one_of": policies(
            {"token_endpoint": {"one_of": [TOKEN_ENDPOINT]}},
            {"token_endpoint": {"one_of": ["https://evil.example"]}},
        ),
        "default_and_default": policies(
            {"contacts": {"default": ["a"]}}, {"contacts": {"default": ["b"]}}
        ),
        "value_outside_one_of": policies(
            {"token_endpoint": {"one_of": [TOKEN_ENDPOINT]}},
            {"token_endpoint": {"value": "https://evil.example"}},
        ),
        "value_outside_subset_of": policies(
            {"scopes_supported": {"subset_of": ["openid"]}},
            {"scopes_supported": {"value": ["openid", "admin"]}},
        ),
        "add_outside_subset_of": policies(
            {"scopes_supported": {"subset_of": ["openid"]}},
            {"scopes_supported": {"add": ["admin"]}},
        ),
        "add_outside_value": policies(
            {"scopes_supported": {"value": ["openid"]}}, {"scopes_supported": {"add": ["admin"]}}
        ),
        "one_of_with_subset_of": policies(
            {"scopes_supported": {"one_of": ["openid"], "subset_of": ["openid"]}}
        ),
        "default_without_value": policies({"contacts": {"value": None, "default": ["a"]}}),
        "one_of_in_a_text": policies({"token_endpoint": {"one_of": f"{TOKEN_ENDPOINT}-endpoint"}}),
        "superset_without_subset": policies(
            {"scopes_supported": {"subset_of": ["openid"], "superset_of": ["admin"]}}
        ),
        "null_that_is_essential": policies({"token_endpoint": {"value": None, "essential": True}}),
        "issuer_made_another": policies({"issuer": {"value": "https://evil.example"}}),
        "issuer_taken_away": policies({"issuer": {"value": None}}),
    },
)
chain(
    POLICIES,
    "Federation 6.1.3: a policy is a table of tables, of operators with values of their types.",
    {
        f"policy_{index}": claim("about-leaf", metadata_policy=value)
        for index, value in enumerate(
            (
                [],
                "x",
                {PROVIDER: []},
                {PROVIDER: {"issuer": []}},
                {PROVIDER: {"issuer": {"one_of": "https://op.example"}}},
                {PROVIDER: {"issuer": {"one_of": {}}}},
                {PROVIDER: {"scopes_supported": {"subset_of": 7}}},
                {PROVIDER: {"scopes_supported": {"superset_of": [["openid"]]}}},
                {PROVIDER: {"scopes_supported": {"add": {"a": 1}}}},
                {PROVIDER: {"issuer": {"essential": "yes"}}},
                {PROVIDER: {"issuer": {"one_of": [{}]}}},
            )
        )
    },
)
