"""Held-back messages that are too large, and forms and signatures that are none."""

from __future__ import annotations

import base64
import zlib

from tests.adapters.saml.held_back_saml import BOTH, VISITOR, Battery
from tests.adapters.saml.held_back_signer import DS, EXCLUSIVE, swapped

from registrazione.testing.saml_idp import attributes_of

SIZES = Battery()
_PREFIXES = (
    f'<e:InclusiveNamespaces xmlns:e="{EXCLUSIVE}" PrefixList="#default no such prefix \u00e9"/>'
)
_CODE = attributes_of(VISITOR)["fiscalNumber"]
_NAME = f">{attributes_of(VISITOR)['name']}<"
_DECLARED = '<?xml version="1.0" encoding="{}"?>'


# -- sizes -------------------------------------------------------------------------------------


def _numbered(text, times):
    """Return a text many times, each with another number."""
    return "".join(text.format(number) for number in range(times))


def _padded(pad):
    """Make an answer with something before the status; the provider did not sign it."""

    def make(scene):
        sheet = scene.sheet(sign_response=scene.profile != "saml2")
        return sheet.form(swapped(sheet.text, ("<samlp:Status>", f"{pad()}<samlp:Status>")))

    return make


SIZES.table(
    "CWE-400: work grows with the message and no faster, or the message is refused unread.",
    {
        "three_megabytes": lambda: "x" * 3_000_000,
        "deep": lambda: "<a>" * 5_000 + "</a>" * 5_000,
        "deeper": lambda: "<a>" * 30_000 + "</a>" * 30_000,
        "wide": lambda: "<a/>" * 50_000,
        "many_attributes": lambda: "<a" + _numbered(' a{}=""', 20_000) + "/>",
        "many_namespaces": lambda: "<a" + _numbered(' xmlns:a{}="urn:u"', 8_000) + "/>",
        "namespaces_all_the_way_down": lambda: (
            _numbered('<a xmlns:n{}="urn:n">', 200) + "</a>" * 200
        ),
        "many_ids": lambda: _numbered('<a ID="i{}"/>', 12_000),
        "many_signatures": lambda: f'<ds:Signature xmlns:ds="{DS}"/>' * 4_000,
        "many_assertions": lambda: "<saml:Assertion/>" * 14_000,
        "a_long_name": lambda: f"<{'a' * 200_000}/>",
    },
    _padded,
)


SIZES.table(
    "CWE-400: comments are not signed, and cost next to nothing.",
    {"many_comments": lambda: "<!---->" * 30_000},
    _padded,
    may_be_read=True,
)


def _signed_pad(pad):
    """Make an answer with so much in the assertion that the provider signed."""
    return lambda scene: scene.sheet(edits=(("<saml:AttributeStatement>", pad()),)).form()


_OPEN = "<saml:AttributeStatement>"
_VALUE = "<saml:AttributeValue>x</saml:AttributeValue>"
SIZES.table(
    "CWE-400: the same for what a provider did sign.",
    {
        "hundreds_of_attributes": lambda: (
            _OPEN + _numbered(f'<saml:Attribute Name="a{{}}">{_VALUE}</saml:Attribute>', 900)
        ),
        "hundreds_of_namespaces": lambda: (
            f'{_OPEN}<saml:Attribute Name="x" '
            + _numbered(' xmlns:a{}="urn:u"', 2_000)
            + f">{_VALUE}</saml:Attribute>"
        ),
        "a_long_value": lambda: (
            f'{_OPEN}<saml:Attribute Name="x"><saml:AttributeValue>'
            + "x" * 60_000
            + "</saml:AttributeValue></saml:Attribute>"
        ),
    },
    _signed_pad,
    may_be_read=True,
)


def _with_key_info(inner):
    """Make an answer whose name of a key is of somebody else's making.

    It is the response's, where it is signed: the assertion's is part of what that covers.
    """

    def make(scene):
        sheet = scene.sheet(sign_response=scene.profile != "saml2")
        before, _, after = sheet.text.partition("<ds:KeyInfo>")
        rest = after.partition("</ds:KeyInfo>")[2]
        return sheet.form(f"{before}<ds:KeyInfo>{inner}</ds:KeyInfo>{rest}")

    return make


SIZES.table(
    "KeyInfo is not signed: it decides nothing and costs nothing.",
    {
        "key_info_empty": "",
        "key_info_address": '<ds:RetrievalMethod URI="http://169.254.169.254/key"/>',
        "key_info_name": "<ds:KeyName>../../etc/key</ds:KeyName>",
        "key_info_no_certificate": "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>"
        "</ds:X509Data>",
        "key_info_no_base64": "<ds:X509Data><ds:X509Certificate>\u00e9!</ds:X509Certificate>"
        "</ds:X509Data>",
        "key_info_no_text": "<ds:X509Data><ds:X509Certificate/></ds:X509Data>",
        "key_info_no_numbers": "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>",
        "key_info_digest": '<d:X509Digest xmlns:d="http://www.w3.org/2009/xmldsig11#"/>',
        "key_info_thousands": "<ds:KeyName>x</ds:KeyName>" * 4_000,
    },
    _with_key_info,
    may_be_read=True,
)


