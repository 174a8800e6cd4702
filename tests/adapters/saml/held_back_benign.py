"""Answers that are true and spelt otherwise: a service that refuses them locks people out."""

from __future__ import annotations

import base64
import textwrap

from lxml import etree
from tests.adapters.saml.held_back_saml import BOTH, Battery
from tests.adapters.saml.held_back_signer import DS, SAML, SAMLP, Hand, seal, swapped
from tests.adapters.saml.stage import provider

from registrazione.adapters.saml import MetadataText

BENIGN = Battery()
_END = "</saml:AttributeStatement>"
_VALUE = "<saml:AttributeValue>"
_CLOSED = "</saml:AttributeValue></saml:Attribute>"
_TYPE = ' xsi:type="xs:string"'
_BASIC = ' NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"'
_SPACES = f'xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" '


def _signed(edits):
    return lambda scene: scene.sheet(edits=edits).form()


def _drafted(changes):
    return lambda scene: scene.sheet(**changes).form()


def _by_hand(hand):
    return lambda scene: scene.sheet(hand).form()


def _sent(change):
    return lambda scene: scene.sheet().bent(change)


@BENIGN(*BOTH)
def as_it_is(scene):
    """The plain answer, signed by another signer than the library's."""
    return scene.sheet().form()


@BENIGN(*BOTH)
def attributes_in_another_order(scene):
    """SAML puts attributes in no order."""
    draft = scene.draft()
    return scene.sheet(attributes=tuple(reversed(draft.attributes))).form()


@BENIGN(*BOTH)
def indented(scene):
    """A provider may indent before it signs."""
    asked = scene.ask()
    root = etree.fromstring(scene.draft(asked).xml(), etree.XMLParser(remove_blank_text=True))
    etree.indent(root)
    seal(root[-1], scene.idp.key)
    seal(root, scene.idp.key)
    return scene.sealed(asked, scene.draft(asked)).form(root)


@BENIGN(*BOTH)
def spaces_around_the_values(scene):
    """Texts may stand on lines of their own."""
    asked = scene.ask()
    edits = ((f">{asked.issuer}<", f">\n  {asked.issuer}\n<"), (">Adele<", ">\n Adele\n<"))
    return scene.sheet(asked=asked, edits=edits).form()


BENIGN.table(
    "What is outside of the root, or is no element, says nothing.",
    {
        "comments_outside": lambda text: f"<!-- a -->{text}<!-- b -->",
        "comments_inside": lambda text: swapped(
            text, ("<saml:Subject>", "<!-- c --><saml:Subject>")
        ),
        "declared": lambda text: f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n',
        "declared_in_lower_case": lambda text: f"<?xml version='1.0' encoding='utf-8'?>{text}",
    },
    _sent,
)


def _prefixed(samlp, saml):
    def make(scene):
        asked = scene.ask()
        text = scene.draft(asked).xml().decode()
        text = text.replace("samlp:", f"{samlp}:" if samlp else "")
        text = text.replace("<saml:", f"<{saml}:").replace("</saml:", f"</{saml}:")
        text = text.replace(f"xmlns:{samlp}:" if samlp else "xmlns:samlp", "xmlns:samlp")
        declared = f'xmlns:{samlp}="{SAMLP}"' if samlp else f'xmlns="{SAMLP}"'
        text = text.replace(f'xmlns:samlp="{SAMLP}"', declared)
        text = text.replace(f'xmlns:saml="{SAML}"', f'xmlns:{saml}="{SAML}"')
        root = etree.fromstring(text)
        seal(root[-1], scene.idp.key)
        seal(root, scene.idp.key)
        return scene.sealed(asked, scene.draft(asked)).form(root)

    return make


for _index, _pair in enumerate((("saml2p", "saml2"), ("", "a"), ("samlq", "ns0"))):
    BENIGN.add(
        f"prefixes_{_index}", "A prefix is any name (XML Namespaces 4).", _prefixed(*_pair), *BOTH
    )


@BENIGN(*BOTH)
def namespaces_where_they_are_used(scene):
    """Providers declare the assertion's namespace in the assertion."""
    asked = scene.ask()
    text = scene.draft(asked).xml().decode()
    text = text.replace(f'xmlns:saml="{SAML}" ', "")
    text = text.replace("<saml:Issuer", f'<saml:Issuer xmlns:saml="{SAML}"', 1)
    root = etree.fromstring(text.replace("<saml:Assertion", f'<saml:Assertion xmlns:saml="{SAML}"'))
    seal(root[-1], scene.idp.key)
    seal(root, scene.idp.key)
    return scene.sealed(asked, scene.draft(asked)).form(root)


BENIGN.table(
    "AgID, Avviso 29: SHA-256 or longer, and exclusive canonicalisation.",
    {
        "sha_384": Hand(digest="sha384", rsa="sha384"),
        "sha_512": Hand(digest="sha512", rsa="sha512"),
        "sha_256_and_512": Hand(digest="sha512", rsa="sha256"),
        "prefix_list": Hand(prefixes="xs xsi"),
        "no_key_info": Hand(key_info=""),
        "key_name": Hand(key_info="<ds:KeyInfo><ds:KeyName>idp</ds:KeyName></ds:KeyInfo>"),
    },
    _by_hand,
)


