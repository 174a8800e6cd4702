"""Every statement of the store, in SQLAlchemy's terms and compiled once for the database.

Look-ups compare whole canonical values, so that each of them is answered from an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Column,
    ColumnElement,
    Dialect,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from registrazione.adapters.positions import MOST_FOUND
from registrazione.adapters.rows import Row
from registrazione.adapters.sql.driver import Statement
from registrazione.adapters.sql.schema import accounts, audit, keys, outbox
from registrazione.core.records import LetterState
from registrazione.core.states import AccountState

E = TypeVar("E", bound=StrEnum)

MOST_ROWS = 16
"""Rows of one statement: more than a command usually writes, and few texts to be compiled."""

_this_version = (
    accounts.c.id == bindparam("account_id"),
    accounts.c.version == bindparam("expected"),
)
_this_key: ColumnElement[bool] = keys.c.digest == bindparam("digest")
_this_account: ColumnElement[bool] = keys.c.account_id == bindparam("account_id")
# A constant and no parameter: only so does the partial index answer.
_queued: ColumnElement[bool] = outbox.c.state == literal_column(f"'{LetterState.QUEUED.value}'")
_one: ColumnElement[int] = literal_column("1")
_limit: BindParameter[int] = bindparam("limit")
_ENVELOPE = (outbox.c.seq, outbox.c.data, outbox.c.not_before, outbox.c.attempts)
"""What makes up a letter, behind its place in the queue."""


class Insertion:
    """An insert of any number of rows at once, compiled for each number when it is first met.

    Args:
        table: Where they go.
        dialect: The database.
        without: The column that the database fills in.
    """

    __slots__ = ("_columns", "_dialect", "_known", "_table")

    def __init__(self, table: Table, dialect: Dialect, without: str = "") -> None:
        """Remember what to compile."""
        self._table = table
        self._dialect = dialect
        self._columns = _columns(table, without)
        self._known: dict[int, Statement] = {}

    @property
    def text(self) -> str:
        """Return the statement for one row."""
        return self.of(1).text

    def of(self, count: int) -> Statement:
        """Return the statement for that many rows.

        Args:
            count: How many, and no more than :data:`MOST_ROWS`.
        """
        if count not in self._known:
            values: list[dict[str, Any]] = [
                {column: bindparam(f"{column}_{number}") for column in self._columns}
                for number in range(count)
            ]
            construct = insert(self._table).values(values).inline()
            self._known[count] = Statement(construct, self._dialect)
        return self._known[count]

    def row(self, many: Sequence[Row]) -> Row:
        """Return the parameters of some rows as those of one statement."""
        return {
            f"{column}_{number}": row[column]
            for number, row in enumerate(many)
            for column in self._columns
        }


class Statements:
    """The statements, compiled for one database."""

    def __init__(self, dialect: Dialect) -> None:
        """Compile all of them."""
        self.load: Statement = Statement(_load(), dialect)
        mariadb = getattr(dialect, "is_mariadb", False)
        self.find: Statement = Statement(_find_in_two() if mariadb else _find(), dialect)
        self.search: Statement = Statement(_search(accounts.c.created_at), dialect)
        # A search of its own: only so does the partial index answer.
        due = accounts.c.due_at.is_not(None), accounts.c.due_at <= bindparam("due_before")
        self.search_due: Statement = Statement(
            _search(_by_no_index(accounts.c.created_at), *due), dialect
        )
        self.create: Statement = Statement(insert(accounts), dialect, _columns(accounts))
        self.replace: Statement = Statement(
            update(accounts).where(*_this_version), dialect, _columns(accounts, without="id")
        )
        # On the common path the keys are the same as before, and need not be looked at.
        same_keys = accounts.c.keys_mark == bindparam("mark")
        self.replace_same: Statement = Statement(
            update(accounts).where(*_this_version, same_keys),
            dialect,
            _columns(accounts, without="id"),
        )
        self.erase: Statement = Statement(delete(accounts).where(*_this_version), dialect)

        self.keys_of: Statement = Statement(
            select(keys.c.digest, keys.c.claim.is_not(None)).where(_this_account), dialect
        )
        self.add_key: Statement = Statement(insert(keys), dialect, _columns(keys))
        self.claim_key: Statement = Statement(
            update(keys).where(_this_key, _this_account), dialect, ["claim"]
        )
        self.drop_key: Statement = Statement(delete(keys).where(_this_key, _this_account), dialect)

        self.add_keys: Insertion = Insertion(keys, dialect)
        self.record: Insertion = Insertion(audit, dialect, without="seq")
        self.history: Statement = Statement(_history(), dialect)

        settled = ("state", "not_before", "attempts", "data")
        this_letter = update(outbox).where(outbox.c.id == bindparam("letter_id"))
        not_taken_since = outbox.c.attempts == bindparam("attempts_taken")
        self.post: Statement = Statement(
            insert(outbox).inline(), dialect, _columns(outbox, without="seq")
        )
        self.take_due: Statement | None = None
        if dialect.update_returning:
            self.take_due = Statement(_take_due(), dialect)
        # The same in two, for those that do not tell what an update has changed.
        self.waiting: Statement = Statement(_waiting(*_ENVELOPE), dialect)
        self.take: Statement = Statement(_taken().where(outbox.c.seq == bindparam("seq")), dialect)
        self.settle: Statement = Statement(this_letter.where(not_taken_since), dialect, settled)
        self.send_again: Statement = Statement(this_letter, dialect, settled)
        self.letters: Statement = Statement(_letters(), dialect)


def states_row(states: Iterable[E], enum: type[E]) -> dict[str, Any]:
    """Return the parameters that stand for some states, of which there is at least one.

    A statement has room for all of them, so that its text is always the same; where fewer are
    asked for, the rest stand for no state at all.
    """
    asked = [state.value for state in dict.fromkeys(states)]
    return {f"state_{n}": value for n, value in enumerate(asked + [""] * (len(enum) - len(asked)))}


def _load() -> ClauseElement:
    return select(accounts.c.data).where(accounts.c.id == bindparam("account_id"))


def _find() -> ClauseElement:
    return (
        select(accounts.c.data)
        .select_from(keys.join(accounts, keys.c.account_id == accounts.c.id))
        .where(_this_key)
        .order_by(keys.c.claim.is_(None), accounts.c.created_at, accounts.c.id)
        .limit(literal_column(str(MOST_FOUND)))
    )


def _find_in_two() -> ClauseElement:
    """Build the same for MariaDB: first who they are and in which order, then what they are.

    MariaDB would sort the long texts with them, in a table on the disk for each look-up.
    """
    found = (
        select(accounts.c.id, keys.c.claim.is_(None).label("shared"), accounts.c.created_at)
        .select_from(keys.join(accounts, keys.c.account_id == accounts.c.id))
        .where(_this_key)
        .order_by(keys.c.claim.is_(None), accounts.c.created_at, accounts.c.id)
        .limit(literal_column(str(MOST_FOUND)))
        .subquery("found")
    )
    return (
        select(accounts.c.data)
        .select_from(found.join(accounts, accounts.c.id == found.c.id))
        .order_by(found.c.shared, found.c.created_at, found.c.id)
    )


def _search(created: ColumnElement[int], *more: ColumnElement[bool]) -> ClauseElement:
    """Build the search; what is not looked for is given a bound that everything is within."""
    used = accounts.c.last_used_at
    return (
        select(accounts.c.data, accounts.c.created_at, accounts.c.id)
        .where(
            accounts.c.realm == bindparam("realm"),
            _one_of(accounts.c.state, AccountState),
            created <= bindparam("created_before"),
            or_(used.is_(None), used < bindparam("unused_since")),
            # Spelled so that every database finds the place in the index.
            created >= bindparam("after"),
            or_(created > bindparam("after"), accounts.c.id > bindparam("after_id")),
            *more,
        )
        .order_by(created, accounts.c.id)
        .limit(_limit)
    )


def _history() -> ClauseElement:
    this_account = audit.c.account_id == bindparam("account_id")
    return select(audit.c.data).where(this_account).order_by(audit.c.seq)


def _waiting(*columns: Column[Any]) -> Select[Any]:
    return (
        select(*columns)
        .where(
            _queued,
            outbox.c.profile == bindparam("profile"),
            outbox.c.not_before <= bindparam("now"),
        )
        .order_by(outbox.c.seq)
        .limit(_limit)
        # Two workers take from one queue without waiting; SQLite has no such words.
        .with_for_update(skip_locked=True)
    )


def _taken() -> Update:
    return update(outbox).values(not_before=bindparam("until"), attempts=outbox.c.attempts + _one)


def _take_due() -> ClauseElement:
    """Build what takes the letters that are due, and tells which; in no order."""
    due = _waiting(outbox.c.seq).cte("due")
    return _taken().where(outbox.c.seq == due.c.seq).returning(*_ENVELOPE)


def _letters() -> ClauseElement:
    """Build the list: each state from its own place in the index, then one after the other.

    Few letters are dead among many that were sent, and somebody looks for them again and again.
    Only numbers are gathered, and the letters fetched afterwards: MariaDB gathers long texts in
    a table on the disk, and 10.11 has crashed when that was to be dropped.
    """
    parts = [
        select(outbox.c.seq)
        .where(outbox.c.state == bindparam(f"state_{n}"), outbox.c.seq > bindparam("after"))
        .order_by(outbox.c.seq)
        .limit(_limit)
        .subquery(f"part_{n}")
        for n in range(len(LetterState))
    ]
    whole = union_all(*[select(part.c.seq) for part in parts]).subquery("whole")
    found = select(whole.c.seq).order_by(whole.c.seq).limit(_limit).subquery("found")
    return (
        select(*_ENVELOPE)
        .select_from(found.join(outbox, outbox.c.seq == found.c.seq))
        .order_by(found.c.seq)
    )


def _by_no_index(column: ColumnElement[int]) -> ColumnElement[int]:
    """Keep an index on the column out of the plan.

    Without statistics SQLite would rather walk a realm in the order of age than sort the few
    accounts that are due.
    """
    return column + literal_column("0")


def _one_of(column: Column[Any], enum: type[StrEnum]) -> ColumnElement[bool]:
    return column.in_([bindparam(f"state_{n}") for n in range(len(enum))])


def _columns(table: Table, without: str = "") -> list[str]:
    return [column.name for column in table.columns if column.name != without]
