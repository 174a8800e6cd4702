"""Slow hashes of the secrets that people choose: Argon2id (RFC 9106)."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence

import attrs

from registrazione.adapters.hash_pool import HashPool
from registrazione.core.secret import Secret
from registrazione.ports import HasherBusy
from registrazione.service.vault import key_bytes

_SALT_LENGTH = 16
_DIGEST_LENGTH = 32
_ENCODED = re.compile(
    r"(?:pepper:(?P<pepper>[0-9a-f]{12}))?"
    r"\$argon2id\$v=19\$m=(?P<m>[0-9]{1,10}),t=(?P<t>[0-9]{1,10}),p=(?P<p>[0-9]{1,3})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<digest>[A-Za-z0-9+/]{22,86})"
)


@attrs.frozen
class _Cost:
    """What one hash costs."""

    memory_kib: int
    iterations: int
    parallelism: int

    def is_valid(self) -> bool:
        """Tell whether Argon2 accepts it (RFC 9106, section 3.1)."""
        return (
            self.iterations >= 1
            and self.parallelism >= 1
            and self.memory_kib >= 8 * self.parallelism
        )

    def is_within(self, own: _Cost) -> bool:
        """Tell whether a stored hash may cost this much where ``own`` is the usual cost."""
        return (
            self.memory_kib <= max(own.memory_kib, _CEILING.memory_kib)
            and self.iterations <= max(own.iterations, _CEILING.iterations)
            and self.parallelism <= max(own.parallelism, _CEILING.parallelism)
        )


# The hashes of other systems fit below it, Django's with 100 MiB among them.
_CEILING = _Cost(memory_kib=128 * 1024, iterations=10, parallelism=16)


@attrs.frozen
class _Encoded:
    """An encoded hash, taken apart."""

    pepper_id: str | None
    cost: _Cost
    salt: bytes = attrs.field(repr=False)
    digest: bytes = attrs.field(repr=False)

    @classmethod
    def parse(cls, encoded: object) -> _Encoded | None:
        """Take ``encoded`` apart, or return ``None`` if it is nothing of ours."""
        found = _ENCODED.fullmatch(encoded) if isinstance(encoded, str) else None
        if found is None:
            return None
        cost = _Cost(int(found["m"]), int(found["t"]), int(found["p"]))
        try:
            salt, digest = _unpadded(found["salt"]), _unpadded(found["digest"])
        except binascii.Error:
            return None
        return cls(found["pepper"], cost, salt, digest) if cost.is_valid() else None

    def text(self) -> str:
        """Return the PHC string, behind the pepper's id where there is one."""
        pepper = f"pepper:{self.pepper_id}" if self.pepper_id else ""
        cost = f"m={self.cost.memory_kib},t={self.cost.iterations},p={self.cost.parallelism}"
        salt, digest = (b64encode(b).rstrip(b"=").decode() for b in (self.salt, self.digest))
        return f"{pepper}$argon2id$v=19${cost}${salt}${digest}"