@BENIGN(*BOTH)
def lines_in_the_signature(scene):
    """Base64 in XML is broken into lines, as openssl does."""
    sheet = scene.sheet(sign_response=False)
    root = sheet.root
    for value in root.iter(f"{{{DS}}}SignatureValue", f"{{{DS}}}X509Certificate"):
        value.text = "\n" + "\n".join(textwrap.wrap(value.text, 64)) + "\n"
    seal(root, scene.idp.key)
    return sheet.form(root)


@BENIGN(*BOTH)
def lines_in_the_message(scene):
    """Base64 of the message is broken into lines, as MIME does (RFC 2045)."""
    sheet = scene.sheet()
    return sheet.form(SAMLResponse=base64.encodebytes(sheet.text.encode()).decode())


@BENIGN(*BOTH)
def the_next_key(scene):
    """While a provider changes its key, its metadata name two."""
    asked = scene.ask()
    source = MetadataText(documents=(scene.idp.metadata(scene.other.key),), clock=scene.clock)
    scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
    return scene.sealed(asked, scene.draft(asked), key=scene.other.key).form()


@BENIGN(*BOTH)
def keys_for_anything(scene):
    """A key of the metadata without a use is for signing as well (SAML Metadata 2.4.1.1)."""
    asked = scene.ask()
    metadata = scene.idp.metadata().replace(b' use="signing"', b"")
    source = MetadataText(documents=(metadata,), clock=scene.clock)
    scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
    return scene.sealed(asked, scene.draft(asked)).form()


@BENIGN("saml2")
def only_the_assertion_is_signed(scene):
    """Outside of SPID the response need not be signed."""
    return scene.sheet(sign_response=False).form()


BENIGN.table(
    "More than was asked for is said in a message, and is passed over.",
    {
        "an_unknown_attribute": (
            (
                _END,
                f'<saml:Attribute Name="shoeSize">{_VALUE}43{_CLOSED}{_END}',
            ),
        ),
        "an_empty_attribute": (
            (
                _END,
                f'<saml:Attribute Name="digitalAddress">{_VALUE}{_CLOSED}{_END}',
            ),
        ),
        "a_name_format": (('Name="email"', f'Name="email"{_BASIC} FriendlyName="mail"'),),
        "no_types": ((_TYPE, ""),),
        "a_subject_locality": (
            (
                "<saml:AuthnContext>",
                '<saml:SubjectLocality Address="192.0.2.1"/><saml:AuthnContext>',
            ),
        ),
        "a_consent": (
            (
                "<samlp:Response ",
                '<samlp:Response Consent="urn:oasis:names:tc:SAML:2.0:consent:obtained" ',
            ),
        ),
        "an_address": (
            (
                "<saml:SubjectConfirmationData ",
                '<saml:SubjectConfirmationData Address="192.0.2.1" ',
            ),
        ),
        "once": (("</saml:Conditions>", "<saml:OneTimeUse/></saml:Conditions>"),),
        "a_section_of_characters": ((">Adele<", "><![CDATA[Adele]]><"),),
    },
    _signed,
)
BENIGN.table(
    "The clocks differ a little, and people take their time.",
    {
        "a_second_ago": {"authenticated_at": "2026-11-05T08:59:59Z"},
        "fractions": {"issued_at": "2026-11-05T08:59:59.987Z", "ends_at": "2026-11-05T09:04:00.5Z"},
        "four_seconds_early": {
            "issued_at": "2026-11-05T09:00:04Z",
            "ends_at": "2026-11-05T09:05:04Z",
        },
        "begun_before": {"begins_at": "2026-11-05T08:55:00Z"},
    },
    _drafted,
)


@BENIGN("saml2")
def a_provider_that_follows_saml_alone(scene):
    """Outside of SPID an issuer need not say that it is an entity, nor a name be transient."""
    return scene.sheet(
        issuer_format=None,
        assertion_issuer_format=None,
        name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        name_qualifier=None,
        session_index="_session",
    ).form()


@BENIGN(*BOTH)
def four_seconds_late(scene):
    """An answer that ended just now: the clocks differ by as much."""
    sheet = scene.sheet()
    scene.clock.go_on(minutes=5, seconds=4)
    return sheet.form()


@BENIGN(*BOTH)
def ten_minutes_at_the_provider(scene):
    """People look for their telephone."""
    asked = scene.ask()
    scene.clock.go_on(minutes=10)
    return scene.sheet(asked=asked).form()


@BENIGN(*BOTH)
def extensions_of_the_response(scene):
    """SAML Core 3.2.2 leaves room for extensions in a response, which the provider signs here."""
    extension = '<samlp:Extensions><x:Hint xmlns:x="urn:x">a</x:Hint></samlp:Extensions>'
    return scene.sheet(edits=(("<samlp:Status>", f"{extension}<samlp:Status>"),)).form()


@BENIGN(*BOTH)
def a_message_with_the_success(scene):
    """SAML Core 3.2.2.3: a status may have a message, whatever its code."""
    said = "<samlp:StatusMessage>ok</samlp:StatusMessage></samlp:Status>"
    return scene.sheet(edits=(("</samlp:Status>", said),)).form()
