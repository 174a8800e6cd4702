"""Held-back attacks that put something signed where something else is read."""

from __future__ import annotations

from lxml import etree
from tests.adapters.saml.held_back_saml import (
    BOTH,
    VICTIM,
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
    assertion_of,
    copied,
    element,
    find,
    read,
    seal,
    unsigned,
)

WRAPPING = Battery()
_SIGNATURE = f"{{{DS}}}Signature"


def _object(*children):
    """Return an Object of XML-DSig, a place for anything."""
    made = etree.Element(f"{{{DS}}}Object", nsmap={"ds": DS})
    made.extend(children)
    return made


def _evil_response(sheet):
    """Return the whole answer once more, about the victim and without any signature."""
    root = disguised(unsigned(sheet.root), ID="_evilresponse")
    for signature in root.iter(_SIGNATURE):
        signature.getparent().remove(signature)
    assertion_of(root).set("ID", "_evil")
    return root


@WRAPPING(*BOTH)
def xsw_1(scene):
    """XSW 1: a forged response whose signature has the signed response below it."""
    sheet = scene.sheet()
    evil = _evil_response(sheet)
    signature = copied(find(sheet.root, "ds:Signature"))
    signature.append(_object(copied(sheet.root)))
    evil.insert(1, signature)
    return sheet.form(evil)


@WRAPPING(*BOTH)
def xsw_2(scene):
    """XSW 2: the signed response stands before a detached signature, in a forged one."""
    sheet = scene.sheet()
    evil = _evil_response(sheet)
    evil.insert(1, unsigned(sheet.root))
    evil.insert(2, copied(find(sheet.root, "ds:Signature")))
    return sheet.form(evil)


@WRAPPING(*BOTH)
def xsw_3(scene):
    """XSW 3: a forged assertion stands before the signed one."""
    sheet = half(scene)
    sheet.assertion.addprevious(forged_of(sheet))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def xsw_4(scene):
    """XSW 4: the signed assertion stands in a forged one."""
    sheet = half(scene)
    evil = forged_of(sheet)
    evil.append(copied(sheet.assertion))
    sheet.root.replace(sheet.assertion, evil)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def xsw_5(scene):
    """XSW 5: a forged assertion has the signature, what it is of follows at the end."""
    sheet = half(scene)
    evil = forged_of(sheet)
    evil.insert(1, copied(find(sheet.assertion, "ds:Signature")))
    bare = unsigned(sheet.assertion)
    sheet.root.replace(sheet.assertion, evil)
    sheet.root.append(bare)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def xsw_6(scene):
    """XSW 6: a forged assertion has the signature, what it is of is inside that."""
    sheet = half(scene)
    evil = forged_of(sheet)
    signature = copied(find(sheet.assertion, "ds:Signature"))
    signature.append(unsigned(sheet.assertion))
    evil.insert(1, signature)
    sheet.root.replace(sheet.assertion, evil)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def xsw_7(scene):
    """XSW 7: the forged assertion stands in the extensions of the response."""
    sheet = half(scene)
    sheet.root.insert(1, element(SAMLP, "Extensions", forged_of(sheet)))
    genuine = sheet.assertion
    genuine.getparent().remove(genuine)
    sheet.root[1].append(genuine)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def xsw_8(scene):
    """XSW 8: the signed assertion stands in an Object of the forged one's signature."""
    sheet = half(scene)
    evil = forged_of(sheet)
    signature = copied(find(sheet.assertion, "ds:Signature"))
    signature.append(_object(unsigned(sheet.assertion)))
    evil.insert(1, signature)
    sheet.root.replace(sheet.assertion, evil)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def one_id_for_two_the_forged_one_first(scene):
    """CVE-2024-45409: the forged assertion has the ID of the signed one, and comes first."""
    sheet = half(scene)
    name = sheet.assertion.get("ID")
    sheet.assertion.addprevious(disguised(unsigned(sheet.assertion), ID=name))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def one_id_for_two_the_signed_one_hidden(scene):
    """The signed one hides in the status, a forged one with its ID and signature is read."""
    sheet = half(scene)
    hidden = copied(sheet.assertion)
    find(sheet.root, "samlp:Status").append(element(SAMLP, "StatusDetail", hidden))
    sheet.root.replace(sheet.assertion, disguised(sheet.assertion))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def extensions_hide_the_signed_one(scene):
    """OneUptime 2949: the signed one is in the extensions, its signature is copied outside."""
    sheet = half(scene)
    sheet.root.insert(1, element(SAMLP, "Extensions", copied(sheet.assertion)))
    genuine = sheet.assertion
    sheet.root.replace(genuine, disguised(genuine))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def advice_holds_the_signed_one(scene):
    """XSW through Advice: evidence that somebody else once signed in."""
    sheet = half(scene)
    evil = forged_of(sheet)
    conditions = find(evil, "saml:Conditions")
    conditions.addnext(element(SAML, "Advice", copied(sheet.assertion)))
    sheet.root.replace(sheet.assertion, evil)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def a_second_signature_repeats_the_value(scene):
    """OneUptime 2981: a decoy with the same SignatureValue is cut out before the digest."""
    sheet = scene.sheet()
    decoy = copied(find(sheet.root, "ds:Signature"))
    decoy.append(_object(forged_of(sheet)))
    find(sheet.root, "ds:Signature").addnext(decoy)
    return sheet.form()


