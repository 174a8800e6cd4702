"""Held-back attacks on the signature itself: its algorithm, its key, its spelling."""

from __future__ import annotations

import base64
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.adapters.saml.held_back_saml import BOTH, VICTIM, Battery
from tests.adapters.saml.held_back_signer import DS, Hand, swapped
from tests.adapters.saml.stage import provider

from registrazione.adapters.saml import MetadataText
from registrazione.testing.saml_idp import key_for

SIGNATURES = Battery()
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_VALUE = "<ds:SignatureValue>"


# -- algorithms --------------------------------------------------------------------------------


def _public(key, how):
    public = key.certificate.public_key()
    if how == "pem":
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if how == "der":
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.certificate.public_bytes(Encoding.PEM if how == "certificate" else Encoding.DER)


def _with_hmac(how):
    def make(scene):
        secret = _public(scene.idp.key, how)
        hand = Hand(
            method=f"{_MORE}hmac-sha256",
            sign=lambda message: hmac.digest(secret, message, "sha256"),
        )
        return scene.about_the_victim(hand)

    return make


for _how in ("pem", "der", "certificate", "certificate der"):
    SIGNATURES.add(
        f"hmac_{_how.replace(' ', '_')}",
        "CVE-2025-48994: HMAC with what everybody knows of the provider's key.",
        _with_hmac(_how),
        *BOTH,
    )


def _with_method(uri, sign=None):
    return lambda scene: scene.about_the_victim(Hand(method=uri, sign=sign), scene.idp.key)


for _name, _uri in {
    "none": "http://www.w3.org/2000/09/xmldsig#none",
    "empty": " ",
    "md5": f"{_MORE}rsa-md5",
    "dsa": "http://www.w3.org/2009/xmldsig11#dsa-sha256",
    "ecdsa": f"{_MORE}ecdsa-sha256",
    "eddsa": "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    "pss": "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "upper case": f"{_MORE}RSA-SHA256",
    "fragment": f"{_MORE}rsa-sha256#rsa-sha1",
}.items():
    SIGNATURES.add(
        f"method_{_name.replace(' ', '_')}",
        "An algorithm that is not on the list, or is another key's, over the key's signature.",
        _with_method(_uri),
        *BOTH,
    )


