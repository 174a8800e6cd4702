"""The human check: "Non sono un robot" (MIM-12, IOL-02)."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class HumanCheck(Protocol):
    """Tell people from programs. Law: it never raises for anything a visitor can send."""

    def passed(self, response: str) -> bool:
        """Tell whether the response to the check was a good one, this time and only once."""
        ...
