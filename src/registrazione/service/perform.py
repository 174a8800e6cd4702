"""One command from the door to the answer: clean, decide, commit, tell.

This is a flow like those of the core, so that the sync and the async registrar share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from registrazione.core.answer import Answer
from registrazione.core.boundary import enter
from registrazione.core.commands import Command
from registrazione.core.decide import handle
from registrazione.core.decision import Decision, as_stored, change_of, refused
from registrazione.core.flows import attempts, looking
from registrazione.core.flows.common import Context, new_id
from registrazione.core.flows.proof import actor_of
from registrazione.core.profile import Profile
from registrazione.core.questions import (
    Commit,
    Flow,
    Hash,
    HumanPassed,
    Question,
    Tag,
    Verify,
    VerifyIdentity,
    WithinLimit,
    ask,
)
from registrazione.core.records import AuditRecord, Change
from registrazione.core.refusals import Refusal, refusal
from registrazione.ports import (
    ClaimTaken,
    HasherBusy,
    IdentityError,
    StaleVersion,
    StoreUnavailable,
)

T = TypeVar("T")

TRIES = 12
"""How often a command is decided anew because somebody else was faster."""

_ONCE = (HumanPassed, VerifyIdentity, WithinLimit, Hash, Tag, Verify)
"""Questions that change what they ask about, or that take long to answer."""


@attrs.frozen(eq=False)
class Notify(Question[None]):
    """Tell the observers."""

    port = "observers"
    method = "notify"
    records: Sequence[AuditRecord]


def perform(command: Command, profile: Profile, now: datetime) -> Flow[Answer]:
    """Carry out one command.

    Whoever is overtaken by another command about the same account decides again on what is
    there now: so one of them wins, and the others get the refusal that is then due.

    Args:
        command: What is asked, as it came.
        profile: The procedure.
        now: The present time.

    Raises:
        Refusal: What the command is refused with, ``service.busy`` and
            ``service.unavailable`` among it.
    """
    ctx = Context(profile, now)
    try:
        decision = yield from _settled(command, ctx)
    except HasherBusy as error:
        yield from _take_back(ctx)
        raise refusal("service.busy") from error
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error
    if decision.refusal is not None:
        raise decision.refusal
    return decision.answer


def look(profile: Profile, now: datetime, *, session: str, ticket: str) -> Flow[Answer]:
    """Tell how things stand: no command, so nothing is written and no observer hears of it.

    Args:
        profile: The procedure.
        now: The present time.
        session: Of whoever is signed in.
        ticket: Of a registration, where nobody is.

    Raises:
        Refusal: The session or the ticket is none, or ``service.unavailable``.
    """
    try:
        return (yield from looking.look(Context(profile, now), session=session, ticket=ticket))
    except StoreUnavailable as error:
        raise refusal("service.unavailable") from error


def _settled(command: Command, ctx: Context) -> Flow[Decision]:
    """Decide and commit until nobody else was faster."""
    try:
        command = enter(command)
    except Refusal as turned_away:
        decision = Decision(refusal=turned_away, actor=actor_of(command))
        return (yield from _commit(decision, command, ctx))
    answered: list[tuple[Question[Any], Any]] = []
    for _ in range(TRIES):
        try:
            decision = yield from _decided(command, ctx, answered)
            return (yield from _commit(decision, command, ctx))
        except (StaleVersion, ClaimTaken):
            continue
    raise refusal("service.busy")


def _take_back(ctx: Context) -> Flow[None]:
    """Take an attempt back that was counted and then not judged, if the store lets it be."""
    for _ in range(TRIES):
        try:
            change = yield from attempts.take_back(ctx)
        except StaleVersion:
            continue
        except StoreUnavailable:
            return
        yield from ask(Notify(() if change is None else change.audit))
        return


def _decided(
    command: Command, ctx: Context, answered: list[tuple[Question[Any], Any]]
) -> Flow[Decision]:
    """Decide once; what an identity provider objects to is a refusal like any other."""
    try:
        return (yield from _asking_once(handle(command, ctx), answered))
    except IdentityError as error:
        return Decision(refusal=refusal(f"identity.{error.code}"), actor=actor_of(command))


def _asking_once(flow: Flow[T], answered: list[tuple[Question[Any], Any]]) -> Flow[T]:
    """Run a flow, and remember the answers to what is asked once only.

    Deciding anew must not count the request again, nor show an identity provider a response
    that it would take for a replayed one; and whoever computes no hash again is not overtaken
    again meanwhile.
    """
    try:
        question = next(flow)
        while True:
            known = [answer for earlier, answer in answered if earlier == question]
            if known:
                question = flow.send(known[0])
                continue
            try:
                answer = yield question
            except Exception as error:  # noqa: BLE001 - the flow decides what it means
                question = flow.throw(error)
            else:
                answered += [(question, answer)] if isinstance(question, _ONCE) else []
                if isinstance(question, Commit):
                    yield from ask(Notify(question.change.audit))
                question = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


def _commit(decision: Decision, command: Command, ctx: Context) -> Flow[Decision]:
    """Commit a decision, and tell the observers; return it with what is now in the store."""
    change = yield from _change(decision, command, ctx)
    if command.trail or change.writes or change.letters:
        yield from ask(Commit(change))
    yield from ask(Notify(change.audit))
    return attrs.evolve(decision, answer=as_stored(decision.answer, change))


def _change(decision: Decision, command: Command, ctx: Context) -> Flow[Change]:
    """Return the change of a decision; for a bare refusal, the line in the trail."""
    nothing_happened = not (decision.events or decision.effects or decision.others)
    if decision.refusal is not None and nothing_happened:
        about = decision.account.id if decision.account is not None else None
        return refused(decision.refusal, command.name, about, decision.actor, ctx.now)
    ids: tuple[str, ...] = ()
    for _ in decision.effects:
        ids = (*ids, (yield from new_id()))
    return change_of(decision, command.name, ctx.profile, ctx.now, ids)
