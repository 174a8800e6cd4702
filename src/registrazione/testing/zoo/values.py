"""Stores that give back something else than what they were given."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import normalize

import attrs

from registrazione.adapters.bookkeeping import in_order
from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import (
    AuditRecord,
    Change,
    Criteria,
    Key,
    OutboxMessage,
    Page,
    Write,
)

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)


class _Rewrites(MemoryStore):
    """Changes accounts on their way in."""

    def rewritten(self, account: Account) -> Account:
        """Return what is stored instead."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def _put(self, write: Write) -> None:
        account = write.account and self.rewritten(write.account)
        super()._put(attrs.evolve(write, account=account))


class _RewritesTexts(_Rewrites):
    """Changes the values of a form on their way in."""

    def text(self, text: str) -> str:
        """Return what is stored instead."""
        raise NotImplementedError  # pragma: no cover - each subclass has its own

    def rewritten(self, account: Account) -> Account:
        values = {name: self.text(value) for name, value in account.values.items()}
        return attrs.evolve(account, values=values)


class TrimsText(_RewritesTexts):
    """Strips the spaces after a text, as columns of a fixed width do."""

    def text(self, text: str) -> str:
        return text.rstrip(" ")


class DecomposesAccents(_RewritesTexts):
    """Takes accented letters apart, as some file systems do."""

    def text(self, text: str) -> str:
        return normalize("NFD", text)


class KnowsOnePlane(_RewritesTexts):
    """Keeps question marks for what lies beyond three bytes of UTF-8."""

    def text(self, text: str) -> str:
        return "".join(c if ord(c) < 0x10000 else "?" for c in text)  # noqa: PLR2004 - the plane


class IsLatin(_RewritesTexts):
    """Has columns of Latin-1 and drops what does not fit."""

    def text(self, text: str) -> str:
        return text.encode("latin-1", "ignore").decode("latin-1")


class UnifiesLineEnds(_RewritesTexts):
    """Makes every line end the same, as a file opened as text does."""

    def text(self, text: str) -> str:
        return text.replace("\r\n", "\n")


class ReadsWords(_RewritesTexts):
    """Takes the word "null" for nothing."""

    def text(self, text: str) -> str:
        return "" if text == "null" else text


class ReadsNumbers(_RewritesTexts):
    """Takes a text of digits for a number, and drops its zeros."""

    def text(self, text: str) -> str:
        return str(int(text)) if text.isdigit() else text


class DoublesQuotes(_RewritesTexts):
    """Escapes quotes on the way in, and not back on the way out."""

    def text(self, text: str) -> str:
        return text.replace("'", "''")


class DropsEmptyValues(_Rewrites):
    """Leaves out the values of a form that are empty."""

    def rewritten(self, account: Account) -> Account:
        values = {name: value for name, value in account.values.items() if value}
        return attrs.evolve(account, values=values)


class CutsNames(_Rewrites):
    """Has a column of eight characters for names of fields."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, values={n[:8]: v for n, v in account.values.items()})


class LosesMilliseconds(_Rewrites):
    """Keeps times to the millisecond."""

    def rewritten(self, account: Account) -> Account:
        at = account.created_at
        return attrs.evolve(
            account, created_at=at.replace(microsecond=at.microsecond // 1000 * 1000)
        )


class RoundsUp(_Rewrites):
    """Rounds the moment when something is due up to the next second."""

    def rewritten(self, account: Account) -> Account:
        due = account.due_at
        if due is None or not due.microsecond:
            return account
        return attrs.evolve(account, due_at=due.replace(microsecond=0) + timedelta(seconds=1))


class BeginsIn1970(_Rewrites):
    """Knows no time before the first of January 1970."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, created_at=max(account.created_at, _EARLIEST))


