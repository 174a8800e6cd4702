"""How accounts, letters and keys are sealed and opened: no store, no waiting.

A sealed text reads ``s1.KEY.INDEX.TEXT``: the key that it is sealed with, the key that the row
is looked up with, and nonce, ciphertext and tag of AES-256-GCM in base64. All but the ciphertext,
and the row and the field that it stands in, are authenticated with it: a text that is moved to
another row, another field or behind another head does not open.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from registrazione.adapters.sealed.fields import Path, changed
from registrazione.adapters.sealed.heads import HEAD, NO_INDEX, Misfit, heads_of
from registrazione.adapters.sealed.keys import Keyring, SealingKey
from registrazione.core.account import Account
from registrazione.core.records import OutboxMessage
from registrazione.ports import Randomness
from registrazione.ports.stores import StoreError
from registrazione.service.vault import join_fields

NONCE = 12
"""Bytes of a nonce: 96 bits, drawn anew for every text (NIST SP 800-38D, 8.2.2)."""

Row = TypeVar("Row", Account, OutboxMessage)


class Unreadable(StoreError):  # noqa: N818 - a store's answer, in the words of the contract
    """A text of the store does not open: its key is not there, or somebody changed it."""

    def __init__(self) -> None:
        """Say so, without any content."""
        super().__init__("sealed data do not open: their key is missing, or they were changed")


class NotSealed(Misfit):
    """The store holds personal data that were written before they were encrypted."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "there are data from before encryption: stop the portal and run "
            "`registrazione re-encrypt`, or open with encrypt=False"
        )


class NoSuchIndex(Misfit):
    """The key that accounts are looked up with is not there, or is about to be changed."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "accounts are looked up with a key that is not there, or with two: stop the portal "
            "and run `registrazione re-encrypt --reindex`"
        )


class NoSuchKey(Misfit):
    """Accounts are sealed with a key that is not there."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "accounts are encrypted with a key that is not in secret_keys: put it back, and "
            "run `registrazione re-encrypt` before it retires"
        )


class Sealing:
    """Seal with the newest key, open with any.

    Args:
        keys: The keys.
        randomness: Where nonces come from.
    """

    __slots__ = ("_draw", "keys")

    def __init__(self, keys: Keyring, randomness: Randomness) -> None:
        """Keep both."""
        self.keys: Keyring = keys
        self._draw = randomness.draw

    def seal(self, row: Row, index: SealingKey | None = None) -> Row:
        """Return an account or a letter with its personal texts sealed.

        Args:
            row: Which one.
            index: The key that an account is looked up with.

        Raises:
            StoreError: Something is no text where a text has to be.
        """
        name, key = _name_of(row), self.keys.newest
        head = f"s1.{key.id}.{NO_INDEX if index is None else index.id}"
        context = join_fields(head, *name)
        cipher = AESGCM(key.row_key(name))

        def sealed(text: str, path: Path) -> str:
            nonce = self._draw(NONCE)
            data = text.encode("utf-8", "surrogatepass")
            made = nonce + cipher.encrypt(nonce, data, context + join_fields(*path))
            return f"{head}.{_base64(made)}"

        try:
            return changed(row, sealed)
        except (AttributeError, TypeError, KeyError):
            raise StoreError("a value cannot be written down") from None

    def open(self, row: Row) -> Row:
        """Return an account or a letter with its personal texts readable.

        Raises:
            NotSealed: One of them was never sealed.
            Unreadable: One of them does not open.
        """
        name = _name_of(row)
        # The texts of a row have one head, as a rule: the key is made once.
        known: dict[str, tuple[AESGCM, bytes]] = {}

        def opened(text: str, path: Path) -> str:
            head, _, body = text.rpartition(".")
            if head not in known:
                known[head] = self._cipher(head, name)
            cipher, context = known[head]
            return _decrypted(cipher, body, context + join_fields(*path))

        return changed(row, opened)

    def index_of(self, accounts: Iterable[Account]) -> SealingKey | None:
        """Return the key that these accounts are looked up with.

        Args:
            accounts: As they stand in the store, sealed.

        Returns:
            The key; ``None`` if none of them tells.

        Raises:
            NotSealed: One was written before data were encrypted.
            NoSuchIndex: That key is not there, or they do not agree on one.
        """
        heads = heads_of(accounts)
        if not heads:
            return None
        if None in heads:
            raise NotSealed
        indexes = {head.index for head in heads if head is not None}
        key = self.keys.get(indexes.pop())
        if key is None or indexes:
            raise NoSuchIndex
        return key

    def check_keys(self, accounts: Iterable[Account]) -> None:
        """Make sure that these accounts are sealed, and that all their keys are there.

        Args:
            accounts: As they stand in the store, sealed.

        Raises:
            NotSealed: One was written before data were encrypted.
            NoSuchIndex: The key that they are looked up with is not there, or there are two.
            NoSuchKey: One that they are sealed with is not there.
        """
        sealed = tuple(accounts)
        self.index_of(sealed)
        for head in heads_of(sealed):
            if head is not None and self.keys.get(head.key) is None:
                raise NoSuchKey

    def _cipher(self, head: str, name: tuple[str, ...]) -> tuple[AESGCM, bytes]:
        """Return what opens the texts of a row, and how their context begins."""
        found = HEAD.fullmatch(head)
        if found is None:
            raise NotSealed
        key = self.keys.get(found[1])
        if key is None:
            raise Unreadable
        return AESGCM(key.row_key(name)), join_fields(head, *name)


def _name_of(row: Account | OutboxMessage) -> tuple[str, ...]:
    """Return what tells a row from every other in any store."""
    if isinstance(row, Account):
        return "account", row.realm, row.id
    return "letter", row.profile, row.account_id, row.id


def _decrypted(cipher: AESGCM, body: str, context: bytes) -> str:
    """Return the text of a ciphertext.

    Raises:
        Unreadable: It is not genuine in this context.
    """
    try:
        made = binascii.a2b_base64(body)
        # The decoder passes over spare bits and odd characters: without this every ciphertext
        # would have several spellings.
        if _base64(made) != body:
            raise Unreadable
        text = cipher.decrypt(made[:NONCE], made[NONCE:], context)
    except (InvalidTag, ValueError):
        raise Unreadable from None
    return text.decode("utf-8", "surrogatepass")


def _base64(data: bytes) -> str:
    """Write bytes as base64, on one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")
