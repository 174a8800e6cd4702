"""The port of the mail domains where nobody is asked."""

from __future__ import annotations


class AnyDomain:
    """Take it that every domain takes letters; the link will tell."""

    __slots__ = ()

    def accepts(self, domain: str) -> bool:  # noqa: ARG002 - the port's signature
        """Return true, whatever the domain is."""
        return True
