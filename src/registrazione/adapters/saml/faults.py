"""How a message is turned down: one error of the port, with the rule that it broke.

``Rejected`` is an :class:`~registrazione.ports.IdentityError`. What a person reads depends on its
code alone; the rule is for who keeps the service running, and holds fixed words only.
"""

from __future__ import annotations

from registrazione.ports import IdentityError


class Rejected(IdentityError):  # noqa: N818 - what became of a message
    """A message breaks a rule.

    Args:
        rule: Which one, such as ``conditions.audience``: never words of the message.
        code: See :class:`~registrazione.ports.IdentityError`.
        retry: Whether trying again may help.
    """

    def __init__(self, rule: str, code: str = "invalid", *, retry: bool = False) -> None:
        """Keep the rule beside the code."""
        super().__init__(code, retry=retry)
        self.rule = rule
