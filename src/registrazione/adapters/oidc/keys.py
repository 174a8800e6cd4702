"""Keys: our own, which nobody sees, and theirs, of which only the fitting ones are looked at."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from typing import Any, Self, cast

import attrs
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key

from registrazione.adapters.oidc.guards import MISHAPS
from registrazione.adapters.oidc.reading import Claims, stated
from registrazione.core.secret import Secret

KEY_TYPES: Mapping[str, type[Key]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSAKey),
    **dict.fromkeys(("ES256", "ES384", "ES512"), ECKey),
    **dict.fromkeys(("RSA-OAEP", "RSA-OAEP-256"), RSAKey),
    **dict.fromkeys(("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"), ECKey),
}
"""The type of key that each algorithm works with (RFC 7518)."""

MISREAD: tuple[type[Exception], ...] = (JoseError, *MISHAPS)
"""What reading a key may end in."""

MOST_KEYS = 50
_FEWEST_BITS = 2048


@attrs.frozen
class OwnKey:
    """A private key of ours.

    Args:
        key: The key; its ``kid`` is its thumbprint (RFC 7638) unless it came with one.
        alg: The one algorithm that it is used for.
    """

    key: Key = attrs.field(repr=False)
    alg: str

    @classmethod
    def read(cls, secret: Secret, alg: str = "RS256") -> Self:
        """Return the key that is written in PEM or, as a mapping, as a JWK.

        Args:
            secret: The private key.
            alg: The algorithm that it is used for.

        Raises:
            ValueError: It is none, or none for that algorithm. The text does not show it.
        """
        kind = KEY_TYPES.get(alg)
        if kind is None:
            raise ValueError(f"{alg} is no algorithm that keys are used for here")
        written: Any = secret.reveal()
        try:
            read = kind.import_key(written)
            read.ensure_kid()
            key: Key | None = read
        except MISREAD:
            key = None
        if key is None or not key.is_private or not _is_long(key.as_dict(private=False)):
            raise ValueError(f"that is no private key for {alg}, of {_FEWEST_BITS} bits if of RSA")
        return cls(key, alg)

    @property
    def kid(self) -> str:
        """Return the name of the key."""
        return str(self.key.kid)

    @property
    def use(self) -> str:
        """Return what the key is for: signatures or encryption."""
        return "enc" if self.alg.startswith(("RSA-", "ECDH")) else "sig"

    def public(self) -> dict[str, Any]:
        """Return the public half, as others are told it."""
        told = cast("dict[str, Any]", self.key.as_dict(private=False))
        return {**told, "kid": self.kid, "alg": self.alg, "use": self.use}


def public_jwks(keys: Iterable[OwnKey]) -> dict[str, Any]:
    """Return the public halves of keys, as a set (RFC 7517, 5)."""
    return {"keys": [key.public() for key in keys]}


@attrs.frozen
class TheirKeys:
    """Public keys of others, for signatures.

    Args:
        keys: Those that can be used.
    """

    keys: tuple[Key, ...] = attrs.field(default=(), repr=False)

    @classmethod
    def read(cls, jwks: Claims) -> Self:
        """Return the keys of a set; those that nobody should use are left out (RFC 7517, 5).

        Args:
            jwks: The set.
        """
        listed: object = jwks.get("keys")
        rows = cast("list[object]", listed)[:MOST_KEYS] if isinstance(listed, list) else []
        read = (_read(row) for row in rows)
        return cls(tuple(key for key in read if key is not None))

    def fitting(self, alg: str, kid: object) -> Key | None:
        """Return the key of that name, for that algorithm; without a name, the only one there is.

        Args:
            alg: The algorithm in the header.
            kid: The name in the header, ``None`` if there is none.
        """
        kind = KEY_TYPES.get(alg)
        fit = [
            key
            for key in self.keys
            if kind is not None and isinstance(key, kind) and key.get("alg") in (None, alg)
        ]
        if kid is None:
            return fit[0] if len(fit) == 1 else None
        return next((key for key in fit if key.get("kid") == kid), None)


def _read(row: object) -> Key | None:
    """Return a public key for signatures, ``None`` for everything else."""
    if not isinstance(row, dict):
        return None
    data = dict(stated(cast("dict[str, Any]", row)))
    if data.get("use", "sig") != "sig" or data.get("kty") not in ("RSA", "EC"):
        return None
    try:
        return import_key(data) if _is_long(data) else None
    except MISREAD:
        return None


def _is_long(jwk: Mapping[str, Any]) -> bool:
    """Tell whether a key, if it is one of RSA, is long enough (NIST SP 800-131A)."""
    return jwk["kty"] != "RSA" or len(urlsafe_b64decode(jwk["n"] + "==")) * 8 >= _FEWEST_BITS
