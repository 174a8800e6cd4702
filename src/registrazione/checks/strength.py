"""The strength of a password as zxcvbn sees it, from 0 (guessed at once) to 4 (out of reach).

zxcvbn by itself is not fit for a public page: it keeps the last person's data in a module
global, so that two threads score each other's; its time grows without bound with the length and
with the signs that may stand for letters; and it knows neither Italian nor the years after 2019.
Here its matchers are called with dictionaries of our own, on the first 32 characters, with a
bounded number of substitutions, and nothing global is written.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import cache
from importlib.resources import files
from itertools import islice, permutations
from typing import Any

SCORED_LENGTH = 32
"""Characters looked at: a password whose first 32 are strong is strong."""

SUBSTITUTIONS = 32
"""Most combinations of signs for letters that are tried: all those of digits and ``!@#$%``."""

_MOST_INPUTS = 16
_SHORTEST_PART = 3
_MOST_PAIRED = 8
_JOINTS = ("", ".", " ", "_", "-")
_YEARS = range(2039, 1929, -1)
_NUMBERS = ("1", "01", "12", "123", "1234", "12345", "123456")
_ENDINGS = ("", "!", "!!", ".", "?", "*", "@", "#", "$", "%", "_", "-", "+")

_REPEATS = (re.compile(r"(.+?)\1+"), re.compile(r"(.+)\1+"))
_PART = re.compile(r"[^\W_]+")

_lock = threading.Lock()


def score(password: str, inputs: Sequence[str] = ()) -> int:
    """Return the strength of a password, Italian habits included (ASVS 5.0 6.2.11).

    Args:
        password: The password in its canonical spelling. Only its first 32 characters count.
        inputs: What is known of the person: username, address, name, surname. At most 16 are
            used; each counts whole, in its parts, and these in pairs.

    Returns:
        0 to 4; 0 for an empty password. The same arguments give the same score in any thread.
    """
    with _lock:
        estimator = _italian()
    return estimator.score(password, inputs)


@cache
def _italian() -> Estimator:
    text = files("registrazione.checks").joinpath("italian_words.txt").read_text("utf-8")
    words = [line for line in text.splitlines() if line and not line.startswith("#")]
    # A year or a number with its ending is one word to a guesser; as two it would score higher.
    years = [f"{year}{ending}" for ending in _ENDINGS for year in _YEARS]
    numbers = [f"{number}{ending}" for ending in _ENDINGS for number in _NUMBERS]
    return Estimator(words, years, numbers)


class Estimator:
    """zxcvbn's judgement with word lists added to its own; read-only once built.

    Args:
        lists: Words in lower case, each list from the most to the least used: those of an
            institution, such as its name, services and places (ASVS 5.0 6.1.2).
    """

    def __init__(self, *lists: Sequence[str]) -> None:
        """Load zxcvbn and merge its word lists with ``lists``: some 0.1 s and 20 MiB."""
        # Loaded on first use: most of what importing the library would cost otherwise.
        from zxcvbn import matching, scoring
        from zxcvbn.frequency_lists import FREQUENCY_LISTS
        from zxcvbn.time_estimates import guesses_to_score

        self._matching: Any = matching
        self._scoring: Any = scoring
        self._to_score: Any = guesses_to_score
        self._words = _ranked(*FREQUENCY_LISTS.values(), *lists)

    def score(self, password: str, inputs: Sequence[str] = ()) -> int:
        """Return the strength of a password from 0 to 4, as :func:`score` does."""
        scored = password[:SCORED_LENGTH]
        if not scored:
            return 0
        dictionaries = {"words": self._words, "inputs": _ranked(list(_known(inputs)))}
        # The host's own decimal context, its precision and traps, must not change the outcome.
        with localcontext(Context()):
            return int(self._to_score(self._guesses(scored, dictionaries)))

    def _guesses(self, text: str, dictionaries: Mapping[str, Mapping[str, int]]) -> Decimal:
        matching = self._matching
        matches = [
            *matching.dictionary_match(text, dictionaries),
            *matching.reverse_dictionary_match(text, dictionaries),
            *matching.l33t_match(text, dictionaries, self.substitutions(text)),
            *matching.spatial_match(text),
            *self._repeats(text, dictionaries),
            *matching.sequence_match(text),
            *matching.regex_match(text),
            *matching.date_match(text),
        ]
        best = self._scoring.most_guessable_match_sequence(text, matches)
        return Decimal(best["guesses"])

    def substitutions(self, text: str) -> dict[str, list[str]]:
        """Return, for each letter, the signs in ``text`` that are read as that letter.

        Every combination of signs costs a search of its own and their number multiplies, so
        that 32 characters could take seconds. Once 32 combinations are reached, each further
        letter keeps its most usual sign only.
        """
        table: dict[str, list[str]] = {}
        combinations = 1
        possible = self._matching.relevant_l33t_subtable(text, self._matching.L33T_TABLE)
        for letter, signs in possible.items():
            fits = combinations * len(signs) <= SUBSTITUTIONS
            table[letter] = signs if fits else signs[:1]
            combinations *= len(table[letter])
        return table

    def _repeats(
        self, text: str, dictionaries: Mapping[str, Mapping[str, int]]
    ) -> Iterator[dict[str, object]]:
        """Yield repeated parts; zxcvbn's own matcher scores them with its module global."""
        position = 0
        while found := [m for rx in _REPEATS if (m := rx.search(text, position))]:
            repeat = max(found, key=lambda match: len(match[0]))
            unit = _unit(repeat[0])
            yield {
                "pattern": "repeat",
                "i": repeat.start(),
                "j": repeat.end() - 1,
                "token": repeat[0],
                "base_guesses": self._guesses(unit, dictionaries),
                "repeat_count": len(repeat[0]) // len(unit),
            }
            position = repeat.end()


def _unit(repeated: str) -> str:
    """Return the shortest text whose repetition gives ``repeated``."""
    return repeated[: (repeated * 2).index(repeated, 1)]


def _ranked(*lists: Sequence[str]) -> dict[str, int]:
    """Return each word's best rank in any of the lists."""
    ranks: dict[str, int] = {}
    for words in lists:
        for rank, word in enumerate(words, 1):
            if rank < ranks.get(word, rank + 1):
                ranks[word] = rank
    return ranks


def _known(inputs: Iterable[str]) -> Iterator[str]:
    """Yield what a guesser tries who knows the person: words, their parts, and these in pairs."""
    known = [text[:SCORED_LENGTH].lower() for text in islice(inputs, _MOST_INPUTS)]
    yield from filter(None, known)
    yield from (text.partition("@")[0] for text in known if "@" in text)
    parts = [part for text in known for part in _PART.findall(text) if len(part) >= _SHORTEST_PART]
    yield from parts
    for first, second in permutations(dict.fromkeys(parts[:_MOST_PAIRED]), 2):
        yield from (f"{first}{joint}{second}" for joint in _JOINTS)