@SIGNATURES(*BOTH)
def sha_1_signs(scene):
    """Collisions of SHA-1: the provider itself signs with it."""

    def sign(message):
        return scene.idp.key.private.sign(message, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303

    return scene.sheet(Hand(method=f"{DS}rsa-sha1", sign=sign)).form()


@SIGNATURES(*BOTH)
def sha_1_digests(scene):
    """Collisions of SHA-1: the provider's digest is one."""
    return scene.sheet(Hand(digest="sha1")).form()


@SIGNATURES(*BOTH)
def an_empty_signature(scene):
    """No bytes at all are no signature."""
    return scene.about_the_victim(Hand(sign=lambda _: b""))


@SIGNATURES(*BOTH)
def a_signature_of_zeros(scene):
    """CVE-2022-21449's idea, in RSA: numbers that make the equation trivial."""
    return scene.about_the_victim(Hand(sign=lambda _: bytes(256)))


@SIGNATURES(*BOTH)
def a_signature_of_one(scene):
    """The number one to any power is one."""
    return scene.about_the_victim(Hand(sign=lambda _: bytes(255) + b"\x01"))


@SIGNATURES(*BOTH)
def a_signature_longer_than_the_key(scene):
    """Leading zeros make a number no other, but a signature no longer fits (RFC 8017, 8.2.2)."""

    def sign(message):
        return bytes(1) + scene.idp.key.private.sign(message, padding.PKCS1v15(), hashes.SHA256())

    return scene.sheet(Hand(sign=sign)).form()


# -- void canonicalisation (The Fragile Lock; CVE-2025-66568) ------------------------------------


@SIGNATURES(*BOTH)
def the_digest_of_nothing(scene):
    """Void canonicalization: what cannot be canonicalised was digested as no bytes at all."""
    asked = scene.ask()
    draft = scene.draft(asked, person=VICTIM)
    sheet = scene.sealed(asked, draft, Hand(digest_of=lambda _: b""))
    return sheet.form()


@SIGNATURES(*BOTH)
def the_signature_of_nothing(scene):
    """Golden response: a signature over no bytes at all would fit anything."""

    def sign(_):
        return scene.idp.key.private.sign(b"", padding.PKCS1v15(), hashes.SHA256())

    return scene.about_the_victim(Hand(sign=sign))


def _with_relative_namespace(where):
    def make(scene):
        sheet = scene.sheet(Hand(digest_of=lambda _: b""))
        text = sheet.text
        return sheet.form(swapped(text, (f"<{where}", f'<{where} xmlns:n="./void"')))

    return make


for _where in ("samlp:Response", "saml:Assertion", "ds:SignedInfo", "saml:AttributeValue"):
    SIGNATURES.add(
        f"relative_namespace_{_where.partition(':')[2]}",
        "CVE-2025-66568: a relative namespace makes the canonicalisation fail half-way.",
        _with_relative_namespace(_where),
        *BOTH,
    )


# -- keys --------------------------------------------------------------------------------------


@SIGNATURES(*BOTH)
def a_stranger_s_certificate(scene):
    """The key that the message names signs it: nobody trusts that key."""
    return scene.about_the_victim(Hand())


@SIGNATURES(*BOTH)
def both_certificates(scene):
    """The provider's certificate is named first, the stranger's key signs."""
    ders = [
        base64.b64encode(key.certificate.public_bytes(Encoding.DER)).decode()
        for key in (scene.idp.key, scene.stranger.key)
    ]
    listed = "".join(f"<ds:X509Certificate>{der}</ds:X509Certificate>" for der in ders)
    named = f"<ds:KeyInfo><ds:X509Data>{listed}</ds:X509Data></ds:KeyInfo>"
    return scene.about_the_victim(Hand(key_info=named))


def _key_value(key):
    numbers = key.certificate.public_key().public_numbers()
    modulus = base64.b64encode(numbers.n.to_bytes(256)).decode()
    return (
        "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue>"
        f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>"
    )


@SIGNATURES(*BOTH)
def a_key_of_its_own(scene):
    """CVE-2026-34240's kin: the message brings the numbers of the key that signed it."""
    return scene.about_the_victim(Hand(key_info=_key_value(scene.stranger.key)))


@SIGNATURES(*BOTH)
def the_other_provider_s_key(scene):
    """Mix-up: another trusted provider signs in the name of the one that was asked."""
    return scene.about_the_victim(Hand(), idp=scene.other)


@SIGNATURES(*BOTH)
def the_service_s_own_key(scene):
    """Reflection: what the service signs itself proves nothing about anybody."""
    return scene.about_the_victim(Hand(), key_for("service"))


def _of_a_key_that_metadata_name_otherwise(edit):
    def make(scene):
        asked = scene.ask()
        metadata = scene.idp.metadata().decode()
        source = MetadataText(
            documents=(swapped(metadata, edit).encode(), scene.other.metadata()), clock=scene.clock
        )
        scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
        return scene.sealed(asked, scene.draft(asked)).form()

    return make


@SIGNATURES(*BOTH)
def a_key_for_encryption(scene):
    """SAML Metadata 2.4.1.1: a key that the metadata name for encryption signs nothing."""
    asked = scene.ask()
    head, _, tail = scene.idp.metadata(scene.stranger.key).decode().rpartition('use="signing"')
    source = MetadataText(
        documents=(f'{head}use="encryption"{tail}'.encode(), scene.other.metadata()),
        clock=scene.clock,
    )
    scene.service = provider(scene.clock, (), scene.profile, identity_providers=source)
    return scene.sealed(asked, scene.draft(asked), key=scene.stranger.key).form()


for _name, _edit in {
    "no_key_to_sign_with": ('use="signing"', 'use="encryption"'),
    "another_role": ("IDPSSODescriptor", "AttributeAuthorityDescriptor"),
    "past": ("<md:EntityDescriptor", '<md:EntityDescriptor validUntil="2026-11-05T08:59:59Z"'),
}.items():
    SIGNATURES.add(
        f"metadata_{_name}",
        "SAML Metadata 2.4.1: a key of the provider, which it does not sign answers with.",
        _of_a_key_that_metadata_name_otherwise(_edit),
        *BOTH,
    )
