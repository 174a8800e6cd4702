"""Where SPID, CIE and eIDAS differ, in one table.

What they share is in the modules beside this one; a difference that is not here is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

ENTITY: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"

LEVELS: Final[Mapping[str, int]] = MappingProxyType(
    {f"https://www.spid.gov.it/SpidL{level}": level for level in (1, 2, 3)}
)
"""Levels of assurance by the URI of the class; CIE and the eIDAS node use SPID's."""

SESSIONS_UP_TO: Final = 1
"""The highest level for which a session that a provider has already may stand."""

_WHOLE = (
    "spidCode",
    "name",
    "familyName",
    "placeOfBirth",
    "countyOfBirth",
    "dateOfBirth",
    "gender",
    "fiscalNumber",
    "email",
    "mobilePhone",
    "idCard",
)
_ANYTHING = re.compile(r".+")
_EIDAS_PERSON = re.compile(r"[A-Z]{2}/[A-Z]{2}/[\x21-\x7e]{1,256}|[A-Za-z]{4}[A-Za-z0-9-]{1,60}")
"""A person identifier (eIDAS SAML Attribute Profile, 2.2.3), or a spidCode of the node's own."""
_CODE = r"(?P<code>[A-Z]{6}[A-Z0-9]{2}[A-Z][A-Z0-9]{2}[A-Z][A-Z0-9]{3}[A-Z])"
_FOREIGN = r"TIN(?!IT)[A-Z]{2}-[\x21-\x7e]{1,40}"
_OF_A_COUNTRY = re.compile(rf"TINIT-{_CODE}|{_FOREIGN}")
"""A tax number behind its country (SPID, attributi: ``fiscalNumber``)."""
_OF_ITALY_UNLESS_SAID = re.compile(rf"(?:TINIT-)?{_CODE}|{_FOREIGN}")
_NOT_ASKED_FOR = re.compile(r".*", re.DOTALL)
"""Whatever it is, there is no code in it."""
_EIDAS_MINIMUM = ("spidCode", "name", "familyName", "dateOfBirth")


@attrs.frozen(kw_only=True)
class AttributeSet:
    """A set of attributes that may be asked for, as the metadata list it.

    Args:
        index: By which a request names it.
        names: What it asks for.
        title: How people read it.
    """

    index: int
    names: tuple[str, ...]
    title: str


@attrs.frozen(kw_only=True)
class SamlProfile:
    """One scheme, as far as it differs from the others.

    Args:
        name: Its name in the settings.
        sector: ``public``, ``private`` or empty.
        aggregator: ``full`` or ``lite`` where the service joins through an aggregator.
        extension: Prefix of the namespace of the contact's extensions: ``spid`` or ``cie``.
        contact_type: Of the contact that the extensions are in.
        attribute_sets: What may be asked for; the first is asked for.
        response_signed: Whether the response has to be signed, beside the assertion.
        issuer_format: Whether the assertion's issuer has to say that it is an entity.
        qualified_name: Whether the name of the subject has to be transient and qualified.
        subject: The attributes that say who it is, the first that is there counts.
        subject_shape: What the one that counts has to look like.
        tax_number: What ``fiscalNumber`` has to look like; the group ``code`` is the codice
            fiscale.
        sessions_up_to: The highest level at which a provider's session goes on.
        logout_bindings: How messages about the end of a session travel.
        answers_logout: Whether such a message is answered; CIE's "simple logout" is not.
    """

    name: str
    sector: str = ""
    aggregator: str = ""
    extension: str = "spid"
    contact_type: str = "other"
    attribute_sets: tuple[AttributeSet, ...] = (
        AttributeSet(index=0, names=_WHOLE, title="Dati per la registrazione"),
    )
    response_signed: bool = True
    issuer_format: bool = True
    qualified_name: bool = True
    subject: tuple[str, ...] = ("spidCode", "fiscalNumber")
    subject_shape: re.Pattern[str] = _ANYTHING
    tax_number: re.Pattern[str] = _OF_A_COUNTRY
    sessions_up_to: int = SESSIONS_UP_TO
    logout_bindings: tuple[str, ...] = (POST, REDIRECT)
    answers_logout: bool = True


_CIE = (
    AttributeSet(
        index=0,
        names=("name", "familyName", "dateOfBirth", "fiscalNumber"),
        title="eIDAS Natural Person Minimum Attribute Set",
    ),
)
_EIDAS = (
    AttributeSet(
        index=99, names=_EIDAS_MINIMUM, title="eIDAS Natural Person Minimum Attribute Set"
    ),
    AttributeSet(
        index=100,
        names=(*_EIDAS_MINIMUM, "placeOfBirth", "address", "gender"),
        title="eIDAS Natural Person Full Attribute Set",
    ),
)

PROFILES: Mapping[str, SamlProfile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            SamlProfile(name="spid-public", sector="public"),
            SamlProfile(name="spid-private", sector="private"),
            SamlProfile(name="spid-ag-public-full", sector="public", aggregator="full"),
            SamlProfile(name="spid-ag-public-lite", sector="public", aggregator="lite"),
            SamlProfile(name="spid-ag-private-full", sector="private", aggregator="full"),
            SamlProfile(name="spid-ag-private-lite", sector="private", aggregator="lite"),
            *(
                SamlProfile(
                    name=f"cie-{sector}",
                    sector=sector,
                    extension="cie",
                    contact_type="administrative",
                    attribute_sets=_CIE,
                    issuer_format=False,
                    subject=("fiscalNumber",),
                    sessions_up_to=3,
                    logout_bindings=(REDIRECT,),
                    answers_logout=False,
                )
                for sector in ("public", "private")
            ),
            SamlProfile(
                name="eidas",
                sector="public",
                attribute_sets=_EIDAS,
                subject=("spidCode",),
                subject_shape=_EIDAS_PERSON,
                tax_number=_NOT_ASKED_FOR,
            ),
            SamlProfile(
                name="saml2",
                extension="",
                response_signed=False,
                issuer_format=False,
                qualified_name=False,
                tax_number=_OF_ITALY_UNLESS_SAID,
                sessions_up_to=3,
            ),
        )
    }
)
"""Every profile by name; ``saml2`` is for providers that follow SAML and none of the schemes."""
