"""Certificates as SPID wants them, self-signed (AgID, Avviso 29, annex on certificates).

A public body signs its own; a private one has AgID's authority sign its own in production, and
the same shape serves it for tests.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from registrazione.core.secret import Secret

_URI: Final = x509.ObjectIdentifier("2.5.4.83")
_ORGANIZATION_IDENTIFIER: Final = x509.ObjectIdentifier("2.5.4.97")
_AGID_CERT: Final = x509.ObjectIdentifier("1.3.76.16.6")
_SECTORS: Final = {
    "public": (x509.ObjectIdentifier("1.3.76.16.4.2.1"), "cert_SP_Pub"),
    "private": (x509.ObjectIdentifier("1.3.76.16.4.3.1"), "cert_SP_Priv"),
}
_BITS: Final = 3072
_YEARS: Final = timedelta(days=2 * 365)


@attrs.frozen(kw_only=True)
class KeyPair:
    """A new key and its certificate, PEM.

    Args:
        private: The key, not encrypted: whoever keeps it sees to that.
        certificate: The certificate.
    """

    private: Secret
    certificate: str


def make_key_pair(
    *,
    sector: str,
    entity_id: str,
    organization: str,
    identifier: str,
    locality: str,
    now: datetime,
    lasts: timedelta = _YEARS,
) -> KeyPair:
    """Return a new key with a certificate that SPID's validator accepts.

    Args:
        sector: ``public`` or ``private``.
        entity_id: Of the service.
        organization: Its name, as registered.
        identifier: ``PA:IT-`` and the IPA code, ``VATIT-`` and the number, or ``CF:IT-`` and the
            code of the body.
        locality: Where it has its seat.
        now: When the certificate begins.
        lasts: For how long.

    Raises:
        ValueError: There is no such sector.
    """
    if sector not in _SECTORS:
        raise ValueError("the sector is public or private")
    policy, notice = _SECTORS[sector]
    key = generate_private_key(65537, _BITS)
    parts = {
        NameOID.COMMON_NAME: organization,
        NameOID.ORGANIZATION_NAME: organization,
        _URI: entity_id,
        _ORGANIZATION_IDENTIFIER: identifier,
        NameOID.COUNTRY_NAME: "IT",
        NameOID.LOCALITY_NAME: locality,
    }
    name = x509.Name([x509.NameAttribute(part, text) for part, text in parts.items()])
    policies = [
        x509.PolicyInformation(_AGID_CERT, [x509.UserNotice(None, "agIDcert")]),
        x509.PolicyInformation(policy, [x509.UserNotice(None, notice)]),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.CertificatePolicies(policies), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(
        private=Secret(private.decode()),
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
    )


def _usage() -> x509.KeyUsage:
    """Return the two uses: signatures, and that what is signed cannot be denied."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
