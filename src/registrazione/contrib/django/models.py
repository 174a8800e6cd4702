"""The tables: a snapshot as JSON in ``data``, and beside it copies of what is searched by.

A letter's ``not_before`` and ``attempts`` are more than copies: who takes it changes them alone.

The columns are those of the SQL store. Times are whole microseconds since 1970 in UTC. Rows are
written by the store alone: whoever changes them by hand breaks the promises of the library, so
nobody is ever given the permission to.
"""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    Model = object
else:
    Model = models.Model


class Account(Model):
    """An account."""

    id: Any = models.CharField(max_length=255, primary_key=True)
    realm: Any = models.CharField(max_length=64)
    profile: Any = models.CharField(max_length=64)
    state: Any = models.CharField(max_length=32)
    version: Any = models.IntegerField()
    created_at: Any = models.BigIntegerField()
    due_at: Any = models.BigIntegerField(null=True)
    last_used_at: Any = models.BigIntegerField(null=True)
    data: Any = models.TextField()
    # Says without a look at the keys whether they are still the same.
    keys_mark: Any = models.CharField(max_length=32, null=True)  # noqa: DJ001 - none is not empty

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_accounts"
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["realm", "created_at", "id"], name="ix_registrazione_accounts_age"
            ),
            # Small, because most accounts wait for nothing: the timers look here again and again.
            models.Index(
                fields=["realm", "due_at"],
                condition=Q(due_at__isnull=False),
                name="ix_registrazione_accounts_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Key(Model):
    """Something that an account can be found by, or holds alone."""

    pk: Any = models.CompositePrimaryKey("digest", "account_id")
    digest: Any = models.BinaryField(max_length=32)
    # The store deletes them itself, with the version of the account in view.
    account: Any = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="keys", db_index=False
    )
    # The digest once more where the account holds the key alone.
    claim: Any = models.BinaryField(max_length=32, null=True)

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_keys"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["account"], name="ix_registrazione_keys_account"),
        ]
        constraints: ClassVar[list[Any]] = [
            # What makes two holders of one claim impossible, whatever the code does.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(claim__isnull=False),
                name="uq_registrazione_keys_claim",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AuditRecord(Model):
    """A line of the trail, which outlives the account: no foreign key."""

    seq: Any = models.BigAutoField(primary_key=True)
    account_id: Any = models.CharField(max_length=255, null=True)  # noqa: DJ001 - none is not empty
    at: Any = models.BigIntegerField()
    event: Any = models.CharField(max_length=64)
    data: Any = models.TextField()

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_audit"
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["account_id", "seq"], name="ix_registrazione_audit_account"),
        ]

    def __str__(self) -> str:
        return str(self.event)


class Letter(Model):
    """A letter in the outbox."""

    seq: Any = models.BigAutoField(primary_key=True)
    id: Any = models.CharField(max_length=255)
    account_id: Any = models.CharField(max_length=255)
    profile: Any = models.CharField(max_length=64)
    state: Any = models.CharField(max_length=32)
    not_before: Any = models.BigIntegerField()
    attempts: Any = models.IntegerField()
    data: Any = models.TextField()

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_outbox"
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)
        indexes: ClassVar[list[Any]] = [
            # The queue is walked from its front, and what was sent is not in it any more.
            models.Index(
                fields=["profile", "state", "seq", "not_before"],
                condition=Q(state="queued"),
                name="ix_registrazione_outbox_queue",
            ),
            # For operators: the dead ones among millions that were sent.
            models.Index(fields=["state", "seq"], name="ix_registrazione_outbox_state"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["id"], name="uq_registrazione_outbox_id"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class UserLink(Model):
    """Which user of the project an account became when it was activated."""

    account_id: Any = models.CharField(max_length=255, primary_key=True)
    user: Any = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registrazione"
    )
    # Whether the account is active: users need not have a column for that.
    active: Any = models.BooleanField()

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_users"
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.account_id)


class RememberedPassword(Model):
    """A password that a user had, for ``HistoryValidator``: a slow tag, never the password."""

    seq: Any = models.BigAutoField(primary_key=True)
    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    salt: Any = models.BinaryField(max_length=16)
    tag: Any = models.BinaryField(max_length=32)

    class Meta:
        """Its table."""

        db_table: ClassVar[str] = "registrazione_passwords"
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return str(self.seq)
