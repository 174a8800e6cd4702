"""Tests of what the browser keeps for us: it opens as it was sealed, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world import KEY, MARIO, NOON, World

from registrazione import AsyncRegistrar
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.contrib.web import sealing
from registrazione.contrib.web.sealing import (
    DRAFT_LIFETIME,
    MAX_SEALED,
    Sealer,
    draft_from_plain,
    draft_to_plain,
)
from registrazione.core.draft import Draft
from registrazione.service.randomness import SystemRandomness
from registrazione.service.vault import KeyVault
from registrazione.testing.fakes import SeededRandomness

OLDER = "another key for tests, of forty chars --"
HOUR = dt.timedelta(hours=1)


def sealer(*keys: str, realm: str = "here", profile: str = "standard") -> Sealer:
    return Sealer(KeyVault(keys or (KEY,), realm), profile, SystemRandomness())


plain = st.dictionaries(
    st.text(max_size=8),
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text()),
    max_size=5,
)


@given(plain, st.text(max_size=5), st.text(max_size=5))
@settings(deadline=None)
def test_whatever_json_carries_opens_as_it_was_sealed(value: Any, kind: str, extra: str):
    """What is sealed comes back equal, lone surrogates and empty names included."""
    text = sealer().seal(kind, value, NOON, extra)
    assert sealer().open(kind, text, NOON, HOUR, extra) == value
    assert sealer().open_bytes(kind, text, NOON, HOUR, extra) is None


@given(st.binary(max_size=50))
@settings(deadline=None)
def test_bytes_open_as_bytes(value: bytes):
    """Bytes come back equal, and are no mapping."""
    text = sealer().seal("cookie", value, NOON)
    assert sealer().open_bytes("cookie", text, NOON, HOUR) == value
    assert sealer().open("cookie", text, NOON, HOUR) is None


SEALED = sealer().seal("draft", {"name": "Mario", "surname": "Rossi"}, NOON, "browser")


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
@settings(deadline=None)
def test_a_changed_byte_opens_nothing(place: int, change: int):
    """Head, nonce and box are all authenticated: no byte may differ (ASVS 5.0 11.3.3)."""
    data = bytearray(sealing._bytes_of(SEALED))
    data[place % len(data)] ^= change
    assert sealer().open("draft", sealing._base64(bytes(data)), NOON, HOUR, "browser") is None


@given(st.integers(0, len(SEALED) - 1), st.characters())
@settings(deadline=None)
def test_there_is_one_spelling(place: int, character: str):
    """No other text, not even one that decodes to the same bytes, is the same."""
    text = SEALED[:place] + character + SEALED[place + 1 :]
    opened = sealer().open("draft", text, NOON, HOUR, "browser")
    assert (opened is not None) == (text == SEALED)


@given(st.integers(0, len(SEALED) - 1))
@settings(deadline=None)
def test_a_part_opens_nothing(length: int):
    """A text that was cut off is none."""
    assert sealer().open("draft", SEALED[:length], NOON, HOUR, "browser") is None
    longer = SEALED + SEALED[: length + 1]
    assert sealer().open("draft", longer, NOON, HOUR, "browser") is None


@pytest.mark.parametrize(
    ("key", "realm", "profile", "kind", "extra"),
    [
        (OLDER, "here", "standard", "draft", "browser"),
        (KEY, "there", "standard", "draft", "browser"),
        (KEY, "here", "polis", "draft", "browser"),
        (KEY, "here", "standard", "cookie", "browser"),
        (KEY, "here", "standard", "draft", "another"),
    ],
    ids=["key", "realm", "procedure", "purpose", "extra"],
)
def test_it_opens_only_where_it_belongs(key, realm, profile, kind, extra):
    """Another key, realm, procedure, purpose or extra word makes it nothing."""
    other = sealer(key, realm=realm, profile=profile)
    assert other.open(kind, SEALED, NOON, HOUR, extra) is None
    assert sealer().open("draft", SEALED, NOON, HOUR, "browser") is not None


def test_profile_and_purpose_do_not_run_together():
    """A name with the separator in it makes no other pair's text."""
    text = sealer(profile="a/b").seal("c", {}, NOON)
    assert sealer(profile="a").open("b/c", text, NOON, HOUR) is None


