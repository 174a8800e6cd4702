"""SPID, CIE and eIDAS over SAML 2.0 (extra ``spid``; MIM-02, MIM-08, UNI-02, POL-01, POL-18).

It verifies with signxml and reads only what was signed; nothing else is installed or started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registrazione._lazy import on_first_use

if TYPE_CHECKING:
    from registrazione.adapters.saml.ages import AgeLimit
    from registrazione.adapters.saml.attributes import Admission
    from registrazione.adapters.saml.keys import SigningKey
    from registrazione.adapters.saml.metadata import Billing, Contact, Description, Organization
    from registrazione.adapters.saml.metadata_sources import (
        MetadataDownload,
        MetadataFiles,
        MetadataText,
    )
    from registrazione.adapters.saml.provider import SamlProvider

__all__ = [
    "Admission",
    "AgeLimit",
    "Billing",
    "Contact",
    "Description",
    "MetadataDownload",
    "MetadataFiles",
    "MetadataText",
    "Organization",
    "SamlProvider",
    "SigningKey",
]

_HOMES = {
    f"{__name__}.ages": ("AgeLimit",),
    f"{__name__}.attributes": ("Admission",),
    f"{__name__}.keys": ("SigningKey",),
    f"{__name__}.metadata": ("Billing", "Contact", "Description", "Organization"),
    f"{__name__}.metadata_sources": ("MetadataDownload", "MetadataFiles", "MetadataText"),
    f"{__name__}.provider": ("SamlProvider",),
}

# The libraries of the extra are loaded with the first of these.
if not TYPE_CHECKING:
    __getattr__, __dir__ = on_first_use(globals(), _HOMES)
