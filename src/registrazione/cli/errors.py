"""What goes wrong, in one line and with the right status."""

from __future__ import annotations

import click


class Misuse(click.ClickException):
    """The command itself was misused; nothing was done."""

    exit_code = 2


def told(error: Exception) -> click.ClickException | None:
    """Return how an error of the library is told, or ``None`` if it is a malfunction.

    Args:
        error: What was raised. The texts of the library's errors hold no secret and no typed
            text, so that they can be shown as they are.
    """
    # Loaded only now: whoever has no error does not wait for the plugins.
    from registrazione.errors import PluginError, Refusal, SettingsError, StoreError

    if isinstance(error, Refusal) and isinstance(error.__cause__, StoreError):
        # Whoever sits at the machine wants to know what the public is not told.
        error = error.__cause__
    if isinstance(error, SettingsError | PluginError):
        return Misuse(str(error))
    if isinstance(error, StoreError):
        return click.ClickException(f"the store: {error}")
    return None