class EndsIn2038(_Rewrites):
    """Knows no time after 31 bits of seconds."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, created_at=min(account.created_at, _LATEST))


class KeepsTheClockFace(_Rewrites):
    """Keeps what the clock showed, and takes it for UTC."""

    def rewritten(self, account: Account) -> Account:
        used = account.last_used_at
        return attrs.evolve(account, last_used_at=used and used.replace(tzinfo=UTC))


class KeepsDays(_Rewrites):
    """Has a column of dates, without the time of day, for locks."""

    def rewritten(self, account: Account) -> Account:
        until = account.locked_until
        day = until and until.replace(hour=0, minute=0, second=0, microsecond=0)
        return attrs.evolve(account, locked_until=day)


class BreaksBytes(_Rewrites):
    """Keeps bytes as text, and loses those that are none."""

    def rewritten(self, account: Account) -> Account:
        salt = account.history_salt.decode("utf-8", "ignore").encode()
        return attrs.evolve(account, history_salt=salt)


class SortsGates(_Rewrites):
    """Keeps a list as a set, and so not its order."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, gates_passed=tuple(sorted(account.gates_passed)))


class FlattensCredentials(_Rewrites):
    """Keeps of the remembered passwords only those of one kind."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, history=account.history[:1])


class LowersAddresses(_Rewrites):
    """Writes an account's address in small letters, because addresses are "not case-sensitive"."""

    def rewritten(self, account: Account) -> Account:
        code = account.codice_fiscale
        return attrs.evolve(account, codice_fiscale=code and code.lower())


class ResetsCounters(_Rewrites):
    """Does not keep how often a password was wrong."""

    def rewritten(self, account: Account) -> Account:
        return attrs.evolve(account, failures=0, code_failures=0)


class RewritesRecipients(MemoryStore):
    """Encodes the domain of a recipient, so that the letter goes to another text."""

    def commit(self, change: Change) -> None:
        letters = tuple(
            attrs.evolve(letter, to=letter.to.encode("ascii", "ignore").decode())
            for letter in change.letters
        )
        super().commit(attrs.evolve(change, letters=letters))


class LosesAudit(MemoryStore):
    """Keeps the last record of a change only."""

    def commit(self, change: Change) -> None:
        super().commit(attrs.evolve(change, audit=change.audit[-1:]))


class ShortensDetails(MemoryStore):
    """Keeps the trail without its details."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        records = super().history(account_id)
        return tuple(attrs.evolve(record, details={}) for record in records)


class SortsHistory(MemoryStore):
    """Tells the history by the names of its events."""

    def history(self, account_id: str) -> tuple[AuditRecord, ...]:
        return tuple(sorted(super().history(account_id), key=lambda record: record.at.year))[-4:]


class NormalisesKeys(MemoryStore):
    """Compares keys by how they look: an accent may be written in two ways."""

    def commit(self, change: Change) -> None:
        writes = tuple(
            attrs.evolve(
                write,
                keys=frozenset(map(_normal, write.keys)),
                claims=frozenset(map(_normal, write.claims)),
            )
            for write in change.writes
        )
        super().commit(attrs.evolve(change, writes=writes))

    def find(self, key: Key) -> tuple[Account, ...]:
        return super().find(_normal(key))


class FindsByPattern(MemoryStore):
    """Looks keys up with LIKE, so that a percent sign stands for any text."""

    def find(self, key: Key) -> tuple[Account, ...]:
        if key.value != "%":
            return super().find(key)
        held = [other for other in self._holders if other.realm == key.realm]
        return in_order([self._rows[self._holders[other]] for other in held], None)


class ReadsReplica(MemoryStore):
    """Loads from a copy that is one commit behind."""

    def __init__(self) -> None:
        super().__init__()
        self._behind: dict[str, Account] = {}

    def commit(self, change: Change) -> None:
        behind = {name: row.account for name, row in self._rows.items() if row.account}
        super().commit(change)
        self._behind = behind

    def load(self, account_id: str) -> Account | None:
        return self._behind.get(account_id)


class LeaksErrors(MemoryStore):
    """Lets an error of the driver out, where a claim is taken."""

    def _check_claims(self, change: Change) -> None:
        for write in change.writes:
            for claim in write.claims:
                if self._holders.get(claim, write.account_id) != write.account_id:
                    raise KeyError(claim.kind)


class LeaksStaleness(MemoryStore):
    """Answers a stale write with an error of its own."""

    def _check_versions(self, change: Change) -> None:
        for write in change.writes:
            row = self._rows.get(write.account_id)
            if write.expected != (row.account.version if row and row.account else 0):
                raise RuntimeError("row was updated or deleted by another transaction")


class GivesOneMore(MemoryStore):
    """Answers with one account more than the limit."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        return super().search(criteria, cursor, limit + 1)


