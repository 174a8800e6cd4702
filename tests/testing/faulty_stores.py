"""Stores with one fault each, and the law that has to notice it."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from unicodedata import normalize

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.records import Change, Criteria, Key, LetterState, Page
from registrazione.ports.stores import (
    ClaimTaken,
    StaleVersion,
    StoreError,
    StoreUnavailable,
)
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


class StartsOver(MemoryStore):
    """Gives cursors and does not look at them."""

    def search(self, criteria, cursor, limit):
        return super().search(criteria, None, limit)


class ListsForever(MemoryStore):
    """Lists the same letters again and again."""

    def outbox_list(self, states, cursor, limit):
        return super().outbox_list(states, None, limit)


class IsAlwaysStale(MemoryStore):
    """Refuses every change of what is there."""

    def _check_versions(self, change):
        if any(write.expected for write in change.writes):
            raise StaleVersion
        super()._check_versions(change)


class FreezesFinds(MemoryStore):
    """Answers a look-up from a cache that nobody empties."""

    def __init__(self):
        super().__init__()
        self._found = {}

    def find(self, key):
        return self._found.setdefault(key, super().find(key))


class FreezesLoads(MemoryStore):
    """Loads an account from a cache that nobody empties."""

    def __init__(self):
        super().__init__()
        self._loaded = {}

    def load(self, account_id):
        return self._loaded.setdefault(account_id, super().load(account_id))


class StoresNothing(MemoryStore):
    """Says that all is well."""

    def commit(self, change):
        """Do nothing."""


class ExpectsSomething(MemoryStore):
    """Does not know what to do with an empty change."""

    def commit(self, change):
        if not (change.writes or change.letters or change.audit):
            raise StoreError("nothing to do")
        super().commit(change)


class ComposesAccents(MemoryStore):
    """Brings text into a form that it thinks better."""

    def load(self, account_id):
        account = super().load(account_id)
        values = account.values.items() if account else ()
        composed = {name: normalize("NFC", value) for name, value in values}
        return account and attrs.evolve(account, values=composed)


class TrimsKeys(MemoryStore):
    """Drops the spaces around the value of a key where it stores it."""

    def _put(self, write):
        trimmed = frozenset(attrs.evolve(key, value=key.value.strip()) for key in write.claims)
        super()._put(attrs.evolve(write, keys=trimmed, claims=trimmed))


class KnowsOneKey(MemoryStore):
    """Finds an account by one of its keys only."""

    def _put(self, write):
        super()._put(attrs.evolve(write, keys=frozenset(sorted(write.keys)[:1])))


class SearchesByName(MemoryStore):
    """Answers a search in the order of the identifiers."""

    def search(self, criteria, cursor, limit):
        page = super().search(criteria, cursor, limit)
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda a: a.id)))


class _Widens(MemoryStore):
    """Searches for less than it was asked."""

    def search(self, criteria, cursor, limit):
        return super().search(self.widened(criteria), cursor, limit)

    def widened(self, criteria):
        """Leave a criterion out."""
        raise NotImplementedError


class IgnoresStates(_Widens):
    """Finds accounts in any state."""

    def widened(self, criteria):
        return attrs.evolve(criteria, states=())


class IgnoresCreation(_Widens):
    """Finds accounts whenever they were created."""

    def widened(self, criteria):
        return attrs.evolve(criteria, created_before=None)


class IgnoresAllButOne(_Widens):
    """Looks at the due date alone, where there is one."""

    def widened(self, criteria):
        if not criteria.due_before:
            return criteria
        return Criteria(realm=criteria.realm, due_before=criteria.due_before)


class SearchesEveryRealm(MemoryStore):
    """Finds the accounts of every realm."""

    def search(self, criteria, cursor, limit):
        realms = {row.account.realm for row in self._rows.values()}
        pages = [super(SearchesEveryRealm, self).search(
            attrs.evolve(criteria, realm=realm), cursor, limit) for realm in realms]
        return Page(items=tuple(account for page in pages for account in page.items))


class SharesHistory(MemoryStore):
    """Tells everybody's history with records that name no account."""

    def history(self, account_id):
        return super().history(account_id) + tuple(self._audit[None])


class ForgetsParameters(MemoryStore):
    """Keeps letters without what their text needs."""

    def commit(self, change):
        letters = tuple(attrs.evolve(letter, params={}) for letter in change.letters)
        super().commit(attrs.evolve(change, letters=letters))


class ShufflesLetters(MemoryStore):
    """Keeps the order of changes, but not that of the letters in one."""

    def commit(self, change):
        super().commit(attrs.evolve(change, letters=change.letters[::-1]))


class ForgetsAttempts(MemoryStore):
    """Hands letters out with an attempt more, and does not write that down."""

    def outbox_take(self, now, limit, lease):
        taken = super().outbox_take(now, limit, lease)
        for letter in taken:
            self._letters[letter.id] = attrs.evolve(letter, attempts=letter.attempts - 1)
        return taken


class ForgetsBackOff(MemoryStore):
    """Delivers again at once what could not be delivered."""

    def outbox_settle(self, message):
        return super().outbox_settle(attrs.evolve(message, not_before=message.created_at))


class ListsEverything(MemoryStore):
    """Lists letters in whatever state they are."""

    def outbox_list(self, states, cursor, limit):
        return super().outbox_list(tuple(LetterState), cursor, limit)


