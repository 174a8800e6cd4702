"""An XML signer that shares no line with the library: it signs well, or as wrongly as one likes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import attrs
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
ENVELOPED = f"{DS}enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
NAMES = {"ds": DS, "saml": SAML, "samlp": SAMLP}


@attrs.frozen(kw_only=True)
class Hand:
    """How a signature is written; by default as every provider writes it.

    Args:
        digest: Hash of what is referred to.
        rsa: Hash of the signature.
        method: URI of the signature's algorithm; empty: the one of ``rsa``.
        target: What is referred to; ``None``: the element's ID.
        transforms: What happens to it first.
        prefixes: Namespaces that are canonicalised as if they were used.
        edit: Changes the text of ``SignedInfo`` before it is signed.
        digest_of: Changes the bytes that the digest is of.
        sign: Makes the value of the signature out of the canonical ``SignedInfo``.
        key_info: What names the key; ``None``: the certificate.
    """

    digest: str = "sha256"
    rsa: str = "sha256"
    method: str = ""
    target: str | None = None
    transforms: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)
    prefixes: str = ""
    edit: Callable[[str], str] = str
    digest_of: Callable[[bytes], bytes] = bytes
    sign: Callable[[bytes], bytes] | None = None
    key_info: str | None = None


PLAIN = Hand()


def canonical(element, prefixes="", how=EXCLUSIVE) -> bytes:
    """Return an element as it is signed."""
    exclusive = how == EXCLUSIVE
    listed = prefixes.split() if exclusive and prefixes else None
    return etree.tostring(
        element,
        method="c14n",
        exclusive=exclusive,
        with_comments=False,
        inclusive_ns_prefixes=listed,
    )


def _transforms(hand: Hand) -> str:
    inner = (
        f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{hand.prefixes}"/>'
        if hand.prefixes
        else ""
    )
    return "".join(
        f'<ds:Transform Algorithm="{uri}">{inner if uri == EXCLUSIVE else ""}</ds:Transform>'
        for uri in hand.transforms
    )


def seal(element, key, hand=PLAIN, at=1):
    """Sign an element in its place, and return the signature.

    Args:
        element: What is signed; it has an ID.
        key: Whose signature.
        hand: How it is written.
        at: Which child of the element the signature becomes.
    """
    target = f"#{element.get('ID')}" if hand.target is None else hand.target
    how = hand.transforms[-1] if hand.transforms else INCLUSIVE
    raw = hand.digest_of(canonical(element, hand.prefixes, how))
    value = base64.b64encode(hashlib.new(hand.digest, raw).digest()).decode()
    method = hand.method or f"http://www.w3.org/2001/04/xmldsig-more#rsa-{hand.rsa}"
    info = hand.edit(
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{target}">'
        f'<ds:Transforms>{_transforms(hand)}</ds:Transforms><ds:DigestMethod Algorithm="'
        f'{DIGESTS[hand.digest]}"/><ds:DigestValue>{value}</ds:DigestValue></ds:Reference>'
        "</ds:SignedInfo>"
    )
    der = base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
    named = (
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data>"
        "</ds:KeyInfo>"
        if hand.key_info is None
        else hand.key_info
    )
    signature = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue/>{named}</ds:Signature>'
    )
    element.insert(at, signature)
    message = canonical(signature[0])
    made = (
        hand.sign(message)
        if hand.sign
        else key.private.sign(message, padding.PKCS1v15(), HASHES[hand.rsa]())
    )
    signature[1].text = base64.b64encode(made).decode()
    return signature


def read(text):
    """Return the tree of a text, comments and all."""
    return etree.fromstring(text.encode() if isinstance(text, str) else text)


def find(root, path):
    """Return the one element that a path leads to."""
    (found,) = root.xpath(path, namespaces=NAMES)
    return found


def assertion_of(root):
    """Return the assertion of a response."""
    return find(root, "/samlp:Response/saml:Assertion")


def copied(element):
    """Return an element once more, with its namespaces but without what follows it."""
    return read(etree.tostring(element, with_tail=False))


def unsigned(element):
    """Return an element once more, without its own signature."""
    again = copied(element)
    for signature in again.findall(f"{{{DS}}}Signature"):
        again.remove(signature)
    return again


def element(space, name, *children, **attributes):
    """Return a new element.

    Args:
        space: Its namespace.
        name: Its name.
        children: What is in it.
        attributes: Its attributes.
    """
    made = etree.Element(f"{{{space}}}{name}", attributes)
    made.extend(children)
    return made


def swapped(text, *pairs):
    """Return a text with parts replaced, each of which has to be there."""
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"nothing to replace: {old}")
        text = text.replace(old, new)
    return text
