"""Laws of a store that is shared between processes: many of them at once, for some seconds.

The function that opens the store travels to the other processes: it has to be one that pickle
knows by name, such as ``functools.partial(MyStore.open, "scheme://…")``.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import attrs

from registrazione.core.records import Key, LetterState
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
from registrazione.testing.laws.kit import LawBroken, present, require, unique
from registrazione.testing.laws.store_outbox import LEASE, with_empty_queue

OpenStore = Callable[[], AccountStore]
R = TypeVar("R")

PROCESSES = 3
ROUNDS = 60
_PATIENCE = 300.0
_MOST_ATTEMPTS = 10_000


def count_up(open_store: OpenStore, name: str, rounds: int) -> int:
    """Raise an account's number so often, again after each stale write; return how often."""
    with _opened(open_store) as store:
        done = 0
        for _ in range(_MOST_ATTEMPTS):
            if done == rounds:
                break
            account = present(store.load(name), "the account is not there")
            try:
                store.commit(one_change(replacement(account, failures=account.failures + 1)))
            except StaleVersion:
                continue
            done += 1
        return done


def take_names(open_store: OpenStore, realm: str, rounds: int) -> list[str]:
    """Try to get each of so many names; return those that were got."""
    got: list[str] = []
    with _opened(open_store) as store:
        for number in range(rounds):
            claim = Key(realm, "username", f"maria{number}")
            try:
                store.commit(one_change(creation(an_account(unique("account")), claims=[claim])))
            except ClaimTaken:
                continue
            got.append(claim.value)
    return got


def deliver(open_store: OpenStore) -> list[str]:
    """Take and settle letters until none is left; return their names."""
    sent: list[str] = []
    with _opened(open_store) as store:
        while taken := store.outbox_take(PORTAL, NOON, 3, LEASE):
            for letter in taken:
                settled = store.outbox_settle(attrs.evolve(letter, state=LetterState.SENT))
                require(settled, "a worker cannot settle the letter that it has")
                sent.append(letter.id)
    return sent


@contextmanager
def _opened(open_store: OpenStore) -> Generator[AccountStore]:
    """Open a store, and close it if it can be."""
    store = open_store()
    try:
        yield store
    finally:
        close = getattr(store, "close", None)
        if close is not None:
            close()


def _in_processes(work: Callable[[], R]) -> list[R]:
    """Do the same in several processes at once, and return what each returned.

    Raises:
        LawBroken: The work cannot be handed to another process.
    """
    try:
        pickle.dumps(work)
    except (AttributeError, TypeError, pickle.PicklingError):
        sentence = "the function that opens the store cannot be handed to another process"
        raise LawBroken(sentence) from None
    # Spawned: a fork would share connections that only one process may use.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        running = [pool.submit(work) for _ in range(PROCESSES)]
        return [future.result(_PATIENCE) for future in running]


def law_processes_lose_no_update(open_store: OpenStore) -> None:
    """Processes that count up and try again when they are stale lose no step."""
    account = an_account(unique("account"))
    with _opened(open_store) as store:
        store.commit(one_change(creation(account)))
        done = _in_processes(partial(count_up, open_store, account.id, ROUNDS))
        counted = present(store.load(account.id), "the account is not there")
    require(done == [ROUNDS] * PROCESSES, "a process is stale again and again")
    require(counted.failures == PROCESSES * ROUNDS, "a step was lost")


def law_processes_share_claims(open_store: OpenStore) -> None:
    """Of processes that want the same names each name goes to one."""
    realm = unique("realm")
    got = _in_processes(partial(take_names, open_store, realm, ROUNDS))
    times = Counter(name for names in got for name in names)
    require(len(times) == ROUNDS, "a name went to nobody")
    require(set(times.values()) == {1}, "a name went to two processes")
    with _opened(open_store) as store:
        found = [len(store.find(Key(realm, "username", name))) for name in times]
    require(set(found) == {1}, "a name does not find who got it")


def law_processes_share_letters(open_store: OpenStore) -> None:
    """Processes that deliver from one outbox take every letter once between them."""
    with _opened(lambda: with_empty_queue(open_store)) as store:
        letters = tuple(a_letter(unique("letter")) for _ in range(PROCESSES * ROUNDS))
        store.commit(one_change(letters=letters))
        sent = [name for names in _in_processes(partial(deliver, open_store)) for name in names]
    require(len(sent) == len(set(sent)), "two processes have taken the same letter")
    require(set(sent) == {letter.id for letter in letters}, "a letter was taken by nobody")
