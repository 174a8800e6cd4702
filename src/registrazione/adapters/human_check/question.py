"""A question in words: the way through for whoever runs no script (MIM-12, IOL-02)."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from registrazione.adapters.human_check.tools import LIFETIME, Tools
from registrazione.core.secret import Secret
from registrazione.core.tokens import is_in_time
from registrazione.ports import HumanChallenge

ANSWER = "human_answer"
"""Name of the field that the answer is typed into."""
TOKEN = "human_token"  # noqa: S105 - the name of a field
"""Name of the hidden field that the question comes back in."""

_PURPOSE = "human-question"
_LARGEST = 10
_ITALIAN = """
    zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici
    quindici sedici diciassette diciotto diciannove venti
"""
_ENGLISH = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
"""
_NUMBERS = {"it": tuple(_ITALIAN.split()), "en": tuple(_ENGLISH.split())}
_QUESTIONS = {
    "it": "Quanto fa {first} più {second}? Scrivi il risultato in cifre o in lettere.",
    "en": "How much is {first} plus {second}? Write the result in figures or in words.",
}
_VALUES = {word: value for words in _NUMBERS.values() for value, word in enumerate(words)}
_MOST_TYPED = 40


class Question:
    """Ask for the sum of two small numbers written in words.

    It needs neither script nor picture nor third party, and can be read aloud. It stops programs
    that send whatever form they find, and none that was written for this one: each question is
    good for one answer, so that guessing costs a page a time.

    Args:
        tools: Vault, clock, randomness and memory.
        lifetime: For how long a question is good.
    """

    __slots__ = ("_lifetime", "_tools")

    def __init__(self, tools: Tools, lifetime: timedelta = LIFETIME) -> None:
        """Take the tools."""
        self._tools = tools
        self._lifetime = lifetime

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return a new question, signed together with a digest of its answer."""
        tools = self._tools
        language = language if language in _QUESTIONS else "it"
        first, second = (drawn % _LARGEST + 1 for drawn in tools.randomness.draw(2))
        nonce = tools.nonce()
        extra = self._digest(nonce, first + second)
        words = _NUMBERS[language]
        return {
            "kind": "question",
            "field": ANSWER,
            "question": _QUESTIONS[language].format(first=words[first], second=words[second]),
            "hidden": {TOKEN: tools.vault.sign_token(_PURPOSE, nonce, 0, extra, tools.clock.now())},
        }

    def response(self, posted: Mapping[str, str]) -> str:
        """Return question and answer as one text."""
        return f"{posted.get(TOKEN, '')} {posted.get(ANSWER, '')}"

    def passed(self, response: str) -> bool:
        """Tell whether the answer is right, in time, and the first to this question."""
        token, answer = _parted(response)
        claims = self._tools.vault.read_token(_PURPOSE, token)
        now = self._tools.clock.now()
        if claims is None or not is_in_time(claims.issued_at, self._lifetime, now):
            return False
        until = claims.issued_at + self._lifetime
        if not self._tools.once.spend(f"{_PURPOSE} {claims.account_id}", until, now):
            return False
        typed = _number(answer)
        return typed is not None and hmac.compare_digest(
            self._digest(claims.account_id, typed).encode(),
            claims.extra.encode("utf-8", "surrogatepass"),
        )

    def _digest(self, nonce: str, answer: int) -> str:
        """Return what tells nobody the answer who does not know it."""
        return self._tools.vault.fingerprint("human-answer", Secret(f"{nonce} {answer}"))


def _parted(response: object) -> tuple[str, str]:
    """Return token and answer, each empty where there is none."""
    if not isinstance(response, str):
        return "", ""
    token, _, answer = response.partition(" ")
    return token, answer


def _number(typed: str) -> int | None:
    """Return the number that was typed in figures or in words of either language."""
    plain = unicodedata.normalize("NFKC", typed[:_MOST_TYPED]).strip(" .!").casefold()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    return _VALUES.get(plain)
