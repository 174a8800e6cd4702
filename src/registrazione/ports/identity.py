"""The identity provider: SPID, CIE, eIDAS, or another service that vouches for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import attrs

from registrazione.core.account import Identity, VerifiedIdentity


class IdentityError(Exception):
    """The provider did not vouch for anybody.

    Args:
        code: ``cancelled`` (the person gave up), ``level_too_low``, ``expired``, ``replayed``,
            ``invalid`` (the response does not verify), ``unavailable``, ``under_age``,
            ``choice_needed`` (there are several, and none was chosen), or ``spid_19`` to
            ``spid_25`` and ``spid_30``, by SPID's table of anomalies.
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


@attrs.frozen(kw_only=True)
class Choice:
    """One of the services that stand behind a provider's button, as SPID has several.

    Args:
        name: By which it is chosen, such as its entity ID.
        title: How people know it.
        logo: Address of its sign; empty: none.
    """

    name: str
    title: str
    logo: str = ""


@runtime_checkable
class OffersChoices(Protocol):
    """What a provider is beside :class:`StartsSignIn`, where several services stand behind it.

    Laws: each choice starts a sign-in, and what is none of them starts none; no choice is
    always the first (SPID, pulsante).
    """

    def choices(self) -> Sequence[Choice]:
        """Return those there are, in an order drawn anew.

        Raises:
            IdentityError: That cannot be told now.
        """
        ...

    def start(self, callback_url: str, state: str, choice: str = "") -> Outgoing:
        """Return where the browser goes; see :class:`StartsSignIn`.

        Args:
            callback_url: Where it is to come back to.
            state: Unguessable, at most 80 characters of the URL alphabet.
            choice: Name of one; empty: the only one there is.

        Raises:
            IdentityError: ``choice_needed``; ``unavailable`` where there is none such.
        """
        ...


@attrs.frozen(kw_only=True)
class Document:
    """Something that a provider's other side reads about this service, such as its metadata.

    Args:
        media_type: Of HTTP.
        body: The bytes, signed where the scheme asks for it.
        status: Of HTTP; another one where a question cannot be answered.
    """

    media_type: str
    body: bytes = attrs.field(repr=False)
    status: int = 200


@runtime_checkable
class ServesDocuments(Protocol):
    """What a provider is beside :class:`IdentityProvider`, where its other side reads about us.

    Law: what it gives is for everybody.
    """

    def document(self, path: str) -> Document | None:
        """Return what is to be read at a path; ``None``: nothing.

        Args:
            path: Below ``/identity/<name>/`` of the pages, such as ``metadata`` or
                ``.well-known/openid-federation``.
        """
        ...


@runtime_checkable
class AnswersPeers(Protocol):
    """What a provider is beside :class:`IdentityProvider`, where its other side asks us something.

    Laws: what it answers is for everybody, and nobody else is asked for it.
    """

    def answer(self, path: str, query: str) -> Document | None:
        """Return the answer to a question; ``None``: that is none.

        Args:
            path: Below ``/identity/<name>/`` of the pages, such as ``resolve``.
            query: What stood behind the question mark.
        """
        ...


@attrs.frozen(kw_only=True)
class Ending:
    """What a message about the end of a session asks for.

    Args:
        sessions: What the provider wants ended, each as ``VerifiedIdentity.session`` had it;
            empty where it only says that its own has ended.
        identity: Whose sessions it wants ended, all of them; ``None``: only those it names.
        reply: Where the browser goes once that is done; ``None``: nowhere.
    """

    sessions: tuple[str, ...] = attrs.field(default=(), repr=False)
    identity: Identity | None = None
    reply: Outgoing | None = None


@runtime_checkable
class EndsSessions(Protocol):
    """What a provider is beside :class:`IdentityProvider`, where a session of its own goes on.

    Laws: nothing is ended here that the message is not about; ``ended`` believes only what the
    provider has signed, for this service, now.
    """

    def leave(self, session: str, state: str) -> Outgoing | None:
        """Return where the browser goes so that the provider's session ends too.

        Args:
            session: What ``VerifiedIdentity.session`` was.
            state: Comes back with the answer.

        Raises:
            IdentityError: The provider cannot be reached.
        """
        ...

    def ended(self, message: Mapping[str, object], query: str) -> Ending:
        """Return what a message that came to ``/identity/<name>/logout`` asks for.

        Args:
            message: Its fields, of the form or of the address.
            query: What stood behind the question mark, byte for byte: it may be signed.

        Raises:
            IdentityError: It proves nothing.
        """
        ...
