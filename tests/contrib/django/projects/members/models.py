"""The members."""

from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Member(AbstractBaseUser):
    """Somebody who goes by an address."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    email = models.EmailField(unique=True)
    birthday = models.DateField()

    USERNAME_FIELD = "email"
