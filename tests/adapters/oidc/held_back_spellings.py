"""Held-back attacks by spelling: numbers, types, names and parts that readers take differently."""

from __future__ import annotations

import json
import re

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from tests.adapters.oidc.held_back_oidc import (
    ENCRYPTED,
    Battery,
    _bytes,
    altered,
    bent,
    forged,
    header,
    in_payload,
    merged,
)
from tests.adapters.oidc.held_back_variants import told_as_jwt

from registrazione.testing.oidc_keys import b64url, key_of
from registrazione.testing.oidc_stage import STATE

SPELLINGS = Battery()
_NUMBERS = {
    "nan": "NaN",
    "infinite": "Infinity",
    "below": "-Infinity",
    "too_large": "1e400",
    "digits": "9" * 5000,
    "hexadecimal": "0x10",
    "text": '"1"',
    "truth": "true",
}


def _number(case):
    name, written = case
    there = re.compile(rf'"{name}": [0-9]+')

    def change(text):
        if there.search(text):
            return there.sub(f'"{name}": {written}', text)
        return f'{text[:-1]}, "{name}": {written}}}'

    return in_payload(change)


SPELLINGS.table(
    "RFC 7519, 2: a NumericDate is a number of JSON.",
    {
        f"spelt_{name}_{how}": (name, written)
        for name in ("exp", "iat", "nbf")
        for how, written in _NUMBERS.items()
    },
    _number,
)
SPELLINGS.table(
    "RFC 8725, 3.11: a token of another type is none, however its type is spelt.",
    {
        f"typ_{index}": {"typ": typ}
        for index, typ in enumerate(
            (
                "application/logout+jwt",
                "application/at+jwt",
                "Application/Entity-Statement+JWT",
                "application/",
                "application/application/jwt",
                "resolve-response+jwt",
                "jwt ",
                7,
                ["JWT"],
                {"jwt": 1},
            )
        )
    },
    header,
    "oidc",
    "cie",
)
SPELLINGS.table(
    "RFC 9700, 4.7: the state is ours, byte for byte.",
    {
        f"state_{index}": {"state": state}
        for index, state in enumerate(
            ("z" * 32, STATE[:-1], f"{STATE}a", STATE.upper(), f"{STATE}\0", f" {STATE}", [STATE])
        )
    },
    lambda changes: bent(answer=merged(changes)),
    "oidc",
    "cie",
    "spid",
)


@SPELLINGS("oidc")
def zero_signature(stage):
    """CVE-2022-21449: a signature of zeros is nobody's."""
    stage.op.signer = key_of("op", "ES256")
    zeros = b64url(bytes(64))
    return altered(lambda token, op: forged(token, op, signer=None) + zeros)(stage)


@SPELLINGS("oidc")
def signature_in_der(stage):
    """RFC 7518, 3.4: two numbers side by side, and no other form."""
    stage.op.signer = key_of("op", "ES256")

    def change(token, _):
        first, payload, last = token.split(".")
        raw = _bytes(last)
        numbers = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
        return f"{first}.{payload}.{b64url(encode_dss_signature(*numbers))}"

    return altered(change)(stage)


SPELLINGS.table(
    "OIDC Core 5.3.2: whom it is from and for need not stand there; if it does, it is true.",
    {
        "told_by_another": {"iss": "https://evil.example"},
        "told_by_nobody": {"iss": None},
        "told_to_another": {"aud": "https://evil.example"},
        "told_to_another_as_well": {"aud": ["https://rp.example", "https://evil.example"]},
        "told_to_nobody": {"aud": None},
    },
    lambda changes: told_as_jwt(**changes),
)


def _instead(alg):
    """Say that the key of an encrypted object was wrapped otherwise."""
    told = {
        "alg": alg,
        "enc": "A256GCM",
        "p2s": "AAAAAAAAAAA",
        "p2c": 2_000_000_000,
        "epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    }
    first = b64url(json.dumps(told).encode())
    return bent(told_token=lambda token, _: ".".join((first, *token.split(".")[1:])))


SPELLINGS.table(
    "RFC 8725, 3.1 and 3.2: keys are wrapped as was agreed, or nobody unwraps them.",
    {
        f"wrapped_{index}": alg
        for index, alg in enumerate(
            (
                "RSA1_5",
                "RSA-OAEP",
                "dir",
                "A128KW",
                "PBES2-HS256+A128KW",
                "ECDH-ES",
                "none",
                None,
                7,
                ["RSA-OAEP-256"],
            )
        )
    },
    _instead,
    *ENCRYPTED,
)
