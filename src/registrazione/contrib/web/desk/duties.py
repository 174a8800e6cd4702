"""What an operator may do to an account: one table, asked by its page and by each form."""

from __future__ import annotations

import attrs

from registrazione.contrib.web.desk.counter import may
from registrazione.contrib.web.visit import Visit
from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.enabling import has_enabling, is_under_way
from registrazione.core.form import FieldKind
from registrazione.core.machine import RULES
from registrazione.core.profile import Role
from registrazione.core.states import AccountState


@attrs.frozen(kw_only=True)
class Duty:
    """Something that can be done to an account.

    Args:
        name: Last part of its address.
        command: What is asked of the registrar.
        reason: Whether somebody has to say why; the person reads it.
        dangerous: Whether it ends something.
        only: States in which it is offered, where the rules let more.
    """

    name: str
    command: type[c.Command]
    reason: bool = False
    dangerous: bool = False
    only: frozenset[AccountState] = frozenset(AccountState)


DUTIES: tuple[Duty, ...] = (
    Duty(name="approve", command=c.Approve),
    Duty(name="identify", command=c.IdentifyInPerson),
    Duty(name="reject", command=c.Reject, reason=True, dangerous=True),
    Duty(name="correct", command=c.CorrectData, reason=True),
    Duty(
        name="recover",
        command=c.CorrectData,
        reason=True,
        only=frozenset({AccountState.ACTIVE}),
    ),
    Duty(name="suspend", command=c.Suspend, reason=True, dangerous=True),
    Duty(name="reinstate", command=c.Reinstate, reason=True),
    Duty(name="export", command=c.ExportAccount),
    Duty(name="cancel", command=c.Cancel, reason=True, dangerous=True),
)
"""In the order of the buttons."""

HIDDEN: dict[Role, frozenset[FieldKind]] = {
    Role.SECRETARIAT: frozenset(),
    Role.IDENTIFYING_OFFICE: frozenset({FieldKind.EMAIL, FieldKind.PEC, FieldKind.PHONE}),
    Role.HELP_DESK: frozenset(
        {FieldKind.DOCUMENT_TYPE, FieldKind.DOCUMENT_NUMBER, FieldKind.HEALTH_CARD}
    ),
}
"""Data that a role has no use for, and does not see (GDPR art. 5.1.c, 25)."""


def is_open(visit: Visit, operator: Operator, account: Account, duty: Duty) -> bool:
    """Tell whether the operator may do this to the account now.

    Args:
        visit: The visit.
        operator: Who.
        account: To whom.
        duty: What.
    """
    if duty.command is c.IdentifyInPerson and account.state is AccountState.ACTIVE:
        # An account in use is looked at only while its enabling is under way (POL-10).
        due = has_enabling(visit.profile) and is_under_way(account)
    else:
        due = account.state in duty.only
    allowed = may(visit, operator, duty.command.name)
    return allowed and due and RULES[duty.command].admits(account)
