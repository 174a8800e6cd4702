"""Secrets made by the system: readable aloud, uniform, and a function of given entropy alone.

The letters and digits that people mistake for one another are left out: ``0 O o``, ``1 l I i``,
``5 S``, ``2 Z``, ``8 B``. 49 remain, which gives 5.61 bits a character, so 20 characters carry
112 bits and more, the amount above which a secret may be stored under a fast hash
(ASVS 5.0 6.5.2).
"""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, islice

LOOK_ALIKES = frozenset("0Oo1lIi5S2Z8B")
READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in LOOK_ALIKES)
MIN_ENTROPY_BYTES = 32

_BYTE_VALUES = 256


def uniform_text(
    entropy: bytes,
    *,
    purpose: str,
    length: int,
    symbols: Sequence[str] = READABLE,
    accept: Callable[[str], bool] = bool,
) -> str:
    """Return a text drawn uniformly from all those that ``accept`` takes.

    Bytes that would favour some symbols are skipped, and a text that is not accepted is thrown
    away whole: no character is ever put in its place by force, so every accepted text is equally
    likely and the loss is the share of texts refused, below a fifth of a bit here.

    Args:
        entropy: At least 32 random bytes. The same bytes always give the same text.
        purpose: Name of the use: one entropy gives unrelated texts to two purposes.
        length: How many symbols.
        symbols: What to draw from, at most 256.
        accept: The condition, met by a fair share of all texts.

    Returns:
        The text.

    Raises:
        ValueError: The entropy is shorter than 32 bytes.
    """
    if len(entropy) < MIN_ENTROPY_BYTES:
        message = f"at least {MIN_ENTROPY_BYTES} bytes of entropy are needed"
        raise ValueError(message)
    drawn = _drawn(entropy, purpose, symbols)
    while not accept(text := "".join(islice(drawn, length))):
        pass
    return text


def _drawn(entropy: bytes, purpose: str, symbols: Sequence[str]) -> Iterator[str]:
    labels = (f"registrazione/{purpose}/{block}/".encode() for block in count())
    stream = chain.from_iterable(hashlib.sha512(label + entropy).digest() for label in labels)
    fair = _BYTE_VALUES - _BYTE_VALUES % len(symbols)
    return (symbols[byte % len(symbols)] for byte in stream if byte < fair)


def drawn_name(drawn: bytes) -> str:
    """Return drawn bytes as a name that fits into addresses: base32 in small letters (RFC 4648).

    Args:
        drawn: Random bytes; five of them make eight characters.
    """
    return base64.b32encode(drawn).decode("ascii").rstrip("=").lower()
