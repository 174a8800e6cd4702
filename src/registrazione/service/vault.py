"""Keys: signed tokens, derived secrets and fingerprints that nobody else can make."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeGuard

import attrs
from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from registrazione.core.secret import Secret
from registrazione.core.tokens import TokenClaims

KEY_LENGTH = 32
"""The least number of bytes that a secret key has."""
TOKEN_LENGTH = 1024
"""The most characters that a token has."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class KeyVault:
    """Sign, read and derive with a list of keys; the port :class:`~registrazione.ports.Vault`.

    Each key is split into one subkey per use (HKDF, RFC 5869), so that a token tells nothing of
    a derived password. Signatures are HMAC-SHA-512 under a key of its own for every realm and
    purpose (ASVS 5.0 9.2.2, 11.4.1). Tokens and secrets of a key die when it leaves the list;
    fingerprints are made with the newest key, so that counters start anew after a rotation.

    Args:
        keys: The newest first, each of at least 32 bytes: ``secrets.token_hex(32)`` makes one.
        realm: Namespace of the portals that share their accounts; others cannot read the tokens.

    Raises:
        ValueError: A key is too short, or there is none. The text names its place, not the key.
        TypeError: A key is neither text nor bytes.
    """

    __slots__ = ("_history", "_keys", "_realm")

    def __init__(self, keys: Sequence[str | bytes | Secret], realm: str) -> None:
        """Split every key into its subkeys; the keys themselves are not kept."""
        if isinstance(keys, str | bytes) or not keys:
            raise ValueError("secret_keys is a list of at least one key, the newest first")
        subkeys = [_Subkeys.of(key_bytes(key, f"secret_keys[{i}]")) for i, key in enumerate(keys)]
        self._keys = {key.id: key for key in subkeys}
        self._history = subkeys[-1].history
        self._realm = realm

    def sign_token(
        self, purpose: str, account_id: str, epoch: int, extra: str, issued_at: datetime
    ) -> str:
        """Return a token, the same for the same arguments and key.

        Args:
            purpose: What it is good for; it is part of the signature, not of the token.
            account_id: Whose it is.
            epoch: The account's epoch.
            extra: One more fixed word.
            issued_at: When; the token keeps whole seconds and drops the rest.

        Raises:
            ValueError: ``issued_at`` is naive, or the token is longer than can be read.
        """
        if issued_at.utcoffset() is None:
            raise ValueError("issued_at must know its time zone")
        seconds = (issued_at - _EPOCH) // _SECOND
        claims = json.dumps([account_id, epoch, extra, seconds], separators=(",", ":"))
        token = self._signer(purpose).sign(base64_encode(claims)).decode("ascii")
        if len(token) > TOKEN_LENGTH:
            raise ValueError(f"a token has at most {TOKEN_LENGTH} characters")
        return token

    def read_token(self, purpose: str, token: str) -> TokenClaims | None:
        """Return what the token says, or ``None`` if it is not genuine, whatever it is."""
        if not _looks_like_token(token):
            return None
        try:
            payload = self._signer(purpose).unsign(token)
            claims = json.loads(base64_decode(payload))
            return _claims(purpose, claims) if _has_one_spelling(token) else None
        except (BadData, ValueError, OverflowError, RecursionError):
            return None

    def newest_key(self) -> str:
        """Return the id of the key that signs and derives now: a short fingerprint of it."""
        return next(iter(self._keys))

    def derive(self, kind: str, account_id: str, generation: int, key_id: str) -> bytes | None:
        """Return 32 bytes made of key and arguments, or ``None`` when that key has retired."""
        key = self._keys.get(key_id)
        if key is None:
            return None
        message = join_fields(self._realm, kind, account_id, str(generation))
        return hmac.digest(key.deriving, message, "sha512")[:32]

    def fingerprint(self, kind: str, value: Secret) -> str:
        """Return a keyed digest of 128 bits in hexadecimal digits."""
        key = self._keys[self.newest_key()].fingerprints
        return hmac.digest(key, join_fields(self._realm, kind, value.text()), "sha512")[:16].hex()

    def history_pepper(self) -> Secret:
        """Return the pepper of the password history, for the hasher's ``history_pepper``.

        It is made of the last key, so that a new key in front makes no history unreadable. A key
        may stand in the list twice: one that is there already, and is named again at its end,
        keeps this place when a new one is put behind it.
        """
        return Secret(self._history)

    def _signer(self, purpose: str) -> Signer:
        """Return the signer of one purpose; itsdangerous wants its keys oldest first."""
        return Signer(
            [key.signing for key in reversed(self._keys.values())],
            salt=join_fields("registrazione token 1", self._realm, purpose),
            key_derivation="hmac",
            digest_method=hashlib.sha512,
        )


@attrs.frozen
class _Subkeys:
    """What one key is split into."""

    id: str
    signing: bytes = attrs.field(repr=False)
    deriving: bytes = attrs.field(repr=False)
    fingerprints: bytes = attrs.field(repr=False)
    history: bytes = attrs.field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> _Subkeys:
        """Split ``key``: extract once, expand once per use; one block of 64 bytes is enough."""
        root = hmac.digest(b"registrazione", key, "sha512")
        identifier, *subkeys = (
            hmac.digest(root, use + b"\x01", "sha512")
            for use in (b"id", b"signing", b"deriving", b"fingerprints", b"history")
        )
        return cls(identifier[:6].hex(), *subkeys)


def key_bytes(key: str | bytes | Secret, name: str) -> bytes:
    """Return the bytes of a configured key.

    Args:
        key: As it came from the settings.
        name: What it is called there, for the error.

    Raises:
        ValueError: It is shorter than :data:`KEY_LENGTH`.
        TypeError: It is neither text nor bytes.
    """
    value = Secret(key).reveal()
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if not isinstance(value, bytes):
        raise TypeError(f"{name} is neither text nor bytes")
    if len(value) < KEY_LENGTH:
        raise ValueError(f"{name} is too short: at least {KEY_LENGTH} bytes are needed")
    return value


def join_fields(*fields: str) -> bytes:
    """Put fields one after the other, each behind its length, so that no two lists look alike."""
    encoded = [field.encode("utf-8", "surrogatepass") for field in fields]
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)


def _looks_like_token(token: object) -> TypeGuard[str]:
    """Tell whether it is worth computing anything: type, length and alphabet."""
    return (
        isinstance(token, str)
        and len(token) <= TOKEN_LENGTH
        and _TOKEN.fullmatch(token) is not None
    )


def _has_one_spelling(token: str) -> bool:
    """Tell whether each part is what its bytes are encoded to.

    The decoder ignores spare bits of the last character: without this check every genuine token
    would have sixteen spellings, and each of them a use of its own.
    """
    return all(base64_encode(base64_decode(part)).decode() == part for part in token.split("."))


def _claims(purpose: str, payload: object) -> TokenClaims | None:
    """Return what a genuine payload says; another layout under the same key says nothing."""
    match payload:
        case [str(account_id), int(epoch), str(extra), int(seconds)]:
            return TokenClaims(
                purpose=purpose,
                account_id=account_id,
                epoch=epoch,
                extra=extra,
                issued_at=_EPOCH + seconds * _SECOND,
            )
        case _:
            return None
