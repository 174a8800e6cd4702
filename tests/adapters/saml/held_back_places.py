"""Held-back wrapping, place by place: wherever a schema lets the signed assertion hide.

A forged assertion stands where one is read. The true one is put somewhere else, and its signature
stays with it, goes over to the forged one, or is in both.
"""

from __future__ import annotations

import base64
import hashlib
from itertools import product

from lxml import etree
from tests.adapters.saml.held_back_saml import BOTH, Battery, disguised, forged_of, half, posted
from tests.adapters.saml.held_back_signer import (
    DS,
    NAMES,
    SAML,
    SAMLP,
    canonical,
    copied,
    element,
    find,
    unsigned,
)

PLACES = Battery()
_FOREIGN = "urn:example:foreign"
_OWN = "./ds:Signature"


def _first(parent, path):
    return parent.xpath(path, namespaces=NAMES)[0]


def _into(path, *outer):
    """Return what puts an element there, within new ones if any are named."""

    def put(holder, hidden):
        for space, name in reversed(outer):
            hidden = element(space, name, hidden)
        _first(holder, path).append(hidden)

    return put


IN_THE_FORGED = {
    "subject": _into("./saml:Subject"),
    "name": _into("./saml:Subject/saml:NameID"),
    "confirmation": _into(".//saml:SubjectConfirmationData"),
    "issuer": _into("./saml:Issuer"),
    "condition": _into("./saml:Conditions", (SAML, "Condition")),
    "context": _into(".//saml:AuthnContext", (SAML, "AuthnContextDecl")),
    "attribute": _into(".//saml:Attribute"),
    "value": _into(".//saml:AttributeValue"),
    "advice": _into(".", (SAML, "Advice")),
    "statement": _into(".", (SAML, "Statement")),
    "evidence": _into(".", (SAML, "AuthzDecisionStatement"), (SAML, "Evidence")),
    "extension": _into(".", (_FOREIGN, "Any")),
}
IN_THE_RESPONSE = {
    "extensions": _into(".", (SAMLP, "Extensions")),
    "detail": _into("./samlp:Status", (SAMLP, "StatusDetail")),
    "code": _into("./samlp:Status/samlp:StatusCode"),
    "sender": _into("./saml:Issuer"),
    "encrypted": _into(".", (SAML, "EncryptedAssertion")),
    "foreign": _into(".", (_FOREIGN, "Any")),
    "beside": _into("."),
}
SIGNATURES = ("stays", "goes", "doubles")


def _hidden(put, in_the_forged, what, same_name):
    def make(scene):
        sheet = half(scene)
        true, forged = sheet.assertion, forged_of(sheet)
        if same_name:
            forged.set("ID", true.get("ID"))
        if what != "stays":
            signature = find(true, _OWN)
            forged.insert(1, copied(signature) if what == "doubles" else signature)
        sheet.root.replace(true, forged)
        put(forged if in_the_forged else sheet.root, true)
        return posted(scene, sheet)

    return make


for (_place, _put), _what in product((IN_THE_FORGED | IN_THE_RESPONSE).items(), SIGNATURES):
    PLACES.add(
        f"hidden_in_{_place}_its_signature_{_what}",
        "Somorovsky and others, On Breaking SAML: what is verified is not what is read.",
        _hidden(_put, _place in IN_THE_FORGED, _what, _what == "goes"),
        *BOTH,
    )


# -- a signature with two contents ---------------------------------------------------------------


def _digest(changed):
    return base64.b64encode(hashlib.sha256(canonical(unsigned(changed))).digest()).decode()


def _rewritten(change):
    """Return the true answer with another's data, and its signature changed to fit them."""

    def make(scene):
        sheet = half(scene)
        true = sheet.assertion
        forged = disguised(true)
        sheet.root.replace(true, forged)
        change(find(forged, _OWN), _digest(forged))
        return posted(scene, sheet)

    return make


def _other_info(signature, digest):
    """Return what was signed once more, about other content."""
    other = copied(signature[0])
    find(other, ".//ds:DigestValue").text = digest
    return other


def _true_info_in_an_object(signature, digest):
    other = _other_info(signature, digest)
    true = signature[0]
    signature.replace(true, other)
    signature.append(element(DS, "Object", true))


def _true_info_within_the_other(signature, digest):
    other = _other_info(signature, digest)
    other.append(signature[0])
    signature.insert(0, other)


def _other_info_in_a_signature_before(signature, digest):
    others = [_other_info(signature, digest), *map(copied, signature[1:])]
    signature.addprevious(element(DS, "Signature", *others))


def _in_the_digest(write):
    def change(signature, digest):
        value = find(signature, ".//ds:DigestValue")
        write(value, digest, value.text)

    return change


def _filled(value, text, inner=None, tail=None):
    value.text = text
    if inner is not None:
        inner.tail = tail
        value.append(inner)


def _child(text):
    inner = etree.Element(f"{{{DS}}}DigestValue")
    inner.text = text
    return inner


PLACES.table(
    "CVE-2025-29774, CVE-2025-29775: what is verified and what is compared are one.",
    {
        "true_info_in_an_object": _true_info_in_an_object,
        "true_info_within_the_other": _true_info_within_the_other,
        "other_info_in_a_signature_before": _other_info_in_a_signature_before,
        "digest_of_the_other": _in_the_digest(lambda v, new, _old: _filled(v, new)),
        "digest_in_a_comment": _in_the_digest(
            lambda v, new, old: _filled(v, None, etree.Comment(new), old)
        ),
        "digest_before_a_comment": _in_the_digest(
            lambda v, new, old: _filled(v, new, etree.Comment(old))
        ),
        "digest_around_a_comment": _in_the_digest(
            lambda v, new, old: _filled(v, new, etree.Comment(" "), old)
        ),
        "digest_in_an_instruction": _in_the_digest(
            lambda v, new, old: _filled(v, None, etree.ProcessingInstruction("x", new), old)
        ),
        "digest_before_a_child": _in_the_digest(lambda v, new, old: _filled(v, new, _child(old))),
        "digest_after_a_child": _in_the_digest(
            lambda v, new, old: _filled(v, None, _child(new), old)
        ),
        "digest_beside_a_digest": _in_the_digest(
            lambda v, new, old: _filled(v, f"{new} {old}"),
        ),
        "digest_that_is_no_base64": _in_the_digest(lambda v, new, _old: _filled(v, f"{new}\u00e9")),
    },
    _rewritten,
)
