"""What can be wrong with a plugin or with the choice of one; the texts hold no URL.

PluginError
├── UnknownBackend      nothing goes by that name
├── MissingExtra        it needs a part of the library that is not installed
└── PluginConflict      two plugins claim one name
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager


class PluginError(Exception):
    """A plugin cannot be used, or the settings choose none; assembling stops here."""


class UnknownBackend(PluginError):  # noqa: N818 - the name says what is wrong
    """Nothing installed goes by the name that the settings give.

    Args:
        port: What a back-end was looked for, such as ``store``.
        name: The name or URL scheme asked for; ``None`` if it is not even a name, and had
            better not be shown.
        known: The names there are.
    """

    def __init__(self, port: str, name: str | None, known: Iterable[str]) -> None:
        """List the names that would have done, and first the one that was probably meant."""
        self.port = port
        self.name = name
        self.known: tuple[str, ...] = tuple(sorted(known))
        known_ones = f"known: {', '.join(self.known) or 'none'}"
        if name is None:
            super().__init__(f"{port}: neither a name nor a URL; {known_ones}")
            return
        # Loaded only now: whoever has no error does not wait for it.
        from difflib import get_close_matches

        near = get_close_matches(name, self.known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(f"{port}: no back-end {name!r} is installed; {hint}{known_ones}")


class MissingExtra(PluginError):  # noqa: N818 - the name says what is wrong
    """A back-end of this library needs packages that come with one of its extras.

    Args:
        extra: Name of the extra.
    """

    def __init__(self, extra: str) -> None:
        """Say what to type."""
        self.extra = extra
        super().__init__(f'packages are missing: pip install "registrazione[{extra}]"')


class PluginConflict(PluginError):  # noqa: N818 - the name says what is wrong
    """Two plugins claim one name, and nobody can tell which one was meant.

    Args:
        name: The name.
        first: Who had it first, with the version.
        second: Who wants it as well.
    """

    def __init__(self, name: str, first: str, second: str) -> None:
        """Name both, so that one of them can be removed or blocked."""
        self.name = name
        self.sources: tuple[str, str] = (first, second)
        super().__init__(f"{name} comes from {first} and from {second}: remove or block one")


@contextmanager
def needs_extra(extra: str) -> Generator[None]:
    """Turn the failed import of a package into the command that installs it.

    Args:
        extra: The extra that the package comes with.

    Raises:
        MissingExtra: A package is missing. A missing module of this library is a fault of its
            own and is left as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "registrazione":
            raise
        raise MissingExtra(extra) from error
