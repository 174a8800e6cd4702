"""Sealing and opening: exact, bound to its place, and closed to whoever changed a byte."""

from __future__ import annotations

import traceback

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.snapshot_strategies import instances_of

from registrazione.adapters.sealed.fields import changed, texts_of
from registrazione.adapters.sealed.heads import Head, head_of
from registrazione.adapters.sealed.keys import Keyring
from registrazione.adapters.sealed.sealing import NoSuchIndex, NotSealed, Sealing, Unreadable
from registrazione.core.account import Account
from registrazione.core.records import OutboxMessage
from registrazione.ports.stores import StoreError
from registrazione.service.randomness import SystemRandomness
from registrazione.testing.builders import a_letter, an_account
from registrazione.testing.fakes import SeededRandomness

NEW, OLD = "n" * 32, "o" * 32
RING = Keyring([NEW, OLD])
SEALING = Sealing(RING, SystemRandomness())
INDEX = RING.oldest
CANARY = "RSSMRA80A01H501U"
ROWS = instances_of(Account) | instances_of(OutboxMessage)


def sealed_account(**fields) -> Account:
    """Return an account with a codice fiscale and an address, sealed."""
    account = an_account(codice_fiscale=CANARY, email="maria@example.it", **fields)
    return SEALING.seal(account, INDEX)


def with_code(account: Account, text: str) -> Account:
    """Return the account with another text for its codice fiscale."""
    return attrs.evolve(account, codice_fiscale=text)


@given(ROWS)
def test_any_row_comes_back_equal(row) -> None:
    """Whatever an account or a letter holds; and sealed, no text of it is left."""
    index = INDEX if isinstance(row, Account) else None

    sealed = SEALING.seal(row, index)

    assert SEALING.open(sealed) == row
    for (path, text), (sealed_path, hidden) in zip(texts_of(row), texts_of(sealed), strict=True):
        assert path == sealed_path
        assert head_of(hidden) == Head(RING.newest.id, index.id if index else "-")
        assert hidden != text


def test_half_a_character_comes_back() -> None:
    """A lone surrogate, which no boundary lets in and a store must not fail on."""
    account = an_account(username="\ud800")

    assert SEALING.open(SEALING.seal(account, INDEX)) == account


def test_the_same_text_is_sealed_differently_each_time() -> None:
    """A nonce for each: nobody sees that two people, or two moments, have a text in common."""
    account = an_account(username=CANARY, codice_fiscale=CANARY)
    texts = [t for _ in range(20) for _, t in texts_of(SEALING.seal(account, INDEX))]

    assert len(set(texts)) == 40


def test_nonces_come_from_the_randomness_that_is_given() -> None:
    """Twelve bytes for each text, and from nowhere else."""
    asked = []

    class Counting(SeededRandomness):
        def draw(self, size):
            asked.append(size)
            return super().draw(size)

    sealings = [Sealing(RING, Counting()) for _ in range(2)]
    first, second = (one.seal(an_account(username="u", email="e"), INDEX) for one in sealings)

    assert first == second
    assert asked == [12] * 4


@given(st.data())
def test_a_changed_character_is_refused(data) -> None:
    """Any character of a sealed text put in place of any other: it does not open."""
    sealed = sealed_account()
    text = sealed.codice_fiscale or ""
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(max_codepoint=0x7E).filter(lambda c: c != text[place]))

    with pytest.raises(StoreError):
        SEALING.open(with_code(sealed, text[:place] + other + text[place + 1 :]))


@given(st.data())
def test_a_cut_or_longer_text_is_refused(data) -> None:
    """Nothing can be taken away at the end, nor added."""
    sealed = sealed_account()
    text = sealed.codice_fiscale or ""
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    longer = text + data.draw(st.text("Aa0-_=", min_size=1, max_size=4))

    for wrong in (cut, longer):
        with pytest.raises(StoreError):
            SEALING.open(with_code(sealed, wrong))


@given(ROWS, st.data())
def test_a_text_opens_in_its_own_field_only(row, data) -> None:
    """Two sealed texts of one row exchanged: both are refused."""
    sealed = SEALING.seal(row, INDEX)
    texts = dict(texts_of(sealed))
    if len(texts) < 2:
        return
    first, second = data.draw(st.permutations(list(texts)))[:2]
    exchanged = {first: texts[second], second: texts[first]}

    with pytest.raises(Unreadable):
        SEALING.open(changed(sealed, lambda text, path: exchanged.get(path, text)))


