"""Human checks: from none at all to a task for the visitor's computer (MIM-12, IOL-02).

Those that need more than a line are in modules of their own, loaded when they are chosen.
"""

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


class TickBox:
    """Let pass whoever ticked "Non sono un robot"; the default where nothing better is there.

    It stops a form sent by mistake, and no program that was written to send it: choose a real
    check for a public site (MIM-12, IOL-02).
    """

    __slots__ = ()

    def passed(self, response: str) -> bool:
        """Tell whether the box was ticked: an unticked one sends nothing."""
        return bool(response)
