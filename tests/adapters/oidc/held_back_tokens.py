"""Held-back attacks on the ID token: its header, its signature, its claims."""

from __future__ import annotations

import hmac
import json

from tests.adapters.oidc.held_back_oidc import (
    EVIL,
    EVIL_EC,
    SCHEMES,
    VICTIM,
    Battery,
    altered,
    bent,
    constant,
    forged,
    header,
    in_payload,
    parts_of,
    resigned,
)

from registrazione.adapters.oidc.keys import public_jwks
from registrazione.core.secret import Secret
from registrazione.testing.oidc_keys import (
    b64url,
    key_of,
    signature,
)

TOKENS = Battery()
_OP = key_of("op", "RS256")
_FAR = 1_900_000_000


# -- the algorithm -----------------------------------------------------------------------------


def _without_signature(alg):
    return altered(lambda token, op: forged(token, op, {"alg": alg}, None))


TOKENS.table(
    "RFC 8725, 3.2: a token without a signature is none, however that is spelt.",
    {
        "none": "none",
        "none_in_capitals": "NONE",
        "none_mixed": "nOnE",
        "none_with_a_space": "none ",
        "none_empty": "",
        "none_null": None,
        "none_list": ["none"],
        "none_missing": ...,
    },
    _without_signature,
    *SCHEMES,
)


@TOKENS(*SCHEMES)
def none_with_the_true_signature(stage):
    """The signature of the true token stays behind a forged one that says none."""

    def change(token, op):
        return forged(token, op, {"alg": "none"}, None) + token.rpartition(".")[2]

    return altered(change)(stage)


def _secret(how):
    jwk = public_jwks([_OP])["keys"][0]
    return {
        "pem": _OP.key.as_pem(private=False),
        "der": _OP.key.as_der(private=False),
        "jwk": json.dumps(jwk).encode(),
        "modulus": jwk["n"].encode(),
        "kid": jwk["kid"].encode(),
        "empty": b"",
    }[how]


def _confused(how):
    def change(token, op):
        first, payload = parts_of(token)
        first["alg"], payload["sub"] = "HS256", VICTIM
        text = ".".join(b64url(json.dumps(part).encode()) for part in (first, payload))
        return f"{text}.{b64url(hmac.digest(_secret(how), text.encode(), 'sha256'))}"

    return altered(change)


TOKENS.table(
    "CVE-2016-10555: what everybody knows of the provider's key is no secret to sign with.",
    {f"hs256_{how}": how for how in ("pem", "der", "jwk", "modulus", "kid", "empty")},
    _confused,
)


@TOKENS(signing_key=None, secret=Secret("a password that the client has"))
def hs256_with_the_client_s_password(stage):
    """CVE-2026-33322: whoever knows the client's password is not the provider."""

    def change(token, _):
        first, payload = parts_of(token)
        first["alg"], payload["sub"] = "HS256", VICTIM
        text = ".".join(b64url(json.dumps(part).encode()) for part in (first, payload))
        made = hmac.digest(b"a password that the client has", text.encode(), "sha256")
        return f"{text}.{b64url(made)}"

    return altered(change)(stage)


def _psychic(raw):
    def play(stage):
        stage.op.signer = key_of("held-back-op-ec")
        return altered(lambda token, op: forged(token, op, signer=None) + b64url(raw))(stage)

    return play


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TOKENS.table(
    "CVE-2022-21449: psychic signatures, numbers that make the equation trivial.",
    {
        "psychic_zeros": bytes(64),
        "psychic_order": _ORDER.to_bytes(32) * 2,
        "psychic_one": (bytes(31) + b"\x01") * 2,
        "psychic_der": bytes.fromhex("3006020100020100"),
        "psychic_short": bytes(63),
        "psychic_empty": b"",
    },
    _psychic,
)


@TOKENS()
def rsa_said_to_be_pss(stage):
    """One key, one algorithm: a signature of the one does not pass for the other."""
    return header({"alg": "PS256"})(stage)


@TOKENS()
def rsa_said_to_be_longer(stage):
    """A SHA-256 signature that says that it is of SHA-512."""
    return header({"alg": "RS512"})(stage)


