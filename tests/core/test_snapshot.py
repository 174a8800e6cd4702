"""Snapshots: what is written down is read back equal, and earlier versions still load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from tests.core.snapshot_strategies import instances_of

from registrazione.core.account import (
    Account,
    Consent,
    DerivedCredential,
    RememberedTag,
    SessionRef,
    SlowCredential,
)
from registrazione.core.records import AuditRecord, OutboxMessage
from registrazione.core.snapshot import SnapshotError, from_plain, to_plain
from registrazione.core.states import AccountState
from registrazione.testing.builders import NOON, a_letter, a_record, an_account

SECRET = "never to be shown"


class Colour(StrEnum):
    """Some colours."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True)
class Leaf:
    """Something small."""

    name: str


@attrs.frozen(kw_only=True)
class Everything:
    """One field of each kind."""

    text: str = ""
    number: int = 0
    yes: bool = False
    raw: bytes = b""
    at: datetime | None = None
    colour: Colour = Colour.RED
    names: tuple[str, ...] = ()
    colours: frozenset[Colour] = frozenset()
    leaves: frozenset[Leaf] = frozenset()
    counts: Mapping[str, int] = MappingProxyType({})
    leaf: Leaf | None = None
    either: Leaf | Consent | None = None
    always: Leaf | Consent = Leaf(name="oak")
    fresh: tuple[str, ...] = attrs.Factory(tuple)
    _private: str = ""


def through_json(value: Any) -> Any:
    """Write a value down as JSON and read it back."""
    return from_plain(type(value), json.loads(json.dumps(to_plain(value))))


@given(instances_of(Account))
def test_an_account_comes_back_equal(account) -> None:
    """Any account survives the way to JSON and back."""
    assert through_json(account) == account


@given(instances_of(AuditRecord))
def test_an_audit_record_comes_back_equal(record) -> None:
    """Any audit record survives the way to JSON and back."""
    assert through_json(record) == record


@given(instances_of(OutboxMessage))
def test_a_letter_comes_back_equal(letter) -> None:
    """Any letter survives the way to JSON and back."""
    assert through_json(letter) == letter


@given(instances_of(Everything))
def test_every_kind_of_field_comes_back_equal(value) -> None:
    """Each kind of field, also those that no record has today, survives the way."""
    assert through_json(value) == value


@given(instances_of(Account))
def test_equal_accounts_have_equal_snapshots(account) -> None:
    """What a value is written as depends on nothing but the value."""
    assert to_plain(through_json(account)) == to_plain(account)


def test_defaults_are_left_out() -> None:
    """A snapshot says only what the class does not say by itself."""
    assert to_plain(an_account("a", language="en")) == {
        "id": "a",
        "profile": "standard",
        "realm": "standard",
        "version": 1,
        "language": "en",
        "created_at": "2026-03-02T12:00:00.000000+00:00",
        "waiting_since": "2026-03-02T12:00:00.000000+00:00",
    }


def test_a_choice_is_told_apart_by_name() -> None:
    """A credential says which kind it is."""
    derived = DerivedCredential(kind="password", generation=2, key_id="k")
    account = an_account(credential=derived, history=(RememberedTag(salt=b"s", tag=b"t"), derived))

    plain = to_plain(account)

    assert plain["credential"]["class"] == "DerivedCredential"
    assert [entry["class"] for entry in plain["history"]] == [
        "RememberedTag",
        "DerivedCredential",
    ]


def test_a_snapshot_of_an_earlier_version_loads() -> None:
    """Fields that did not exist yet take their default."""
    account = from_plain(
        Account,
        {
            "id": "a",
            "profile": "standard",
            "realm": "standard",
            "created_at": NOON.isoformat(),
            "waiting_since": NOON.isoformat(),
            "consents": [{"name": "terms", "version": "1", "at": NOON.isoformat()}],
            "sessions": [
                {
                    "id": "s",
                    "started_at": NOON.isoformat(),
                    "until": NOON.isoformat(),
                    "method": "spid",
                }
            ],
        },
    )

    consent = Consent(name="terms", version="1", at=NOON, retention_days=None)
    session = SessionRef(id="s", started_at=NOON, until=NOON, method="spid", there="")
    assert account == an_account("a", version=0, consents=(consent,), sessions=(session,))


def test_a_snapshot_of_a_later_version_loads() -> None:
    """Fields that do not exist here are passed over, inside of other values too."""
    plain = to_plain(an_account(consents=(Consent(name="terms", version="1", at=NOON),)))
    plain["consents"][0]["colour"] = "red"

    account = from_plain(Account, {**plain, "shoe_size": 43})

    assert account.consents == (Consent(name="terms", version="1", at=NOON),)


