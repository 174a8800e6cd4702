"""XML signatures: one shape is accepted, and only what was signed is ever seen.

:func:`signed_view` gives back a tree made of the very bytes that were digested. Whoever reads that
tree cannot read anything else, however the message around it is wrapped (XML Signature Best
Practices, 12 and 14).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from registrazione.adapters.saml.faults import Rejected
from registrazione.adapters.saml.keys import SigningKey
from registrazione.adapters.saml.xml import (
    Element,
    build,
    children,
    has_no_ids_twice,
    name,
    only,
    parse,
    serialised,
)

EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SIGNATURES: Final = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (256, 384, 512)
)
"""Signature algorithms that count; SHA-1 has not for long (AgID, Avviso 1/2016; RFC 6194)."""
DIGESTS: Final = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
LEAST_BITS: Final = 2048
"""Of a key that signs."""
_MOST_PREFIXES = 512


def check_shape(element: Element) -> None:
    """Make sure that an element has one signature, of the one shape that is accepted.

    It is a child of what it signs, signs the whole of it by its ID, and uses nothing but the
    enveloped-signature and exclusive canonicalisation transforms (SAML Core 5.4.1 to 5.4.4).

    Args:
        element: A response, an assertion or metadata.

    Raises:
        Rejected: It has none, several, or another one.
    """
    signature = only(element, "ds:Signature")
    info = only(signature, "ds:SignedInfo")
    if {inner.tag for inner in signature} - _IN_SIGNATURE:
        raise Rejected("signature.contents")
    if only(info, "ds:CanonicalizationMethod").get("Algorithm") != EXCLUSIVE:
        raise Rejected("signature.canonicalisation")
    if only(info, "ds:SignatureMethod").get("Algorithm") not in SIGNATURES:
        raise Rejected("signature.algorithm")
    reference = only(info, "ds:Reference")
    if only(reference, "ds:DigestMethod").get("Algorithm") not in DIGESTS:
        raise Rejected("signature.digest_algorithm")
    identifier = element.get("ID")
    if not identifier or reference.get("URI") != f"#{identifier}":
        raise Rejected("signature.reference")
    _check_transforms(only(reference, "ds:Transforms"))


_IN_SIGNATURE = frozenset(
    name(f"ds:{part}") for part in ("SignedInfo", "SignatureValue", "KeyInfo")
)


def _check_transforms(transforms: Element) -> None:
    """Make sure that what is digested is what stands there."""
    listed = children(transforms, "ds:Transform")
    if [one.get("Algorithm") for one in listed] != [ENVELOPED, EXCLUSIVE]:
        raise Rejected("signature.transforms")
    enveloped, exclusive = listed
    inclusive = children(exclusive, "ec:InclusiveNamespaces")
    if len(transforms) != len(listed) or len(enveloped) or len(exclusive) != len(inclusive):
        # Something stands there that another reader may act upon.
        raise Rejected("signature.transforms")
    prefixes = [one.get("PrefixList") or "" for one in inclusive]
    if len(prefixes) > 1 or len("".join(prefixes)) > _MOST_PREFIXES:
        raise Rejected("signature.transforms")


def signed_view(
    element: Element, certificates: Iterable[x509.Certificate], at: datetime
) -> Element:
    """Return a tree of the bytes that were signed, and of nothing else.

    Args:
        element: What has to be signed, itself and whole.
        certificates: Those that the metadata name; any of them may have signed. What a message
            says of its own key is not looked at.
        at: When: the certificate has to be valid then.

    Raises:
        Rejected: No such signature verifies.
    """
    check_shape(element)
    alone = serialised(element)
    for certificate in certificates:
        signed = _verified(alone, certificate, at)
        if signed is None:
            continue
        view = parse(signed)
        if view.tag != element.tag or view.get("ID") != element.get("ID"):
            raise Rejected("signature.other_element")
        if children(view, "ds:Signature") or not has_no_ids_twice(view):
            raise Rejected("signature.other_element")
        return view
    raise Rejected("signature.value")


def _verified(alone: bytes, certificate: x509.Certificate, at: datetime) -> bytes | None:
    """Return the bytes that a certificate's key has signed, or ``None``."""
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
        return None
    configuration = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=frozenset(SignatureMethod(uri) for uri in SIGNATURES),
        digest_algorithms=frozenset(DigestAlgorithm(uri) for uri in DIGESTS),
        ignore_ambiguous_key_info=True,
        verification_time=at,
    )
    try:
        result = XMLVerifier().verify(  # pyright: ignore[reportUnknownMemberType]
            alone, x509_cert=certificate, id_attribute="ID", expect_config=configuration
        )
    except Exception:  # noqa: BLE001 - hostile bytes in somebody else's code: whatever it says is no
        return None
    # A list comes for several references, of which the configuration wants one.
    return None if isinstance(result, list) else result.signed_data


def sign(element: Element, key: SigningKey, *, after: str | None = "saml:Issuer") -> Element:
    """Return a signed copy of an element, RSA with SHA-256 (AgID, technical rules 1.2.1).

    Args:
        element: With an ``ID``.
        key: Whose signature.
        after: Behind which child the signature stands, as its schema wants; ``None``: first.
    """
    from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
    from signxml.signer import XMLSigner

    element = deepcopy(element)
    place = build("ds:Signature", attributes={"Id": "placeholder"})
    before = children(element, after) if after is not None else []
    element.insert(element.index(before[0]) + 1 if before else 0, place)
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(  # pyright: ignore[reportUnknownMemberType]
        element,
        key=key.private,
        cert=[key.certificate.public_bytes(Encoding.PEM).decode()],
        reference_uri=f"#{element.get('ID')}",
        id_attribute="ID",
    )
    return parse(serialised(signed))
