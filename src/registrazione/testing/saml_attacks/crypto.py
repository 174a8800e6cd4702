"""Signatures by the wrong key, with the wrong algorithm, over the wrong thing, or none."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Final

import attrs
from cryptography.hazmat.primitives.serialization import Encoding
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.signing import sign
from registrazione.adapters.saml.xml import (
    NAMESPACES,
    Element,
    build,
    name,
    only,
    parse,
    serialised,
)
from registrazione.testing.saml_attacks.base import Attack, Response, Stage, reshaped, tampered

_EXCLUSIVE: Final = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


class _Anything(XMLSigner):
    """A signer that uses what has long been broken."""

    def check_deprecated_methods(self) -> None:
        """Let everything pass: this is what attackers do."""


def _signed_with(
    stage: Stage,
    *,
    method: SignatureMethod = SignatureMethod.RSA_SHA256,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    canonical: CanonicalizationMethod = _EXCLUSIVE,
    reference: str | None = None,
    hmac: bool = False,
) -> Response:
    """Return an answer that is signed twice in another way than the accepted one."""
    draft, key = stage.draft(), stage.idp.key
    root = parse(draft.xml())
    public = key.certificate.public_bytes(Encoding.PEM)

    def signed(element: Element) -> Element:
        place = build("ds:Signature", attributes={"Id": "placeholder"})
        element.insert(1, place)
        signer = _Anything(
            signature_algorithm=method, digest_algorithm=digest, c14n_algorithm=canonical
        )
        uri = f"#{element.get('ID')}" if reference is None else reference
        return signer.sign(  # pyright: ignore[reportUnknownMemberType]
            element,
            key=public if hmac else key.private,
            cert=None if hmac else [public.decode()],
            reference_uri=uri or None,
            id_attribute="ID",
        )

    assertion = only(root, "saml:Assertion")
    root.replace(assertion, signed(parse(serialised(assertion))))
    return draft.posted(serialised(signed(parse(serialised(root)))))


def _signed_by(stage: Stage, key: Callable[[Stage], SigningKey]) -> Response:
    draft = stage.draft()
    return draft.posted(draft.signed(key(stage)))


def _foreign_assertion(stage: Stage) -> Response:
    """The envelope is signed by the provider, the assertion by a stranger."""
    draft = stage.draft()
    root = parse(attrs.evolve(draft, sign_response=False).signed(stage.stranger.key))
    return draft.posted(serialised(sign(root, stage.idp.key)))


def _foreign_envelope(stage: Stage) -> Response:
    draft = stage.draft()
    root = parse(attrs.evolve(draft, sign_response=False).signed(stage.idp.key))
    return draft.posted(serialised(sign(root, stage.stranger.key)))


def _foreign_with_our_certificate(stage: Stage) -> Response:
    """A stranger's signature that shows the provider's certificate."""
    mixed = SigningKey(private=stage.stranger.key.private, certificate=stage.idp.key.certificate)
    return _signed_by(stage, lambda _stage: mixed)


def _without(assertion: bool, response: bool) -> Callable[[Stage], Response]:  # noqa: FBT001
    def make(stage: Stage) -> Response:
        draft = attrs.evolve(stage.draft(), sign_assertion=assertion, sign_response=response)
        return stage.idp.answer(draft)

    return make


def _on_both(change: Callable[[Element], None]) -> Callable[[Stage], Response]:
    """Return an attack that alters both signatures after they were made."""

    def reshape(root: Element, assertion: Element) -> None:
        for element in (assertion, root):
            change(only(element, "ds:Signature"))

    return partial(reshaped, reshape=reshape)


def _on_inner(change: Callable[[Element], None]) -> Callable[[Stage], Response]:
    """Return an attack on the assertion's signature, in an envelope without one."""

    def reshape(root: Element, assertion: Element) -> None:
        root.remove(only(root, "ds:Signature"))
        change(only(assertion, "ds:Signature"))

    return partial(reshaped, reshape=reshape)


def _reference(signature: Element) -> Element:
    return only(only(signature, "ds:SignedInfo"), "ds:Reference")


def _transform(algorithm: str) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        transforms = only(_reference(signature), "ds:Transforms")
        transforms.insert(0, build("ds:Transform", attributes={"Algorithm": algorithm}))

    return change


def _xslt(signature: Element) -> None:
    sheet = (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><xsl:value-of select="document(\'file:///etc/hostname\')"/>'
        "</xsl:template></xsl:stylesheet>"
    )
    transform = build(
        "ds:Transform", attributes={"Algorithm": "http://www.w3.org/TR/1999/REC-xslt-19991116"}
    )
    transform.append(parse(sheet.encode()))
    only(_reference(signature), "ds:Transforms").insert(0, transform)


def _in_method(signature: Element) -> None:
    method = only(only(signature, "ds:SignedInfo"), "ds:SignatureMethod")
    method.append(build("ds:HMACOutputLength", content="0"))


def _algorithm(part: str, uri: str) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        info = only(signature, "ds:SignedInfo")
        owner = _reference(signature) if part == "ds:DigestMethod" else info
        only(owner, part).set("Algorithm", uri)

    return change


def _uri(value: str | None) -> Callable[[Element], None]:
    def change(signature: Element) -> None:
        if value is None:
            del _reference(signature).attrib["URI"]
        else:
            _reference(signature).set("URI", value)

    return change


def _second_reference(signature: Element) -> None:
    reference = _reference(signature)
    reference.addnext(parse(serialised(reference)))


def _second_info(signature: Element) -> None:
    signature.insert(0, parse(serialised(only(signature, "ds:SignedInfo"))))


