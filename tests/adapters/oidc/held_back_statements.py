"""Held-back attacks on what is said in a federation: who, of whom, when, signed by whom."""

from __future__ import annotations

from tests.adapters.oidc.held_back_chains import (
    EVIL_JWKS,
    FAR,
    PAST,
    PROVIDER,
    ChainAttack,
    chain,
    claim,
    everywhere,
    said,
)
from tests.adapters.oidc.held_back_oidc import EVIL, merged

from registrazione.testing.oidc_keys import key_of

STATEMENTS: list[ChainAttack] = []

chain(STATEMENTS, "Federation 3.1: a statement lives for a while.", everywhere("ended", exp=PAST))
chain(
    STATEMENTS,
    "Federation 3.1: a statement ends.",
    {
        name: play
        for name, play in everywhere("without_end", exp=...).items()
        # A mark may live for ever (7.1).
        if name != "without_end_mark"
    }
    | {
        f"end_{index}": claim("about-leaf", exp=value)
        for index, value in enumerate(("never", None, True, [], float("inf"), -1, 10**400))
    },
)
chain(
    STATEMENTS,
    "Federation 3.1: a statement was made already.",
    everywhere("early", iat=FAR)
    | {
        f"made_{index}": claim("leaf", iat=value)
        for index, value in enumerate(("now", None, True, [], float("nan"), 10**400))
    },
)
chain(
    STATEMENTS,
    "Federation 3.1.1: who speaks of whom.",
    {
        f"{field}_{who.replace('-', '_')}": claim(who, **{field: "https://evil.example"})
        for who in ("anchor", "about-middle", "middle", "about-leaf", "leaf", "mark")
        for field in ("iss", "sub")
    }
    | {
        "iss_list": claim("about-leaf", iss=["https://sa.example"]),
        "sub_list": claim("about-leaf", sub=["https://op.example"]),
        "sub_slash": claim("about-leaf", sub="https://op.example/"),
        "sub_missing": claim("leaf", sub=...),
    },
)
chain(
    STATEMENTS,
    "Federation 3.1.2, 13.4: what is critical and not understood ends the matter.",
    {
        f"crit_{who.replace('-', '_')}": claim(who, crit=["bork"], bork=1)
        for who in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    }
    | {
        "crit_text": claim("leaf", crit="bork", bork=1),
        "policy_crit": claim("about-leaf", metadata_policy_crit=["regexp"]),
        "policy_crit_in_use": claim(
            "about-middle",
            metadata_policy_crit=["regexp"],
            metadata_policy={PROVIDER: {"issuer": {"regexp": "^x"}}},
        ),
        "header_crit": said(headers={"leaf": {"crit": ["bork"], "bork": 1}}),
    },
)
chain(
    STATEMENTS,
    "Federation 4, 10.2: each key comes from one step higher.",
    {
        f"signed_by_evil_{who.replace('-', '_')}": said(signers={who: EVIL})
        for who in ("anchor", "about-middle", "middle", "about-leaf", "leaf", "mark")
    }
    | {
        f"keys_of_evil_{who.replace('-', '_')}": said(
            {who: merged({"jwks": EVIL_JWKS})},
            signers={who: EVIL},
            headers={who: {"kid": EVIL.kid}},
        )
        for who in ("anchor", "middle", "leaf")
    }
    | {
        "leaf_speaks_for_the_middle": said(
            signers={"about-leaf": key_of("leaf-federation")},
            headers={"about-leaf": {"kid": key_of("leaf-federation").kid}},
        ),
        "middle_speaks_for_the_anchor": said(
            signers={"about-middle": key_of("middle-federation")},
            headers={"about-middle": {"kid": key_of("middle-federation").kid}},
        ),
        "provider_key_speaks_for_the_leaf": said(
            signers={"leaf": key_of("op", "RS256")}, headers={"leaf": {"kid": "op-RS256"}}
        ),
        "other_key_vouched_for": said({"about-leaf": merged({"jwks": EVIL_JWKS})}),
        "header_brings_the_key": said(
            signers={"leaf": EVIL},
            headers={"leaf": {"kid": EVIL.kid, "jwk": EVIL_JWKS["keys"][0]}},
        ),
        "header_brings_a_chain": said(
            signers={"leaf": EVIL}, headers={"leaf": {"trust_chain": ["a"]}}
        ),
    },
)
chain(
    STATEMENTS,
    "Federation 3.1: a statement has keys.",
    {
        f"no_keys_{who.replace('-', '_')}": claim(who, jwks=...)
        for who in ("about-middle", "middle", "about-leaf", "leaf")
    }
    | {
        f"keys_{index}": claim("about-leaf", jwks=value)
        for index, value in enumerate(
            (
                None,
                [],
                {},
                {"keys": []},
                {"keys": {}},
                {"keys": [None]},
                {"keys": [{"kty": ["EC"]}]},
            )
        )
    },
)
chain(
    STATEMENTS,
    "Federation 3.1, 7.1: a statement says that it is one, and is signed.",
    {
        f"typ_{index}": said(headers={"leaf": {"typ": value}})
        for index, value in enumerate(
            ("JWT", "trust-mark+jwt", "", None, 7, ["entity-statement+jwt"])
        )
    }
    | {
        "typ_of_a_mark": said(headers={"mark": {"typ": "JWT"}}),
        "alg_none": said(headers={"about-leaf": {"alg": "none"}}),
        "alg_hmac": said(headers={"about-leaf": {"alg": "HS256"}}),
        "alg_list": said(headers={"about-leaf": {"alg": ["ES256"]}}),
        "kid_missing": said(headers={"about-leaf": {"kid": None}}),
        "kid_list": said(headers={"about-leaf": {"kid": ["x"]}}),
    },
)
chain(
    STATEMENTS,
    "Federation 6.2.1: no more intermediates than somebody higher allows.",
    {
        f"path_{index}": claim("about-middle", constraints={"max_path_length": value})
        for index, value in enumerate((0, -1, "0", True, 0.0, None, []))
    }
    | {"constraints_list": claim("about-middle", constraints=[])},
)
chain(
    STATEMENTS,
    "Federation 6.2.2: names within the constraint (RFC 5280, 4.2.1.10).",
    {
        f"naming_{index}": claim("about-middle", constraints={"naming_constraints": value})
        for index, value in enumerate(
            (
                {"permitted": ["evil.example"]},
                {"permitted": [".op.example"]},
                {"permitted": []},
                {"excluded": ["op.example"]},
                {"excluded": [".example"]},
                {"excluded": ["OP.EXAMPLE"]},
                {"permitted": ["op.example"], "excluded": ["op.example"]},
                {"permitted": "op.example"},
                {"permitted": [7]},
                [],
            )
        )
    },
)
chain(
    STATEMENTS,
    "Federation 6.2.3: types that somebody higher allows.",
    {
        f"types_{index}": claim("about-middle", constraints={"allowed_entity_types": value})
        for index, value in enumerate((["openid_relying_party"], [], PROVIDER, {}, [7]))
    },
)
