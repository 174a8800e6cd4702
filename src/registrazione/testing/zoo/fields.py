"""Stores that change single fields of an account on its way in."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

import attrs

from registrazione.adapters.memory import MemoryStore
from registrazione.core.account import Account
from registrazione.core.records import Write

_Change = Callable[[Account], Account]


class _Alters(MemoryStore):
    """Stores something else than it is given."""

    alter: _Change

    def _put(self, write: Write) -> None:
        account = write.account and type(self).alter(write.account)
        super()._put(attrs.evolve(write, account=account))


def _texts(change: Callable[[str], str]) -> _Change:
    """Return what changes the values of a form."""
    return lambda account: attrs.evolve(
        account, values={name: change(text) for name, text in account.values.items()}
    )


def _names(change: Callable[[str], str]) -> _Change:
    """Return what changes the names of the fields of a form."""
    return lambda account: attrs.evolve(
        account, values={change(name): text for name, text in account.values.items()}
    )


def _whole_seconds(at: datetime) -> datetime:
    """Return a time without its microseconds."""
    return at.replace(microsecond=0)


def _without_answer(account: Account) -> Account:
    """Return the account without what does not take part in comparisons."""
    pending = account.pending_identity
    bare = pending and attrs.evolve(pending, answer="", answer_until=None, session="")
    return attrs.evolve(account, pending_identity=bare)


def _with_plain_state(account: Account) -> Account:
    """Return the account with a state that is equal to its own, and is none."""
    state: Any = str(account.state)
    return attrs.evolve(account, state=state)


_FIELDS: Mapping[str, tuple[str, str, _Change]] = {
    "ComposesUsernames": (
        "Puts the letters and accents of a user name together.",
        "every_field",
        lambda a: attrs.evolve(a, username=a.username and normalize("NFC", a.username)),
    ),
    "TrimsUsernames": (
        "Strips the spaces around a user name.",
        "every_field",
        lambda a: attrs.evolve(a, username=a.username and a.username.strip()),
    ),
    "LowersReferenceAddresses": (
        "Writes the address that letters go to in small letters.",
        "every_field",
        lambda a: attrs.evolve(a, email=a.email and a.email.lower()),
    ),
    "TakesEmptyOwnersForMissing": (
        "Keeps no empty text: it comes back as missing.",
        "empty_is_not_missing",
        lambda a: attrs.evolve(a, owner=a.owner or None),
    ),
    "TakesMissingForEmpty": (
        "Has a column that cannot be null: what is missing comes back as an empty text.",
        "empty_is_not_missing",
        lambda a: attrs.evolve(a, personal_email=a.personal_email or ""),
    ),
    "CountsToTwoBytes": (
        "Counts failures in two bytes.",
        "every_field",
        lambda a: attrs.evolve(a, failures=min(a.failures, 32_767)),
    ),
    "CountsInOneByte": (
        "Counts locks in one byte, and begins again.",
        "every_field",
        lambda a: attrs.evolve(a, lockouts=a.lockouts & 127),
    ),
    "SortsSessions": (
        "Keeps sessions in the order of their names.",
        "every_field",
        lambda a: attrs.evolve(a, sessions=tuple(sorted(a.sessions, key=lambda s: s.id))),
    ),
    "KeepsOneSession": (
        "Keeps the last session only.",
        "every_field",
        lambda a: attrs.evolve(a, sessions=a.sessions[-1:]),
    ),
    "KeepsOneIdentity": (
        "Has room for one identity elsewhere.",
        "every_field",
        lambda a: attrs.evolve(a, identities=a.identities[:1]),
    ),
    "KeepsFavouritesOnce": (
        "Keeps a list as a set that remembers its order.",
        "every_field",
        lambda a: attrs.evolve(a, favourites=tuple(dict.fromkeys(a.favourites))),
    ),
    "JoinsFavourites": (
        "Joins a list by commas, and splits it again.",
        "every_field",
        lambda a: attrs.evolve(a, favourites=tuple(",".join(a.favourites).split(","))),
    ),
    "RemembersFive": (
        "Remembers five passwords, because that is what procedures ask for.",
        "every_field",
        lambda a: attrs.evolve(a, history=a.history[:5]),
    ),
    "RemembersOnce": (
        "Remembers equal passwords once.",
        "every_field",
        lambda a: attrs.evolve(a, history=tuple(dict.fromkeys(a.history))),
    ),
    "CutsVersions": (
        "Has a column of twenty characters for versions of texts.",
        "every_field",
        lambda a: attrs.evolve(
            a, consents=tuple(attrs.evolve(c, version=c.version[:20]) for c in a.consents)
        ),
    ),
    "DatesConsents": (
        "Keeps to the second when a text was accepted.",
        "every_field",
        lambda a: attrs.evolve(
            a, consents=tuple(attrs.evolve(c, at=_whole_seconds(c.at)) for c in a.consents)
        ),
    ),
    "DropsWhatIsNotCompared": (
        "Loses fields that take no part in comparisons.",
        "every_field",
        _without_answer,
    ),
    "TakesCodesForPasswords": (
        "Does not keep what kind of secret was offered.",
        "every_field",
        lambda a: attrs.evolve(a, offered=a.offered and attrs.evolve(a.offered, kind="password")),
    ),
    "SwapsLooks": (
        "Mixes up who looked first and who looked second.",
        "every_field",
        lambda a: attrs.evolve(a, first_look=a.identification, identification=a.first_look),
    ),
    "SwapsTimes": (
        "Mixes up two columns of times.",
        "every_field",
        lambda a: attrs.evolve(
            a, password_set_at=a.temporary_until, temporary_until=a.password_set_at
        ),
    ),
    "KeepsStatesAsText": (
        "Gives a state back as plain text, which is equal to it and yet another thing.",
        "every_field",
        _with_plain_state,
    ),
    "RoundsLocks": (
        "Keeps to the second until when somebody is locked out.",
        "every_field",
        lambda a: attrs.evolve(a, locked_until=a.locked_until and _whole_seconds(a.locked_until)),
    ),
    "TakesClockFacesForUTC": (
        "Keeps of an activation what the clock on the wall showed.",
        "time_zones",
        lambda a: attrs.evolve(
            a, activated_at=a.activated_at and a.activated_at.replace(tzinfo=UTC)
        ),
    ),
    "ComposesFieldNames": (
        "Puts the letters and accents of a field's name together.",
        "difficult_text",
        _names(lambda name: normalize("NFC", name)),
    ),
    "LowersFieldNames": (
        "Writes the names of fields in small letters.",
        "difficult_text",
        _names(str.lower),
    ),
    "ReadsMarkup": (
        "Takes what looks like an entity of HTML for one.",
        "difficult_text",
        _texts(html.unescape),
    ),
    "ReadsPercentSigns": (
        "Takes what looks like an encoded URL for one.",
        "difficult_text",
        _texts(unquote),
    ),
    "ReadsTruth": (
        "Takes the word for true for the value, and writes it in its own way.",
        "difficult_text",
        _texts(lambda text: {"true": "True"}.get(text, text)),
    ),
    "HalvesBackslashes": (
        "Takes two backslashes for an escaped one.",
        "difficult_text",
        _texts(lambda text: text.replace("\\\\", "\\")),
    ),
    "HalvesQuotes": (
        "Takes two quotes for an escaped one.",
        "difficult_text",
        _texts(lambda text: text.replace("''", "'")),
    ),
}
"""Names of stores: what is wrong with each, which law notices it, and how it alters accounts."""


def _store(name: str, sentence: str, alter: _Change) -> type[MemoryStore]:
    """Return a class of stores that alter accounts."""
    body = {"__doc__": sentence, "__module__": __name__, "alter": staticmethod(alter)}
    return type(name, (_Alters,), body)


FAULTS: Mapping[type[MemoryStore], str] = {
    _store(name, sentence, alter): law for name, (sentence, law, alter) in _FIELDS.items()
}
