"""What every store does alike; the laws of the stores prove the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import attrs
import pytest

from registrazione.adapters.bookkeeping import (
    OneAtATime,
    accounts_page,
    check,
    check_versions,
    find,
    letters_page,
    take,
)
from registrazione.core.records import Criteria, Key, LetterState
from registrazione.ports.stores import ClaimTaken, StaleVersion
from registrazione.testing.builders import (
    NOON,
    PORTAL,
    a_letter,
    an_account,
    creation,
    erasure,
    one_change,
    replacement,
)

LEASE = timedelta(minutes=5)
NAME = Key("standard", "username", "maria")
EMAIL = Key("standard", "email", "maria@example.it")


def rows_of(*writes):
    """Return the rows that these writes leave behind."""
    return {write.account_id: write for write in writes}


def test_a_new_account_is_no_surprise() -> None:
    """Nothing stored, nothing claimed: the change may be carried out."""
    assert check(one_change(creation(an_account(), claims=[NAME])), {}) is None


def test_versions_are_checked_before_claims() -> None:
    """Where both are wrong, the caller has to read again anyway."""
    holder = creation(an_account("other"), claims=[NAME])
    stored = creation(an_account(version=3))
    change = one_change(replacement(an_account(version=2), claims=[NAME]))

    with pytest.raises(StaleVersion):
        check(change, rows_of(holder, stored))


def test_an_erased_account_counts_as_none() -> None:
    """It may be created again, and not be replaced."""
    rows = rows_of(erasure(an_account()))

    assert check_versions(one_change(creation(an_account())), rows) is None
    with pytest.raises(StaleVersion):
        check_versions(one_change(replacement(an_account())), rows)


def test_the_first_kind_of_a_taken_claim_is_named() -> None:
    """Of two claims that are taken, the one whose kind comes first is told."""
    rows = rows_of(creation(an_account("other"), claims=[NAME, EMAIL]))

    with pytest.raises(ClaimTaken) as taken:
        check(one_change(creation(an_account(), claims=[NAME, EMAIL])), rows)

    assert taken.value.kind == "email"


def test_claims_are_exchanged_within_a_change() -> None:
    """What an account of the change holds, another one of it may take."""
    first, second = an_account("first"), an_account("second")
    rows = rows_of(creation(first, claims=[NAME]), creation(second, claims=[EMAIL]))
    change = one_change(replacement(first, claims=[EMAIL]), replacement(second, claims=[NAME]))

    assert check(change, rows) is None


def test_two_accounts_of_a_change_do_not_share_a_claim() -> None:
    """Nobody holds it yet, and still only one may."""
    change = one_change(
        creation(an_account("first"), claims=[NAME]), creation(an_account("second"), claims=[NAME])
    )

    with pytest.raises(ClaimTaken):
        check(change, {})


def test_the_holder_is_found_first() -> None:
    """Then the oldest; whoever was erased, or does not carry the key, is not found."""
    old, new = an_account("old"), an_account("new", created_at=NOON + LEASE)
    newest = an_account("newest", created_at=NOON + 2 * LEASE)
    rows = rows_of(
        creation(new, keys=[NAME]),
        creation(newest, claims=[NAME]),
        creation(old, keys=[NAME]),
        creation(an_account("somebody"), keys=[EMAIL]),
        attrs.evolve(erasure(an_account("gone")), keys=frozenset({NAME})),
    )

    assert find(NAME, rows.values()) == (newest, old, new)
    assert find(Key("other", "username", "maria"), rows.values()) == ()


def test_accounts_come_in_parts() -> None:
    """Each part begins where the one before it ended; other realms and the erased are left out."""
    accounts = [an_account(f"account-{n}", created_at=NOON + n * LEASE) for n in range(3)]
    rows = [
        *map(creation, reversed(accounts)),
        creation(an_account("elsewhere", realm="other")),
        erasure(an_account("gone")),
    ]
    criteria = Criteria(realm="standard")

    first = accounts_page(rows, criteria, None, 2)
    second = accounts_page(rows, criteria, first.cursor, 2)

    assert first.items == (accounts[0], accounts[1])
    assert (second.items, second.cursor) == ((accounts[2],), None)


def test_letters_are_written_back_as_taken() -> None:
    """Those that are due, in their order and as many as asked for; nobody takes them twice."""
    letters = {name: a_letter(name) for name in ("b", "a", "c")}
    letters["later"] = a_letter("later", not_before=NOON + LEASE)

    taken = take(letters, PORTAL, NOON, 2, LEASE)

    assert [letter.id for letter in taken] == ["b", "a"]
    assert all(letters[letter.id] == letter for letter in taken)
    assert {(letter.attempts, letter.not_before) for letter in taken} == {(1, NOON + LEASE)}
    assert [letter.id for letter in take(letters, PORTAL, NOON, 9, LEASE)] == ["c"]
    assert list(letters) == ["b", "a", "c", "later"]


def test_letters_come_in_parts() -> None:
    """In the order in which they were committed, and only those in one of the states."""
    letters = [a_letter(str(n)) for n in range(3)]
    dead = a_letter("dead", state=LetterState.DEAD)

    first = letters_page([letters[0], dead, *letters[1:]], [LetterState.QUEUED], None, 2)
    second = letters_page([letters[0], dead, *letters[1:]], [LetterState.QUEUED], first.cursor, 2)

    assert first.items == (letters[0], letters[1])
    assert (second.items, second.cursor) == ((letters[2],), None)


class Room(OneAtATime):
    """Where only one thread may be."""

    def visit(self, look: Callable[[], bool]) -> list[bool]:
        """Look around from inside, and from further inside."""
        return [look(), *self.nest(look)]

    def nest(self, look: Callable[[], bool]) -> list[bool]:
        """Be called from inside."""
        return [look()]

    def _private(self) -> None:
        """Not part of what others call."""


def test_one_thread_at_a_time() -> None:
    """While a thread is in a method no other may enter; its own may call further methods."""
    room, other = Room(), Room()

    def try_the_door() -> bool:
        opens = room._turn.acquire(blocking=False)
        if opens:
            room._turn.release()
        return opens

    def is_open() -> bool:
        with ThreadPoolExecutor(1) as somebody:
            return somebody.submit(try_the_door).result()

    assert room.visit(is_open) == [False, False]
    assert other.visit(is_open) == [True, True]


def test_methods_keep_their_names() -> None:
    """What is around them does not hide what they are; private ones have nothing around them."""
    assert Room.visit.__name__ == "visit"
    assert Room.visit.__doc__.startswith("Look")
    assert hasattr(Room.visit, "__wrapped__")
    assert not hasattr(Room._private, "__wrapped__")