@TOKENS()
def rsa_said_to_be_ec(stage):
    """The type of the key does not fit the algorithm of the header."""
    return header({"alg": "ES256"})(stage)


@TOKENS(algorithms={"ES256"})
def an_algorithm_that_the_client_refuses(stage):
    """RFC 8725, 3.1: the client says what it takes, not the token."""
    return stage.sign_in()


@TOKENS()
def a_curve_of_bitcoin(stage):
    """ES256K is on nobody's list."""
    return header({"alg": "ES256K"})(stage)


# -- keys in the header ------------------------------------------------------------------------


def _with_own_key(head):
    def change(token, op):
        return forged(token, op, {**head, "alg": "RS256"})

    return altered(change)


_OWN = {"kty": "RSA", **{name: public_jwks([EVIL])["keys"][0][name] for name in ("n", "e")}}
TOKENS.table(
    "CVE-2018-0114, CVE-2026-27962: a token that brings its key, or says where to get it.",
    {
        "header_jwk": {"jwk": _OWN},
        "header_jwk_same_kid": {"jwk": {**_OWN, "kid": _OP.kid}},
        "header_jku": {"jku": "https://evil.example/jwks"},
        "header_jku_of_the_provider": {"jku": "https://op.example@evil.example/jwks"},
        "header_x5u": {"x5u": "https://evil.example/chain"},
        "header_x5c": {"x5c": ["AAAA"]},
        "header_x5t": {"x5t": "AAAA"},
        "header_kid_of_evil": {"kid": EVIL.kid},
        "header_no_kid": {"kid": ...},
    },
    _with_own_key,
    *SCHEMES,
)
TOKENS.table(
    "A token of the provider's that brings a key is refused, too: nobody may look at that key.",
    {
        "true_jwk": {"jwk": _OWN},
        "true_jku": {"jku": "https://op.example/jwks"},
        "true_x5u": {"x5u": "https://op.example/chain"},
        "true_x5c": {"x5c": []},
    },
    header,
    *SCHEMES,
)
TOKENS.table(
    "A key identifier is a name among the provider's own: no path, no query, no other type.",
    {
        "kid_path": {"kid": "../../../../dev/null"},
        "kid_query": {"kid": "' UNION SELECT 'AA"},
        "kid_zero": {"kid": f"{_OP.kid}\x00"},
        "kid_list": {"kid": [_OP.kid]},
        "kid_object": {"kid": {"kid": _OP.kid}},
        "kid_number": {"kid": 7},
        "kid_true": {"kid": True},
        "kid_null": {"kid": None},
        "kid_empty": {"kid": ""},
        "kid_huge": {"kid": "k" * 200_000},
        "kid_address": {"kid": "https://169.254.169.254/"},
    },
    header,
)
TOKENS.table(
    "RFC 7515, 4.1.11: what is critical and not understood ends the matter (CVE-2025-59420).",
    {
        "crit_unknown": {"crit": ["bork"], "bork": 1},
        "crit_empty": {"crit": []},
        "crit_text": {"crit": "b64"},
        "crit_absent": {"crit": ["exp"]},
        "crit_standard": {"crit": ["alg"]},
        "crit_null": {"crit": None},
        "crit_object": {"crit": {"b64": 1}},
        "b64_without_crit": {"b64": False},
        "b64_with_crit": {"b64": False, "crit": ["b64"]},
    },
    header,
)
TOKENS.table(
    "RFC 8725, 3.11: a token of another kind does not pass for an ID token.",
    {
        "typ_access": {"typ": "at+jwt"},
        "typ_logout": {"typ": "logout+jwt"},
        "typ_statement": {"typ": "entity-statement+jwt"},
        "typ_event": {"typ": "application/secevent+jwt"},
        "typ_number": {"typ": 1},
        "typ_list": {"typ": ["JWT"]},
    },
    header,
    *SCHEMES,
)


@TOKENS()
def an_unencoded_payload(stage):
    """RFC 7797: the payload stands there as it is, and dots cut it."""

    def change(token, op):
        first, payload = parts_of(token)
        first |= {"b64": False, "crit": ["b64"]}
        head = b64url(json.dumps(first).encode())
        text = json.dumps({**payload, "sub": VICTIM})
        return f"{head}.{text}.{b64url(signature(f'{head}.{text}', op.signer))}"

    return altered(change)(stage)


