"""Names of a package that are loaded when they are first asked for (PEP 562)."""

from __future__ import annotations

# What `typing` would say; loading it would take longer than a first verdict does.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def on_first_use(
    namespace: dict[str, object], homes: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__``.

    Args:
        namespace: The ``globals()`` of the package; a name is kept there once it is loaded.
        homes: The full name of each module, and which names come from it.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> object:
        """Load a name on its first use."""
        if name not in home_of:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - see the module's head

        value = namespace[name] = getattr(import_module(home_of[name]), name)
        return value

    def names() -> list[str]:
        """Name what is loaded and what would be."""
        return sorted({*namespace, *home_of})

    return load, names
