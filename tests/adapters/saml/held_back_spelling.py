"""Held-back attacks on how a signature is spelt: comments, copies, transforms."""

from __future__ import annotations

import base64
import hashlib

from tests.adapters.saml.held_back_saml import BOTH, VISITOR, Battery, Sheet, disguised
from tests.adapters.saml.held_back_signer import (
    DS,
    ENVELOPED,
    EXCLUSIVE,
    Hand,
    assertion_of,
    canonical,
    copied,
    find,
    read,
    seal,
    swapped,
)

from registrazione.testing.saml_idp import attributes_of

SPELLING = Battery()
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_VALUE = "<ds:SignatureValue>"


# -- spelling ----------------------------------------------------------------------------------


def _forged(scene):
    """Return a true answer and the same about the victim, with the signatures of the first."""
    sheet = scene.sheet()
    return sheet, disguised(sheet.root)


def _digest(element):
    bare = copied(element)
    for signature in bare.findall(f"{{{DS}}}Signature"):
        bare.remove(signature)
    return base64.b64encode(hashlib.sha256(canonical(bare)).digest()).decode()


def _samlstorm(template):
    def make(scene):
        sheet, evil = _forged(scene)
        for element in (assertion_of(evil), evil):
            signature = element.find(f"{{{DS}}}Signature")
            value = find(signature, "ds:SignedInfo/ds:Reference/ds:DigestValue")
            written = template.format(evil=_digest(element), true=value.text)
            value.getparent().replace(
                value, read(f'<ds:DigestValue xmlns:ds="{DS}">{written}</ds:DigestValue>')
            )
        return sheet.form(evil)

    return make


for _index, _template in enumerate(
    (
        "<!--{evil}-->{true}",
        "{true}<!--{evil}-->",
        "<?x {evil}?>{true}",
        "{evil}<!--{true}-->",
        "<ds:DigestValue>{evil}</ds:DigestValue>{true}",
    )
):
    SPELLING.add(
        f"samlstorm_{_index}",
        "CVE-2025-29775: a comment in DigestValue is no part of what was signed.",
        _samlstorm(_template),
        *BOTH,
    )


def _second_signed_info(at):
    def make(scene):
        sheet, evil = _forged(scene)
        for element in (assertion_of(evil), evil):
            signature = element.find(f"{{{DS}}}Signature")
            again = copied(signature[0])
            find(again, "ds:Reference/ds:DigestValue").text = _digest(element)
            signature.insert(at, again)
        return sheet.form(evil)

    return make


for _at in (0, 1, 3):
    SPELLING.add(
        f"two_signed_infos_{_at}",
        "CVE-2025-29774: two SignedInfo, one of which was signed.",
        _second_signed_info(_at),
        *BOTH,
    )


@SPELLING(*BOTH)
def two_signature_values(scene):
    """Two values: one fits the key, the other fits nothing."""
    sheet = scene.sheet()
    return sheet.changed((_VALUE, f"<ds:SignatureValue>AAAA</ds:SignatureValue>{_VALUE}"))


@SPELLING(*BOTH)
def no_signature_anywhere(scene):
    """CVE-2026-28323: whoever leaves the signature out is not let in for that."""
    asked = scene.ask()
    draft = scene.draft(asked, sign_assertion=False, sign_response=False)
    return scene.sealed(asked, draft).form()


@SPELLING()
def the_response_alone_is_signed(scene):
    """spid-saml-check: SPID's assertions are signed themselves."""
    return scene.sheet(sign_assertion=False).form()


@SPELLING()
def the_assertion_alone_is_signed(scene):
    """SPID's responses are signed as well."""
    return scene.sheet(sign_response=False).form()


def _with_transforms(*transforms):
    return lambda scene: scene.sheet(Hand(transforms=transforms)).form()


_XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
for _name, _transforms in {
    "xpath": (ENVELOPED, _XPATH, EXCLUSIVE),
    "xslt": (ENVELOPED, _XSLT, EXCLUSIVE),
    "base64": (ENVELOPED, f"{DS}base64", EXCLUSIVE),
    "unknown": (ENVELOPED, "urn:nothing", EXCLUSIVE),
    "hundreds": (ENVELOPED, *(EXCLUSIVE,) * 400),
}.items():
    SPELLING.add(
        f"transform_{_name}",
        "A transform that may leave out, or make up, what is read; or that costs without end.",
        _with_transforms(*_transforms),
        *BOTH,
    )


@SPELLING(*BOTH)
def xslt_that_reads_files(scene):
    """XSLT before the signature is looked at: a stylesheet in an unsigned transform."""
    sheet = scene.sheet()
    sheet_of_style = (
        f'<ds:Transform Algorithm="{_XSLT}"><xsl:stylesheet version="1.0" '
        'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        "<xsl:value-of select=\"document('file:///etc/hostname')\"/></xsl:template>"
        "</xsl:stylesheet></ds:Transform>"
    )
    return sheet.changed(("<ds:Transforms>", f"<ds:Transforms>{sheet_of_style}"))


@SPELLING(*BOTH)
def the_signature_moves_to_the_end(scene):
    """The schema puts the signature after the issuer; elsewhere it may be another's."""
    sheet = scene.sheet(sign_response=False)
    sheet.assertion.append(find(sheet.assertion, "ds:Signature"))
    if scene.profile != "saml2":
        seal(sheet.root, scene.idp.key)
    return Sheet(sheet.asked, sheet.root).form(disguised(sheet.root))


@SPELLING(*BOTH)
def the_digest_is_cut(scene):
    """CVE-2009-0217: a shorter digest is easier to meet."""
    sheet, evil = _forged(scene)
    for value in evil.iter(f"{{{DS}}}DigestValue"):
        value.text = value.text[:4]
    return sheet.form(evil)


@SPELLING(*BOTH)
def hmac_output_length(scene):
    """CVE-2009-0217: HMACOutputLength leaves one bit to guess."""
    cut = "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"

    def edit(info):
        return swapped(info, (f'{_MORE}hmac-sha256"/>', f'{_MORE}hmac-sha256">{cut}'))

    hand = Hand(method=f"{_MORE}hmac-sha256", sign=lambda _: b"\x00", edit=edit)
    return scene.about_the_victim(hand)


@SPELLING(*BOTH)
def an_object_that_is_signed_instead(scene):
    """An enveloping signature: what is signed is in the signature, the rest is not."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    content = read(f'<ds:Object xmlns:ds="{DS}" ID="_object">nothing</ds:Object>')
    signature = seal(content, scene.idp.key, at=0)
    content.remove(signature)
    signature.append(content)
    sheet.root.replace(sheet.assertion, disguised(sheet.assertion))
    sheet.assertion.insert(1, signature)
    if scene.profile != "saml2":
        seal(sheet.root, scene.idp.key)
    return sheet.form()


@SPELLING(*BOTH)
def a_value_between_the_signatures(scene):
    """Each signature by itself is true, but of two answers: one was made for another sign-in."""
    asked = scene.ask()
    first, second = scene.sheet(asked=asked), scene.sheet()
    first.root.replace(first.assertion, copied(second.assertion))
    return first.form(swapped(first.text, (attributes_of(VISITOR)["name"], "Adele")))
