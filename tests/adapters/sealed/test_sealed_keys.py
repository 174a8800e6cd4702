"""Keys of encryption: derived, apart from each other, and never shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.sealed.keys import Keyring, SealingKey
from registrazione.core.records import Key

NEW, OLD = "n" * 32, "o" * 32
TEXTS = st.text(max_size=5)


def test_newest_seals_and_oldest_looks_up() -> None:
    """A key put in front moves no look-up; each is found by its id."""
    ring = Keyring([NEW, OLD])

    assert ring.newest == SealingKey.of(NEW.encode())
    assert ring.oldest == SealingKey.of(OLD.encode())
    assert ring.get(ring.oldest.id) == ring.oldest
    assert Keyring([OLD]).newest == ring.oldest
    assert ring.get("nobody's") is None


def test_one_key_given_twice_is_one() -> None:
    """A list with a key in it twice is not longer for it."""
    assert Keyring([OLD, OLD]).newest == Keyring([OLD]).oldest


@pytest.mark.parametrize(
    "keys", [[], "k" * 40, b"k" * 40, ["short"]], ids=["none", "text", "bytes", "short"]
)
def test_what_is_no_list_of_keys_is_refused(keys) -> None:
    """An empty list, a single key, a short one; the error shows none."""
    with pytest.raises(ValueError, match="secret_keys") as caught:
        Keyring(keys)
    assert "kkk" not in str(caught.value)
    assert "'short'" not in str(caught.value)


def test_nothing_shows_a_key() -> None:
    """Neither the ring nor a key says more than its id."""
    key = Keyring([NEW]).newest

    assert repr(key) == f"SealingKey(id='{key.id}')"
    assert NEW not in repr(Keyring([NEW]))


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=2, max_size=2, unique=True))
def test_digests_are_equal_for_equal_keys_alone(pair) -> None:
    """Realm, kind and value: another in any of the three is another digest (32 hex digits)."""
    index = Keyring([NEW]).newest
    first, second = (index.blind(Key(*parts)) for parts in pair)

    assert first.value != second.value
    assert first == index.blind(Key(*pair[0]))
    assert (first.realm, first.kind) == pair[0][:2]
    assert len(first.value) == len(second.value) == 32
    assert set(first.value) <= set("0123456789abcdef")


def test_a_digest_needs_the_key() -> None:
    """Whoever has the store and not the key cannot try codici fiscali one after the other."""
    key = Key("realm", "codice_fiscale", "RSSMRA80A01H501U")

    assert Keyring([NEW]).newest.blind(key) != Keyring([OLD]).newest.blind(key)


def test_each_row_has_a_key_of_its_own() -> None:
    """Two rows, or one row under two keys, share none; the lengths of names do not matter."""
    new, old = Keyring([NEW]).newest, Keyring([OLD]).newest
    made = [
        new.row_key(("account", "a", "bc")),
        new.row_key(("account", "ab", "c")),
        new.row_key(("letter", "a", "bc")),
        old.row_key(("account", "a", "bc")),
    ]

    assert len(set(made)) == 4
    assert {len(key) for key in made} == {32}


def test_a_key_named_again_at_the_end_is_the_oldest() -> None:
    """While a new one stands behind it, on machines that are started one after the other."""
    keys = Keyring(["o" * 32, "n" * 32, "o" * 32])

    assert keys.oldest == keys.newest == Keyring(["o" * 32]).oldest
    assert keys.get(Keyring(["n" * 32]).newest.id) is not None
