"""Account registration the way Italian public services do it, as pages of data.

The names of this module are loaded when they are first asked for: a program that imports the
library for its version, or at its start, waits for nothing that it does not use yet.
"""

from __future__ import annotations

from registrazione._version import __version__

# What `typing` would say; loading it would take longer than all the rest here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from registrazione.core.answer import Answer, Next
    from registrazione.core.commands import Operator
    from registrazione.core.draft import Draft
    from registrazione.core.profile import Profile, Role
    from registrazione.core.refusals import Fault, Refusal, Severity
    from registrazione.core.secret import Secret
    from registrazione.registrar import AsyncRegistrar, Registrar
    from registrazione.settings import Settings, SettingsError

__all__ = [
    "Answer",
    "AsyncRegistrar",
    "Draft",
    "Fault",
    "Next",
    "Operator",
    "Profile",
    "Refusal",
    "Registrar",
    "Role",
    "Secret",
    "Settings",
    "SettingsError",
    "Severity",
    "__version__",
]

_HOMES = {
    "Answer": "core.answer",
    "AsyncRegistrar": "registrar",
    "Draft": "core.draft",
    "Fault": "core.refusals",
    "Next": "core.answer",
    "Operator": "core.commands",
    "Profile": "core.profile",
    "Refusal": "core.refusals",
    "Registrar": "registrar",
    "Role": "core.profile",
    "Secret": "core.secret",
    "Settings": "settings",
    "SettingsError": "settings",
    "Severity": "core.refusals",
}

# Type checkers see the imports above, and would take any name for good if they saw this.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a name on its first use (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """Name what is loaded and what would be."""
        return sorted({*globals(), *__all__})
