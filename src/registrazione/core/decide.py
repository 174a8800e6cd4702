"""The way of every command: who asks, may they, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.decision import Decision
from registrazione.core.flows import (
    activation,
    enabling,
    endings,
    favourites,
    federated,
    gates,
    identification,
    missing_data,
    passwords,
    personal_codes,
    personal_data,
    recovery,
    registration,
    signing_in,
    timers,
)
from registrazione.core.flows.common import Context, FlowFunction
from registrazione.core.flows.proof import actor_of, prove
from registrazione.core.machine import admit
from registrazione.core.profile import Profile
from registrazione.core.questions import Flow
from registrazione.core.refusals import Refusal

FLOWS: Mapping[type[c.Command], FlowFunction] = {
    c.Begin: registration.begin,
    c.AcknowledgeNotice: registration.acknowledge_notice,
    c.Identify: registration.identify,
    c.Fill: registration.fill,
    c.Back: registration.back,
    c.Confirm: registration.confirm,
    c.Activate: activation.activate,
    c.ResendActivation: activation.resend_activation,
    c.CorrectEmail: activation.correct_email,
    c.Approve: gates.approve,
    c.Reject: gates.reject,
    c.IdentifyInPerson: identification.identify_in_person,
    c.SignIn: signing_in.sign_in,
    c.SignOut: signing_in.sign_out,
    c.EnterService: signing_in.enter_service,
    c.SetFavourite: favourites.set_favourite,
    c.ChangePassword: passwords.change_password,
    c.RequestPasswordReset: recovery.request_password_reset,
    c.ResetPassword: recovery.reset_password,
    c.RecoverUsername: recovery.recover_username,
    c.StartEnabling: enabling.start_enabling,
    c.ChangePersonalCode: personal_codes.change_personal_code,
    c.RecoverPersonalCode: personal_codes.recover_personal_code,
    c.AuthoriseSubmission: personal_codes.authorise_submission,
    c.SignInWith: federated.sign_in_with,
    c.CompleteData: missing_data.complete_data,
    c.Align: federated.align,
    c.UpdateContacts: personal_data.update_contacts,
    c.ChangeEmail: personal_data.change_email,
    c.CorrectData: personal_data.correct_data,
    c.Suspend: endings.suspend,
    c.Reinstate: endings.reinstate,
    c.Cancel: endings.cancel,
    c.ExportAccount: endings.export_account,
    c.Erase: endings.erase,
    c.History: endings.history,
    c.Expire: timers.expire,
    c.WarnPassword: timers.warn_password,
    c.CancelUnused: timers.cancel_unused,
}
"""The flow of each command."""


def decide(
    account: Account | None, command: c.Command, profile: Profile, now: datetime
) -> Flow[Decision]:
    """Return the flow that decides a command about an account.

    Args:
        account: As it was read, its holder proved; ``None`` for a command about nobody yet.
        command: What is asked, already clean (``boundary.enter``).
        profile: The procedure.
        now: The present time.

    Returns:
        A generator that asks its questions and returns the decision.

    Raises:
        Refusal: Out of the generator, when nothing is to be written but the trail.
    """
    return (yield from _decide(Context(profile, now), account, command))


def _decide(ctx: Context, account: Account | None, command: c.Command) -> Flow[Decision]:
    """Admit the command, and run its flow."""
    if account is not None:
        admit(account, command, codes=ctx.profile.personal_code is not None)
    return (yield from FLOWS[type(command)](ctx, account, command))


def handle(command: c.Command, ctx: Context) -> Flow[Decision]:
    """Prove who asks, decide, and turn a refusal into a decision that leaves its trail.

    Args:
        command: What is asked, already clean.
        ctx: The procedure and the time; the same one whenever this command is decided again.
    """
    account: Account | None = None
    actor = actor_of(command)
    try:
        account = yield from prove(ctx, command)
        decision = yield from _decide(ctx, account, command)
    except Refusal as refused:
        return Decision(account=account, refusal=refused, actor=actor)
    return attrs.evolve(decision, actor=actor)
