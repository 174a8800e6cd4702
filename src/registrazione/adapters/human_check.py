"""The human check that checks nothing."""

from __future__ import annotations


class NoHumanCheck:
    """Let everybody pass; the port :class:`~registrazione.ports.HumanCheck`.

    It is for tests, and for profiles whose first page has no human check. A profile that has
    one (MIM-12, IOL-02) needs a real one.
    """

    __slots__ = ()

    def passed(self, response: str) -> bool:  # noqa: ARG002 - the port's signature
        """Return true, whatever the response is."""
        return True
