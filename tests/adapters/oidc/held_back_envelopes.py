"""Held-back tokens that are encrypted where they should be signed."""

from __future__ import annotations

import json

from joserfc import jwe
from joserfc.jwk import OctKey
from tests.adapters.oidc.held_back_oidc import (
    SCHEMES,
    VICTIM,
    Battery,
    altered,
    parts_of,
)

from registrazione.testing.oidc_keys import (
    b64url,
    encrypted,
)

ENVELOPES = Battery()


@ENVELOPES(*SCHEMES)
def encrypted_for_us_by_anybody(stage):
    """Sign/encrypt confusion: whoever has our public key can encrypt, and signs nothing by it."""

    def change(token, _):
        payload = {**parts_of(token)[1], "sub": VICTIM}
        return encrypted(json.dumps(payload), stage.client.encryption_keys[0])

    return altered(change)(stage)


@ENVELOPES(*SCHEMES)
def encrypted_with_the_provider_s_public_key(stage):
    """Tervoort, Black Hat 2023: a JWE made with the key that signatures are verified with."""

    def change(token, op):
        payload = {**parts_of(token)[1], "sub": VICTIM}
        head = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": op.signer.kid}
        registry = jwe.JWERegistry(algorithms=["RSA-OAEP-256", "A256GCM"])
        return jwe.encrypt_compact(head, json.dumps(payload), op.signer.key, registry=registry)

    return altered(change)(stage)


@ENVELOPES()
def a_password_of_billions(stage):
    """CVE-2022-36083: PBES2 with a count that never ends."""

    def change(token, op):
        head = {
            "alg": "PBES2-HS256+A128KW",
            "enc": "A128GCM",
            "p2s": "AAAAAAAAAAA",
            "p2c": 2_000_000_000,
        }
        return f"{b64url(json.dumps(head).encode())}.AAAA.AAAA.AAAA.AAAA"

    return altered(change)(stage)


@ENVELOPES()
def direct_encryption_without_a_key(stage):
    """`dir` with a key that everybody can guess."""

    def change(token, op):
        key = OctKey.import_key(bytes(32))
        payload = {**parts_of(token)[1], "sub": VICTIM}
        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, json.dumps(payload), key)

    return altered(change)(stage)
