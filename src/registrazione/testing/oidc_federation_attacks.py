"""Attacks on a federation, and what is meant well (OpenID Federation 1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from registrazione.adapters.oidc.federation.statements import MEDIA_TYPE
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.core.account import VerifiedIdentity
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import (
    MARK,
    BendClaims,
    FakeFederation,
    FederationTwist,
    Values,
    entity_of,
    provider_in,
)
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import ADELE, NOW, STATE, client_of

_OTHER = "https://other.example"
_MALLORY = key_of("mallory")
_OP = "openid_provider"


@attrs.frozen(kw_only=True)
class FederationCase:
    """Something that somebody in a federation may say.

    Args:
        name: What it is.
        twist: What is said otherwise than usual.
        is_deep: Whether somebody stands between anchor and provider.
        trust_marks: Marks that the provider has to bear.
        prepare: What else is made otherwise.
        code: The code of the error that is expected.
    """

    name: str
    twist: FederationTwist = attrs.field(factory=FederationTwist)
    is_deep: bool = True
    trust_marks: tuple[str, ...] = (MARK,)
    prepare: Callable[[FakeFederation], object] = lambda _: None
    code: str = "invalid"

    def play(self) -> VerifiedIdentity:
        """Sign in, and return whom the relying party believes to have before it.

        Raises:
            IdentityError: It was noticed.
        """
        federation = FakeFederation(FakeOp(ManualClock(NOW)), is_deep=self.is_deep)
        client = client_of("cie", name="cie")
        federation.join(entity_of(client, federation))
        federation.twist = self.twist
        provider = provider_in(federation, client, trust_marks=self.trust_marks)
        self.prepare(federation)
        outgoing = provider.start(client.redirect_uri, STATE)
        return provider.verify(federation.op.sign_in(outgoing.url, ADELE))


def _put(**values: Any) -> BendClaims:  # noqa: ANN401 - claims of any type
    return lambda told, _: {**told, **values}


def _drop(name: str) -> BendClaims:
    return lambda told, _: {key: value for key, value in told.items() if key != name}


def _at(name: str, seconds: int) -> BendClaims:
    return lambda told, _: {**told, name: int(NOW.timestamp()) + seconds}


def _policy(**rows: Mapping[str, Any]) -> BendClaims:
    return _put(metadata_policy={_OP: rows})


def _says(name: str, bend: BendClaims) -> FederationTwist:
    return FederationTwist(claims={name: bend})


def _provider(**values: Any) -> BendClaims:  # noqa: ANN401 - parameters of any type
    """Let the provider say something else of itself as a provider."""

    def bend(told: Values, _: FakeFederation) -> Values:
        return {**told, "metadata": {_OP: {**told["metadata"][_OP], **values}}}

    return bend


def _marked(**values: Any) -> FederationTwist:  # noqa: ANN401 - claims of any type
    return _says("mark", _put(**values))


def _answer(**changes: Any) -> HttpAnswer:  # noqa: ANN401 - fields of any type
    usual: dict[str, Any] = {"status": 200, "content_type": MEDIA_TYPE, "body": b"eyJ"}
    return HttpAnswer(**{**usual, **changes})


def _html(federation: FakeFederation) -> None:
    """Serve what is sound under a type that it is not."""
    original = federation.op.pages["/.well-known/openid-federation"]
    federation.op.pages["/.well-known/openid-federation"] = lambda query: attrs.evolve(
        original(query), content_type="text/plain"
    )


def _unknown_anchor(federation: FakeFederation) -> None:
    """Let another federation vouch, which is as sound as ours in itself."""
    federation.anchor = "https://ta.mallory.example"


_FOREIGN_KEYS = public_jwks([_MALLORY])
_SAID: Mapping[str, FederationTwist] = {
    **{
        f"{name}/expired": _says(name, _at("exp", -60))
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/to-come": _says(name, _at("iat", 61))
        for name in ("anchor", "about-middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/foreign-key": FederationTwist(signers={name: _MALLORY})
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/subject-other": _says(name, _put(sub=_OTHER))
        for name in ("anchor", "about-middle", "middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/issuer-other": _says(name, _put(iss=_OTHER))
        for name in ("about-middle", "about-leaf", "leaf")
    },
    **{
        f"{name}/critical": _says(name, _put(crit=["something"], something=1))
        for name in ("about-leaf", "leaf")
    },
    **{f"{name}/no-keys": _says(name, _drop("jwks")) for name in ("about-middle", "about-leaf")},
    "leaf/keys-of-its-own": FederationTwist(
        claims={"leaf": _put(jwks=_FOREIGN_KEYS)},
        signers={"leaf": _MALLORY},
        headers={"leaf": {"kid": _MALLORY.kid, "alg": _MALLORY.alg}},
    ),
    "leaf/no-hints": _says("leaf", _drop("authority_hints")),
    "leaf/hints-at-itself": _says("leaf", _put(authority_hints=["https://op.example"])),
    "leaf/hints-at-a-circle": FederationTwist(
        claims={"middle": _put(authority_hints=["https://op.example"])}
    ),
    "leaf/hints-inside": _says("leaf", _put(authority_hints=["http://192.0.2.1/", "file:///x"])),
    "leaf/hints-at-this-machine": FederationTwist(
        claims={"middle": _put(authority_hints=["https://localhost/"])},
    ),
    "leaf/hints-text": _says("leaf", _put(authority_hints="https://ta.example")),
    "leaf/type": FederationTwist(headers={"leaf": {"typ": "JWT"}}),
    "leaf/unsigned": FederationTwist(headers={"leaf": {"alg": "none"}}),
    "leaf/no-provider": _says("leaf", _put(metadata={"federation_entity": {}})),
    "leaf/issuer-of-another": _says("leaf", _provider(issuer=_OTHER)),
    "leaf/endpoint-in-clear": _says("leaf", _provider(token_endpoint="http://op.example/t")),  # noqa: S106
    "leaf/not-automatic": _says(
        "leaf", _provider(client_registration_types_supported=["explicit"])
    ),
    "leaf/keys-for-tokens-missing": _says("leaf", _provider(jwks={"keys": []})),
    "middle/no-fetch-endpoint": _says("middle", _put(metadata={})),
    "chain/too-long": _says("about-middle", _put(constraints={"max_path_length": 0})),
    "chain/length-text": _says("about-middle", _put(constraints={"max_path_length": "9"})),
    "chain/name-excluded": _says(
        "about-middle",
        _put(constraints={"naming_constraints": {"excluded": ["op.example"]}}),
    ),
    "chain/name-not-permitted": _says(
        "about-middle",
        _put(constraints={"naming_constraints": {"permitted": [".gov.example"]}}),
    ),
    "chain/kind-not-allowed": _says(
        "about-leaf", _put(constraints={"allowed_entity_types": ["openid_relying_party"]})
    ),
    "policy/value-not-ours": _says("about-leaf", _policy(issuer={"value": _OTHER})),
    "policy/value-removes": _says("about-leaf", _policy(token_endpoint={"value": None})),
    "policy/one-of": _says(
        "about-leaf", _policy(token_endpoint={"one_of": ["https://op.example/other"]})
    ),
    "policy/superset": _says("about-leaf", _policy(acr_values_supported={"superset_of": ["x"]})),
    "policy/subset": _says(
        "about-leaf",
        _policy(client_registration_types_supported={"subset_of": ["explicit"]}),
    ),
    "policy/essential": _says("about-leaf", _policy(signed_jwks_uri={"essential": True})),
    "policy/critical": _says("about-leaf", _put(metadata_policy_crit=["regexp"])),
    "policy/no-object": _says("about-leaf", _put(metadata_policy={_OP: {"issuer": "x"}})),
    "policy/contradiction": FederationTwist(
        claims={
            "about-middle": _policy(op_name={"value": "a"}),
            "about-leaf": _policy(op_name={"value": "b"}),
        }
    ),
    "policy/nothing-in-common": FederationTwist(
        claims={
            "about-middle": _policy(op_name={"one_of": ["a"]}),
            "about-leaf": _policy(op_name={"one_of": ["b"]}),
        }
    ),
    "mark/foreign-key": FederationTwist(signers={"mark": _MALLORY}),
    "mark/subject-other": _marked(sub=_OTHER),
    "mark/issuer-other": _marked(iss=_OTHER),
    "mark/issuer-below": FederationTwist(
        claims={"mark": _put(iss="https://sa.example")},
    ),
    "mark/kind-other": _marked(id="https://ta.example/marks/other"),
    "mark/expired": _says("mark", _at("exp", -60)),
    "mark/to-come": _says("mark", _at("iat", 61)),
    "mark/missing": _says("leaf", _drop("trust_marks")),
    "mark/no-list": _says("leaf", _put(trust_marks={"x": 1})),
    "mark/no-object": _says("leaf", _put(trust_marks=["x", {"id": MARK, "trust_mark": 1}])),
    "mark/issuer-not-allowed": _says("anchor", _put(trust_mark_issuers={MARK: [_OTHER]})),
    "answer/nonsense": FederationTwist(answers={"leaf": _answer()}),
    "answer/not-ascii": FederationTwist(answers={"about-leaf": _answer(body=b"\xff")}),
}

_AWAY: Mapping[str, FederationTwist] = {
    "answer/leaf-away": FederationTwist(answers={"leaf": _answer(status=404)}),
    "answer/anchor-away": FederationTwist(answers={"anchor": _answer(status=500)}),
    "answer/redirect": FederationTwist(answers={"about-leaf": _answer(status=302)}),
}

FEDERATION_ATTACKS: tuple[FederationCase, ...] = (
    *(FederationCase(name=name, twist=twist) for name, twist in _SAID.items()),
    *(FederationCase(name=n, twist=t, code="unavailable") for n, t in _AWAY.items()),
    FederationCase(name="answer/media-type", prepare=_html),
    FederationCase(name="anchor/unknown", prepare=_unknown_anchor),
)
"""None of these proves an identity."""


def _two_ways_up(told: Values, _: FakeFederation) -> Values:
    """Name first somebody above who cannot be reached, and then the one who vouches."""
    return {**told, "authority_hints": [_OTHER, *told["authority_hints"]]}


_HONEST: Mapping[str, FederationTwist] = {
    "plain": FederationTwist(),
    "two-ways-up": _says("leaf", _two_ways_up),
    "expires-in-a-second": _says("leaf", _at("exp", -59)),
    "clock-ahead": _says("about-leaf", _at("iat", 60)),
    "long-enough": _says("about-middle", _put(constraints={"max_path_length": 1})),
    "name-permitted": _says(
        "about-middle",
        _put(constraints={"naming_constraints": {"permitted": [".example"]}}),
    ),
    "name-excluded-elsewhere": _says(
        "about-leaf", _put(constraints={"naming_constraints": {"excluded": [".other"]}})
    ),
    "kind-allowed": _says("about-leaf", _put(constraints={"allowed_entity_types": [_OP]})),
    "policy-unknown-operator": _says("about-leaf", _policy(issuer={"regexp": "x"})),
    "said-from-above": _says(
        "about-leaf", _put(metadata={_OP: {"op_policy_uri": "https://op.example/policy"}})
    ),
    "mark-for-ever": _says("mark", _drop("exp")),
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
    "exp-in-ages": _says("anchor", _put(exp=10**18)),
}

FEDERATION_BENIGN: tuple[FederationCase, ...] = (
    *(FederationCase(name=name, twist=twist) for name, twist in _HONEST.items()),
    FederationCase(name="nobody-between", is_deep=False),
    FederationCase(
        name="no-marks-wanted", twist=_says("leaf", _drop("trust_marks")), trust_marks=()
    ),
)
"""What is accepted."""
