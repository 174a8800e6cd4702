"""The keys of encryption: each secret key split in two, and one more key for every row.

HKDF (RFC 5869) with SHA-256: one extraction for a secret key, one expansion for each use.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

import attrs

from registrazione.core.records import Key
from registrazione.core.secret import Secret
from registrazione.service.vault import join_fields, key_bytes


@attrs.frozen
class SealingKey:
    """What one secret key is split into.

    Args:
        id: A short fingerprint, written in front of every text that is sealed with it.
    """

    id: str
    _sealing: bytes = attrs.field(repr=False)
    _index: bytes = attrs.field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> SealingKey:
        """Split ``key``."""
        root = hmac.digest(b"registrazione sealed 1", key, "sha256")
        identifier, sealing, index = (
            _expand(root, use) for use in (b"id", b"sealing", b"blind index")
        )
        return cls(base64.urlsafe_b64encode(identifier[:6]).decode("ascii"), sealing, index)

    def row_key(self, row: tuple[str, ...]) -> bytes:
        """Return the key of one row.

        A key for each row keeps the number of texts under one key, whose nonces are random, far
        below the bound of 2**32 (NIST SP 800-38D, 8.3), however many people register.
        """
        return _expand(self._sealing, join_fields(*row))

    def blind(self, key: Key) -> Key:
        """Return what stands for a look-up key in the store: equal for equal keys, and no more.

        Realm and kind have a key of their own, so that the same text as an address and as a
        username cannot be told to be the same.
        """
        of_kind = _expand(self._index, join_fields(key.realm, key.kind))
        value = key.value.encode("utf-8", "surrogatepass")
        return Key(key.realm, key.kind, hmac.digest(of_kind, value, "sha256")[:16].hex())


class Keyring:
    """The secret keys of the settings, made fit for encryption.

    Texts are sealed with the newest and opened with any. Look-ups are made with the *oldest*, so
    that a new key in front moves none of them.

    Args:
        secret_keys: The newest first, each of at least 32 bytes.

    Raises:
        ValueError: A key is too short, or there is none. The text names its place, not the key.
        TypeError: A key is neither text nor bytes.
    """

    __slots__ = ("_keys", "_last")

    def __init__(self, secret_keys: Sequence[str | bytes | Secret]) -> None:
        """Split every key; the keys themselves are not kept."""
        if isinstance(secret_keys, str | bytes) or not secret_keys:
            raise ValueError("secret_keys is a list of at least one key, the newest first")
        made = [
            SealingKey.of(key_bytes(key, f"secret_keys[{n}]")) for n, key in enumerate(secret_keys)
        ]
        self._keys = {key.id: key for key in made}
        # A key may stand in the list twice, to be the last although a newer one was put behind it.
        self._last = made[-1]

    @property
    def newest(self) -> SealingKey:
        """The key that texts are sealed with."""
        return next(iter(self._keys.values()))

    @property
    def oldest(self) -> SealingKey:
        """The key that look-ups are made with in a store that is still empty."""
        return self._last

    def get(self, key_id: str) -> SealingKey | None:
        """Return a key by its id, or ``None`` when it has retired."""
        return self._keys.get(key_id)


def _expand(root: bytes, use: bytes) -> bytes:
    """Expand by one block, which is as long as a key."""
    return hmac.digest(root, use + b"\x01", "sha256")
