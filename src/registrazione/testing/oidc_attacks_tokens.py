"""Attacks on signatures, headers and claims of an ID token (RFC 8725; OIDC Core 3.1.3.7)."""

from __future__ import annotations

import math
from typing import Any

from registrazione.testing.oidc_bends import (
    MALLORY,
    as_mallory,
    claims,
    drop,
    header_text,
    moved,
    parts,
    payload,
    pem_of,
    put,
    resigned,
    reworded,
    sealed,
    unsigned,
    with_hmac,
)
from registrazione.testing.oidc_keys import b64url, key_of, spelt
from registrazione.testing.oidc_op import Bend, Twist
from registrazione.testing.oidc_stage import Case

_OURS = key_of("rp", "RSA-OAEP-256")
_LEEWAY = 60
# Nobody else tells who it is, so that a forgery that is believed is seen to be.
_ALONE = drop("userinfo_endpoint")


def _header(**more: Any) -> Bend:  # noqa: ANN401 - parameters of any type
    """Let the provider itself sign under such a header."""
    return put(**more)


def _foreign(**header: Any) -> Bend:  # noqa: ANN401 - parameters of any type
    """Let somebody else sign under the name of the provider's key."""
    return resigned(lambda op: {"alg": "RS256", "kid": op.signer.kid, **header})


def _token(name: str, bend: Bend) -> Case:
    return Case(name=f"token/{name}", twist=Twist(token=bend, document=_ALONE))


def _mixed_up(token: str, _: object) -> str:
    """Put the signature under claims that were changed afterwards."""
    header, told, last = parts(token)
    forged = spelt(header, {**told, "sub": "op/somebody-else"}, MALLORY)
    return f"{forged.rpartition('.')[0]}.{last}"


def _as_json(token: str, _: object) -> str:
    first, second, last = token.split(".")
    return f'{{"payload":"{second}","protected":"{first}","signature":"{last}"}}'


SIGNATURES: tuple[Case, ...] = (
    *(_token(f"alg-{alg}", unsigned(alg)) for alg in ("none", "None", "NONE", "nOnE", "", "RS0")),
    _token("alg-none-signed", unsigned("none", b64url(b"signature"))),
    _token("hmac-with-public-key", with_hmac(pem_of)),
    _token("hmac-with-client-id", with_hmac(lambda _: b"https://rp.example")),
    _token("hmac-with-nothing", with_hmac(lambda _: b"")),
    _token("foreign-key-same-name", _foreign()),
    _token("foreign-key-own-name", resigned(lambda _: {"alg": "RS256", "kid": MALLORY.kid})),
    _token("foreign-key-no-name", resigned(lambda _: {"alg": "RS256"})),
    _token("brings-jwk", _foreign(jwk=MALLORY.public())),
    _token("brings-jku", _foreign(jku="https://mallory.example/jwks")),
    _token("brings-x5u", _foreign(x5u="https://mallory.example/chain.pem")),
    _token("brings-x5c", _foreign(x5c=["MIIB"])),
    _token("no-signature", lambda token, _: token.rpartition(".")[0] + "."),
    _token("two-parts", lambda token, _: token.rpartition(".")[0]),
    _token("four-parts", lambda token, _: f"{token}.{token.rpartition('.')[2]}"),
    _token("signature-cut", lambda token, _: token[:-8]),
    _token("signature-of-another", _mixed_up),
    _token("padding", lambda token, _: f"{token}=="),
    _token("blank-in-front", lambda token, _: f" {token}"),
    _token("json-serialisation", _as_json),
    _token("not-a-text", lambda _token, _op: ["eyJ"]),
    _token("empty", lambda _token, _op: ""),
    _token("not-ascii", lambda token, _: f"{token}è"),
    _token("huge", lambda token, _: f"{token}{'A' * 300_000}"),
    _token("encrypted-unsigned", sealed(unsigned("none"), _OURS)),
    _token("encrypted-foreign", sealed(_foreign(), _OURS)),
    _token("encrypted-for-somebody", sealed(lambda token, _: token, key_of("x", "RSA-OAEP-256"))),
    _token("encrypted-compressed", sealed(lambda token, _: token, _OURS, zip="DEF")),
    _token("encrypted-critical", sealed(lambda token, _: token, _OURS, crit=["cty"])),
    _token("encrypted-twice", sealed(sealed(lambda token, _: token, _OURS), _OURS)),
    _token("encrypted-claims", sealed(lambda token, _: str(as_mallory(token)), _OURS)),
)
"""Tokens that the provider has not signed, or not so."""

