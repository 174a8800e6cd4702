"""One Django project for each process that runs these tests, with databases of its own.

Django is configured once in a process, and by nobody else: whoever tests a project that is set up
in another way does so in a process of its own.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import django
from django.conf import settings

_FOLDER = Path(tempfile.mkdtemp(prefix="registrazione-django-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def sqlite(name, **options):
    """Return a database in a file, as the documentation says it should be set up."""
    usual = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        # Nothing here has to outlive a power cut, and the disk is slow.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
    }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _FOLDER / name,
        "OPTIONS": {**usual, **options},
    }


settings.configure(
    SECRET_KEY="of the tests",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "registrazione.contrib.django",
    ],
    ROOT_URLCONF="tests.contrib.django.project",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="static/",
    ALLOWED_HOSTS=["testserver"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    AUTHENTICATION_BACKENDS=[
        "registrazione.contrib.django.auth.RegistrazioneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ],
    DATABASES={
        "default": sqlite("default.db"),
        "other": sqlite("other.db"),
        # As Django has it, if nothing else is said.
        "plain": sqlite("plain.db", transaction_mode=None),
        "empty": sqlite("empty.db"),
        "impatient": sqlite("default.db", timeout=0.01),
    },
    # The logs are the tests' own.
    LOGGING_CONFIG=None,
    USE_TZ=True,
)
django.setup()

from django.contrib import admin  # noqa: E402 - after Django is set up
from django.urls import path  # noqa: E402 - as above

# The addresses of the project; Django reads them here.
urlpatterns = [path("admin/", admin.site.urls)]


def empty(alias):
    """Delete every row of ours, and every user."""
    from django.contrib.auth import get_user_model

    from registrazione.contrib.django import models

    ours = (models.Key, models.Account, models.AuditRecord, models.Letter)
    for model in (*ours, models.UserLink, models.RememberedPassword, get_user_model()):
        model.objects.using(alias).all().delete()
