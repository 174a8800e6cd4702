"""Held-back attacks on what a provider publishes: its document and its keys."""

from __future__ import annotations

import hmac
import json

from tests.adapters.oidc.held_back_oidc import (
    EVIL,
    PLAIN,
    SCHEMES,
    Battery,
    bent,
    constant,
    http,
    merged,
)

from registrazione.adapters.oidc.keys import public_jwks
from registrazione.testing.oidc_keys import b64url, key_of
from registrazione.testing.oidc_op import Twist

DOCUMENTS = Battery()
_OTHER_STATE = "another-browser-s-sign-in-abcdef"
_OP = key_of("op", "RS256")
_DEEP = b"[" * 100_000 + b"]" * 100_000


# -- the discovery document ----------------------------------------------------------------------

DOCUMENTS.table(
    "OIDC Discovery 4.3: a provider speaks of itself, at addresses on the web.",
    {
        "document_issuer_other": {"issuer": "https://evil.example"},
        "document_issuer_slash": {"issuer": "https://op.example/"},
        "document_issuer_missing": {"issuer": ...},
        "document_issuer_list": {"issuer": ["https://op.example"]},
        "document_token_plain": {"token_endpoint": "http://op.example/token"},
        "document_token_file": {"token_endpoint": "file:///etc/hostname"},
        "document_token_missing": {"token_endpoint": ...},
        "document_token_list": {"token_endpoint": ["https://op.example/token"]},
        "document_token_user": {"token_endpoint": "https://op.example@evil.example/token"},
        "document_token_lines": {"token_endpoint": "https://op.example/\r\ntoken"},
        "document_authorize_script": {"authorization_endpoint": "javascript:alert(1)"},
        "document_authorize_plain": {"authorization_endpoint": "http://op.example/authorize"},
        "document_authorize_missing": {"authorization_endpoint": ...},
        "document_jwks_missing": {"jwks_uri": ...},
        "document_jwks_data": {"jwks_uri": "data:application/json,{}"},
        "document_jwks_gopher": {"jwks_uri": "gopher://op.example/"},
        "document_userinfo_plain": {"userinfo_endpoint": "http://op.example/userinfo"},
        "document_userinfo_elsewhere": {"userinfo_endpoint": "https://localhost/userinfo"},
    },
    lambda changes: bent(document=merged(changes)),
    *SCHEMES,
)
DOCUMENTS.table(
    "A document is one JSON object, of a size that is meant.",
    {
        "document_list": b"[]",
        "document_deep": _DEEP,
        "document_huge": b'{"issuer": "' + b"a" * 3_000_000 + b'"}',
        "document_empty": b"",
        "document_number": b"1" * 10_000,
    },
    lambda body: http("/.well-known/openid-configuration", body),
)


# -- the set of keys -----------------------------------------------------------------------------


def _keys(*keys):
    return bent(jwks=constant({"keys": list(keys)}))


_JWK = public_jwks([_OP])["keys"][0]
_SHORT = {"kty": "RSA", "kid": _OP.kid, "e": "AQAB", "n": b64url(b"\xc5" + b"\x01" * 63)}
DOCUMENTS.table(
    "RFC 7517: only keys that are for signatures, of the right kind and size, verify any.",
    {
        "keys_none": (),
        "keys_null": (None,),
        "keys_numbers": (7, "x", []),
        "keys_encryption": ({**_JWK, "use": "enc"},),
        "keys_operations": ({**_JWK, "key_ops": ["encrypt"]},),
        "keys_operations_text": ({**_JWK, "key_ops": "verify"},),
        "keys_other_algorithm": ({**_JWK, "alg": "RS512"},),
        "keys_short": (_SHORT,),
        "keys_exponent_1": ({**_JWK, "e": "AQ"},),
        "keys_even": ({**_JWK, "n": b64url(bytes([0x80]) + bytes(255))},),
        "keys_no_numbers": ({"kty": "RSA", "kid": _OP.kid},),
        "keys_number_types": ({**_JWK, "n": 7},),
        "keys_of_secrets": ({"kty": "oct", "kid": _OP.kid, "k": "AAAA"},),
        "keys_of_a_curve": (
            {**public_jwks([key_of("held-back-op-ec")])["keys"][0], "kid": _OP.kid},
        ),
        "keys_off_the_curve": (
            {"kty": "EC", "crv": "P-256", "kid": _OP.kid, "x": "AAAA", "y": "AAAA"},
        ),
        "keys_unknown_kind": ({"kty": "???", "kid": _OP.kid},),
        "keys_kind_list": ({"kty": ["RSA"], "kid": _OP.kid},),
        "keys_curve_list": ({"kty": "EC", "crv": ["P-256"], "kid": _OP.kid, "x": "AA", "y": "AA"},),
        "keys_use_list": ({**_JWK, "use": ["sig"]},),
        "keys_alg_list": ({**_JWK, "alg": ["RS256"]},),
        "keys_operations_object": ({**_JWK, "key_ops": {"verify": 1}},),
        "keys_operations_lists": ({**_JWK, "key_ops": [["verify"]]},),
        "keys_kind_object": ({"kty": {"a": 1}, "kid": _OP.kid},),
        "keys_kid_list": ({**_JWK, "kid": [_OP.kid]},),
        "keys_huge": ({**_JWK, "n": "w" * 150_000},),
        "keys_thousands": tuple({**_JWK, "kid": f"k{number}"} for number in range(600)),
        "keys_of_evil": (public_jwks([EVIL])["keys"][0],),
        "keys_of_evil_same_kid": ({**public_jwks([EVIL])["keys"][0], "kid": _OP.kid},),
    },
    lambda keys: _keys(*keys),
    *PLAIN,
)
DOCUMENTS.table(
    "RFC 7517, 5: a set of keys is an object with a list.",
    {
        "jwks_list": [],
        "jwks_text": "x",
        "jwks_no_keys": {},
        "jwks_object": {"keys": {"0": _JWK}},
        "jwks_null": {"keys": None},
        "jwks_number": {"keys": 7},
    },
    lambda value: bent(jwks=constant(value)),
)


@DOCUMENTS(*SCHEMES)
def the_published_secret(stage):
    """A symmetric key in the public set is everybody's."""
    secret = b"k" * 32

    def token(true, _):
        head = b64url(json.dumps({"alg": "HS256", "kid": "s"}).encode())
        text = f"{head}.{true.split('.')[1]}"
        return f"{text}.{b64url(hmac.digest(secret, text.encode(), 'sha256'))}"

    stage.op.twist = Twist(
        token=token, jwks=constant({"keys": [{"kty": "oct", "kid": "s", "k": b64url(secret)}]})
    )
    return stage.sign_in()
