"""The battery as data: what must not be believed, and what has to be, for every relying party.

:data:`ATTACKS` are refused with :class:`~registrazione.ports.IdentityError` and nothing else, and
:data:`BENIGN` are accepted: whoever refuses everything has not passed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs

from registrazione.adapters.oidc.jose import decrypted
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.core.secret import Secret
from registrazione.testing.oidc_attacks_tokens import CLAIMS, HEADERS, SIGNATURES
from registrazione.testing.oidc_bends import MALLORY, at, drop, moved, put, told_as_jwt
from registrazione.testing.oidc_benign import BENIGN, SIGNED, SILENT
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import Bend, FakeOp, Twist
from registrazione.testing.oidc_stage import ADELE, Case, Script, Stage

_OTHER_STATE = "765432zyxwvutsrqponmlkjihgfedcba"
_HTML = {"content_type": "text/html", "body": b"<p>no</p>"}
_WELL_KNOWN = "/.well-known/openid-configuration"
_OURS = key_of("rp", "RSA-OAEP-256")
_ANOTHER_KEY = Secret(b"another key of the tests, of nothing")


# -- what comes back with the browser ----------------------------------------------------------


def _again(stage: Stage) -> object:
    answer = stage.answer()
    stage.provider.verify(answer)
    return stage.provider.verify(answer)


def _again_elsewhere(stage: Stage) -> object:
    """Use an answer once more with another process, which remembers nothing."""
    answer = stage.answer()
    stage.provider.verify(answer)
    return stage.build(stage.client, stage.op).verify(answer)


def _again_with_other_state(stage: Stage) -> object:
    answer = stage.answer()
    stage.provider.verify(answer)
    return stage.provider.verify({**answer, "state": _OTHER_STATE})


def _somebody_elses_code(stage: Stage) -> object:
    """Bring a code from another browser into a sign-in of one's own (RFC 9700, 4.5)."""
    stolen = stage.answer("bruno.quartaroli", _OTHER_STATE)["code"]
    return stage.provider.verify({**stage.answer(), "code": stolen})


def _somebody_elses_token(stage: Stage) -> object:
    """Let a provider that forgets about PKCE give a token of another sign-in for the code."""
    answer = stage.answer("bruno.quartaroli", _OTHER_STATE)
    other = stage.op.grants[answer["code"]]
    mine = stage.answer()
    stage.op.grants[mine["code"]] = attrs.evolve(
        other,
        question={
            **other.question,
            "code_challenge": stage.op.grants[mine["code"]].question["code_challenge"],
        },
    )
    return stage.provider.verify(mine)


def _for_another_client(stage: Stage) -> object:
    other = attrs.evolve(stage.client, client_id="https://other.example", state_key=_ANOTHER_KEY)
    stage.op.knows(other)
    answer = stage.op.sign_in(
        stage.build(other, stage.op).start(other.redirect_uri, _OTHER_STATE).url,  # type: ignore[attr-defined]
        stage.person,
    )
    return stage.provider.verify(answer)


def _too_late(stage: Stage) -> object:
    answer = stage.answer()
    stage.clock.advance(timedelta(minutes=10))
    return stage.provider.verify(answer)


def _mixed_up(stage: Stage) -> object:
    """Let one provider answer the question that another was asked (RFC 9700, 4.4)."""
    other = FakeOp(clock=stage.clock, issuer="https://other-op.example", signer=MALLORY)
    other.knows(stage.client)
    url = stage.provider.start(stage.client.redirect_uri, "x" * 32).url
    answer = other.sign_in(url, ADELE)
    return stage.provider.verify(answer)


def _mixed_up_without_name(stage: Stage) -> object:
    answer = stage.answer()
    del answer["iss"]
    return stage.provider.verify(answer)


def _down(stage: Stage) -> object:
    answer = stage.answer()
    stage.op.is_down = True
    return stage.provider.verify(answer)


_SCRIPTS: dict[str, tuple[Script, str]] = {
    "replay": (_again, "replayed"),
    "replay-elsewhere": (_again_elsewhere, "invalid"),
    "replay-under-another-name": (_again_with_other_state, "invalid"),
    "code-of-another-browser": (_somebody_elses_code, "invalid"),
    "token-of-another-sign-in": (_somebody_elses_token, "invalid"),
    "too-late": (_too_late, "invalid"),
    "mix-up": (_mixed_up, "invalid"),
    "mix-up-without-iss": (_mixed_up_without_name, "invalid"),
    "provider-away": (_down, "unavailable"),
}

