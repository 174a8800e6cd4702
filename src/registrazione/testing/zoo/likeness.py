"""Stores that take what is alike for the same: keys, identifiers, realms."""

# ruff: noqa: ARG002, D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from zlib import crc32

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Change, Criteria, Key, Page, Write


class _Likens(MemoryStore):
    """Keeps keys in a form that others may have too."""

    def like(self, key: Key) -> Key:
        """Return what is kept instead."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def commit(self, change: Change) -> None:
        writes = tuple(
            attrs.evolve(
                write,
                keys=frozenset(map(self.like, write.keys)),
                claims=frozenset(map(self.like, write.claims)),
            )
            for write in change.writes
        )
        super().commit(attrs.evolve(change, writes=writes))

    def find(self, key: Key) -> tuple[Account, ...]:
        return super().find(self.like(key))


class TrimsLineEnds(_Likens):
    """Strips the end of the line from a key, as whoever reads lines does."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, value=key.value.rstrip("\n"))


class IndexesTheBeginning(_Likens):
    """Has an index over the first 191 characters."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, value=key.value[:191])


class JoinsKeys(_Likens):
    """Joins realm, kind and value by a sign that each of them may hold."""

    def like(self, key: Key) -> Key:
        return Key("", "", f"{key.realm}:{key.kind}:{key.value}")


class SumsKeys(_Likens):
    """Compares keys by a checksum."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, value=str(crc32(key.value.encode())))


class DropsTheInvisible(_Likens):
    """Drops what cannot be seen."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, value=key.value.replace("\u200b", ""))


class CutsSlashes(_Likens):
    """Takes an address with a slash at its end for the one without."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, value=key.value.rstrip("/"))


class LowersRealms(_Likens):
    """Compares the realms of keys as a database does that ignores case."""

    def like(self, key: Key) -> Key:
        return attrs.evolve(key, realm=key.realm.lower())


class _LoadsAlike(MemoryStore):
    """Loads an account by an identifier that is like its own."""

    def is_like(self, name: str, asked: str) -> bool:
        """Tell whether one stands for the other."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def load(self, account_id: str) -> Account | None:
        names = (name for name in self._rows if self.is_like(name, account_id))
        return super().load(next(names, account_id))


class LoadsAnyCase(_LoadsAlike):
    """Ignores the case of identifiers."""

    def is_like(self, name: str, asked: str) -> bool:
        return name.lower() == asked.lower()


class LoadsTrimmed(_LoadsAlike):
    """Ignores spaces around identifiers."""

    def is_like(self, name: str, asked: str) -> bool:
        return name == asked.strip()


class LoadsByPattern(_LoadsAlike):
    """Loads with LIKE, so that a percent sign stands for any text."""

    def is_like(self, name: str, asked: str) -> bool:
        return fnmatchcase(name, asked.replace("%", "*").replace("_", "?"))


class LoadsByBeginning(_LoadsAlike):
    """Takes the beginning of an identifier for the whole, as some file systems do."""

    def is_like(self, name: str, asked: str) -> bool:
        return name.startswith(asked)


class TellsHistoriesOfAnyCase(MemoryStore):
    """Ignores the case of identifiers in the trail."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        names = (name for name in self._audit if name and name.lower() == account_id.lower())
        return super().history(next(names, account_id))


class TellsHistoriesByBeginning(MemoryStore):
    """Tells every history whose account begins like the one asked for."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        names = (name for name in self._audit if name and name.startswith(account_id))
        return super().history(next(names, account_id))


class _SearchesAlike(MemoryStore):
    """Searches in realms that are like the one asked for."""

    def is_like(self, realm: str, asked: str) -> bool:
        """Tell whether one stands for the other."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        asked = criteria.realm
        realms = {row.account.realm for row in self._rows.values() if row.account}
        alike = [realm for realm in realms if realm != asked and self.is_like(realm, asked)]
        page = super().search(criteria, cursor, limit)
        for realm in alike:
            more = super().search(attrs.evolve(criteria, realm=realm), None, limit)
            page = attrs.evolve(page, items=page.items + more.items)
        return page


class SearchesRealmsOfAnyCase(_SearchesAlike):
    """Ignores the case of realms in a search."""

    def is_like(self, realm: str, asked: str) -> bool:
        return realm.lower() == asked.lower()


