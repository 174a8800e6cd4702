"""Personal data encrypted at rest, in whatever store there is (extra ``crypto``).

A store around a store: what goes in is sealed field by field, what comes out is opened, and what
is looked up is looked up by a keyed digest. The store inside never sees a personal text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrazione._lazy import on_first_use

if TYPE_CHECKING:
    from registrazione.adapters.sealed.keys import Keyring
    from registrazione.adapters.sealed.re_encryption import (
        ReEncryptionOptions,
        ReEncryptionReport,
        re_encrypt,
        re_encrypt_async,
    )
    from registrazione.adapters.sealed.store import AsyncSealedStore, SealedStore, seal

__all__ = [
    "AsyncSealedStore",
    "Keyring",
    "ReEncryptionOptions",
    "ReEncryptionReport",
    "SealedStore",
    "re_encrypt",
    "re_encrypt_async",
    "seal",
]

_HOMES = {
    f"{__name__}.keys": ("Keyring",),
    f"{__name__}.re_encryption": (
        "ReEncryptionOptions",
        "ReEncryptionReport",
        "re_encrypt",
        "re_encrypt_async",
    ),
    f"{__name__}.store": ("AsyncSealedStore", "SealedStore", "seal"),
}

# `heads` is read where the extra is not installed.
if not TYPE_CHECKING:
    __getattr__, __dir__ = on_first_use(globals(), _HOMES)
