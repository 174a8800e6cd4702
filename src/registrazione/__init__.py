"""Account registration the way Italian public services do it, as pages of data."""

from __future__ import annotations

from registrazione._version import __version__
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
