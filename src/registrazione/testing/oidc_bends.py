"""Small ways to bend what a provider says: claims, headers, signatures, answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import OwnKey
from registrazione.adapters.oidc.reading import json_object
from registrazione.testing.oidc_keys import b64url, encrypted, key_of, spelt
from registrazione.testing.oidc_op import Bend, FakeOp, Twist

MALLORY: OwnKey = key_of("mallory", "RS256")
"""A key of somebody who is not the provider."""


def put(**values: Any) -> Bend:  # noqa: ANN401 - claims of any type
    """Say something else under these names."""
    return lambda told, _: {**told, **values}


def drop(*names: str) -> Bend:
    """Say nothing under these names."""
    return lambda told, _: {name: value for name, value in told.items() if name not in names}


def moved(name: str, seconds: float) -> Bend:
    """Put a moment so many seconds from now."""
    return lambda told, op: {**told, name: int(op.clock.now().timestamp()) + seconds}


def claims(**values: Any) -> Twist:  # noqa: ANN401 - claims of any type
    """Say something else in the ID token."""
    return Twist(claims=put(**values))


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return header, claims and signature of a token."""
    first, second, last = token.split(".")
    return dict(json_object(_bytes(first))), dict(json_object(_bytes(second))), last


def _bytes(part: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(part + "==")


def as_mallory(token: str) -> dict[str, Any]:
    """Return the claims of a token, about somebody else."""
    return {**parts(token)[1], "sub": "op/somebody-else"}


def unsigned(alg: str, signature: str = "") -> Bend:
    """Say that a token is not signed, in some spelling."""

    def bend(token: str, _: FakeOp) -> str:
        first, second, _signature = spelt({"alg": alg}, as_mallory(token), MALLORY).split(".")
        return f"{first}.{second}.{signature}"

    return bend


def resigned(header: Callable[[FakeOp], Mapping[str, Any]], signer: OwnKey = MALLORY) -> Bend:
    """Sign another identity with another key, under some header."""

    def bend(token: str, op: FakeOp) -> str:
        return spelt(dict(header(op)), as_mallory(token), signer)

    return bend


def with_hmac(secret: Callable[[FakeOp], bytes], alg: str = "HS256") -> Bend:
    """Sign another identity with something that everybody knows, as if it were a shared secret."""

    def bend(token: str, op: FakeOp) -> str:
        header = {"alg": alg, "kid": op.signer.kid}
        first, second, _ = spelt(header, as_mallory(token), MALLORY).split(".")
        made = hmac.new(secret(op), f"{first}.{second}".encode(), hashlib.sha256).digest()
        return f"{first}.{second}.{b64url(made)}"

    return bend


def pem_of(op: FakeOp) -> bytes:
    """Return the provider's public key, as everybody may have it."""
    key: Any = op.signer.key
    pem: bytes = key.as_pem(private=False)
    return pem


def payload(text: str) -> Bend:
    """Sign a text instead of claims, with the provider's own key."""
    return lambda token, op: spelt(parts(token)[0], text, op.signer)


def reworded(change: Callable[[str], str]) -> Bend:
    """Change how the claims are written, and sign that with the provider's own key."""

    def bend(token: str, op: FakeOp) -> str:
        header, told, _ = parts(token)
        return spelt(header, change(json.dumps(told)), op.signer)

    return bend


def header_text(change: Callable[[str], str]) -> Bend:
    """Change how the header is written, and sign with the provider's own key."""

    def bend(token: str, op: FakeOp) -> str:
        from registrazione.testing.oidc_keys import signature

        header, told, _ = parts(token)
        written = change(json.dumps(header))
        first = f"{b64url(written.encode())}.{b64url(json.dumps(told).encode())}"
        return f"{first}.{b64url(signature(first, op.signer))}"

    return bend


def sealed(inside: Callable[[str, FakeOp], str], recipient: OwnKey, **more: Any) -> Bend:  # noqa: ANN401
    """Encrypt a token, or something else in its place."""
    return lambda token, op: encrypted(inside(token, op), recipient, **more)


def at(path: str, **changes: Any) -> Twist:  # noqa: ANN401 - fields of any type
    """Bend the answer of one path: its status, type or body."""

    def bend(pair: tuple[str, HttpAnswer], _: FakeOp) -> HttpAnswer:
        return attrs.evolve(pair[1], **changes) if pair[0] == path else pair[1]

    return Twist(http=bend)


def told_as_jwt(bend: Bend = lambda told, _: told) -> Twist:
    """Sign what is told of the person, though nobody asked for that.

    Args:
        bend: Says something else in it.
    """

    def sign(pair: tuple[str, HttpAnswer], op: FakeOp) -> HttpAnswer:
        path, answer = pair
        if path != "/userinfo":
            return answer
        told = {**json_object(answer.body), "iss": op.issuer, "aud": "https://rp.example"}
        body = spelt({"alg": op.signer.alg, "kid": op.signer.kid}, bend(told, op), op.signer)
        return HttpAnswer(status=200, content_type="application/jwt", body=body.encode("ascii"))

    return Twist(http=sign)
