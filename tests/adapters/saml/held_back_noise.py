"""Held-back messages that no provider writes: broken, huge, deep, spelt in strange ways."""

from __future__ import annotations

from lxml import etree
from tests.adapters.saml.held_back_saml import BOTH, VICTIM, VISITOR, Battery, disguised
from tests.adapters.saml.held_back_signer import swapped

from registrazione.testing.saml_idp import attributes_of

NOISE = Battery()
_CODE = attributes_of(VISITOR)["fiscalNumber"]
_NAME = f">{attributes_of(VISITOR)['name']}<"
_DECLARED = '<?xml version="1.0" encoding="{}"?>'


# -- documents ---------------------------------------------------------------------------------


def _with_doctype(subset, *edits):
    return lambda scene: _doctype(scene.sheet(), subset, edits)


def _doctype(sheet, subset, edits):
    return sheet.form(f"<!DOCTYPE Response {subset}>{swapped(sheet.text, *edits)}")


_LAUGH = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
NOISE.table(
    "OWASP XXE: a document type is none of a SAML message's.",
    {
        "doctype_bare": ("",),
        "doctype_external": ('SYSTEM "http://169.254.169.254/latest"',),
        "doctype_public": ('PUBLIC "-//X" "file:///etc/hostname"',),
        "doctype_entity": (
            '[<!ENTITY x SYSTEM "file:///etc/hostname">]',
            (_NAME, ">&x;<"),
        ),
        "doctype_parameter_entity": ('[<!ENTITY % x SYSTEM "file:///etc/x"> %x;]',),
        "doctype_laughs": (f'[<!ENTITY l0 "lol">{_LAUGH}]', (_NAME, ">&l9;<")),
        "doctype_quadratic": (f'[<!ENTITY x "{"x" * 50_000}">]', (_NAME, f">{'&x;' * 2_000}<")),
        "doctype_default_attribute": (
            '[<!ATTLIST saml:Assertion xml:id ID "_evil" ID ID #IMPLIED>]',
        ),
        "doctype_namespace_entity": (
            '[<!ENTITY n "urn:oasis:names:tc:SAML:2.0:protocol">]',
            ('"urn:oasis:names:tc:SAML:2.0:protocol"', '"&n;"'),
        ),
    },
    lambda case: _with_doctype(*case),
)


@NOISE(*BOTH)
def an_entity_nobody_declared(scene):
    """A reference to nothing is no character."""
    sheet = scene.sheet()
    return sheet.form(swapped(sheet.text, (_NAME, ">&nbsp;<")))


@NOISE(*BOTH)
def xinclude(scene):
    """XInclude: the message asks for a file."""
    sheet = scene.sheet()
    include = '><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/><'
    return sheet.form(swapped(sheet.text, (_NAME, include)))


@NOISE(*BOTH, may_be_read=True)
def a_stylesheet_before_it(scene):
    """A processing instruction before the root asks for a stylesheet."""
    sheet = scene.sheet()
    return sheet.form(f'<?xml-stylesheet href="http://evil.example/x.xsl"?>{sheet.text}')


@NOISE(*BOTH)
def an_instruction_in_a_value(scene):
    """Hacktricks 2727: a processing instruction parts a signed value (the provider signed it)."""
    cut = f"{_CODE[:10]}<?x y?>{_CODE[10:]}"
    return scene.sheet(edits=((_CODE, cut),)).form()


# -- comments: what is read is the whole, or nothing ----------------------------------------------


def _with_comment(before, after):
    def make(scene):
        sheet = scene.sheet()
        return sheet.form(swapped(sheet.text, (before, after)))

    return make


