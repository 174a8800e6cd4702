"""Tokens, derived secrets and fingerprints."""

from __future__ import annotations

import base64
import pickle
import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registrazione.core.secret import Secret
from registrazione.core.tokens import TokenClaims
from registrazione.ports import Vault
from registrazione.service.vault import TOKEN_LENGTH, KeyVault, join_fields

NEW = "n" * 32
OLD = b"o" * 32
WHEN = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
ALPHABET = string.ascii_letters + string.digits + "-_"
SHORT = st.text(max_size=20)


@pytest.fixture
def vault():
    """A vault with two keys, the newest first."""
    return KeyVault([NEW, OLD], "mim")


def sign(vault, *, purpose="activation", account="a1", epoch=3, extra="x", when=WHEN):
    """Sign with defaults."""
    return vault.sign_token(purpose, account, epoch, extra, when)


def test_the_vault_fills_its_port(vault):
    """It has the methods of the protocol."""
    assert isinstance(vault, Vault)


@given(purpose=SHORT, account=SHORT, epoch=st.integers(), extra=SHORT, when=st.datetimes())
@example(purpose="\ud800", account="\udfff", epoch=-1, extra="\0", when=datetime(1, 1, 1))  # noqa: DTZ001
def test_what_is_signed_is_read(purpose, account, epoch, extra, when):
    """Law: a token gives back exactly what it was made of, to the second."""
    vault = KeyVault([NEW], "mim")
    when = when.replace(tzinfo=UTC)

    claims = vault.read_token(purpose, vault.sign_token(purpose, account, epoch, extra, when))

    assert claims == TokenClaims(
        purpose=purpose,
        account_id=account,
        epoch=epoch,
        extra=extra,
        issued_at=when.replace(microsecond=0),
    )
    assert claims.issued_at.tzinfo is UTC


def test_the_same_arguments_make_the_same_token(vault):
    """A letter that is sent twice carries the same link; the clock has no say in it."""
    elsewhere = WHEN.astimezone(timezone(timedelta(hours=2)))

    assert sign(vault) == sign(vault) == sign(vault, when=elsewhere)
    assert sign(vault) == sign(vault, when=WHEN + timedelta(microseconds=999_999))
    assert sign(vault) != sign(vault, when=WHEN + timedelta(seconds=1))


def test_a_naive_date_is_refused(vault):
    """Nobody knows what time that is."""
    with pytest.raises(ValueError, match="time zone"):
        sign(vault, when=WHEN.replace(tzinfo=None))


def test_a_token_too_long_to_be_read_is_not_made(vault):
    """Law: whatever was signed can be read."""
    with pytest.raises(ValueError, match="at most 1024"):
        sign(vault, extra="x" * TOKEN_LENGTH)


@pytest.mark.requirement("IOL-05", "UNI-06")
def test_purpose_realm_and_key_are_part_of_the_signature(vault):
    """A token of one purpose, portal or key is nothing for another (ASVS 5.0 9.2.2 to 9.2.4)."""
    token = sign(vault)

    assert vault.read_token("activation", token) is not None
    assert vault.read_token("reset", token) is None
    assert KeyVault([NEW, OLD], "polis").read_token("activation", token) is None
    assert KeyVault([OLD], "mim").read_token("activation", token) is None


def test_realm_and_purpose_cannot_be_shifted():
    """Realm "a" with purpose "bc" is not realm "ab" with purpose "c"."""
    token = sign(KeyVault([NEW], "a"), purpose="bc")

    assert KeyVault([NEW], "ab").read_token("c", token) is None


def test_a_new_key_signs_and_an_old_one_reads(vault):
    """Rotation: links that are out stay good until their key leaves the list."""
    before, after = KeyVault([OLD], "mim"), vault

    assert after.read_token("activation", sign(before)) is not None
    assert before.read_token("activation", sign(after)) is None
    assert KeyVault([NEW], "mim").read_token("activation", sign(after)) is not None


