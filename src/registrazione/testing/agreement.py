"""A store beside the one in memory: whatever is done to both, both answer alike.

It needs Hypothesis (`pip install hypothesis`)::

    class MyStoreAgrees(store_machine(lambda: MyStore.open("scheme://scratch"))): ...

    TestMyStoreAgrees = MyStoreAgrees.TestCase
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from operator import methodcaller
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import Change, Criteria, Key, LetterState, Write
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore, StoreError
from registrazione.testing.builders import NOON, PORTAL, a_letter, a_record, an_account
from registrazione.testing.laws.kit import LawBroken, parts

_SECOND = timedelta(seconds=1)
_LEASE = 2 * _SECOND
_REALMS = ("r", "s")
_IDS = ("a", "b", "c", "d")
_KEYS = [
    Key(realm, kind, value)
    for realm in _REALMS
    for kind in ("email", "username")
    for value in ("x", "X")
]
_NAMES = st.sampled_from(_IDS)
_TIMES = st.integers(0, 3).map(lambda seconds: NOON + seconds * _SECOND)
_TEXTS = st.text(max_size=12)


@attrs.frozen(kw_only=True)
class Wish:
    """What is to become of an account, whatever its version is when the time has come.

    Args:
        account: Its new values; ``None``: it is erased.
        keys: What it is found by.
        claims: What it holds alone.
        astray: How far beside the stored version the write expects it.
    """

    account: Account | None
    keys: frozenset[Key]
    claims: frozenset[Key]
    astray: int

    def write(self, name: str, stored: Account | None) -> Write:
        """Return the write: mostly on top of what is stored, sometimes astray."""
        expected = max(0, (stored.version if stored else 0) + self.astray)
        if self.account is None and expected:
            return Write(account_id=name, expected=expected, account=None)
        account = self.account or an_account(realm=_REALMS[0])
        return Write(
            account_id=name,
            expected=expected,
            account=attrs.evolve(account, id=name, version=expected + 1),
            keys=self.keys,
            claims=self.claims,
        )


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Return what is to become of an account: often to hold what others hold already."""
    account = an_account(
        realm=draw(st.sampled_from(_REALMS)),
        state=draw(st.sampled_from(list(AccountState))),
        created_at=draw(_TIMES),
        due_at=draw(st.none() | _TIMES),
        last_used_at=draw(st.none() | _TIMES),
        values=draw(st.dictionaries(_TEXTS, _TEXTS, max_size=2)),
    )
    keys = draw(st.frozensets(st.sampled_from(_KEYS), max_size=4))
    claims = frozenset(key for key in sorted(keys) if draw(st.integers(0, 2)) == 0)
    erase = draw(st.integers(0, 4)) == 0
    astray = draw(st.sampled_from([0] * 8 + [1, -1]))
    return Wish(account=None if erase else account, keys=keys, claims=claims, astray=astray)


def _records() -> st.SearchStrategy[Any]:
    """Return audit records, some of which name no account."""
    return st.builds(
        a_record,
        account_id=st.none() | _NAMES,
        at=_TIMES,
        event=_TEXTS,
        details=st.dictionaries(_TEXTS, _TEXTS, max_size=2),
    )


def _criteria() -> st.SearchStrategy[Criteria]:
    """Return what to search for."""
    return st.builds(
        Criteria,
        realm=st.sampled_from(_REALMS),
        states=st.lists(st.sampled_from(list(AccountState)), max_size=12).map(tuple),
        due_before=st.none() | _TIMES,
        created_before=st.none() | _TIMES,
        unused_since=st.none() | _TIMES,
    )


class StoresAgree(RuleBasedStateMachine):
    """Do the same to two stores and compare what they answer; see :func:`store_machine`."""

    @staticmethod
    def open_store() -> AccountStore:
        """Open the store that is compared, empty."""
        raise NotImplementedError

    def __init__(self) -> None:
        """Open both."""
        super().__init__()
        self.stores: list[AccountStore] = [MemoryStore(), type(self).open_store()]
        self.posted: int = 0
        self.now: datetime = NOON

    def teardown(self) -> None:
        """Close the one that holds something."""
        close = getattr(self.stores[1], "close", None)
        if close is not None:
            close()

    def both(self, action: Callable[[AccountStore], Any]) -> Any:  # noqa: ANN401 - any answer
        """Return what both answer, or the error that both raise.

        Raises:
            LawBroken: They do not answer alike.
        """
        first, second = (_answer(action, store) for store in self.stores)
        if first != second:
            raise LawBroken(f"the store answers {second!r} instead of {first!r}")
        return first

    @rule(
        wanted=st.dictionaries(_NAMES, wishes(), min_size=1, max_size=3),
        letters=st.integers(0, 2),
        audit=st.lists(_records(), max_size=2).map(tuple),
    )
    def commit(self, wanted: Mapping[str, Wish], letters: int, audit: tuple[Any, ...]) -> None:
        """Commit a change and look at everything it may have touched."""
        writes = [wish.write(name, self._load(name)) for name, wish in wanted.items()]
        posted = [
            a_letter(f"letter-{self.posted + n}", not_before=self.now + n * _SECOND)
            for n in range(letters)
        ]
        self.posted += letters
        change = Change(writes=tuple(writes), letters=tuple(posted), audit=audit)
        self.both(lambda store: store.commit(change))
        for key in _KEYS:
            self.both(methodcaller("find", key))

    @rule(criteria=_criteria(), limit=st.integers(1, 3))
    def search(self, criteria: Criteria, limit: int) -> None:
        """Search, part by part; only the cursors of each store are its own."""
        self.both(lambda store: list(parts(lambda at: store.search(criteria, at, limit))))

    @rule(limit=st.integers(0, 3), state=st.sampled_from(list(LetterState)), wait=st.integers(0, 3))
    def deliver(self, limit: int, state: LetterState, wait: int) -> None:
        """Take letters and settle them, now and then too late, or as an operator would."""
        self.now += wait * _SECOND
        taken = self.both(lambda store: store.outbox_take(PORTAL, self.now, limit, _LEASE))
        for letter in taken:
            attempts = letter.attempts - (wait > 1)
            settled = attrs.evolve(letter, state=state, attempts=attempts, not_before=self.now)
            self.both(methodcaller("outbox_settle", settled))

    @rule(states=st.lists(st.sampled_from(list(LetterState))), limit=st.integers(1, 3))
    def list_letters(self, states: list[LetterState], limit: int) -> None:
        """List letters, part by part."""
        self.both(lambda store: list(parts(lambda at: store.outbox_list(states, at, limit))))

    @invariant()
    def same_accounts(self) -> None:
        """Each account, and its history, is the same in both."""
        for name in _IDS:
            self._load(name)
            self.both(methodcaller("history", name))

    def _load(self, name: str) -> Account | None:
        """Return an account as both have it."""
        account: Account | None = self.both(lambda store: store.load(name))
        return account


def _answer(action: Callable[[AccountStore], Any], store: AccountStore) -> Any:  # noqa: ANN401 - any
    """Return an answer, or the kind and the text of an error of the contract."""
    try:
        return action(store)
    except StoreError as error:
        return type(error), str(error)


def store_machine(open_store: Callable[[], AccountStore]) -> type[StoresAgree]:
    """Return a machine of Hypothesis that compares a store with the one in memory.

    Args:
        open_store: Opens an EMPTY store each time.

    Returns:
        A class whose ``TestCase`` pytest and unittest run.
    """
    return type("StoreAgrees", (StoresAgree,), {"open_store": staticmethod(open_store)})
