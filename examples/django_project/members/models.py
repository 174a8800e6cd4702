"""The members: users with a key of their own kind, who go by their address."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class MemberManager(BaseUserManager):
    """Makes members."""

    def create_superuser(self, email: str, password: str, **fields: Any) -> Member:  # noqa: ANN401 - those of the model
        """Make somebody who may do everything in the admin."""
        member = self.model(email=email, is_staff=True, is_superuser=True, **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser, PermissionsMixin):
    """A member."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail", unique=True)
    full_name = models.CharField("nome e cognome", max_length=150)
    is_active = models.BooleanField("attivo", default=True)
    is_staff = models.BooleanField("staff", default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("full_name",)

    objects = MemberManager()

    class Meta:
        """What the admin calls them."""

        verbose_name = "socio"
        verbose_name_plural = "soci"

    def __str__(self) -> str:
        """Return the name."""
        return self.full_name
