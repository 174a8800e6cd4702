"""Data that lie there already, brought under the newest key while a portal runs."""

from __future__ import annotations

import asyncio

import attrs
import pytest
from tests.adapters.sealed.wrappers import Awaitable

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sealed import (
    AsyncSealedStore,
    Keyring,
    ReEncryptionReport,
    SealedStore,
    re_encrypt,
    re_encrypt_async,
)
from registrazione.adapters.sealed.first_look import looked_into
from registrazione.adapters.sealed.heads import SAMPLE, StillSealed, check_readable
from registrazione.adapters.sealed.sealing import NoSuchIndex, NotSealed, Unreadable
from registrazione.core.evolve import claims_of, keys_of
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.core.states import AccountState
from registrazione.ports.stores import ClaimTaken
from registrazione.profiles import load
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    one_change,
    replacement,
)

NEW, OLD = "n" * 32, "o" * 32
PROFILE = load(PORTAL)
REALM = PROFILE.realm
BOTH, NEWEST, OLDEST = Keyring([NEW, OLD]), Keyring([NEW]), Keyring([OLD])
QUEUED = [LetterState.QUEUED]


def person(number: int, **fields):
    """Return somebody with an address and a username."""
    return an_account(
        f"account-{number:02}",
        realm=REALM,
        state=AccountState.ACTIVE,
        email=f"person{number}@example.it",
        username=f"person{number}",
        values={"name": "Maria"},
        **fields,
    )


def oldest(memory):
    """Return the accounts that a store is judged by."""
    return memory.search(Criteria(realm=REALM), None, SAMPLE).items


def email_of(number: int) -> Key:
    """Return the key of a person's address."""
    return Key(REALM, "email", f"person{number}@example.it")


def fill(store, people: int = 7, letters: int = 1) -> None:
    """Register some people, and post some letters."""
    for number in range(people):
        account = person(number)
        keys, claims = keys_of(account), claims_of(account, PROFILE)
        store.commit(one_change(creation(account, keys=keys, claims=claims)))
    store.commit(one_change(letters=tuple(a_letter(f"letter-{n}") for n in range(letters))))


def filled(keys: Keyring | None, **amounts: int) -> MemoryStore:
    """Return a store in memory, filled through a sealed one, or as it is."""
    memory = MemoryStore()
    fill(memory if keys is None else SealedStore(memory, keys), **amounts)
    return memory


def everybody(store):
    """Return who is found, one after the other, each by address."""
    return [account.id for n in range(7) for account in store.find(email_of(n))]


ALL = [f"account-{n:02}" for n in range(7)]


def test_what_was_never_sealed_is_sealed() -> None:
    """Accounts and letters of before: readable afterwards with the key, and by nobody without."""
    memory = filled(None)
    store = SealedStore(memory, BOTH)

    report = re_encrypt(store, PROFILE)

    assert (report.seen, report.done, report.current, report.failed) == (8, 8, 0, ())
    assert everybody(store) == ALL
    assert store.load("account-03") == attrs.evolve(person(3), version=2)
    assert [letter.to for letter in store.outbox_take(PORTAL, NOON, 9, NOON - NOON)] == [
        a_letter().to
    ]
    assert "person3" not in repr(attrs.asdict(memory.load("account-03")))
    assert memory.find(email_of(3)) == ()


def test_an_older_key_is_replaced_and_look_ups_stay() -> None:
    """Everything is under the newest key; a second run finds nothing to do."""
    memory = filled(OLDEST, letters=0)
    store = SealedStore(memory, BOTH)

    first, second = re_encrypt(store, PROFILE), re_encrypt(store, PROFILE)

    assert (first.seen, first.done) == (7, 7)
    assert (second.seen, second.done, second.current) == (7, 0, 7)
    assert everybody(SealedStore(memory, BOTH)) == ALL
    assert SealedStore(memory, NEWEST).load("account-00") is not None


def test_then_the_oldest_key_may_retire_after_a_new_index() -> None:
    """Look-ups move to the newest key, and nothing is left that asks for the other."""
    memory = filled(OLDEST, letters=0)
    re_encrypt(SealedStore(memory, BOTH), PROFILE)
    with pytest.raises(NoSuchIndex):
        everybody(SealedStore(memory, NEWEST))
    with pytest.raises(NoSuchIndex):
        re_encrypt(SealedStore(memory, NEWEST), PROFILE)

    report = re_encrypt(SealedStore(memory, NEWEST), PROFILE, reindex=True)

    assert report.done == 7
    assert everybody(SealedStore(memory, NEWEST)) == ALL
    assert everybody(SealedStore(memory, Keyring([OLD, NEW]))) == ALL


