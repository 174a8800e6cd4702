"""One signal for everything that happens to an account.

::

    from django.dispatch import receiver
    from registrazione.contrib.django.signals import happened
    from registrazione.core import events

    @receiver(happened, sender=events.Activated)
    def welcome(sender, *, account_id, record, procedure, **_): ...

The sender is the class of the event. A signal is sent once for each event, in order, when the
database's transaction is committed, the project's own around it included. It carries no personal
data and no secret: who needs the account asks the registrar. Whoever receives it cannot veto; what
a receiver raises is logged by Django (``django.dispatch``), and the others are told all the same.
"""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.dispatch import Signal

from registrazione.core import events
from registrazione.core.events import Event
from registrazione.core.records import AuditRecord

happened: Any = Signal()
"""Sent with ``sender`` (the class of the event), ``account_id``, ``record`` (the line of the trail:
:class:`~registrazione.core.records.AuditRecord`) and ``procedure`` (its name in ``procedures``)."""


def _name_of(event: type[Event]) -> str:
    """Return an event's name in the trail, which does not depend on what is in the event."""
    return object.__new__(event).name


EVENTS: Mapping[str, type[Event]] = MappingProxyType(
    {
        _name_of(event): event
        for event in (getattr(events, name) for name in events.__all__)
        if event is not Event
    }
)
"""Every event by its name in the trail."""


def tell(procedure: str, records: Iterable[AuditRecord]) -> None:
    """Send the signal for each of the records that is an event.

    Args:
        procedure: Name of the procedure.
        records: Lines of the trail; those of commands and refusals are no events.
    """
    for record in records:
        if record.event in EVENTS:
            happened.send_robust(
                EVENTS[record.event],
                account_id=record.account_id,
                record=record,
                procedure=procedure,
            )
