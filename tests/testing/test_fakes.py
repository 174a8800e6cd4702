"""The stand-ins keep the laws of the ports that they fill."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core.secret import Secret
from registrazione.ports import (
    Clock,
    Envelope,
    HumanCheck,
    Mailer,
    MailerUnavailable,
    MailRefused,
    PasswordHasher,
    Randomness,
)
from registrazione.testing.fakes import (
    FastHasher,
    ManualClock,
    RecordingMailer,
    ScriptedHumanCheck,
    SeededRandomness,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_clock_moves_only_by_hand():
    """It stands still, goes forward, goes back, and always tells UTC."""
    clock = ManualClock(NOON.astimezone(timezone(timedelta(hours=1))))

    assert isinstance(clock, Clock)
    assert clock.now() == clock.now() == NOON
    assert clock.now().tzinfo is UTC
    assert clock.advance(timedelta(hours=24)) == clock.now() == NOON + timedelta(hours=24)
    assert clock.advance(timedelta(seconds=-1)) < NOON + timedelta(hours=24)
    assert clock.advance(timedelta(seconds=1), days=1, hours=-1) == NOON + timedelta(hours=47)
    clock.set(NOON)
    assert clock.now() == NOON


def test_a_naive_time_is_refused():
    """At the start and later."""
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(NOON).set(datetime(2026, 1, 1))  # noqa: DTZ001 - naive on purpose


@given(st.integers(), st.lists(st.integers(0, 100), max_size=5))
def test_randomness_repeats_with_its_seed(seed, sizes):
    """The same draws in every run, of the sizes asked for."""
    one, other = SeededRandomness(seed), SeededRandomness(seed)
    draws = [one.draw(size) for size in sizes]

    assert draws == [other.draw(size) for size in sizes]
    assert [len(draw) for draw in draws] == sizes


def test_no_two_draws_are_equal():
    """Neither of one source nor of two seeds."""
    one, other = SeededRandomness(1), SeededRandomness(2)

    assert isinstance(one, Randomness)
    assert len({source.draw(16) for source in (one, other) for _ in range(500)}) == 1000


HASHER = FastHasher()


@given(st.text(), st.text())
def test_the_hasher_tells_secrets_apart(one, other):
    """Law: a hash verifies its own secret and no other; two hashes of one secret differ."""
    encoded = HASHER.hash(Secret(one))

    assert HASHER.verify(Secret(one), encoded)
    assert HASHER.verify(Secret(other), encoded) == (one == other)
    assert HASHER.hash(Secret(one)) != encoded
    assert not HASHER.needs_rehash(encoded)


@given(st.text(), st.binary(), st.binary())
def test_the_hasher_s_tags_are_a_function_of_their_arguments(text, salt, other):
    """Law: equal for equal arguments, and 32 bytes long."""
    tag = HASHER.tag(Secret(text), salt)

    assert len(tag) == 32
    assert (tag == HASHER.tag(Secret(text), other)) == (salt == other)
    assert tag != HASHER.tag(Secret(text + "x"), salt)


@pytest.mark.parametrize("encoded", [None, "", "x", "$fast$v=1$1$abc"])
def test_the_hasher_verifies_nobody_without_a_hash(encoded):
    """Law: ``None`` is false, and so is whatever is no hash."""
    assert not HASHER.verify(Secret("x"), encoded)
    assert not HASHER.verify(Secret(None), HASHER.hash(Secret("x")))


def test_the_hasher_counts_what_would_be_slow():
    """Each call is one evaluation; asking about parameters is none."""
    hasher = FastHasher()
    encoded = hasher.hash(Secret("x"))
    hasher.verify(Secret("x"), encoded)
    hasher.verify(Secret("x"), None)
    hasher.tag(Secret("x"), b"salt")
    hasher.needs_rehash(encoded)

    assert isinstance(hasher, PasswordHasher)
    assert hasher.calls == {"hash": 1, "verify": 2, "tag": 1}
    assert hasher.evaluations == 4


def test_the_hasher_counts_under_any_number_of_threads():
    """No call is lost, and no salt is used twice."""
    hasher = FastHasher()
    with ThreadPoolExecutor(8) as threads:
        encoded = list(threads.map(lambda _: hasher.hash(Secret("x")), range(400)))

    assert hasher.calls["hash"] == len(set(encoded)) == 400


def test_another_generation_asks_for_a_new_hash():
    """As other parameters would; the old hash still verifies."""
    old, new = FastHasher(1), FastHasher(2)
    encoded = old.hash(Secret("x"))

    assert new.verify(Secret("x"), encoded)
    assert new.needs_rehash(encoded)
    assert new.needs_rehash("x")


def letter(recipient="anna@example.it"):
    """Return an empty letter."""
    return Envelope(sender="a@b.it", recipient=recipient, message=EmailMessage())


def test_the_mailer_fails_by_its_script():
    """Errors in their turn, then everything passes."""
    mailer = RecordingMailer([MailerUnavailable("451"), None, MailRefused("550")])

    assert isinstance(mailer, Mailer)
    with pytest.raises(MailerUnavailable):
        mailer.send(letter())
    mailer.send(letter())
    with pytest.raises(MailRefused):
        mailer.send(letter())
    mailer.send(letter())

    assert len(mailer.sent) == 2
    assert len(mailer.attempts) == 4


def test_the_mailer_refuses_what_a_real_one_would():
    """Two recipients in one field."""
    mailer = RecordingMailer()
    with pytest.raises(MailRefused, match="recipient"):
        mailer.send(letter("a@b.it, c@d.it"))

    assert mailer.sent == []


def test_the_human_check_knows_its_words_once():
    """Each word is good once; anything else never is."""
    check = ScriptedHumanCheck("sì", "sì", "certo")

    assert isinstance(check, HumanCheck)
    assert [check.passed("sì") for _ in range(3)] == [True, True, False]
    assert check.passed("certo")
    assert not check.passed("")
    assert not check.passed(None)
