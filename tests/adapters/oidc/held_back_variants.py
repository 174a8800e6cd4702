"""What real providers vary, and standards allow: nobody may be locked out for it."""

from __future__ import annotations

import json

import attrs
from tests.adapters.oidc.held_back_oidc import bent, claims, header, http, in_payload, merged

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.testing.oidc_keys import encrypted, hash_of, key_of, spelt

RP = "https://rp.example"
_OURS = key_of("rp", "RSA-OAEP-256")
_OTHER = public_jwks([key_of("held-back-other", "RS256")])["keys"][0]


def _keys(change):
    """Return a sign-in at a provider with another set of keys."""
    return bent(jwks=lambda told, _: {"keys": change(told["keys"][0])})


def _unnamed(change):
    """Return the same, where ID tokens do not say with which of them they are signed."""
    return bent(header=merged({"kid": ...}), jwks=lambda told, _: {"keys": change(told["keys"][0])})


def _signed_with(alg):
    def play(stage):
        stage.op.signer = key_of("op", alg)
        return stage.sign_in()

    return play


def _long_bearer(stage):
    """Give out an access token that tells all groups of somebody, as Entra's and Keycloak's do."""
    long = "g" * 12_000

    def tokens(told, op):
        op.bearers[long] = op.bearers[told["access_token"]]
        return {**told, "access_token": long}

    def hashed(told, op):
        return {**told, "at_hash": hash_of(long, op.signer.alg)}

    return bent(tokens=tokens, claims=hashed)(stage)


def told_as_jwt(*, seals=False, typ="JWT", **changes):
    """Return a sign-in where what is told of the person comes signed, unasked (Core 5.3.2)."""

    def bend(pair, op):
        path, true = pair
        if path != "/userinfo":
            return true
        head = merged({"typ": typ})({"alg": op.signer.alg, "kid": op.signer.kid}, op)
        told = {**json.loads(true.body), "iss": op.issuer, "aud": RP}
        token = spelt(head, merged(changes)(told, op), op.signer)
        sent = encrypted(token, _OURS) if seals else token
        return HttpAnswer(status=200, content_type="application/jwt", body=sent.encode())

    return bent(http=bend)


def _padded(path):
    return http(path, lambda true: attrs.evolve(true, body=b"\n " + true.body + b"\r\n"))


VARIANTS = {
    "audience_and_party": claims({"aud": [RP], "azp": RP}),
    "entra": claims({"ver": "2.0", "tid": "t", "oid": "o", "rh": "0.", "wids": [], "uti": "u"}),
    "keycloak": claims({"typ": "ID", "session_state": "s", "resource_access": {"a": {"b": []}}}),
    "google": claims({"azp": RP, "hd": "x.example", "auth_time": 1, "amr": ["mfa", "otp"]}),
    "no_name_of_the_token": claims({"jti": ..., "sid": ...}),
    "long_life": bent(claims=lambda told, _: {**told, "exp": told["iat"] + 86_400}),
    "nulls_beside": claims({"phone_number_verified": None, "x": {"y": None}}),
    "numbers_beside": claims({"x": 2**63, "y": 1.5, "z": -0.0}),
    "letters_beside": claims({"x": "\u00e8 \u65e5\u672c \U0001f600"}),
    "escaped_slashes": in_payload(lambda text: text.replace("/", "\\/")),
    "escaped_letters": in_payload(lambda text: text.replace("a", "\\u0061")),
    "indented": in_payload(lambda text: json.dumps(json.loads(text), indent=2)),
    "whole_type": header({"typ": "application/jwt"}),
    "capital_type": header({"typ": "Application/JWT"}),
    "thumbprints": header({"x5t": "AAAA", "x5t#S256": "AAAA"}),
    "more_in_the_header": header({"cty": "JWT", "foo": "bar", "iat": 1}),
    "no_key_name": header({"kid": ...}),
    "no_key_name_beside_a_curve": _unnamed(
        lambda key: [public_jwks([key_of("held-back-other")])["keys"][0], key]
    ),
    "key_without_its_use": _keys(
        lambda key: [{n: v for n, v in key.items() if n not in ("alg", "use")}]
    ),
    "key_operations": _keys(lambda key: [{**key, "key_ops": ["verify"]}]),
    "key_with_certificates": _keys(lambda key: [{**key, "x5c": ["MIIB"], "x5t": "a"}]),
    "key_with_nulls": _keys(lambda key: [{**key, "x5c": None, "x5u": None, "key_ops": None}]),
    "key_of_the_same_name_for_encryption": _keys(
        lambda key: [{**_OTHER, "kid": key["kid"], "use": "enc", "alg": "RSA-OAEP"}, key]
    ),
    "keys_of_kinds_to_come": _keys(
        lambda key: [
            {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x", "kid": "p"},
            {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "k"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "small"},
            {"foo": 1},
            key,
        ]
    ),
    **{alg.lower(): _signed_with(alg) for alg in ("RS384", "PS384", "PS512", "ES512")},
    "bearer_in_capitals": bent(tokens=merged({"token_type": "BEARER"})),
    "lifetime_in_words": bent(tokens=merged({"expires_in": "60"})),
    "lifetime_unknown": bent(tokens=merged({"expires_in": None, "scope": None, "error": None})),
    "long_bearer": _long_bearer,
    "padded_tokens": _padded("/token"),
    "padded_keys": _padded("/jwks"),
    "encrypted_token": bent(token=lambda token, _: encrypted(token, _OURS, "A256GCM")),
    "more_in_the_answer": bent(answer=merged({"session_state": "x.y", "scope": "openid"})),
    "document_with_nulls": bent(
        document=merged({"end_session_endpoint": None, "revocation_endpoint": None})
    ),
    "document_without_pkce": bent(document=merged({"code_challenge_methods_supported": ...})),
    "names_beside": bent(told=merged({"middle_name": None, "address": {"formatted": "via x"}})),
}

PLAIN_VARIANTS = {
    "no_hash": claims({"at_hash": ...}),
    "no_key_name_anywhere": _unnamed(lambda key: [{n: v for n, v in key.items() if n != "kid"}]),
    "told_signed": told_as_jwt(),
    "told_signed_and_sealed": told_as_jwt(seals=True),
    "told_without_type": told_as_jwt(typ=...),
    "told_without_issuer": told_as_jwt(iss=...),
    "told_without_audience": told_as_jwt(aud=...),
    "told_to_a_list": told_as_jwt(aud=[RP]),
    "no_issuer_that_was_not_promised": bent(
        answer=merged({"iss": ...}),
        document=merged({"authorization_response_iss_parameter_supported": False}),
    ),
}
