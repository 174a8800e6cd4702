"""The port of the identity providers: the one that is named answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from registrazione.core.account import VerifiedIdentity
from registrazione.core.profile import Profile
from registrazione.ports import (
    AnswersPeers,
    Choice,
    Document,
    Ending,
    EndsSessions,
    IdentityError,
    IdentityProvider,
    OffersChoices,
    Outgoing,
    ServesDocuments,
    StartsSignIn,
)


class Identities:
    """Know the identity providers by name.

    Args:
        providers: Those of the settings.
    """

    def __init__(self, providers: Iterable[IdentityProvider] = ()) -> None:
        """Keep the providers by name."""
        self._providers = {provider.name: provider for provider in providers}

    def offered_by(self, profile: Profile) -> Profile:
        """Return a procedure with those of its providers alone that are set up.

        What is offered to people has no button that leads nowhere.

        Args:
            profile: The procedure; what it says of providers stays otherwise as it is.
        """
        known = tuple(name for name in profile.federation.providers if name in self._providers)
        return attrs.evolve(profile, federation=attrs.evolve(profile.federation, providers=known))

    def verify(self, provider: str, response: Mapping[str, object]) -> VerifiedIdentity:
        """Return whom the named provider vouches for.

        Raises:
            IdentityError: Nobody, or there is no such provider.
        """
        verified = self._known(provider).verify(response)
        if verified.identity.provider != provider:
            raise IdentityError("invalid")
        return verified

    def start(
        self, provider: str, callback_url: str, state: str, choice: str = ""
    ) -> Outgoing | None:
        """Return where the browser goes to sign in; ``None`` where the provider does not say.

        Raises:
            IdentityError: There is no such provider or choice, or it cannot be reached.
        """
        chosen = self._known(provider)
        if choice:
            if not isinstance(chosen, OffersChoices):
                raise IdentityError("unavailable")
            return chosen.start(callback_url, state, choice)
        return chosen.start(callback_url, state) if isinstance(chosen, StartsSignIn) else None

    def choices(self, provider: str) -> tuple[Choice, ...]:
        """Return the services behind a provider's button; none where there is but itself.

        Raises:
            IdentityError: There is no such provider, or it cannot tell now.
        """
        chosen = self._known(provider)
        return tuple(chosen.choices()) if isinstance(chosen, OffersChoices) else ()

    def document(self, provider: str, path: str, query: str = "") -> Document | None:
        """Return what a provider's other side reads about this service at a path, or is answered.

        Raises:
            IdentityError: There is no such provider, or it cannot tell now.
        """
        chosen = self._known(provider)
        if isinstance(chosen, AnswersPeers) and (found := chosen.answer(path, query)) is not None:
            return found
        return chosen.document(path) if isinstance(chosen, ServesDocuments) else None

    def leave(self, provider: str, session: str, state: str) -> Outgoing | None:
        """Return where the browser goes so that the provider's session ends too.

        Raises:
            IdentityError: There is no such provider, or it cannot be reached.
        """
        chosen = self._known(provider)
        return chosen.leave(session, state) if isinstance(chosen, EndsSessions) else None

    def ended(self, provider: str, message: Mapping[str, object], query: str) -> Ending:
        """Return what a provider's message about the end of a session asks for.

        Raises:
            IdentityError: There is no such provider, or the message proves nothing.
        """
        chosen = self._known(provider)
        if not isinstance(chosen, EndsSessions):
            raise IdentityError("unavailable")
        return chosen.ended(message, query)

    def _known(self, provider: str) -> IdentityProvider:
        if provider not in self._providers:
            raise IdentityError("unavailable")
        return self._providers[provider]