class RepeatsTheLast(MemoryStore):
    """Begins each part of an answer with the last account of the one before."""

    def search(self, criteria: Criteria, cursor: str | None, limit: int) -> Page[Account]:
        number, _, name = (cursor or "").partition(".")
        before = f"{number}.{name[:-1]}" if name else cursor
        return super().search(criteria, before, limit)


class PostsHalf(MemoryStore):
    """Has room for four letters in one change."""

    def commit(self, change: Change) -> None:
        super().commit(attrs.evolve(change, letters=change.letters[:4]))


class SettlesWithoutError(MemoryStore):
    """Does not write down why a letter was given up."""

    def outbox_settle(self, message: OutboxMessage) -> bool:
        return super().outbox_settle(attrs.evolve(message, error=""))


class RedeemsTwice(MemoryStore):
    """Enforces every claim but the key of a submitted form, which may be redeemed twice."""

    def commit(self, change: Change) -> None:
        writes = [attrs.evolve(w, claims=_enforced(w.claims)) for w in change.writes]
        super().commit(attrs.evolve(change, writes=tuple(writes)))


def _enforced(claims: frozenset[Key]) -> frozenset[Key]:
    """Return the claims without those of submitted forms."""
    return frozenset(claim for claim in claims if claim.kind != "submission")


def _normal(key: Key) -> Key:
    """Return a key whose accents are written in one way."""
    return attrs.evolve(key, value=normalize("NFC", key.value))


FAULTS: Mapping[type[Any], str] = {
    TrimsText: "difficult_text",
    DecomposesAccents: "difficult_text",
    KnowsOnePlane: "difficult_text",
    IsLatin: "difficult_text",
    UnifiesLineEnds: "difficult_text",
    ReadsWords: "difficult_text",
    ReadsNumbers: "difficult_text",
    DoublesQuotes: "difficult_text",
    DropsEmptyValues: "empty_is_not_missing",
    CutsNames: "difficult_text",
    LosesMilliseconds: "microseconds",
    RoundsUp: "microseconds",
    BeginsIn1970: "microseconds",
    EndsIn2038: "microseconds",
    KeepsTheClockFace: "time_zones",
    KeepsDays: "every_field",
    BreaksBytes: "every_field",
    SortsGates: "every_field",
    FlattensCredentials: "every_field",
    LowersAddresses: "every_field",
    ResetsCounters: "every_field",
    RewritesRecipients: "letters_and_records",
    LosesAudit: "history_in_order",
    ShortensDetails: "letters_and_records",
    SortsHistory: "history_in_order",
    NormalisesKeys: "values_are_exact",
    FindsByPattern: "values_are_exact",
    ReadsReplica: "commit_then_load",
    LeaksErrors: "claim_taken",
    LeaksStaleness: "stale_version",
    GivesOneMore: "search_in_parts",
    RepeatsTheLast: "search_in_parts_among_equals",
    PostsHalf: "letters_of_one_change",
    SettlesWithoutError: "settled_is_done",
    RedeemsTwice: "order_of_confirmations",
}
"""Each store, and the law that has to notice it."""
