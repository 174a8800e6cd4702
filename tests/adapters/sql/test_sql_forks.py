"""A process that was forked off has connections of its own, and nobody else's locks."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from tests.adapters.sql.places import KINDS, shared_url

from registrazione.adapters.sql import AsyncSqlStore, SqlStore, forks
from registrazione.testing.builders import an_account, creation, one_change

ACCOUNTS = 20

FORK = """
import os, sys
from registrazione.adapters.sql import SqlStore
from registrazione.testing.builders import one_change

store = SqlStore.open(sys.argv[1])
names = [f"account-{number}" for number in range(int(sys.argv[2]))]
whole = lambda: all(store.load(name).id == name for _ in range(5) for name in names)
assert store.load(names[0])
with store._database._turn:
    # Somebody writes at this moment.
    child = os.fork()
    if not child:
        store.commit(one_change())
        os._exit(0 if whole() else 1)
print(whole(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def filled(kind, folder) -> str:
    """Return the address of a database with some accounts."""
    url = shared_url(kind, folder)
    store = SqlStore.open(url)
    accounts = [an_account(f"account-{number}") for number in range(ACCOUNTS)]
    store.commit(one_change(*map(creation, accounts)))
    store.close()
    return url


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_gets_the_answers_of_another_process(kind, tmp_path) -> None:
    """A server that loads the application once and forks its workers off it serves everybody."""
    done = subprocess.run(
        [sys.executable, "-c", FORK, filled(kind, tmp_path), str(ACCOUNTS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("True 0\n", "")


def test_a_database_in_memory_is_copied_with_its_process() -> None:
    """There it is no connection that is shared: what was in it stays."""
    store = SqlStore.open("sqlite://", create=True)
    store.commit(one_change(creation(an_account())))
    forks._leave_behind()
    found = store.load("account-1")
    store.close()

    assert found == an_account()


def test_what_was_open_is_left_to_the_other_process(tmp_path) -> None:
    """It is neither used nor closed, and who begins anew finds what was committed."""
    store = SqlStore.open(f"sqlite:///{tmp_path / 'accounts.db'}", create=True)
    store.commit(one_change(creation(an_account())))
    before = store._database._engine.pool
    forks._leave_behind()
    after = store._database._engine.pool
    found = store.load("account-1")
    store.close()

    assert before.checkedin() == 1
    assert after is not before
    assert found == an_account()
    before.dispose()


def test_who_awaits_leaves_it_behind_too(tmp_path) -> None:
    """A fork has an event loop of its own, and connections that belong to it."""

    async def use() -> tuple[int, int, object]:
        store = AsyncSqlStore.open(filled("postgresql", tmp_path), connections=1)
        await store.load("nobody")
        ((connection, _),) = store._database.idle
        async with store._database.room:
            forks._leave_behind()
            left = len(store._database.idle)
            found = await store.load("account-1")
        await store.close()
        status = connection.pgconn.transaction_status
        await connection.close()
        return left, status, found

    assert asyncio.run(use()) == (0, 0, an_account())
