"""Stores with one fault each, and the law that has to notice it."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import Change, Key, LetterState, Page
from registrazione.ports.stores import ClaimTaken, StaleVersion
from registrazione.testing.laws.store_races import THREADS

MEETING = 10.0


class LosesUpdates(MemoryStore):
    """Compares no version once an account is there: the last one to write wins."""

    def _check_versions(self, change):
        for write in change.writes:
            if write.expected and write.account_id not in self._rows:
                raise StaleVersion
            if not write.expected and write.account_id in self._rows:
                raise StaleVersion


class CreatesOver(MemoryStore):
    """Takes expected version 0 for "whatever is there"."""

    def _check_versions(self, change):
        super()._check_versions(
            attrs.evolve(change, writes=tuple(w for w in change.writes if w.expected))
        )


class TakesOlderForGood(MemoryStore):
    """Refuses only what is older than the stored version."""

    def _check_versions(self, change):
        for write in change.writes:
            row = self._rows.get(write.account_id)
            if write.expected < (row.account.version if row else 0):
                raise StaleVersion


class ErasesWithoutLooking(MemoryStore):
    """Compares versions, but not when it erases."""

    def _check_versions(self, change):
        kept = tuple(write for write in change.writes if write.account)
        super()._check_versions(attrs.evolve(change, writes=kept))


class ForgetsClaims(MemoryStore):
    """Lets two accounts hold the same claim."""

    def _check_claims(self, change):
        """Check nothing."""

    def _free(self, account_id):
        row = self._rows.pop(account_id, None)
        for key in row.keys if row else ():
            self._carriers[key].discard(account_id)


class TrustsReplacements(MemoryStore):
    """Checks the claims of new accounts only."""

    def _check_claims(self, change):
        new = tuple(write for write in change.writes if not write.expected)
        super()._check_claims(attrs.evolve(change, writes=new))


class NamesLastKind(MemoryStore):
    """Names the last claim that is taken instead of the first."""

    def _check_claims(self, change):
        held = [c for w in change.writes for c in w.claims if c in self._holders]
        try:
            super()._check_claims(change)
        except ClaimTaken:
            raise ClaimTaken(max(held).kind) from None


class ChecksClaimsFirst(MemoryStore):
    """Reports a taken claim though the version is stale."""

    def _check_versions(self, change):
        self._check_claims(change)
        super()._check_versions(change)


class HasNoExchange(MemoryStore):
    """Compares claims with those of every other account, though the change frees them."""

    def _check_claims(self, change):
        for write in change.writes:
            super()._check_claims(attrs.evolve(change, writes=(write,)))


class LooksOnlyOutside(MemoryStore):
    """Does not compare the claims of one change with each other."""

    def _check_claims(self, change):
        for write in change.writes:
            for claim in write.claims:
                if self._holders.get(claim, write.account_id) not in {
                    w.account_id for w in change.writes
                }:
                    raise ClaimTaken(claim.kind)

    def _free(self, account_id):
        with contextlib.suppress(KeyError):
            super()._free(account_id)


class CommitsWriteByWrite(MemoryStore):
    """Checks and writes one account after the other: half of a change may stay."""

    def commit(self, change):
        for write in change.writes:
            super().commit(Change(writes=(write,)))
        super().commit(Change(letters=change.letters, audit=change.audit))


class PostsTooEarly(MemoryStore):
    """Puts letters into the outbox before it knows whether the change is good."""

    def commit(self, change):
        self._letters.update({letter.id: letter for letter in change.letters})
        super().commit(change)


class RecordsTooEarly(MemoryStore):
    """Writes the audit trail before it knows whether the change is good."""

    def commit(self, change):
        for record in change.audit:
            self._audit[record.account_id].append(record)
        super().commit(attrs.evolve(change, audit=()))


class _ChecksWithoutLock(MemoryStore):
    """Checks, lets everybody else check too, and only then writes."""

    def __init__(self):
        super().__init__()
        self._meeting = Barrier(THREADS)

    def in_the_race(self, change):
        """Tell whether this is one of the changes that the law commits all at once."""
        raise NotImplementedError

    def commit(self, change):
        self._check_versions(change)
        self._check_claims(change)
        if self.in_the_race(change):
            with contextlib.suppress(BrokenBarrierError):
                self._meeting.wait(MEETING)
        for write in change.writes:
            self._put(write)


class SwapsWithoutLock(_ChecksWithoutLock):
    """Compares and swaps, but not in one step."""

    def in_the_race(self, change):
        return any(write.expected for write in change.writes)


class ClaimsWithoutLock(_ChecksWithoutLock):
    """Looks whether a claim is free and takes it, but not in one step."""

    def in_the_race(self, change):
        return any(write.claims for write in change.writes)


class KeepsOldKeys(MemoryStore):
    """Adds keys and removes none."""

    def _put(self, write):
        old = frozenset(key for key, names in self._carriers.items() if write.account_id in names)
        super()._put(attrs.evolve(write, keys=write.keys | old))

    def _free(self, account_id):
        """Forget nothing; the next write puts something in its place."""
        for claim in self._rows[account_id].claims if account_id in self._rows else ():
            del self._holders[claim]


class DropsClaims(MemoryStore):
    """Loses the claims of an account that is written again."""

    def _put(self, write):
        super()._put(attrs.evolve(write, claims=frozenset()) if write.expected else write)


class HoldsAfterErasure(MemoryStore):
    """Goes on holding the claims of an erased account."""

    def _free(self, account_id):
        held = dict(self._holders)
        super()._free(account_id)
        self._holders = held


class ErasesHistory(MemoryStore):
    """Throws the audit trail away with the account."""

    def commit(self, change):
        super().commit(change)
        for write in change.writes:
            if write.account is None:
                self._audit.pop(write.account_id, None)


class IsCaseBlind(MemoryStore):
    """Compares keys as a database does that ignores case."""

    def commit(self, change):
        writes = tuple(
            attrs.evolve(
                write, keys=frozenset(map(fold, write.keys)), claims=frozenset(map(fold, write.claims))
            )
            for write in change.writes
        )
        super().commit(attrs.evolve(change, writes=writes))

    def find(self, key):
        return super().find(fold(key))


class ForgetsRealms(MemoryStore):
    """Takes the same value in another realm for the same key."""

    def find(self, key):
        return tuple(
            row.account
            for row in self._rows.values()
            if any((k.kind, k.value) == (key.kind, key.value) for k in row.keys)
        )


class FindsInAnyOrder(MemoryStore):
    """Answers a look-up in the order in which accounts came."""

    def find(self, key):
        return tuple(row.account for row in self._rows.values() if key in row.keys)


class FindsWithoutEnd(MemoryStore):
    """Answers a look-up with as many accounts as there are."""

    def find(self, key):
        holder = self._holders.get(key)
        found = [self._rows[name].account for name in self._carriers.get(key, ())]
        return tuple(sorted(found, key=lambda a: (a.id != holder, a.created_at)))


class CountsPages(MemoryStore):
    """Continues a search by counting, so that erased accounts shift the rest."""

    def search(self, criteria, cursor, limit):
        start = int(cursor or 0)
        items = super().search(criteria, None, 10_000).items
        more = len(items) > start + limit
        return Page(
            items=items[start : start + limit], cursor=str(start + limit) if more else None
        )


class ContinuesByAgeAlone(MemoryStore):
    """Continues a search after an age, and passes over others of the very same age."""

    def search(self, criteria, cursor, limit):
        return super().search(criteria, cursor and cursor.split(".")[0] + ".~", limit)


class PromisesMore(MemoryStore):
    """Gives a cursor though nothing is left."""

    def search(self, criteria, cursor, limit):
        page = super().search(criteria, cursor, limit)
        return attrs.evolve(page, cursor=page.cursor or (page.items and "9" * 18) or None)


class IsDueTooLate(MemoryStore):
    """Finds only what was due before the moment asked for."""

    def search(self, criteria, cursor, limit):
        due = criteria.due_before
        earlier = due and due - timedelta(microseconds=1)
        return super().search(attrs.evolve(criteria, due_before=earlier), cursor, limit)


class OverlooksTheNeverUsed(MemoryStore):
    """Finds unused accounts only if they were used once."""

    def search(self, criteria, cursor, limit):
        page = super().search(criteria, cursor, limit)
        used = tuple(a for a in page.items if a.last_used_at or not criteria.unused_since)
        return attrs.evolve(page, items=used)


class RoundsTimes(MemoryStore):
    """Keeps times to the second, as some databases do."""

    def load(self, account_id):
        account = super().load(account_id)
        used = account and account.last_used_at
        return used and attrs.evolve(account, last_used_at=used.replace(microsecond=0)) or account


class LosesZones(MemoryStore):
    """Gives times back without their zone."""

    def load(self, account_id):
        account = super().load(account_id)
        used = account and account.last_used_at
        return used and attrs.evolve(account, last_used_at=used.replace(tzinfo=None)) or account


class TakesEmptyForMissing(MemoryStore):
    """Stores an empty text as nothing, as some databases do."""

    def load(self, account_id):
        account = super().load(account_id)
        return account and attrs.evolve(account, username=account.username or None)


class CutsText(MemoryStore):
    """Stores no more than what fits into a column."""

    def load(self, account_id):
        account = super().load(account_id)
        values = {name: value[:255] for name, value in account.values.items()} if account else {}
        return account and attrs.evolve(account, values=values)


class RaisesOnUnknown(MemoryStore):
    """Takes an account that is not there for an error."""

    def load(self, account_id):
        return self._rows[account_id].account


class TurnsHistory(MemoryStore):
    """Tells the history from its end."""

    def history(self, account_id):
        return super().history(account_id)[::-1]


class TakesNewestFirst(MemoryStore):
    """Works the outbox like a stack."""

    def _due_letters(self, now):
        return reversed(list(super()._due_letters(now)))


class IsImpatient(MemoryStore):
    """Delivers letters before their time."""

    def _due_letters(self, now):
        return (m for m in self._letters.values() if m.state is LetterState.QUEUED)


class GrantsNoLease(MemoryStore):
    """Hands a letter out and lets everybody else have it too."""

    def outbox_take(self, now, limit, lease):
        return super().outbox_take(now, limit, timedelta(0))


class TakesWithoutLock(MemoryStore):
    """Chooses letters, lets everybody else choose too, and only then notes that they are taken."""

    def __init__(self):
        super().__init__()
        self._meeting = Barrier(THREADS)

    def outbox_take(self, now, limit, lease):
        chosen = list(self._due_letters(now))[:limit]
        if chosen:
            with contextlib.suppress(BrokenBarrierError):
                self._meeting.wait(MEETING)
        taken = tuple(
            attrs.evolve(m, attempts=m.attempts + 1, not_before=now + lease) for m in chosen
        )
        self._letters.update({letter.id: letter for letter in taken})
        return taken


class SettlesForAnybody(MemoryStore):
    """Lets a worker write to a letter that another has taken since."""

    def outbox_settle(self, message):
        if message.id not in self._letters:
            return False
        self._letters[message.id] = message
        return True


class FencesTheOperator(MemoryStore):
    """Knows no way of sending a letter again."""

    def outbox_settle(self, message):
        stored = self._letters.get(message.id)
        if stored is None or stored.attempts != message.attempts:
            return False
        return super().outbox_settle(message)


class InventsLetters(MemoryStore):
    """Puts a letter into the outbox that nobody has committed."""

    def outbox_settle(self, message):
        self._letters.setdefault(message.id, message)
        return super().outbox_settle(message)


class SendsTwice(MemoryStore):
    """Notes what became of a letter, but leaves it in the queue."""

    def outbox_settle(self, message):
        return super().outbox_settle(attrs.evolve(message, state=LetterState.QUEUED))


def fold(key: Key) -> Key:
    """Return a key without regard to case."""
    return attrs.evolve(key, value=key.value.casefold())


FAULTS: dict[type[MemoryStore], str] = {
    LosesUpdates: "stale_version",
    CreatesOver: "created_once",
    TakesOlderForGood: "version_ahead",
    ErasesWithoutLooking: "erase_compares",
    ForgetsClaims: "claim_taken",
    TrustsReplacements: "claim_taken_by_replacement",
    NamesLastKind: "first_kind_is_named",
    ChecksClaimsFirst: "stale_before_taken",
    HasNoExchange: "claims_are_exchanged",
    LooksOnlyOutside: "one_change_one_holder",
    CommitsWriteByWrite: "taken_leaves_nothing",
    PostsTooEarly: "stale_leaves_nothing",
    RecordsTooEarly: "stale_leaves_nothing",
    SwapsWithoutLock: "race_to_replace",
    ClaimsWithoutLock: "race_to_claim",
    KeepsOldKeys: "keys_are_replaced",
    DropsClaims: "own_claim_is_kept",
    HoldsAfterErasure: "erasure_frees",
    ErasesHistory: "erase",
    IsCaseBlind: "values_are_exact",
    ForgetsRealms: "kinds_and_realms_are_apart",
    FindsInAnyOrder: "find_in_order",
    FindsWithoutEnd: "find_is_bounded",
    CountsPages: "search_while_erasing",
    ContinuesByAgeAlone: "search_in_parts_among_equals",
    PromisesMore: "search_in_parts",
    IsDueTooLate: "search_due",
    OverlooksTheNeverUsed: "search_unused",
    RoundsTimes: "microseconds",
    LosesZones: "time_zones",
    TakesEmptyForMissing: "empty_is_not_missing",
    CutsText: "long_text",
    RaisesOnUnknown: "unknown_account",
    TurnsHistory: "history_in_order",
    TakesNewestFirst: "take_in_order",
    IsImpatient: "not_before",
    GrantsNoLease: "lease",
    TakesWithoutLock: "race_to_take",
    SettlesForAnybody: "settle_is_fenced",
    FencesTheOperator: "send_again",
    InventsLetters: "unknown_letter",
    SendsTwice: "settled_is_done",
}