def test_claims_are_held_as_before() -> None:
    """Nobody can take what somebody held before the run."""
    memory = filled(None)
    store = SealedStore(memory, BOTH)
    re_encrypt(store, PROFILE)
    rival = creation(person(50), claims=claims_of(person(3), PROFILE))

    with pytest.raises(Exception, match="is taken"):
        store.commit(one_change(rival))


def test_a_dry_run_changes_nothing() -> None:
    """It counts what a run would do."""
    memory = filled(None)
    before = [memory.load(name) for name in ALL]

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE, dry_run=True)

    assert (report.seen, report.done) == (8, 8)
    assert [memory.load(name) for name in ALL] == before
    assert memory.outbox_list(QUEUED, None, 9).items == (a_letter("letter-0"),)


def test_it_reports_after_each_batch_and_goes_on_from_a_cursor() -> None:
    """A run that is broken off in the middle is gone on with, and nobody is left out."""
    memory = filled(OLDEST, letters=0)
    reports: list[ReEncryptionReport] = []

    class BrokenOff(Exception):  # noqa: N818
        pass

    def stop_at_the_third(report: ReEncryptionReport) -> None:
        reports.append(report)
        if len(reports) == 4:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        re_encrypt(SealedStore(memory, BOTH), PROFILE, batch=2, progress=stop_at_the_third)
    cursor = reports[-1].cursor
    assert cursor is not None
    report = re_encrypt(SealedStore(memory, BOTH), PROFILE, batch=2, after=cursor)

    assert report.seen < 7 + 5
    assert all(SealedStore(memory, NEWEST).load(name) for name in ALL)


@pytest.mark.parametrize("written", [None, OLDEST], ids=["never sealed", "reindexed"])
@pytest.mark.parametrize("commits", range(1, 7))
def test_a_store_that_is_half_done_says_so(written, commits) -> None:
    """Wherever a run dies, nobody can look up in half of the accounts; run again, all is well."""
    memory = filled(written, letters=0)
    commit, done = memory.commit, []

    def mortal(change) -> None:
        if len(done) == commits:
            raise KeyboardInterrupt
        done.append(change)
        commit(change)

    memory.commit = mortal
    with pytest.raises(KeyboardInterrupt):
        re_encrypt(SealedStore(memory, BOTH), PROFILE, reindex=written is not None)
    memory.commit = commit

    with pytest.raises((NotSealed, NoSuchIndex)):
        everybody(SealedStore(memory, BOTH))

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE)
    assert report.done == 7 - commits
    assert everybody(SealedStore(memory, BOTH)) == ALL


def test_whoever_writes_meanwhile_wins() -> None:
    """The portal changes an account between reading and rewriting: its change stays."""
    memory = filled(OLDEST, letters=0)
    portal = SealedStore(memory, BOTH)
    commit = memory.commit

    def overtaken(change) -> None:
        memory.commit = commit
        account = portal.load("account-00")
        keys, claims = keys_of(account), claims_of(account, PROFILE)
        portal.commit(one_change(replacement(account, keys=keys, claims=claims, language="en")))
        commit(change)

    memory.commit = overtaken
    report = re_encrypt(SealedStore(memory, BOTH), PROFILE)

    assert (report.done, report.current) == (6, 1)
    assert portal.load("account-00").language == "en"
    assert everybody(portal) == ALL


def test_letters_in_somebodys_hands_are_left_to_them() -> None:
    """A queued letter under an older key is counted; whoever delivers it seals it anew."""
    memory = filled(OLDEST, people=1)
    store = SealedStore(memory, BOTH)

    report = re_encrypt(store, PROFILE)

    assert (report.waiting, report.done) == (1, 1)
    (letter,) = store.outbox_take(PORTAL, NOON, 1, NOON - NOON)
    assert store.outbox_settle(letter)
    assert SealedStore(memory, NEWEST).outbox_list(QUEUED, None, 9).items == (letter,)


def test_letters_given_up_are_rewritten() -> None:
    """An operator can still send them when the older key has gone."""
    memory = filled(OLDEST, people=0)
    store = SealedStore(memory, BOTH)
    (letter,) = store.outbox_take(PORTAL, NOON, 1, NOON - NOON)
    dead = attrs.evolve(letter, state=LetterState.DEAD)
    SealedStore(memory, OLDEST).outbox_settle(dead)

    report = re_encrypt(store, PROFILE)

    assert (report.seen, report.done) == (1, 1)
    dead_ones = SealedStore(memory, NEWEST).outbox_list([LetterState.DEAD], None, 9)
    assert dead_ones.items == (dead,)


