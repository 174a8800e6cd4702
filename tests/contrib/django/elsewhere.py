"""The project's store in other processes, which are handed the name of its file."""

from __future__ import annotations

from django.db import connections
from tests.contrib.django import project  # noqa: F401 - sets Django up, once in a process

from registrazione.contrib.django.store import DjangoStore


def open_store(path):
    """Open the project's default database where the process that asks has it."""
    connections.settings["default"]["NAME"] = path
    return DjangoStore()
