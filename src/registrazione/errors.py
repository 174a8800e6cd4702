"""Every exception that the library raises, in one place to import from.

::

    Exception
    ├── Refusal                 a command is refused; carries faults with stable codes
    ├── StoreError              what a store may raise
    │   ├── ClaimTaken          another account holds a claim
    │   ├── StaleVersion        somebody else was faster
    │   └── StoreUnavailable    no answer, or not in time
    ├── MailerError             what a mailer may raise
    │   ├── MailRefused         for good
    │   └── MailerUnavailable   for now
    ├── HasherBusy              the queue of slow hashes is full
    ├── IdentityError           the provider vouches for nobody
    ├── PluginError             what is wrong with a plugin stops the assembly
    │   ├── UnknownBackend      no such name
    │   ├── MissingExtra        packages to be installed, which the text names
    │   └── PluginConflict      two plugins with one name
    └── ValueError
        └── SettingsError       a setting cannot be used

A host meets ``Refusal`` when it calls a registrar, and ``PluginError`` or ``SettingsError`` when
it opens one. The others are between the library and its adapters; commands and rounds turn them
into refusals. Lists for operators and the delivery of letters let a ``StoreError`` out: whoever
runs them waits and tries again.
"""

from __future__ import annotations

from registrazione.core.refusals import Refusal
from registrazione.plugins import MissingExtra, PluginConflict, PluginError, UnknownBackend
from registrazione.ports import (
    ClaimTaken,
    HasherBusy,
    IdentityError,
    MailerError,
    MailerUnavailable,
    MailRefused,
    StaleVersion,
    StoreError,
    StoreUnavailable,
)
from registrazione.settings import SettingsError

__all__ = [
    "ClaimTaken",
    "HasherBusy",
    "IdentityError",
    "MailRefused",
    "MailerError",
    "MailerUnavailable",
    "MissingExtra",
    "PluginConflict",
    "PluginError",
    "Refusal",
    "SettingsError",
    "StaleVersion",
    "StoreError",
    "StoreUnavailable",
    "UnknownBackend",
]