HEADERS: tuple[Case, ...] = tuple(
    Case(name=f"header/{name}", twist=twist)
    for name, twist in {
        "crit-unknown": Twist(header=_header(crit=["exp"], exp=1)),
        "crit-empty": Twist(header=_header(crit=[])),
        "b64-false": Twist(header=_header(b64=False, crit=["b64"])),
        "own-jku": Twist(header=_header(jku="https://op.example/jwks")),
        "own-jwk": Twist(header=lambda told, op: {**told, "jwk": op.signer.public()}),
        "typ-access-token": Twist(header=_header(typ="at+jwt")),
        "typ-logout-token": Twist(header=_header(typ="logout+jwt")),
        "typ-no-text": Twist(header=_header(typ=1)),
        "kid-unknown": Twist(header=_header(kid="another")),
        "kid-no-text": Twist(header=_header(kid=["op-RS256"])),
        "alg-missing": Twist(header=drop("alg")),
        "alg-list": Twist(header=_header(alg=["RS256"])),
        "alg-of-another-kind": Twist(header=_header(alg="ES256")),
        "alg-of-another-padding": Twist(header=_header(alg="PS256")),
        "alg-with-sha1": Twist(header=_header(alg="RS1")),
        "alg-twice": Twist(
            token=header_text(lambda written: written.replace("{", '{"alg": "none", ', 1))
        ),
        "no-object": Twist(token=header_text(lambda written: f"[{written}]")),
        "no-json": Twist(token=header_text(lambda written: written[:-1])),
    }.items()
)
"""Headers that nobody should follow; the provider's own key signs them."""

_BAD_CLAIMS: dict[str, tuple[Twist, str]] = {
    "nonce-missing": (Twist(claims=drop("nonce")), "invalid"),
    "nonce-of-another": (claims(nonce="0" * 64), "invalid"),
    "nonce-list": (Twist(claims=lambda told, _: {**told, "nonce": [told["nonce"]]}), "invalid"),
    "aud-of-another": (claims(aud="https://other.example"), "invalid"),
    "aud-and-another": (claims(aud=["https://rp.example", "https://other.example"]), "invalid"),
    "aud-missing": (Twist(claims=drop("aud")), "invalid"),
    "aud-empty": (claims(aud=[]), "invalid"),
    "aud-nested": (claims(aud=[["https://rp.example"]]), "invalid"),
    "aud-prefix": (claims(aud="https://rp.example.mallory.example"), "invalid"),
    "azp-of-another": (claims(azp="https://other.example"), "invalid"),
    "azp-null": (claims(azp=None), "invalid"),
    "iss-of-another": (claims(iss="https://other.example"), "invalid"),
    "iss-slash": (claims(iss="https://op.example/"), "invalid"),
    "iss-missing": (Twist(claims=drop("iss")), "invalid"),
    "iss-list": (claims(iss=["https://op.example"]), "invalid"),
    "exp-reached": (Twist(claims=moved("exp", -_LEEWAY)), "expired"),
    "exp-past": (Twist(claims=moved("exp", -3600)), "expired"),
    "exp-missing": (Twist(claims=drop("exp")), "expired"),
    "exp-text": (claims(exp="9999999999"), "expired"),
    "exp-true": (claims(exp=True), "expired"),
    "exp-infinite": (claims(exp=math.inf), "invalid"),
    "exp-no-number": (claims(exp=math.nan), "invalid"),
    "exp-list": (claims(exp=[9999999999]), "expired"),
    "iat-to-come": (Twist(claims=moved("iat", _LEEWAY + 1)), "invalid"),
    "iat-missing": (Twist(claims=drop("iat")), "invalid"),
    "iat-text": (claims(iat="0"), "invalid"),
    "iat-long-ago": (Twist(claims=moved("iat", -600 - _LEEWAY)), "expired"),
    "nbf-to-come": (Twist(claims=moved("nbf", _LEEWAY + 1)), "invalid"),
    "nbf-text": (claims(nbf="0"), "invalid"),
    "sub-missing": (Twist(claims=drop("sub"), document=_ALONE), "invalid"),
    "sub-empty": (Twist(claims=put(sub=""), document=_ALONE), "invalid"),
    "sub-number": (Twist(claims=put(sub=1), document=_ALONE), "invalid"),
    "sub-long": (Twist(claims=put(sub="x" * 256), document=_ALONE), "invalid"),
    "sub-unprintable": (Twist(claims=put(sub="op/adele\n"), document=_ALONE), "invalid"),
    "at-hash-of-another": (claims(at_hash="A" * 22), "invalid"),
    "at-hash-null": (claims(at_hash=None), "invalid"),
    "acr-low": (claims(acr="https://www.spid.gov.it/SpidL1"), "level_too_low"),
    "acr-missing": (Twist(claims=drop("acr")), "level_too_low"),
    "acr-unknown": (claims(acr="https://www.spid.gov.it/SpidL22"), "level_too_low"),
    "acr-list": (claims(acr=["https://www.spid.gov.it/SpidL2"]), "level_too_low"),
    "acr-number": (claims(acr=3), "level_too_low"),
}

CLAIMS: tuple[Case, ...] = (
    *(
        Case(name=f"claim/{name}", twist=twist, code=code)
        for name, (twist, code) in _BAD_CLAIMS.items()
    ),
    Case(
        name="claim/twice",
        twist=Twist(token=reworded(lambda t: t.replace("{", '{"sub": "op/other", ', 1))),
    ),
    Case(name="claim/no-object", twist=Twist(token=payload("[]"))),
    Case(name="claim/no-json", twist=Twist(token=payload("{"))),
    Case(name="claim/nested", twist=Twist(token=payload("[" * 30_000))),
    Case(name="claim/at-hash-missing", twist=Twist(claims=drop("at_hash")), dialect="cie"),
)
"""Tokens that the provider has signed, but not for this sign-in, this client or this moment."""
