"""The gates between a confirmed form and an active account, and what opens behind the last."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision, Letter, Other
from registrazione.core.evolve import after, email_key, is_unused
from registrazione.core.flows.answers import kept
from registrazione.core.flows.common import WAITING_NEXT, Context, derived, letter
from registrazione.core.profile import FirstPassword, Gate, UsernameRule
from registrazione.core.questions import Draw, Find, Flow, ask
from registrazione.core.refusals import refusal
from registrazione.core.states import IN_USE, CodeState
from registrazione.core.usernames import generate_username

_WAITS = {
    Gate.LINK: e.LinkRequested,
    Gate.SECRETARIAT: e.ApprovalRequested,
    Gate.PRESENCE: e.PresenceRequested,
}


def onwards(ctx: Context, account: Account, events: tuple[e.Event, ...]) -> Flow[Decision]:
    """Lead an account to its next gate, or through the last one.

    Args:
        ctx: The context.
        account: As it was read.
        events: What happened already.

    Raises:
        Refusal: ``registration.person_known`` when the person has an account in use.
    """
    evolved = after(account, events)
    gate = ctx.profile.next_gate(evolved.gates_passed)
    if gate is None:
        return (yield from _activated(ctx, account, events))
    waits = _WAITS[gate](waiting_since=ctx.now)
    events = (*events, waits, *(yield from first_code(ctx, evolved)))
    evolved = after(account, events)
    effects = (link_letter(ctx, evolved),) if gate is Gate.LINK else ()
    return Decision(
        account=account,
        events=events,
        effects=effects,
        answer=Answer(next=WAITING_NEXT[evolved.state], account=evolved),
    )


def first_code(ctx: Context, account: Account) -> Flow[tuple[e.Event, ...]]:
    """Return the event of the temporary personal code, where one is still due (IST-09, POL-18)."""
    if ctx.profile.personal_code is None or account.code is not CodeState.NONE:
        return ()
    return ((yield from new_code(account)),)


def new_code(account: Account) -> Flow[e.CodeIssued]:
    """Return the event that assigns a temporary personal code, instead of any before (POL-09)."""
    credential = yield from derived("code", account)
    return e.CodeIssued(code_credential=credential, generation=credential.generation)


def link_letter(ctx: Context, account: Account) -> Letter:
    """Return the letter with the link; with a personal code it is the receipt (IST-09)."""
    return letter("receipt" if ctx.profile.personal_code else "activation", account)


def _activated(ctx: Context, account: Account, events: tuple[e.Event, ...]) -> Flow[Decision]:
    """Make the account active, give it its credentials, and end the claims it has beaten."""
    profile, evolved = ctx.profile, after(account, events)
    others = yield from rivals(ctx, evolved)
    events = (*events, *kept(ctx, evolved, others), e.Activated(activated_at=ctx.now))
    by_identity = bool(evolved.identities)
    if profile.username is UsernameRule.GENERATED and not by_identity:
        entropy = yield from ask(Draw(32))
        values = evolved.values
        events = (
            *events,
            e.UsernameAssigned(
                username=generate_username(
                    values.get("name", ""), values.get("surname", ""), entropy
                )
            ),
        )
    kind = "activated"
    if profile.first_password is FirstPassword.TEMPORARY and not by_identity:
        kind = "credentials"
        events = (*events, (yield from temporary(ctx, evolved)))
    evolved = after(account, events)
    return Decision(
        account=account,
        events=events,
        effects=(letter(kind, evolved),),
        others=others,
        answer=Answer(
            next=Next.READ_MAIL if kind == "credentials" else Next.SIGN_IN, account=evolved
        ),
    )


def temporary(ctx: Context, account: Account) -> Flow[e.TemporaryIssued]:
    """Return the event that assigns a temporary password (MIM-25, IOL-06)."""
    credential = yield from derived("password", account)
    return e.TemporaryIssued(
        credential=credential,
        generation=credential.generation,
        password_set_at=ctx.now,
        temporary_until=ctx.now + ctx.profile.lifetimes.temporary,
    )


def rivals(ctx: Context, account: Account) -> Flow[tuple[Other, ...]]:
    """Return what becomes of the other registrations of this person or address.

    Claims vanish, with their passwords: the first that proves itself wins. An account whose
    temporary credentials nobody ever used is replaced (IOL-19).

    Raises:
        Refusal: ``registration.person_known`` when one of them is an account in use.
    """
    others: dict[str, Other] = {}
    email = email_key(account.email) if account.email else None
    for kind, value in (("codice_fiscale", account.codice_fiscale), ("email", email)):
        if kind not in ctx.profile.unique or not value:
            continue
        for other in (yield from ask(Find(ctx.key(kind, value)))):
            if other.id == account.id:
                continue
            if other.state in IN_USE and not is_unused(other):
                raise refusal("registration.person_known")
            others[other.id] = Other(
                account=other,
                events=(e.Superseded(ended_at=ctx.now),),
                erase=other.state not in IN_USE,
            )
    return tuple(others.values())


# -- the secretariat's gate -----------------------------------------------------------------


def approve(ctx: Context, account: Account, _command: c.Approve) -> Flow[Decision]:
    """Enable a registration (MIM-24)."""
    passed = e.Approved(gates_passed=(*account.gates_passed, Gate.SECRETARIAT))
    return (yield from onwards(ctx, account, (passed,)))


def reject(ctx: Context, account: Account, command: c.Reject) -> Flow[Decision]:
    """Refuse a registration; the reason goes to the person, not into the trail."""
    yield from ()
    events = (e.Rejected(ended_at=ctx.now),)
    return Decision(
        account=account,
        events=events,
        effects=(letter("rejected", account, reason=command.reason),),
        answer=Answer(account=after(account, events)),
    )
