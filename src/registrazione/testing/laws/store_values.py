"""Laws of an account store: what is read back equals what was committed, to the last detail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

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
from registrazione.core.records import Key, LetterState
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.ports.stores import AccountStore
from registrazione.testing.builders import (
    NOON,
    a_letter,
    a_record,
    an_account,
    creation,
    one_change,
)
from registrazione.testing.laws.kit import parts, present, require, require_same, unique

OpenStore = Callable[[], AccountStore]

_TEXTS = {
    "accents": "Niccolò D'Aòsta-Łódź",
    "decomposed": "Niccolo\u0300",
    "beyond_the_plane": "𝒩😀👩\u200d👩\u200d👧",
    "right_to_left": "שלום \u202eabc",
    "quotes": "'\"`\\ %s %(x)s :name ? ; -- /* {} $1",
    "lines": "one\r\ntwo\n\tthree\u2028four",
    "spaces": "  two before, one after ",
    "words": "null",
    "number": "007",
    "markup": "&amp;<b>&#39;</b>%41+%C3%A8",
    "escapes": "two \\\\ backslashes, '' and \"\", \\n and \\u00e8",
    "truth": "True",
    "Truth": "true",
    "Citta\u0300": "a decomposed name",
    "Città": "a composed name",
    "": "an empty name",
}


def _at(day: int) -> datetime:
    """Return a time that no other number stands for, to the microsecond."""
    return NOON + timedelta(days=day, microseconds=day)


def _text(word: str) -> str:
    """Return a text that looks as if it wanted to be put right."""
    return f" {word.title()}  è e\u0300 😀 'A''B' \\\\n &amp; %41 "


_IDENTITIES = tuple(
    Identity(provider=name, issuer=f"https://{name}.example.it/Idp", subject=_text("subject"))
    for name in ("spid", "cie")
)
_DERIVED = DerivedCredential(kind="code", generation=3, key_id=_text("key"))
_REMEMBERED = RememberedTag(salt=b"\x00salt", tag=bytes(range(256)))
_MANY = 70_000
"""More than two bytes of a database count up to."""


def _seen_by(operator: str) -> IdentificationRecord:
    """Return what an operator has noted."""
    return IdentificationRecord(
        operator=operator,
        office=_text("office"),
        document_type="ci",
        document_number=_text(operator),
        at=_at(10),
    )


_EVERYTHING: dict[str, Any] = {
    "profile": "polis",
    "epoch": _MANY + 1,
    "state": AccountState.AWAITING_PRESENCE,
    "password": PasswordState.TEMPORARY,
    "code": CodeState.BLOCKED,
    "link": LinkState.TO_ALIGN,
    "codice_fiscale": "RSSMRA80A01H501U",
    "values": {"name": _text("maria"), "surname": _text("rossi")},
    "username": _text("username"),
    "email": "Maria.Rossi+Scuola@example.it",
    "personal_email": "Maria@casa.example",
    "pending_email": "Nuova@example.it",
    "language": "en",
    "consents": tuple(
        Consent(name=name, version=_text("version"), at=_at(day), purpose=_text("purpose"))
        for day, name in enumerate(("terms", "privacy"))
    ),
    "favourites": ("second", "first", "a,b", "second"),
    "credential": SlowCredential(encoded="$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"),
    "history": (_REMEMBERED, _DERIVED, *[_REMEMBERED] * 5),
    "history_salt": b"\xff\x00",
    "password_set_at": _at(1),
    "temporary_until": _at(2),
    "offered": _DERIVED,
    "offered_until": _at(3),
    "warned_at": _at(4),
    "code_credential": attrs.evolve(_DERIVED, kind="password", generation=4),
    "generation": _MANY + 2,
    "identities": _IDENTITIES,
    "pending_identity": VerifiedIdentity(
        identity=_IDENTITIES[1],
        codice_fiscale="RSSMRA80A01H501U",
        values={"sex": "F"},
        level=2,
        answer="answer",
        answer_until=_at(5),
        session=_text("session"),
    ),
    "answers": tuple(UsedAnswer(digest=digit * 64, until=_at(6)) for digit in "f0"),
    "sources": {"name": "spid", "cf": "cie"},
    "identification": _seen_by("op-1"),
    "first_look": _seen_by("op-2"),
    "gates_passed": ("receipt", "presence"),
    "failures": _MANY + 3,
    "lockouts": _MANY + 4,
    "locked_until": _at(7),
    "code_failures": _MANY + 5,
    "sessions": tuple(
        SessionRef(
            id=_text(name),
            started_at=_at(8),
            until=_at(9),
            method="spid",
            destination=_text("destination"),
            there="beef",
        )
        for name in ("second", "first")
    ),
    "waiting_since": _at(11),
    "due_at": _at(12),
    "activated_at": _at(13),
    "last_used_at": _at(14),
    "ended_at": _at(15),
    "submission_key": _text("once"),
    "owner": _text("another"),
}
"""Something in every field that a store keeps, and in no two the same."""


def _kept(store: AccountStore, **fields: Any) -> tuple[Account, Account]:  # noqa: ANN401
    """Commit an account with these fields; return it and what is read back."""
    account = an_account(unique("account"), **fields)
    store.commit(one_change(creation(account)))
    return account, present(store.load(account.id), "the account is not there")


def law_every_field(open_store: OpenStore) -> None:
    """Each field of an account is kept."""
    account, read = _kept(open_store(), **_EVERYTHING)
    require_same(read, account, "fields are not what was committed")


def law_difficult_text(open_store: OpenStore) -> None:
    """Text is kept character by character."""
    account, read = _kept(open_store(), values=_TEXTS, username=_TEXTS["quotes"])
    wrong = [name for name, text in _TEXTS.items() if read.values.get(name) != text]
    require(not wrong, f"these texts are not what was committed: {', '.join(map(repr, wrong))}")
    require_same(read, account, "fields are not what was committed")


def law_long_text(open_store: OpenStore) -> None:
    """Text of a hundred thousand characters is kept."""
    account, read = _kept(open_store(), values={"long": "àé😀" * 33_334})
    require(read == account, "a long text is not what was committed")


def law_empty_is_not_missing(open_store: OpenStore) -> None:
    """An empty text stays empty and a missing one stays missing."""
    store = open_store()
    for value in ("", None):
        texts = dict.fromkeys(("username", "personal_email", "submission_key", "owner"), value)
        account, read = _kept(store, **texts)
        require_same(read, account, "an empty or a missing text has become something else")
    _, read = _kept(store, username="", email=None, values={"name": ""})
    require(read.username == "", "an empty text has become something else")
    require(read.email is None, "a missing text has become something else")
    require(read.values == {"name": ""}, "an empty value has become something else")


def law_microseconds(open_store: OpenStore) -> None:
    """Times are kept to the microsecond, far in the past and in the future too."""
    times = [
        NOON.replace(microsecond=1),
        NOON.replace(microsecond=999_999),
        datetime(1869, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    ]
    store = open_store()
    for at in times:
        account, read = _kept(store, created_at=at, last_used_at=at, due_at=at)
        require(read == account, "a time is not what was committed")


def law_time_zones(open_store: OpenStore) -> None:
    """A time in another zone is kept as the same moment, and comes back with a zone."""
    names = ("created_at", "waiting_since", "due_at", "activated_at", "last_used_at", "ended_at")
    store = open_store()
    for hours in (14, 2, -12):
        there = NOON.astimezone(timezone(timedelta(hours=hours)))
        account, read = _kept(store, **dict.fromkeys(names, there))
        require_same(read, account, "times in another zone are not the same moment")
        used = present(read.last_used_at, "a time is missing")
        require(used.tzinfo is not None, "a time has lost its zone")


def law_letters_and_records(open_store: OpenStore) -> None:
    """Letters and audit records are kept like accounts."""
    store = open_store()
    name = unique("account")
    letter = a_letter(
        unique("letter"),
        account_id=name,
        kind="second_kind",
        to="Maria+Scuola@exämple.it",
        language="en",
        created_at=_at(1),
        epoch=_MANY + 1,
        generation=_MANY + 2,
        params=_TEXTS,
        state=LetterState.DEAD,
        attempts=300,
        not_before=_at(2),
        error="a-code-of-more-than-thirty-two-letters",
    )
    record = a_record(account_id=name, at=_at(3), actor="role:Op-1", outcome="x.y", details=_TEXTS)
    store.commit(one_change(letters=(letter,), audit=(record,)))
    told = store.history(name)
    require(len(told) == 1, "an audit record is not there")
    require_same(told[0], record, "an audit record is not what was committed")
    pages = parts(lambda cursor: store.outbox_list((letter.state,), cursor, 1_000))
    stored = [m for page in pages for m in page if m.id == letter.id]
    require(len(stored) == 1, "a letter is not there")
    require_same(stored[0], letter, "a letter is not what was committed")


def law_keys_with_difficult_text(open_store: OpenStore) -> None:
    """Keys are found whatever their value is made of."""
    store = open_store()
    realm = unique("realm")
    for value in _TEXTS.values():
        account = an_account(unique("account"))
        key = Key(realm, "identity", value)
        store.commit(one_change(creation(account, claims=[key])))
        require(store.find(key) == (account,), "a key with a difficult value does not find")
