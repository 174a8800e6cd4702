"""Attacks on a federation, and what is meant well (OpenID Federation 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registrazione.adapters.oidc.keys import public_jwks
from registrazione.testing.oidc_federation import (
    MARK,
    MAZE,
    FakeFederation,
    FederationTwist,
    Values,
)
from registrazione.testing.oidc_federation_case import (
    KIND,
    MALLORY,
    OTHER,
    FederationCase,
    answer_of,
    as_text,
    at_second,
    drop,
    marked,
    of_provider,
    only,
    policy,
    put,
    says,
    slowly,
    unknown_anchor,
)
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_stage import NOW

_FOREIGN_KEYS = public_jwks([MALLORY])
_SAID: Mapping[str, FederationTwist] = {
    **{
        f"{name}/expired": says(name, at_second("exp", -60))
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/to-come": says(name, at_second("iat", 61))
        for name in ("anchor", "about-middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/foreign-key": FederationTwist(signers={name: MALLORY})
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/subject-other": says(name, put(sub=OTHER))
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/issuer-other": says(name, put(iss=OTHER))
        for name in ("about-middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/critical": says(name, put(crit=["something"], something=1))
        for name in ("about-leaf", "leaf")
    },
    **{f"{name}/no-keys": says(name, drop("jwks")) for name in ("about-middle", "about-leaf")},
    "leaf/keys-of-its-own": FederationTwist(
        claims={"leaf": put(jwks=_FOREIGN_KEYS)},
        signers={"leaf": MALLORY},
        headers={"leaf": {"kid": MALLORY.kid, "alg": MALLORY.alg}},
    ),
    **{f"{name}/no-keys": says(name, drop("jwks")) for name in ("anchor", "middle", "leaf")},
    "leaf/no-hints": says("leaf", drop("authority_hints")),
    "leaf/hints-at-itself": says("leaf", put(authority_hints=["https://op.example"])),
    "leaf/hints-at-a-circle": FederationTwist(
        claims={"middle": put(authority_hints=["https://op.example"])}
    ),
    "leaf/hints-inside": says("leaf", put(authority_hints=["http://192.0.2.1/", "file:///x"])),
    "leaf/hints-at-this-machine": FederationTwist(
        claims={"middle": put(authority_hints=["https://localhost/"])},
    ),
    "leaf/hints-into-a-maze": says(
        "leaf", put(authority_hints=[f"{MAZE}/1", f"{MAZE}/2", "https://sa.example"])
    ),
    "leaf/hints-text": says("leaf", put(authority_hints="https://ta.example")),
    "leaf/type": FederationTwist(headers={"leaf": {"typ": "JWT"}}),
    "leaf/unsigned": FederationTwist(headers={"leaf": {"alg": "none"}}),
    "leaf/no-provider": says("leaf", put(metadata={"federation_entity": {}})),
    "leaf/issuer-of-another": says("leaf", of_provider(issuer=OTHER)),
    "leaf/endpoint-in-clear": says("leaf", of_provider(token_endpoint="http://op.example/t")),  # noqa: S106
    "leaf/not-automatic": says(
        "leaf", of_provider(client_registration_types_supported=["explicit"])
    ),
    "leaf/keys-for-tokens-missing": says("leaf", of_provider(jwks={"keys": []})),
    "middle/no-fetch-endpoint": says("middle", put(metadata={})),
    "chain/too-long": says("about-middle", put(constraints={"max_path_length": 0})),
    "chain/length-text": says("about-middle", put(constraints={"max_path_length": "9"})),
    "chain/length-truth": says("about-middle", put(constraints={"max_path_length": True})),
    "chain/name-excluded-with-the-root": says(
        "about-leaf", put(constraints={"naming_constraints": {"excluded": ["op.example."]}})
    ),
    "chain/nobody-permitted": says(
        "about-leaf", put(constraints={"naming_constraints": {"permitted": []}})
    ),
    "chain/name-excluded-in-capitals": says(
        "about-leaf", put(constraints={"naming_constraints": {"excluded": ["OP.Example"]}})
    ),
    "chain/name-excluded": says(
        "about-middle",
        put(constraints={"naming_constraints": {"excluded": ["op.example"]}}),
    ),
    "chain/name-not-permitted": says(
        "about-middle",
        put(constraints={"naming_constraints": {"permitted": [".gov.example"]}}),
    ),
    "chain/kind-not-allowed": says(
        "about-leaf", put(constraints={"allowed_entity_types": ["openid_relying_party"]})
    ),
    "chain/leaf-kind-not-allowed": says(
        "about-leaf", put(constraints={"allowed_leaf_entity_types": ["openid_relying_party"]})
    ),
    "chain/too-long-for-the-anchor": says("anchor", put(constraints={"max_path_length": 0})),
    "policy/value-not-ours": says("about-leaf", policy(issuer={"value": OTHER})),
    "policy/value-removes": says("about-leaf", policy(token_endpoint={"value": None})),
    "policy/one-of": says(
        "about-leaf", policy(token_endpoint={"one_of": ["https://op.example/other"]})
    ),
    "policy/superset": says("about-leaf", policy(acr_values_supported={"superset_of": ["x"]})),
    "policy/subset": says(
        "about-leaf",
        policy(client_registration_types_supported={"subset_of": ["explicit"]}),
    ),
    "policy/essential": says("about-leaf", policy(signed_jwks_uri={"essential": True})),
    "policy/critical": says("about-leaf", put(metadata_policy_crit=["regexp"])),
    "policy/no-object": says("about-leaf", put(metadata_policy={KIND: {"issuer": "x"}})),
    "policy/contradiction": FederationTwist(
        claims={
            "about-middle": policy(op_name={"value": "a"}),
            "about-leaf": policy(op_name={"value": "b"}),
        }
    ),
    "policy/add-outside-value": says(
        "about-leaf", policy(scopes_supported={"value": ["openid"], "add": ["admin"]})
    ),
    "policy/add-outside-subset": FederationTwist(
        claims={
            "about-middle": policy(scopes_supported={"subset_of": ["openid"]}),
            "about-leaf": policy(scopes_supported={"add": ["admin"]}),
        }
    ),
    "policy/value-outside-subset": FederationTwist(
        claims={
            "about-middle": policy(scopes_supported={"subset_of": ["openid"]}),
            "about-leaf": policy(scopes_supported={"value": ["openid", "admin"]}),
        }
    ),
    "policy/nothing-with-a-default": says(
        "about-leaf", policy(contacts={"value": None, "default": ["a"]})
    ),
    "policy/one-of-text": says("about-leaf", policy(issuer={"one_of": "https://op.example"})),
    "policy/essential-text": says("about-leaf", policy(issuer={"essential": "yes"})),
    "policy/nothing-in-common": FederationTwist(
        claims={
            "about-middle": policy(op_name={"one_of": ["a"]}),
            "about-leaf": policy(op_name={"one_of": ["b"]}),
        }
    ),
    "mark/foreign-key": FederationTwist(signers={"mark": MALLORY}),
    "mark/subject-other": marked(sub=OTHER),
    "mark/issuer-other": marked(iss=OTHER),
    "mark/issuer-below": FederationTwist(
        claims={"mark": put(iss="https://sa.example")},
    ),
    "mark/kind-other": marked(id="https://ta.example/marks/other"),
    "mark/expired": says("mark", at_second("exp", -60)),
    "mark/to-come": says("mark", at_second("iat", 61)),
    "mark/missing": says("leaf", drop("trust_marks")),
    "mark/no-list": says("leaf", put(trust_marks={"x": 1})),
    "mark/no-object": says("leaf", put(trust_marks=["x", {"id": MARK, "trust_mark": 1}])),
    "mark/issuer-not-allowed": says("anchor", put(trust_mark_issuers={MARK: [OTHER]})),
    "answer/nonsense": FederationTwist(answers={"leaf": answer_of()}),
    "answer/not-ascii": FederationTwist(answers={"about-leaf": answer_of(body=b"\xff")}),
}

_OWNER = "https://owner.example"


def _delegated(**changes: Any) -> FederationTwist:  # noqa: ANN401 - claims of any type
    """Let somebody own the mark, and let its issuer show that it may give it.

    Args:
        changes: What the owner says otherwise; ``signer`` and ``typ`` are how.
    """
    owner = key_of("owner")
    signer, typ = changes.pop("signer", owner), changes.pop("typ", "trust-mark-delegation+jwt")
    now = int(NOW.timestamp())
    told = {
        "iss": _OWNER,
        "sub": "https://ta.example",
        "trust_mark_type": MARK,
        "iat": now,
        "exp": now + 60,
        **changes,
    }
    delegation = spelt({"alg": signer.alg, "kid": owner.kid, "typ": typ}, told, signer)
    owners = {MARK: {"sub": _OWNER, "jwks": public_jwks([owner])}}
    return FederationTwist(
        claims={"anchor": put(trust_mark_owners=owners), "mark": put(delegation=delegation)}
    )


_DELEGATIONS: Mapping[str, FederationTwist] = {
    "foreign-key": _delegated(signer=MALLORY),
    "type": _delegated(typ="trust-mark+jwt"),
    "issuer-other": _delegated(iss=OTHER),
    "subject-other": _delegated(sub=OTHER),
    "kind-other": _delegated(trust_mark_type="https://ta.example/marks/other"),
    "expired": _delegated(exp=int(NOW.timestamp()) - 60),
    "to-come": _delegated(iat=int(NOW.timestamp()) + 61),
    "missing": FederationTwist(
        claims={
            "anchor": put(trust_mark_owners={MARK: {"sub": _OWNER, "jwks": public_jwks([MALLORY])}})
        }
    ),
    "by-no-owner": FederationTwist(claims={"mark": put(delegation="a.b.c")}),
    "owner-no-object": FederationTwist(claims={"anchor": put(trust_mark_owners={MARK: _OWNER})}),
}

_AWAY: Mapping[str, FederationTwist] = {
    "answer/leaf-away": FederationTwist(answers={"leaf": answer_of(status=404)}),
    "answer/anchor-away": FederationTwist(answers={"anchor": answer_of(status=500)}),
    "answer/redirect": FederationTwist(answers={"about-leaf": answer_of(status=302)}),
}

_KEYS: Mapping[str, FederationTwist] = {
    "foreign-key": FederationTwist(signers={"keys": MALLORY}),
    "unsigned": FederationTwist(headers={"keys": {"alg": "none"}}),
    "key-of-its-tokens": FederationTwist(signers={"keys": key_of("op", "RS256")}),
    "issuer-other": says("keys", put(iss=OTHER)),
    "issuer-missing": says("keys", drop("iss")),
    "subject-other": says("keys", put(sub=OTHER)),
    "expired": says("keys", at_second("exp", -60)),
    "to-come": says("keys", at_second("iat", 61)),
    "a-statement": FederationTwist(headers={"keys": {"typ": "entity-statement+jwt"}}),
    "none": says("keys", put(keys=[])),
    "in-a-set": says("keys", lambda told, _: {**told, "keys": None, "jwks": told["keys"]}),
    "not-ascii": FederationTwist(answers={"keys": answer_of(body=b"\xff")}),
    "in-clear": says("leaf", of_provider(signed_jwks_uri="http://op.example/signed-jwks")),
}

FEDERATION_ATTACKS: tuple[FederationCase, ...] = (
    *(FederationCase(name=name, twist=twist) for name, twist in _SAID.items()),
    *(FederationCase(name=f"delegation/{n}", twist=t) for n, t in _DELEGATIONS.items()),
    *(FederationCase(name=n, twist=t, code="unavailable") for n, t in _AWAY.items()),
    *(FederationCase(name=f"keys/{n}", twist=t, signs_keys=True) for n, t in _KEYS.items()),
    FederationCase(
        name="keys/away",
        twist=FederationTwist(answers={"keys": answer_of(status=404)}),
        signs_keys=True,
        code="unavailable",
    ),
    FederationCase(name="answer/media-type", prepare=as_text),
    FederationCase(name="answer/slow", prepare=slowly, code="unavailable"),
    FederationCase(name="anchor/unknown", prepare=unknown_anchor),
)
"""None of these proves an identity."""


def _two_ways_up(told: Values, _: FakeFederation) -> Values:
    """Name first somebody above who cannot be reached, and then the one who vouches."""
    return {**told, "authority_hints": [OTHER, *told["authority_hints"]]}


_HONEST: Mapping[str, FederationTwist] = {
    "plain": FederationTwist(),
    "two-ways-up": says("leaf", _two_ways_up),
    "expires-in-a-second": says("leaf", at_second("exp", -59)),
    "clock-ahead": says("about-leaf", at_second("iat", 60)),
    "long-enough": says("about-middle", put(constraints={"max_path_length": 1})),
    "name-permitted": says(
        "about-middle",
        put(constraints={"naming_constraints": {"permitted": [".example"]}}),
    ),
    "name-excluded-elsewhere": says(
        "about-leaf", put(constraints={"naming_constraints": {"excluded": [".other"]}})
    ),
    "kind-allowed": says("about-leaf", put(constraints={"allowed_entity_types": [KIND]})),
    "leaf-kind-allowed": says("about-leaf", put(constraints={"allowed_leaf_entity_types": [KIND]})),
    "long-enough-for-the-anchor": says("anchor", put(constraints={"max_path_length": 1})),
    "policy-unknown-operator": says("about-leaf", policy(issuer={"regexp": "x"})),
    "said-from-above": says(
        "about-leaf", put(metadata={KIND: {"op_policy_uri": "https://op.example/policy"}})
    ),
    "mark-of-an-owner": _delegated(),
    "name-permitted-in-capitals": says(
        "about-middle",
        put(constraints={"naming_constraints": {"permitted": [".Example"]}}),
    ),
    "policy-takes-away": says("about-leaf", policy(contacts={"value": None, "subset_of": ["a"]})),
    "policy-adds-without-a-list": says("about-leaf", policy(contacts={"add": "a"})),
    "policy-adds-what-is-there": says(
        "about-leaf", policy(scopes_supported={"subset_of": ["openid", "email"], "add": ["email"]})
    ),
    "mark-for-ever": says("mark", drop("exp")),
    "mark-of-the-final-draft": FederationTwist(
        claims={
            "mark": lambda told, _: {**told, "trust_mark_type": MARK},
            "leaf": lambda told, _: {
                **told,
                "trust_marks": [
                    {"trust_mark_type": MARK, "trust_mark": told["trust_marks"][0]["trust_mark"]}
                ],
            },
        }
    ),
    "exp-in-ages": says("anchor", put(exp=10**18)),
}

FEDERATION_BENIGN: tuple[FederationCase, ...] = (
    *(FederationCase(name=name, twist=twist) for name, twist in _HONEST.items()),
    FederationCase(name="nobody-between", is_deep=False),
    *(
        FederationCase(name=f"signed-keys{name}", twist=twist, signs_keys=True)
        for name, twist in {
            "": FederationTwist(),
            "-for-ever": says("keys", only("iss", "sub", "keys")),
            "-plain-type": FederationTwist(headers={"keys": {"typ": "JWT"}}),
        }.items()
    ),
    FederationCase(name="no-marks-wanted", twist=says("leaf", drop("trust_marks")), trust_marks=()),
)
"""What is accepted."""
