"""Values that nobody would type, and texts that almost are a codice fiscale; the same every run."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from unittest.mock import Mock
from uuid import UUID

from tests.codici_fiscali import LETTERS, MONTHS, with_check_letter, with_luhn_digit

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.secret import Secret

CONTROLS = "".join(map(chr, (*range(32), *range(0x7F, 0xA0))))
INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202d\u202e\u2066\u2069\ufeff"
)
SPACES = " \t\r\n\u00a0\u2003\u202f\u3000"
LOOKALIKES = "\u0391\u0392\u0415\u041e\u0421\u0430\u0435\u043e\u0131\u017f\u212a\u01c5\u00df\ufb01"
ODD_SIGNS = (
    CONTROLS + INVISIBLE + LOOKALIKES + "\u0301\u0308\u20dd\U0001f600\ud800\udfff\uffff\U0010ffff"
)
FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in LETTERS + "0123456789"}
ARABIC = {ord("0") + number: 0x660 + number for number in range(10)}
SQUARED = {ord(sign): 0x1F130 + number for number, sign in enumerate(LETTERS)}
LONG = 100_000


class Hostile(str):
    """A text that cannot be asked anything."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> bool:
        raise KeyError(str.__str__(self))

    __eq__ = __ne__ = __lt__ = __len__ = __iter__ = __getitem__ = __contains__ = _refuse
    __str__ = __format__ = __add__ = __mod__ = _refuse  # type: ignore[assignment]
    __hash__ = str.__hash__
    strip = upper = lower = encode = translate = isascii = isalpha = isdigit = _refuse
    isprintable = find = replace = split = startswith = casefold = _refuse


class Deceiving(str):
    """A text that says to be another one."""

    __slots__ = ()

    def __str__(self) -> str:
        """Say something else."""
        return "RSSMRA76S09H501E"

    def __len__(self) -> int:
        """Say to be short."""
        return 16

    def strip(self, *_: object) -> str:
        """Strip nothing."""
        return "RSSMRA76S09H501E"

    def upper(self) -> str:
        """Say something else."""
        return "RSSMRA76S09H501E"


class Word(StrEnum):
    """A text that is an enumeration."""

    CODE = "RSSMRA76S09H501E"
    SEX = "M"


class Raising:
    """Something that raises at whatever is done with it."""

    def _refuse(self, *_: object) -> bool:
        raise KeyError("asked")

    __eq__ = __lt__ = __bool__ = __len__ = __iter__ = __hash__ = __index__ = _refuse  # type: ignore[assignment]
    __str__ = __repr__ = __format__ = _refuse  # type: ignore[assignment]


def _nested() -> list[object]:
    found: list[object] = []
    found.append(found)
    return found


NO_TEXTS: tuple[Callable[[random.Random], object], ...] = (
    lambda _: None,
    lambda draw: draw.choice([True, False, Ellipsis, NotImplemented]),
    lambda draw: draw.choice([0, -1, 10**30, -(10**400), draw.getrandbits(64)]),
    lambda draw: draw.choice([0.0, -0.0, float("nan"), float("inf"), 1e308, draw.random()]),
    lambda draw: draw.choice([1j, Decimal("NaN"), Decimal(1), Fraction(1, 3)]),
    lambda draw: sound(draw).encode(draw.choice(["ascii", "utf-16", "utf-32"])),
    lambda draw: draw.choice([bytearray, memoryview])(sound(draw).encode()),
    lambda draw: [sound(draw)],
    lambda draw: tuple(sound(draw)),
    lambda draw: {sound(draw): sound(draw)},
    lambda draw: draw.choice([set, frozenset, list, dict.fromkeys])(sound(draw)),
    lambda _: _nested(),
    lambda draw: draw.choice([str, object, ValueError, len, _nested, random]),
    lambda draw: ValueError(sound(draw)),
    lambda _: object(),
    lambda _: Mock(spec=str),  # says that it is text, and is not
    lambda _: Raising(),
    lambda draw: draw.choice([dt.date.min, dt.date.max, dt.datetime.max.replace(tzinfo=dt.UTC)]),
    lambda draw: draw.choice([dt.timedelta(1), dt.UTC, UUID(int=draw.getrandbits(128))]),
    lambda draw: Secret(sound(draw)),
    lambda draw: CodiceFiscale.parse(sound(draw)),
    lambda draw: (sign for sign in sound(draw)),
)


def sound(draw: random.Random) -> str:
    """Return a sound code."""
    if draw.random() < 0.1:
        return with_luhn_digit(f"{draw.randrange(10**3, 10**10):010}")
    day = draw.randint(1, 28) + draw.choice((0, 40))
    names = "".join(draw.choices(LETTERS, k=6))
    year, place = draw.randrange(100), draw.randrange(1000)
    stem = f"{names}{year:02}{draw.choice(MONTHS)}{day:02}{draw.choice(LETTERS)}{place:03}"
    return with_check_letter(stem)


def _sign(draw: random.Random) -> str:
    return draw.choice(draw.choice((LETTERS, "0123456789", SPACES, ODD_SIGNS, "-._/'\"<&;{}%=?\\")))


MUTATIONS: tuple[Callable[[random.Random, str, int], str], ...] = (
    lambda draw, text, at: text[:at] + _sign(draw) + text[at:],
    lambda draw, text, at: text[:at] + _sign(draw) + text[at + 1 :],
    lambda _, text, at: text[:at] + text[at + 1 :],
    lambda _, text, at: text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
    lambda draw, text, _: text.translate(draw.choice((FULL_WIDTH, ARABIC, SQUARED))),
    lambda draw, text, _: draw.choice((text.lower(), text.title(), text.swapcase())),
    lambda draw, text, _: _sign(draw) * draw.randint(1, 60) + text,
    lambda draw, text, _: text + _sign(draw) * draw.randint(1, 60),
    lambda _, text, __: "".join(f"{each}\u0301" for each in text),
    lambda _, text, at: text[:at],
    lambda draw, text, _: text * draw.randint(2, 5),
    lambda _, text, __: text[::-1],
)


def _random_text(draw: random.Random) -> str:
    """Return any signs at all, surrogates among them."""
    top = draw.choice((0x7F, 0xFF, 0xFFFF, 0x10FFFF))
    return "".join(chr(draw.randint(0, top)) for _ in range(draw.randint(0, 70)))


def odd_text(draw: random.Random) -> str:
    """Return a text, more or less like a code."""
    kind = draw.random()
    if kind < 0.2:
        return _random_text(draw)
    if kind < 0.205:
        return draw.choice((sound(draw), "0", *ODD_SIGNS)) * (LONG // 16)
    text = sound(draw)
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        text = draw.choice(MUTATIONS)(draw, text, draw.randrange(len(text) + 1))
    return text


def odd_values(seed: str, count: int) -> Iterator[object]:
    """Yield values of any type, most of them texts."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    for _ in range(count):
        kind = draw.random()
        if kind < 0.15:
            yield draw.choice(NO_TEXTS)(draw)
        elif kind < 0.25:
            yield draw.choice((Hostile, Deceiving))(odd_text(draw))
        elif kind < 0.26:
            yield draw.choice(list(Word))
        else:
            yield odd_text(draw)
