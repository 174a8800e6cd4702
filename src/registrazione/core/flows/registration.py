"""From the first page to the confirmed form."""

from __future__ import annotations

import attrs

from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.decision import Decision
from registrazione.core.draft import Draft
from registrazione.core.emails import EmailAddress
from registrazione.core.evolve import after, email_key, is_unused
from registrazione.core.flows.common import (
    WAITING_NEXT,
    Context,
    in_use,
    letter,
    limit,
    link_until,
    new_id,
    no_letter,
)
from registrazione.core.flows.forms import read_consents, read_form, reference
from registrazione.core.flows.gates import onwards
from registrazione.core.flows.passwords import first_password, judge_password
from registrazione.core.profile import Step, UsernameRule
from registrazione.core.questions import Find, Flow, HumanPassed, SignToken, ask
from registrazione.core.refusals import Fault, Refusal, fault, refusal
from registrazione.core.texts import LANGUAGES
from registrazione.core.tokens import Purpose
from registrazione.core.usernames import canonical_username

_NEXT = {
    Step.NOTICE: Next.NOTICE,
    Step.IDENTIFY: Next.IDENTIFY,
    Step.FILL: Next.FILL,
    Step.SUMMARY: Next.SUMMARY,
    None: Next.CONFIRM,
}


def begin(ctx: Context, _account: None, command: c.Begin) -> Flow[Decision]:
    """Open the first page, if registration is open (MIM-03, IOL-12)."""
    _check_window(ctx)
    draft = Draft(
        id=(yield from new_id()),
        profile=ctx.profile.name,
        language=command.language if command.language in LANGUAGES else "it",
        started_at=ctx.now,
    )
    return _at(ctx, draft)


def acknowledge_notice(
    ctx: Context, _account: None, command: c.AcknowledgeNotice
) -> Flow[Decision]:
    """Leave the notice behind (MIM-09)."""
    yield from ()
    _expect(ctx, command.draft, Step.NOTICE)
    return _passed(ctx, command.draft, Step.NOTICE)


def identify(ctx: Context, _account: None, command: c.Identify) -> Flow[Decision]:
    """Take the codice fiscale and the human check (MIM-11, MIM-12, IOL-02)."""
    yield from limit(ctx, command)
    _expect(ctx, command.draft, Step.IDENTIFY)
    faults: list[Fault] = []
    code: str | None = None
    if command.codice_fiscale or ctx.profile.codice_fiscale == "required":
        try:
            code = CodiceFiscale.parse(command.codice_fiscale).code
        except Refusal as refused:
            faults += refused.faults
    if ctx.profile.human_check and not (yield from ask(HumanPassed(command.human_response))):
        faults.append(fault("human.failed", "human_response"))
    if faults:
        raise Refusal(*faults)
    draft = attrs.evolve(command.draft, codice_fiscale=code)
    return _passed(ctx, draft, Step.IDENTIFY)


def fill(ctx: Context, _account: None, command: c.Fill) -> Flow[Decision]:
    """Read the form, with all its faults at once (MIM-14…19, IOL-03, UNI-05)."""
    _expect(ctx, command.draft, Step.FILL)
    consents, missing = read_consents(ctx, command.consents)
    # A code that was typed into the form itself is typed there again, or left out.
    first_page = Step.IDENTIFY in ctx.profile.steps
    code = command.draft.codice_fiscale if first_page else None
    try:
        reading = yield from read_form(ctx, ctx.profile.form, command.values, code)
        faults = missing
        if reading.password is not None:
            faults += yield from judge_password(
                ctx, reading.password, reading.password_again, reading.values
            )
    except Refusal as refused:
        raise Refusal(*refused.faults, *missing) from None
    if faults:
        raise Refusal(*faults, *reading.notices)
    draft = attrs.evolve(
        command.draft,
        codice_fiscale=reading.codice_fiscale,
        values=reading.values,
        password=reading.password,
        consents=consents,
    )
    return _passed(ctx, draft, Step.FILL, reading.notices)


def back(ctx: Context, _account: None, command: c.Back) -> Flow[Decision]:
    """Go one page back and keep what was typed (MIM-21)."""
    yield from ()
    _own(ctx, command.draft)
    return _at(ctx, attrs.evolve(command.draft, passed=command.draft.passed[:-1]))