class Argon2Hasher:
    """Hash passwords and personal codes; the port :class:`~registrazione.ports.PasswordHasher`.

    The default cost is the one that OWASP and ASVS 5.0 11.4.2 ask for. Hashes made with another
    cost, here or by another library, verify as well, unless they would take absurdly much.

    A pepper is a key that is kept apart from the database: a stolen database alone is then of
    no use (NIST SP 800-63B, keyed hashing). To rotate it, put a new one before the old ones;
    each password moves to the newest the next time that it is typed.

    Args:
        memory_kib: Memory of one hash.
        iterations: Passes over it.
        parallelism: Lanes.
        peppers: The newest first, each of at least 32 bytes. Whoever drops one that is still in
            use takes everybody's password away.
        history_pepper: Key of the password history's tags; by default the oldest pepper. With
            another one, the passwords remembered so far are no longer recognised.
        workers: Hashes computed at the same time; by default one per processor.
        queue: Hashes that may wait; by default 32 per worker.

    Raises:
        ValueError: The cost is none, or a pepper is too short.
    """

    __slots__ = ("_cost", "_dummy", "_history_pepper", "_peppers", "_pool")

    def __init__(
        self,
        *,
        memory_kib: int = 19_456,
        iterations: int = 2,
        parallelism: int = 1,
        peppers: Sequence[Secret] = (),
        history_pepper: Secret | None = None,
        workers: int | None = None,
        queue: int | None = None,
    ) -> None:
        """Check cost and peppers; Argon2 itself is loaded with the first hash."""
        self._cost = _Cost(memory_kib, iterations, parallelism)
        if not self._cost.is_valid():
            raise ValueError("Argon2 needs 1 iteration, 1 lane and 8 KiB of memory for each lane")
        keys = [key_bytes(pepper, f"peppers[{i}]") for i, pepper in enumerate(peppers)]
        self._peppers = {_key_id(key): key for key in keys}
        self._history_pepper = keys[-1] if keys else b""
        if history_pepper is not None:
            self._history_pepper = key_bytes(history_pepper, "history_pepper")
        self._dummy = self._fresh(secrets.token_bytes(_DIGEST_LENGTH))
        self._pool = HashPool(workers, queue)

    def hash(self, secret: Secret) -> str:
        """Return the encoded hash, with its parameters and salt inside.

        Raises:
            HasherBusy: Too many hashes wait, or there is no memory for one more.
            TypeError: The secret is no text; the boundary lets nothing else in.
        """
        fresh = self._fresh(b"")
        data = self._prepared(secret.text(), fresh.pepper_id)
        digest = self._argon2id(data, fresh.salt, fresh.cost, _DIGEST_LENGTH)
        return attrs.evolve(fresh, digest=digest).text()

    def verify(self, secret: Secret, encoded: str | None) -> bool:
        """Tell whether ``secret`` is the one; ``None`` does the same work for nobody.

        Whatever is no hash of this kind, needs a pepper that has gone, or would cost absurdly
        much is false at once, without any work.

        Raises:
            HasherBusy: Too many hashes wait, or there is no memory for one more.
        """
        stored = self._dummy if encoded is None else _Encoded.parse(encoded)
        if (
            stored is None
            or not isinstance(secret.reveal(), str)
            or not stored.cost.is_within(self._cost)
            or not (stored.pepper_id is None or stored.pepper_id in self._peppers)
        ):
            return False
        data = self._prepared(secret.text(), stored.pepper_id)
        digest = self._argon2id(data, stored.salt, stored.cost, len(stored.digest))
        return hmac.compare_digest(digest, stored.digest) and encoded is not None

    def needs_rehash(self, encoded: str) -> bool:
        """Tell whether the parameters or the pepper have changed since."""
        stored = _Encoded.parse(encoded)
        return stored is None or (
            stored.cost,
            stored.pepper_id,
            len(stored.salt),
            len(stored.digest),
        ) != (self._cost, self._newest_pepper_id(), _SALT_LENGTH, _DIGEST_LENGTH)

    def tag(self, secret: Secret, salt: bytes) -> bytes:
        """Return 32 bytes: the same slow hash under a given salt, keyed with the history pepper.

        Raises:
            HasherBusy: Too many hashes wait, or there is no memory for one more.
            TypeError: The secret is no text; the boundary lets nothing else in.
        """
        # Hashing the salt makes any length good, and no tag a password's hash under its salt.
        salt = hashlib.sha256(b"history" + salt).digest()[:_SALT_LENGTH]
        data = self._prepared(secret.text(), None)
        digest = self._argon2id(data, salt, self._cost, _DIGEST_LENGTH)
        if not self._history_pepper:
            return digest
        return hmac.digest(self._history_pepper, digest, "sha512")[:_DIGEST_LENGTH]

    def close(self) -> None:
        """Finish what is queued and end the threads."""
        self._pool.close()

    def _newest_pepper_id(self) -> str | None:
        return next(iter(self._peppers), None)

    def _fresh(self, digest: bytes) -> _Encoded:
        """Return what a new hash looks like, with a salt of its own."""
        salt = secrets.token_bytes(_SALT_LENGTH)
        return _Encoded(self._newest_pepper_id(), self._cost, salt, digest)

    def _prepared(self, text: str, pepper_id: str | None) -> bytes:
        """Return the bytes to be hashed; lone surrogates are text like any other."""
        data = text.encode("utf-8", "surrogatepass")
        return data if pepper_id is None else hmac.digest(self._peppers[pepper_id], data, "sha512")

    def _argon2id(self, data: bytes, salt: bytes, cost: _Cost, length: int) -> bytes:
        return self._pool.run(lambda: _argon2id(data, salt, cost, length))


def _argon2id(data: bytes, salt: bytes, cost: _Cost, length: int) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        return hash_secret_raw(
            data,
            salt,
            time_cost=cost.iterations,
            memory_cost=cost.memory_kib,
            parallelism=cost.parallelism,
            hash_len=length,
            type=Type.ID,
        )
    except HashingError:
        # The parameters were checked: what is left is that memory or threads ran out.
        raise HasherBusy from None


def _key_id(key: bytes) -> str:
    """Return a short fingerprint of a pepper, to find it again by."""
    return hmac.digest(key, b"pepper id", "sha512")[:6].hex()


def _unpadded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))
