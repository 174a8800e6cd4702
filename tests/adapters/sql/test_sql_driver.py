"""How statements reach the driver."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

import pytest
from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.dialects import mysql, postgresql, sqlite

from registrazione.adapters.sql.driver import Errors, Statement
from registrazione.adapters.sql.schema import accounts
from registrazione.adapters.sql.sqlite import MANNERS
from registrazione.adapters.sql.statements import Statements, states_row

BY_ID = select(accounts.c.data).where(accounts.c.id == bindparam("account_id"))


class Size(StrEnum):
    """Three sizes."""

    SMALL = "s"
    MEDIUM = "m"
    LARGE = "l"


def test_parameters_in_order() -> None:
    """A driver that counts its parameters gets them in the order of the text."""
    both = BY_ID.where(accounts.c.realm == bindparam("realm"))
    statement = Statement(both, sqlite.dialect())

    assert statement.text.count("?") == 2
    assert statement.bind({"realm": "r", "account_id": "a", "unused": 1}) == ["a", "r"]


def test_parameters_by_name() -> None:
    """A driver that names its parameters gets them by name."""
    statement = Statement(BY_ID, postgresql.dialect())

    assert "%(account_id)s" in statement.text
    assert statement.bind({"account_id": "a"}) == {"account_id": "a"}


def test_constants_are_filled_in() -> None:
    """What SQLAlchemy adds by itself, such as an offset, needs no caller."""
    statement = Statement(BY_ID.limit(literal_column("5")), sqlite.dialect())

    assert statement.bind({"account_id": "a"}) == ["a", 0]


@pytest.mark.parametrize("dialect", [postgresql.dialect(), mysql.dialect(is_mariadb=True)])
def test_every_statement_is_said_to_servers(dialect) -> None:
    """Nothing in the statements is SQLite's alone; workers pass over each other's letters."""
    statements = Statements(dialect)

    assert statements.waiting.text.rstrip().endswith("FOR UPDATE SKIP LOCKED")
    said = [statement for statement in vars(statements).values() if statement is not None]
    assert all("?" not in statement.text for statement in said)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([Size.LARGE], ["l", "", ""]),
        ([Size.SMALL, Size.LARGE], ["s", "l", ""]),
        ([Size.SMALL, Size.SMALL, Size.SMALL, Size.SMALL], ["s", "", ""]),
        (list(Size), ["s", "m", "l"]),
    ],
)
def test_states_fill_their_places(asked, expected) -> None:
    """Any number of states fits the one text of the statement."""
    row = states_row(asked, Size)

    assert row == {f"state_{n}": value for n, value in enumerate(expected)}


def test_errors_of_a_program_are_no_errors_of_the_store() -> None:
    """A mistake in the code is not passed off as a fault of the database."""
    mistake = KeyError("account_id")

    assert Errors(sqlite3, MANNERS).translated(mistake) is mistake