def _no_value(signature: Element) -> None:
    only(signature, "ds:SignatureValue").text = ""


def _other_value(signature: Element) -> None:
    only(signature, "ds:SignatureValue").text = base64.b64encode(bytes(256)).decode()


def _no_transforms(signature: Element) -> None:
    reference = _reference(signature)
    reference.remove(only(reference, "ds:Transforms"))


def _flip(message: bytes) -> bytes:
    """Change one letter of the person's surname."""
    return message.replace(b">Trovamala<", b">Trovamale<")


def _key_value(stage: Stage) -> Response:
    """A stranger's signature that brings its own key along."""

    def reshape(root: Element, _assertion: Element) -> None:
        numbers = stage.stranger.key.private.public_key().public_numbers()
        modulus = base64.b64encode(numbers.n.to_bytes(256)).decode()
        value = build(
            "ds:KeyValue",
            build(
                "ds:RSAKeyValue",
                build("ds:Modulus", content=modulus),
                build("ds:Exponent", content="AQAB"),
            ),
        )
        for signature in list(root.iter(name("ds:Signature"))):
            info = only(signature, "ds:KeyInfo")
            for inner in list(info):
                info.remove(inner)
            info.append(deepcopy(value))

    draft = stage.draft()
    root = parse(draft.signed(stage.stranger.key))
    reshape(root, only(root, "saml:Assertion"))
    return draft.posted(serialised(root))


_XMLDSIG = NAMESPACES["ds"]
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_TRANSFORMS = {
    "xpath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "xpath_filter": "http://www.w3.org/2002/06/xmldsig-filter2",
    "base64": f"{_XMLDSIG}base64",
    "inclusive": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "with_comments": "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "enveloped_again": f"{_XMLDSIG}enveloped-signature",
}
_MAKERS: dict[str, tuple[str, Callable[[Stage], Response]]] = {
    "unsigned": ("an answer is signed", _without(assertion=False, response=False)),
    "assertion_unsigned": ("the assertion is signed", _without(assertion=False, response=True)),
    "by_a_stranger": ("whose key it is counts", lambda s: _signed_by(s, lambda t: t.stranger.key)),
    "by_another_provider": (
        "a trusted key signs for its owner only",
        lambda s: _signed_by(s, lambda t: t.other.key),
    ),
    "assertion_by_a_stranger": ("the assertion has the provider's signature", _foreign_assertion),
    "envelope_by_a_stranger": ("the envelope has the provider's signature", _foreign_envelope),
    "with_our_certificate": ("a certificate is no signature", _foreign_with_our_certificate),
    "with_its_own_key": ("keys come from the metadata", _key_value),
    "sha1_signature": (
        "SHA-1 is no signature",
        partial(_signed_with, method=SignatureMethod.RSA_SHA1),
    ),
    "sha1_digest": ("SHA-1 is no digest", partial(_signed_with, digest=DigestAlgorithm.SHA1)),
    "hmac_with_public_key": (
        "a public key is no shared secret",
        partial(_signed_with, method=SignatureMethod.HMAC_SHA256, hmac=True),
    ),
    "sha224_signature": (
        "only algorithms of the list count",
        partial(_signed_with, method=SignatureMethod.RSA_SHA224),
    ),
    "canonical_inclusive": (
        "one canonicalisation counts",
        partial(
            _signed_with,
            canonical=CanonicalizationMethod.CANONICAL_XML_1_0,
        ),
    ),
    "canonical_with_comments": (
        "comments are no part of what is signed",
        partial(
            _signed_with,
            canonical=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS,
        ),
    ),
    "letter_changed": ("what is signed does not change", partial(tampered, tamper=_flip)),
    "namespace_changed": (
        "a name without its namespace is another",
        partial(tampered, tamper=lambda m: m.replace(b"SAML:2.0:assertion", b"SAML:1.0:assertion")),
    ),
    **{
        f"{where}_{one}": (proves, around(change))
        for where, around in (("both", _on_both), ("inner", _on_inner))
        for one, proves, change in (
            ("value_empty", "a signature has a value", _no_value),
            ("value_other", "the value is that of the key", _other_value),
            ("reference_empty", "a signature names what it signs", _uri("")),
            ("reference_missing", "a signature names what it signs", _uri(None)),
            ("reference_elsewhere", "a signature signs its parent", _uri("#_elsewhere")),
            ("reference_file", "nothing is fetched", _uri("file:///etc/hostname")),
            ("reference_pointer", "nothing is searched", _uri("#xpointer(/)")),
            ("reference_twice", "a signature signs one thing", _second_reference),
            ("info_twice", "a signature says once what it signs", _second_info),
            ("transforms_missing", "what is signed is written down", _no_transforms),
            ("transform_xslt", "nothing is run", _xslt),
            ("hmac_length", "a signature is whole", _in_method),
            (
                "algorithm_none",
                "an algorithm has to be one",
                _algorithm("ds:SignatureMethod", f"{_XMLDSIG}none"),
            ),
            (
                "algorithm_hmac",
                "the key's kind counts",
                _algorithm("ds:SignatureMethod", f"{_MORE}hmac-sha256"),
            ),
            (
                "digest_md5",
                "only digests of the list count",
                _algorithm("ds:DigestMethod", f"{_MORE}md5"),
            ),
            *(
                (f"transform_{kind}", "only two transforms count", _transform(uri))
                for kind, uri in _TRANSFORMS.items()
            ),
        )
    },
}

CRYPTO_ATTACKS: tuple[Attack, ...] = tuple(
    Attack(name=f"signature_{one}", proves=proves, make=make)
    for one, (proves, make) in _MAKERS.items()
)
"""Each an answer whose signature is worth nothing."""
