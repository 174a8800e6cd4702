"""What an event makes of an account, and what can be read off one: keys, claims, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any

import attrs

from registrazione.core import machine
from registrazione.core.account import Account
from registrazione.core.emails import EmailAddress
from registrazione.core.events import Event
from registrazione.core.form_codes import form_code, waits_for_presence
from registrazione.core.profile import Profile
from registrazione.core.records import Key
from registrazione.core.sources import still_told
from registrazione.core.states import IN_USE, AccountState, LinkState, PasswordState
from registrazione.core.usernames import canonical_username

_WIPED: dict[str, Any] = {
    "credential": None,
    "history": (),
    "history_salt": b"",
    "code_credential": None,
    "temporary_until": None,
    "identities": (),
    "pending_identity": None,
    "pending_email": None,
}

_ENDED = frozenset({AccountState.EXPIRED, AccountState.CANCELLED})


def evolve(account: Account, event: Event) -> Account:
    """Return the account after the event.

    Raises:
        Impossible: The event cannot happen to an account in these states.
    """
    changes: dict[str, Any] = dict(machine.successors(account, event))
    if type(event) in machine.WIPES:
        changes |= _WIPED
    if type(event) in machine.ENDS_SESSIONS:
        changes["sessions"] = ()
    if type(event) in machine.MOVES_EPOCH:
        changes |= {"epoch": account.epoch + 1, "offered": None, "offered_until": None}
    changes |= event.changes()
    evolved = attrs.evolve(account, **changes)
    if account.sources and "sources" not in changes:
        evolved = attrs.evolve(evolved, sources=still_told(account, evolved))
    return evolved


def after(account: Account, events: Iterable[Event]) -> Account:
    """Return the account after all of the events, in order."""
    return reduce(evolve, events, account)


def keys_of(account: Account) -> frozenset[Key]:
    """Return everything the account can be found by; once it has ended, only answers used up."""
    used = frozenset(Key(account.realm, "answer", answer.digest) for answer in account.answers)
    if account.state in _ENDED:
        return used
    found = {
        ("codice_fiscale", account.codice_fiscale),
        ("username", account.username and canonical_username(account.username)),
        ("email", account.email and email_key(account.email)),
        ("email", account.personal_email and email_key(account.personal_email)),
        ("submission", account.submission_key),
        ("form", form_code(account) if waits_for_presence(account) else None),
        *(("identity", identity_value(i.issuer, i.subject)) for i in account.identities),
        *(("session", ref.there) for ref in account.sessions),
    }
    return used | {Key(account.realm, kind, value) for kind, value in found if value}


def identity_value(issuer: str, subject: str) -> str:
    """Return the canonical value of an identity's key: no issuer can speak for another."""
    return f"{len(issuer)}:{issuer}:{subject}"


def claims_of(account: Account, profile: Profile) -> frozenset[Key]:
    """Return those of the keys that the account holds alone.

    A username and a submission are held from the confirmed form on; a person and an address
    only by an account that has proved itself, so that nobody can sit on somebody else's. What a
    provider answered is held by whom it led to first, to the end and beyond.
    """
    kinds = {"username", "submission", "answer"}
    if account.state in IN_USE:
        kinds |= {"identity", *profile.unique}
    claims = {key for key in keys_of(account) if key.kind in kinds}
    return frozenset(claims - _second_addresses(account))


def email_key(address: str) -> str:
    """Return the canonical form of a stored address."""
    return EmailAddress.of(address).key


def _second_addresses(account: Account) -> set[Key]:
    """Return the key of a personal address beside a reference one: found by, not held."""
    if not account.personal_email or not account.email:
        return set()
    reference, personal = email_key(account.email), email_key(account.personal_email)
    return set() if reference == personal else {Key(account.realm, "email", personal)}


def due_at(account: Account, profile: Profile) -> datetime | None:
    """Return when a timer next has something to do for this account, if ever."""
    lifetimes = profile.lifetimes
    if account.ended_at is not None:
        return account.ended_at + lifetimes.retention
    waiting = {
        AccountState.CLAIM: lifetimes.link,
        AccountState.AWAITING_LINK: lifetimes.link,
        AccountState.AWAITING_SECRETARIAT: lifetimes.secretariat,
        AccountState.AWAITING_PRESENCE: lifetimes.presence,
    }.get(account.state)
    if waiting is not None:
        return account.waiting_since + waiting
    if account.state is not AccountState.ACTIVE:
        return None
    return min(_password_deadlines(account, profile), default=None)


def _password_deadlines(account: Account, profile: Profile) -> list[datetime]:
    """Return when the password of a living account expires, or its owner is to be warned."""
    if account.password is PasswordState.TEMPORARY and account.temporary_until is not None:
        return [account.temporary_until]
    policy, set_at = profile.password, account.password_set_at
    if account.password is not PasswordState.SET or set_at is None or policy.expires_after is None:
        return []
    expires = set_at + policy.expires_after
    if policy.warn_before is not None and account.warned_at is None:
        return [expires - policy.warn_before]
    return [expires]


def is_unused(account: Account) -> bool:
    """Tell whether nobody ever came in: it may be registered anew (IOL-19)."""
    return (
        account.state is AccountState.ACTIVE
        and account.password in {PasswordState.TEMPORARY, PasswordState.EXPIRED}
        and account.last_used_at is None
        and account.link is LinkState.NONE
    )