_ANSWERS: dict[str, Bend] = {
    "state-other": put(state=_OTHER_STATE),
    "state-missing": drop("state"),
    "state-short": put(state="abc"),
    "state-long": put(state="a" * 81),
    "state-list": put(state=["a" * 32]),
    "state-markup": put(state="<script>aaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "iss-other": put(iss="https://mallory.example"),
    "iss-slash": put(iss="https://op.example/"),
    "iss-list": put(iss=["https://op.example"]),
    "code-missing": drop("code"),
    "code-other": put(code="code-0"),
    "code-empty": put(code=""),
    "code-list": put(code=["code-1"]),
    "code-line": put(code="code-1\r\nX: y"),
    "code-long": put(code="c" * 4000),
    "code-and-error": put(error="access_denied"),
    "error-list": lambda told, _: {"state": told["state"], "iss": told["iss"], "error": ["x"]},
    "id-token-in-front": lambda told, _: {
        "state": told["state"],
        "iss": told["iss"],
        "id_token": "eyJhbGciOiJub25lIn0.e30.",
    },
}

ANSWERS: tuple[Case, ...] = (
    *(Case(name=f"answer/{n}", twist=Twist(answer=bend)) for n, bend in _ANSWERS.items()),
    *(Case(name=f"answer/{n}", script=s, code=code) for n, (s, code) in _SCRIPTS.items()),
    Case(name="answer/iss-missing-for-cie", twist=SILENT, dialect="cie"),
    Case(name="answer/for-another-client", script=_for_another_client),
)
"""Answers that are not those of this browser's sign-in with this provider."""


# -- what comes from the provider's machines ----------------------------------------------------


def _big(body: bytes) -> dict[str, Any]:
    return {"body": body, "content_type": "application/json"}


_TOKEN_ANSWERS: dict[str, tuple[Twist, str]] = {
    "type-mac": (Twist(tokens=put(token_type="mac")), "invalid"),  # noqa: S106 - a type
    "type-missing": (Twist(tokens=drop("token_type")), "invalid"),
    "access-missing": (Twist(tokens=drop("access_token")), "invalid"),
    "access-line": (
        Twist(
            tokens=put(access_token="a\r\nX: y"),  # noqa: S106 - none
            claims=drop("at_hash"),
            document=drop("userinfo_endpoint"),
        ),
        "invalid",
    ),
    "id-token-missing": (Twist(tokens=drop("id_token")), "invalid"),
    "error-with-200": (Twist(tokens=put(error="invalid_grant")), "invalid"),
    "list": (Twist(tokens=lambda told, _: [told]), "invalid"),
    "html": (at("/token", **_HTML), "invalid"),
    "json-under-another-type": (at("/token", content_type="text/html"), "invalid"),
    "redirect": (at("/token", status=302), "unavailable"),
    "broken": (at("/token", status=500), "unavailable"),
    "not-json": (at("/token", body=b"{"), "invalid"),
    "not-utf-8": (at("/token", body=b'{"a": "\xff"}'), "invalid"),
    "nested": (at("/token", **_big(b"[" * 100_000)), "invalid"),
    "refused-oddly": (at("/token", status=400, body=b"no"), "unavailable"),
    "refused-with-list": (at("/token", status=400, body=b'{"error": ["x"]}'), "unavailable"),
}

_USERINFO: dict[str, tuple[Twist, str, str]] = {
    "sub-other": (Twist(told=put(sub="op/somebody-else")), "oidc", "invalid"),
    "sub-missing": (Twist(told=drop("sub")), "oidc", "invalid"),
    "sub-list": (Twist(told=put(sub=["op/adele.trovamala"])), "oidc", "invalid"),
    "html": (at("/userinfo", **_HTML), "oidc", "invalid"),
    "away": (at("/userinfo", status=503), "oidc", "unavailable"),
    "list": (at("/userinfo", body=b"[]"), "oidc", "invalid"),
    "plain": (
        at("/userinfo", content_type="application/json", body=b'{"sub": "op/adele.trovamala"}'),
        "cie",
        "invalid",
    ),
    "sub-other-signed": (Twist(told=put(sub="op/somebody-else")), "cie", "invalid"),
    "foreign-key": (Twist(told_signer=lambda _key, _op: MALLORY), "cie", "invalid"),
    "iss-other": (Twist(told=put(iss="https://other.example")), "cie", "invalid"),
    "iss-missing": (Twist(told=drop("iss")), "cie", "invalid"),
    "aud-other": (Twist(told=put(aud="https://other.example")), "cie", "invalid"),
    "aud-missing": (Twist(told=drop("aud")), "cie", "invalid"),
    "exp-past": (Twist(told=moved("exp", -60)), "cie", "expired"),
    "nbf-to-come": (Twist(told=moved("nbf", 61)), "cie", "invalid"),
    "signed-unasked-by-another": (told_as_jwt(put(iss="https://x.example")), "oidc", "invalid"),
    "signed-unasked-to-another": (told_as_jwt(put(aud="https://x.example")), "oidc", "invalid"),
    "not-ascii": (at("/userinfo", body=b"\xff\xfe"), "cie", "invalid"),
    "nowhere": (Twist(document=drop("userinfo_endpoint")), "cie", "invalid"),
}


def _told_unencrypted(token: str, _: FakeOp) -> str:
    """Say the same to everybody who listens."""
    return decrypted(token, (_OURS,))


_DOCUMENT: dict[str, tuple[Twist, str]] = {
    "issuer-other": (Twist(document=put(issuer="https://mallory.example")), "invalid"),
    "issuer-missing": (Twist(document=drop("issuer")), "invalid"),
    "token-endpoint-in-clear": (
        Twist(document=put(token_endpoint="http://op.example/token")),  # noqa: S106 - an address
        "invalid",
    ),
    "token-endpoint-missing": (Twist(document=drop("token_endpoint")), "invalid"),
    "authorization-script": (
        Twist(document=put(authorization_endpoint="javascript:alert(1)")),
        "invalid",
    ),
    "endpoint-inside": (
        Twist(document=put(token_endpoint="http://127.0.0.1:1/token")),  # noqa: S106 - an address
        "invalid",
    ),
    "endpoint-with-password": (
        Twist(document=put(jwks_uri="https://u:p@op.example/jwks")),
        "invalid",
    ),
    "endpoint-list": (Twist(document=put(userinfo_endpoint=["https://op.example"])), "invalid"),
    "list": (Twist(document=lambda told, _: [told]), "invalid"),
    "away": (at(_WELL_KNOWN, status=404), "unavailable"),
    "redirect": (at(_WELL_KNOWN, status=301), "unavailable"),
}

_AGES: dict[str, Twist] = {
    "untold": Twist(told=drop("birthdate")),
    "no-day": Twist(told=put(birthdate="1980-02-30")),
    "year-alone": Twist(told=put(birthdate="1980")),
    "list": Twist(told=put(birthdate=["1980-01-01"])),
    "birthday-tomorrow": Twist(told=put(birthdate="2012-03-03")),
}

_OCT = {"kty": "oct", "k": "c2VjcmV0", "kid": "op-RS256", "alg": "RS256"}
_JWKS: dict[str, Twist] = {
    "empty": Twist(jwks=lambda _told, _op: {"keys": []}),
    "no-list": Twist(jwks=lambda _told, _op: {"keys": {}}),
    "nonsense": Twist(jwks=lambda _told, _op: {"keys": [None, 1, {}, {"kty": "RSA"}, _OCT]}),
    "kind-list": Twist(jwks=lambda _told, op: {"keys": [{**op.signer.public(), "kty": ["RSA"]}]}),
    "algorithm-list": Twist(
        jwks=lambda _told, op: {"keys": [{**op.signer.public(), "alg": ["RS256"]}]}
    ),
    "for-encryption": Twist(
        jwks=lambda _told, op: {"keys": [{**op.signer.public(), "use": "enc"}]}
    ),
    "for-another-algorithm": Twist(
        jwks=lambda _told, op: {"keys": [{**op.signer.public(), "alg": "RS512"}]}
    ),
    "of-another": Twist(jwks=lambda _told, _op: public_jwks([MALLORY])),
    "short": Twist(
        jwks=lambda _told, op: {"keys": [{**op.signer.public(), "n": "AQAB", "e": "AQAB"}]}
    ),
}

PROVIDERS: tuple[Case, ...] = (
    *(Case(name=f"tokens/{n}", twist=t, code=c) for n, (t, c) in _TOKEN_ANSWERS.items()),
    *(
        Case(name=f"userinfo/{n}", twist=t, dialect=dialect, code=c)
        for n, (t, dialect, c) in _USERINFO.items()
    ),
    Case(
        name="userinfo/unsigned",
        dialect=SIGNED,
        twist=at(
            "/userinfo", content_type="application/json", body=b'{"sub": "op/adele.trovamala"}'
        ),
    ),
    Case(
        name="algorithm/not-agreed",
        client={"algorithms": {"ES256"}},
    ),
    Case(name="userinfo/unencrypted", twist=Twist(told_token=_told_unencrypted), dialect="cie"),
    Case(name="userinfo/firm", person="professional", code="spid_30"),
    Case(name="userinfo/firm-signed", person="professional", dialect="cie", code="spid_30"),
    Case(name="age/too-young", client={"minimum_age": 130}, code="under_age"),
    *(
        Case(name=f"age/{n}", twist=t, client={"minimum_age": 14}, code="under_age")
        for n, t in _AGES.items()
    ),
    *(Case(name=f"document/{n}", twist=t, code=c) for n, (t, c) in _DOCUMENT.items()),
    *(Case(name=f"jwks/{n}", twist=t) for n, t in _JWKS.items()),
    Case(name="level/low", person="adele-1", code="level_too_low"),
    Case(name="level/too-low-for-three", client={"least_level": 3}, code="level_too_low"),
    Case(name="error/gives-up", person="gives-up", code="cancelled"),
    Case(name="error/refuses-consent", person="refuses-consent", code="cancelled"),
    Case(name="error/too-slow", person="too-slow", code="cancelled"),
    Case(name="error/no-such-level", person="has-no-such-level", code="level_too_low"),
    Case(name="error/provider-is-ill", person="provider-is-ill", code="unavailable"),
    Case(name="error/provider-breaks", person="provider-breaks", code="unavailable"),
    Case(name="error/client-is-wrong", person="client-is-wrong"),
)
"""Machines that answer something else than they should."""

ATTACKS: tuple[Case, ...] = (*SIGNATURES, *HEADERS, *CLAIMS, *ANSWERS, *PROVIDERS)
"""All of it. None of these proves an identity."""

__all__ = ["ANSWERS", "ATTACKS", "BENIGN", "PROVIDERS"]
