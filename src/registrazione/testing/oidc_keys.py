"""Keys that exist while the tests run, and what is made with them: sound, or not at all."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jwe
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from registrazione.adapters.oidc.keys import OwnKey
from registrazione.core.secret import Secret

STATE_KEY: Secret = Secret(b"a key of the tests, which opens nothing")
"""A ``state_key`` for tests."""


@cache
def key_of(owner: str, alg: str = "ES256") -> OwnKey:
    """Return the private key of somebody, the same one each time: an RSA key takes a while.

    Args:
        owner: Whose, in any words.
        alg: What it is used for.
    """
    kid = f"{owner}-{alg}"
    if alg.startswith(("RS", "PS")):
        key: Key = RSAKey.generate_key(2048, {"kid": kid})
    else:
        curve = {"ES384": "P-384", "ES512": "P-521"}.get(alg, "P-256")
        key = ECKey.generate_key(curve, {"kid": kid})
    return OwnKey(key, alg)


def b64url(data: bytes) -> str:
    """Return bytes in the alphabet of URLs, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def hash_of(bearer: str, alg: str) -> str:
    """Return what ``at_hash`` says of an access token (OIDC Core 3.1.3.6).

    Args:
        bearer: The token.
        alg: How the ID token is signed.
    """
    digest = hashlib.new(f"sha{alg[-3:]}", bearer.encode("ascii")).digest()
    return b64url(digest[: len(digest) // 2])


def spelt(header: Mapping[str, Any], claims: Mapping[str, Any] | str, signer: OwnKey) -> str:
    """Return a signed object with any header and any payload, sound or not.

    Args:
        header: The header.
        claims: The payload; a text is signed as it stands.
        signer: Signs it with its own algorithm, whatever the header says.
    """
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    first = f"{b64url(json.dumps(dict(header)).encode())}.{b64url(payload.encode())}"
    return f"{first}.{b64url(signature(first, signer))}"


def signature(text: str, signer: OwnKey) -> bytes:
    """Return somebody's signature of a text."""
    made: bytes = JWSRegistry.algorithms[signer.alg].sign(text.encode("ascii"), signer.key)
    return made


def encrypted(
    token: str,
    recipient: OwnKey,
    enc: str = "A256CBC-HS512",
    **more: Any,  # noqa: ANN401 - parameters of any type
) -> str:
    """Return a token that only its recipient can read.

    Args:
        token: The token.
        recipient: Whose.
        enc: How the text is encrypted.
        more: Anything else in the header.
    """
    header = {"alg": recipient.alg, "enc": enc, "cty": "JWT", "kid": recipient.kid, **more}
    algorithms = [recipient.alg, enc, "DEF"]
    registry = jwe.JWERegistry(algorithms=algorithms, strict_check_header=False)
    return jwe.encrypt_compact(header, token, recipient.key, registry=registry)
