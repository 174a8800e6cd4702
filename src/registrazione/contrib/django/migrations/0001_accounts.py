"""Accounts, keys, audit trail and outbox.

A migration says what the tables were at its time, so it repeats what ``models`` says today.
"""
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import migrations, models

_ACCOUNTS = migrations.CreateModel(
    name="Account",
    fields=[
        ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
        ("realm", models.CharField(max_length=64)),
        ("profile", models.CharField(max_length=64)),
        ("state", models.CharField(max_length=32)),
        ("version", models.IntegerField()),
        ("created_at", models.BigIntegerField()),
        ("due_at", models.BigIntegerField(null=True)),
        ("last_used_at", models.BigIntegerField(null=True)),
        ("data", models.TextField()),
        ("keys_mark", models.CharField(max_length=32, null=True)),
    ],
    options={
        "db_table": "registrazione_accounts",
        "default_permissions": ("view",),
        "indexes": [
            models.Index(
                fields=["realm", "created_at", "id"], name="ix_registrazione_accounts_age"
            ),
            models.Index(
                fields=["realm", "due_at"],
                condition=models.Q(due_at__isnull=False),
                name="ix_registrazione_accounts_due",
            ),
        ],
    },
)

_KEYS = migrations.CreateModel(
    name="Key",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "digest",
                "account_id",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("digest", models.BinaryField(max_length=32)),
        ("claim", models.BinaryField(max_length=32, null=True)),
        (
            "account",
            models.ForeignKey(
                db_index=False,
                on_delete=models.DO_NOTHING,
                related_name="keys",
                to="registrazione.account",
            ),
        ),
    ],
    options={
        "db_table": "registrazione_keys",
        "default_permissions": (),
        "indexes": [models.Index(fields=["account"], name="ix_registrazione_keys_account")],
        "constraints": [
            models.UniqueConstraint(
                fields=("claim",),
                condition=models.Q(claim__isnull=False),
                name="uq_registrazione_keys_claim",
            )
        ],
    },
)

_AUDIT = migrations.CreateModel(
    name="AuditRecord",
    fields=[
        ("seq", models.BigAutoField(primary_key=True, serialize=False)),
        ("account_id", models.CharField(max_length=255, null=True)),
        ("at", models.BigIntegerField()),
        ("event", models.CharField(max_length=64)),
        ("data", models.TextField()),
    ],
    options={
        "db_table": "registrazione_audit",
        "default_permissions": ("view",),
        "indexes": [
            models.Index(fields=["account_id", "seq"], name="ix_registrazione_audit_account")
        ],
    },
)

_OUTBOX = migrations.CreateModel(
    name="Letter",
    fields=[
        ("seq", models.BigAutoField(primary_key=True, serialize=False)),
        ("id", models.CharField(max_length=255)),
        ("account_id", models.CharField(max_length=255)),
        ("profile", models.CharField(max_length=64)),
        ("state", models.CharField(max_length=32)),
        ("not_before", models.BigIntegerField()),
        ("attempts", models.IntegerField()),
        ("data", models.TextField()),
    ],
    options={
        "db_table": "registrazione_outbox",
        "default_permissions": ("view",),
        "indexes": [
            models.Index(
                fields=["profile", "state", "seq", "not_before"],
                condition=models.Q(state="queued"),
                name="ix_registrazione_outbox_queue",
            ),
            models.Index(fields=["state", "seq"], name="ix_registrazione_outbox_state"),
        ],
        "constraints": [models.UniqueConstraint(fields=("id",), name="uq_registrazione_outbox_id")],
    },
)


# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _Migration = object
else:
    _Migration = migrations.Migration


class Migration(_Migration):
    """Create the tables."""

    initial = True
    dependencies: ClassVar[list[Any]] = []
    operations: ClassVar[list[Any]] = [_ACCOUNTS, _KEYS, _AUDIT, _OUTBOX]
