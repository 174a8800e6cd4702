"""The identity provider: SPID, CIE, eIDAS, or another service that vouches for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from registrazione.core.account import VerifiedIdentity


class IdentityError(Exception):
    """The provider did not vouch for anybody.

    Args:
        code: ``cancelled`` (the person gave up), ``level_too_low``, ``expired``, ``replayed``,
            ``invalid`` (the response does not verify) or ``unavailable``.
        retry: Whether trying again may help.
    """

    def __init__(self, code: str, *, retry: bool = False) -> None:
        """Keep the short code; the response itself never gets into the text."""
        self.code = code
        self.retry = retry
        super().__init__(f"identity provider: {code}")


@runtime_checkable
class IdentityProvider(Protocol):
    """Verify what a provider says of a person.

    Laws: ``verify`` returns only what it has verified, for this service, now, and once; it
    raises ``IdentityError`` for everything else, whatever the response is.
    """

    name: str

    def verify(self, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return the identity that ``response`` proves.

        Raises:
            IdentityError: It proves none.
        """
        ...
