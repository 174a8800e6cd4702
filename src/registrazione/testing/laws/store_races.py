"""Laws of an account store: threads that want the same thing at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice

import attrs

from registrazione.core.records import Change, Key, LetterState
from registrazione.ports.stores import AccountStore, ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import failures, present, race, require, unique
from registrazione.testing.laws.store_outbox import LEASE, take_one, with_empty_queue

OpenStore = Callable[[], AccountStore]

THREADS = 8
ROUNDS = 5
_MOST_ATTEMPTS = 1_000


def _one_wins(store: AccountStore, changes: list[Change], loss: type[Exception]) -> None:
    """Commit changes of which only one can succeed, all at once."""
    results = race([partial(store.commit, change) for change in changes])
    wrong = failures(results, loss)
    require(not wrong, f"instead of {loss.__name__} a thread got {', '.join(wrong)}")
    winners = len([result for result in results if result is None])
    require(winners == 1, f"{winners} of {len(changes)} threads have won")


def law_race_to_replace(open_store: OpenStore) -> None:
    """Of eight threads that replace the same version, one succeeds and seven are stale."""
    store = open_store()
    account = an_account(unique("account"))
    store.commit(one_change(creation(account)))
    for _ in range(ROUNDS):
        read = present(store.load(account.id), "the account is not there")
        changes = [one_change(replacement(read, failures=number)) for number in range(THREADS)]
        _one_wins(store, changes, StaleVersion)


def law_race_to_create(open_store: OpenStore) -> None:
    """Of eight threads that create the same account, one succeeds and seven are stale."""
    store = open_store()
    for _ in range(ROUNDS):
        name = unique("account")
        changes = [one_change(creation(an_account(name, failures=n))) for n in range(THREADS)]
        _one_wins(store, changes, StaleVersion)


def law_race_to_claim(open_store: OpenStore) -> None:
    """Of eight threads that want the same claim, one gets it and seven are told."""
    store = open_store()
    realm = unique("realm")
    for number in range(ROUNDS):
        claim = Key(realm, "username", f"maria{number}")
        changes = [
            one_change(creation(an_account(unique("account")), claims=[claim]))
            for _ in range(THREADS)
        ]
        _one_wins(store, changes, ClaimTaken)
        require(len(store.find(claim)) == 1, "a claim has not exactly one holder")


def law_no_update_is_lost(open_store: OpenStore) -> None:
    """Eight threads that count up and try again when they are stale lose no step."""
    store = open_store()
    account = an_account(unique("account"))
    store.commit(one_change(creation(account)))

    def step() -> bool:
        read = present(store.load(account.id), "the account is not there")
        try:
            store.commit(one_change(replacement(read, failures=read.failures + 1)))
        except StaleVersion:
            return False
        return True

    def count_up() -> None:
        steps = (step() for _ in range(_MOST_ATTEMPTS))
        done = len(list(islice(filter(None, steps), ROUNDS)))
        require(done == ROUNDS, "a thread is stale again and again")

    results = race([count_up] * THREADS)
    wrong = failures(results)
    require(not wrong, f"a thread got {', '.join(wrong)}")
    counted = present(store.load(account.id), "the account is not there")
    require(counted.failures == THREADS * ROUNDS, "a step was lost")
    require(counted.version == 1 + THREADS * ROUNDS, "a version was passed over")


def law_writers_do_not_disturb(open_store: OpenStore) -> None:
    """Eight threads that write different accounts all succeed, and each reads what it wrote."""
    store = open_store()

    def write_and_read() -> None:
        for _ in range(ROUNDS):
            account = an_account(unique("account"))
            key = Key(account.realm, "email", account.id)
            store.commit(one_change(creation(account, claims=[key])))
            require(store.load(account.id) == account, "a thread does not read what it wrote")
            require(store.find(key) == (account,), "a thread does not find what it wrote")

    results = race([write_and_read] * THREADS)
    errors = [result for result in results if result is not None]
    require(not errors, f"a thread failed: {errors[:1]}")


def law_race_to_take(open_store: OpenStore) -> None:
    """Eight workers take every letter exactly once between them."""
    store = with_empty_queue(open_store)
    names = [unique("letter") for _ in range(THREADS * ROUNDS)]
    store.commit(one_change(letters=tuple(a_letter(name) for name in names)))

    def work() -> list[str]:
        mine: list[str] = []
        while taken := store.outbox_take(PORTAL, NOON, 3, LEASE):
            mine += [letter.id for letter in taken]
            require(len(mine) <= len(names), "one worker has taken the same letter twice")
        return mine

    results = race([work] * THREADS)
    wrong = failures(results)
    require(not wrong, f"a worker got {', '.join(wrong)}")
    taken = [name for names in results if isinstance(names, list) for name in names]
    require(len(taken) == len(set(taken)), "two workers have taken the same letter")
    require(set(taken) == set(names), "a letter was taken by nobody")


def law_race_to_settle(open_store: OpenStore) -> None:
    """Of two workers who believe to have a letter, only the one who has it settles it."""
    store = with_empty_queue(open_store)
    for _ in range(ROUNDS):
        store.commit(one_change(letters=(a_letter(unique("letter")),)))
        slow = take_one(store, NOON)
        quick = take_one(store, NOON + LEASE)
        late = attrs.evolve(slow, state=LetterState.DEAD)
        sent = attrs.evolve(quick, state=LetterState.SENT)
        results = race([partial(store.outbox_settle, letter) for letter in (late, sent)])
        require(results == [False, True], "not exactly the worker who has the letter settles it")
