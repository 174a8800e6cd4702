"""The Django project around a store, which a command has to load before it opens one."""

from __future__ import annotations

import sys

from registrazione.plugins import needs_extra


def load_project(*addresses: str) -> None:
    """Load the project, if it is its database or its mailer that is meant.

    Args:
        addresses: Of stores and mailers; with none that is ``django://`` nothing happens.

    Raises:
        SettingsError: The project cannot be loaded.
        MissingExtra: Django is not installed.
    """
    if all(address.partition("://")[0] != "django" for address in addresses):
        return
    # The project's folder, as for `manage.py`.
    if "" not in sys.path:
        sys.path.insert(0, "")
    with needs_extra("django"):
        from registrazione.contrib.django.opening import set_up
    set_up()