def test_it_lasts_its_lifetime_and_no_longer():
    """The last second counts, the one after does not, and the future is not accepted."""
    assert sealer().open("draft", SEALED, NOON + HOUR, HOUR, "browser") is not None
    late = NOON + HOUR + dt.timedelta(seconds=1)
    assert sealer().open("draft", SEALED, late, HOUR, "browser") is None
    assert sealer().open("draft", SEALED, NOON - HOUR, HOUR, "browser") is None


def test_keys_rotate():
    """The newest key seals, all of them read, and what a retired key sealed is gone."""
    old, both, new = sealer(OLDER), sealer(KEY, OLDER), sealer(KEY)
    before, after = old.seal("draft", {}, NOON), both.seal("draft", {}, NOON)
    assert both.open("draft", before, NOON, HOUR) == {}
    assert new.open("draft", after, NOON, HOUR) == {}
    assert new.open("draft", before, NOON, HOUR) is None
    assert old.open("draft", after, NOON, HOUR) is None


@pytest.mark.parametrize(
    "text",
    [None, 1, b"AQ", "", "A", "AQ==", "ü", "A" * 40, "AQAAAAAA", "AQ" * MAX_SEALED, "AQ\n"],
)
def test_what_is_not_ours_is_nothing(text: object):
    """Whatever a browser sends, of whatever type, opens nothing and raises nothing."""
    assert sealer().open("draft", text, NOON, HOUR) is None


def test_it_tells_nothing_and_is_never_the_same_twice():
    """The same content gives another text each time; nothing of it can be read."""
    first, second = (sealer().seal("draft", {"name": "Mario"}, NOON) for _ in range(2))
    assert first != second
    assert b"Mario" not in sealing._bytes_of(first)


def test_it_is_short():
    """It is compressed, and fits into a URL and a cookie as it is."""
    text = sealer().seal("draft", {"values": ["residence"] * 200}, NOON)
    assert len(text) < 200
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_what_could_not_be_read_again_is_not_sealed():
    """Something too long is refused when it is sealed, not when it comes back."""
    noise = SeededRandomness().draw(MAX_SEALED)
    with pytest.raises(ValueError, match=str(MAX_SEALED)):
        sealer().seal("draft", noise, NOON)


def test_a_draft_travels_with_its_password():
    """All fields of a draft come back, the password as a secret again."""
    world = World("unimi-external")
    draft = world.filled(MARIO).draft
    mine = Sealer.of(world.registrar)
    opened = mine.open_draft(mine.seal_draft(draft, NOON), NOON)
    assert opened == draft
    assert opened.password == draft.password is not None


def test_a_draft_without_a_password_travels_too():
    """The first page's draft holds no password, and gets none."""
    world = World("standard")
    draft = world.registrar.begin(language="en").draft
    mine = Sealer.of(world.registrar)
    assert mine.open_draft(mine.seal_draft(draft, NOON), NOON) == draft
    assert draft.password is None


def test_a_draft_lies_open_for_two_hours():
    """After that the form is begun anew."""
    world = World("standard")
    mine = Sealer.of(world.registrar)
    text = mine.seal_draft(world.registrar.begin().draft, NOON)
    assert mine.open_draft(text, NOON + DRAFT_LIFETIME) is not None
    assert mine.open_draft(text, NOON + DRAFT_LIFETIME + HOUR) is None


def test_a_draft_of_another_layout_is_none():
    """What another version wrote and this one cannot read begins anew, and raises nothing."""
    mine = sealer()
    assert mine.open_draft(mine.seal("draft", {"id": 1}, NOON), NOON) is None
    assert draft_from_plain([]) is None


def test_a_draft_is_written_with_all_its_fields():
    """A field that drafts gain later is not forgotten here."""
    names = [field.name for field in attrs.fields(Draft)]
    assert [field.name for field in attrs.fields(sealing._Written)] == names
    world = World("unimi-external")
    assert set(draft_to_plain(world.filled(MARIO).draft)) <= set(names)


def test_awaitable_registrars_seal_as_well():
    """The keys are the registrar's, whether its calls block or not."""
    registrar = AsyncRegistrar.open(
        profile="standard",
        storage="memory://",
        mailer=MemoryMailer(),
        secret_keys=[KEY],
        base_url="https://example.it",
    )
    other = World("standard")
    text = Sealer.of(other.registrar).seal("draft", {}, NOON)
    assert Sealer.of(registrar).open("draft", text, NOON, HOUR) == {}
