"""What has been used, and the log of what was asked and answered."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from tests.adapters.saml.stage import CALLBACK, NOW, StillClock, provider, staged

from registrazione.adapters.saml import ReplaysInFile, ReplaysInProcess
from registrazione.adapters.saml.log import (
    Entry,
    Evidence,
    LogBroken,
    TransactionLog,
    _months_before,
)
from registrazione.adapters.saml.replays import ReplayMemory
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp

KEY = Secret("k" * 32)


@pytest.fixture
def clock():
    """A clock of one's own."""
    return StillClock()


@pytest.fixture(params=["process", "file"])
def memory(request, clock, tmp_path):
    """Each memory."""
    if request.param == "process":
        return ReplaysInProcess(clock)
    return ReplaysInFile(tmp_path / "used.db", clock)


def test_what_was_used_is_known_up_to_its_end(memory, clock):
    """One second before it still is, and then it may be forgotten."""
    assert isinstance(memory, ReplayMemory)
    until = NOW + timedelta(minutes=5)

    assert memory.add_if_absent("a", until)
    clock.go_on(seconds=299)
    assert not memory.add_if_absent("a", until)
    assert memory.add_if_absent("\ud800", until)
    clock.go_on(seconds=1)
    assert memory.add_if_absent("a", NOW + timedelta(minutes=10))


def test_of_many_at_once_one_is_first(memory):
    """However many threads ask."""
    until = NOW + timedelta(minutes=5)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: memory.add_if_absent("a", until), range(32)))

    assert told.count(True) == 1


def test_a_replay_is_known_after_a_restart_and_by_another_worker(tmp_path, clock):
    """Two services that share the file are one; two without it are two."""
    idp = SamlIdp("https://idp.example", clock)
    shared = [
        provider(clock, (idp,), replays=ReplaysInFile(tmp_path / "used.db", clock))
        for _ in range(2)
    ]
    asked = idp.read(shared[0].start(CALLBACK, "once"), CALLBACK)
    response = idp.answer(idp.draft(asked, PEOPLE.adele))

    assert shared[0].verify(response).level == 2
    with pytest.raises(IdentityError) as caught:
        shared[1].verify(response)
    assert caught.value.code == "replayed"
    assert provider(clock, (idp,)).verify(response).level == 2


# -- the log --------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path, clock):
    """An empty log."""
    return TransactionLog(tmp_path / "log.db", KEY, clock)


def written(log, count=3):
    """Write a few records."""
    for number in range(count):
        log.keep(Entry(kind="response", request_id=f"_{number}", message=b"<secret/>"))


def test_request_and_response_are_kept(log, clock):
    """Byte for byte, found by the ID of the request, and by nobody without the key."""
    where = staged(clock=clock, evidence=log)
    draft = where.draft()
    response = where.idp.answer(draft)
    where.service.verify(response)

    first, second = (one.entry for one in log.records(draft.in_response_to))

    assert isinstance(log, Evidence)
    assert (first.kind, second.kind) == ("request", "response")
    assert second.message == where.idp.signed(draft) or b"Trovamala" in second.message
    assert (second.response_id, second.assertion_id) == (draft.response_id, draft.assertion_id)
    assert log.check() == 2
    assert b"Trovamala" not in log._path.read_bytes()
    assert "Trovamala" not in repr(second)


def test_nobody_is_signed_in_without_a_record(clock):
    """A log that cannot be written is an outage, not a detail."""

    class Full:
        def keep(self, entry):
            if entry.kind == "response":
                raise OSError

    where = staged(clock=clock, evidence=Full())
    response = where.idp.answer(where.draft())
    with pytest.raises(IdentityError) as caught:
        where.service.verify(response)
    assert (caught.value.code, caught.value.retry) == ("unavailable", True)


def test_nobody_is_signed_in_without_a_memory(clock):
    """Nor is anybody while it cannot be known whether an answer was used."""

    class Broken:
        def add_if_absent(self, _identifier, _until):
            raise sqlite3.OperationalError

    where = staged(clock=clock, replays=Broken())
    with pytest.raises(IdentityError) as caught:
        where.service.verify(where.idp.answer(where.draft()))
    assert caught.value.code == "unavailable"


ALTERATIONS = {
    "moment": ("UPDATE transactions SET at = at - 1 WHERE number = 2", 2),
    "message": ("UPDATE transactions SET sealed = x'00' WHERE number = 2", 2),
    "order": ("UPDATE transactions SET number = 9 WHERE number = 1", 9),
    "gap": ("DELETE FROM transactions WHERE number = 2", 3),
}


@pytest.mark.parametrize("name", sorted(ALTERATIONS))
def test_an_alteration_breaks_the_chain(log, name):
    """Whoever has the file and not the key cannot alter it unseen."""
    written(log)
    statement, number = ALTERATIONS[name]
    with sqlite3.connect(log._path) as connection:
        connection.execute("DROP TRIGGER unaltered")
        connection.execute(statement)
    connection.close()

    with pytest.raises(LogBroken) as caught:
        log.check()
    assert caught.value.number == number


def test_the_end_cannot_be_cut_off_unseen(log):
    """Not where its head was noted elsewhere."""
    assert log.head() == (0, b"")
    assert log.check(log.head()) == 0
    written(log)
    head = log.head()
    assert log.check(head) == 3
    with sqlite3.connect(log._path) as connection:
        connection.execute("DELETE FROM transactions WHERE number = 3")
    connection.close()

    assert log.check() == 2
    with pytest.raises(LogBroken):
        log.check(head)


def test_records_are_not_altered(log):
    """The file itself refuses."""
    written(log)
    with (
        sqlite3.connect(log._path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="not altered"),
    ):
        connection.execute("UPDATE transactions SET at = 0")
    connection.close()


def test_another_key_reads_nothing(log, clock):
    """Neither the chain nor a message."""
    written(log)
    other = TransactionLog(log._path, Secret("o" * 32), clock)

    with pytest.raises(LogBroken):
        list(other.records())
    other._chaining = log._chaining
    with pytest.raises(LogBroken):
        list(other.records())


def test_a_short_key_is_refused(tmp_path, clock):
    """It would seal nothing."""
    with pytest.raises(ValueError, match="32"):
        TransactionLog(tmp_path / "log.db", Secret("short"), clock)


def test_records_go_after_24_months(log, clock):
    """To the second; the chain holds afterwards, and goes on from the newest."""
    written(log, 2)
    clock.at = datetime(2028, 11, 5, 9, 0, tzinfo=UTC)
    assert log.purge() == 0
    written(log, 1)
    clock.go_on(seconds=1)

    assert log.purge() == 2
    assert log.check() == 1
    clock.go_on(days=2_000)
    assert log.purge() == 0
    written(log, 1)
    assert log.check() == 2


def test_months_before_a_long_month_exist():
    """The 31st becomes the 28th: every month has one."""
    assert _months_before(datetime(2026, 3, 31, tzinfo=UTC), 1).day == 28
    assert _months_before(datetime(2026, 1, 5, tzinfo=UTC), 24).year == 2024
