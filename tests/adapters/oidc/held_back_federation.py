"""Held-back attacks on chains of trust: ways up, marks, answers, chains without end."""

from __future__ import annotations

from itertools import count

from tests.adapters.oidc.held_back_chains import (
    EC_TYPE,
    EVIL_JWKS,
    FAR,
    PROVIDER,
    TOKEN_ENDPOINT,
    ChainAttack,
    chain,
    claim,
    metadata,
    policies,
    said,
)
from tests.adapters.oidc.held_back_marks import delegated, mark, marks
from tests.adapters.oidc.held_back_oidc import EVIL, merged

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.testing.oidc_federation import (
    MARK,
    FederationTwist,
)
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_stage import NOW

CHAINS: list[ChainAttack] = []
BENIGN_CHAINS: list[ChainAttack] = []
chain(
    CHAINS,
    "Federation 10.1: a way up is an address, and there is one (SSRF by authority_hints).",
    {
        f"hints_{index}": claim("leaf", authority_hints=value)
        for index, value in enumerate(
            (
                ...,
                [],
                None,
                "https://sa.example",
                {"https://sa.example": 1},
                [7],
                [["https://sa.example"]],
                ["https://evil.example"],
                ["http://169.254.169.254"],
                ["https://localhost"],
                ["file:///etc"],
                ["https://op.example"],
                ["https://sa.example@evil.example"],
                ["https://sa.example/../evil"],
                ["https://SA.example"],
                ["https://sa.example?x"],
                ["\ud800"],
                ["https://op.example"] * 5_000,
            )
        )
    }
    | {
        "middle_leads_to_itself": claim("middle", authority_hints=["https://sa.example"]),
        "middle_leads_back": claim("middle", authority_hints=["https://op.example"]),
        "middle_leads_nowhere": claim("middle", authority_hints=...),
    },
)
chain(
    CHAINS,
    "Federation 5.1.1: the address of statements is on the web.",
    {
        f"fetch_{index}": said(
            {
                "middle": merged(
                    {"metadata": {"federation_entity": {"federation_fetch_endpoint": value}}}
                )
            }
        )
        for index, value in enumerate(
            (
                None,
                "",
                7,
                ["https://sa.example/fetch"],
                "file:///etc/hostname",
                "http://sa.example/fetch",
                "https://localhost/fetch",
                "https://sa.example@evil.example/fetch",
                "javascript:alert(1)",
                "https://sa.example/\r\nfetch",
                "//sa.example/fetch",
            )
        )
    }
    | {
        "no_metadata": claim("middle", metadata=...),
        "metadata_list": claim("middle", metadata=[]),
        "metadata_of_nothing": claim("middle", metadata={"federation_entity": None}),
    },
)
chain(
    CHAINS,
    "Federation 5.1.3: a provider says of itself what a provider has to.",
    {
        "leaf_of_another_type": claim("leaf", metadata={"openid_relying_party": {}}),
        "leaf_list": claim("leaf", metadata={PROVIDER: []}),
        "leaf_without_metadata": claim("leaf", metadata=...),
        "leaf_issuer_other": metadata(issuer="https://evil.example"),
        "leaf_issuer_missing": metadata(issuer=...),
        "leaf_no_keys": metadata(jwks=...),
        "leaf_keys_inside": metadata(jwks=..., jwks_uri="https://localhost/jwks"),
        "leaf_keys_elsewhere": metadata(jwks=..., signed_jwks_uri="https://op.example/jwks"),
        "leaf_token_inside": metadata(token_endpoint="https://localhost/token"),
        "leaf_token_plain": metadata(token_endpoint="http://op.example/token"),
        "leaf_keys_of_evil": metadata(jwks=EVIL_JWKS),
        "metadata_from_above": claim(
            "about-leaf", metadata={PROVIDER: {"issuer": "https://evil.example"}}
        ),
        "metadata_from_above_list": claim("about-leaf", metadata={PROVIDER: []}),
    },
)

chain(
    CHAINS,
    "Federation 5.1: an answer is a statement, of a size that is meant.",
    {
        f"answer_{who.replace('-', '_')}_{index}": said(answers={who: answer})
        for who in ("anchor", "middle", "about-leaf", "leaf")
        for index, answer in enumerate(
            (
                HttpAnswer(status=200, content_type=EC_TYPE, body=b""),
                HttpAnswer(status=200, content_type=EC_TYPE, body=b"a.b.c"),
                HttpAnswer(status=200, content_type=EC_TYPE, body=b"." * 200_000),
                HttpAnswer(status=200, content_type=EC_TYPE, body=b"\xff\xfe"),
                HttpAnswer(status=200, content_type=EC_TYPE, body=b"A" * 3_000_000),
                HttpAnswer(status=200, content_type="text/html", body=b"<html>"),
                HttpAnswer(status=302),
                HttpAnswer(status=404),
            )
        )
    },
)


