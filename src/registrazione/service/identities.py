"""The port of the identity providers: the one that is named answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError, IdentityProvider, Outgoing, StartsSignIn


class Identities:
    """Know the identity providers by name.

    Args:
        providers: Those of the settings.
    """

    def __init__(self, providers: Iterable[IdentityProvider] = ()) -> None:
        """Keep the providers by name."""
        self._providers = {provider.name: provider for provider in providers}

    def verify(self, provider: str, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return whom the named provider vouches for.

        Raises:
            IdentityError: Nobody, or there is no such provider.
        """
        if provider not in self._providers:
            raise IdentityError("unavailable")
        verified = self._providers[provider].verify(response)
        if verified.identity.provider != provider:
            raise IdentityError("invalid")
        return verified

    def start(self, provider: str, callback_url: str, state: str) -> Outgoing | None:
        """Return where the browser goes to sign in; ``None`` where the provider does not say.

        Raises:
            IdentityError: There is no such provider, or it cannot be reached.
        """
        chosen = self._providers.get(provider)
        if chosen is None:
            raise IdentityError("unavailable")
        return chosen.start(callback_url, state) if isinstance(chosen, StartsSignIn) else None
