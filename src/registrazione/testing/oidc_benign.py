"""What every relying party accepts: whoever refuses everything has not passed."""

from __future__ import annotations

from datetime import timedelta

import attrs

from registrazione.adapters.oidc.client import Dialect
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.core.secret import Secret
from registrazione.testing.oidc_bends import (
    MALLORY,
    at,
    claims,
    drop,
    moved,
    put,
    sealed,
    told_as_jwt,
)
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import Case, Script, Stage

_OTHER_STATE = "765432zyxwvutsrqponmlkjihgfedcba"
_OURS = key_of("rp", "RSA-OAEP-256")

SIGNED = Dialect(name="signed", signed_userinfo=True)
"""A dialect in which what is told of the person is signed, and no more."""

# An older provider, which says not who it is and does not promise to.
SILENT = Twist(answer=drop("iss"), document=drop("authorization_response_iss_parameter_supported"))


def _new_keys(stage: Stage) -> object:
    """Sign in, and once more after the provider has changed its key."""
    stage.sign_in()
    stage.op.signer = MALLORY
    stage.clock.advance(timedelta(minutes=2))
    return stage.sign_in(state=_OTHER_STATE)


def _signed_with(alg: str) -> Script:
    def script(stage: Stage) -> object:
        stage.op.signer = key_of("op", alg)
        return stage.sign_in()

    return script


def _after_a_failure(stage: Stage) -> object:
    """Sign in after the provider was away."""
    answer = stage.answer()
    stage.op.is_down = True
    stage.clock.advance(timedelta(seconds=5))
    stage.op.is_down = False
    return stage.provider.verify(answer)


def _with_more_parameters(stage: Stage) -> object:
    return stage.provider.verify({**stage.answer(), "session_state": "x", "scope": "openid"})


def _blanks(pair: tuple[str, HttpAnswer], _: FakeOp) -> HttpAnswer:
    return attrs.evolve(pair[1], body=b"\n" + pair[1].body + b"\n")


_HONEST_CLAIMS: dict[str, Twist] = {
    "aud-list-of-one": claims(aud=["https://rp.example"]),
    "azp-ours": claims(azp="https://rp.example"),
    "more-claims": claims(amr=["pwd"], auth_time=1, sid="x", nested={"a": [1]}),
    "higher-level": claims(acr="https://www.spid.gov.it/SpidL3"),
    "eidas-level": claims(acr="http://eidas.europa.eu/LoA/substantial"),
    "exp-last-second": Twist(claims=moved("exp", -59)),
    "exp-with-fraction": Twist(claims=moved("exp", 0.5)),
    "iat-clock-ahead": Twist(claims=moved("iat", 60)),
    "iat-last-second": Twist(claims=moved("iat", -659)),
    "nbf-now": Twist(claims=moved("nbf", 0)),
    "no-at-hash": Twist(claims=drop("at_hash")),
}

BENIGN: tuple[Case, ...] = (
    Case(name="plain"),
    Case(name="cie", dialect="cie"),
    Case(name="spid", dialect="spid"),
    *(Case(name=name, twist=twist) for name, twist in _HONEST_CLAIMS.items()),
    Case(name="no-typ", twist=Twist(header=drop("typ"))),
    Case(name="no-kid", twist=Twist(header=drop("kid"))),
    Case(name="new-keys", script=_new_keys),
    *(Case(name=f"signed-{alg}", script=_signed_with(alg)) for alg in ("ES256", "ES384", "PS256")),
    Case(name="encrypted-id-token", twist=Twist(token=sealed(lambda token, _: token, _OURS))),
    Case(name="no-iss-promised", twist=SILENT),
    Case(name="more-in-a-header", twist=Twist(header=put(iss="https://op.example", x=[1]))),
    Case(
        name="claims-in-a-header",
        twist=Twist(token=sealed(lambda token, _: token, _OURS, iss="https://op.example")),
    ),
    Case(name="no-userinfo", twist=Twist(document=drop("userinfo_endpoint"))),
    Case(name="blanks-in-json", twist=Twist(http=_blanks)),
    Case(name="more-parameters", script=_with_more_parameters),
    Case(name="after-a-failure", script=_after_a_failure),
    Case(name="level-3", person="adele-3", client={"least_level": 3}),
    Case(name="old-enough", client={"minimum_age": 18}),
    Case(
        name="birthday-today",
        twist=Twist(told=put(birthdate="2012-03-02")),
        client={"minimum_age": 14},
    ),
    Case(name="not-revoked", twist=at("/revoke", status=503), dialect="cie"),
    Case(
        name="nowhere-to-revoke", twist=Twist(document=drop("revocation_endpoint")), dialect="cie"
    ),
    Case(name="firm-where-configured", person="professional", client={"professionals": True}),
    Case(name="signed-userinfo", dialect=SIGNED),
    Case(name="userinfo-with-an-end", twist=Twist(told=moved("exp", 1)), dialect="cie"),
    Case(name="userinfo-with-a-beginning", twist=Twist(told=moved("nbf", 60)), dialect="cie"),
    Case(name="userinfo-signed-unasked", twist=told_as_jwt()),
    Case(name="userinfo-signed-by-nobody-named", twist=told_as_jwt(drop("iss"))),
    Case(name="userinfo-signed-to-nobody-named", twist=told_as_jwt(drop("aud"))),
    Case(name="userinfo-plain-to-another", twist=Twist(told=put(aud="https://api.example"))),
    Case(name="nulls-in-the-document", twist=Twist(document=put(end_session_endpoint=None))),
    Case(name="secret", client={"signing_key": None, "secret": Secret("hush: a pass/word")}),
    Case(name="unstated-level", twist=Twist(claims=drop("acr")), client={"unstated_level": 2}),
)
"""What every relying party accepts."""
