"""Personal data encrypted at rest, in whatever store there is (extra ``crypto``).

A store around a store: what goes in is sealed field by field, what comes out is opened, and what
is looked up is looked up by a keyed digest. The store inside never sees a personal text.
"""

from registrazione.adapters.sealed.keys import Keyring
from registrazione.adapters.sealed.re_encryption import (
    ReEncryptionReport,
    re_encrypt,
    re_encrypt_async,
)
from registrazione.adapters.sealed.store import AsyncSealedStore, SealedStore, seal

__all__ = [
    "AsyncSealedStore",
    "Keyring",
    "ReEncryptionReport",
    "SealedStore",
    "re_encrypt",
    "re_encrypt_async",
    "seal",
]
