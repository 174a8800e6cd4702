"""The identity provider: SPID, CIE, eIDAS, or another service that vouches for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import attrs

from registrazione.core.account import VerifiedIdentity


class IdentityError(Exception):
    """The provider did not vouch for anybody.

    Args:
        code: ``cancelled`` (the person gave up), ``level_too_low``, ``expired``, ``replayed``,
            ``invalid`` (the response does not verify), ``unavailable``, ``under_age``, or
            ``spid_19`` to ``spid_25`` and ``spid_30``, by SPID's table of anomalies.
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


@attrs.frozen(kw_only=True)
class Outgoing:
    """Where a browser is sent to sign in: to an address, or with a form that is posted there.

    Args:
        url: The address, whole.
        fields: Names and values of the form, such as ``SAMLRequest``; none: it is a mere link.
    """

    url: str
    fields: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)


@runtime_checkable
class StartsSignIn(Protocol):
    """What an identity provider is beside :class:`IdentityProvider`, where it starts a sign-in.

    Laws: nothing is kept for the way back but what can be made again of ``state`` and a key of
    the provider's own, so that another process may take the answer; ``state`` comes back with it
    byte for byte, as ``state`` or as ``RelayState``.
    """

    def start(self, callback_url: str, state: str) -> Outgoing:
        """Return where the browser goes.

        Args:
            callback_url: Where it is to come back to.
            state: Unguessable, at most 80 characters of the URL alphabet (SAML bindings 3.4.3).

        Raises:
            IdentityError: The provider cannot be reached.
        """
        ...
