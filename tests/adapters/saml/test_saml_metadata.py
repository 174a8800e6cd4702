"""Metadata: what a service says of itself, and whom it trusts."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, NOW, StillClock, provider

from registrazione.adapters.saml import MetadataText
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata import (
    Billing,
    Contact,
    Description,
    Organization,
    service_metadata,
)
from registrazione.adapters.saml.metadata_reading import ALWAYS, NEVER, read_metadata
from registrazione.adapters.saml.profiles import PROFILES
from registrazione.adapters.saml.signing import signed_view
from registrazione.adapters.saml.xml import children, only, parse, serialised
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp, key_for

CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
OTHER = SamlIdp("https://other.example", CLOCK)


def both():
    """Return one document about two providers."""
    inner = b"".join(idp.metadata() for idp in (IDP, OTHER))
    space = b'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    return b"<md:EntitiesDescriptor " + space + b">" + inner + b"</md:EntitiesDescriptor>"


def described(profile, **more):
    """Return the metadata of a small service."""
    return parse(
        service_metadata(
            profile=PROFILES[profile],
            entity_id=ENTITY_ID,
            callback_url=CALLBACK,
            logout_url="https://service.example/logout",
            keys=[key_for("service"), key_for("next")],
            description=Description(
                organization=Organization(name="A", display_name="B", url="https://a.example"),
                contact=Contact(email="a@a.example", company="A"),
                **more,
            ),
        )
    )


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_service_s_metadata_are_signed(profile):
    """By the newest key, whole; both keys are told, so that the next is known beforehand."""
    root = described(profile)
    signed = signed_view(root, [key_for("service").certificate], NOW)
    role = only(signed, "md:SPSSODescriptor")

    assert signed.get("entityID") == ENTITY_ID
    assert len(children(role, "md:KeyDescriptor")) == 2
    assert only(role, "md:AssertionConsumerService").get("Location") == CALLBACK


def test_a_technical_partner_of_cie_is_told():
    """CIE knows who runs the service for a body; SPID has no such contact."""
    partner = Contact(email="b@b.example", company="B", municipality="058091")

    kinds = [
        [one.get("contactType") for one in children(described(name, technical=partner), CONTACT)]
        for name in ("cie-public", "spid-public")
    ]

    assert kinds == [["administrative", "technical"], ["other"]]


def test_who_pays_for_a_private_service_is_told():
    """In the words of electronic invoices, and for SPID only."""
    payer = Billing(
        vat_number="00000000000",
        name="A",
        address="Via Esempio 1",
        cap="00100",
        town="Roma",
        province="RM",
        email="a@a.example",
    )
    (*_, last) = children(described("spid-private", billing=payer), CONTACT)

    assert last.get("contactType") == "billing"
    assert b"CessionarioCommittente" in serialised(last)
    assert len(children(described("cie-private", billing=payer), CONTACT)) == 1


CONTACT = "md:ContactPerson"


def test_identity_providers_are_read():
    """Name, addresses and keys; one document may be about many."""
    found = {one.entity_id: one for one in read_metadata(both(), NOW).providers}

    assert set(found) == {"https://idp.example", "https://other.example"}
    assert found["https://idp.example"].certificates == (IDP.key.certificate,)
    assert len(found["https://idp.example"].sign_on) == 2
    assert "BEGIN" not in repr(found)


def test_a_key_is_changed_without_a_gap():
    """While metadata name two keys, either signs."""
    old, new = key_for("old"), key_for("new")
    named = SamlIdp("https://idp.example", CLOCK, old)
    source = MetadataText(documents=(named.metadata(new),), clock=CLOCK)

    for key in (old, new):
        service = provider(CLOCK, (), identity_providers=source)
        idp = SamlIdp("https://idp.example", CLOCK, key)
        asked = idp.read(service.start(CALLBACK, key_for.__name__), CALLBACK)
        assert service.verify(idp.answer(idp.draft(asked, PEOPLE.adele))).level == 2


def altered(old, new):
    """Return a provider's metadata with something else in it."""
    whole = IDP.metadata()
    assert old in whole
    return whole.replace(old, new)


