"""Memories, logs and keys, as they are or as paths."""

from __future__ import annotations

import pytest

from registrazione.adapters.given import log, memory, pem, private_key
from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.service.clock import SystemClock

CLOCK, KEY = SystemClock(), "k" * 32


def test_an_object_is_taken_as_it_is(tmp_path):
    """A path is opened, and nothing is what a process has of its own."""
    kept = MemoryOnceOnly()
    written = log(tmp_path / "log", KEY, CLOCK)

    assert memory(kept) is kept
    assert isinstance(memory(None), MemoryOnceOnly)
    assert isinstance(memory(str(tmp_path / "once")), FileOnceOnly)
    assert isinstance(written, TransactionLog)
    assert log(written, None, CLOCK) is written
    assert log(None, None, CLOCK) is None


@pytest.mark.parametrize(
    ("told", "key", "says"),
    [
        (7, KEY, "evidence is no path"),
        ("log", "", "evidence_key is missing"),
        ("nowhere/at/all", KEY, "evidence: the file cannot be opened"),
    ],
)
def test_what_is_no_log_is_told(tmp_path, told, key, says):
    """By name, never by what was given."""
    path = str(tmp_path / told) if isinstance(told, str) else told
    with pytest.raises(ValueError, match=says) as caught:
        log(path, key, CLOCK)

    assert KEY not in str(caught.value)


@pytest.mark.parametrize(("told", "says"), [(7, "is no path"), ("nowhere/x", "cannot be opened")])
def test_what_is_no_memory_is_told(tmp_path, told, says):
    """When the registrar is opened, not at the first sign-in."""
    path = str(tmp_path / told) if isinstance(told, str) else told
    with pytest.raises(ValueError, match=f"once.* {says}"):
        memory(path)


TEXT = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def test_pem_is_given_in_several_ways(tmp_path):
    """As text, as bytes, as a secret, with words before it as OpenSSL writes them, or as a file."""
    file = tmp_path / "key.pem"
    file.write_text(TEXT)
    words = f"Bag Attributes\n    friendlyName: a\n{TEXT}"

    for told in (TEXT, TEXT.encode(), Secret(TEXT), Secret(TEXT.encode()), file, str(file)):
        assert pem("keys", told) == private_key("keys", told).reveal() == TEXT
    assert pem("keys", words) == words


def test_a_private_key_may_be_a_jwk():
    """A mapping is taken as it is, and does not show; a certificate is never one."""
    jwk = {"kty": "EC", "d": "hush"}

    assert private_key("keys", jwk).reveal() == jwk
    assert private_key("keys", Secret(jwk)).reveal() == jwk
    with pytest.raises(ValueError, match="keys: neither PEM"):
        pem("keys", jwk)


@pytest.mark.parametrize(
    "told",
    ["hush hush", "no/such/file", b"\xff hush", "hush\0hush", "hush" * 2000, 7, None, ["hush"]],
)
def test_what_is_no_pem_is_told(told):
    """By name, and with nothing of what was given."""
    for reader in (pem, private_key):
        with pytest.raises(ValueError, match="keys: neither PEM") as caught:
            reader("keys", told)
        assert "hush" not in str(caught.value)
        assert caught.value.__suppress_context__
