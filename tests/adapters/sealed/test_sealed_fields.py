"""The table of what is personal: nothing is left out, and the walk along it misses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from registrazione.adapters.sealed.fields import FIELDS, changed, texts_of
from registrazione.core.account import (
    Account,
    IdentificationRecord,
    Identity,
    SessionRef,
    UsedAnswer,
    VerifiedIdentity,
)
from registrazione.core.records import OutboxMessage
from registrazione.testing.builders import NOON, a_letter, an_account


def classes_in(hint: Any) -> Iterator[type]:
    """Yield the attrs classes that an annotation names, however deep."""
    if isinstance(hint, type) and attrs.has(hint):
        yield hint
    for argument in get_args(hint):
        yield from classes_in(argument)


def reachable(cls: type) -> set[type]:
    """Return a class and all classes that its fields may hold."""
    found, waiting = set(), [cls]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [c for hint in get_type_hints(one).values() for c in classes_in(hint)]
    return found


def full_account() -> Account:
    """Return an account in which every personal text is there, and tells where it is."""
    identity = Identity(provider="spid", issuer="https://idp", subject="*subject")
    return an_account(
        codice_fiscale="*cf",
        values={"name": "*name", "phone": "*phone", "empty": ""},
        username="*username",
        email="*email",
        personal_email="*personal",
        pending_email="*pending",
        submission_key="*submission",
        identities=(identity, attrs.evolve(identity, subject="*second")),
        pending_identity=VerifiedIdentity(
            identity=attrs.evolve(identity, subject="*third"),
            codice_fiscale="*vouched",
            values={"surname": "*surname"},
            answer="*answer",
            answer_until=NOON,
            session="*at the provider",
        ),
        identification=IdentificationRecord(
            operator="op-1",
            office="MIIS00100A",
            document_type="*type",
            document_number="*number",
            at=NOON,
        ),
        answers=(UsedAnswer(digest="0" * 64, until=NOON),),
        sources={"name": "spid"},
        first_look=IdentificationRecord(
            operator="op-2",
            office="MIIS00100A",
            document_type="*first type",
            document_number="*first number",
            at=NOON,
        ),
        sessions=(
            SessionRef(
                id="s", started_at=NOON, until=NOON, method="password", destination="*there"
            ),
        ),
    )


@pytest.mark.parametrize("cls", sorted(reachable(Account) | reachable(OutboxMessage), key=str))
def test_every_field_is_in_one_column(cls) -> None:
    """A new field of a class that stores are given has to be put into the table."""
    columns = [getattr(FIELDS[cls], column.name) for column in attrs.fields(type(FIELDS[cls]))]
    named = [name for column in columns for name in column]

    assert sorted(named) == sorted(field.name for field in attrs.fields(cls))


def test_the_table_names_no_other_class() -> None:
    """What is in the table is what stores are given."""
    assert set(FIELDS) == reachable(Account) | reachable(OutboxMessage)


def test_columns_fit_the_types() -> None:
    """Sealed are texts, mappings are of texts; within and several hold classes of the table."""
    for cls, columns in FIELDS.items():
        hints = get_type_hints(cls)
        assert all(hints[name] in (str, str | None) for name in columns.sealed), cls
        assert all(hints[name] == Mapping[str, str] for name in columns.mappings), cls
        for name in columns.within | columns.several:
            assert set(classes_in(hints[name])) <= set(FIELDS), (cls, name)


def test_the_walk_comes_by_every_personal_text() -> None:
    """Each once, with the place where it stands; an empty one is passed by."""
    found = dict(texts_of(full_account()))

    assert len(found) == len(texts_of(full_account())) == 20
    assert all(text.startswith("*") for text in found.values())
    assert found["values", "phone"] == "*phone"
    assert found["identities", "1", "subject"] == "*second"
    assert found["pending_identity", "values", "surname"] == "*surname"
    assert found["sessions", "0", "destination"] == "*there"


def test_every_text_is_replaced_and_nothing_else() -> None:
    """After the walk no personal text is where it was; changed back, the account is the same."""
    account = full_account()

    starless = changed(account, lambda text, _: text.removeprefix("*"))

    assert not [text for _, text in texts_of(starless) if text.startswith("*")]
    assert starless.values["empty"] == ""
    assert changed(starless, lambda text, _: f"*{text}") == account


def test_letters_have_an_address_and_words() -> None:
    """Both are personal: an operator's words are about somebody."""
    letter = a_letter(params={"reason": "words"})

    assert dict(texts_of(letter)) == {("params", "reason"): "words", ("to",): letter.to}
    assert texts_of(a_letter(to="")) == []
