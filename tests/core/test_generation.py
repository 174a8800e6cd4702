"""Generated secrets: deterministic, uniform, readable."""

from __future__ import annotations

from collections import Counter
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.generation import LOOK_ALIKES, READABLE, uniform_text

ENTROPY = st.binary(min_size=32, max_size=64)


def test_no_look_alikes() -> None:
    """Letters and digits that are mistaken for one another are left out, 49 remain."""
    assert READABLE == "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"
    assert LOOK_ALIKES.isdisjoint(READABLE)
    assert len(READABLE) == 49


def test_same_entropy_same_text() -> None:
    """The text is a function of the entropy, the same in every release."""
    assert uniform_text(bytes(32), purpose="password", length=20) == "9Fxz7TkRspqqzLhHWA4k"


def test_purposes_are_unrelated() -> None:
    """One entropy used for two purposes gives two texts."""
    texts = {uniform_text(bytes(32), purpose=use, length=20) for use in ("password", "code")}

    assert len(texts) == 2


@pytest.mark.parametrize("size", [0, 1, 16, 31])
def test_too_little_entropy_is_refused(size) -> None:
    """Less than 32 bytes never makes a secret."""
    with pytest.raises(ValueError, match="at least 32 bytes"):
        uniform_text(bytes(size), purpose="password", length=20)


@given(ENTROPY, st.integers(1, 300))
def test_length_and_symbols_are_as_asked(entropy, length) -> None:
    """However long, the text consists of the symbols alone."""
    text = uniform_text(entropy, purpose="test", length=length)

    assert len(text) == length
    assert set(text) <= set(READABLE)


@given(ENTROPY)
def test_what_is_not_accepted_is_drawn_again(entropy) -> None:
    """The condition holds for every text."""
    text = uniform_text(entropy, purpose="test", length=4, accept=str.islower)

    assert text.islower()


@pytest.mark.parametrize("symbols", [READABLE, "abc", [f"<{n}>" for n in range(200)]])
def test_every_symbol_is_equally_likely(symbols) -> None:
    """Over many drawings no symbol strays from its share by more than chance allows."""
    drawn = Counter[str]()
    for number in range(20):
        drawn.update(_symbols(number, symbols))

    # The mean is 4,000 and its deviation 63: five of them are never seen by chance.
    assert len(drawn) == len(symbols)
    assert all(3_680 < count < 4_320 for count in drawn.values())


def _symbols(number: int, symbols: list[str] | str) -> list[str]:
    mark = "\0"
    text = uniform_text(
        number.to_bytes(32),
        purpose="test",
        length=200 * len(symbols),
        symbols=[symbol + mark for symbol in symbols],
    )
    return text.split(mark)[:-1]


def test_twenty_characters_are_112_bits() -> None:
    """Enough for a fast hash, the loss to rejection (no digit: one text in nine) included."""
    without_digit = (44 / 49) ** 20

    assert log2(49**20 * (1 - without_digit)) > 112
