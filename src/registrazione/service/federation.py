"""What is asked of an identity provider beside whom it vouches for (MIM-02, MIM-08, UNI-02).

The way there, the services behind its button, what it reads about this service, the end of its
own session; the way back is a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import attrs

from registrazione.core.commands import SignOut
from registrazione.core.flows.common import Context
from registrazione.core.flows.elsewhere import ended_with
from registrazione.core.profile import Profile
from registrazione.core.questions import Flow, Question, ask
from registrazione.core.refusals import Refusal, refusal
from registrazione.ports import (
    Choice,
    Document,
    Ending,
    IdentityError,
    Outgoing,
    StoreUnavailable,
)
from registrazione.service.perform import perform

T = TypeVar("T")


@attrs.frozen(eq=False)
class ProviderQuestion(Question[T]):
    """Something that a provider of the procedure knows."""

    port = "identities"
    provider: str


@attrs.frozen(eq=False)
class StartSignIn(ProviderQuestion[Outgoing | None]):
    """Where does a browser go to sign in?"""

    method = "start"
    callback_url: str
    state: str = attrs.field(repr=False)
    choice: str = ""


@attrs.frozen(eq=False)
class Choices(ProviderQuestion[tuple[Choice, ...]]):
    """Which services stand behind the button?"""

    method = "choices"


@attrs.frozen(eq=False)
class DocumentAt(ProviderQuestion[Document | None]):
    """What is to be read about this service at a path, or answered there?"""

    method = "document"
    path: str
    query: str = ""


@attrs.frozen(eq=False)
class StartSignOut(ProviderQuestion[Outgoing | None]):
    """Where does a browser go so that the provider's session ends too?"""

    method = "leave"
    session: str = attrs.field(repr=False)
    state: str = attrs.field(repr=False)


@attrs.frozen(eq=False)
class SessionsEnded(ProviderQuestion[Ending]):
    """What does a message about the end of a session ask for?"""

    method = "ended"
    message: Mapping[str, object] = attrs.field(repr=False)
    query: str = attrs.field(repr=False)


def ended(profile: Profile, now: datetime, question: SessionsEnded) -> Flow[Ending]:
    """Read a provider's message about the end of a session, and end those of ours that it means.

    Args:
        profile: The procedure.
        now: The present time.
        question: It holds the message.

    Raises:
        Refusal: What :func:`asked` refuses with, or ``service.unavailable``.
    """
    ending = yield from asked(profile, question)
    ctx = Context(profile, now)
    try:
        ours = yield from ended_with(ctx, question.provider, ending.sessions, ending.identity)
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    for session in ours:
        try:
            yield from perform(SignOut(session=session), profile, now)
        except Refusal as refused:
            if refused.code != "session.ended":
                raise
    return ending


def asked(profile: Profile, question: ProviderQuestion[T]) -> Flow[T]:
    """Put a question to a provider of the procedure.

    Args:
        profile: The procedure.
        question: It names the provider.

    Raises:
        Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
    """
    if question.provider not in profile.federation.providers:
        raise refusal("identity.unknown_provider", "provider")
    try:
        return (yield from ask(question))
    except IdentityError as error:
        raise refusal(f"identity.{error.code}") from None