def test_times_come_back_in_utc() -> None:
    """A time in another zone is written and read as the same moment in UTC."""
    rome = timezone(timedelta(hours=1))
    at = datetime(2026, 1, 1, 0, 30, 0, 7, tzinfo=rome)

    read = through_json(an_account(created_at=at))

    assert read.created_at == at
    assert read.created_at.utcoffset() == timedelta(0)


def test_a_time_in_another_zone_is_read_as_utc() -> None:
    """A snapshot from elsewhere may use another zone."""
    plain = {**to_plain(an_account()), "created_at": "2026-01-01T01:00:00+01:00"}

    assert from_plain(Account, plain).created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert from_plain(Account, plain).created_at.tzinfo is UTC


def test_mappings_come_back_frozen() -> None:
    """Nobody can change a mapping inside of what was read."""
    record = through_json(a_record(details={"count": "1"}))

    assert isinstance(record.details, MappingProxyType)
    assert record.details == {"count": "1"}


def test_text_that_is_no_unicode_comes_back() -> None:
    """A lone surrogate, as a careless caller may let in, is neither lost nor an error."""
    account = an_account(values={"name": "\ud800\x00"})

    assert through_json(account) == account


@pytest.mark.parametrize(
    "value",
    [
        an_account(created_at=datetime(2026, 1, 1)),  # noqa: DTZ001 - that is the fault
        an_account(created_at=datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))),
        an_account(created_at=SECRET),
        an_account(username=5),
        an_account(epoch=True),
        an_account(epoch=SECRET),
        an_account(state=SECRET),
        an_account(consents=[SECRET]),
        an_account(credential=SECRET),
        an_account(values={"name": 5}),
        an_account(values={5: SECRET}),
        an_account(history_salt=SECRET),
        a_letter(params=SECRET),
        Everything(yes=SECRET),
        Everything(colours=[SECRET]),
        "not attrs at all",
    ],
)
def test_what_does_not_fit_is_not_written(value) -> None:
    """A field that holds something else than its annotation says is refused, and not shown."""
    with pytest.raises(SnapshotError) as caught:
        to_plain(value)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"created_at": "2026-01-01T00:00:00"},
        {"created_at": SECRET},
        {"created_at": 5},
        {"epoch": "1"},
        {"epoch": True},
        {"state": SECRET},
        {"state": [SECRET]},
        {"values": SECRET},
        {"values": {"name": 5}},
        {"consents": SECRET},
        {"consents": [SECRET]},
        {"consents": [{"name": "terms"}]},
        {"history_salt": SECRET},
        {"history_salt": "è"},
        {"credential": {"encoded": SECRET}},
        {"credential": {"class": "Consent", "encoded": SECRET}},
        {"credential": {"class": ["SlowCredential"]}},
    ],
)
def test_what_does_not_fit_is_not_read(wrong) -> None:
    """A snapshot that makes no account is refused, and what is in it is not shown."""
    with pytest.raises(SnapshotError) as caught:
        from_plain(Account, {**to_plain(an_account()), **wrong})

    assert SECRET not in str(caught.value)


def test_a_missing_field_without_default_is_refused() -> None:
    """An account without an identifier is none."""
    plain = to_plain(an_account())
    del plain["id"]

    with pytest.raises(SnapshotError, match="missing"):
        from_plain(Account, plain)


def test_the_refusal_names_the_field() -> None:
    """Whoever reads the error knows where to look."""
    plain = to_plain(an_account(consents=(Consent(name="terms", version="1", at=NOON),)))
    plain["consents"][0]["at"] = SECRET

    with pytest.raises(SnapshotError, match=r"^Account\.consents: Consent\.at: not a time$"):
        from_plain(Account, plain)


def test_only_a_mapping_is_read() -> None:
    """A list is no snapshot."""
    with pytest.raises(SnapshotError, match="not a mapping"):
        from_plain(Account, [])


@pytest.mark.parametrize("hint", [float, tuple[str, int], dict[str, str], Mapping[int, str], list])
def test_other_kinds_of_field_have_no_snapshot(hint) -> None:
    """A class with a field of an unknown kind is refused, rather than written down wrongly."""
    cls = attrs.make_class("Other", {"field": attrs.field(type=hint)}, frozen=True)

    with pytest.raises(SnapshotError, match="no snapshot"):
        from_plain(cls, {})


def test_a_choice_among_other_things_has_no_snapshot() -> None:
    """Only attrs classes can be told apart by name."""
    cls = attrs.make_class("Other", {"field": attrs.field(type=int | str)}, frozen=True)

    with pytest.raises(SnapshotError, match="not an attrs class"):
        from_plain(cls, {})


def test_each_class_is_prepared_once(monkeypatch) -> None:
    """The annotations are not looked at again for each value."""
    to_plain(an_account())
    monkeypatch.setattr("registrazione.core.snapshot.get_type_hints", None)

    account = an_account(state=AccountState.ACTIVE, credential=SlowCredential(encoded="x"))

    assert through_json(account) == account
