"""Our own place in a federation: what we say of ourselves, at a well-known address (9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.federation.statements import MEDIA_TYPE, WELL_KNOWN
from registrazione.adapters.oidc.jose import signed
from registrazione.adapters.oidc.keys import OwnKey, public_jwks

LASTS = timedelta(hours=24)
"""For how long what we say of ourselves is good; it is signed anew for each who asks."""

RESOLVE = "resolve"
"""Path below our name where others ask (SPID and CIE, endpoint di federazione)."""

_COMMON: Mapping[str, Any] = {
    "application_type": "web",
    "client_registration_types": ["automatic"],
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "subject_type": "pairwise",
    "token_endpoint_auth_method": "private_key_jwt",
    "id_token_signed_response_alg": "RS256",
    "userinfo_signed_response_alg": "RS256",
    "userinfo_encrypted_response_alg": "RSA-OAEP-256",
    "userinfo_encrypted_response_enc": "A256CBC-HS512",
}

RP_METADATA: Mapping[str, Mapping[str, Any]] = {
    "oidc": {"client_registration_types": ["automatic"], "response_types": ["code"]},
    "spid": _COMMON,
    "cie": {**_COMMON, "require_auth_time": False, "default_max_age": 3600},
}
"""What relying parties of each dialect say of themselves, whoever they are."""


@attrs.frozen(kw_only=True)
class Entity:
    """Who we are in a federation.

    Args:
        client: Who we are to its providers; its ``client_id`` is our entity identifier.
        key: Signs what we say of ourselves; another one than signs questions.
        authority_hints: Who stands above us.
        organisation: The name of who runs the service.
        homepage: Its address.
        contacts: Whom to write to.
        trust_marks: Marks that we were given, by kind.
        policy: Address of what it says on data protection.
        logo: Address of its sign, in SVG.
    """

    client: Client
    key: OwnKey
    authority_hints: tuple[str, ...]
    organisation: str
    homepage: str = ""
    contacts: tuple[str, ...] = ()
    trust_marks: Mapping[str, str] = attrs.field(factory=dict[str, str])
    policy: str = ""
    logo: str = ""

    @property
    def resolver(self) -> str:
        """Where others may ask what we found out about providers."""
        return f"{self.client.client_id.rstrip('/')}/{RESOLVE}"

    @property
    def address(self) -> str:
        """Where the configuration has to be found, as :data:`MEDIA_TYPE`."""
        return f"{self.client.client_id.rstrip('/')}{WELL_KNOWN}"

    def metadata(self) -> dict[str, Any]:
        """Return what we are: a relying party, and an entity of the federation."""
        client = self.client
        known = {
            "organization_name": self.organisation,
            "homepage_uri": self.homepage,
            "contacts": list(self.contacts),
            "policy_uri": self.policy,
            "logo_uri": self.logo,
            "federation_resolve_endpoint": self.resolver,
        }
        about = {name: value for name, value in known.items() if value}
        party = {
            **RP_METADATA[client.dialect.name],
            "client_id": client.client_id,
            "client_name": self.organisation,
            "redirect_uris": [client.redirect_uri],
            "jwks": public_jwks(client.public_keys()),
            **({"contacts": list(self.contacts)} if self.contacts else {}),
        }
        return {"openid_relying_party": party, "federation_entity": about}

    def configuration(self, now: datetime) -> bytes:
        """Return the entity configuration, to be served at :attr:`address`.

        Args:
            now: When.
        """
        moment = int(now.timestamp())
        entity = self.client.client_id
        claims = {
            "iss": entity,
            "sub": entity,
            "iat": moment,
            "exp": moment + int(LASTS.total_seconds()),
            "jwks": public_jwks([self.key]),
            "metadata": self.metadata(),
            "authority_hints": list(self.authority_hints),
            "trust_marks": [
                {"id": kind, "trust_mark_type": kind, "trust_mark": mark}
                for kind, mark in self.trust_marks.items()
            ],
        }
        return signed(claims, self.key, typ="entity-statement+jwt").encode("ascii")


__all__ = ["LASTS", "MEDIA_TYPE", "RESOLVE", "RP_METADATA", "Entity"]
