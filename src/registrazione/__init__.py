"""Account registration the way Italian public services do it, as pages of data.

The names of this module are loaded when they are first asked for: a program that imports the
library for its version, or at its start, waits for nothing that it does not use yet.
"""

from __future__ import annotations

from registrazione._lazy import on_first_use
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
    "registrazione.core.answer": ("Answer", "Next"),
    "registrazione.core.commands": ("Operator",),
    "registrazione.core.draft": ("Draft",),
    "registrazione.core.profile": ("Profile", "Role"),
    "registrazione.core.refusals": ("Fault", "Refusal", "Severity"),
    "registrazione.core.secret": ("Secret",),
    "registrazione.registrar": ("AsyncRegistrar", "Registrar"),
    "registrazione.settings": ("Settings", "SettingsError"),
}

# Type checkers see the imports above, and would take any name for good if they saw this.
if not TYPE_CHECKING:
    __getattr__, __dir__ = on_first_use(globals(), _HOMES)