@pytest.mark.parametrize(
    "other", [{"id": "account-2"}, {"realm": "another"}], ids=["account", "realm"]
)
def test_a_text_opens_in_its_own_account_only(other) -> None:
    """The same field of another account, or of the same one in another realm, is refused."""
    theirs = attrs.evolve(sealed_account(), **other)

    with pytest.raises(Unreadable):
        SEALING.open(theirs)


@pytest.mark.parametrize("field", ["id", "account_id", "profile"])
def test_an_address_opens_in_its_own_letter_only(field) -> None:
    """Moved to another letter, person or portal it is refused."""
    letter = SEALING.seal(a_letter())

    with pytest.raises(Unreadable):
        SEALING.open(attrs.evolve(letter, **{field: "another"}))


def test_the_head_is_authenticated() -> None:
    """Nobody can make believe that a row is looked up with another key."""
    sealed = sealed_account()
    text = sealed.codice_fiscale or ""

    with pytest.raises(Unreadable):
        SEALING.open(with_code(sealed, text.replace(INDEX.id, RING.newest.id)))


def test_older_keys_open_and_retired_ones_do_not() -> None:
    """What the older key has sealed is read beside the newest, and refused without it."""
    account = an_account(codice_fiscale=CANARY)
    sealed = Sealing(Keyring([OLD]), SystemRandomness()).seal(account, INDEX)

    assert SEALING.open(sealed) == account
    with pytest.raises(Unreadable):
        Sealing(Keyring([NEW]), SystemRandomness()).open(sealed)


def test_what_was_never_sealed_is_refused() -> None:
    """A readable text in the store is not taken for data: somebody may have put it there."""
    with pytest.raises(NotSealed, match="re-encrypt"):
        SEALING.open(with_code(sealed_account(), CANARY))


def test_no_error_tells_anything() -> None:
    """Neither the text nor the chain of an error holds what it is about."""
    for broken in (
        attrs.evolve(sealed_account(), id="other"),
        with_code(sealed_account(), CANARY),
    ):
        with pytest.raises(StoreError) as caught:
            SEALING.open(broken)
        told = "".join(traceback.format_exception(caught.value))
        assert CANARY not in told
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("wrong", [5, b"bytes", ["list"]])
def test_what_is_no_text_is_a_store_error(wrong) -> None:
    """A value that no store could write down is refused in the words of the contract."""
    with pytest.raises(StoreError, match="cannot be written down") as caught:
        SEALING.seal(an_account(username=wrong), INDEX)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("text", ["", "Maria", "s1.short.-.x", "s1.abcdefgh.-." + "é" * 40])
def test_ordinary_texts_have_no_head(text) -> None:
    """What people type is not taken for sealed."""
    assert head_of(text) is None


def test_accounts_tell_their_look_up_key() -> None:
    """All of them alike; none where there is nothing to see."""
    assert SEALING.index_of([sealed_account(), an_account()]) == INDEX
    assert SEALING.index_of([]) is None
    assert SEALING.index_of([an_account()]) is None


def test_accounts_that_disagree_are_refused() -> None:
    """Half of them not sealed, under two look-up keys, or under one that is not there."""
    other = SEALING.seal(an_account(username="x"), RING.newest)

    with pytest.raises(NotSealed):
        SEALING.index_of([sealed_account(), an_account(username="plain")])
    with pytest.raises(NoSuchIndex, match="--reindex"):
        SEALING.index_of([sealed_account(), other])
    with pytest.raises(NoSuchIndex):
        Sealing(Keyring([NEW]), SystemRandomness()).index_of([sealed_account()])


def test_a_ciphertext_has_one_spelling() -> None:
    """Neither spare bits of the last character nor what is no base64 open."""
    sealed = sealed_account()
    text = sealed.codice_fiscale or ""
    body = text.rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    # Of the last character's six bits two belong to no byte.
    other = alphabet[alphabet.index(body[-1]) ^ 1]

    head = text[: text.rindex(".") + 1]

    assert len(text) - len(body) == 1
    for wrong in (head, head + "é" * 40, body[:-1] + other + "=", head + "A" * 41):
        with pytest.raises(Unreadable):
            SEALING.open(with_code(sealed, wrong))