class IsLocked(MemoryStore):
    """Lets one writer in and turns the others away, instead of letting them wait."""

    def __init__(self):
        super().__init__()
        self._meeting = Barrier(THREADS)

    def commit(self, change):
        if self._meeting.wait(MEETING) > 0:
            raise StoreUnavailable
        super().commit(change)


class CreatesWithoutLock(_ChecksWithoutLock):
    """Looks whether an account is there and creates it, but not in one step."""

    def in_the_race(self, change):
        return True


class SettlesWithoutLook(MemoryStore):
    """Believes every worker."""

    def outbox_settle(self, message):
        super().outbox_settle(message)
        return True


class HandsClaimsOn(MemoryStore):
    """Frees what an erased account held only after the others have taken theirs."""

    def _check_claims(self, change):
        kept = {write.account_id for write in change.writes if write.account}
        for write in change.writes:
            for claim in write.claims:
                if self._holders.get(claim, write.account_id) not in kept:
                    raise ClaimTaken(claim.kind)
        super()._check_claims(change)


class HoldsWhatWasGivenUp(MemoryStore):
    """Never frees a claim, except by erasing its account."""

    def _put(self, write):
        held = frozenset(key for key, name in self._once.items() if name == write.account_id)
        super()._put(attrs.evolve(write, claims=write.claims | held))

    def commit(self, change):
        self._once = dict(self._holders)
        super().commit(change)


class RevivesNothing(MemoryStore):
    """Never lets an identifier be used again."""

    def __init__(self):
        super().__init__()
        self._erased = set()

    def commit(self, change):
        if any(write.account_id in self._erased for write in change.writes):
            raise StaleVersion
        super().commit(change)
        self._erased |= {write.account_id for write in change.writes if not write.account}


class ReplacesNothing(MemoryStore):
    """Creates an account where there is none to be replaced."""

    def _check_versions(self, change):
        there = tuple(write for write in change.writes if write.account_id in self._rows)
        super()._check_versions(attrs.evolve(change, writes=there))


class SharesNothing(MemoryStore):
    """Takes every key for a claim."""

    def commit(self, change):
        writes = tuple(attrs.evolve(write, claims=write.keys) for write in change.writes)
        super().commit(attrs.evolve(change, writes=writes))


class ClaimsNothingLater(MemoryStore):
    """Takes a claim down only if the account did not have the key before."""

    def _put(self, write):
        had = self._had.get(write.account_id, frozenset())
        super()._put(attrs.evolve(write, claims=write.claims - had))

    def commit(self, change):
        self._had = {name: row.keys - row.claims for name, row in self._rows.items()}
        super().commit(change)


class RemembersOldDates(MemoryStore):
    """Finds accounts by the date that was once set for them."""

    def _put(self, write):
        if write.account and write.account_id in self._dates:
            due = self._dates[write.account_id]
            write = attrs.evolve(write, account=attrs.evolve(write.account, due_at=due))
        super()._put(write)

    def commit(self, change):
        self._dates = {name: row.account.due_at for name, row in self._rows.items()}
        super().commit(change)


class LosesFields(MemoryStore):
    """Has no column for who identified the person."""

    def load(self, account_id):
        account = super().load(account_id)
        return account and attrs.evolve(account, identification=None)


class LosesSecondWrite(MemoryStore):
    """Carries only the first account of a change out."""

    def commit(self, change):
        super().commit(attrs.evolve(change, writes=change.writes[:1]))


class ForgetsLettersOfOthers(MemoryStore):
    """Gives up a letter once a worker has died with it."""

    def outbox_take(self, now, limit, lease):
        taken = super().outbox_take(now, limit, lease)
        return tuple(letter for letter in taken if letter.attempts == 1)


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
    StartsOver: "search_in_parts",
    ListsForever: "list_in_parts",
    IsAlwaysStale: "no_update_is_lost",
    FreezesFinds: "find_sees_new_state",
    FreezesLoads: "replace",
    StoresNothing: "commit_then_load",
    ExpectsSomething: "empty_change",
    ComposesAccents: "difficult_text",
    TrimsKeys: "keys_with_difficult_text",
    KnowsOneKey: "found_by_every_key",
    SearchesByName: "search_by_age",
    IgnoresStates: "search_by_state",
    IgnoresCreation: "search_by_creation",
    IgnoresAllButOne: "search_by_everything",
    SearchesEveryRealm: "search_within_realm",
    SharesHistory: "history_is_own",
    ForgetsParameters: "letters_and_records",
    ShufflesLetters: "letters_of_one_change",
    ForgetsAttempts: "taking_is_noted",
    ForgetsBackOff: "back_off",
    ListsEverything: "list_by_state",
    IsLocked: "writers_do_not_disturb",
    CreatesWithoutLock: "race_to_create",
    SettlesWithoutLook: "race_to_settle",
    HandsClaimsOn: "claim_is_handed_over",
    HoldsWhatWasGivenUp: "claim_is_freed",
    RevivesNothing: "erased_may_return",
    ReplacesNothing: "missing_is_not_replaced",
    SharesNothing: "keys_are_shared",
    ClaimsNothingLater: "key_becomes_claim",
    RemembersOldDates: "search_due_follows_changes",
    LosesFields: "every_field",
    LosesSecondWrite: "several_writes",
    ForgetsLettersOfOthers: "lease",
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
