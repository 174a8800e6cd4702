"""The store in memory and those in databases answer alike, whatever is done to them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from operator import methodcaller
from pathlib import Path
from typing import Any

import attrs
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.adapters.sql.blocking import Blocking
from tests.adapters.sql.places import shared_url
from tests.core.snapshot_strategies import instances_of

from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.sql import AsyncSqlStore, SqlStore
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Change, Criteria, Key, LetterState, Write
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore, StoreError
from registrazione.testing.builders import NOON, PORTAL, a_letter, a_record, an_account
from registrazione.testing.laws.kit import parts

NAMES = st.sampled_from(["a", "b", "c", "d"])
ALL_KEYS = [
    Key(realm, kind, value)
    for realm in ("r", "s")
    for kind in ("email", "username")
    for value in ("x", "X")
]
KEYS = st.frozensets(st.sampled_from(ALL_KEYS), max_size=4)
TIMES = st.integers(0, 3).map(lambda seconds: NOON + seconds * timedelta(seconds=1))
LEASE = timedelta(seconds=2)
# Events are words of the library; PostgreSQL has no place for a null character in them.
EVENTS = st.sampled_from(["begun", "activated"])
RECORDS = instances_of(AuditRecord, account_id=st.none() | NAMES, event=EVENTS)


@attrs.frozen(kw_only=True)
class Wish:
    """What is to become of an account, whatever its version is when the time has come."""

    account: Account | None
    keys: frozenset[Key]
    claims: frozenset[Key]
    astray: int

    def write(self, name: str, stored: Account | None) -> Write:
        """Return the write: mostly on top of what is stored, sometimes astray."""
        expected = max(0, (stored.version if stored else 0) + self.astray)
        if self.account is None and expected:
            return Write(account_id=name, expected=expected, account=None)
        account = self.account or an_account(realm="r")
        return Write(
            account_id=name,
            expected=expected,
            account=attrs.evolve(account, id=name, version=expected + 1),
            keys=self.keys,
            claims=self.claims,
        )


@st.composite
def wishes(draw) -> Wish:
    """Return what is to become of an account: often to hold what others hold already."""
    account = an_account(
        realm=draw(st.sampled_from(["r", "s"])),
        state=draw(st.sampled_from(list(AccountState))),
        created_at=draw(TIMES),
        due_at=draw(st.none() | TIMES),
        last_used_at=draw(st.none() | TIMES),
    )
    keys = draw(KEYS)
    claims = frozenset(key for key in sorted(keys) if draw(st.integers(0, 2)) == 0)
    erase = draw(st.integers(0, 4)) == 0
    astray = draw(st.sampled_from([0] * 8 + [1, -1]))
    return Wish(account=None if erase else account, keys=keys, claims=claims, astray=astray)


class StoresAgree(RuleBasedStateMachine):
    """Do the same to both stores and compare what they answer."""

    @staticmethod
    def open_other() -> AccountStore:
        """Open an empty store to compare with the one in memory."""
        return SqlStore.open("sqlite://", create=True)

    def __init__(self) -> None:
        """Open both."""
        super().__init__()
        self.stores: list[AccountStore] = [MemoryStore(), self.open_other()]
        self.posted = 0
        self.now = NOON

    def teardown(self) -> None:
        """Close the one that holds a connection."""
        self.stores[1].close()

    def both(self, action: Callable[[AccountStore], Any]) -> Any:
        """Return what both answer, or the error that both raise."""
        first, second = [self.answer(action, store) for store in self.stores]
        assert first == second
        return first

    @staticmethod
    def answer(action: Callable[[AccountStore], Any], store: AccountStore) -> Any:
        """Return an answer, or the kind and the text of an error."""
        try:
            return action(store)
        except StoreError as error:
            return type(error), str(error)

    @rule(
        wanted=st.dictionaries(NAMES, wishes(), min_size=1, max_size=3),
        letters=st.integers(0, 2),
        audit=st.lists(RECORDS, max_size=2),
    )
    def commit(self, wanted, letters, audit) -> None:
        """Commit a change and look at everything it may have touched."""
        writes = [
            wish.write(name, self.both(methodcaller("load", account_id=name)))
            for name, wish in wanted.items()
        ]
        posted = [
            a_letter(f"letter-{self.posted + n}", not_before=self.now + n * timedelta(seconds=1))
            for n in range(letters)
        ]
        self.posted += letters
        change = Change(writes=tuple(writes), letters=tuple(posted), audit=tuple(audit))
        self.both(lambda store: store.commit(change))
        for key in ALL_KEYS:
            self.both(methodcaller("find", key=key))
        for realm in ("r", "s"):
            self.both(methodcaller("search", criteria=Criteria(realm=realm), cursor=None, limit=10))

    @rule(
        criteria=instances_of(
            Criteria,
            realm=st.sampled_from(["r", "s"]),
            states=st.lists(st.sampled_from(list(AccountState)), max_size=12).map(tuple),
            due_before=st.none() | TIMES,
            created_before=st.none() | TIMES,
            unused_since=st.none() | TIMES,
        ),
        limit=st.integers(1, 3),
    )
    def search(self, criteria, limit) -> None:
        """Search, part by part."""
        cursor: str | None = None
        while True:
            page = self.both(methodcaller("search", criteria=criteria, cursor=cursor, limit=limit))
            cursor = page.cursor
            if cursor is None:
                break

    @rule(limit=st.integers(0, 3), state=st.sampled_from(list(LetterState)), wait=st.integers(0, 3))
    def deliver(self, limit, state, wait) -> None:
        """Take letters and settle them, one of them as an operator would."""
        self.now += wait * timedelta(seconds=1)
        for letter in self.both(lambda store: store.outbox_take(PORTAL, self.now, limit, LEASE)):
            attempts = letter.attempts - (wait > 1)
            settled = attrs.evolve(letter, state=state, attempts=attempts, not_before=self.now)
            self.both(methodcaller("outbox_settle", message=settled))

    @invariant()
    def same_accounts(self) -> None:
        """Each account, and its history, is the same in both."""
        for name in ("a", "b", "c", "d"):
            self.both(methodcaller("load", account_id=name))
            self.both(methodcaller("history", account_id=name))

    @rule(states=st.lists(st.sampled_from(list(LetterState))), limit=st.integers(1, 3))
    def list_letters(self, states, limit) -> None:
        """List letters, part by part; only the cursors of each store are its own."""
        for_each = [
            list(parts(lambda cursor: store.outbox_list(states, cursor, limit)))  # noqa: B023
            for store in self.stores
        ]
        assert for_each[0] == for_each[1]


StoresAgree.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


class TestStoresAgree(StoresAgree.TestCase):
    """Run the machine."""


class PostgresqlAgrees(StoresAgree):
    """Do the same on PostgreSQL."""

    @staticmethod
    def open_other() -> AccountStore:
        """Open an empty store on the server."""
        return SqlStore.open(shared_url("postgresql", Path()))


class MariadbAgrees(StoresAgree):
    """Do the same on MariaDB."""

    @staticmethod
    def open_other() -> AccountStore:
        """Open an empty store on the server."""
        return SqlStore.open(shared_url("mariadb", Path()))


class AwaitingAgrees(StoresAgree):
    """Do the same on PostgreSQL, by way of the awaitable store."""

    @staticmethod
    def open_other() -> AccountStore:
        """Open an empty store on the server."""
        return Blocking(AsyncSqlStore.open(shared_url("postgresql", Path())))


FEW = settings(
    max_examples=int(os.environ.get("REGISTRAZIONE_ROUNDS", "8")),
    stateful_step_count=20,
    deadline=None,
    # On a server it would take minutes to make a failure smaller.
    phases=[phase for phase in Phase if phase is not Phase.shrink],
)
PostgresqlAgrees.TestCase.settings = FEW
MariadbAgrees.TestCase.settings = FEW
AwaitingAgrees.TestCase.settings = FEW


class TestPostgresqlAgrees(PostgresqlAgrees.TestCase):
    """Run the machine."""


class TestMariadbAgrees(MariadbAgrees.TestCase):
    """Run the machine."""


class TestAwaitingAgrees(AwaitingAgrees.TestCase):
    """Run the machine."""


def test_the_machine_finds_a_difference() -> None:
    """Two stores that differ are told apart: the comparison is not blind."""
    machine = StoresAgree()
    machine.stores[0].commit(Change(audit=(a_record(account_id="a"),)))

    try:
        machine.same_accounts()
    except AssertionError:
        found = True
    else:
        found = False
    finally:
        machine.teardown()

    assert found