ENCODED = base64.b64encode(IDP.key.certificate.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("document", "rule"),
    [
        (b"<x/>", "metadata.root"),
        (b"", "xml.syntax"),
        (altered(ENCODED, b"AAAA"), "metadata.certificate"),
        (altered(ENCODED, b"!"), "metadata.certificate"),
        (altered(b"SingleSignOnService", b"Other"), "metadata.provider"),
        (altered(b'entityID="https://idp.example"', b""), "metadata.provider"),
        (altered(b'use="signing"', b'use="encryption"'), "metadata.provider"),
        (
            altered(b"<md:EntityDescriptor ", b'<md:EntityDescriptor validUntil="2020" '),
            "metadata.validity",
        ),
        (
            altered(
                b"<md:EntityDescriptor ",
                b'<md:EntityDescriptor validUntil="2026-11-05T09:00:00Z" ',
            ),
            "metadata.validity",
        ),
    ],
)
def test_unsound_metadata_are_refused(document, rule):
    """Nobody is trusted half."""
    with pytest.raises(Rejected) as caught:
        read_metadata(document, NOW)

    assert caught.value.rule == rule


def test_what_is_no_identity_provider_is_left_out():
    """Nor is one whose role has lapsed; a title is told where there is one."""
    lapsed = altered(
        b"<md:IDPSSODescriptor ", b'<md:IDPSSODescriptor validUntil="2026-01-01T00:00:00Z" '
    )
    space = b'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    service = (
        b"<md:EntityDescriptor "
        + space
        + b' entityID="x"><md:SPSSODescriptor/></md:EntityDescriptor>'
    )
    organized = altered(
        b"</md:IDPSSODescriptor>",
        b"</md:IDPSSODescriptor><md:Organization><md:OrganizationDisplayName>Gestore"
        b"</md:OrganizationDisplayName></md:Organization>",
    )
    bare = altered(b"</md:IDPSSODescriptor>", b"</md:IDPSSODescriptor><md:Organization/>")

    assert read_metadata(lapsed, NOW).providers == read_metadata(service, NOW).providers == ()
    assert [one.title for one in read_metadata(organized, NOW).providers] == ["Gestore"]
    assert [one.title for one in read_metadata(bare, NOW).providers] == ["https://idp.example"]


def shown_as(inner, organization=""):
    """Return a provider that shows itself like this."""
    ui = (
        '<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">'
        f"{inner}</mdui:UIInfo></md:Extensions>"
    )
    known = f"<md:Organization>{organization}</md:Organization>" if organization else ""
    document = re.sub(rb"(<md:IDPSSODescriptor[^>]*>)", rb"\1" + ui.encode(), IDP.metadata())
    end = b"</md:IDPSSODescriptor>"
    (found,) = read_metadata(document.replace(end, end + known.encode()), NOW).providers
    return found


def titled(**titles):
    """Return a name in several languages, in the order they are given."""
    return "".join(
        f'<mdui:DisplayName xml:lang="{language}">{title}</mdui:DisplayName>'
        for language, title in titles.items()
    )


ORGANIZED = '<md:OrganizationDisplayName xml:lang="{}">{}</md:OrganizationDisplayName>'


@pytest.mark.parametrize(
    ("inner", "organization", "title"),
    [
        (titled(en="Provider", it=" Il\n Gestore "), "", "Il Gestore"),
        (titled(de="Anbieter", en="Provider"), "", "Provider"),
        (titled(de="Anbieter"), "", "Anbieter"),
        (titled(it=""), ORGANIZED.format("en", "Firm"), "Firm"),
        (titled(en="Provider"), ORGANIZED.format("it", "Ditta"), "Ditta"),
        (titled(it="A&#x202e;B"), "", "https://idp.example"),
        (titled(it="x" * 200), "", "x" * 100),
    ],
)
def test_people_read_how_a_provider_is_called(inner, organization, title):
    """In Italian, else in English, else as it says; in characters that show what they are."""
    assert shown_as(inner, organization).title == title


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://idp.example/logo.svg?v=1", True),
        ("http://idp.example/logo.svg", False),
        ("data:image/png;base64,AAAA", False),
        ("javascript:alert(1)", False),
        ("https://idp.example/a b", False),
        ("https://idp.example/&quot;&gt;", False),
        (f"https://idp.example/{'x' * 600}", False),
    ],
)
def test_a_logo_has_an_address_with_https(address, taken):
    """And nothing else gets into a page."""
    logo = shown_as(f"<mdui:Logo>{address}</mdui:Logo>").logo

    assert logo == (address if taken else "")


def test_the_first_sound_logo_counts():
    """One that is none is passed over."""
    several = "<mdui:Logo>logo.png</mdui:Logo><mdui:Logo>https://idp.example/a</mdui:Logo>"

    assert shown_as(several).logo == "https://idp.example/a"


def test_too_many_providers_are_refused():
    """A list has an end."""
    space = b'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
    many = b"<md:EntitiesDescriptor " + space + b">" + b"<md:EntityDescriptor/>" * 201
    with pytest.raises(Rejected, match="invalid"):
        read_metadata(many + b"</md:EntitiesDescriptor>", NOW)


