"""Laws of an account store: what is read back equals what was committed, to the last detail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

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
from registrazione.core.records import Key
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
from registrazione.testing.laws.kit import present, require, unique

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
    "": "an empty name",
}


def _kept(store: AccountStore, **fields: Any) -> tuple[Account, Account]:  # noqa: ANN401
    """Commit an account with these fields; return it and what is read back."""
    account = an_account(unique("account"), **fields)
    store.commit(one_change(creation(account)))
    return account, present(store.load(account.id), "the account is not there")


def law_every_field(open_store: OpenStore) -> None:
    """Each field of an account is kept."""
    identity = Identity(provider="spid", issuer="https://idp.example.it", subject="SPID-1")
    derived = DerivedCredential(kind="password", generation=3, key_id="newest")
    later = NOON + timedelta(days=1)
    account, read = _kept(
        open_store(),
        profile="polis",
        epoch=4,
        state=AccountState.AWAITING_PRESENCE,
        password=PasswordState.TEMPORARY,
        code=CodeState.BLOCKED,
        link=LinkState.TO_ALIGN,
        codice_fiscale="RSSMRA80A01H501U",
        values={"name": "Maria", "surname": "Rossi"},
        username="maria.rossi",
        email="maria@example.it",
        personal_email="maria@casa.example",
        pending_email="nuova@example.it",
        language="en",
        consents=(Consent(name="terms", version="3", at=NOON, purpose="registration"),),
        credential=SlowCredential(encoded="$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"),
        history=(RememberedTag(salt=b"\x00salt", tag=bytes(range(256))), derived),
        history_salt=b"\xff\x00",
        password_set_at=later,
        temporary_until=later,
        warned_at=later,
        code_credential=derived,
        generation=9,
        identities=(identity,),
        pending_identity=VerifiedIdentity(
            identity=identity, codice_fiscale="RSSMRA80A01H501U", values={"sex": "F"}, level=2
        ),
        answers=(UsedAnswer(digest="0f" * 32, until=later),),
        sources={"name": "spid", "cf": "cie"},
        identification=IdentificationRecord(
            operator="op-1", office="RMIC8", document_type="ci", document_number="AX1", at=NOON
        ),
        first_look=IdentificationRecord(
            operator="op-2", office="RMIC8", document_type="ci", document_number="AX1", at=NOON
        ),
        gates_passed=("receipt", "presence"),
        failures=2,
        lockouts=1,
        locked_until=later,
        code_failures=3,
        sessions=(SessionRef(id="s-1", started_at=NOON, until=later, method="password"),),
        due_at=later,
        activated_at=later,
        last_used_at=later,
        ended_at=later,
        submission_key="once",
        owner="another",
    )
    require(read == account, "a field is not what was committed")


def law_difficult_text(open_store: OpenStore) -> None:
    """Text is kept character by character."""
    account, read = _kept(open_store(), values=_TEXTS, username=_TEXTS["quotes"])
    require(read == account, "a text is not what was committed")


def law_long_text(open_store: OpenStore) -> None:
    """Text of a hundred thousand characters is kept."""
    account, read = _kept(open_store(), values={"long": "àé😀" * 33_334})
    require(read == account, "a long text is not what was committed")


def law_empty_is_not_missing(open_store: OpenStore) -> None:
    """An empty text stays empty and a missing one stays missing."""
    _, read = _kept(open_store(), username="", email=None, values={"name": ""})
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
    rome = timezone(timedelta(hours=2))
    account, read = _kept(open_store(), last_used_at=NOON.astimezone(rome))
    require(read == account, "a time in another zone is not the same moment")
    used = present(read.last_used_at, "a time is missing")
    require(used.tzinfo is not None, "a time has lost its zone")


def law_letters_and_records(open_store: OpenStore) -> None:
    """Letters and audit records are kept like accounts."""
    store = open_store()
    name = unique("account")
    letter = a_letter(
        unique("letter"),
        account_id=name,
        to="maria+scuola@exämple.it",
        epoch=3,
        generation=2,
        params=_TEXTS,
        not_before=NOON.replace(microsecond=7),
    )
    record = a_record(account_id=name, actor="role:op-1", outcome="x.y", details=_TEXTS)
    store.commit(one_change(letters=(letter,), audit=(record,)))
    require(store.history(name) == (record,), "an audit record is not what was committed")
    stored = [m for m in store.outbox_list((letter.state,), None, 1_000).items if m == letter]
    require(len(stored) == 1, "a letter is not what was committed")


def law_keys_with_difficult_text(open_store: OpenStore) -> None:
    """Keys are found whatever their value is made of."""
    store = open_store()
    realm = unique("realm")
    for value in _TEXTS.values():
        account = an_account(unique("account"))
        key = Key(realm, "identity", value)
        store.commit(one_change(creation(account, claims=[key])))
        require(store.find(key) == (account,), "a key with a difficult value does not find")