# -- spelling ----------------------------------------------------------------------------------

TOKENS.table(
    "RFC 7515, 3.1: three parts in the alphabet of URLs; the identity is the signed one, or none.",
    {
        "a_newline_behind": lambda token, _: f"{token}\n",
        "a_space_before": lambda token, _: f" {token}",
        "padding": lambda token, _: f"{token}=",
        "other_alphabet": lambda token, _: token.replace("-", "+").replace("_", "/"),
        "last_bits": lambda token, _: token[:-1] + chr(ord(token[-1]) ^ 1),
        "a_line_in_the_payload": lambda token, _: token.replace(".ey", ".\ney"),
        "bearer_before": lambda token, _: f"Bearer {token}",
    },
    altered,
    may_be_read=True,
)
TOKENS.table(
    "A token is a text of three parts, of a length that somebody could have meant.",
    {
        "token_four_parts": lambda token, _: f"{token}.AAAA",
        "token_two_parts": lambda token, _: token.rpartition(".")[0],
        "token_empty": lambda *_: "",
        "token_dots": lambda *_: "..",
        "token_many_dots": lambda *_: "." * 100_000,
        "token_none": lambda *_: None,
        "token_number": lambda *_: 7,
        "token_list": lambda token, _: [token],
        "token_flattened": lambda token, _: dict(
            zip(("protected", "payload", "signature"), token.split("."), strict=True)
        ),
        "token_general": lambda token, _: {"payload": token.split(".")[1], "signatures": []},
        "token_json_in_a_text": lambda token, _: json.dumps(
            dict(zip(("protected", "payload", "signature"), token.split("."), strict=True))
        ),
        "token_huge": lambda token, _: token + "A" * 240_000,
        "token_not_ascii": lambda token, _: f"{token}\u00e9",
        "token_surrogate": lambda token, _: f"{token}\ud800",
        "token_no_signature": lambda token, _: token.rpartition(".")[0] + ".",
        "token_of_evil": forged,
        "token_of_an_evil_curve": lambda token, op: forged(token, op, {"alg": "ES256"}, EVIL_EC),
        "token_payload_swapped": lambda token, op: ".".join(
            (token.split(".")[0], forged(token, op).split(".")[1], token.split(".")[2])
        ),
    },
    altered,
    *SCHEMES,
)


def _payload(text):
    """Return a sign-in whose payload is that text, signed by the provider."""
    return bent(claims=constant(text))


TOKENS.table(
    "RFC 7519, 7.2: the payload is one JSON object, and what breaks a parser breaks nothing else.",
    {
        "payload_empty": "",
        "payload_null": "null",
        "payload_list": "[]",
        "payload_text": '"x"',
        "payload_number": "7",
        "payload_huge_number": "1" * 5_000,
        "payload_half": '{"iss": "https://op.example"',
        "payload_deep": "[" * 90_000 + "]" * 90_000,
        "payload_deep_object": '{"a":' * 20_000 + "1" + "}" * 20_000,
        "payload_nan": "NaN",
        "payload_zero": "\x00",
        "payload_mark": "\ufeff{}",
    },
    _payload,
)


@TOKENS()
def payload_not_utf_8(stage):
    """RFC 8259, 8.1: bytes that are no text."""

    def change(token, op):
        head = token.split(".")[0]
        text = f"{head}.{b64url(bytes([0xFF, 0xFE, 0x7B, 0x7D]))}"
        return f"{text}.{b64url(signature(text, op.signer))}"

    return altered(change)(stage)


@TOKENS(may_be_read=True)
def the_subject_twice_the_victim_first(stage):
    """RFC 7519, 4: of two claims of one name the last counts, or the token is refused."""
    return in_payload(lambda text: text.replace("{", f'{{"sub": "{VICTIM}", ', 1))(stage)


@TOKENS()
def the_algorithm_twice(stage):
    """RFC 7515, 4: of two algorithms in one header nobody may choose."""

    def change(token, op):
        first, payload = parts_of(token)
        text = json.dumps(first).replace("{", '{"alg": "none", ', 1)
        return resigned(text, json.dumps({**payload, "sub": VICTIM}), EVIL)

    return altered(change)(stage)
