"""The way to an identity provider; the way back is a command (MIM-02, MIM-08, UNI-02)."""

from __future__ import annotations

import attrs

from registrazione.core.profile import Profile
from registrazione.core.questions import Flow, Question, ask
from registrazione.core.refusals import refusal
from registrazione.ports import IdentityError, Outgoing


@attrs.frozen(eq=False)
class StartSignIn(Question[Outgoing | None]):
    """Where does a browser go to sign in?"""

    port = "identities"
    method = "start"
    provider: str
    callback_url: str
    state: str = attrs.field(repr=False)


def start(profile: Profile, provider: str, callback_url: str, state: str) -> Flow[Outgoing | None]:
    """Return where a browser goes to sign in with a provider of the procedure.

    Args:
        profile: The procedure.
        provider: Which one.
        callback_url: Where it comes back to.
        state: What comes back with the answer.

    Returns:
        ``None`` where the provider's back-end does not say.

    Raises:
        Refusal: ``identity.unknown_provider``, or what the provider's back-end says.
    """
    if provider not in profile.federation.providers:
        raise refusal("identity.unknown_provider", "provider")
    try:
        return (yield from ask(StartSignIn(provider, callback_url, state)))
    except IdentityError as error:
        raise refusal(f"identity.{error.code}") from None
