"""Suspension, cancellation, erasure, and what a person may read of their own account."""

from __future__ import annotations

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision
from registrazione.core.evolve import evolve
from registrazione.core.flows.common import Context, letter, what_next
from registrazione.core.flows.proof import check_fresh
from registrazione.core.questions import Flow, ReadHistory, ask
from registrazione.core.states import AccountState


def suspend(ctx: Context, account: Account, command: c.Suspend) -> Flow[Decision]:
    """Suspend the account; everybody is signed out."""
    del ctx
    yield from ()
    return _ended(account, e.Suspended(), "suspended", reason=command.reason)


def reinstate(ctx: Context, account: Account, command: c.Reinstate) -> Flow[Decision]:
    """Make a suspended account active again."""
    del ctx, command
    yield from ()
    return _ended(account, e.Reinstated(), "reinstated")


def cancel(ctx: Context, account: Account, command: c.Cancel) -> Flow[Decision]:
    """End the account; its data are kept for the retention time and then erased.

    What cannot be taken back takes a fresh sign-in of its holder: an open browser is not enough.
    """
    if command.operator is None:
        yield from check_fresh(ctx, account, command.session)
    cause = "operator" if command.operator else "person"
    event = e.Cancelled(ended_at=ctx.now, cause=cause)
    return _ended(account, event, "cancelled")


def _ended(account: Account, event: e.Event, kind: str, **params: str) -> Decision:
    """Return the decision with its letter."""
    return Decision(
        account=account,
        events=(event,),
        effects=(letter(kind, account, **params),),
        answer=Answer(account=evolve(account, event)),
    )


def erase(ctx: Context, account: Account, command: c.Erase) -> Flow[Decision]:
    """Erase the account with all its data; the trail, which holds none, stays (GDPR art. 17).

    As for its end, a fresh sign-in is asked of its holder.
    """
    if command.operator is None:
        yield from check_fresh(ctx, account, command.session)
    return Decision(account=account, erase=True, answer=Answer())


def history(ctx: Context, account: Account, command: c.History) -> Flow[Decision]:
    """Return what happened to the account: "Storico" (MIM-38)."""
    del command
    records = yield from ask(ReadHistory(account.id))
    return Decision(
        account=account, answer=Answer(next=_next(ctx, account), account=account, history=records)
    )


def export_account(ctx: Context, account: Account, command: c.ExportAccount) -> Flow[Decision]:
    """Return everything that is kept about the person (GDPR art. 15, 20)."""
    del command
    records = yield from ask(ReadHistory(account.id))
    exported: dict[str, object] = {
        "codice_fiscale": account.codice_fiscale,
        "username": account.username,
        "email": account.email,
        "personal_email": account.personal_email,
        "pending_email": account.pending_email,
        "values": dict(account.values),
        "sources": dict(account.sources),
        "state": account.state.value,
        "language": account.language,
        "identities": [f"{i.provider}: {i.issuer}" for i in account.identities],
        "consents": [
            {
                "name": consent.name,
                "version": consent.version,
                "at": consent.at.isoformat(),
                "purpose": consent.purpose,
                "retention_days": consent.retention_days,
            }
            for consent in account.consents
        ],
        "seen_in_person": [
            {
                "at": look.at.isoformat(),
                "office": look.office,
                "document_type": look.document_type,
                "document_number": look.document_number,
            }
            for look in (account.first_look, account.identification)
            if look is not None
        ],
        "created_at": account.created_at.isoformat(),
        "activated_at": account.activated_at.isoformat() if account.activated_at else None,
        "last_used_at": account.last_used_at.isoformat() if account.last_used_at else None,
        "favourites": list(account.favourites),
        "history": [
            {"at": record.at.isoformat(), "event": record.event, "outcome": record.outcome}
            for record in records
        ],
    }
    return Decision(
        account=account,
        answer=Answer(next=_next(ctx, account), account=account, export=exported, history=records),
    )


def _next(ctx: Context, account: Account) -> Next:
    """Return what the holder of a living account does next."""
    return what_next(ctx, account) if account.state is AccountState.ACTIVE else Next.NOTHING
