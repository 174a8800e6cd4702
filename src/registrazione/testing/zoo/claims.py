"""Stores that do not know who holds what."""

# ruff: noqa: D102 - each class says what is wrong with it; its methods are the port's.

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import (
    Change,
    Key,
    Write,
)
from registrazione.ports.stores import ClaimTaken


class ForgetsClaims(MemoryStore):
    """Lets two accounts hold the same claim."""

    def _check_claims(self, change: Change) -> None:
        """Check nothing."""

    def _free(self, account_id: str) -> None:
        row = self._rows.pop(account_id, None)
        for key in row.keys if row else ():
            self._carriers[key].discard(account_id)


class TrustsReplacements(MemoryStore):
    """Checks the claims of new accounts only."""

    def _check_claims(self, change: Change) -> None:
        new = tuple(write for write in change.writes if not write.expected)
        super()._check_claims(attrs.evolve(change, writes=new))


class NamesLastKind(MemoryStore):
    """Names the last claim that is taken instead of the first."""

    def _check_claims(self, change: Change) -> None:
        held = [c for w in change.writes for c in w.claims if c in self._holders]
        try:
            super()._check_claims(change)
        except ClaimTaken:
            raise ClaimTaken(max(held).kind) from None


class ChecksClaimsFirst(MemoryStore):
    """Reports a taken claim though the version is stale."""

    def _check_versions(self, change: Change) -> None:
        self._check_claims(change)
        super()._check_versions(change)


class HasNoExchange(MemoryStore):
    """Compares claims with those of every other account, though the change frees them."""

    def _check_claims(self, change: Change) -> None:
        for write in change.writes:
            super()._check_claims(attrs.evolve(change, writes=(write,)))


class LooksOnlyOutside(MemoryStore):
    """Does not compare the claims of one change with each other."""

    def _check_claims(self, change: Change) -> None:
        for write in change.writes:
            for claim in write.claims:
                if self._holders.get(claim, write.account_id) not in {
                    w.account_id for w in change.writes
                }:
                    raise ClaimTaken(claim.kind)

    def _free(self, account_id: str) -> None:
        with contextlib.suppress(KeyError):
            super()._free(account_id)


class DropsClaims(MemoryStore):
    """Loses the claims of an account that is written again."""

    def _put(self, write: Write) -> None:
        super()._put(attrs.evolve(write, claims=frozenset()) if write.expected else write)


class HoldsAfterErasure(MemoryStore):
    """Goes on holding the claims of an erased account."""

    def _free(self, account_id: str) -> None:
        held = dict(self._holders)
        super()._free(account_id)
        self._holders = held


class IsCaseBlind(MemoryStore):
    """Compares keys as a database does that ignores case."""

    def commit(self, change: Change) -> None:
        writes = tuple(
            attrs.evolve(
                write,
                keys=frozenset(map(fold, write.keys)),
                claims=frozenset(map(fold, write.claims)),
            )
            for write in change.writes
        )
        super().commit(attrs.evolve(change, writes=writes))

    def find(self, key: Key) -> tuple[Account, ...]:
        return super().find(fold(key))


class ForgetsRealms(MemoryStore):
    """Takes the same value in another realm for the same key."""

    def find(self, key: Key) -> tuple[Account, ...]:
        return tuple(
            row.account
            for row in self._rows.values()
            if row.account and any((k.kind, k.value) == (key.kind, key.value) for k in row.keys)
        )


class HandsClaimsOn(MemoryStore):
    """Frees what an erased account held only after the others have taken theirs."""

    def _check_claims(self, change: Change) -> None:
        kept = {write.account_id for write in change.writes if write.account}
        for write in change.writes:
            for claim in write.claims:
                if self._holders.get(claim, write.account_id) not in kept:
                    raise ClaimTaken(claim.kind)
        super()._check_claims(change)


class HoldsWhatWasGivenUp(MemoryStore):
    """Never frees a claim, except by erasing its account."""

    def _put(self, write: Write) -> None:
        held = frozenset(key for key, name in self._once.items() if name == write.account_id)
        super()._put(attrs.evolve(write, claims=write.claims | held))

    def commit(self, change: Change) -> None:
        self._once = dict(self._holders)
        super().commit(change)


class DropsGivenUpKeys(MemoryStore):
    """Forgets a key altogether when its account claims it no more."""

    def _put(self, write: Write) -> None:
        given_up = self._once.get(write.account_id, frozenset()) - write.claims
        super()._put(attrs.evolve(write, keys=write.keys - given_up))

    def commit(self, change: Change) -> None:
        self._once = {name: row.claims for name, row in self._rows.items()}
        super().commit(change)


class SharesNothing(MemoryStore):
    """Takes every key for a claim."""

    def commit(self, change: Change) -> None:
        writes = tuple(attrs.evolve(write, claims=write.keys) for write in change.writes)
        super().commit(attrs.evolve(change, writes=writes))


class ClaimsNothingLater(MemoryStore):
    """Takes a claim down only if the account did not have the key before."""

    def _put(self, write: Write) -> None:
        had = self._had.get(write.account_id, frozenset())
        super()._put(attrs.evolve(write, claims=write.claims - had))

    def commit(self, change: Change) -> None:
        self._had = {name: row.keys - row.claims for name, row in self._rows.items()}
        super().commit(change)


def fold(key: Key) -> Key:
    """Return a key without regard to case."""
    return attrs.evolve(key, value=key.value.casefold())


FAULTS: Mapping[type[MemoryStore], str] = {
    ForgetsClaims: "claim_taken",
    TrustsReplacements: "claim_taken_by_replacement",
    NamesLastKind: "first_kind_is_named",
    ChecksClaimsFirst: "stale_before_taken",
    HasNoExchange: "claims_are_exchanged",
    LooksOnlyOutside: "one_change_one_holder",
    DropsClaims: "own_claim_is_kept",
    HoldsAfterErasure: "erasure_frees",
    IsCaseBlind: "values_are_exact",
    ForgetsRealms: "kinds_and_realms_are_apart",
    HandsClaimsOn: "claim_is_handed_over",
    HoldsWhatWasGivenUp: "claim_is_freed",
    DropsGivenUpKeys: "claim_becomes_key",
    SharesNothing: "keys_are_shared",
    ClaimsNothingLater: "key_becomes_claim",
}
