"""What the projects have in common: a public site, well set."""

import os

BASE = os.environ["SITE_FOLDER"]
SECRET_KEY = "fifty characters and more of which nobody else knows a single one"
ALLOWED_HOSTS = ["example.it"]
USE_TZ = True
LANGUAGE_CODE = "it"
LOGGING_CONFIG = None
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{BASE}/site.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"},
    }
}
if "SITE_POSTGRESQL" in os.environ:
    host, port, name, user = os.environ["SITE_POSTGRESQL"].split("|")
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "PORT": port,
        "NAME": name,
        "USER": user,
    }
CACHES = {"default": {"BACKEND": "site_parts.SharedCache"}}
EMAIL_BACKEND = "site_parts.Post"
AUTHENTICATION_BACKENDS = ["registrazione.contrib.django.auth.RegistrazioneBackend"]
REGISTRAZIONE = {
    "profile": "unimi-external",
    "base_url": "https://example.it/registrazione",
    "human_check": "site_parts.Human",
    "limiter": "registrazione.contrib.django.limits.CacheRateLimiter",
    "places": "tests.world.AllPlaces",
}
