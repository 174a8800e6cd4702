"""In person: somebody sees the person and a document, once or, with four eyes, twice."""

from __future__ import annotations

from datetime import date

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account, IdentificationRecord
from registrazione.core.answer import Answer, Next
from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.decision import Decision
from registrazione.core.enabling import first_look, has_enabling, is_under_way
from registrazione.core.evolve import after
from registrazione.core.flows.common import Context, letter
from registrazione.core.flows.gates import onwards
from registrazione.core.machine import REFUSED
from registrazione.core.profile import Gate
from registrazione.core.questions import Flow
from registrazione.core.refusals import Fault, Refusal, Severity, fault, refusal
from registrazione.core.states import AccountState


def identify_in_person(
    ctx: Context, account: Account, command: c.IdentifyInPerson
) -> Flow[Decision]:
    """Record that the person came with a document and signed the form (IST-10, POL-07).

    Where the procedure wants four eyes, the first operator's look is kept and the account goes on
    waiting; the second operator's look at the same document counts (ASVS 5.0, 2.3.5).
    """
    in_use = account.state is AccountState.ACTIVE
    if in_use and not (has_enabling(ctx.profile) and is_under_way(account)):
        raise refusal(REFUSED["state"][account.state])
    first = first_look(account, ctx.profile, ctx.now)
    if first is not None and first.operator == command.operator.id:
        raise refusal("presence.same_operator")
    look = _look(ctx, account, command)
    if ctx.profile.four_eyes:
        if first is None:
            return _seen(account, look)
        _check_same_document(first, look)
    passed = e.IdentifiedInPerson(
        gates_passed=(*account.gates_passed, Gate.PRESENCE),
        identification=look,
        office=look.office,
    )
    if in_use:
        return _enabled(account, passed)
    return (yield from onwards(ctx, account, (passed,)))


def _look(ctx: Context, account: Account, command: c.IdentifyInPerson) -> IdentificationRecord:
    """Return what one operator saw.

    Raises:
        Refusal: The person, the document or the form is not what it has to be.
    """
    faults = [
        *_document_faults(ctx, command),
        *([] if _same_person(account, command) else [fault("presence.other_person", "cf")]),
    ]
    if faults:
        raise Refusal(*faults)
    return IdentificationRecord(
        operator=command.operator.id,
        office=command.operator.office,
        document_type=command.document_type,
        document_number=command.document_number,
        at=ctx.now,
    )


def _seen(account: Account, look: IdentificationRecord) -> Decision:
    """Return the decision that keeps the first of two looks; the person is still waited for."""
    seen = e.SeenInPerson(first_look=look, office=look.office)
    return Decision(
        account=account,
        events=(seen,),
        answer=Answer(
            next=Next.GO_IN_PERSON,
            account=after(account, (seen,)),
            notices=(fault("presence.seen_once", severity=Severity.INFO),),
        ),
    )


def _check_same_document(first: IdentificationRecord, second: IdentificationRecord) -> None:
    """Refuse a second look at another document than the first.

    Raises:
        Refusal: ``presence.looks_differ``.
    """
    if _document(first) != _document(second):
        raise refusal("presence.looks_differ", "document_number")


def _document(look: IdentificationRecord) -> tuple[str, str]:
    return look.document_type.casefold(), look.document_number


def _enabled(account: Account, passed: e.IdentifiedInPerson) -> Decision:
    """Return the decision that ends the enabling of an account in use: it stays active (POL-10)."""
    evolved = after(account, (passed,))
    return Decision(
        account=account,
        events=(passed,),
        effects=(letter("enabled", evolved),),
        answer=Answer(next=Next.SIGN_IN, account=evolved),
    )


def _same_person(account: Account, command: c.IdentifyInPerson) -> bool:
    """Tell whether the code on the card is the account's; persons without one show none."""
    if account.codice_fiscale is None:
        return not command.codice_fiscale
    return CodiceFiscale.parse(command.codice_fiscale).code == account.codice_fiscale


def _document_faults(ctx: Context, command: c.IdentifyInPerson) -> list[Fault]:
    """Return what is wrong with the document or the form."""
    found: list[Fault] = []
    expires: object = command.document_expires
    if isinstance(expires, date):
        if date(expires.year, expires.month, expires.day) < ctx.now.date():
            found.append(fault("presence.document_expired", "document_expires"))
    elif expires is not None:
        found.append(fault("input.malformed", "document_expires"))
    if command.form_signed is not True:
        found.append(fault("presence.form_unsigned", "form_signed"))
    return found
