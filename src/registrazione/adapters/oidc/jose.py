"""Signed and encrypted objects, in their compact form (RFC 7515, RFC 7516, RFC 8725)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from cryptography.exceptions import InvalidKey, InvalidTag, UnsupportedAlgorithm
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.util import urlsafe_b64decode

from registrazione.adapters.oidc.guards import MISHAPS, Guard, check
from registrazione.adapters.oidc.keys import OwnKey
from registrazione.adapters.oidc.reading import Claims, json_object
from registrazione.ports import IdentityError

SIGNING = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
)
"""Algorithms of signatures that are believed: asymmetric ones, none of them with SHA-1."""

SEALING = frozenset({"RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"})
"""Algorithms that keys are wrapped with; RSA1_5 is not among them (RFC 8725, 3.2)."""

CONTENT = frozenset({"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"})
"""Algorithms of content encryption. Compression is not among them: small texts may be huge."""

PLAIN_TYPES = frozenset({"", "jwt"})
"""What ``typ`` may say of a token that its place tells what it is."""

_FAILURES: tuple[type[Exception], ...] = (
    JoseError,
    InvalidKey,
    InvalidTag,
    UnsupportedAlgorithm,
    *MISHAPS,
)
_BRINGS_KEYS = frozenset({"jwk", "jku", "x5c", "x5u"})
_LONGEST = 131_072
_PARTS_OF_JWE = 5

FindKey = Callable[[str, object], Key | None]
"""Find the key of an algorithm and a name."""


@attrs.frozen(kw_only=True)
class Signed:
    """A signed object before it is believed.

    Args:
        header: Its header.
        algorithms: Those that are expected.
        types: What ``typ`` may say, in lower case.
        key: The key that it names, ``None`` if that is not known.
        parts: The object as it came.
    """

    header: Mapping[str, Any]
    algorithms: frozenset[str]
    types: frozenset[str]
    key: Key | None
    parts: CompactSignature = attrs.field(repr=False)

    @property
    def type(self) -> str:
        """What it says that it is, in the short form (RFC 7515, 4.1.9)."""
        told = str.lower(self.header.get("typ", ""))
        return told.removeprefix("application/") or told

    def is_signed(self) -> bool:
        """Tell whether the signature is the key's."""
        registry = JWSRegistry(
            algorithms=sorted(self.algorithms & SIGNING), strict_check_header=False
        )
        try:
            return jws.validate_compact(self.parts, self.key, registry=registry)
        except _FAILURES:
            return False


HEADER_GUARDS: tuple[Guard, ...] = (
    Guard("jws.algorithm", lambda it: it.header["alg"] in it.algorithms),
    Guard("jws.type", lambda it: it.type in it.types),
    Guard("jws.brings_no_key", lambda it: not _BRINGS_KEYS & it.header.keys()),
    Guard("jws.nothing_critical", lambda it: not {"crit", "b64"} & it.header.keys()),
    Guard("jws.key_is_known", lambda it: it.key is not None),
    Guard("jws.signature", Signed.is_signed),
)
"""What has to hold of every signed object (RFC 8725, 3.1, 3.10, 3.11)."""


SEALED_GUARDS: tuple[Guard, ...] = (
    Guard("jwe.nothing_critical", lambda header: "crit" not in header),
    Guard("jwe.not_compressed", lambda header: "zip" not in header),
)
"""What has to hold of every encrypted object (RFC 8725, 3.6)."""


def opened(
    token: object,
    find_key: FindKey,
    *,
    algorithms: frozenset[str],
    types: frozenset[str] = PLAIN_TYPES,
) -> tuple[Mapping[str, Any], Claims]:
    """Return header and claims of a signed object.

    Args:
        token: The object.
        find_key: Finds the key; the header's ``kid`` is its name.
        algorithms: Algorithms that are expected.
        types: What ``typ`` may say.

    Raises:
        IdentityError: It is not signed with such a key.
    """
    if not isinstance(token, str) or not token.isascii() or len(token) > _LONGEST:
        raise IdentityError("invalid")
    try:
        parts = jws.extract_compact(token.encode("ascii"))
        # Read anew: a header in which a name comes twice is refused.
        header = json_object(_decoded(token.partition(".")[0]))
        alg, kid = header.get("alg"), header.get("kid")
        known = isinstance(alg, str) and (kid is None or isinstance(kid, str))
    except _FAILURES:
        raise IdentityError("invalid") from None
    key = find_key(str(alg), kid) if known and alg in algorithms else None
    seen = Signed(header=header, algorithms=algorithms, types=types, key=key, parts=parts)
    check(HEADER_GUARDS, seen)
    return header, json_object(parts.payload)


def unverified(token: object) -> Claims:
    """Return the claims of a signed object of which nobody knows yet whether to believe them.

    Args:
        token: The object.

    Raises:
        IdentityError: It is none.
    """
    if not isinstance(token, str) or not token.isascii() or len(token) > _LONGEST:
        raise IdentityError("invalid")
    try:
        return json_object(jws.extract_compact(token.encode("ascii")).payload)
    except _FAILURES:
        raise IdentityError("invalid") from None


def is_encrypted(token: object) -> bool:
    """Tell whether that looks like an encrypted object.

    Args:
        token: Anything.
    """
    return isinstance(token, str) and token.count(".") == _PARTS_OF_JWE - 1


def decrypted(token: object, keys: tuple[OwnKey, ...]) -> str:
    """Return what is inside an encrypted object: a signed one.

    Args:
        token: The object.
        keys: Our keys for encryption; the header's ``kid`` names one, or the first is tried.

    Raises:
        IdentityError: It is not encrypted for us.
    """
    if not is_encrypted(token) or not isinstance(token, str) or len(token) > _LONGEST:
        raise IdentityError("invalid")
    try:
        header = json_object(_decoded(token.partition(".")[0]))
        check(SEALED_GUARDS, header)
        kid = header.get("kid")
        own = {key.kid: key for key in keys}[kid if kid is not None else keys[0].kid]
        # Others may say more in a header than we know, such as the claims inside (RFC 7519, 5.3).
        registry = jwe.JWERegistry(
            algorithms=[own.alg, *sorted(CONTENT)], strict_check_header=False
        )
        plain = jwe.decrypt_compact(token, own.key, registry=registry).plaintext
        return (plain or b"").decode("ascii")
    except _FAILURES:
        raise IdentityError("invalid") from None


def signed(claims: Mapping[str, Any], key: OwnKey, *, typ: str = "JWT") -> str:
    """Return claims as an object that is signed with a key of ours.

    Args:
        claims: The claims.
        key: The key.
        typ: What the object is.
    """
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    payload = json.dumps(dict(claims), separators=(",", ":"))
    return jws.serialize_compact(
        header, payload, key.key, registry=JWSRegistry(algorithms=[key.alg])
    )


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part.encode("ascii"))