class SearchesRealmsByBeginning(_SearchesAlike):
    """Searches in every realm that begins like the one asked for."""

    def is_like(self, realm: str, asked: str) -> bool:
        return realm.startswith(asked)


class SearchesRealmsByPattern(_SearchesAlike):
    """Searches with LIKE, so that an underscore stands for any sign."""

    def is_like(self, realm: str, asked: str) -> bool:
        return fnmatchcase(realm, asked.replace("_", "?"))


class _Drops(MemoryStore):
    """Leaves out some of what an account holds or carries."""

    def kept(self, write: Write, account: Account) -> Write:
        """Return what is written instead."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def commit(self, change: Change) -> None:
        writes = tuple(self.kept(w, w.account) if w.account else w for w in change.writes)
        super().commit(attrs.evolve(change, writes=writes))


class HoldsOneOfAKind(_Drops):
    """Has room for one claim of each kind."""

    def kept(self, write: Write, account: Account) -> Write:
        claims = {claim.kind: claim for claim in sorted(write.claims)}
        return attrs.evolve(write, claims=frozenset(claims.values()))


class CarriesTen(_Drops):
    """Has room for ten keys of an account."""

    def kept(self, write: Write, account: Account) -> Write:
        return attrs.evolve(write, keys=frozenset(sorted(write.keys)[:10]))


class FreesWhatHasEnded(_Drops):
    """Frees the claims of an account by itself, once that has come to an end."""

    def kept(self, write: Write, account: Account) -> Write:
        return attrs.evolve(write, claims=frozenset()) if account.ended_at else write


class ForgetsTheExpired(_Drops):
    """Does not find accounts that have expired."""

    def kept(self, write: Write, account: Account) -> Write:
        return attrs.evolve(write, keys=write.claims) if account.state == "expired" else write


class HidesWhatHasEnded(MemoryStore):
    """Takes what has come to an end for deleted."""

    def load(self, account_id: str) -> Account | None:
        account = super().load(account_id)
        return None if account and account.ended_at else account


class RemembersNobody(MemoryStore):
    """Remembers that an account is not there, and not that it was created."""

    def __init__(self) -> None:
        super().__init__()
        self._nobody: set[str] = set()

    def load(self, account_id: str) -> Account | None:
        account = None if account_id in self._nobody else super().load(account_id)
        self._nobody |= set() if account else {account_id}
        return account


class RemembersNothing(MemoryStore):
    """Remembers that a question has no answer, for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._empty: set[object] = set()

    def _once(self, question: object, ask: Callable[[], Page[Account]]) -> Page[Account]:
        page = Page[Account](items=()) if question in self._empty else ask()
        self._empty |= set() if page.items else {question}
        return page

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        ask = super().search
        return self._once(criteria, lambda: ask(criteria, cursor, limit))


FAULTS: Mapping[type[MemoryStore], str] = {
    TrimsLineEnds: "values_are_exact",
    IndexesTheBeginning: "values_are_exact",
    JoinsKeys: "kinds_and_realms_are_apart",
    SumsKeys: "values_are_exact",
    DropsTheInvisible: "values_are_exact",
    CutsSlashes: "values_are_exact",
    LowersRealms: "kinds_and_realms_are_apart",
    LoadsAnyCase: "identifiers_are_exact",
    LoadsTrimmed: "identifiers_are_exact",
    LoadsByPattern: "identifiers_are_exact",
    LoadsByBeginning: "identifiers_are_exact",
    TellsHistoriesOfAnyCase: "identifiers_are_exact",
    TellsHistoriesByBeginning: "identifiers_are_exact",
    SearchesRealmsOfAnyCase: "search_within_realm",
    SearchesRealmsByBeginning: "search_within_realm",
    SearchesRealmsByPattern: "search_within_realm",
    HoldsOneOfAKind: "claims_of_one_kind",
    CarriesTen: "found_by_every_key",
    FreesWhatHasEnded: "states_change_nothing",
    ForgetsTheExpired: "states_change_nothing",
    HidesWhatHasEnded: "states_change_nothing",
    RemembersNobody: "nothing_is_remembered",
    RemembersNothing: "nothing_is_remembered",
}