def test_a_letter_taken_over_meanwhile_is_not_overwritten() -> None:
    """An operator has sent it again between reading and rewriting."""
    memory = filled(OLDEST, people=0)
    store = SealedStore(memory, BOTH)
    (letter,) = store.outbox_take(PORTAL, NOON, 1, NOON - NOON)
    SealedStore(memory, OLDEST).outbox_settle(attrs.evolve(letter, state=LetterState.DEAD))
    settle = memory.outbox_settle
    memory.outbox_settle = lambda message: (
        settle(attrs.evolve(store.sealing.seal(letter), attempts=0)) and settle(message)
    )

    report = re_encrypt(store, PROFILE)

    assert (report.done, report.current) == (0, 1)
    assert store.outbox_list(QUEUED, None, 9).items[0].attempts == 0


def test_letters_that_were_sent_and_those_of_others_are_passed_over() -> None:
    """The first hold nothing any more, the second are for their own procedure's run."""
    memory = MemoryStore()
    store = SealedStore(memory, OLDEST)
    sent = a_letter("sent", to="", state=LetterState.SENT)
    void = a_letter("void", to="", params={"n": "1"}, state=LetterState.VOID)
    store.commit(one_change(letters=(sent, void, a_letter("theirs", profile="polis"))))

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE)

    assert (report.seen, report.done) == (1, 1)


def test_accounts_of_other_procedures_are_counted_and_left() -> None:
    """Only their own profile knows what they hold alone."""
    memory = filled(None, people=1, letters=0)
    other = attrs.evolve(person(9), profile="another")
    memory.commit(one_change(creation(other)))

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE)

    assert (report.done, report.elsewhere) == (1, 1)
    assert memory.load(other.id) == other


def test_what_does_not_open_is_named_and_the_rest_goes_on() -> None:
    """An account and a letter under a key that has gone: their ids, and nothing more."""
    memory = filled(OLDEST, people=2, letters=0)
    (stored,) = [memory.load("account-01")]
    memory.commit(one_change(replacement(stored, email="readable", keys=keys_of(stored))))
    lost = SealedStore(memory, Keyring(["x" * 32]))
    letter = a_letter("lost", state=LetterState.DEAD)
    memory.commit(one_change(letters=(lost.sealing.seal(letter),)))

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE)

    assert report.failed == ("lost", "account-01")
    assert report.done == 1
    with pytest.raises((NotSealed, Unreadable)):
        SealedStore(memory, BOTH).load("account-01")


def test_a_claim_that_somebody_else_holds_is_named() -> None:
    """Two accounts that hold one address, as an older store may have let them."""
    memory = filled(OLDEST, people=2, letters=0)
    twin = attrs.evolve(person(5), email=person(0).email)
    store = SealedStore(memory, BOTH)
    store.commit(one_change(creation(twin, keys=keys_of(twin))))
    stored = memory.load(twin.id)
    older = SealedStore(memory, OLDEST).sealing.seal(
        attrs.evolve(store.load(twin.id), version=2), OLDEST.oldest
    )
    memory.commit(one_change(replacement(stored, **plain_fields(older))))

    report = re_encrypt(store, PROFILE)

    assert report.failed == (twin.id,)
    assert report.done == 2


def plain_fields(account):
    """Return the texts of a sealed account, to be written as they are."""
    return {name: getattr(account, name) for name in ("email", "username", "values")}


def test_what_only_looks_sealed_is_sealed() -> None:
    """Somebody typed such a text before encryption: it is a text like any other."""
    odd = "s1.abcdefgh.-." + "A" * 60
    memory = MemoryStore()
    account = person(1, codice_fiscale=odd)
    memory.commit(one_change(creation(account, keys=keys_of(account))))
    store = SealedStore(memory, BOTH)

    assert re_encrypt(store, PROFILE).done == 1
    assert store.load(account.id).codice_fiscale == odd


def test_an_empty_store_has_nothing_to_do() -> None:
    """And says so."""
    assert re_encrypt(SealedStore(MemoryStore(), BOTH), PROFILE) == ReEncryptionReport()


def test_the_awaitable_store_is_served_alike() -> None:
    """The same run, without blocking the event loop."""
    memory = filled(None)
    store = AsyncSealedStore(Awaitable(memory), BOTH)

    report = asyncio.run(re_encrypt_async(store, PROFILE, batch=3))

    assert report.done == 8
    assert everybody(SealedStore(memory, BOTH)) == ALL
    found = SealedStore(memory, NEWEST).search(Criteria(realm=REALM), None, 50)
    assert [account.id for account in found.items] == ALL