def test_text_bytes_and_secrets_are_keys_alike():
    """Where a key comes from does not change what it signs."""
    tokens = {sign(KeyVault([key], "mim")) for key in (NEW, NEW.encode(), Secret(NEW))}

    assert len(tokens) == 1


def test_every_other_spelling_of_a_token_is_nothing(vault):
    """One character changed, added or removed anywhere: no second spelling is genuine."""
    token = sign(vault)
    spellings = {token[:i] + c + token[i + 1 :] for i in range(len(token)) for c in ALPHABET + "."}
    spellings |= {token[:i] + c + token[i:] for i in range(len(token) + 1) for c in "A.=+/ é\n\0"}
    spellings |= {token[:i] + token[i + 1 :] for i in range(len(token))}
    spellings |= {token[:i] for i in range(len(token))}
    spellings |= {token.replace("-", "+"), token.replace("_", "/"), token + "=", token.swapcase()}

    assert [s for s in spellings - {token} if vault.read_token("activation", s)] == []


def test_spare_bits_of_the_signature_are_looked_at(vault):
    """The last of 86 characters carries two bits only: its fifteen twins are refused."""
    token = sign(vault)
    twins = [token[:-1] + c for c in ALPHABET if c != token[-1]]
    signature = token.partition(".")[2]
    same_bytes = [
        twin
        for twin in twins
        if base64.urlsafe_b64decode(twin.partition(".")[2] + "==")
        == base64.urlsafe_b64decode(signature + "==")
    ]

    assert len(same_bytes) == 15
    assert not any(vault.read_token("activation", twin) for twin in same_bytes)


@given(st.text() | st.text(alphabet=ALPHABET + ".") | st.binary() | st.none() | st.integers())
@example("a" * 10_000_000)
@example("\ud800.\ud800")
@example("a.a")
@example("aaaaa.aaaaa")
def test_anything_else_is_nothing(thing):
    """Law: whatever is not genuine is ``None``, of whatever type, and raises nothing."""
    assert KeyVault([NEW], "mim").read_token("activation", thing) is None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"!",
        b"[]",
        b"{}",
        b'["a",1,"x"]',
        b'["a","1","x",2]',
        b'["a",1,"x",99999999999999]',
        b"\xff",
        b"[" * 600,
    ],
)
def test_a_signed_payload_of_another_layout_is_nothing(vault, payload):
    """Another version of the library may share the key: what it signs is not misread."""
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=")
    token = vault._signer("activation").sign(encoded).decode()

    assert vault.read_token("activation", token) is None


def test_a_signed_payload_in_another_spelling_is_nothing(vault):
    """Spare bits are looked at in the first part too, even under a genuine signature."""
    encoded = sign(vault, account="a").partition(".")[0]
    twins = [
        encoded[:-1] + c
        for c in ALPHABET
        if c != encoded[-1]
        and base64.urlsafe_b64decode(encoded[:-1] + c + "==")
        == base64.urlsafe_b64decode(encoded + "==")
    ]

    assert twins
    for twin in twins:
        signed = vault._signer("activation").sign(twin.encode()).decode()
        assert vault.read_token("activation", signed) is None


@pytest.mark.parametrize("keys", [[], (), NEW, OLD], ids=["list", "tuple", "text", "bytes"])
def test_keys_come_as_a_list(keys):
    """A single text is a list of characters to Python, and a mistake here."""
    with pytest.raises(ValueError, match="list of at least one key"):
        KeyVault(keys, "mim")


def test_a_short_key_is_named_by_its_place_alone():
    """At least 32 bytes; the message names the place and never the key (ASVS 5.0 16.2.5)."""
    with pytest.raises(ValueError, match=r"secret_keys\[1\] is too short") as caught:
        KeyVault([NEW, "correct horse"], "mim")

    assert "correct horse" not in str(caught.value)


