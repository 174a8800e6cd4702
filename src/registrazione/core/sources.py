"""Who told what of a person: the source of each value, and the lock on some of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from registrazione.core.account import Account, VerifiedIdentity
from registrazione.core.profile import Profile

OFFICE = "office:"
"""The source of what an operator has corrected (IOL-22); no provider is called so."""


def said(account: Account, name: str) -> str | None:
    """Return what the account says in a field; ``cf`` and ``email`` are fields, too."""
    if name == "cf":
        return account.codice_fiscale
    return account.email if name == "email" else account.values.get(name)


def told(account: Account, verified: VerifiedIdentity, *more: str) -> Mapping[str, str]:
    """Return the account's sources once this identity opens it.

    Whatever the account says as the provider does, the provider has told, whoever typed it
    first. An address is not compared: it is often told, and not always taken over.

    Args:
        account: With the values that it is to have.
        verified: Who was vouched for.
        more: Names of fields that follow from what the provider tells, or were taken over from it
            in another form.
    """
    provider = verified.identity.provider
    theirs = {**verified.values, "cf": verified.codice_fiscale}
    theirs.pop("email", None)
    same = {name for name, value in theirs.items() if value and said(account, name) == value}
    return MappingProxyType({**account.sources, **dict.fromkeys((*same, *more), provider)})


def still_told(before: Account, now: Account) -> Mapping[str, str]:
    """Return the sources of what has not changed: any other value is nobody's but the typist's.

    Args:
        before: The account before it changed.
        now: The account afterwards.
    """
    kept = {n: who for n, who in before.sources.items() if said(before, n) == said(now, n)}
    return before.sources if len(kept) == len(before.sources) else MappingProxyType(kept)


def corrected(before: Account, now: Account) -> Mapping[str, str]:
    """Return the sources once an operator has corrected something: what changed is the office's.

    Args:
        before: The account before it was corrected.
        now: With the values that it is to have.
    """
    names = ("cf", "email", *now.values)
    changed = [name for name in names if said(now, name) not in ("", None, said(before, name))]
    return MappingProxyType({**still_told(before, now), **dict.fromkeys(changed, OFFICE)})


def locked_fields(account: Account, profile: Profile) -> frozenset[str]:
    """Return the names of the fields that the holder may not change (UNI-02, MIM-02).

    Args:
        account: Whose; it remembers what a provider has told.
        profile: The procedure, which says what is locked from then on.
    """
    told = {name for name, source in account.sources.items() if source != OFFICE}
    return frozenset(profile.federation.locked) & told