SPACE = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
PAST = 'validUntil="2026-11-05T09:00:00Z"'


def group(*inner, more=""):
    """Return a list of what is given."""
    whole = b"".join(one if isinstance(one, bytes) else one.encode() for one in inner)
    head = f"<md:EntitiesDescriptor {SPACE} {more}>".encode()
    return head + whole + b"</md:EntitiesDescriptor>"


def holding(inner):
    """Return the other provider's metadata with something in their extensions."""
    start = b"<md:IDPSSODescriptor "
    extensions = b"<md:Extensions>" + inner + b"</md:Extensions>"
    return OTHER.metadata().replace(start, extensions + start)


def speaking(protocols):
    """Return a provider whose role is of those protocols."""
    return altered(b'"urn:oasis:names:tc:SAML:2.0:protocol">', f'"{protocols}">'.encode())


SAML_1, SAML_2 = (f"urn:oasis:names:tc:SAML:{version}:protocol" for version in ("1.1", "2.0"))
SERVICE = (
    f'<md:EntityDescriptor {SPACE} {{}} entityID="x"><md:SPSSODescriptor/></md:EntityDescriptor>'
)


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (group(group(IDP.metadata()), OTHER.metadata()), "idp other"),
        (group(group(IDP.metadata(), more=PAST), OTHER.metadata()), "other"),
        (group(group(group(IDP.metadata()), more=PAST)), ""),
        (group(SERVICE.format('validUntil="soon"'), IDP.metadata()), "idp"),
        (holding(IDP.metadata()), "other"),
        (group(holding(group(IDP.metadata()))), "other"),
        (speaking(f"{SAML_1} {SAML_2}"), "idp"),
        (speaking(SAML_1), ""),
        (speaking(f"{SAML_2}x"), ""),
        (altered(f' protocolSupportEnumeration="{SAML_2}"'.encode(), b""), "idp"),
    ],
)
def test_only_what_counts_is_read(document, known):
    """What has lapsed counts no more, with all in it; what stands elsewhere never did."""
    names = [f"https://{one}.example" for one in known.split()]

    assert [one.entity_id for one in read_metadata(document, NOW).providers] == names


def test_a_reading_says_when_it_ends():
    """With the first thing in it that counts, however deep; a service is none of ours."""
    inner = group(IDP.metadata(), more='validUntil="2026-11-06T00:00:00Z" cacheDuration="PT6H"')
    service = SERVICE.format('validUntil="2026-11-05T10:00:00Z" cacheDuration="PT1S"')
    more = 'validUntil="2027-01-01T00:00:00Z" cacheDuration="P1D"'
    reading = read_metadata(group(inner, service, more=more), NOW)
    endless = read_metadata(IDP.metadata(), NOW)

    assert (reading.until, reading.lasts) == (
        datetime(2026, 11, 6, tzinfo=UTC),
        timedelta(hours=6),
    )
    assert (endless.until, endless.lasts) == (NEVER, ALWAYS)


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://idp.example/sso?x=1&amp;y=%20", True),
        ("http://127.0.0.1:8080/sso", True),
        ("https://[::1]:8443/sso", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//idp.example/sso", False),
        ("https:///sso", False),
        ("https://idp.example/&#10;x", False),
        ("https://idp.example/&quot;", False),
        (f"https://idp.example/{'x' * 600}", False),
        ("", False),
    ],
)
def test_browsers_are_sent_to_the_web(address, leads):
    """And nowhere else: a provider without such an address is none."""
    document = altered(b'"https://idp.example/sso"', f'"{address}"'.encode())
    if leads:
        (found,) = read_metadata(document, NOW).providers
        assert set(found.sign_on.values()) == {address.replace("&amp;", "&")}
        return
    with pytest.raises(Rejected) as caught:
        read_metadata(document, NOW)
    assert caught.value.rule == "metadata.provider"


def test_metadata_may_have_to_be_signed():
    """By the named certificate; what is signed is what is read."""
    document = IDP.metadata()
    twice = document.replace(
        b"</md:EntityDescriptor>", b'<x ID="a"/><x Id="a"/></md:EntityDescriptor>'
    )

    assert len(read_metadata(document, NOW, [IDP.key.certificate]).providers) == 1
    for bad, signer in ((document, OTHER), (twice, IDP), (document.replace(b"/sso", b"/ss0"), IDP)):
        with pytest.raises(Rejected):
            read_metadata(bad, NOW, [signer.key.certificate])
