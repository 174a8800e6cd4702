"""One event of every class, with values of the right kind, for tests over all of them."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Any

import attrs
from tests.world import MARIO, classes_below

from registrazione.core.account import (
    DerivedCredential,
    IdentificationRecord,
    SlowCredential,
    UsedAnswer,
)
from registrazione.core.events import Event
from registrazione.testing.builders import NOON

CREDENTIAL = SlowCredential(encoded="$fast$v=1$1$00")
VALUES: dict[str, Any] = {
    "activated_at": NOON,
    "answers": (UsedAnswer(digest="0" * 64, until=NOON),),
    "cause": "person",
    "code_credential": CREDENTIAL,
    "code_failures": 1,
    "codice_fiscale": MARIO.cf,
    "consents": (),
    "credential": CREDENTIAL,
    "digest": "0" * 64,
    "email": "mario.rossi@example.it",
    "ended_at": NOON,
    "failures": 1,
    "favourites": ("istanze",),
    "fields": "phone",
    "first_look": IdentificationRecord(
        operator="op", office="o", document_type="d", document_number="n", at=NOON
    ),
    "gates_passed": ("link",),
    "generation": 1,
    "history": (),
    "history_salt": b"salt",
    "identification": IdentificationRecord(
        operator="op", office="o", document_type="d", document_number="n", at=NOON
    ),
    "identities": (),
    "last_used_at": NOON,
    "locked_until": NOON,
    "lockouts": 1,
    "method": "password",
    "offered": DerivedCredential(kind="password", generation=1, key_id="k"),
    "offered_until": NOON,
    "owner": None,
    "password_set_at": NOON,
    "pending_email": "mario.rossi@example.it",
    "pending_identity": MARIO.vouched(),
    "personal_email": "mario.rossi@example.it",
    "service": "istanze",
    "sessions": (),
    "sources": MappingProxyType({"name": "spid"}),
    "temporary_until": NOON + dt.timedelta(days=30),
    "username": "mario.rossi",
    "values": MappingProxyType({"name": "Mario"}),
    "waiting_since": NOON,
    "warned_at": NOON,
}
EVENTS = classes_below(Event)


def an_event(cls: type[Any]) -> Event:
    """Return an event of that class."""
    wanted = [f.name for f in attrs.fields(cls) if f.default is attrs.NOTHING]
    return cls(**{name: VALUES[name] for name in wanted})
