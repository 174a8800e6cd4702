"""Sessions at identity providers, and which of ours end with one of theirs (MIM-42).

A session of ours that a provider's identity opened remembers what the provider's own one is known
again by, and the account is found by it: no browser is needed to end it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from registrazione.core.account import Identity, SessionRef
from registrazione.core.evolve import identity_value
from registrazione.core.flows.common import Context
from registrazione.core.questions import Find, Flow, SignToken, ask
from registrazione.core.tokens import Purpose


def session_value(provider: str, session: str) -> str:
    """Return what a provider's session is known again by; empty where there is none.

    Args:
        provider: Who has it: no provider can end another one's sessions.
        session: What ``VerifiedIdentity.session`` was.
    """
    if not session:
        return ""
    return hashlib.sha256(f"{len(provider)}:{provider}:{session}".encode()).hexdigest()


def ended_with(
    ctx: Context, provider: str, sessions: Iterable[str], identity: Identity | None
) -> Flow[tuple[str, ...]]:
    """Return the tokens of those of our sessions that end with a provider's.

    Args:
        ctx: The procedure and the time.
        provider: Whose word it is.
        sessions: The provider's sessions that end.
        identity: Whose sessions end, all that this provider opened; ``None``: nobody's.
    """
    ending: list[tuple[str, SessionRef]] = []
    for there in filter(None, (session_value(provider, session) for session in sessions)):
        found = yield from ask(Find(ctx.key("session", there)))
        ending += [(a.id, ref) for a in found for ref in a.sessions if ref.there == there]
    if identity is not None:
        value = identity_value(identity.issuer, identity.subject)
        found = yield from ask(Find(ctx.key("identity", value)))
        ending += [(a.id, ref) for a in found for ref in a.sessions if ref.method == provider]
    tokens: list[str] = []
    # A session may be meant twice, and what has ended by itself needs no other end.
    for account_id, ref in dict.fromkeys(ending):
        if ref.until > ctx.now:
            token = yield from ask(SignToken(Purpose.SESSION, account_id, 0, ref.id, ctx.now))
            tokens.append(token)
    return tuple(tokens)
