"""A project without pages: no templates, no admin, no sessions."""

from site_common import *  # noqa: F403 - settings are read so

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "registrazione.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = []

ROOT_URLCONF = "headless_site"
urlpatterns = []
