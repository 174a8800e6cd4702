"""What an identity provider answered counts once, in whatever process and after any restart.

The account that an answer led to remembers it, and holds its digest alone among all accounts of
the realm, written in the very commit that the answer brings about. So of two workers that take
one answer at the same moment the store lets one in; the other decides anew, and finds it used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

import attrs

from registrazione.core import events as e
from registrazione.core.account import Account, UsedAnswer, VerifiedIdentity
from registrazione.core.decision import Decision, Other
from registrazione.core.evolve import evolve
from registrazione.core.flows.common import Context
from registrazione.core.questions import Find, Flow, ask
from registrazione.core.refusals import refusal

MOST_ANSWERS = 64
"""How many answers that might still be tried again an account remembers. None of them is ever
forgotten for a newer one: whoever has so many has to wait."""

_UNDATED = timedelta(hours=1)
"""For how long an answer is remembered whose provider does not say when it ends."""


def unused(ctx: Context, verified: VerifiedIdentity) -> Flow[UsedAnswer | None]:
    """Return what is to be remembered of an answer; ``None``: it says that its back-end does.

    Args:
        ctx: The context.
        verified: What the answer says.

    Raises:
        Refusal: ``identity.expired``, or ``identity.replayed`` where it led to an account
            before, whatever has become of that.
    """
    if not verified.answer:
        return None
    until = verified.answer_until or ctx.now + _UNDATED
    if until <= ctx.now:
        raise refusal("identity.expired")
    digest = _digest(verified.identity.provider, verified.answer)
    if (yield from ask(Find(ctx.key("answer", digest)))):
        raise refusal("identity.replayed")
    return UsedAnswer(digest=digest, until=until)


def _digest(provider: str, answer: str) -> str:
    """Return what is kept of an answer's name: no provider can use up another one's."""
    return hashlib.sha256(f"{len(provider)}:{provider}:{answer}".encode()).hexdigest()


def counted(ctx: Context, decision: Decision, used: UsedAnswer | None) -> Decision:
    """Return the decision with the answer used up in its commit.

    Args:
        ctx: The context.
        decision: What the answer brings about.
        used: What :func:`unused` returned.

    Raises:
        Refusal: ``identity.replayed`` where the account has come to know the answer since
            :func:`unused` looked; ``limit.reached`` where more answers came than anybody gives.
    """
    account = decision.evolved()
    if used is None or account is None:
        return decision
    if any(answer.digest == used.digest for answer in account.answers):
        raise refusal("identity.replayed")
    living = _living(ctx, account.answers)
    if len(living) >= MOST_ANSWERS:
        wait = min(answer.until for answer in living) - ctx.now
        raise refusal("limit.reached", minutes=int(wait / timedelta(minutes=1)) + 1)
    event = e.AnswerUsed(answers=(*living, used))
    answer = attrs.evolve(decision.answer, account=evolve(account, event))
    return attrs.evolve(decision, events=(*decision.events, event), answer=answer)


def kept(ctx: Context, account: Account, others: Iterable[Other]) -> tuple[e.Event, ...]:
    """Return that answers of registrations which are erased stay used up (MIM-06).

    Args:
        ctx: The context.
        account: The one that they give way to.
        others: What becomes of them.
    """
    erased = (answer for other in others if other.erase for answer in other.account.answers)
    living = _living(ctx, erased)
    return (e.AnswersKept(answers=(*account.answers, *living)),) if living else ()


def _living(ctx: Context, answers: Iterable[UsedAnswer]) -> tuple[UsedAnswer, ...]:
    """Return those that somebody might still try again."""
    return tuple(answer for answer in answers if answer.until > ctx.now)
