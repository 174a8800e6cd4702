"""The service that SimpleSAMLphp knows: what it says of itself, how it signs people in and out."""

from __future__ import annotations

import secrets

import httpx

from registrazione.adapters.saml import MetadataText, SamlProvider
from registrazione.adapters.saml.logout import LogoutParty
from registrazione.adapters.saml.metadata import (
    Contact,
    Description,
    Organization,
    service_metadata,
)
from registrazione.adapters.saml.profiles import LEVELS, PROFILES
from registrazione.adapters.saml.xml import children, only, parse, serialised
from registrazione.service.clock import SystemClock
from registrazione.testing.saml_idp import key_for

CLOCK = SystemClock()
ENTITY_ID = "https://service.example/spid"
CALLBACK = "https://service.example/identity/spid/callback"
LOGOUT = "https://service.example/spid/logout"
KEYS = {"present": key_for("service"), "coming": key_for("service, next year")}
LEVEL_2 = next(uri for uri, level in LEVELS.items() if level == 2)


def own_metadata():
    """Return what the service hands to the provider, as it stands."""
    return service_metadata(
        profile=PROFILES["saml2"],
        entity_id=ENTITY_ID,
        callback_url=CALLBACK,
        logout_url=LOGOUT,
        keys=list(KEYS.values()),
        description=Description(
            organization=Organization(
                name="Comune di Esempio", display_name="Esempio", url="https://service.example"
            ),
            contact=Contact(email="spid@service.example"),
        ),
    )


def own_metadata_with_one_logout(binding):
    """Return the same without the other address for logout, so that the package has no choice."""
    root = parse(own_metadata())
    role = only(root, "md:SPSSODescriptor")
    for address in children(role, "md:SingleLogoutService"):
        if address.get("Binding") != binding:
            role.remove(address)
    return serialised(root)


def source_of(idp):
    """Return what the provider says of itself, at its own address."""
    document = httpx.get(idp.entity_id, trust_env=False).raise_for_status().content
    return MetadataText(documents=(document,), clock=CLOCK)


def service_for(idp, **settings):
    """Return the service, which has read the provider's metadata."""
    usual = {"keys": [KEYS["present"]], "binding": "post", "level": 2}
    return SamlProvider(
        name="peer",
        profile="saml2",
        entity_id=ENTITY_ID,
        callback_url=CALLBACK,
        clock=CLOCK,
        identity_providers=source_of(idp),
        **{**usual, **settings},
    )


def party_for(idp):
    """Return the service, where sessions end."""
    return LogoutParty(
        entity_id=ENTITY_ID,
        logout_url=LOGOUT,
        keys=(KEYS["present"],),
        providers=source_of(idp).providers(),
    )


def a_state():
    """Return a name that no other sign-in has."""
    return secrets.token_hex(16)
