"""What an operator does to one account: each duty a form of its own, sent once it is filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from datetime import date
from typing import Any, TypeAlias

from registrazione.contrib.web.desk.acting_fields import Case, asked_fields, correctable, reason_of
from registrazione.contrib.web.desk.counter import Running, at_desk, desk_page, name_of
from registrazione.contrib.web.desk.duties import DUTIES, Duty, is_open
from registrazione.contrib.web.exchange import Outcome, Send, Show
from registrazione.contrib.web.inputs import fields_of
from registrazione.contrib.web.pages import Block, Button, Field, Form, Prose, Tone
from registrazione.contrib.web.routes import Route
from registrazione.contrib.web.visit import Handler, Visit, Work
from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.answer import Answer, Next
from registrazione.core.commands import Operator
from registrazione.core.enabling import first_look
from registrazione.core.places import Places
from registrazione.core.refusals import Refusal, fault
from registrazione.service.letter_words import moment

_Doing: TypeAlias = Generator[Work, Any, Any]


def _shows(duty: Duty) -> Handler:
    """Return what shows the form of a duty."""

    @at_desk(duty.command.name)
    def shown(visit: Visit, operator: Operator) -> Running:
        account = yield from _account(visit, operator)
        if not is_open(visit, operator, account, duty):
            return _home(visit, account)
        return (yield from _page(visit, operator, account, duty))

    return shown


def _does(duty: Duty) -> Handler:
    """Return what does a duty."""

    @at_desk(duty.command.name)
    def done(visit: Visit, operator: Operator) -> Running:
        account = yield from _account(visit, operator)
        if not is_open(visit, operator, account, duty):
            return _home(visit, account)
        try:
            answer: Answer = yield from _DONE[duty.name](visit, operator, account)
        except Refusal as refused:
            return (yield from _page(visit, operator, account, duty, refused))
        if duty.name == "export":
            return _exported(answer)
        if not (duty.command is c.IdentifyInPerson and answer.next is Next.GO_IN_PERSON):
            # After the first of two looks nothing is done yet; the notice says what is to come.
            visit.say(f"desk.{duty.name}.done")
        visit.say_faults(answer.notices)
        return _home(visit, account)

    return done


def _account(visit: Visit, operator: Operator) -> Generator[Work, Any, Account]:
    """Return the account, if the operator may see it; looking leaves a line in its history."""
    answer = yield lambda r: r.history(operator=operator, account_id=visit.params["account"])
    account: Account = answer.account
    return account


def _home(visit: Visit, account: Account) -> Outcome:
    return visit.go(f"/desk/accounts/{account.id}")


def _page(
    visit: Visit,
    operator: Operator,
    account: Account,
    duty: Duty,
    refused: Refusal | None = None,
) -> Generator[Work, Any, Show]:
    places: Places | None = yield lambda r: r.places
    case = Case(visit=visit, operator=operator, account=account, places=places, refused=refused)
    form = Form(
        action=visit.url(visit.request.path),
        fields=asked_fields(case, duty),
        buttons=(
            Button(
                label=visit.text(f"desk.{duty.name}.button"),
                tone=Tone.DANGER if duty.dangerous else Tone.PRIMARY,
            ),
        ),
        label=visit.text(f"desk.{duty.name}.title"),
    )
    text = [visit.text(f"desk.{duty.name}.text", name=name_of(account))]
    blocks: tuple[Block, ...] = (form,)
    if duty.command is c.IdentifyInPerson and visit.profile.four_eyes:
        told, look = _two_looks(visit, operator, account)
        text.append(told)
        blocks = blocks if look else ()
    prose = Prose(paragraphs=tuple(text))
    return desk_page(visit, operator, f"desk.{duty.name}", prose, *blocks, refused=refused)


def _two_looks(visit: Visit, operator: Operator, account: Account) -> tuple[str, bool]:
    """Return what there is to know of the first of two looks, and whether to look now."""
    first = first_look(account, visit.profile, visit.now)
    if first is None:
        return visit.text("desk.identify.first"), True
    if first.operator == operator.id:
        return visit.text("desk.identify.yours"), False
    when = moment(first.at, visit.language)
    return visit.text("desk.identify.second", at=when, operator=first.operator), True


# -- what each does -------------------------------------------------------------------------


def _approve(_visit: Visit, operator: Operator, account: Account) -> _Doing:
    return (yield lambda r: r.approve(operator, account.id))


def _reject(visit: Visit, operator: Operator, account: Account) -> _Doing:
    reason = reason_of(visit)
    return (yield lambda r: r.reject(operator, account.id, reason))


def _suspend(visit: Visit, operator: Operator, account: Account) -> _Doing:
    reason = reason_of(visit)
    return (yield lambda r: r.suspend(operator, account.id, reason))


def _reinstate(visit: Visit, operator: Operator, account: Account) -> _Doing:
    reason = reason_of(visit)
    return (yield lambda r: r.reinstate(operator, account.id, reason))


def _cancel(visit: Visit, operator: Operator, account: Account) -> _Doing:
    reason = reason_of(visit)
    return (yield lambda r: r.cancel(operator=operator, account_id=account.id, reason=reason))


def _export(_visit: Visit, operator: Operator, account: Account) -> _Doing:
    return (yield lambda r: r.export_account(operator=operator, account_id=account.id))


def _correct(visit: Visit, operator: Operator, account: Account) -> _Doing:
    """Correct what was changed on the form, and nothing else (IOL-22)."""
    reason = reason_of(visit)
    places: Places | None = yield lambda r: r.places
    fields, held = correctable(visit, operator, account)
    before = {field.name: _drawn(field) for field in fields_of(visit, fields, held, places)}
    changed = {
        name: typed
        for name, typed in visit.all_typed(before).items()
        if typed.strip() != before[name]
    }
    return (yield lambda r: r.correct_data(operator, account.id, changed, reason))


def _drawn(field: Field) -> str:
    """Return what a browser sends of a field that nobody touched: names stand for codes."""
    if not field.options:
        return field.value
    return next((option.value for option in field.options if option.selected), "")


def _recover(visit: Visit, operator: Operator, account: Account) -> _Doing:
    """Give a way back to who lost the mailbox as well, once the person was seen (UNI-12)."""
    reason = reason_of(visit)
    if not visit.typed("seen"):
        raise Refusal(fault("input.missing", "seen"))
    email = visit.typed("email")
    answer: Answer = yield lambda r: r.correct_data(operator, account.id, {"email": email}, reason)
    corrected = answer.account
    address = corrected.email if corrected is not None and corrected.email else email
    if account.username:
        yield lambda r: r.recover_username(address)
    yield lambda r: r.request_password_reset(email=address)
    return answer


_NEEDED = ("document_type", "document_number")


def _identify(visit: Visit, operator: Operator, account: Account) -> _Doing:
    """Record which document was shown, and that the form was signed (IST-10, POL-07)."""
    missing = [name for name in _NEEDED if not visit.typed(name).strip()]
    if missing:
        raise Refusal(*(fault("input.missing", name) for name in missing))
    expires = _day_of(visit.typed("document_expires"))
    return (
        yield lambda r: r.identify_in_person(
            operator,
            account.id,
            codice_fiscale=visit.typed("cf"),
            document_type=visit.typed("document_type"),
            document_number=visit.typed("document_number"),
            document_expires=expires,
            form_signed=bool(visit.typed("form_signed")),
        )
    )


def _day_of(text: str) -> date | None:
    """Return the day that was typed; none where the document says none.

    Raises:
        Refusal: ``input.malformed``.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(fault("input.malformed", "document_expires")) from None


_DONE: Mapping[str, Callable[[Visit, Operator, Account], _Doing]] = {
    "approve": _approve,
    "identify": _identify,
    "reject": _reject,
    "correct": _correct,
    "recover": _recover,
    "suspend": _suspend,
    "reinstate": _reinstate,
    "export": _export,
    "cancel": _cancel,
}
"""How each duty is done; a test holds it complete."""


def _exported(answer: Answer) -> Send:
    """Return everything that is kept about the person, to be handed out (GDPR art. 15, 20)."""
    body = json.dumps(dict(answer.export), ensure_ascii=False, indent=2).encode()
    return Send(body=body, content_type="application/json", filename="account.json")


ROUTES: tuple[Route, ...] = tuple(
    Route(f"/desk/accounts/<account>/{duty.name}", get=_shows(duty), post=_does(duty))
    for duty in DUTIES
)
