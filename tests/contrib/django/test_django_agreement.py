"""The store in memory and the one on Django's ORM answer alike, whatever is done to them."""

from __future__ import annotations

import os

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from tests.adapters.test_stores_agree import NAMES, StoresAgree, wishes
from tests.contrib.django.project import empty

from registrazione.contrib.django.store import DjangoStore
from registrazione.testing.builders import a_record

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "8"))
RUN = settings(
    max_examples=ROUNDS,
    stateful_step_count=20,
    deadline=None,
    # To shrink an example on a real database takes longer than to read it.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


class OnSqlite(StoresAgree):
    """Do the same to the store in memory and to the one of Django."""

    alias = "default"
    begun = 0

    def __init__(self) -> None:
        """Begin with both empty."""
        super().__init__()
        self.stores[1].close()
        empty(self.alias)
        self.stores[1] = DjangoStore(self.alias)
        type(self).begun += 1

    def teardown(self) -> None:
        """Leave the connection to Django."""


class OnPostgresql(OnSqlite):
    """The same, without null characters in the names of events: PostgreSQL has no room for them."""

    alias = "postgresql"

    @rule(
        wanted=st.dictionaries(NAMES, wishes(), min_size=1, max_size=3),
        letters=st.integers(0, 2),
        audit=st.lists(st.builds(a_record, account_id=st.none() | NAMES), max_size=2),
    )
    def commit(self, wanted, letters, audit) -> None:
        """Commit a change and look at everything it may have touched."""
        super().commit(wanted, letters, audit)


def test_the_stores_agree_on_sqlite(default) -> None:
    """No series of commits, searches and deliveries tells the two apart."""
    run_state_machine_as_test(OnSqlite, settings=RUN)

    assert OnSqlite.begun >= ROUNDS


def test_the_stores_agree_on_postgresql(postgresql) -> None:
    """No series of commits, searches and deliveries tells the two apart."""
    run_state_machine_as_test(OnPostgresql, settings=RUN)

    assert OnPostgresql.begun >= ROUNDS
