"""What the browser keeps for us: signed and encrypted, in one short text.

A form before its confirmation leaves no row behind: the browser brings the draft along, and can
neither read nor change it. A sealed text is base64 (URL alphabet, no padding) of::

    version (1) | seconds since 1970 (5) | length of the key's id (1) | the id | nonce (12) | box

The box is AES-256-GCM of the packed content. All that stands in front of it, and the procedure,
the purpose and one more word of the caller, are authenticated with it: a text opens for what it
was made for, in the one spelling that it was made in, and for nothing else.
"""

from __future__ import annotations

import binascii
import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import attrs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registrazione.core.account import Consent
from registrazione.core.draft import Draft
from registrazione.core.profile import Step
from registrazione.core.secret import Secret
from registrazione.core.snapshot import SnapshotError, from_plain, to_plain
from registrazione.core.tokens import is_in_time
from registrazione.ports import Randomness, Vault
from registrazione.registrar import AsyncRegistrar, Registrar
from registrazione.service.vault import join_fields

DRAFT_LIFETIME = timedelta(hours=2)
"""For how long a form may lie open before it has to be begun anew."""
MAX_SEALED = 65536
"""The most characters that are looked at: four times what the longest form takes."""

_KIND_OF_KEY = "web sealing"
_DRAFT = "draft"
_VERSION = 1
_HEAD = 7
"""Bytes of the head in front of the key's id."""
_NONCE = 12
_MAPPING, _BYTES = b"m", b"b"
"""Marks of what was packed."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


class Sealer:
    """Seal with the newest key, open with any; safe to share among threads.

    The keys are those of the settings, by way of the vault, which binds them to the realm. Each
    day has a key of its own for each procedure and purpose, so that the texts under one key,
    whose nonces are random, stay far below the bound of 2**32 (NIST SP 800-38D, 8.3).

    Args:
        vault: Where the keys are derived.
        profile: Name of the procedure.
        randomness: Where nonces come from.
    """

    __slots__ = ("_profile", "_randomness", "_vault")

    def __init__(self, vault: Vault, profile: str, randomness: Randomness) -> None:
        """Keep them; no key is derived yet."""
        self._vault: Vault = vault
        self._profile: str = profile
        self._randomness: Randomness = randomness

    @classmethod
    def of(cls, registrar: Registrar | AsyncRegistrar) -> Sealer:
        """Return the sealer of a registrar's keys and procedure."""
        parts = registrar.parts
        return cls(parts.vault, parts.profile.name, parts.randomness)

    def seal(
        self, kind: str, value: Mapping[str, Any] | bytes, now: datetime, extra: str = ""
    ) -> str:
        """Return a text that only :meth:`open` can read.

        Args:
            kind: What it is good for, such as ``draft``; another kind does not open it.
            value: What JSON can carry, or bytes.
            now: The present time; the text keeps whole seconds.
            extra: One more word that has to be said again to open it.

        Raises:
            ValueError: The text would be too long to be read again.
            TypeError: The value holds something that JSON cannot carry.
        """
        key_id = self._vault.newest_key()
        seconds = (now - _EPOCH) // _SECOND
        named = key_id.encode("ascii")
        head = bytes((_VERSION,)) + seconds.to_bytes(5, "big") + bytes((len(named),)) + named
        nonce = self._randomness.draw(_NONCE)
        cipher = cast("AESGCM", self._cipher(kind, seconds, key_id))
        box = cipher.encrypt(nonce, _packed(value), self._context(kind, extra) + head)
        text = _base64(head + nonce + box)
        if len(text) > MAX_SEALED:
            raise ValueError(f"a sealed text has at most {MAX_SEALED} characters")
        return text

    def open(
        self, kind: str, text: object, now: datetime, lifetime: timedelta, extra: str = ""
    ) -> dict[str, Any] | None:
        """Return the mapping that was sealed, or ``None`` if the text is not genuine or too old.

        Args:
            kind: What it has to be good for.
            text: Whatever the browser sent.
            now: The present time.
            lifetime: For how long a text is good.
            extra: The word that it was sealed with.
        """
        opened = self._opened(kind, text, now, lifetime, extra)
        if opened is None or not opened.startswith(_MAPPING):
            return None
        mapping: dict[str, Any] = json.loads(opened[1:].decode("utf-8", "surrogatepass"))
        return mapping

    def open_bytes(
        self, kind: str, text: object, now: datetime, lifetime: timedelta, extra: str = ""
    ) -> bytes | None:
        """Return the bytes that were sealed; like :meth:`open` in all else."""
        opened = self._opened(kind, text, now, lifetime, extra)
        return opened[1:] if opened is not None and opened.startswith(_BYTES) else None

    def seal_draft(self, draft: Draft, now: datetime) -> str:
        """Return a draft as the browser keeps it."""
        return self.seal(_DRAFT, draft_to_plain(draft), now)

    def open_draft(
        self, text: object, now: datetime, lifetime: timedelta = DRAFT_LIFETIME
    ) -> Draft | None:
        """Return the draft that the browser kept; ``None`` if it is none of ours, or too old."""
        plain = self.open(_DRAFT, text, now, lifetime)
        return None if plain is None else draft_from_plain(plain)

    def _opened(
        self, kind: str, text: object, now: datetime, lifetime: timedelta, extra: str
    ) -> bytes | None:
        """Return the content with its mark, or ``None``."""
        data = _bytes_of(text)
        if len(data) < _HEAD or data[0] != _VERSION:
            return None
        end = _HEAD + data[_HEAD - 1]
        head, nonce, box = data[:end], data[end : end + _NONCE], data[end + _NONCE :]
        seconds = int.from_bytes(head[1:6], "big")
        cipher = self._cipher(kind, seconds, head[_HEAD:].decode("latin-1"))
        if cipher is None:
            return None
        try:
            content = cipher.decrypt(nonce, box, self._context(kind, extra) + head)
        except (InvalidTag, ValueError):
            return None
        if not is_in_time(_EPOCH + seconds * _SECOND, lifetime, now):
            return None
        return zlib.decompress(content)

    def _cipher(self, kind: str, seconds: int, key_id: str) -> AESGCM | None:
        """Return the cipher of one key for one day, or ``None`` when the key has retired."""
        use = f"{self._profile}/{kind}"
        key = self._vault.derive(_KIND_OF_KEY, use, seconds // 86400, key_id)
        return None if key is None else AESGCM(key)

    def _context(self, kind: str, extra: str) -> bytes:
        """Return what is authenticated beside the head."""
        return join_fields(self._profile, kind, extra)


@attrs.frozen(kw_only=True)
class _Written:
    """A draft as it is sealed: the same fields, the password as text."""

    id: str = attrs.field(repr=False)
    profile: str
    language: str
    started_at: datetime
    passed: tuple[Step, ...] = ()
    codice_fiscale: str | None = attrs.field(default=None, repr=False)
    values: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    password: str | None = attrs.field(default=None, repr=False)
    consents: tuple[Consent, ...] = ()


def draft_to_plain(draft: Draft) -> dict[str, Any]:
    """Write a draft down as a dict that JSON can carry, the password in clear: to be sealed."""
    fields = {field.name: getattr(draft, field.name) for field in attrs.fields(Draft)}
    password = draft.password
    fields["password"] = None if password is None else password.text()
    return to_plain(_Written(**fields))


def draft_from_plain(plain: object) -> Draft | None:
    """Make a draft of what :func:`draft_to_plain` wrote; ``None`` of what another version did."""
    try:
        written = from_plain(_Written, plain)
    except SnapshotError:
        return None
    fields = {field.name: getattr(written, field.name) for field in attrs.fields(Draft)}
    fields["password"] = None if written.password is None else Secret(written.password)
    return Draft(**fields)


def _packed(value: Mapping[str, Any] | bytes) -> bytes:
    """Return the value behind a mark of its kind, compressed."""
    if isinstance(value, bytes):
        return zlib.compress(_BYTES + value, 9)
    written = json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(_MAPPING + written.encode("utf-8", "surrogatepass"), 9)


def _base64(data: bytes) -> str:
    """Write bytes in the URL alphabet, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes_of(text: object) -> bytes:
    """Return what a text stands for; nothing if it is not written as we write it.

    The decoder passes over spare bits: without the second look every text would have several
    spellings.
    """
    if not isinstance(text, str) or len(text) > MAX_SEALED or not _ALPHABET.fullmatch(text):
        return b""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""
    return data if _base64(data) == text else b""
