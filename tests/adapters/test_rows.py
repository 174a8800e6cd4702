"""Rows: what becomes of keys, and letters read back of their columns."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.positions import microseconds, moment
from registrazione.adapters.rows import KeyChanges, KeyRow, letter_of, written
from registrazione.testing.builders import NOON, a_letter

SETS = st.dictionaries(st.sampled_from([b"1", b"2", b"3"]), st.booleans()).map(
    lambda keys: {KeyRow("email", digest, claimed) for digest, claimed in keys.items()}
)


@given(before=SETS, after=SETS)
def test_what_changes_makes_one_set_of_keys_of_the_other(before, after):
    """Dropped, added and raised lead from any set to any other, and a claim is freed by a drop."""
    keys = KeyChanges.between(before, after)
    raised = {key.digest for key in keys.raised}

    assert {key for key in before - keys.dropped if key.digest not in raised} | (
        keys.added | keys.raised
    ) == after
    assert {key for key in before if key.claimed} - after <= keys.dropped


def test_a_key_that_becomes_ones_own_stays_where_it_is():
    """The mailbox is proved: nothing is deleted, and nothing written anew."""
    shared, own = KeyRow("email", b"1", claimed=False), KeyRow("email", b"1", claimed=True)

    assert KeyChanges.between({shared}, {own}) == KeyChanges(set(), set(), {own})
    assert KeyChanges.between({own}, {shared}) == KeyChanges({own}, {shared}, set())


def test_a_letter_is_what_its_columns_say():
    """Who takes it changes two columns, and not the snapshot."""
    letter = a_letter()
    taken = letter.leased(NOON, timedelta(minutes=5))

    assert letter_of(written(letter), microseconds(taken.not_before), 1) == taken


@given(st.datetimes(timezones=st.just(NOON.tzinfo)))
def test_a_time_is_read_back_exactly(at):
    """To the microsecond, at both ends of time."""
    assert moment(microseconds(at)) == at
