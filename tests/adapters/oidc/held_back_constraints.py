"""Held-back attacks on what those above allow, as SPID and CIE spell it, and chains they allow."""

from __future__ import annotations

from tests.adapters.oidc.held_back_chains import PROVIDER, ChainAttack, chain, claim

CONSTRAINTS: list[ChainAttack] = []
ALLOWED: list[ChainAttack] = []
_ABOUT = ("about-middle", "about-leaf", "anchor")
_RP = "openid_relying_party"

chain(
    CONSTRAINTS,
    "SPID and CIE, entity statement: allowed_leaf_entity_types says what may stand below.",
    {
        f"leaf_types_{index}_{who.replace('-', '_')}": claim(
            who, constraints={"allowed_leaf_entity_types": types}
        )
        for who in _ABOUT
        for index, types in enumerate(([_RP], [], PROVIDER, None, [1], {PROVIDER: 1}))
    },
)
chain(
    CONSTRAINTS,
    "Of two names neither takes back what the other one says.",
    {
        "leaf_types_beside_the_other_name": claim(
            "about-leaf",
            constraints={
                "allowed_entity_types": [PROVIDER],
                "allowed_leaf_entity_types": [_RP],
            },
        ),
        "other_name_beside_leaf_types": claim(
            "about-leaf",
            constraints={
                "allowed_entity_types": [_RP],
                "allowed_leaf_entity_types": [PROVIDER],
            },
        ),
    },
)
chain(
    CONSTRAINTS,
    "SPID and CIE, entity configuration: what the anchor says of itself holds for all chains.",
    {
        f"anchor_itself_{name}": claim("anchor", constraints=constraints)
        for name, constraints in {
            "path_0": {"max_path_length": 0},
            "path_below_0": {"max_path_length": -1},
            "path_true": {"max_path_length": True},
            "path_text": {"max_path_length": "1"},
            "path_half": {"max_path_length": 0.5},
            "excluded": {"naming_constraints": {"excluded": ["op.example"]}},
            "excluded_in_between": {"naming_constraints": {"excluded": ["sa.example"]}},
            "permitted": {"naming_constraints": {"permitted": [".it"]}},
            "types": {"allowed_entity_types": [_RP]},
            "list": [],
        }.items()
    },
)
chain(
    ALLOWED,
    "True chains, as the anchors of SPID and CIE constrain them.",
    {
        "leaf_types": claim(
            "about-leaf",
            constraints={"max_path_length": 0, "allowed_leaf_entity_types": [PROVIDER, _RP]},
        ),
        "anchor_itself": claim(
            "anchor",
            constraints={"max_path_length": 1, "allowed_leaf_entity_types": [PROVIDER]},
        ),
        "anchor_itself_excludes_itself": claim(
            "anchor", constraints={"naming_constraints": {"excluded": ["ta.example"]}}
        ),
    },
)