def test_letters_come_in_batches_and_current_ones_are_left() -> None:
    """However many there are, each is looked at once."""
    memory = filled(None, people=0, letters=5)
    store = SealedStore(memory, BOTH)
    store.commit(one_change(letters=(a_letter("fresh"),)))

    first, second = (re_encrypt(store, PROFILE, batch=2) for _ in range(2))

    assert (first.seen, first.done, first.current) == (6, 5, 1)
    assert (second.seen, second.done, second.current) == (6, 0, 6)


# -- the way back ---------------------------------------------------------------------------


def test_what_was_sealed_is_readable_again() -> None:
    """Accounts, look-ups, claims and letters are as if they had never been sealed."""
    memory, plain = filled(OLDEST), filled(None)
    store = SealedStore(memory, BOTH)

    first, second = (re_encrypt(store, PROFILE, plain=True) for _ in range(2))

    assert (first.seen, first.done, first.failed) == (8, 8, ())
    assert (second.seen, second.done, second.current) == (8, 0, 8)
    assert everybody(memory) == ALL
    for name in ALL:
        assert memory.load(name) == attrs.evolve(plain.load(name), version=2)
    assert memory.outbox_list(QUEUED, None, 9) == plain.outbox_list(QUEUED, None, 9)
    with pytest.raises(ClaimTaken, match="email"):
        memory.commit(one_change(creation(person(50), claims=claims_of(person(3), PROFILE))))


@pytest.mark.parametrize("commits", range(1, 7))
def test_a_store_that_is_half_way_back_says_so(commits) -> None:
    """With encryption and without: until the run was resumed, nobody looks anybody up."""
    memory = filled(OLDEST, letters=0)
    commit, done = memory.commit, []

    def mortal(change) -> None:
        if len(done) == commits:
            raise KeyboardInterrupt
        done.append(change)
        commit(change)

    memory.commit = mortal
    with pytest.raises(KeyboardInterrupt):
        re_encrypt(SealedStore(memory, BOTH), PROFILE, plain=True)
    memory.commit = commit

    with pytest.raises(NotSealed):
        everybody(SealedStore(memory, BOTH))
    with pytest.raises(StillSealed, match="re-encrypt --plain"):
        check_readable(oldest(memory))

    assert re_encrypt(SealedStore(memory, BOTH), PROFILE, plain=True).done == 7 - commits
    check_readable(oldest(memory))
    assert everybody(memory) == ALL


def test_half_way_back_one_may_turn_round() -> None:
    """Seal what was opened already, and the store is whole again."""
    memory = filled(OLDEST, letters=0)
    (first,) = [SealedStore(memory, BOTH).load("account-00")]
    keys, claims = keys_of(first), claims_of(first, PROFILE)
    memory.commit(one_change(replacement(first, keys=keys, claims=claims)))

    assert re_encrypt(SealedStore(memory, BOTH), PROFILE).done == 7
    assert everybody(SealedStore(memory, BOTH)) == ALL


def test_a_readable_account_with_a_text_that_only_looks_sealed_stays() -> None:
    """Somebody typed it; whoever has no text at all stays as well."""
    odd = "s1.abcdefgh.-." + "A" * 60
    memory = MemoryStore()
    account = person(1, codice_fiscale=odd)
    empty = an_account("empty", realm=REALM)
    bare = attrs.evolve(empty, email="", username="", values={})
    memory.commit(one_change(creation(account, keys=keys_of(account)), creation(bare)))

    report = re_encrypt(SealedStore(memory, BOTH), PROFILE, plain=True)

    assert (report.current, report.done) == (2, 0)
    assert memory.load(account.id) == account
    check_readable(oldest(memory))


def test_without_the_keys_there_is_no_way_back() -> None:
    """Each row is named that stays as it is."""
    memory = filled(OLDEST, people=1)

    report = re_encrypt(SealedStore(memory, NEWEST), PROFILE, plain=True)

    assert report.failed == ("letter-0", "account-00")


def test_the_way_back_for_those_who_await() -> None:
    """The same run, without blocking the event loop."""
    memory = filled(OLDEST)

    report = asyncio.run(
        re_encrypt_async(AsyncSealedStore(Awaitable(memory), BOTH), PROFILE, plain=True)
    )

    assert report.done == 8
    assert everybody(memory) == ALL


def test_a_store_that_refuses_everybody_else_is_rewritten() -> None:
    """Where a store is looked into at its first call, that call may be the one that mends it."""
    memory = filled(OLDEST, letters=0)
    sealed = SealedStore(memory, NEWEST)
    sealed.inner = looked_into(memory, REALM, sealed.sealing.check_keys)
    with pytest.raises(NoSuchIndex):
        sealed.load("nobody")

    sealed = SealedStore(sealed.inner, BOTH)
    assert re_encrypt(sealed, PROFILE, reindex=True).done == 7
    assert everybody(SealedStore(memory, NEWEST)) == ALL
