"""Stores that answer a search, or a question for the past, with something else."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import AuditRecord, Change, Criteria, Page, Write

_TIMES = ("due_before", "created_before", "unused_since")


class _Forgets(MemoryStore):
    """Forgets one criterion where another is given."""

    forgotten: Mapping[str, Any]
    beside: str

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        if getattr(criteria, self.beside):
            criteria = attrs.evolve(criteria, **self.forgotten)
        return super().search(criteria, cursor, limit)


class ForgetsStatesOfTheUnused(_Forgets):
    """Looks at no states, where the unused are searched for."""

    forgotten: Mapping[str, Any] = {"states": ()}
    beside: str = "unused_since"


class ForgetsStatesOfTheDue(_Forgets):
    """Looks at no states, where the due are searched for."""

    forgotten: Mapping[str, Any] = {"states": ()}
    beside: str = "due_before"


class ForgetsUseOfTheOld(_Forgets):
    """Does not ask for the last use, where the old are searched for."""

    forgotten: Mapping[str, Any] = {"unused_since": None}
    beside: str = "created_before"


class ForgetsDatesInStates(_Forgets):
    """Does not ask for the due date, where states are searched for."""

    forgotten: Mapping[str, Any] = {"due_before": None}
    beside: str = "states"


class ForgetsRealmsOfTheDue(MemoryStore):
    """Searches for what is due in every realm."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        accounts = [row.account for row in self._rows.values() if row.account]
        others = tuple(a for a in accounts if attrs.evolve(criteria, realm=a.realm).matches(a))
        return attrs.evolve(page, items=others) if criteria.due_before and not cursor else page


class PassesOverTheEnded(MemoryStore):
    """Finds nothing due in an account that has come to an end."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        items = tuple(a for a in page.items if not (criteria.due_before and a.ended_at))
        return attrs.evolve(page, items=items)


class AsksByTheClockFace(MemoryStore):
    """Takes the moment asked for as the clock on the wall shows it."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        times = {name: getattr(criteria, name) for name in _TIMES}
        faces = {name: at and at.replace(tzinfo=UTC) for name, at in times.items()}
        return super().search(attrs.evolve(criteria, **faces), cursor, limit)


class SortsByTwoDigits(MemoryStore):
    """Sorts by a text that begins with two digits of the year."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        page = super().search(criteria, cursor, limit)
        items = sorted(page.items, key=lambda a: f"{a.created_at.astimezone(UTC):%y%m%d%H%M%S%f}")
        return attrs.evolve(page, items=tuple(items))


class AnswersAHundred(MemoryStore):
    """Answers with a hundred accounts at most, though more are asked for."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return super().search(criteria, cursor, min(limit, 100))


class EndsAtAHundred(MemoryStore):
    """Answers with a hundred accounts, and takes that for all."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return Page(items=super().search(criteria, cursor, min(limit, 100)).items)


class _Columns(MemoryStore):
    """Searches in columns of its own, beside what is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: dict[str, dict[str, Any]] = {}

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of an account, given those it has had."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def commit(self, change: Change) -> None:
        super().commit(change)
        for write in change.writes:
            if write.account:
                before = self._columns.get(write.account_id, {})
                self._columns[write.account_id] = self.columns(write.account, before)

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        everybody = super().search(Criteria(realm=criteria.realm), cursor, 10_000).items
        found = [a for a in everybody if criteria.matches(attrs.evolve(a, **self._columns[a.id]))]
        if cursor or len(found) > limit:
            return super().search(criteria, cursor, limit)
        return Page(items=tuple(found))


class KeepsFirstStates(_Columns):
    """Writes the column of states once."""

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:
        return {"state": account.state, **before}


class KeepsFirstUse(_Columns):
    """Writes the column of the last use once."""

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:
        return {"last_used_at": account.last_used_at, **before}


class KeepsUseForGood(_Columns):
    """Does not clear the column of the last use."""

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:
        return {"last_used_at": account.last_used_at or before.get("last_used_at")}


class KeepsUseToTheSecond(_Columns):
    """Has a column of the last use to the second."""

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        used: datetime | None = account.last_used_at
        return {"last_used_at": used and used.replace(microsecond=0)}


class KeepsDatesByTheClockFace(_Columns):
    """Has a column of due dates as the clock on the wall shows them."""

    def columns(self, account: Account, before: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        due: datetime | None = account.due_at
        return {"due_at": due and due.replace(tzinfo=UTC)}


class TellsOnce(MemoryStore):
    """Has a unique index over the trail."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        records: list[AuditRecord] = []
        for record in super().history(account_id):
            records += [] if record in records else [record]
        return tuple(records)


class TellsAHundred(MemoryStore):
    """Tells the last hundred records."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        return super().history(account_id)[-100:]


class TellsWhatItTold(MemoryStore):
    """Tells a history again as it has told it first."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, tuple[AuditRecord, ...]] = {}

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        told = self._told.get(account_id) or super().history(account_id)
        self._told[account_id] = told
        return told


class TellsByTheClock(MemoryStore):
    """Sorts the trail by what the clock showed, though clocks are put back."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        return tuple(sorted(super().history(account_id), key=lambda record: record.at))


class TrustsCursors(MemoryStore):
    """Takes every cursor for one of its own."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        int((cursor or "0").partition(".")[0])
        return super().search(criteria, cursor, limit)


class CreatesTheSameAgain(MemoryStore):
    """Has nothing against creating what is there already, exactly as it is."""

    def _check_versions(self, change: Change) -> None:
        new = [w for w in change.writes if self._rows.get(w.account_id) != w]
        super()._check_versions(attrs.evolve(change, writes=tuple(new)))


class ErasesTheMissing(MemoryStore):
    """Has nothing against erasing what is not there."""

    def _check_versions(self, change: Change) -> None:
        super()._check_versions(attrs.evolve(change, writes=tuple(map(self._known, change.writes))))

    def _known(self, write: Write) -> Write:
        missing = write.account is None and write.account_id not in self._rows
        return attrs.evolve(write, expected=0) if missing else write


FAULTS: Mapping[type[MemoryStore], str] = {
    ForgetsStatesOfTheUnused: "search_by_everything",
    ForgetsStatesOfTheDue: "search_by_everything",
    ForgetsUseOfTheOld: "search_by_everything",
    ForgetsDatesInStates: "search_by_everything",
    ForgetsRealmsOfTheDue: "search_by_everything",
    PassesOverTheEnded: "search_by_state",
    AsksByTheClockFace: "ages_are_moments",
    SortsByTwoDigits: "ages_are_moments",
    AnswersAHundred: "long_answers",
    EndsAtAHundred: "long_answers",
    KeepsFirstStates: "search_follows_changes",
    KeepsFirstUse: "search_follows_changes",
    KeepsUseForGood: "search_follows_changes",
    KeepsUseToTheSecond: "ages_are_moments",
    KeepsDatesByTheClockFace: "ages_are_moments",
    TellsOnce: "history_repeats",
    TellsAHundred: "long_answers",
    TellsWhatItTold: "history_in_order",
    TellsByTheClock: "history_in_order",
    TrustsCursors: "not_a_cursor",
    CreatesTheSameAgain: "created_once",
    ErasesTheMissing: "missing_is_not_replaced",
}
