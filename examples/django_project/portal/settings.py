"""The project as it was before, and below the line what the library asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = os.environ["PORTAL_SECRET_KEY"]
DEBUG = os.environ.get("PORTAL_DEBUG", "yes") == "yes"
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "portal.urls"
LANGUAGE_CODE = "it"
TIME_ZONE = "Europe/Rome"
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_FROM_EMAIL = "Il portale <portale@example.it>"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "members",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR.parent / "portal.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "admin:login"

# -- people register by themselves ----------------------------------------------------------

INSTALLED_APPS += ["registrazione.contrib.django", "registrazione.contrib.django.apps.PagesConfig"]
AUTHENTICATION_BACKENDS += ["registrazione.contrib.django.auth.RegistrazioneBackend"]
LOGIN_URL = "registrazione:sign_in"
REGISTRAZIONE = {
    "profile": "standard",
    "base_url": "http://localhost:8000/registrazione",
    "user_fields": "members.accounts.fields_of",
    "adopt_user": "members.accounts.member_of",
    "pages": {"home": "/", "owner": "Il portale"},
}
