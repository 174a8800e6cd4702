"""What has been used, and that each message is kept."""

from __future__ import annotations

import sqlite3

import pytest
from tests.adapters.saml.stage import CALLBACK, StillClock, provider, staged

from registrazione.adapters.once import FileOnceOnly
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp

KEY = Secret("k" * 32)


@pytest.fixture
def clock():
    """A clock of one's own."""
    return StillClock()


def test_a_replay_is_known_after_a_restart_and_by_another_worker(tmp_path, clock):
    """Two services that share the file are one; two without it are two."""
    idp = SamlIdp("https://idp.example", clock)
    shared = [provider(clock, (idp,), once=FileOnceOnly(tmp_path / "used.db")) for _ in range(2)]
    asked = idp.read(shared[0].start(CALLBACK, "once"), CALLBACK)
    response = idp.answer(idp.draft(asked, PEOPLE.adele))

    assert shared[0].verify(response).level == 2
    with pytest.raises(IdentityError) as caught:
        shared[1].verify(response)
    assert caught.value.code == "replayed"
    assert provider(clock, (idp,)).verify(response).level == 2


@pytest.fixture
def log(tmp_path, clock):
    """An empty log."""
    return TransactionLog(tmp_path / "log.db", KEY, clock)


def test_request_and_response_are_kept(log, clock):
    """Byte for byte, found by the ID of the request, and by nobody without the key."""
    where = staged(clock=clock, evidence=log)
    draft = where.draft()
    response = where.idp.answer(draft)
    where.service.verify(response)

    first, second = (one.entry for one in log.records(draft.in_response_to))

    assert (first.kind, second.kind) == ("request", "response")
    assert second.message == where.idp.signed(draft) or b"Trovamala" in second.message
    assert dict(second.ids) == {"response": draft.response_id, "assertion": draft.assertion_id}
    assert [one.entry for one in log.records(draft.assertion_id)] == [second]
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
        def spend(self, _key, _until, _now):
            raise sqlite3.OperationalError

    where = staged(clock=clock, once=Broken())
    with pytest.raises(IdentityError) as caught:
        where.service.verify(where.idp.answer(where.draft()))
    assert caught.value.code == "unavailable"
