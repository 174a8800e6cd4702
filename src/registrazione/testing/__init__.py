"""What adapter authors and embedding applications test with.

The classes need pytest, which is loaded with them and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrazione._lazy import on_first_use

if TYPE_CHECKING:
    from registrazione.testing.conformance import (
        AsyncStoreConformance,
        MailerConformance,
        ProviderConformance,
        StoreConformance,
    )
    from registrazione.testing.laws.kit import Law, LawBroken, Outcome
    from registrazione.testing.laws.levels import Level
    from registrazione.testing.laws.mailers import Arrived, MailerUnderTest
    from registrazione.testing.laws.providers import ProviderUnderTest
    from registrazione.testing.report import Report, examine

__all__ = [
    "Arrived",
    "AsyncStoreConformance",
    "Law",
    "LawBroken",
    "Level",
    "MailerConformance",
    "MailerUnderTest",
    "Outcome",
    "ProviderConformance",
    "ProviderUnderTest",
    "Report",
    "StoreConformance",
    "examine",
]

_HOMES = {
    "registrazione.testing.conformance": (
        "AsyncStoreConformance",
        "MailerConformance",
        "ProviderConformance",
        "StoreConformance",
    ),
    "registrazione.testing.laws.kit": ("Law", "LawBroken", "Outcome"),
    "registrazione.testing.laws.levels": ("Level",),
    "registrazione.testing.laws.mailers": ("Arrived", "MailerUnderTest"),
    "registrazione.testing.laws.providers": ("ProviderUnderTest",),
    "registrazione.testing.report": ("Report", "examine"),
}

# Type checkers see the imports above, and would take any name for good if they saw this.
if not TYPE_CHECKING:
    __getattr__, __dir__ = on_first_use(globals(), _HOMES)
