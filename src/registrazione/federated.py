"""What both registrars ask of identity providers, beside the command that takes an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeVar

from registrazione.ports import Choice, Document, Ending, Outgoing
from registrazione.service import federation
from registrazione.service.federation import ProviderQuestion, SessionsEnded

T = TypeVar("T")


class Federated(ABC):
    """The questions to identity providers, with blocking calls."""

    @abstractmethod
    def _put(self, question: ProviderQuestion[T]) -> T:
        """Put a question to a provider of the procedure."""

    @abstractmethod
    def _end(self, question: SessionsEnded) -> Ending:
        """Put this question, and end what the answer names."""

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

    def identity_document(self, provider: str, path: str, query: str = "") -> Document | None:
        """Return what a provider's other side reads about this service, such as its metadata.

        Args:
            provider: Which one.
            path: Below ``/identity/<provider>/`` of the pages, such as ``metadata``.
            query: What stood behind the question mark, where it asks something.

        Returns:
            ``None`` where there is nothing.

        Raises:
            Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
        """
        return self._put(federation.DocumentAt(provider, path, query))

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
        """Do what a provider's message about the end of a session asks for (MIM-42).

        The accounts' sessions end that the provider's own one had opened, here and now, whoever
        brings the message. What browsers still hold of them opens nothing any more.

        Args:
            provider: Which one.
            message: The fields that came, of the form or of the address.
            query: What stood behind the question mark, byte for byte.

        Returns:
            What it asked for: whoever keeps sessions besides ends those that it names, and then
            sends the reply.

        Raises:
            Refusal: ``identity.unknown_provider``, ``service.unavailable``, or what the provider's
                back-end says.
        """
        return self._end(SessionsEnded(provider, message, query))


class AsyncFederated(ABC):
    """The questions to identity providers, to be awaited; see :class:`Federated`."""

    @abstractmethod
    async def _put(self, question: ProviderQuestion[T]) -> T:
        """Put a question to a provider of the procedure."""

    @abstractmethod
    async def _end(self, question: SessionsEnded) -> Ending:
        """Put this question, and end what the answer names."""

    async def start_sign_in_with(
        self, provider: str, *, callback_url: str, state: str, choice: str = ""
    ) -> Outgoing | None:
        """See :meth:`Registrar.start_sign_in_with`."""
        return await self._put(federation.StartSignIn(provider, callback_url, state, choice))

    async def identity_choices(self, provider: str) -> tuple[Choice, ...]:
        """See :meth:`Registrar.identity_choices`."""
        return await self._put(federation.Choices(provider))

    async def identity_document(self, provider: str, path: str, query: str = "") -> Document | None:
        """See :meth:`Registrar.identity_document`."""
        return await self._put(federation.DocumentAt(provider, path, query))

    async def start_sign_out_with(
        self, provider: str, *, session: str, state: str
    ) -> Outgoing | None:
        """See :meth:`Registrar.start_sign_out_with`."""
        return await self._put(federation.StartSignOut(provider, session, state))

    async def end_sessions_with(
        self, provider: str, message: Mapping[str, object], query: str = ""
    ) -> Ending:
        """See :meth:`Registrar.end_sessions_with`."""
        return await self._end(SessionsEnded(provider, message, query))