def _with_part(old, new):
    return lambda scene: scene.sheet().changed((old, new))


SIZES.table(
    "A signature that is spelt wrongly is none; it is no reason to break down.",
    {
        "no_signed_info": ("ds:SignedInfo>", "ds:Signed>"),
        "no_digest_value": ("ds:DigestValue>", "ds:Digest>"),
        "no_digest_method": ("<ds:DigestMethod ", "<ds:Digest "),
        "no_algorithm": ("<ds:SignatureMethod Algorithm", "<ds:SignatureMethod Name"),
        "no_canonicalization": ("<ds:CanonicalizationMethod ", "<ds:Other "),
        "no_canonical_algorithm": (
            "<ds:CanonicalizationMethod Algorithm",
            "<ds:CanonicalizationMethod Name",
        ),
        "no_transforms": ("ds:Transforms>", "ds:Other>"),
        "no_uri": ("<ds:Reference URI", "<ds:Reference Name"),
        "no_signature_value": ("ds:SignatureValue>", "ds:Other>"),
        "a_value_that_is_no_base64": ("<ds:SignatureValue>", "<ds:SignatureValue>\u00e9*"),
        "a_value_with_padding": ("<ds:SignatureValue>", "<ds:SignatureValue>===="),
        "a_digest_that_is_no_base64": ("<ds:DigestValue>", "<ds:DigestValue>\u00e9*"),
        "a_prefix_list": (
            '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>',
            f'<ds:Transform Algorithm="{EXCLUSIVE}">{_PREFIXES}</ds:Transform>',
        ),
        "another_canonical_form": (
            'Method Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            'Method Algorithm="http://www.w3.org/2006/12/xml-c14n11"',
        ),
    },
    lambda case: _with_part(*case),
)


# -- forms -------------------------------------------------------------------------------------


def _form(**fields):
    return lambda scene: scene.sheet().form(**fields)


class _Odd(str):
    """A text of another class."""

    __slots__ = ()


SIZES.table(
    "SAML Bindings 3.5: a form has two fields of text; anything else is none.",
    {
        "message_none": {"SAMLResponse": None},
        "message_number": {"SAMLResponse": 7},
        "message_list": {"SAMLResponse": ["a", "b"]},
        "message_bytes": {"SAMLResponse": b"PHg+"},
        "message_empty": {"SAMLResponse": ""},
        "message_no_base64": {"SAMLResponse": "%%%%"},
        "message_not_ascii": {"SAMLResponse": "\u00e9\u00e9\u00e9\u00e9"},
        "message_surrogate": {"SAMLResponse": "\ud800"},
        "message_one_character": {"SAMLResponse": "A"},
        "message_huge": {"SAMLResponse": "A" * 4_000_000},
        "state_none": {"RelayState": None},
        "state_list": {"RelayState": ["x"]},
        "state_bytes": {"RelayState": b"x"},
        "state_surrogate": {"RelayState": "\ud800"},
        "state_huge": {"RelayState": "x" * 1_000_000},
        "state_empty": {"RelayState": ""},
        "state_address": {"RelayState": "https://evil.example/"},
        "state_zero": {"RelayState": "\x00"},
    },
    lambda case: _form(**case),
)


@SIZES(*BOTH)
def no_fields(scene):
    """A form without anything in it."""
    return {}


@SIZES(*BOTH)
def no_state(scene):
    """An answer without RelayState is to nobody's question."""
    form = scene.sheet().form()
    del form["RelayState"]
    return form


@SIZES(*BOTH)
def names_in_lower_case(scene):
    """The names of fields are spelt in one way."""
    return {name.lower(): value for name, value in scene.sheet().form().items()}


@SIZES(*BOTH)
def a_deflated_bomb(scene):
    """CVE-2025-25293: compressed, by POST, with megabytes inside."""
    packer = zlib.compressobj(wbits=-15)
    raw = packer.compress(b"<" + b"a" * 5_000_000) + packer.flush()
    return scene.sheet().form(raw)


@SIZES(*BOTH)
def a_deflated_answer(scene):
    """The Redirect binding's spelling is not read by POST: its signature would be elsewhere."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    packer = zlib.compressobj(wbits=-15)
    return sheet.form(packer.compress(sheet.text.encode()) + packer.flush())


@SIZES(*BOTH, may_be_read=True)
def the_alphabet_of_urls(scene):
    """Base64 in the other alphabet, without padding: the same message or none."""
    sheet = scene.sheet()
    raw = base64.urlsafe_b64encode(sheet.text.encode()).rstrip(b"=").decode()
    return sheet.form(SAMLResponse=raw)


@SIZES(*BOTH, may_be_read=True)
def a_text_of_another_class(scene):
    """A framework may hand over a kind of str."""
    form = scene.sheet().form()
    return {name: _Odd(value) for name, value in form.items()}


@SIZES(*BOTH, may_be_read=True)
def more_fields(scene):
    """A request, a logout and an artifact beside it: they say nothing."""
    return scene.sheet().form(SAMLRequest="x", SAMLart="x", wresult="<x/>", id_token="x")
