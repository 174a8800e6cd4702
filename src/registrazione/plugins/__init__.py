"""How adapters come in: records, hooks that collect them, and the catalogue of what is there."""

from __future__ import annotations

from registrazione.plugins.errors import (
    MissingExtra,
    PluginConflict,
    PluginError,
    UnknownBackend,
    needs_extra,
)
from registrazione.plugins.hookspecs import hookimpl
from registrazione.plugins.manager import PluginCatalogue, PluginRow
from registrazione.plugins.records import (
    ACCOUNT_STORE,
    COMMAND,
    CONTRACT_VERSION,
    HUMAN_CHECK,
    IDENTITY_PROVIDER,
    MAILER,
    OBSERVER,
    PASSWORD_RULE,
    PORTS,
    PROFILE,
    Backend,
    Factory,
    Port,
    ready,
)
from registrazione.ports import Observer, PasswordRule

__all__ = [
    "ACCOUNT_STORE",
    "COMMAND",
    "CONTRACT_VERSION",
    "HUMAN_CHECK",
    "IDENTITY_PROVIDER",
    "MAILER",
    "OBSERVER",
    "PASSWORD_RULE",
    "PORTS",
    "PROFILE",
    "Backend",
    "Factory",
    "MissingExtra",
    "Observer",
    "PasswordRule",
    "PluginCatalogue",
    "PluginConflict",
    "PluginError",
    "PluginRow",
    "Port",
    "UnknownBackend",
    "hookimpl",
    "needs_extra",
    "ready",
]
