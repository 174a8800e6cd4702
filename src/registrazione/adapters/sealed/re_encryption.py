"""Data that lie there already brought under the newest key, in batches that can be resumed.

The way back as well: from a store with encryption to one without.

A flow like those of the core, so that it runs with blocking and with awaited stores.

Of the oldest accounts the first is rewritten before all others, and the rest after them. Those
are the ones that a store looks at before it trusts its look-up keys: a run that is broken off
leaves them in disagreement, and the store says so until the run is resumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict, TypeVar, Unpack

import attrs

from registrazione.adapters.sealed.fields import texts_of
from registrazione.adapters.sealed.first_look import bare
from registrazione.adapters.sealed.heads import NO_INDEX, SAMPLE, Head, head_of, heads_of
from registrazione.adapters.sealed.keys import SealingKey
from registrazione.adapters.sealed.sealing import NoSuchIndex, Sealing
from registrazione.adapters.sealed.store import AsyncSealedStore, SealedStore
from registrazione.core.account import Account
from registrazione.core.evolve import claims_of, keys_of
from registrazione.core.profile import Profile
from registrazione.core.questions import Commit, Flow, Search, ask
from registrazione.core.records import Change, Criteria, LetterState, OutboxMessage, Write
from registrazione.ports.stores import (
    AccountStore,
    AsyncAccountStore,
    ClaimTaken,
    StaleVersion,
    StoreError,
)
from registrazione.service.delivery import OutboxList, OutboxSettle
from registrazione.service.driver import run, run_async

BATCH = 500

_STATES = (LetterState.QUEUED, LetterState.DEAD, LetterState.VOID)
"""Letters that may still hold something personal; one that was sent does not."""

Row = TypeVar("Row", Account, OutboxMessage)


@attrs.frozen(kw_only=True)
class ReEncryptionReport:
    """How far a run has got, and what it did.

    Args:
        seen: Accounts and letters looked at.
        current: Those that were as they should be, or that somebody else wrote meanwhile.
        done: Those that were rewritten; in a dry run, that would be.
        waiting: Letters under an older key that somebody may be delivering: whoever delivers them
            rewrites them.
        elsewhere: Accounts of other procedures: run it with their profile as well.
        failed: Ids of what does not open, or whose claim another account holds.
        cursor: Give it back as ``after`` to go on with the next batch of accounts.
    """

    seen: int = 0
    current: int = 0
    done: int = 0
    waiting: int = 0
    elsewhere: int = 0
    failed: tuple[str, ...] = ()
    cursor: str | None = None

    def counting(self, outcome: str) -> ReEncryptionReport:
        """Return the report with one more row, in the count of that name."""
        one_more = {"seen": self.seen + 1, outcome: getattr(self, outcome) + 1}
        return attrs.evolve(self, **one_more)


Progress = Callable[[ReEncryptionReport], None]
"""Told after each batch."""


def _silent(_report: ReEncryptionReport) -> None:
    """Report progress to nobody."""


class ReEncryptionOptions(TypedDict, total=False):
    """How a run goes on.

    Attributes:
        reindex: Look accounts up with the newest key from now on, so that the others can go.
        plain: Seal nothing, but open whatever is sealed: afterwards the store is to be opened
            with ``encrypt=False``.
        dry_run: Only count.
        batch: How many rows are read at once; 500 unless something else is said.
        after: Go on behind this cursor of an earlier report.
        progress: Told after each batch.
    """

    reindex: bool
    plain: bool
    dry_run: bool
    batch: int
    after: str | None
    progress: Progress


def re_encrypt(
    store: SealedStore, profile: Profile, **options: Unpack[ReEncryptionOptions]
) -> ReEncryptionReport:
    """Seal with the newest key whatever is not: what was never sealed, and what an older key did.

    Beside a running portal it is safe as long as look-up keys stay what they are: each account is
    compared and swapped, and one that somebody else has written meanwhile is under the newest
    key already. Data from before encryption, ``reindex`` and ``plain`` want the portal stopped.

    Args:
        store: The store, with all keys that anything is sealed with.
        profile: The procedure whose accounts and letters these are.
        options: See :class:`ReEncryptionOptions`.

    Raises:
        StoreError: The store does not answer.
    """
    return run(_flow(store, profile, options), _Ports(bare(store.inner)))


async def re_encrypt_async(
    store: AsyncSealedStore, profile: Profile, **options: Unpack[ReEncryptionOptions]
) -> ReEncryptionReport:
    """Do the same as :func:`re_encrypt`, without blocking the event loop."""
    return await run_async(_flow(store, profile, options), _Ports(bare(store.inner)))


def _flow(
    store: SealedStore | AsyncSealedStore, profile: Profile, options: ReEncryptionOptions
) -> Flow[ReEncryptionReport]:
    """Return what both of them run."""
    return _Run(sealing=store.sealing, profile=profile, **options).flow()


@attrs.frozen
class _Ports:
    """What the questions of the flow are put to: the store inside."""

    store: AccountStore | AsyncAccountStore


class _Broken(Exception):  # noqa: N818 - caught where the row is counted
    """A row cannot be rewritten."""


@attrs.define(kw_only=True)
class _Run:
    """One run over the letters and accounts of a procedure."""

    sealing: Sealing
    profile: Profile
    reindex: bool = False
    plain: bool = False
    dry_run: bool = False
    batch: int = BATCH
    after: str | None = None
    progress: Progress = _silent
    report: ReEncryptionReport = attrs.field(factory=ReEncryptionReport, init=False)

    def flow(self) -> Flow[ReEncryptionReport]:
        """Rewrite letters, then accounts.

        Raises:
            NoSuchIndex: The key that accounts are looked up with is not there.
        """
        everybody = Criteria(realm=self.profile.realm)
        oldest = (yield from ask(Search(everybody, None, SAMPLE))).items
        index = self._index(oldest)
        self.report = attrs.evolve(self.report, cursor=self.after)
        yield from self._letters()
        for account in oldest[:1]:
            yield from self._account(account, index)
        yield from self._accounts(index, {account.id for account in oldest})
        for account in oldest[1:]:
            yield from self._account(account, index)
        self.progress(self.report)
        return self.report

    def _index(self, oldest: Iterable[Account]) -> SealingKey | None:
        """Return the key that accounts are to be looked up with, if it is to be with any."""
        keys = self.sealing.keys
        if self.plain:
            return None
        if self.reindex:
            return keys.newest
        heads = heads_of(oldest)
        known = (keys.get(head.index) for head in heads if head is not None)
        found = next(filter(None, known), None)
        if found is None and heads and None not in heads:
            raise NoSuchIndex
        return found or keys.oldest

    # -- letters ----------------------------------------------------------------------------

    def _letters(self) -> Flow[None]:
        """Rewrite the letters that still have an address."""
        cursor: str | None = None
        while True:
            page = yield from ask(OutboxList(_STATES, cursor, self.batch))
            for letter in page.items:
                if letter.profile == self.profile.name:
                    yield from self._letter(letter)
            self.progress(self.report)
            cursor = page.cursor
            if cursor is None:
                return

    def _letter(self, letter: OutboxMessage) -> Flow[None]:
        """Rewrite one letter.

        A queued letter that is sealed may be in somebody's hands, who would be overtaken without
        noticing; whoever settles it seals it anew in any case. What was never sealed comes from
        a portal that has been stopped, and so does what is to be opened.
        """
        heads = {head_of(text) for _, text in texts_of(letter)}
        if self._is_current(heads, None):
            self._count("current")
        elif letter.state is LetterState.QUEUED and None not in heads and not self.plain:
            self._count("waiting")
        else:
            try:
                opened = self._opened(letter)
            except _Broken:
                self._fail(letter.id)
                return
            made = opened if self.plain else self.sealing.seal(opened)
            mine = self.dry_run or (yield from ask(OutboxSettle(made)))
            self._count("done" if mine else "current")

    # -- accounts ---------------------------------------------------------------------------

    def _accounts(self, index: SealingKey | None, last: set[str]) -> Flow[None]:
        """Rewrite the accounts, except those that come last."""
        cursor = self.after
        while True:
            page = yield from ask(Search(Criteria(realm=self.profile.realm), cursor, self.batch))
            for account in page.items:
                if account.id not in last:
                    yield from self._account(account, index)
            if page.cursor is None:
                return
            cursor = page.cursor
            self.report = attrs.evolve(self.report, cursor=cursor)
            self.progress(self.report)

    def _account(self, account: Account, index: SealingKey | None) -> Flow[None]:
        """Rewrite one account."""
        if self._is_current(set(heads_of([account])), index):
            self._count("current")
            return
        if account.profile != self.profile.name:
            # Only its own procedure knows which keys it holds alone.
            self._count("elsewhere")
            return
        try:
            write = self._write(self._opened(account), index)
            if not self.dry_run:
                yield from ask(Commit(Change(writes=(write,))))
        except StaleVersion:
            self._count("current")
        except (_Broken, ClaimTaken):
            self._fail(account.id)
        else:
            self._count("done")

    def _write(self, account: Account, index: SealingKey | None) -> Write:
        """Return the write that replaces an account by itself, sealed anew or not at all."""
        following = attrs.evolve(account, version=account.version + 1)
        keys, claims = keys_of(account), claims_of(account, self.profile)
        if index is not None:
            following = self.sealing.seal(following, index)
            keys, claims = (frozenset(map(index.blind, given)) for given in (keys, claims))
        return Write(
            account_id=account.id,
            expected=account.version,
            account=following,
            keys=frozenset(keys),
            claims=frozenset(claims),
        )

    # -- both -------------------------------------------------------------------------------

    def _is_current(self, heads: set[Head | None], index: SealingKey | None) -> bool:
        """Tell whether the texts of a row are as they should be.

        Args:
            heads: Theirs.
            index: The key that the row is to be looked up with.
        """
        if self.plain:
            return not heads or self._was_never_sealed(heads)
        return heads <= {Head(self.sealing.keys.newest.id, NO_INDEX if index is None else index.id)}

    def _was_never_sealed(self, heads: set[Head | None]) -> bool:
        """Tell whether a row is readable.

        What somebody typed may look sealed, but names no key of ours.
        """
        return None in heads and not any(head and self.sealing.keys.get(head.key) for head in heads)

    def _opened(self, row: Row) -> Row:
        """Return a row with its texts readable, also if it was never sealed.

        Raises:
            _Broken: It does not open.
        """
        if self._was_never_sealed({head_of(text) for _, text in texts_of(row)}):
            return row
        try:
            return self.sealing.open(row)
        except StoreError:
            raise _Broken from None

    def _count(self, outcome: str) -> None:
        """Count one more row."""
        self.report = self.report.counting(outcome)

    def _fail(self, row_id: str) -> None:
        """Count a row that cannot be rewritten."""
        self.report = attrs.evolve(
            self.report, seen=self.report.seen + 1, failed=(*self.report.failed, row_id)
        )
