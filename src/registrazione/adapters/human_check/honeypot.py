"""Two traps for programs around another check: an unseen field, and haste (MIM-12, IOL-02)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from registrazione.adapters.human_check.tools import Tools
from registrazione.core.tokens import is_in_time
from registrazione.ports import HumanChallenge, HumanCheck
from registrazione.ports.human_check import challenge_of, response_of

TRAP = "website"
"""Name of the field that people do not see: one that programs like to fill in."""
MADE = "human_made"
"""Name of the hidden field that tells when the form was made."""
SHORTEST = timedelta(seconds=3)
"""Nobody reads a page and types a codice fiscale in less."""
LONGEST = timedelta(hours=12)
"""For how long a form may lie open."""

_PURPOSE = "human-form"


class Honeypot:
    """Refuse what fills in an unseen field, or answers faster than anybody types.

    The time is signed, so that it cannot be made up. People who use a screen reader are told to
    leave the field empty: pages hide it from them as well.

    Args:
        inner: The check that has the last word.
        tools: Vault, clock and randomness.
        shortest: Less time than that nobody needs.
        longest: For how long a form may lie open.
    """

    __slots__ = ("_inner", "_longest", "_shortest", "_tools")

    def __init__(
        self,
        inner: HumanCheck,
        tools: Tools,
        *,
        shortest: timedelta = SHORTEST,
        longest: timedelta = LONGEST,
    ) -> None:
        """Take the check that has the last word."""
        self._inner = inner
        self._tools = tools
        self._shortest = shortest
        self._longest = longest

    def challenge(self, language: str = "it") -> HumanChallenge:
        """Return the inner check's challenge, with the trap and the signed time."""
        drawing = challenge_of(self._inner, language)
        tools = self._tools
        made = tools.vault.sign_token(_PURPOSE, tools.nonce(), 0, "", tools.clock.now())
        hidden = {**drawing.get("hidden", {}), MADE: made}
        return {**drawing, "hidden": hidden, "trap": TRAP}

    def response(self, posted: Mapping[str, str]) -> str:
        """Return the trap's contents, the time and the inner response as one text."""
        parts = [posted.get(TRAP, ""), posted.get(MADE, ""), response_of(self._inner, posted)]
        return json.dumps(parts)

    def passed(self, response: str) -> bool:
        """Tell whether neither trap closed, and the inner check is content."""
        try:
            parts: object = json.loads(response)
        except (ValueError, TypeError, RecursionError):
            return False
        match cast("list[object]", parts) if isinstance(parts, list) else []:
            case ["", str(made), str(inner)]:
                return self._took_time(made) and self._inner.passed(inner)
            case _:
                return False

    def _took_time(self, made: str) -> bool:
        """Tell whether the form came back neither at once nor after far too long."""
        claims = self._tools.vault.read_token(_PURPOSE, made)
        if claims is None:
            return False
        now = self._tools.clock.now()
        return now - claims.issued_at >= self._shortest and is_in_time(
            claims.issued_at, self._longest, now
        )
