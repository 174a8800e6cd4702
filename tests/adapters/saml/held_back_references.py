"""Held-back attacks on what a signature refers to, and on what stands beside it."""

from __future__ import annotations

from lxml import etree
from tests.adapters.saml.held_back_saml import (
    BOTH,
    VICTIM,
    VISITOR,
    Battery,
    disguised,
    forged_of,
    half,
    posted,
)
from tests.adapters.saml.held_back_signer import (
    DS,
    SAML,
    SAMLP,
    Hand,
    copied,
    element,
    find,
    read,
    seal,
    swapped,
    unsigned,
)

from registrazione.testing.saml_idp import attributes_of

REFERENCES = Battery()
_SIGNATURE = f"{{{DS}}}Signature"


@REFERENCES(*BOTH)
def two_ids_on_one_element(scene):
    """Attribute pollution (The Fragile Lock): a second ID, in a namespace, names the signed one."""
    sheet = half(scene)
    evil = disguised(sheet.assertion, ID="_evil")
    evil.set(f"{{{SAMLP}}}ID", sheet.assertion.get("ID"))
    find(sheet.root, "samlp:Status").append(
        element(SAMLP, "StatusDetail", unsigned(sheet.assertion))
    )
    sheet.root.replace(sheet.assertion, evil)
    return posted(scene, sheet)


def _other_spelling(attribute):
    def make(scene):
        sheet = half(scene)
        name = sheet.assertion.get("ID")
        evil = disguised(sheet.assertion)
        bare = unsigned(sheet.assertion)
        del bare.attrib["ID"]
        bare.set(attribute, name)
        evil.append(bare)
        sheet.root.replace(sheet.assertion, evil)
        return posted(scene, sheet)

    return make


for _attribute in ("Id", "id", "AssertionID", "{http://www.w3.org/XML/1998/namespace}id"):
    REFERENCES.add(
        f"id_spelt_{_attribute.rpartition('}')[2]}_{len(_attribute)}",
        "The reference leads to an attribute that other verifiers take for an ID too.",
        _other_spelling(_attribute),
        *BOTH,
    )


@REFERENCES(*BOTH)
def the_signature_is_of_a_sibling(scene):
    """The signature in the assertion refers to an element beside it."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    note = read('<n:Note xmlns:n="urn:note" ID="_note"><n:Text/></n:Note>')
    signature = seal(note, scene.idp.key, at=0)
    sheet.root.insert(1, note)
    sheet.assertion.insert(1, copied(signature))
    return posted(scene, sheet)


def _with_target(target):
    def make(scene):
        """Return an assertion whose signature names its target so."""
        sheet = scene.sheet(Hand(target=target), sign_response=False)
        sheet.root.replace(sheet.assertion, disguised(sheet.assertion))
        return posted(scene, sheet)

    return make


for _index, _target in enumerate(
    ("", "#", "#xpointer(/)", "#xpointer(id('_evil'))", "https://idp.example/signed", "file:///etc")
):
    REFERENCES.add(
        f"reference_{_index}",
        "A signed reference to something else than the element it stands in.",
        _with_target(_target),
        *BOTH,
    )


@REFERENCES(*BOTH)
def a_second_reference(scene):
    """Two references in one signature: the first is true, the second is what is read."""
    sheet = half(scene)
    note = '<ds:Reference URI="#_other"><ds:DigestMethod Algorithm="x"/></ds:Reference>'
    hand = Hand(edit=lambda info: info.replace("</ds:SignedInfo>", f"{note}</ds:SignedInfo>"))
    twice = scene.sealed(sheet.asked, scene.draft(sheet.asked), hand)
    return twice.form()


@REFERENCES(*BOTH)
def no_reference_at_all(scene):
    """XML-DSig asks for one reference or more: a signature of nothing signs nothing."""

    def without(info):
        start, end = info.index("<ds:Reference"), info.index("</ds:SignedInfo>")
        return info[:start] + info[end:]

    return scene.sheet(Hand(edit=without)).form()


@REFERENCES(*BOTH)
def a_reference_in_another_namespace(scene):
    """lestrrat/helium 559: what looks like a reference is in a foreign namespace."""

    def foreign(info):
        opened = swapped(info, ("<ds:Reference", '<e:Reference xmlns:e="urn:e"'))
        return swapped(opened, ("</ds:Reference", "</e:Reference"))

    return scene.sheet(Hand(edit=foreign)).form()


@REFERENCES("saml2", may_be_read=True)
def a_forged_assertion_of_another_version(scene):
    """Namespace confusion: an assertion of SAML 1.0 stands before the signed one."""
    sheet = half(scene)
    text = etree.tostring(forged_of(sheet)).decode()
    older = text.replace(SAML, "urn:oasis:names:tc:SAML:1.0:assertion")
    sheet.assertion.addprevious(read(older))
    return posted(scene, sheet)


@REFERENCES("saml2", may_be_read=True)
def forged_attributes_outside_the_assertion(scene):
    """An unsigned response brings a statement of its own about the victim."""
    sheet = half(scene)
    statement = find(forged_of(sheet), "saml:AttributeStatement")
    sheet.root.insert(1, element(SAMLP, "Extensions", statement))
    return posted(scene, sheet)


@REFERENCES("saml2")
def forged_attributes_beside_the_assertion(scene):
    """A statement of the victim's attributes takes the place of Adele's, signature kept."""
    sheet = half(scene)
    evil = find(forged_of(sheet), "saml:AttributeStatement")
    genuine = sheet.assertion
    genuine.replace(find(genuine, "saml:AttributeStatement"), evil)
    return posted(scene, sheet)


@REFERENCES(*BOTH)
def a_value_changed(scene):
    """The plainest of all: one signed value is another's."""
    sheet = scene.sheet()
    old, new = (attributes_of(person)["fiscalNumber"] for person in (VISITOR, VICTIM))
    return sheet.form(swapped(sheet.text, (old, new)))
