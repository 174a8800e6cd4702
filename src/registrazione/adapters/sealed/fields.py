"""Which texts of an account and of a letter are personal: one table, and a walk along it.

A test holds the table against the classes: a new field has to be put into one of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from registrazione.core.account import (
    Account,
    Consent,
    DerivedCredential,
    IdentificationRecord,
    Identity,
    RememberedTag,
    SessionRef,
    SlowCredential,
    UsedAnswer,
    VerifiedIdentity,
)
from registrazione.core.records import OutboxMessage

T = TypeVar("T")

Path = tuple[str, ...]
"""Where a text stands in its row, such as ``("values", "surname")``."""

Texts = Mapping[str, str]
"""Texts by the name of their field."""

Change = Callable[[str, Path], str]
"""Make another text of a text, knowing where it stands."""


@attrs.frozen
class Columns:
    """How the fields of a class are kept.

    Args:
        sealed: Texts that are encrypted.
        mappings: Mappings whose texts are encrypted; their keys are names of fields.
        within: Instances of other classes of the table, or ``None``.
        several: Tuples of such instances.
        plain: Times, states, numbers, hashes, random identifiers and the procedure's own words.
    """

    sealed: frozenset[str]
    mappings: frozenset[str]
    within: frozenset[str]
    several: frozenset[str]
    plain: frozenset[str]


def _columns(**names: str) -> Columns:
    """Read the names of fields from lines of words."""
    return Columns(
        *(frozenset(names.get(column.name, "").split()) for column in attrs.fields(Columns))
    )


FIELDS: Mapping[type, Columns] = MappingProxyType(
    {
        Account: _columns(
            sealed="""
                codice_fiscale username email personal_email pending_email submission_key
            """,
            mappings="values",
            within="pending_identity identification first_look",
            several="identities sessions",
            plain="""
                id profile realm version epoch state password code link language consents
                favourites credential history history_salt password_set_at temporary_until
                offered offered_until warned_at code_credential generation gates_passed
                failures lockouts locked_until code_failures created_at waiting_since due_at
                activated_at last_used_at ended_at owner answers sources
            """,
        ),
        Identity: _columns(sealed="subject", plain="provider issuer"),
        VerifiedIdentity: _columns(
            # No flow keeps an answer's name; if one did, it were sealed.
            sealed="codice_fiscale answer session",
            mappings="values",
            within="identity",
            plain="level answer_until",
        ),
        UsedAnswer: _columns(plain="digest until"),
        # The operator is an identifier, as in the audit trail, and no name.
        IdentificationRecord: _columns(
            sealed="document_type document_number", plain="operator office at"
        ),
        # A destination is an address that somebody came with: it may say anything.
        SessionRef: _columns(sealed="destination", plain="id started_at until method there"),
        Consent: _columns(plain="name version at purpose retention_days"),
        SlowCredential: _columns(plain="encoded"),
        DerivedCredential: _columns(plain="kind generation key_id"),
        RememberedTag: _columns(plain="salt tag"),
        OutboxMessage: _columns(
            sealed="to",
            mappings="params",
            plain="""
                id account_id kind profile language created_at epoch generation state attempts
                not_before error
            """,
        ),
    }
)
"""Every class that a store is given, except the audit trail, which holds nothing personal."""


def changed(value: T, change: Change, path: Path = ()) -> T:
    """Return ``value`` with every personal text in it changed; what is empty stays empty.

    Args:
        value: An instance of a class of :data:`FIELDS`.
        change: Makes the new text.
        path: Where ``value`` itself stands.
    """
    record: Any = value
    columns = FIELDS[type(value)]
    found: dict[str, Any] = {}
    for name in columns.sealed:
        text = getattr(record, name)
        if text:
            found[name] = change(text, (*path, name))
    for name in columns.mappings:
        texts = getattr(record, name)
        if texts:
            found[name] = _changed_mapping(texts, change, (*path, name))
    for name in columns.within:
        item: Any = getattr(record, name)
        if item is not None:
            found[name] = changed(item, change, (*path, name))
    for name in columns.several:
        items: tuple[Any, ...] = getattr(record, name)
        if items:
            numbered = enumerate(items)
            found[name] = tuple([changed(i, change, (*path, name, str(n))) for n, i in numbered])
    return attrs.evolve(record, **found) if found else value


def _changed_mapping(texts: Texts, change: Change, path: Path) -> Texts:
    """Return a mapping with its texts changed."""
    return MappingProxyType(
        {name: change(text, (*path, name)) if text else text for name, text in texts.items()}
    )


def texts_of(value: object) -> list[tuple[Path, str]]:
    """Return every personal text of an account or a letter, with where it stands."""
    found: list[tuple[Path, str]] = []

    def note(text: str, path: Path) -> str:
        found.append((path, text))
        return text

    changed(value, note)
    return found
