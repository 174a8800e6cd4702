"""Signals: what happened to accounts, and who has come and gone."""

from __future__ import annotations

from blinker import NamedSignal, Namespace

_signals = Namespace()

happened: NamedSignal = _signals.signal("registrazione-happened")
"""Sent after every commit, by the application, with ``record``: an
:class:`~registrazione.core.records.AuditRecord`, which holds no personal data."""
signed_in: NamedSignal = _signals.signal("registrazione-signed-in")
"""Sent when somebody has got in and has nothing to do any more, with ``account``."""
signed_out: NamedSignal = _signals.signal("registrazione-signed-out")
"""Sent when somebody has logged out, or has turned out to be."""
