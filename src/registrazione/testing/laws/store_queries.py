"""Laws of an account store: finding, searching and the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations, product
from typing import Any

import attrs

from registrazione.core.account import Account
from registrazione.core.records import Criteria, Key
from registrazione.core.states import AccountState
from registrazione.ports.stores import AccountStore
from registrazione.testing.builders import (
    NOON,
    a_record,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)
from registrazione.testing.laws.kit import parts, require, unique

OpenStore = Callable[[], AccountStore]

_MOST_FOUND = 50
_A_LOT = 120
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


def _create(store: AccountStore, *, keys: tuple[Key, ...] = (), **fields: Any) -> Account:  # noqa: ANN401
    """Create an account and return it."""
    account = an_account(unique("account"), **fields)
    store.commit(one_change(creation(account, keys=keys)))
    return account


def _pages(store: AccountStore, criteria: Criteria, limit: int) -> list[tuple[Account, ...]]:
    """Return all parts of an answer."""
    return list(parts(lambda cursor: store.search(criteria, cursor, limit)))


def _found(store: AccountStore, criteria: Criteria) -> tuple[Account, ...]:
    """Return what a search finds, without its order."""
    return store.search(criteria, None, 100).items


def law_found_by_every_key(open_store: OpenStore) -> None:
    """An account is found by each of its keys."""
    store = open_store()
    realm = unique("realm")
    kinds = ("email", "username", "submission", "identity")
    keys = tuple(Key(realm, kind, f"maria-{number}") for kind in kinds for number in range(4))
    account = _create(store, keys=keys)
    for key in keys:
        require(store.find(key) == (account,), "an account is not found by one of its keys")


def law_keys_are_replaced(open_store: OpenStore) -> None:
    """The keys of a write replace those that the account had."""
    store = open_store()
    realm = unique("realm")
    old, kept, new = (Key(realm, "email", value) for value in ("old", "kept", "new"))
    account = _create(store, keys=(old, kept))
    write = replacement(account, keys=[kept, new])
    store.commit(one_change(write))
    require(store.find(old) == (), "an account is found by a key that it has no more")
    require(store.find(kept) == (write.account,), "an account is not found by a key that it kept")
    require(store.find(new) == (write.account,), "an account is not found by its new key")


def law_find_in_order(open_store: OpenStore) -> None:
    """A look-up answers with the holder of the claim first, then with the others by age."""
    store = open_store()
    key = Key(unique("realm"), "codice_fiscale", "RSSMRA80A01H501U")
    newest, oldest, middle = (
        _create(store, keys=(key,), created_at=NOON + days * _DAY) for days in (2, 0, 1)
    )
    holder = an_account(unique("account"), created_at=NOON + 3 * _DAY)
    store.commit(one_change(creation(holder, claims=[key])))
    expected = (holder, oldest, middle, newest)
    require(store.find(key) == expected, "what is found is not in its order")


def law_find_is_bounded(open_store: OpenStore) -> None:
    """A look-up answers with fifty accounts at most: the holder and the oldest."""
    store = open_store()
    key = Key(unique("realm"), "email", "maria@example.it")
    accounts = [
        an_account(unique("account"), created_at=NOON + minute * timedelta(minutes=1))
        for minute in range(_MOST_FOUND + 5)
    ]
    *others, holder = accounts
    writes = [creation(account, keys=[key]) for account in others]
    store.commit(one_change(*writes, creation(holder, claims=[key])))
    expected = (holder, *others[: _MOST_FOUND - 1])
    require(store.find(key) == expected, "not the holder and the oldest, fifty in all")


def law_find_sees_new_state(open_store: OpenStore) -> None:
    """What is found by a key is the newest version."""
    store = open_store()
    key = Key(unique("realm"), "email", "maria@example.it")
    account = _create(store, keys=(key,))
    require(store.find(key) == (account,), "what was committed is not found")
    write = replacement(account, keys=[key], language="en")
    store.commit(one_change(write))
    require(store.find(key) == (write.account,), "an old version is found")


def law_search_by_age(open_store: OpenStore) -> None:
    """A search answers with the oldest account first."""
    store = open_store()
    realm = unique("realm")
    accounts = [
        _create(store, realm=realm, created_at=NOON + seconds * timedelta(seconds=1))
        for seconds in (5, 1, 4, 2, 3)
    ]
    expected = tuple(sorted(accounts, key=lambda account: account.created_at))
    require(_found(store, Criteria(realm=realm)) == expected, "accounts are not in order of age")


def law_search_in_parts(open_store: OpenStore) -> None:
    """The parts of an answer are full but the last, and together hold everything once."""
    store = open_store()
    realm = unique("realm")
    accounts = [
        _create(store, realm=realm, created_at=NOON + minutes * timedelta(minutes=1))
        for minutes in range(6)
    ]
    for limit, sizes in ((1, [1] * 6), (2, [2] * 3), (4, [4, 2]), (6, [6]), (7, [6])):
        pages = _pages(store, Criteria(realm=realm), limit)
        require([len(page) for page in pages] == sizes, "the parts are not of the right sizes")
        together = [account for page in pages for account in page]
        require(together == accounts, "the parts do not make up the whole")


def law_search_in_parts_among_equals(open_store: OpenStore) -> None:
    """Accounts of the very same age are neither lost nor repeated between the parts."""
    store = open_store()
    realm = unique("realm")
    names = {_create(store, realm=realm).id for _ in range(7)}
    pages = _pages(store, Criteria(realm=realm), 2)
    together = [account.id for page in pages for account in page]
    require(len(together) == len(names), "an account is lost or repeated between the parts")
    require(set(together) == names, "an account is lost or repeated between the parts")


def law_search_while_erasing(open_store: OpenStore) -> None:
    """Whoever erases the accounts of each part on the way still meets all of them."""
    store = open_store()
    realm = unique("realm")
    for minutes in range(7):
        _create(store, realm=realm, created_at=NOON + minutes * timedelta(minutes=1))
    met = 0
    for page in parts(lambda cursor: store.search(Criteria(realm=realm), cursor, 2)):
        store.commit(one_change(*map(erasure, page)))
        met += len(page)
    require(met == 7, "accounts were passed over, because others were erased")  # noqa: PLR2004


def law_search_by_state(open_store: OpenStore) -> None:
    """A search for states finds accounts in any of them; without states, in all."""
    store = open_store()
    realm = unique("realm")
    times: dict[str, Any] = {"due_at": NOON, "last_used_at": NOON - _DAY, "ended_at": NOON}
    by_state = {state: _create(store, realm=realm, state=state, **times) for state in AccountState}
    for state, account in by_state.items():
        found = _found(store, Criteria(realm=realm, states=(state,)))
        require(found == (account,), "a search by state finds others")
    for criteria in (
        Criteria(realm=realm, due_before=NOON),
        Criteria(realm=realm, created_before=NOON),
        Criteria(realm=realm, unused_since=NOON),
    ):
        found = _found(store, criteria)
        require(len(found) == len(by_state), "a search passes over states though none is given")
    two = (AccountState.CLAIM, AccountState.ACTIVE)
    found = _found(store, Criteria(realm=realm, states=two))
    require({account.state for account in found} == set(two), "a search by two states finds others")
    everybody = _found(store, Criteria(realm=realm))
    require(len(everybody) == len(by_state), "a search without states does not find everybody")


def law_search_within_realm(open_store: OpenStore) -> None:
    """A search stays within its realm."""
    store = open_store()
    realm = unique("realm")
    account = _create(store, realm=realm)
    for other in (unique("realm"), f"{realm}0", realm[:-1], realm.upper(), realm.replace("-", "_")):
        _create(store, realm=other)
        require(_found(store, Criteria(realm=realm)) == (account,), "another realm is searched too")
        require(account not in _found(store, Criteria(realm=other)), "a realm like it is searched")


def law_search_due(open_store: OpenStore) -> None:
    """A search for what is due finds it up to and including that moment, never what has no date."""
    store = open_store()
    realm = unique("realm")
    _create(store, realm=realm, due_at=None)
    _create(store, realm=realm, due_at=NOON + _INSTANT)
    due = {_create(store, realm=realm, due_at=at).id for at in (NOON, NOON - _DAY)}
    found = _found(store, Criteria(realm=realm, due_before=NOON))
    require({account.id for account in found} == due, "not exactly what is due is found")


def law_search_due_follows_changes(open_store: OpenStore) -> None:
    """An account whose date is moved or removed is found by its new date only."""
    store = open_store()
    realm = unique("realm")
    moved, done = (_create(store, realm=realm, due_at=NOON) for _ in range(2))
    write = replacement(moved, due_at=NOON + _DAY)
    store.commit(one_change(write, replacement(done, due_at=None)))
    require(_found(store, Criteria(realm=realm, due_before=NOON)) == (), "an old date is found")
    found = _found(store, Criteria(realm=realm, due_before=NOON + _DAY))
    require(found == (write.account,), "a new date is not found")


def law_search_follows_changes(open_store: OpenStore) -> None:
    """An account is searched by what it is now: whatever changed, and whatever was removed."""
    store = open_store()
    realm = unique("realm")
    before: dict[str, Any] = {
        "state": AccountState.ACTIVE,
        "created_at": NOON,
        "last_used_at": NOON,
        "due_at": NOON,
    }
    after: dict[str, Any] = {
        "state": AccountState.SUSPENDED,
        "created_at": NOON + _DAY,
        "last_used_at": NOON + _DAY,
        "due_at": NOON + _DAY,
    }
    removed: dict[str, Any] = {**after, "last_used_at": None, "due_at": None}
    searches = [
        Criteria(realm=realm, states=(AccountState.ACTIVE,)),
        Criteria(realm=realm, states=(AccountState.SUSPENDED,)),
        Criteria(realm=realm, created_before=NOON),
        Criteria(realm=realm, unused_since=NOON + _DAY),
        Criteria(realm=realm, due_before=NOON + _DAY),
    ]
    account = _create(store, realm=realm, **before)
    for fields in (after, removed, before, after):
        write = replacement(account, **fields)
        store.commit(one_change(write))
        account = attrs.evolve(account, version=account.version + 1, **fields)
        for criteria in searches:
            expected = (account,) if criteria.matches(account) else ()
            require(_found(store, criteria) == expected, "an account is searched by what it was")


def law_ages_are_moments(open_store: OpenStore) -> None:
    """Whatever the zone and the century, what is compared is the moment."""
    store = open_store()
    realm = unique("realm")
    key = Key(realm, "email", "maria@example.it")
    east, west = (timezone(timedelta(hours=hours)) for hours in (14, -12))
    ages = [
        datetime(1899, 12, 31, 23, 0, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        NOON - _INSTANT,
        NOON.astimezone(east),
        (NOON + _INSTANT).astimezone(west),
        (NOON + 2 * _INSTANT).astimezone(east),
        datetime(9998, 1, 1, tzinfo=UTC),
    ]
    accounts = tuple(
        an_account(unique("account"), realm=realm, created_at=at, due_at=at, last_used_at=at)
        for at in ages
    )
    writes = [creation(account, keys=[key]) for account in accounts]
    store.commit(one_change(*writes[::2], *writes[1::2]))
    require(store.find(key) == accounts, "what is found is not in order of age")
    require(_found(store, Criteria(realm=realm)) == accounts, "accounts are not in order of age")
    pages = _pages(store, Criteria(realm=realm), 2)
    together = tuple(account for page in pages for account in page)
    require(together == accounts, "the parts do not make up the whole")
    for zone, at in product((UTC, east, west), (NOON, NOON + _INSTANT)):
        now = at.astimezone(zone)
        searches = (
            Criteria(realm=realm, created_before=now),
            Criteria(realm=realm, due_before=now),
            Criteria(realm=realm, unused_since=now),
        )
        for criteria in searches:
            expected = tuple(account for account in accounts if criteria.matches(account))
            require(_found(store, criteria) == expected, "another moment is searched for")


def law_search_by_creation(open_store: OpenStore) -> None:
    """A search by registration finds accounts up to and including that moment."""
    store = open_store()
    realm = unique("realm")
    _create(store, realm=realm, created_at=NOON + _INSTANT)
    old = {_create(store, realm=realm, created_at=at).id for at in (NOON, NOON - _DAY)}
    found = _found(store, Criteria(realm=realm, created_before=NOON))
    require({account.id for account in found} == old, "not exactly the old accounts are found")


def law_search_unused(open_store: OpenStore) -> None:
    """A search for the unused finds accounts last used before that moment, or never."""
    store = open_store()
    realm = unique("realm")
    _create(store, realm=realm, last_used_at=NOON)
    unused = {_create(store, realm=realm, last_used_at=at).id for at in (None, NOON - _INSTANT)}
    found = _found(store, Criteria(realm=realm, unused_since=NOON))
    require({account.id for account in found} == unused, "not exactly the unused are found")


def law_search_by_everything(open_store: OpenStore) -> None:
    """An account has to meet every criterion that is given, whichever they are."""
    store = open_store()
    realm = unique("realm")
    fits: dict[str, Any] = {
        "realm": realm,
        "state": AccountState.ACTIVE,
        "due_at": NOON,
        "created_at": NOON,
        "last_used_at": NOON - _DAY,
    }
    later = NOON + _DAY
    wrongs: list[dict[str, Any]] = [
        {},
        {"realm": unique("realm")},
        {"due_at": later},
        {"created_at": later},
        {"last_used_at": later},
        {"state": AccountState.CLAIM},
    ]
    accounts = [an_account(unique("account"), **{**fits, **wrong}) for wrong in wrongs]
    store.commit(one_change(*map(creation, accounts)))
    given: dict[str, Any] = {
        "states": (AccountState.ACTIVE,),
        "due_before": NOON,
        "created_before": NOON,
        "unused_since": NOON,
    }
    for size in range(1, len(given) + 1):
        for names in combinations(given, size):
            criteria = Criteria(realm=realm, **{name: given[name] for name in names})
            expected = {account.id for account in accounts if criteria.matches(account)}
            found = {account.id for account in _found(store, criteria)}
            require(found == expected, f"not what was searched for by {' and '.join(names)}")


def law_long_answers(open_store: OpenStore) -> None:
    """What is a hundred and twenty long is told to its end."""
    store = open_store()
    realm, name = unique("realm"), unique("account")
    accounts = [an_account(f"{name}-{number:03}", realm=realm) for number in range(_A_LOT)]
    records = tuple(a_record(account_id=name, event=f"event-{n}") for n in range(_A_LOT))
    store.commit(one_change(*map(creation, accounts), audit=records))
    for limit in (_A_LOT - 10, _A_LOT + 10):
        pages = _pages(store, Criteria(realm=realm), limit)
        sizes = [min(limit, _A_LOT), *([_A_LOT - limit] if limit < _A_LOT else [])]
        require([len(page) for page in pages] == sizes, "the parts are not of the right sizes")
        together = {account.id for page in pages for account in page}
        require(together == {account.id for account in accounts}, "accounts are passed over")
    told = sorted(record.event for record in store.history(name))
    require(told == sorted(record.event for record in records), "a long history is cut short")


def law_history_in_order(open_store: OpenStore) -> None:
    """The history of an account is told in the order in which it was committed."""
    store = open_store()
    name = unique("account")
    records = [a_record(account_id=name, event=f"event-{n}", at=NOON - n * _DAY) for n in range(5)]
    store.commit(one_change(audit=tuple(records[:3])))
    for record in records[3:]:
        require(record not in store.history(name), "the history tells what has not happened")
        store.commit(one_change(audit=(record,)))
    require(store.history(name) == tuple(records), "the history is not told in its order")


def law_history_repeats(open_store: OpenStore) -> None:
    """What happened twice at the same moment is told twice."""
    store = open_store()
    name = unique("account")
    record = a_record(account_id=name, event="password_wrong")
    store.commit(one_change(audit=(record, record)))
    store.commit(one_change(audit=(record,)))
    require(store.history(name) == (record,) * 3, "equal records are told once")


def law_history_is_own(open_store: OpenStore) -> None:
    """The history of an account holds no other's records, and none that name no account."""
    store = open_store()
    name = unique("account")
    mine = a_record(account_id=name)
    other = a_record(account_id=unique("account"))
    store.commit(one_change(audit=(other, mine, a_record(account_id=None))))
    require(store.history(name) == (mine,), "the history is not the account's own")