def confirm(ctx: Context, _account: None, command: c.Confirm) -> Flow[Decision]:
    """Register what the draft says; a claim until it is proved.

    Whether the person or the address already has an account changes nothing that the caller
    can see; the owner is written to (security: equal work). Confirming a draft twice registers
    once.
    """
    draft = command.draft
    _own(ctx, draft)
    if draft.step(ctx.profile) not in {None, Step.SUMMARY}:
        raise refusal("step.order")
    known = yield from ask(Find(ctx.key("submission", draft.id)))
    if known:
        return Decision(account=known[0], answer=(yield from _answer(ctx, known[0])))
    _check_window(ctx)
    email = draft.values.get("email")
    subjects = (("cf", draft.codice_fiscale or ""), ("email", email_key(email) if email else ""))
    yield from limit(ctx, command, *subjects)
    account = yield from _claim(ctx, draft)
    owner = yield from owner_of(ctx, account)
    account = attrs.evolve(account, owner=owner.id if owner else None)
    chosen = yield from first_password(ctx, account, draft.password)
    further = yield from onwards(ctx, account, chosen)
    effects = further.effects or (no_letter(),)
    if owner is not None:
        effects = (letter("already_registered", owner),)
    evolved = after(account, further.events)
    return attrs.evolve(further, effects=effects, answer=(yield from _answer(ctx, evolved)))


def owner_of(ctx: Context, account: Account) -> Flow[Account | None]:
    """Return the account that this person or address already has, if it is in use."""
    email = email_key(account.email) if account.email else ""
    held = (
        *(yield from in_use(ctx, "codice_fiscale", account.codice_fiscale or "", but=account.id)),
        *(yield from in_use(ctx, "email", email, but=account.id)),
    )
    return next((other for other in held if not is_unused(other)), None)


def _claim(ctx: Context, draft: Draft) -> Flow[Account]:
    """Return the new account, before anything happened to it.

    Raises:
        Refusal: ``username.taken``: a username is nobody's secret, so that this may be said.
    """
    values = dict(draft.values)
    username, email = values.pop("username", None), values.pop("email", None)
    if username is not None:
        found = yield from ask(Find(ctx.key("username", canonical_username(username))))
        # The same form sent twice at once is found here a moment before it is found as such.
        if any(other.submission_key != draft.id for other in found):
            raise refusal("username.taken", "username")
    return Account(
        id=(yield from new_id()),
        profile=ctx.profile.name,
        realm=ctx.profile.realm,
        codice_fiscale=draft.codice_fiscale,
        values=values,
        username=username if ctx.profile.username is UsernameRule.CHOSEN else None,
        email=reference(ctx, None, EmailAddress.of(email)) if email else None,
        personal_email=email,
        language=draft.language,
        consents=draft.consents,
        created_at=ctx.now,
        waiting_since=ctx.now,
        submission_key=draft.id,
    )


def _answer(ctx: Context, account: Account) -> Flow[Answer]:
    """Return the answer to a confirmed form, the first time and every other."""
    ticket = yield from ask(SignToken(Purpose.TICKET, account.id, 0, "", account.created_at))
    return Answer(
        next=WAITING_NEXT.get(account.state, Next.SIGN_IN),
        account=account,
        ticket=ticket,
        expires_at=link_until(ctx, account),
    )


# -- steps ----------------------------------------------------------------------------------


def _check_window(ctx: Context) -> None:
    """Refuse before registration opens and after it has closed (MIM-03, IOL-12)."""
    when = ctx.profile.window.fault_at(ctx.now)
    if when is not None:
        raise refusal(f"window.{when}")


def _own(ctx: Context, draft: object) -> None:
    """Refuse what is no draft of this procedure."""
    if not isinstance(draft, Draft) or draft.profile != ctx.profile.name:
        raise refusal("step.order")


def _expect(ctx: Context, draft: Draft, step: Step) -> None:
    """Refuse a page that is not the next one, unless it is the one sent a moment ago."""
    _own(ctx, draft)
    if step not in ctx.profile.steps or (
        draft.step(ctx.profile) is not step and draft.passed[-1:] != (step,)
    ):
        raise refusal("step.order")


def _passed(ctx: Context, draft: Draft, step: Step, notices: tuple[Fault, ...] = ()) -> Decision:
    """Return the answer once the step is done."""
    passed = draft.passed if step in draft.passed else (*draft.passed, step)
    return _at(ctx, attrs.evolve(draft, passed=passed), notices)


def _at(ctx: Context, draft: Draft, notices: tuple[Fault, ...] = ()) -> Decision:
    """Return the answer that shows the draft's present page."""
    step = draft.step(ctx.profile)
    return Decision(answer=Answer(next=_NEXT[step], draft=draft, notices=notices))
