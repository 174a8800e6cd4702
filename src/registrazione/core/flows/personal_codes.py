"""The personal code: changed, recovered, and asked for at the end of each application."""

from __future__ import annotations

import re

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account, DerivedCredential, SlowCredential
from registrazione.core.answer import Answer, Next
from registrazione.core.decision import Decision
from registrazione.core.enabling import has_enabling, is_under_way
from registrazione.core.evolve import after, evolve
from registrazione.core.flows.attempts import count_code_attempt
from registrazione.core.flows.common import (
    Context,
    enabling_fault,
    letter,
    limit,
    service_fault,
    what_next,
)
from registrazione.core.flows.gates import new_code
from registrazione.core.flows.passwords import is_same, matches
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.questions import Flow, Hash, SignToken, ask
from registrazione.core.refusals import Refusal, fault, refusal, refuse_errors
from registrazione.core.tokens import Purpose

_DIGEST = re.compile(r"[0-9a-f]{64}")


def change_personal_code(
    ctx: Context, account: Account, command: c.ChangePersonalCode
) -> Flow[Decision]:
    """Replace the temporary code, or the present one, by one's own (IST-12, POL-07)."""
    policy = _policy(ctx)
    refuse_errors(policy.check(command.new.text(), command.again.text()))
    account = yield from count_code_attempt(ctx, account)
    if not (yield from matches(ctx, account, command.old, account.code_credential)):
        return _wrong(ctx, account, "old")
    same_as_temporary = (
        isinstance(account.code_credential, DerivedCredential) and command.new == command.old
    )
    is_password = yield from is_same(ctx, account, command.new, account.credential)
    faults = policy.judge(is_password=is_password, is_temporary=same_as_temporary)
    if faults:
        right = e.CodeAttemptCleared()
        return Decision(account=account, events=(right,), refusal=Refusal(*faults))
    encoded = yield from ask(Hash(command.new))
    event = e.CodeChanged(code_credential=SlowCredential(encoded=encoded))
    evolved = evolve(account, event)
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("code_changed", evolved),),
        answer=Answer(next=what_next(ctx, evolved), account=evolved, session=command.session),
    )


def recover_personal_code(
    ctx: Context, account: Account, command: c.RecoverPersonalCode
) -> Flow[Decision]:
    """Mail a new temporary code, from the personal page (POL-09).

    While an enabling goes on the form comes with it once more, in case that it was lost as well.
    """
    _policy(ctx)
    yield from limit(ctx, command, ("account", account.id))
    event = yield from new_code(account)
    evolved = evolve(account, event)
    goes_on = has_enabling(ctx.profile) and is_under_way(account)
    return Decision(
        account=account,
        events=(event,),
        effects=(letter("enabling" if goes_on else "code_recovery", evolved),),
        answer=Answer(next=Next.READ_MAIL, account=evolved, session=command.session),
    )


def authorise_submission(
    ctx: Context, account: Account, command: c.AuthoriseSubmission
) -> Flow[Decision]:
    """Sign an application: code, service and digest give a receipt (POL-03, IST-13).

    Whoever nobody has seen yet signs nothing, whatever the service itself asks for.
    """
    _policy(ctx)
    service = ctx.profile.service(command.service)
    problem = service_fault(ctx, account, service) or enabling_fault(ctx, account)
    if problem is not None:
        raise Refusal(problem)
    if not _DIGEST.fullmatch(command.digest):
        raise refusal("submission.digest", "digest")
    account = yield from count_code_attempt(ctx, account)
    if not (yield from matches(ctx, account, command.code, account.code_credential)):
        return _wrong(ctx, account, "code")
    event = e.SubmissionAuthorised(service=command.service, digest=command.digest)
    content = f"{command.service}.{command.digest}"
    receipt = yield from ask(SignToken(Purpose.RECEIPT, account.id, 0, content, ctx.now))
    return Decision(
        account=account,
        events=(event,),
        answer=Answer(
            next=Next.USE_SERVICES,
            account=after(account, (event,)),
            session=command.session,
            receipt=receipt,
        ),
    )


def _policy(ctx: Context) -> PersonalCodePolicy:
    """Return the policy of a procedure that has personal codes."""
    if ctx.profile.personal_code is None:
        raise refusal("personal_code.none")
    return ctx.profile.personal_code


def _wrong(ctx: Context, account: Account, field: str) -> Decision:
    """Return the decision after a wrong code: blocked, once there were too many."""
    left = ctx.profile.limits.code_attempts - account.code_failures
    if left > 0:
        wrong = Refusal(fault("personal_code.wrong", field, left=left))
        return Decision(account=account, refusal=wrong)
    return Decision(
        account=account, events=(e.CodeBlocked(),), refusal=refusal("personal_code.blocked", field)
    )
