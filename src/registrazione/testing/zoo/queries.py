"""Stores that find the wrong accounts, or lose some on the way."""

# ruff: noqa: ARG002, D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Change,
    Criteria,
    Key,
    Page,
    Write,
)


class KeepsOldKeys(MemoryStore):
    """Adds keys and removes none."""

    def _put(self, write: Write) -> None:
        old = frozenset(key for key, names in self._carriers.items() if write.account_id in names)
        super()._put(attrs.evolve(write, keys=write.keys | old))

    def _free(self, account_id: str) -> None:
        """Forget nothing; the next write puts something in its place."""
        for claim in self._rows[account_id].claims if account_id in self._rows else ():
            del self._holders[claim]


class FindsInAnyOrder(MemoryStore):
    """Answers a look-up in the order in which accounts came."""

    def find(self, key: Key) -> tuple[Account, ...]:
        return tuple(r.account for r in self._rows.values() if r.account and key in r.keys)


class FindsWithoutEnd(MemoryStore):
    """Answers a look-up with as many accounts as there are."""

    def find(self, key: Key) -> tuple[Account, ...]:
        holder = self._holders.get(key)
        rows = [self._rows[name] for name in self._carriers.get(key, ())]
        found = [row.account for row in rows if row.account]
        return tuple(sorted(found, key=lambda a: (a.id != holder, a.created_at)))


class CountsPages(MemoryStore):
    """Continues a search by counting, so that erased accounts shift the rest."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        start = int(cursor or 0)
        items = super().search(criteria, None, 10_000).items
        more = len(items) > start + limit
        return Page(items=items[start : start + limit], cursor=str(start + limit) if more else None)


class ContinuesByAgeAlone(MemoryStore):
    """Continues a search after an age, and passes over others of the very same age."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return super().search(criteria, cursor and cursor.split(".")[0] + ".~", limit)


class PromisesMore(MemoryStore):
    """Gives a cursor though nothing is left."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        return attrs.evolve(page, cursor=page.cursor or (page.items and "9" * 18) or None)


class StartsOver(MemoryStore):
    """Gives cursors and does not look at them."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return super().search(criteria, None, limit)


class FreezesFinds(MemoryStore):
    """Answers a look-up from a cache that nobody empties."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[Key, tuple[Account, ...]] = {}

    def find(self, key: Key) -> tuple[Account, ...]:
        return self._found.setdefault(key, super().find(key))


class KnowsOneKey(MemoryStore):
    """Finds an account by one of its keys only."""

    def _put(self, write: Write) -> None:
        super()._put(attrs.evolve(write, keys=frozenset(sorted(write.keys)[:1])))


class SearchesByName(MemoryStore):
    """Answers a search in the order of the identifiers."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda a: a.id)))


class _Widens(MemoryStore):
    """Searches for less than it was asked."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return super().search(self.widened(criteria), cursor, limit)

    def widened(self, criteria: Criteria) -> Criteria:
        """Leave a criterion out."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own


class IgnoresStates(_Widens):
    """Finds accounts in any state."""

    def widened(self, criteria: Criteria) -> Criteria:
        return attrs.evolve(criteria, states=())


class IgnoresCreation(_Widens):
    """Finds accounts whenever they were created."""

    def widened(self, criteria: Criteria) -> Criteria:
        return attrs.evolve(criteria, created_before=None)


class IgnoresAllButOne(_Widens):
    """Looks at the due date alone, where there is one."""

    def widened(self, criteria: Criteria) -> Criteria:
        if not criteria.due_before:
            return criteria
        return Criteria(realm=criteria.realm, due_before=criteria.due_before)


class SearchesEveryRealm(MemoryStore):
    """Finds the accounts of every realm."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        realms = {row.account.realm for row in self._rows.values() if row.account}
        pages = [
            super(SearchesEveryRealm, self).search(
                attrs.evolve(criteria, realm=realm), cursor, limit
            )
            for realm in realms
        ]
        return Page(items=tuple(account for page in pages for account in page.items))


class SharesHistory(MemoryStore):
    """Tells everybody's history with records that name no account."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        return super().history(account_id) + tuple(self._audit[None])


class RemembersOldDates(MemoryStore):
    """Finds accounts by the date that was once set for them."""

    def _put(self, write: Write) -> None:
        if write.account and write.account_id in self._dates:
            due = self._dates[write.account_id]
            write = attrs.evolve(write, account=attrs.evolve(write.account, due_at=due))
        super()._put(write)

    def commit(self, change: Change) -> None:
        self._dates = {n: row.account.due_at for n, row in self._rows.items() if row.account}
        super().commit(change)


class IsDueTooLate(MemoryStore):
    """Finds only what was due before the moment asked for."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        due = criteria.due_before
        earlier = due and due - timedelta(microseconds=1)
        return super().search(attrs.evolve(criteria, due_before=earlier), cursor, limit)


class OverlooksTheNeverUsed(MemoryStore):
    """Finds unused accounts only if they were used once."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        used = tuple(a for a in page.items if a.last_used_at or not criteria.unused_since)
        return attrs.evolve(page, items=used)


class TurnsHistory(MemoryStore):
    """Tells the history from its end."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        return super().history(account_id)[::-1]


FAULTS: Mapping[type[MemoryStore], str] = {
    KeepsOldKeys: "keys_are_replaced",
    FindsInAnyOrder: "find_in_order",
    FindsWithoutEnd: "find_is_bounded",
    CountsPages: "search_while_erasing",
    ContinuesByAgeAlone: "search_in_parts_among_equals",
    PromisesMore: "search_in_parts",
    StartsOver: "search_in_parts",
    FreezesFinds: "find_sees_new_state",
    KnowsOneKey: "found_by_every_key",
    SearchesByName: "search_by_age",
    IgnoresStates: "search_by_state",
    IgnoresCreation: "search_by_creation",
    IgnoresAllButOne: "search_by_everything",
    SearchesEveryRealm: "search_within_realm",
    SharesHistory: "history_is_own",
    RemembersOldDates: "search_due_follows_changes",
    IsDueTooLate: "search_due",
    OverlooksTheNeverUsed: "search_unused",
    TurnsHistory: "history_in_order",
}
