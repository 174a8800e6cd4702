"""ALTCHA on one's own server: a task that takes the visitor's computer a second (MIM-12)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, cast

from registrazione.adapters.human_check.question import Question
from registrazione.adapters.human_check.tools import LIFETIME, Tools
from registrazione.core.secret import Secret
from registrazione.core.texts import Text
from registrazione.core.tokens import is_in_time
from registrazione.ports import HumanChallenge
from registrazione.ports.human_check import HUMAN_RESPONSE

# Its annotations leave open what its dictionaries hold.
_library: Any = import_module("altcha")

COST = 5_000
"""Rounds of PBKDF2 in one try: about a millisecond."""
TRIES = 1_000
"""The most tries that a task takes; half of them on average."""

_ALGORITHM = "PBKDF2/SHA-256"
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_LONGEST = 4096
_MOST_TRIES = 1 << 24
_TEXTS = {
    "working": Text(
        "Verifica in corso: attendi qualche secondo.",
        "Checking: this takes a few seconds.",
    ),
    "done": Text("Verifica completata.", "Check completed."),
    "failed": Text("La verifica non è riuscita: riprova.", "The check did not succeed: try again."),
}


class AltchaCheck:
    """Have the visitor's browser find a number that only trying finds (ALTCHA's protocol 2).

    The task is signed with a key made of the registrar's, lasts a limited time, and is good once.
    No third party is asked, nothing about the visitor is looked at. Whoever runs no script answers
    a question instead.

    Args:
        tools: Vault, clock, randomness and memory.
        cost: Rounds of key derivation in one try.
        tries: The most tries that a task takes.
        lifetime: For how long a task is good.
        question: Whether a question may be answered instead; without it nobody comes in who runs
            no script.

    Raises:
        ValueError: Cost or tries are not positive, or too many.
    """

    __slots__ = ("_cost", "_lifetime", "_question", "_tools", "_tries")

    def __init__(
        self,
        tools: Tools,
        *,
        cost: int = COST,
        tries: int = TRIES,
        lifetime: timedelta = LIFETIME,
        question: bool = True,
    ) -> None:
        """Check the difficulty."""
        if cost < 1 or not 1 <= tries <= _MOST_TRIES:
            message = f"altcha needs a cost of at least 1, and 1 to {_MOST_TRIES} tries"
            raise ValueError(message)
        self._tools = tools
        self._cost = cost
        self._tries = tries
        self._lifetime = lifetime
        self._question = Question(tools, lifetime) if question else None

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return a new task, and a question for whoever runs no script."""
        drawn = int.from_bytes(self._tools.randomness.draw(8))
        made = _library.create_challenge(
            _ALGORITHM,
            self._cost,
            counter=drawn % self._tries,
            # The library would compare its own expiry with a clock of its own.
            data={"issued": int(self._tools.clock.now().timestamp())},
            hmac_secret=self._key(),
        )
        drawing: HumanChallenge = {
            "kind": "altcha",
            "field": HUMAN_RESPONSE,
            "puzzle": {**made.to_dict(), "tries": self._tries},
            "texts": {name: text.to(language) for name, text in _TEXTS.items()},
        }
        if self._question is not None:
            drawing["without_script"] = self._question.challenge(language)
        return drawing

    def response(self, posted: Mapping[str, str]) -> str:
        """Return the solution, or the answer to the question where there is none."""
        solved = posted.get(HUMAN_RESPONSE, "")
        if self._question is None or _payload(solved) is not None:
            return solved
        return self._question.response(posted)

    def passed(self, response: str) -> bool:
        """Tell whether the task was solved, or the question answered: in time, and once only."""
        payload = _payload(response)
        if payload is None:
            return self._question is not None and self._question.passed(response)
        issued = _issued(payload)
        now = self._tools.clock.now()
        if issued is None or not is_in_time(issued, self._lifetime, now):
            return False
        try:
            verified: bool = _library.verify_solution(payload, self._key()).verified
        except _MALFORMED:
            return False
        # The signature covers the nonce: what is remembered cannot be spelled in another way.
        key = f"altcha {payload.challenge.parameters.nonce}"
        return verified and self._tools.once.spend(key, issued + self._lifetime, now)

    def _key(self) -> str:
        """Return the key that tasks are signed with."""
        return self._tools.vault.fingerprint("altcha", Secret("tasks"))


def _payload(response: object) -> Any:  # noqa: ANN401 - the library's own class
    """Return task and solution, or ``None`` if the response is something else."""
    if not isinstance(response, str) or not 0 < len(response) <= _LONGEST:
        return None
    try:
        return _library.Payload.from_dict(json.loads(base64.b64decode(response, validate=True)))
    except _MALFORMED:
        return None


def _issued(payload: Any) -> datetime | None:  # noqa: ANN401 - as above
    """Return when a task says it was made; whether it says so truly is in its signature."""
    data: object = payload.challenge.parameters.data
    issued = cast("dict[str, object]", data).get("issued") if isinstance(data, dict) else None
    if type(issued) is not int:
        return None
    try:
        return datetime.fromtimestamp(issued, UTC)
    except (ValueError, OverflowError, OSError):
        return None