def _deep(ground):
    """A payload whose brackets never end."""
    text = spelt(
        {"alg": "ES256", "typ": "entity-statement+jwt", "kid": key_of("leaf-federation").kid},
        "[" * 90_000,
        key_of("leaf-federation"),
    )
    answer = HttpAnswer(status=200, content_type=EC_TYPE, body=text.encode())
    return said(answers={"leaf": answer})(ground)


chain(CHAINS, "CWE-674: nothing is read deeper than it is meant.", {"statement_deep": _deep})


def _entity(name, hints, ground):
    """Return the page of somebody who vouches for himself, and names who is above."""
    now = int(ground.clock.now().timestamp())
    claims = {
        "iss": name,
        "sub": name,
        "iat": now,
        "exp": now + 600,
        "jwks": EVIL_JWKS,
        "authority_hints": hints,
        "metadata": {"federation_entity": {"federation_fetch_endpoint": f"{name}/fetch"}},
    }
    head = {"alg": "RS256", "kid": EVIL.kid, "typ": "entity-statement+jwt"}
    body = spelt(head, claims, EVIL).encode()
    return HttpAnswer(status=200, content_type=EC_TYPE, body=body)


def _endless(width):
    """Make a sign-in where each who is asked names others above, without end."""

    def play(ground):
        serial = count(1)

        def strange(url):
            if "//e" not in url or not url.endswith("/.well-known/openid-federation"):
                return None
            hints = [f"https://e{next(serial)}.example" for _ in range(width)]
            return _entity(url.removesuffix("/.well-known/openid-federation"), hints, ground)

        ground.federation.strange = strange
        hints = [f"https://e{next(serial)}.example" for _ in range(width)]
        return claim("leaf", authority_hints=hints)(ground)

    return play


chain(
    CHAINS,
    "Federation 18.1: a chain without end, or with many ends, is left (CWE-400).",
    {
        "endless_chain": _endless(1),
        "endless_tree": _endless(8),
        "endless_bush": _endless(1_000),
    },
)


def _later(ground):
    """Believe a chain for ten minutes, and not a second longer."""
    end = int(NOW.timestamp()) + 600
    said({"about-leaf": merged({"exp": end})})(ground)
    ground.clock.advance(seconds=661)
    ground.federation.twist = FederationTwist(signers={"about-leaf": EVIL})
    return ground.sign_in("the-second-sign-in-of-this-ground")


chain(
    CHAINS,
    "Federation 10.2: a chain lives as long as its shortest statement.",
    {"believed_too_long": _later},
)


# -- what has to be believed ---------------------------------------------------------------------


chain(
    BENIGN_CHAINS,
    "True chains.",
    {
        "deep": lambda ground: ground.sign_in(),
        "a_broken_way_beside_the_good_one": claim(
            "leaf", authority_hints=["https://broken.example", "https://sa.example"]
        ),
        "a_policy_operator_that_is_not_critical": policies({"issuer": {"regexp": ".*"}}),
        "an_unknown_claim": claim("about-leaf", remark="x"),
        "another_mark_beside": said(
            {
                "leaf": lambda claims, _: {
                    **claims,
                    "trust_marks": [
                        {"id": "https://x.example", "trust_mark": "a.b.c"},
                        *claims["trust_marks"],
                    ],
                }
            }
        ),
        "two_keys": said(
            {
                "about-leaf": lambda claims, _: {
                    **claims,
                    "jwks": {"keys": [*EVIL_JWKS["keys"], *claims["jwks"]["keys"]]},
                }
            }
        ),
        "permitted_name": claim(
            "about-middle", constraints={"naming_constraints": {"permitted": [".example"]}}
        ),
        "allowed_type": claim("about-middle", constraints={"allowed_entity_types": [PROVIDER]}),
        "a_policy_that_holds": policies(
            {
                "token_endpoint": {"one_of": [TOKEN_ENDPOINT]},
                "scopes_supported": {"superset_of": ["openid"]},
            },
            {"scopes_supported": {"subset_of": ["openid", "email"]}},
        ),
        "a_mark_that_was_delegated": delegated(),
        "a_mark_that_was_delegated_for_a_while": delegated(exp=FAR),
        "a_mark_that_never_ends": claim("mark", exp=...),
        "a_mark_by_its_newer_name": marks(
            {
                "trust_mark_type": MARK,
                "trust_mark": mark(id=..., trust_mark_type=MARK),
            }
        ),
        "nothing_left_of_a_list": policies(
            {"scopes_supported": {"subset_of": ["address"], "essential": True}}
        ),
        "a_default": policies({"contacts": {"default": ["a"]}}, {"contacts": {"default": ["a"]}}),
    },
)
