"""Attempts at a password or a personal code: written down before they are judged.

So guessing in parallel pays nothing: whoever comes after the last attempt allowed finds the lock,
or the block, however long the judgement takes. What is written down and never judged, because the
hasher was too busy, is taken back: at any time as many are counted as were wrong or are still on
their way.
"""

from __future__ import annotations

from datetime import timedelta

from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.decision import Decision, change_of
from registrazione.core.evolve import evolve
from registrazione.core.flows.common import Context, letter
from registrazione.core.questions import Commit, Flow, Load, ask
from registrazione.core.records import AuditRecord, Change
from registrazione.core.refusals import Refusal, refusal

_MOST_DOUBLINGS = 10
_NOBODY = ""


def count_attempt(ctx: Context, account: Account) -> Flow[Account]:
    """Write an attempt at the password down; the last one that is allowed locks the account.

    The right password undoes the lock.

    Raises:
        Refusal: ``sign_in.locked`` while the account is locked.
    """
    if account.id in ctx.counted:
        return account
    if is_locked(ctx, account):
        raise refusal("sign_in.locked")
    limits = ctx.profile.limits
    # After a lock the count begins anew.
    failures = account.failures % limits.attempts + 1
    events: tuple[e.Event, ...] = (e.AttemptCounted(failures=failures),)
    if failures == limits.attempts:
        until = ctx.now + limits.lock * 2 ** min(account.lockouts, _MOST_DOUBLINGS)
        events = (*events, e.SignInLocked(lockouts=account.lockouts + 1, locked_until=until))
    return (yield from _written_down(ctx, account, events))


def count_for_nobody(ctx: Context) -> Flow[None]:
    """Write the line of an attempt where there is no account to count on: the same work."""
    yield from ask(Commit(_of_nobody(ctx, e.AttemptCounted(failures=1))))
    ctx.counted[_NOBODY] = e.AttemptCounted


def _of_nobody(ctx: Context, event: e.Event) -> Change:
    """Return the line of an event that happened to no account."""
    return Change(audit=(AuditRecord(at=ctx.now, event=event.name, actor="person"),))


def count_code_attempt(ctx: Context, account: Account) -> Flow[Account]:
    """Write an attempt at the personal code down.

    Raises:
        Refusal: ``personal_code.blocked`` once as many as are allowed are written down: the last
            of them may still be on its way, and it alone decides.
    """
    if account.id in ctx.counted:
        return account
    if account.code_failures >= ctx.profile.limits.code_attempts:
        raise refusal("personal_code.blocked")
    counted = e.CodeAttemptCounted(code_failures=account.code_failures + 1)
    return (yield from _written_down(ctx, account, (counted,)))


def _written_down(ctx: Context, account: Account, events: tuple[e.Event, ...]) -> Flow[Account]:
    """Commit the events of an attempt at once, and return the account as it is afterwards."""
    change = change_of(Decision(account=account, events=events), None, ctx.profile, ctx.now)
    yield from ask(Commit(change))
    ctx.counted[account.id] = type(events[0])
    return change.writes[0].account or account


def is_locked(ctx: Context, account: Account) -> bool:
    """Tell whether too many wrong passwords were tried just now, the present one among them."""
    return account.locked_until is not None and account.locked_until > ctx.now


def cleared(account: Account) -> Account:
    """Return the account without the attempts that were counted: the password was right."""
    return evolve(account, e.AttemptCleared())


def failed(ctx: Context, account: Account, reason: Refusal) -> Decision:
    """Return the decision after a wrong password; the last one allowed is told to the owner."""
    if account.locked_until is None or not is_locked(ctx, account):
        return Decision(account=account, refusal=reason)
    minutes = str(int((account.locked_until - ctx.now) / timedelta(minutes=1)))
    return Decision(
        account=account,
        effects=(letter("locked", account, minutes=minutes),),
        refusal=reason,
    )


def take_back(ctx: Context) -> Flow[Change | None]:
    """Take an attempt back that the hasher was too busy to judge: nobody learned anything by it.

    What was counted for nobody is taken back as well, with the same work.

    Returns:
        What was committed; ``None`` where nothing was counted, what was counted was judged all the
        same, or a right password or a new code has cleared the count meanwhile.
    """
    unjudged = [entry for entry in ctx.counted.items() if entry[0] not in ctx.judged]
    if not unjudged:
        return None
    account_id, counted = unjudged[-1]
    account = yield from ask(Load(account_id))
    event = _taken_back(ctx, account, counted)
    if event is None:
        return None
    change = _of_nobody(ctx, event)
    if account is not None:
        decision = Decision(account=account, events=(event,))
        change = change_of(decision, None, ctx.profile, ctx.now)
    yield from ask(Commit(change))
    return change


def _taken_back(ctx: Context, account: Account | None, counted: type[e.Event]) -> e.Event | None:
    """Return the event that one attempt less is counted; with it goes the lock that it set."""
    if account is None:
        return e.AttemptTakenBack(failures=0, lockouts=0, locked_until=None)
    if counted is e.CodeAttemptCounted:
        left = account.code_failures - 1
        return e.CodeAttemptTakenBack(code_failures=left) if left >= 0 else None
    if not account.failures:
        return None
    locks = account.failures == ctx.profile.limits.attempts
    return e.AttemptTakenBack(
        failures=account.failures - 1,
        lockouts=max(account.lockouts - locks, 0),
        locked_until=None if locks else account.locked_until,
    )