@WRAPPING(*BOTH)
def a_signed_failure_carries_a_forged_assertion(scene):
    """OneUptime 2981: a refusal that the provider did sign becomes a wrapper."""
    asked = scene.ask()
    sheet = scene.sheet(asked=asked)
    root = read(scene.idp._refused(asked, 25))
    seal(root, scene.idp.key)
    decoy = copied(find(root, "ds:Signature"))
    decoy.append(_object(forged_of(sheet)))
    root.insert(2, decoy)
    return sheet.form(root)


@WRAPPING(*BOTH)
def a_signed_failure_with_a_success_before_it(scene):
    """Two states of one response: the forged success is read first."""
    asked = scene.ask()
    sheet = scene.sheet(asked=asked)
    root = read(scene.idp._refused(asked, 25))
    seal(root, scene.idp.key)
    root.insert(1, copied(find(sheet.root, "samlp:Status")))
    root.append(forged_of(sheet))
    return sheet.form(root)


@WRAPPING(*BOTH)
def metadata_vouch(scene):
    """spid-saml-check 112: the provider's signed metadata stand where the signature should."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    sheet.root.insert(0, read(scene.idp.metadata()))
    sheet.root.replace(sheet.assertion, forged_of(sheet))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def metadata_lend_their_signature(scene):
    """spid-saml-check 113: the metadata's signature stands in the forged assertion."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    metadata = read(scene.idp.metadata())
    evil = forged_of(sheet)
    evil.set("ID", metadata.get("ID"))
    signature = metadata.find(_SIGNATURE)
    evil.insert(1, signature)
    sheet.root.replace(sheet.assertion, evil)
    sheet.root.append(metadata)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def another_signed_message_inside(scene):
    """Issue 634 of samlify turned round: the provider's signed logout request lends its name."""
    sheet = scene.sheet(sign_response=False, sign_assertion=False)
    logout = read(
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_logout" '
        f'Version="2.0"><saml:Issuer>https://idp.example</saml:Issuer></samlp:LogoutRequest>'
    )
    seal(logout, scene.idp.key)
    sheet.root.insert(1, logout)
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def the_response_is_not_the_root(scene):
    """A signed response stands below a forged one that has nothing signed of its own."""
    sheet = scene.sheet()
    evil = _evil_response(sheet)
    evil.append(copied(sheet.root))
    return sheet.form(evil)


@WRAPPING(*BOTH)
def an_envelope_around_it(scene):
    """The root is no response: SOAP carries it."""
    sheet = scene.sheet()
    root = element("http://schemas.xmlsoap.org/soap/envelope/", "Envelope", copied(sheet.root))
    return sheet.form(root)


@WRAPPING(*BOTH)
def an_artifact_response_around_it(scene):
    """The root is a response of another kind."""
    sheet = scene.sheet()
    root = element(SAMLP, "ArtifactResponse", copied(sheet.root), ID="_artifact")
    return sheet.form(root)


@WRAPPING(*BOTH)
def the_assertion_alone(scene):
    """The root is the signed assertion, with nothing around it."""
    sheet = scene.sheet()
    return sheet.form(copied(sheet.assertion))


@WRAPPING(*BOTH)
def two_signed_assertions(scene):
    """Two people in one answer, both signed: nobody may choose between them."""
    asked = scene.ask()
    sheet = scene.sheet(asked=asked, sign_response=False)
    second = scene.sealed(asked, scene.draft(asked, person=VICTIM))
    sheet.root.append(copied(second.assertion))
    return posted(scene, sheet)


@WRAPPING(*BOTH)
def an_encrypted_assertion_beside(scene):
    """CVE-2016-5697's kin: a wrapper of the encrypted kind holds the signed one."""
    sheet = half(scene)
    wrapped = element(SAML, "EncryptedAssertion", copied(sheet.assertion))
    sheet.root.replace(sheet.assertion, wrapped)
    sheet.root.append(forged_of(sheet_of(sheet, wrapped)))
    return posted(scene, sheet)


def sheet_of(sheet, wrapped):
    """Return the sheet with the assertion back at its place, to make a forged one of."""
    again = copied(sheet.root)
    again.replace(again[-1], copied(wrapped[0]))
    return type(sheet)(sheet.asked, again)
