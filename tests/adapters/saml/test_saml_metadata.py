"""Metadata: what a service says of itself, and whom it trusts."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.adapters.saml.stage import CALLBACK, ENTITY_ID, NOW, StillClock, provider

from registrazione.adapters.saml import MetadataDownload, MetadataFiles, MetadataText
from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.metadata import (
    Billing,
    Contact,
    Description,
    Organization,
    service_metadata,
)
from registrazione.adapters.saml.metadata_reading import MetadataSource, read_metadata
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
    found = {one.entity_id: one for one in read_metadata(both(), NOW)}

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

    assert read_metadata(lapsed, NOW) == read_metadata(service, NOW) == ()
    assert [one.title for one in read_metadata(organized, NOW)] == ["Gestore"]
    assert [one.title for one in read_metadata(bare, NOW)] == ["https://idp.example"]


def shown_as(inner, organization=""):
    """Return a provider that shows itself like this."""
    ui = (
        '<md:Extensions><mdui:UIInfo xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui">'
        f"{inner}</mdui:UIInfo></md:Extensions>"
    )
    known = f"<md:Organization>{organization}</md:Organization>" if organization else ""
    document = re.sub(rb"(<md:IDPSSODescriptor[^>]*>)", rb"\1" + ui.encode(), IDP.metadata())
    end = b"</md:IDPSSODescriptor>"
    (found,) = read_metadata(document.replace(end, end + known.encode()), NOW)
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


def test_metadata_may_have_to_be_signed():
    """By the named certificate; what is signed is what is read."""
    document = IDP.metadata()
    twice = document.replace(
        b"</md:EntityDescriptor>", b'<x ID="a"/><x Id="a"/></md:EntityDescriptor>'
    )

    assert len(read_metadata(document, NOW, [IDP.key.certificate])) == 1
    for bad, signer in ((document, OTHER), (twice, IDP), (document.replace(b"/sso", b"/ss0"), IDP)):
        with pytest.raises(Rejected):
            read_metadata(bad, NOW, [signer.key.certificate])


def test_a_provider_that_is_there_twice_is_refused():
    """Otherwise the order would say which keys count."""
    source = MetadataText(documents=(IDP.metadata(), IDP.metadata()), clock=CLOCK)
    with pytest.raises(Rejected) as caught:
        source.providers()

    assert caught.value.rule == "metadata.twice"


def test_files_and_folders_are_read_and_read_again(tmp_path):
    """A file that changes counts at once; one that is missing is an error of the port."""
    file = tmp_path / "idp.xml"
    file.write_bytes(IDP.metadata())
    one = MetadataFiles(path=file, clock=CLOCK)
    folder = MetadataFiles(path=tmp_path, clock=CLOCK)
    assert isinstance(one, MetadataSource)
    assert set(one.providers()) == set(folder.providers()) == set(one.providers())

    (tmp_path / "other.xml").write_bytes(OTHER.metadata())
    assert len(folder.providers()) == 2
    file.write_bytes(OTHER.metadata() + b"\n")
    assert set(one.providers()) == {"https://other.example"}

    file.unlink()
    with pytest.raises(Rejected) as caught:
        one.providers()
    assert caught.value.code == "unavailable"


def test_a_download_counts_for_a_day_and_longer_in_need():
    """The library opens no connection: a function is called once a day, and may fail later."""
    clock, calls = StillClock(), []

    def fetch():
        calls.append(clock.now())
        if len(calls) == 2:
            raise OSError
        return [IDP.metadata()]

    source = MetadataDownload(fetch=fetch, clock=clock)
    for minutes, called in ((0, 1), (1439, 1), (1, 2), (4, 2), (1, 3), (5, 3)):
        clock.go_on(minutes=minutes)
        assert set(source.providers()) == {"https://idp.example"}
        assert len(calls) == called

    broken = MetadataDownload(fetch=lambda: [b"<x/>"], clock=clock, every=timedelta(hours=1))
    with pytest.raises(Rejected) as caught:
        broken.providers()
    assert (caught.value.code, caught.value.retry) == ("unavailable", True)
