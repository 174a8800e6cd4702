"""What a sealed text says of itself: it can be read without any key.

Nor without the extra ``crypto``: a store that is opened with ``encrypt=False`` is looked at, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from registrazione.adapters.sealed.fields import texts_of
from registrazione.core.account import Account
from registrazione.ports.stores import StoreError

NO_INDEX = "-"
"""What stands for the look-up key in a row that nothing is looked up by."""

SAMPLE = 5
"""How many of the oldest accounts are asked how they are sealed and looked up."""

HEAD: re.Pattern[str] = re.compile(r"s1\.([\w-]{8})\.([\w-]{8}|-)", re.ASCII)
_BODY = re.compile(r"[A-Za-z0-9+/]{38,}={0,2}")


class Misfit(StoreError):  # noqa: N818 - a store's answer, in the words of the contract
    """What is in the store does not fit the settings: ``secret_keys`` or ``encrypt``."""


class StillSealed(Misfit):
    """The store holds encrypted data, and is opened without encryption."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "the data are encrypted: open without encrypt=False, or stop the portal and run "
            "`registrazione re-encrypt --plain`"
        )


@attrs.frozen
class Head:
    """What a sealed text says of itself.

    Args:
        key: Id of the key that it is sealed with.
        index: Id of the key that its row is looked up with.
    """

    key: str
    index: str


def head_of(text: str) -> Head | None:
    """Return the head of a sealed text; ``None`` if it is none."""
    head, _, body = text.rpartition(".")
    found = HEAD.fullmatch(head)
    return Head(found[1], found[2]) if found and _BODY.fullmatch(body) else None


def heads_of(accounts: Iterable[Account]) -> list[Head | None]:
    """Return the heads of all texts of accounts as they stand in a store."""
    return [head_of(text) for account in accounts for _, text in texts_of(account)]


def check_readable(accounts: Iterable[Account]) -> None:
    """Make sure that the oldest accounts of a store without encryption are readable.

    A text that somebody typed may look sealed; an account all of whose texts do is.

    Args:
        accounts: As they stand in the store.

    Raises:
        StillSealed: One of them is sealed.
    """
    for account in accounts:
        heads = heads_of([account])
        if heads and None not in heads:
            raise StillSealed
