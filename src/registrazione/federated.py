"""What both registrars ask of identity providers, beside the command that takes an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeVar

from registrazione.ports import Choice, Document, Ending, Outgoing
from registrazione.service import federation
from registrazione.service.federation import ProviderQuestion

T = TypeVar("T")


class Federated(ABC):
    """The questions to identity providers, with blocking calls."""

    @abstractmethod
    def _put(self, question: ProviderQuestion[T]) -> T:
        """Put a question to a provider of the procedure."""

    def start_sign_in_with(
        self, provider: str, *, callback_url: str, state: str, choice: str = ""
    ) -> Outgoing | None:
        """Return where a browser goes to sign in with an identity provider (MIM-02, UNI-02).

        Args:
            provider: Which one.
            callback_url: Where the provider sends the browser back to, whole.
            state: Unguessable and for one browser once; it comes back with the answer, which
                is for :meth:`sign_in_with` to take.
            choice: Which of :meth:`identity_choices`, where there are several.

        Returns:
            ``None`` where the provider's back-end leaves that to the host.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.StartSignIn(provider, callback_url, state, choice))

    def identity_choices(self, provider: str) -> tuple[Choice, ...]:
        """Return the services behind a provider's button, in an order drawn anew (MIM-08).

        Args:
            provider: Which one.

        Returns:
            None where there is but itself.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.Choices(provider))

    def identity_document(self, provider: str, path: str) -> Document | None:
        """Return what a provider's other side reads about this service, such as its metadata.

        Args:
            provider: Which one.
            path: Below ``/identity/<provider>/`` of the pages, such as ``metadata``.

        Returns:
            ``None`` where there is nothing.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.DocumentAt(provider, path))

    def start_sign_out_with(self, provider: str, *, session: str, state: str) -> Outgoing | None:
        """Return where a browser goes so that the provider's session ends too.

        Args:
            provider: Which one.
            session: What the answer of :meth:`sign_in_with` had as ``provider_session``.
            state: Unguessable and for one browser once; it comes back.

        Returns:
            ``None`` where nothing goes on there.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.StartSignOut(provider, session, state))

    def end_sessions_with(
        self, provider: str, message: Mapping[str, object], query: str = ""
    ) -> Ending:
        """Return what a provider's message about the end of a session asks for.

        It ends none by itself: whoever keeps the sessions does, and then sends the reply.

        Args:
            provider: Which one.
            message: The fields that came, of the form or of the address.
            query: What stood behind the question mark, byte for byte.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.SessionsEnded(provider, message, query))


class AsyncFederated(ABC):
    """The questions to identity providers, to be awaited; see :class:`Federated`."""

    @abstractmethod
    async def _put(self, question: ProviderQuestion[T]) -> T:
        """Put a question to a provider of the procedure."""

    async def start_sign_in_with(
        self, provider: str, *, callback_url: str, state: str, choice: str = ""
    ) -> Outgoing | None:
        """See :meth:`Registrar.start_sign_in_with`."""
        return await self._put(federation.StartSignIn(provider, callback_url, state, choice))

    async def identity_choices(self, provider: str) -> tuple[Choice, ...]:
        """See :meth:`Registrar.identity_choices`."""
        return await self._put(federation.Choices(provider))

    async def identity_document(self, provider: str, path: str) -> Document | None:
        """See :meth:`Registrar.identity_document`."""
        return await self._put(federation.DocumentAt(provider, path))

    async def start_sign_out_with(
        self, provider: str, *, session: str, state: str
    ) -> Outgoing | None:
        """See :meth:`Registrar.start_sign_out_with`."""
        return await self._put(federation.StartSignOut(provider, session, state))

    async def end_sessions_with(
        self, provider: str, message: Mapping[str, object], query: str = ""
    ) -> Ending:
        """See :meth:`Registrar.end_sessions_with`."""
        return await self._put(federation.SessionsEnded(provider, message, query))
