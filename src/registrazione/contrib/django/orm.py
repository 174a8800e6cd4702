"""Django's ORM, as far as the store uses it.

Django has no types of its own. Its names come in here, and nowhere else, so that the rest can be
checked strictly; what a name is good for is written beside it. Loaded after ``django.setup()``.
"""
# mypy: disable-error-code="import-untyped"
# pyright: basic

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async as _sync_to_async
from django.contrib.auth import get_user_model as _get_user_model
from django.core import checks, exceptions
from django.db import connections as _connections
from django.db import router as _router
from django.db import transaction, utils
from django.db.migrations.loader import MigrationLoader as _MigrationLoader
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q

from registrazione.contrib.django import models

Account: Any = models.Account
AuditRecord: Any = models.AuditRecord
Letter: Any = models.Letter
UserLink: Any = models.UserLink
RememberedPassword: Any = models.RememberedPassword

accounts: Any = Account.objects
audit: Any = AuditRecord.objects
outbox: Any = Letter.objects
links: Any = UserLink.objects
remembered: Any = RememberedPassword.objects

connections: Any = _connections
"""The connections of this thread, by alias."""
router: Any = _router
"""Knows which model is in which database."""
atomic: Any = transaction.atomic
"""Makes a block a transaction, or a savepoint of the one around it."""
on_commit: Any = transaction.on_commit
"""Calls a function once the outermost transaction is committed, or at once if there is none."""
get_user_model: Any = _get_user_model
"""The project's own class of users."""
sync_to_async: Any = _sync_to_async
"""Makes a blocking function awaitable."""
MigrationLoader: Any = _MigrationLoader
"""Knows which migrations there are, and which of them a database has seen."""
Warning: Any = checks.Warning  # noqa: A001 - Django's name for it
"""What a check has to say."""


def columns(model: Any) -> dict[str, Any]:  # noqa: ANN401 - Django has no types
    """Return the fields of a model that are columns of its table, by name."""
    return {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's own way


q: Any = Q
age: Any = ExpressionWrapper(F("created_at") + 0, output_field=BigIntegerField())
"""When an account was created, in no index: SQLite would rather walk a realm in that order than
sort the few accounts that are due."""
IntegrityError: type[Exception] = utils.IntegrityError
"""A constraint is violated."""
REFUSED: type[Exception] = utils.Error
"""Whatever a database says no to."""
ABSENT: tuple[type[Exception], ...] = (utils.OperationalError, utils.InterfaceError)
"""The database cannot be reached, or does not answer in time."""
_GIVEN_UP = frozenset({"40001", "40P01"})


def given_up(error: BaseException) -> bool:
    """Tell whether the database has undone a transaction for another's sake.

    PostgreSQL does, after a deadlock or a serialisation failure; both of its drivers name it.
    """
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return state in _GIVEN_UP


MISCONFIGURED: type[Exception] = exceptions.ImproperlyConfigured
"""The settings of the project cannot be used."""
IN_EVENT_LOOP: type[Exception] = exceptions.SynchronousOnlyOperation
"""Blocking code was called where it would stop the event loop."""
