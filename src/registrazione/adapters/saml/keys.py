"""The service's own keys: they sign what it says, and name what it asks for."""

from __future__ import annotations

import hashlib
import hmac

import attrs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from registrazione.core.secret import Secret

_LEAST_BITS = 2048
_PURPOSE = b"registrazione: identifiers of requests for authentication"


@attrs.frozen(kw_only=True)
class SigningKey:
    """A private key and its certificate, the first of which never shows.

    Args:
        private: The key.
        certificate: What the metadata publish of it.
    """

    private: RSAPrivateKey = attrs.field(repr=False)
    certificate: x509.Certificate = attrs.field(repr=False)

    @classmethod
    def from_pem(cls, private: Secret, certificate: str) -> SigningKey:
        """Read key and certificate, both PEM.

        Args:
            private: Without passphrase; whoever keeps it encrypted decrypts it first.
            certificate: The certificate.

        Raises:
            ValueError: It is no RSA key of at least 2048 bits (AgID, Avviso 29), or the
                certificate is another key's.
        """
        key = load_pem_private_key(private.text().encode(), None)
        read = x509.load_pem_x509_certificate(certificate.encode())
        if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
            raise ValueError("the key has to be RSA, of at least 2048 bits")
        if key.public_key() != read.public_key():
            raise ValueError("the certificate is another key's")
        return cls(private=key, certificate=read)

    def mark(self, *parts: str) -> str:
        """Return a keyed digest of ``parts``, the same in every process that has the key.

        Args:
            parts: What it stands for.
        """
        encoded = self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        secret = hmac.digest(_PURPOSE, encoded, "sha256")
        message = b"".join(
            len(raw).to_bytes(4) + raw
            for raw in (part.encode("utf-8", "surrogatepass") for part in parts)
        )
        return hmac.digest(secret, message, hashlib.sha256).hex()
