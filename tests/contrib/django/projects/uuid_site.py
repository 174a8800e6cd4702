"""A project whose users have a key of their own kind, go by their address, and have a birthday."""

from plain_site import *  # noqa: F403 - settings are read so
from plain_site import INSTALLED_APPS, REGISTRAZIONE

ROOT_URLCONF = "uuid_site"
# The admin asks for permissions, which these users do not have.
INSTALLED_APPS = [*(app for app in INSTALLED_APPS if "admin" not in app), "members"]
AUTH_USER_MODEL = "members.Member"
REGISTRAZIONE = {**REGISTRAZIONE, "user_fields": "members.of_account"}
