"""A value that must never be printed."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn, final


@final
class Secret:
    """Hold a password, a code or a token so that no repr, log or traceback shows it.

    Args:
        value: What was typed or generated. It may be of any type until the boundary has
            looked at it; :meth:`reveal` gives it back unchanged.

    Equality takes constant time for strings; hashing and pickling are refused, because both
    would leave a trace of the value behind (ASVS 5.0 16.2.5).
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - whatever a caller typed
        """Wrap ``value``; wrapping a secret again changes nothing."""
        self._value: Any = value.reveal() if isinstance(value, Secret) else value

    def reveal(self) -> Any:  # noqa: ANN401 - whatever a caller typed
        """Return the value itself; call it only where the value is used."""
        return self._value

    def text(self) -> str:
        """Return the value as text; the boundary has made sure that it is text.

        Raises:
            TypeError: The value is not a string. The message does not show it.
        """
        if not isinstance(self._value, str):
            message = "a secret must be text"
            raise TypeError(message)
        return self._value

    def __repr__(self) -> str:
        """Return a constant."""
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        """Compare with another secret in constant time."""
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = self._value, other._value
        if isinstance(mine, str) and isinstance(theirs, str):
            return hmac.compare_digest(
                mine.encode("utf-8", "surrogatepass"), theirs.encode("utf-8", "surrogatepass")
            )
        return bool(mine == theirs)

    def __hash__(self) -> NoReturn:
        """Refuse to be hashed, and so to lie about in a set or as a key."""
        message = "a secret is not hashed"
        raise TypeError(message)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied into a report."""
        message = "a secret is not pickled"
        raise TypeError(message)

    def __copy__(self) -> Secret:
        """Return itself: a secret never changes."""
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        """Return itself: a secret never changes."""
        return self
