"""Twenty thousand invented persons and what they may type for a code, the same in every run."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

import attrs
from codicefiscale import data
from tests.codici_fiscali import (
    LETTERS,
    MONTHS,
    letters_of,
    omocodia_variant,
    with_check_letter,
    with_luhn_digit,
)
from tests.differential.spelling import official

CHUNKS = 20
PEOPLE_A_CHUNK = 1_000
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2026, 12, 31)


def _words(text: str) -> list[str]:
    """Return the words of a text; an underscore is a space inside one of them."""
    return [word.replace("_", " ") for word in text.split()]


SURNAMES = _words("""
    Rossi Esposito Colombo Aiello Iaia Ferrari Bianchi AIELLO rossi deluca Gianfranco O A Y Al Eu Fo
    Ng Wu Xu Lo_Re De_Luca De'_Rossi D'Angelo D\u2019Angelo d`Amico Dell'Orto Dall\u02bcAra Mc.Kay
    Rossi-Bianchi Esposito_Gargiulo Pautasso\u2011Roero Alù Cantù Nicolò Ferrè ALU' Bö Müller Jäger
    Röd Weiß WEI\u1e9e Šuštar Žižek Čop Çelik Citroën Gâteau Maître Ærø Œil Ò Ü Niccolo\u0300 Peña
    Ñu Łukasik Đorđević Åse Ødegård Şen Ğül Yıldız İnan Ştefănescu Nguyễn Þór Ðan Ħaż Ŧa Ağayeva
""")
NAMES = _words("""
    Mario Anna Maria_Chiara Anna-Maria Gianfranco Roberta Francesca Io Ugo Eva Niccolò NICCOLO' José
    Andrè mario GIULIA Jürgen Björn Käthe Zoë Anaïs Hélène Françoise Łukasz Đuro Åsa Øyvind Iñaki
    Ştefan İbrahim Ayşe Žak Čeda Šime Ng A Li Bo Jean-Luc Giovanni_Battista Maria_Grazia_Rita Ŋa
    Sant\u2019Eufemia D'Artagnan Krzysztof Xhaferi Éowyn Ödön Ümit Ä Ƙaɗe
""")


@attrs.frozen
class Person:
    """Somebody invented, with the code that the decree gives them."""

    surname: str
    name: str
    sex: str
    born: dt.date
    place: str
    omocodia: tuple[bool, ...] = (False,) * 7

    @property
    def code(self) -> str:
        """Return the code, its names spelt by the table of 2008."""
        day = self.born.day + (40 if self.sex == "F" else 0)
        stem = (
            letters_of(official(self.surname), is_name=False)
            + letters_of(official(self.name), is_name=True)
            + f"{self.born.year % 100:02}{MONTHS[self.born.month - 1]}{day:02}{self.place}"
        )
        return omocodia_variant(stem + "?", self.omocodia)


Periods = tuple[tuple[str, str], ...]


@cache
def places() -> Mapping[str, Periods]:
    """Return when each place of the installed tables existed, by Belfiore code."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in (*data.get_municipalities_data(), *data.get_countries_data()):
        start, end = row["date_created"][:10], row["date_deleted"][:10]
        if row["code"].startswith("Z") and start == "1900-01-01":
            start = ""  # the tables' word for "always"
        found.setdefault(row["code"], []).append((start or "0001-01-01", end or "9999-12-31"))
    del found["ND"]
    return {code: tuple(found[code]) for code in sorted(found)}


def existed(place: str, day: dt.date) -> bool:
    """Tell whether the tables have a place on a day."""
    return any(start <= day.isoformat() <= end for start, end in places().get(place, ()))


def people_of(chunk: int) -> Iterator[Person]:
    """Yield the persons of one of the chunks."""
    draw = random.Random(f"people {chunk}")  # noqa: S311 - a sample, no secret
    italian = [place for place in places() if not place.startswith("Z")]
    foreign = [place for place in places() if place.startswith("Z")]
    for _ in range(PEOPLE_A_CHUNK):
        born = FIRST_DAY + dt.timedelta(draw.randrange((LAST_DAY - FIRST_DAY).days + 1))
        kind = draw.choices(("then", "any", "foreign"), (70, 10, 20))[0]
        place = draw.choice(foreign if kind == "foreign" else italian)
        while kind == "then" and not existed(place, born):
            place = draw.choice(italian)
        omocodia = (False,) * 7
        if draw.random() < 0.3:
            omocodia = tuple(draw.random() < 0.4 for _ in range(7))
        yield Person(
            surname=_drawn(draw, SURNAMES, 0.2),
            name=_drawn(draw, NAMES, 0.3),
            sex=draw.choice("MF"),
            born=born,
            place=place,
            omocodia=omocodia,
        )


def _drawn(draw: random.Random, words: list[str], twice: float) -> str:
    """Return a word, or two of them."""
    count = 2 if draw.random() < twice else 1
    return " ".join(draw.choice(words) for _ in range(count))


def typed_codes(chunk: int, people: Iterable[Person]) -> Iterator[str]:
    """Yield what each person types for a code: half of them something sound."""
    draw = random.Random(f"codes {chunk}")  # noqa: S311 - a sample, no secret
    kinds = list(_SPOILT)
    for person in people:
        kind = draw.choice(kinds) if draw.random() < 0.6 else "plain"
        yield _SPOILT[kind](draw, person.code)


def _with_day(code: str, day: int) -> str:
    return with_check_letter(f"{code[:9]}{day:02}{code[11:15]}")


def _with_place(draw: random.Random, code: str) -> str:
    return with_check_letter(f"{code[:11]}{draw.choice(LETTERS)}{draw.randrange(1000):03}")


def _wrong_check(draw: random.Random, code: str) -> str:
    return code[:15] + draw.choice(LETTERS.replace(code[15], ""))


def _swapped(draw: random.Random, code: str) -> str:
    left, right = draw.choice(list(pairwise(range(16))))
    signs = list(code)
    signs[left], signs[right] = signs[right], signs[left]
    return "".join(signs)


def _replaced(draw: random.Random, code: str) -> str:
    position = draw.randrange(15)
    stem = code[:position] + draw.choice(LETTERS + "0123456789") + code[position + 1 : 15]
    return with_check_letter(stem)


def _punctuated(draw: random.Random, code: str) -> str:
    sign = draw.choice(" -:./'")
    return f"{code[:6]}{sign}{code[6:11]}{sign}{code[11:]}"


_SPOILT = {
    "plain": lambda _, code: code,
    "lower": lambda _, code: code.lower(),
    "padded": lambda _, code: f" {code}\n",
    "check": _wrong_check,
    "swapped": _swapped,
    "replaced": _replaced,
    "day": lambda draw, code: _with_day(code, draw.choice([0, *range(32, 41), *range(72, 100)])),
    "february": lambda draw, code: with_check_letter(
        f"{code[:8]}B{draw.choice([29, 30, 31, 69, 70, 71])}{code[11:15]}"
    ),
    "place": _with_place,
    "punctuated": _punctuated,
    "provisional": lambda draw, _: with_luhn_digit(f"{draw.randrange(10**3, 10**10):010}"),
    "digits": lambda draw, _: f"{draw.randrange(10**11):011}",
    "short": lambda draw, code: code[: draw.randrange(16)],
}
