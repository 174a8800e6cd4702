"""Argon2id hashes: laws of the port, parameters, peppers, hostile input."""

from __future__ import annotations

import subprocess
import sys

import argon2
import pytest
from argon2 import low_level
from argon2.exceptions import HashingError
from hypothesis import given, settings
from hypothesis import strategies as st

from registrazione.adapters import argon2 as adapter
from registrazione.adapters.argon2 import Argon2Hasher
from registrazione.core.secret import Secret
from registrazione.ports import HasherBusy, PasswordHasher

CHEAP = {"memory_kib": 8, "iterations": 1, "workers": 1}
NEW, OLD = Secret("n" * 32), Secret(b"o" * 32)
PASSWORD = Secret("Corretto-cavallo-1")


@pytest.fixture
def make():
    """Return a maker of cheap hashers, closed afterwards."""
    made = []

    def maker(**options):
        made.append(Argon2Hasher(**{**CHEAP, **options}))
        return made[-1]

    yield maker
    for hasher in made:
        hasher.close()


@pytest.fixture
def count(monkeypatch):
    """Count the hashes that are really computed, with their arguments."""
    calls = []
    original = adapter._argon2id

    def counted(data, salt, cost, length):
        calls.append((cost, length))
        return original(data, salt, cost, length)

    monkeypatch.setattr(adapter, "_argon2id", counted)
    return calls


CHEAP_HASHER = Argon2Hasher(**CHEAP, peppers=[NEW, OLD])


@settings(max_examples=50)
@given(st.text(), st.text())
def test_it_tells_secrets_apart(one, other):
    """Law: a hash verifies its own secret and no other, lone surrogates and NUL included."""
    encoded = CHEAP_HASHER.hash(Secret(one))

    assert CHEAP_HASHER.verify(Secret(one), encoded)
    assert CHEAP_HASHER.verify(Secret(other), encoded) == (one == other)


def test_it_fills_its_port(make):
    """It has the methods of the protocol."""
    assert isinstance(make(), PasswordHasher)


def test_two_hashes_of_one_secret_differ(make):
    """Law: each has a salt of its own."""
    hasher = make()

    assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)


def test_the_whole_of_a_long_secret_counts(make):
    """Nothing is cut off (ASVS 5.0 6.2.8): 4096 characters, and the last one matters."""
    hasher = make()
    encoded = hasher.hash(Secret("é" * 4096))

    assert hasher.verify(Secret("é" * 4096), encoded)
    assert not hasher.verify(Secret("é" * 4095 + "e"), encoded)


def test_the_default_cost_is_what_owasp_asks_for(make):
    """19 MiB, 2 passes, 1 lane, 16 bytes of salt, 32 of digest (ASVS 5.0 11.4.2)."""
    hasher = Argon2Hasher()
    encoded = hasher.hash(PASSWORD)
    found = argon2.extract_parameters(encoded)
    hasher.close()

    assert (found.memory_cost, found.time_cost, found.parallelism) == (19_456, 2, 1)
    assert (found.type, found.version) == (argon2.Type.ID, 19)
    assert (found.salt_len, found.hash_len) == (16, 32)


def test_others_verify_our_hashes_and_we_verify_theirs(make):
    """Without a pepper it is a plain PHC string."""
    other = argon2.PasswordHasher(memory_cost=64, time_cost=1, parallelism=4, hash_len=24)
    hasher = make()
    theirs = other.hash(PASSWORD.text())

    assert other.verify(hasher.hash(PASSWORD), PASSWORD.text())
    assert hasher.verify(PASSWORD, theirs)
    assert not hasher.verify(Secret("x"), theirs)
    assert hasher.needs_rehash(theirs)


@pytest.mark.parametrize("options", [{"memory_kib": 7}, {"iterations": 0}, {"parallelism": 0}])
def test_a_cost_that_is_none_is_refused(options):
    """Argon2 itself would fail later, on somebody's password."""
    with pytest.raises(ValueError, match="Argon2 needs"):
        Argon2Hasher(**{**CHEAP, **options})


def test_nobody_costs_what_somebody_costs(make, count):
    """Law: ``None`` is false after one hash of the usual cost, the first time as well."""
    hasher = make()
    encoded = hasher.hash(PASSWORD)
    hasher.verify(PASSWORD, encoded)
    for _ in range(2):
        assert hasher.verify(PASSWORD, None) is False

    assert len(count) == 4
    assert len(set(count)) == 1


