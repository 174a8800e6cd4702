"""Held-back attacks on trust marks, and on who may give them (Federation 7)."""

from __future__ import annotations

import json

from tests.adapters.oidc.held_back_chains import (
    EVIL_JWKS,
    FAR,
    PAST,
    ChainAttack,
    chain,
    claim,
    said,
)
from tests.adapters.oidc.held_back_oidc import EVIL, EVIL_EC, merged

from registrazione.adapters.oidc.keys import public_jwks
from registrazione.testing.oidc_federation import (
    MARK,
)
from registrazione.testing.oidc_keys import b64url, key_of, spelt
from registrazione.testing.oidc_stage import NOW

MARKS: list[ChainAttack] = []


def marks(*marks):
    return claim("leaf", trust_marks=list(marks))


_HEAD = {"alg": "ES256", "typ": "trust-mark+jwt", "kid": key_of("anchor-federation").kid}


def mark(signer=None, head=(), **changes):
    """Return a mark, by the anchor unless somebody else signs it."""
    now = int(NOW.timestamp())
    claims = {
        "iss": "https://ta.example",
        "sub": "https://op.example",
        "id": MARK,
        "iat": now,
        "exp": now + 600,
    }
    told = merged(changes)(claims, None)
    return spelt({**_HEAD, **dict(head)}, told, signer or key_of("anchor-federation"))


chain(
    MARKS,
    "Federation 7.3: a mark is by who may give it, to this provider, and lives.",
    {
        "marks_none": marks(),
        "marks_missing": claim("leaf", trust_marks=...),
        "marks_text": claim("leaf", trust_marks="x"),
        "marks_numbers": marks(7, None, []),
        "marks_of_lists": marks({"id": MARK, "trust_mark": ["a"]}),
        "mark_self_made": marks(
            {
                "id": MARK,
                "trust_mark": mark(
                    key_of("leaf-federation"),
                    {"kid": key_of("leaf-federation").kid},
                    iss="https://op.example",
                ),
            }
        ),
        "mark_by_the_middle": marks(
            {
                "id": MARK,
                "trust_mark": mark(
                    key_of("middle-federation"),
                    {"kid": key_of("middle-federation").kid},
                    iss="https://sa.example",
                ),
            }
        ),
        "mark_by_evil": marks({"id": MARK, "trust_mark": mark(EVIL, {"alg": "RS256"})}),
        "mark_unsigned": marks(
            {
                "id": MARK,
                "trust_mark": ".".join(
                    (
                        b64url(json.dumps({**_HEAD, "alg": "none"}).encode()),
                        mark().split(".")[1],
                        "",
                    )
                ),
            }
        ),
        "mark_of_another_kind": marks({"id": MARK, "trust_mark": mark(id="https://x.example")}),
        "mark_said_to_be_another": marks({"id": "https://x.example", "trust_mark": mark(id="y")}),
        "mark_of_another": marks({"id": MARK, "trust_mark": mark(sub="https://evil.example")}),
        "mark_ended": marks({"id": MARK, "trust_mark": mark(exp=PAST)}),
        "mark_of_two_kinds": marks(
            {
                "trust_mark_type": MARK,
                "id": MARK,
                "trust_mark": mark(trust_mark_type="https://x.example"),
            }
        ),
        "mark_delegated_by_nobody": said(
            {
                "anchor": merged(
                    {
                        "trust_mark_owners": {
                            MARK: {"sub": "https://owner.example", "jwks": EVIL_JWKS}
                        }
                    }
                ),
                "mark": merged({"delegation": "a.b.c"}),
            }
        ),
        "mark_delegated_without_an_owner": said({"mark": merged({"delegation": "a.b.c"})}),
        "mark_delegated_by_no_text": said({"mark": merged({"delegation": None})}),
        "mark_without_kind": marks({"id": MARK, "trust_mark": mark(id=...)}),
        "mark_issuers_other": claim("anchor", trust_mark_issuers={MARK: ["https://evil.example"]}),
        "mark_issuers_list": claim("anchor", trust_mark_issuers=[]),
        "mark_issuers_text": claim(
            "anchor", trust_mark_issuers={MARK: "https://ta.example https://evil.example"}
        ),
        "mark_issuers_of_others": claim("anchor", trust_mark_issuers={"https://x.example": []}),
        "mark_owned_without_delegation": claim(
            "anchor",
            trust_mark_owners={MARK: {"sub": "https://owner.example", "jwks": EVIL_JWKS}},
        ),
        "mark_ten_thousand": marks(*({"id": MARK, "trust_mark": "a.b.c"} for _ in range(10_000))),
    },
)
_OWNER = "https://owner.example"
_OWNER_KEY = key_of("held-back-owner")


def delegated(signer=_OWNER_KEY, typ="trust-mark-delegation+jwt", **changes):
    """Return a sign-in with a mark whose owner lets the anchor give it."""
    now = int(NOW.timestamp())
    told = {"iss": _OWNER, "sub": "https://ta.example", "trust_mark_type": MARK, "iat": now}
    head = {"alg": signer.alg, "kid": _OWNER_KEY.kid, "typ": typ}
    delegation = spelt(head, merged(changes)(told, None), signer)
    owned = {MARK: {"sub": _OWNER, "jwks": public_jwks([_OWNER_KEY])}}
    return said(
        {
            "anchor": merged({"trust_mark_owners": owned}),
            "mark": merged({"delegation": delegation}),
        }
    )


chain(
    MARKS,
    "Federation 7.2: a delegation is by the owner, for this issuer and this kind of mark.",
    {
        "delegation_by_evil": delegated(EVIL_EC),
        "delegation_by_the_anchor": delegated(key_of("anchor-federation")),
        "delegation_to_another": delegated(sub="https://evil.example"),
        "delegation_of_another": delegated(iss="https://evil.example"),
        "delegation_of_another_kind": delegated(trust_mark_type="https://x.example"),
        "delegation_of_no_kind": delegated(trust_mark_type=...),
        "delegation_ended": delegated(exp=PAST),
        "delegation_early": delegated(iat=FAR),
        "delegation_without_time": delegated(iat=...),
        "delegation_typ": delegated(typ="trust-mark+jwt"),
        "delegation_typ_missing": delegated(typ=""),
        "owners_list": claim("anchor", trust_mark_owners=[]),
        "owner_text": claim("anchor", trust_mark_owners={MARK: _OWNER}),
        "owner_without_keys": claim("anchor", trust_mark_owners={MARK: {"sub": _OWNER}}),
    },
)
