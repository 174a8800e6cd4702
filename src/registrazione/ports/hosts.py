"""What a host hands in as plain functions: rules of its own, and those who are told."""

from __future__ import annotations

from collections.abc import Callable

from registrazione.core.records import AuditRecord
from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret

PasswordRule = Callable[[Secret], tuple[Fault, ...]]
"""A rule of the host's own: the faults it finds in a password."""
Observer = Callable[[AuditRecord], None]
"""Told of every audit record after its commit. It cannot veto."""
