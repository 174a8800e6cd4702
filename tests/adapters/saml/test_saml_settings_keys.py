"""The service's keys, as settings have them: in PEM, as secrets, as files."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from tests.adapters.saml.settings_stage import (
    KEYS,
    WE,
    complaint,
    map_to_str,
    metadata,
    opened,
    pem,
)

from registrazione.adapters.saml.xml import children, only
from registrazione.core.secret import Secret
from registrazione.testing.saml_idp import key_for


def keys_of(service):
    """Return the certificates that a service tells of."""
    role = only(metadata(service), "md:SPSSODescriptor")
    return len(children(role, "md:KeyDescriptor"))


def test_keys_are_given_in_several_ways(tmp_path):
    """One pair or several, in PEM, as secrets, or as files."""
    files = []
    for name, part in zip(("key", "crt"), KEYS, strict=True):
        files.append(tmp_path / name)
        files[-1].write_text(part)
    secret = (Secret(KEYS[0]), KEYS[1])

    for told, count in (
        (KEYS, 1),
        (secret, 1),
        (files, 1),
        ([map_to_str(files)], 1),
        ([pem("next"), secret], 2),
    ):
        assert keys_of(opened(keys=told, description=WE)) == count


@pytest.mark.parametrize(
    "told",
    [
        [KEYS[0]],
        [KEYS, [KEYS[0]]],
        [pem("other")[0], KEYS[1]],
        [KEYS[0], KEYS[0]],
        ["-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", KEYS[1]],
        [KEYS[0].removeprefix("-----BEGIN"), KEYS[1]],
        ["no/such/file", KEYS[1]],
        [Secret(b"\xff"), KEYS[1]],
        [3, 4],
        "a key",
    ],
)
def test_keys_that_are_none_are_told_without_them(told):
    """Whoever reads the error learns nothing of the key."""
    assert "keys" in complaint(keys=told)


def test_a_key_with_a_passphrase_is_told():
    """It is decrypted by whoever keeps it."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    sealed = key_for("service").private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )

    assert "without passphrase" in complaint(keys=[sealed.decode(), KEYS[1]])