def test_a_key_counts_in_bytes():
    """Sixteen characters of two bytes are enough."""
    assert KeyVault(["è" * 16], "mim").newest_key()


def test_a_key_of_another_type_is_refused():
    """A number is no key."""
    with pytest.raises(TypeError, match=r"secret_keys\[0\] is neither"):
        KeyVault([12], "mim")


def test_the_newest_key_is_named_by_a_fingerprint(vault):
    """The id is stable, differs by key and is too short to tell anything of it."""
    assert vault.newest_key() == KeyVault([NEW], "polis").newest_key()
    assert vault.newest_key() != KeyVault([OLD], "mim").newest_key()
    assert len(bytes.fromhex(vault.newest_key())) == 6


@pytest.mark.requirement("MIM-25", "IOL-06", "IST-09")
def test_derived_secrets_are_a_function_of_their_arguments(vault):
    """A letter composed twice carries the same temporary password; another one carries another."""
    key = vault.newest_key()
    base = vault.derive("password", "a1", 1, key)
    old = KeyVault([OLD], "mim").newest_key()
    others = [
        vault.derive("code", "a1", 1, key),
        vault.derive("password", "a2", 1, key),
        vault.derive("password", "a1", 2, key),
        vault.derive("password", "a1", 1, old),
        vault.derive("passworda", "1", 1, key),
        KeyVault([NEW], "polis").derive("password", "a1", 1, key),
    ]

    assert len(base) == 32
    assert base == KeyVault([NEW], "mim").derive("password", "a1", 1, key)
    assert len({base, *others}) == 7


def test_a_retired_key_derives_nothing(vault):
    """Its secrets die with it."""
    assert vault.derive("password", "a1", 1, "0" * 12) is None


def test_fingerprints_are_keyed_and_separate(vault):
    """The digest depends on kind, value, realm and key, and is 128 bits long."""
    digests = {
        vault.fingerprint("email", Secret("a@b.it")),
        vault.fingerprint("username", Secret("a@b.it")),
        vault.fingerprint("email", Secret("a@c.it")),
        KeyVault([NEW], "polis").fingerprint("email", Secret("a@b.it")),
        KeyVault([OLD], "mim").fingerprint("email", Secret("a@b.it")),
    }

    assert len(digests) == 5
    assert {len(digest) for digest in digests} == {32}
    assert vault.fingerprint("email", Secret("a@b.it")) in digests


def test_no_step_of_a_rotation_changes_the_history_pepper():
    """Behind the others first, with the last one named again, and then in front."""
    first, second, third = (KeyVault(keys, "mim") for keys in ([OLD], [OLD, NEW, OLD], [NEW, OLD]))

    assert first.history_pepper() == second.history_pepper() == third.history_pepper()
    assert first.newest_key() == second.newest_key() != third.newest_key()
    token = third.sign_token("link", "account", 1, "", datetime(2026, 1, 1, tzinfo=UTC))
    assert second.read_token("link", token) is not None


def test_the_history_pepper_survives_a_new_key(vault):
    """It is made of the oldest key, and of no use as any other subkey."""
    assert vault.history_pepper() == KeyVault(["x" * 32, OLD], "polis").history_pepper()
    assert vault.history_pepper() != KeyVault([NEW], "mim").history_pepper()
    assert len(vault.history_pepper().reveal()) == 64


@given(st.lists(SHORT), st.lists(SHORT))
def test_joined_fields_are_told_apart(one, other):
    """Two lists of fields look alike only if they are the same."""
    assert (join_fields(*one) == join_fields(*other)) == (one == other)


def test_no_key_is_shown_or_copied_out(vault):
    """Neither repr nor a token holds a key."""
    shown = repr(vault) + repr(vars(type(vault))) + sign(vault)

    assert NEW not in shown
    assert OLD.decode() not in shown
    assert NEW not in repr([*vault._keys.values()])
    assert NEW.encode() not in pickle.dumps([*vault._keys])