def test_even_the_dummy_s_own_digest_verifies_nobody(make, monkeypatch):
    """If the digest of nobody were ever hit, the answer would still be false."""
    hasher = make()
    monkeypatch.setattr(adapter, "_argon2id", lambda *_: hasher._dummy.digest)

    assert hasher.verify(PASSWORD, None) is False


GOOD = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43


HOSTILE = [
    "",
    "x",
    "\ud800",
    GOOD.replace("argon2id", "argon2i"),
    GOOD.replace("v=19", "v=16"),
    GOOD.replace("m=8", "m=7"),
    GOOD.replace("m=8", "m=٨"),
    GOOD.replace("m=8", "m=4194304"),
    GOOD.replace("m=8", "m=99999999999"),
    GOOD.replace("t=1", "t=0"),
    GOOD.replace("t=1", "t=4294967295"),
    GOOD.replace("p=1", "p=0"),
    GOOD.replace("m=8,t=1,p=1", "m=4096,t=1,p=255"),
    GOOD.replace("c29tZXNhbHRzb21lc2FsdA", "c29tZXNhbHRzb"),
    GOOD.replace("c29tZXNhbHRzb21lc2FsdA", "c2"),
    GOOD + "\n",
    GOOD + "=",
    GOOD * 100_000,
    "pepper:000000000000" + GOOD,
    "pepper:" + GOOD,
    12,
    b"",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_hash_is_false_without_work(make, count, hostile):
    """A stored text decides neither how much memory nor how much time is spent."""
    hasher = make()

    assert hasher.verify(PASSWORD, hostile) is False
    assert count == []


def test_a_costly_hash_of_our_own_verifies(make):
    """The bound moves with the configured cost."""
    hasher = make(iterations=11)
    encoded = hasher.hash(PASSWORD)

    assert hasher.verify(PASSWORD, encoded)
    assert not make().verify(PASSWORD, encoded)


@pytest.mark.parametrize("value", [None, 12, b"bytes", ["list"]])
def test_what_is_no_text_is_nobody_s_password(make, value):
    """The boundary lets only text in; verifying anything else is false, hashing it an error."""
    hasher = make()

    assert not hasher.verify(Secret(value), hasher.hash(PASSWORD))
    with pytest.raises(TypeError, match="must be text"):
        hasher.hash(Secret(value))
    with pytest.raises(TypeError, match="must be text"):
        hasher.tag(Secret(value), b"salt")


@pytest.mark.parametrize(
    "change", [{"memory_kib": 16}, {"iterations": 2}, {"parallelism": 2, "memory_kib": 16}]
)
def test_other_parameters_ask_for_a_new_hash(make, change):
    """The old hash still verifies until then."""
    encoded = make().hash(PASSWORD)
    changed = make(**change)

    assert not make().needs_rehash(encoded)
    assert changed.needs_rehash(encoded)
    assert changed.verify(PASSWORD, encoded)
    assert not changed.needs_rehash(changed.hash(PASSWORD))


@pytest.mark.parametrize("encoded", ["", "$2b$12$abc", None])
def test_what_is_no_hash_of_ours_asks_for_a_new_one(make, encoded):
    """A hash of another kind cannot stay."""
    assert make().needs_rehash(encoded)


def test_shorter_salts_and_digests_ask_for_a_new_hash(make):
    """Another library's habits are not kept."""
    short = argon2.PasswordHasher(memory_cost=8, time_cost=1, parallelism=1, salt_len=8)

    assert make().needs_rehash(short.hash("x"))


def test_a_pepper_is_needed_to_verify(make):
    """A stolen hash is of no use without it, and its id tells which one it was."""
    encoded = make(peppers=[NEW]).hash(PASSWORD)

    assert encoded.startswith("pepper:")
    assert make(peppers=[NEW]).verify(PASSWORD, encoded)
    assert not make(peppers=[OLD]).verify(PASSWORD, encoded)
    assert not make().verify(PASSWORD, encoded)
    assert not make().verify(PASSWORD, encoded.partition("$")[1] + encoded.partition("$")[2])


def test_peppers_are_rotated(make):
    """Hashes without a pepper, or under an old one, verify and ask to be made anew."""
    rotated = make(peppers=[NEW, OLD])
    plain, old, new = (make(peppers=peppers).hash(PASSWORD) for peppers in ([], [OLD], [NEW]))

    assert all(rotated.verify(PASSWORD, encoded) for encoded in (plain, old, new))
    assert [rotated.needs_rehash(encoded) for encoded in (plain, old, new)] == [True, True, False]


def test_a_short_pepper_is_named_by_its_place_alone():
    """At least 32 bytes, and never shown."""
    with pytest.raises(ValueError, match=r"peppers\[1\] is too short"):
        Argon2Hasher(**CHEAP, peppers=[NEW, Secret("short")])
    with pytest.raises(ValueError, match="history_pepper is too short"):
        Argon2Hasher(**CHEAP, history_pepper=Secret("short"))


@given(salt=st.binary())
@settings(max_examples=30)
def test_tags_are_a_function_of_secret_and_salt(salt):
    """Law: the same arguments give the same tag, others another one; any salt will do."""
    tag = CHEAP_HASHER.tag(PASSWORD, salt)

    assert len(tag) == 32
    assert tag == CHEAP_HASHER.tag(Secret(PASSWORD.text()), salt)
    assert tag != CHEAP_HASHER.tag(Secret("x"), salt)
    assert tag != CHEAP_HASHER.tag(PASSWORD, salt + b"x")


@pytest.mark.requirement("MIM-31")
def test_a_tag_costs_what_a_hash_does(make, count):
    """Law: the remembered passwords are not the weak spot; only an operator's key opens them."""
    hasher = make()
    hasher.hash(PASSWORD)
    hasher.tag(PASSWORD, b"salt")

    assert count[0] == count[1]


def test_tags_are_keyed_and_outlive_a_rotation(make):
    """A new pepper before the old one forgets no history; another key makes other tags."""
    plain, old, new = (
        make(peppers=peppers).tag(PASSWORD, b"salt") for peppers in ([], [OLD], [NEW])
    )
    own = make(history_pepper=OLD).tag(PASSWORD, b"salt")

    assert len({plain, old, new}) == 3
    assert make(peppers=[NEW, OLD]).tag(PASSWORD, b"salt") == old
    assert make(peppers=[NEW], history_pepper=OLD).tag(PASSWORD, b"salt") == old == own


def test_a_tag_is_not_the_hash_under_its_salt(make):
    """Whoever sees both learns nothing from comparing them."""
    tag = make().tag(PASSWORD, b"s" * 16)
    raw = low_level.hash_secret_raw(
        PASSWORD.text().encode(), b"s" * 16, 1, 8, 1, 32, low_level.Type.ID
    )

    assert tag != raw


def test_no_memory_means_try_again(make, monkeypatch):
    """An exhausted machine is not a wrong password; the cause is not chained."""

    def fail(*_, **__):
        raise HashingError("memory allocation error")

    hasher = make()
    encoded = hasher.hash(PASSWORD)
    monkeypatch.setattr(low_level, "hash_secret_raw", fail)

    for attempt in (
        lambda: hasher.verify(PASSWORD, encoded),
        lambda: hasher.hash(PASSWORD),
        lambda: hasher.tag(PASSWORD, b"salt"),
    ):
        with pytest.raises(HasherBusy) as caught:
            attempt()
        assert caught.value.__suppress_context__


def test_closed_it_is_busy(make):
    """After the end nothing is hashed any more."""
    hasher = make()
    hasher.close()

    with pytest.raises(HasherBusy):
        hasher.hash(PASSWORD)


def test_nothing_secret_is_shown(make):
    """Neither peppers nor parts of a hash are in a repr (ASVS 5.0 16.2.5)."""
    hasher = make(peppers=[NEW])
    parsed = adapter._Encoded.parse(hasher.hash(PASSWORD))

    assert "n" * 32 not in repr(hasher)
    assert repr(parsed.salt) not in repr(parsed)
    assert repr(parsed.digest) not in repr(parsed)


def test_argon2_is_loaded_with_the_first_hash():
    """Making a hasher does not load the library yet."""
    code = (
        "import sys; from registrazione.adapters.argon2 import Argon2Hasher as H;"
        " H(); sys.exit('argon2' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
