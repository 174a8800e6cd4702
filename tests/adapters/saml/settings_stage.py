"""Providers as settings make them: the least options, and what is told of those that do not fit."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.adapters.saml.stage import StillClock

from registrazione.adapters.saml.settings import open_provider
from registrazione.adapters.saml.xml import parse
from registrazione.testing.saml_idp import SamlIdp, key_for

CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
OTHER = SamlIdp("https://other.example", CLOCK)
BASE = "https://service.example/pages"
WE = {
    "organization": {"name": "Comune di Esempio", "display_name": "Esempio", "url": BASE},
    "contact": {"email": "spid@service.example", "ipa_code": "c_h501"},
}


def pem(owner):
    """Return a key and its certificate."""
    key = key_for(owner)
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private.decode(), key.certificate.public_bytes(Encoding.PEM).decode()


KEYS = pem("service")
LEAST = {"keys": KEYS, "identity_providers": IDP.metadata()}


def opened(url="spid://", name="spid", **options):
    """Return the provider of these options, and the least that there has to be."""
    settings = {name: {**LEAST, **options}, "clock": CLOCK, "base_url": BASE}
    return open_provider(url, settings=settings)


def metadata(service):
    """Return what the service says of itself."""
    return parse(service.document("metadata").body)


def complaint(url="spid://", **options):
    """Return what is told of options that do not fit."""
    with pytest.raises(ValueError, match=r"^options") as caught:
        opened(url, **options)
    assert not any(line in str(caught.value) for line in KEYS[0].splitlines()[1:-1])
    return str(caught.value)


def map_to_str(paths):
    """Return paths as settings have them."""
    return [str(path) for path in paths]
