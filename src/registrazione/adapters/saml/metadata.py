"""What a service says of itself: its metadata, for every profile of the table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

import attrs
from cryptography.hazmat.primitives.serialization import Encoding

from registrazione.adapters.saml.ages import AgeLimit, age_limit
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.profiles import (
    POST,
    TRANSIENT,
    AttributeSet,
    SamlProfile,
)
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import Element, build, serialised

_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_BASIC: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_LANGUAGE: Final = "it"


@attrs.frozen(kw_only=True)
class Organization:
    """Who runs the service.

    Args:
        name: As registered.
        display_name: As people know it.
        url: Its site.
    """

    name: str
    display_name: str
    url: str


@attrs.frozen(kw_only=True)
class Contact:
    """Whom to write to, and which office or firm it is (AgID, Avviso 29; CIE, metadata).

    Args:
        email: An address of the office, not a person's.
        phone: With +39, without spaces.
        company: Its name.
        ipa_code: Code in the index of public administrations, for public bodies.
        vat_number: With the country, such as ``IT00000000000``.
        fiscal_code: Of the body.
        municipality: ISTAT code of the comune, for CIE.
        nace_code: What a private firm does, for CIE.
    """

    email: str
    phone: str = ""
    company: str = ""
    ipa_code: str = ""
    vat_number: str = ""
    fiscal_code: str = ""
    municipality: str = ""
    nace_code: str = ""


@attrs.frozen(kw_only=True)
class Billing:
    """Who pays, for private services (AgID, Avviso 29).

    Args:
        country: Such as ``IT``.
        vat_number: Without the country.
        name: Of the firm.
        address: Street and number.
        cap: Postal code.
        town: Comune.
        province: Sigla.
        email: Where invoices go.
        phone: With +39, without spaces.
    """

    country: str = "IT"
    vat_number: str
    name: str
    address: str
    cap: str
    town: str
    province: str
    email: str
    phone: str = ""


@attrs.frozen(kw_only=True)
class Description:
    """What the metadata say beside keys and addresses.

    Args:
        organization: Who runs the service.
        contact: Whom to write to; in an aggregation, the aggregator.
        aggregated: In an aggregation, the body whose service it is.
        technical: Who runs it for a public body, for CIE.
        billing: Who pays, for private services.
    """

    organization: Organization
    contact: Contact
    aggregated: Contact | None = None
    technical: Contact | None = None
    billing: Billing | None = None


def service_metadata(
    *,
    profile: SamlProfile,
    entity_id: str,
    callback_url: str,
    logout_url: str,
    keys: Sequence[SigningKey],
    description: Description,
    ages: AgeLimit | None = None,
) -> bytes:
    """Return the metadata of a service, signed (SAML Metadata; AgID, Avvisi 19 and 29; CIE).

    Args:
        profile: Which scheme they are for.
        entity_id: Its name: an address, without a query.
        callback_url: Where answers come.
        logout_url: Where a session ends.
        keys: The newest first: it signs; all are told, so that a new one is known before use.
        description: Who is behind it.
        ages: Whom it is for, where it is not for everybody.

    There is no end to their validity: who registers a service reads them once.
    """
    role = build(
        "md:SPSSODescriptor",
        *(_key(key) for key in keys),
        *(
            build("md:SingleLogoutService", attributes={"Binding": one, "Location": logout_url})
            for one in profile.logout_bindings
        ),
        build("md:NameIDFormat", content=TRANSIENT),
        build(
            "md:AssertionConsumerService",
            attributes={
                "index": "0",
                "isDefault": "true",
                "Binding": POST,
                "Location": callback_url,
            },
        ),
        *(_attribute_set(one) for one in profile.attribute_sets),
        attributes={
            "protocolSupportEnumeration": _PROTOCOL,
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "true",
        },
    )
    # The same document has the same ID, in every process.
    identifier = f"_{hashlib.sha256(entity_id.encode()).hexdigest()}"
    limit = age_limit(ages, "metadata")
    entity = build(
        "md:EntityDescriptor",
        build("md:Extensions", limit) if limit is not None else None,
        role,
        _organization(description.organization),
        *_contacts(profile, description),
        attributes={"entityID": entity_id, "ID": identifier},
        declare=_prefixes(profile),
    )
    return serialised(sign(entity, keys[0], after=None))


def _prefixes(profile: SamlProfile) -> tuple[str, ...]:
    return tuple(filter(None, ("ds", profile.extension)))


def _key(key: SigningKey) -> Element:
    pem = key.certificate.public_bytes(Encoding.PEM).decode().strip().splitlines()
    certificate = build("ds:X509Certificate", content="".join(pem[1:-1]))
    return build(
        "md:KeyDescriptor",
        build("ds:KeyInfo", build("ds:X509Data", certificate)),
        attributes={"use": "signing"},
    )


def _in_italian(qualified: str, content: str) -> Element:
    return build(qualified, content=content, attributes={"xml:lang": _LANGUAGE})


def _attribute_set(one: AttributeSet) -> Element:
    return build(
        "md:AttributeConsumingService",
        _in_italian("md:ServiceName", one.title),
        *(
            build("md:RequestedAttribute", attributes={"Name": attribute, "NameFormat": _BASIC})
            for attribute in one.names
        ),
        attributes={"index": str(one.index)},
    )


def _organization(organization: Organization) -> Element:
    return build(
        "md:Organization",
        _in_italian("md:OrganizationName", organization.name),
        _in_italian("md:OrganizationDisplayName", organization.display_name),
        _in_italian("md:OrganizationURL", organization.url),
    )


def _contacts(profile: SamlProfile, description: Description) -> Iterable[Element]:
    """Yield the contacts, each with the extensions of its scheme."""
    if not profile.extension:
        yield _contact(profile, description.contact, ())
        return
    mark = profile.sector.title()
    if profile.aggregator:
        size = {"full": "Full", "lite": "Light"}[profile.aggregator]
        aggregator = f"{mark}Services{size}Aggregator"
        yield _contact(profile, description.contact, (aggregator,), entity="spid:aggregator")
        whose = description.aggregated or description.contact
        yield _contact(profile, whose, (mark,), entity="spid:aggregated")
    else:
        yield _contact(profile, description.contact, (mark,))
    if description.technical is not None and profile.extension == "cie":
        yield _contact(profile, description.technical, ("Private",), kind="technical")
    if description.billing is not None and profile.extension == "spid":
        yield _billing(description.billing)


def _contact(
    profile: SamlProfile,
    contact: Contact,
    marks: tuple[str, ...],
    *,
    entity: str = "",
    kind: str = "",
) -> Element:
    prefix = profile.extension
    facts = {
        "IPACode": contact.ipa_code,
        "VATNumber": contact.vat_number,
        "FiscalCode": contact.fiscal_code,
        **(
            {"NACE2Code": contact.nace_code, "Municipality": contact.municipality}
            if prefix == "cie"
            else {}
        ),
    }
    marked = [build(f"{prefix}:{mark}", content="") for mark in marks]
    told = [
        build(f"{prefix}:{key}", content=fact) for key, fact in facts.items() if fact and prefix
    ]
    # Each schema has an order of its own.
    inner = [*marked, *told] if prefix == "cie" else [*told, *marked]
    return build(
        "md:ContactPerson",
        build("md:Extensions", *inner) if inner else None,
        _said("md:Company", contact.company),
        build("md:EmailAddress", content=contact.email),
        _said("md:TelephoneNumber", contact.phone),
        attributes={
            "contactType": kind or profile.contact_type,
            "spid:entityType": entity or None,
        },
        declare=("spid",) if entity else (),
    )


def _said(qualified: str, content: str) -> Element | None:
    return build(qualified, content=content) if content else None


def _billing(billing: Billing) -> Element:
    """Return who pays, in the words of electronic invoices."""
    buyer = build(
        "fpa:CessionarioCommittente",
        build(
            "fpa:DatiAnagrafici",
            build(
                "fpa:IdFiscaleIVA",
                build("fpa:IdPaese", content=billing.country),
                build("fpa:IdCodice", content=billing.vat_number),
            ),
            build("fpa:Anagrafica", build("fpa:Denominazione", content=billing.name)),
        ),
        build(
            "fpa:Sede",
            build("fpa:Indirizzo", content=billing.address),
            build("fpa:CAP", content=billing.cap),
            build("fpa:Comune", content=billing.town),
            build("fpa:Provincia", content=billing.province),
            build("fpa:Nazione", content=billing.country),
        ),
    )
    return build(
        "md:ContactPerson",
        build("md:Extensions", buyer),
        build("md:Company", content=billing.name),
        build("md:EmailAddress", content=billing.email),
        _said("md:TelephoneNumber", billing.phone),
        attributes={"contactType": "billing"},
    )