_SUBJECT = attributes_of(VISITOR)["spidCode"]
NOISE.table(
    "CVE-2017-11427: a comment cuts a signed value in two.",
    {
        "comment_in_the_code": (_CODE, f"{_CODE[:14]}<!---->{_CODE[14:]}"),
        "comment_before_the_code": (_CODE, f"<!--x-->{_CODE}"),
        "comment_after_the_code": (_CODE, f"{_CODE}<!--{VICTIM.codice_fiscale}-->"),
        "comment_in_the_subject": (_SUBJECT, f"{_SUBJECT[:6]}<!---->{_SUBJECT[6:]}"),
        "comment_in_the_name_id": (">_", "><!---->_"),
        "comment_in_the_audience": ("e.example/spid<", "e.exam<!---->ple/spid<"),
        "comment_in_the_issuer": (">https://idp.example<", ">https://<!---->idp.example<"),
        "comment_in_the_level": ("it/SpidL2<", "it/Spid<!---->L2<"),
        "section_of_characters": (_CODE, f"<![CDATA[{_CODE[:8]}]]>{_CODE[8:]}"),
        "reference_to_a_character": (_CODE, f"&#x54;{_CODE[1:]}"),
    },
    lambda case: _with_comment(*case),
    may_be_read=True,
)


def _longer(name, tail):
    """Make an answer about somebody whose value begins with the victim's, cut after that."""

    def make(scene):
        mine = attributes_of(VISITOR)[name]
        his = attributes_of(VICTIM)[name]
        sheet = scene.sheet(edits=((f">{mine}<", f">{his}{tail}<"),))
        return sheet.form(swapped(sheet.text, (f">{his}{tail}<", f">{his}<!---->{tail}<")))

    return make


for _serial, (_name, _tail) in enumerate(
    (
        ("fiscalNumber", ".evil.example"),
        ("fiscalNumber", "X"),
        ("fiscalNumber", "@evil"),
    )
):
    NOISE.add(
        f"cut_{_name}_{_serial}",
        "CVE-2017-11427: the account of the attacker begins with the victim's identifier.",
        _longer(_name, _tail),
        *BOTH,
    )


# -- encodings ---------------------------------------------------------------------------------


@NOISE(*BOTH, may_be_read=True)
def utf_16(scene):
    """The same message in another encoding."""
    sheet = scene.sheet()
    return sheet.form((_DECLARED.format("UTF-16") + sheet.text).encode("utf-16"))


@NOISE(*BOTH, may_be_read=True)
def a_mark_before_it(scene):
    """A byte order mark comes first."""
    sheet = scene.sheet()
    return sheet.form(b"\xef\xbb\xbf" + sheet.text.encode())


@NOISE(*BOTH)
def utf_7(scene):
    """UTF-7 hides what a filter looks for."""
    sheet = scene.sheet()
    evil = disguised(sheet.root)
    text = etree.tostring(evil).decode()
    return sheet.form((_DECLARED.format("UTF-7") + text).encode("utf-7"))


def _bytes(change):
    return lambda scene: scene.sheet().bent(lambda text: change(text.encode()))


NOISE.table(
    "XML 1.0: what is not well-formed is not read.",
    {
        "no_bytes": lambda _: b"",
        "one_byte": lambda _: b"<",
        "zeros": lambda _: bytes(1_000),
        "half_of_it": lambda raw: raw[: len(raw) // 2],
        "twice_in_a_row": lambda raw: raw + raw,
        "a_zero_in_a_value": lambda raw: raw.replace(b"Adele<", b"Ad\x00ele<"),
        "half_a_character": lambda raw: raw.replace(b"Adele<", b"Ad\xc3<"),
        "a_surrogate": lambda raw: raw.replace(b"Adele<", b"\xed\xa0\x80<"),
        "a_forbidden_reference": lambda raw: raw.replace(b"Adele<", b"&#0;<"),
        "a_huge_reference": lambda raw: raw.replace(b"Adele<", b"&#x110000;<"),
        "an_encoding_of_nobody": lambda raw: b'<?xml version="1.0" encoding="x"?>' + raw,
        "xml_1_1": lambda raw: b'<?xml version="1.1"?>' + raw.replace(b"Adele<", b"&#1;<"),
        "an_attribute_twice": lambda raw: raw.replace(b' Version="2.0"', b' Version="2.0"' * 2),
        "a_prefix_of_nobody": lambda raw: raw.replace(b"<samlp:Status>", b"<x:Status>"),
        "text_after_the_end": lambda raw: raw + b"x",
    },
    _bytes,
)
