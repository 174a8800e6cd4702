"""Ready-made people of the fake OpenID provider: levels, kinds of identity, errors."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from registrazione.adapters.oidc.claims import EID
from registrazione.testing.people import PEOPLE, Person

SPID = "https://www.spid.gov.it/SpidL"
"""What the levels of SPID begin with."""


@attrs.frozen(kw_only=True)
class Holder:
    """Somebody who has an identity with the fake provider, or what becomes of a sign-in.

    Args:
        key: What the sign-in is chosen by.
        claims: What the provider tells, beside ``sub``.
        level: The level that the person reaches, whatever is asked for.
        error: The error that the sign-in ends in; empty: it does not.
    """

    key: str
    claims: Mapping[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    level: int = 2
    error: str = ""

    @property
    def subject(self) -> str:
        """Return who it is, in the provider's words."""
        return f"op/{self.key}"


def claims_of(person: Person) -> Mapping[str, Any]:
    """Return what SPID and CIE tell of a person.

    Args:
        person: Somebody.
    """
    return {
        "given_name": person.name,
        "family_name": person.surname,
        "birthdate": person.born.isoformat(),
        "place_of_birth": {"locality": person.birth_place, "region": "RM"},
        "gender": {"M": "male", "F": "female"}[person.sex],
        "email": person.email,
        "phone_number": person.phone,
        f"{EID}fiscal_number": f"TINIT-{person.codice_fiscale}",
        "document_details": {
            "type": "cartaIdentita",
            "document_number": "CA12345AA",
            "issuer": "Comune di Milano",
            "date_of_issuance": "2025-01-01",
            "date_of_expiry": "2035-01-01",
        },
    }


_FIRM = {f"{EID}company_name": "Ditta Prova", f"{EID}vat_number": "VATIT-00000000000"}
_FOREIGN = {f"{EID}fiscal_number": "TINFR-1234567890123"}

_HOLDERS = (
    *(Holder(key=person.key, claims=claims_of(person)) for person in PEOPLE),
    Holder(key="adele-1", claims=claims_of(PEOPLE.adele), level=1),
    Holder(key="adele-3", claims=claims_of(PEOPLE.adele), level=3),
    Holder(key="professional", claims={**claims_of(PEOPLE.bruno), **_FIRM}),
    Holder(key="foreigner", claims={**claims_of(PEOPLE.driss), **_FOREIGN}),
    Holder(key="bare"),
    Holder(key="gives-up", error="access_denied"),
    Holder(key="refuses-consent", error="consent_required"),
    Holder(key="too-slow", error="login_required"),
    Holder(key="has-no-such-level", error="unmet_authentication_requirements"),
    Holder(key="provider-is-ill", error="temporarily_unavailable"),
    Holder(key="provider-breaks", error="server_error"),
    Holder(key="client-is-wrong", error="invalid_request"),
)

HOLDERS: Mapping[str, Holder] = MappingProxyType({holder.key: holder for holder in _HOLDERS})
"""Everybody, by key: the people of :mod:`registrazione.testing.people` at level 2 among them."""
