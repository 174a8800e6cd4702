"""Users of the project that accounts became, and passwords that users had."""
# mypy: disable-error-code="import-untyped", disallow-subclassing-any=False
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE

_LINKS = migrations.CreateModel(
    name="UserLink",
    fields=[
        ("account_id", models.CharField(max_length=255, primary_key=True, serialize=False)),
        ("active", models.BooleanField()),
        (
            "user",
            models.OneToOneField(
                on_delete=CASCADE, related_name="registrazione", to=settings.AUTH_USER_MODEL
            ),
        ),
    ],
    options={"db_table": "registrazione_users", "default_permissions": ()},
)

_PASSWORDS = migrations.CreateModel(
    name="RememberedPassword",
    fields=[
        ("seq", models.BigAutoField(primary_key=True, serialize=False)),
        ("salt", models.BinaryField(max_length=16)),
        ("tag", models.BinaryField(max_length=32)),
        (
            "user",
            models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ],
    options={"db_table": "registrazione_passwords", "default_permissions": ()},
)


# To type checkers a class of an untyped package is one of which nothing is known.
if TYPE_CHECKING:
    _Migration = object
else:
    _Migration = migrations.Migration


class Migration(_Migration):
    """Create the tables."""

    dependencies: ClassVar[list[Any]] = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registrazione", "0001_accounts"),
    ]
    operations: ClassVar[list[Any]] = [_LINKS, _PASSWORDS]
