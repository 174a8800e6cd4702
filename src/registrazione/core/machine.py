"""All states, all transitions, all rules between the machines, and who may ask for what, when.

Four small machines run side by side in every account, rather than one with all combinations:

* *account*: from the claim over its gates to active, and to its end;
* *password*: none, temporary, set, expired, off;
* *personal code*: none, temporary, set, blocked;
* *identity link*: none, data missing, to align, linked, only.

An **event** moves every machine whose table names it (:data:`MACHINES`); an event that no row of
a machine names leaves that machine alone. That is how the machines are tied together: whatever
must happen jointly is one event with a row in several tables. ``Cancelled``, for instance,
stands in all four.

A **command** is admitted by :data:`RULES`: who may ask, and in which states of the four
machines. :data:`REFUSED` says with which refusal a state turns a command away. The flows start
only after :func:`admit` let the command pass, so a flow never asks "may I?".

A passed gate leads back to ``CLAIM``, which then waits for the next gate or becomes active: so
any order of gates is possible, and a profile names it as data.

Everything that affects states or transitions stands in this file, and nothing else does. The
diagrams in the documentation and ``registrazione diagram`` are drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.account import Account
from registrazione.core.refusals import refusal
from registrazione.core.states import AccountState as A
from registrazione.core.states import CodeState as P
from registrazione.core.states import LinkState as L
from registrazione.core.states import PasswordState as W

Row = Mapping[type[e.Event], StrEnum]
Table = Mapping[StrEnum, Row]

_FROM_ANY_CLAIM: Row = {
    e.ActivationExpired: A.EXPIRED,
    e.Rejected: A.CANCELLED,
    e.Superseded: A.CANCELLED,
    e.Cancelled: A.CANCELLED,
    e.IdentityVouched: A.CLAIM,
}

ACCOUNT: Table = {
    A.CLAIM: {
        **_FROM_ANY_CLAIM,
        e.LinkRequested: A.AWAITING_LINK,
        e.ApprovalRequested: A.AWAITING_SECRETARIAT,
        e.PresenceRequested: A.AWAITING_PRESENCE,
        e.Activated: A.ACTIVE,
    },
    A.AWAITING_LINK: {
        **_FROM_ANY_CLAIM,
        e.LinkRenewed: A.AWAITING_LINK,
        e.EmailCorrected: A.AWAITING_LINK,
        e.MailboxProved: A.CLAIM,
    },
    A.AWAITING_SECRETARIAT: {**_FROM_ANY_CLAIM, e.Approved: A.CLAIM},
    A.AWAITING_PRESENCE: {
        **_FROM_ANY_CLAIM,
        e.SeenInPerson: A.AWAITING_PRESENCE,
        e.IdentifiedInPerson: A.CLAIM,
    },
    A.ACTIVE: {
        # The visit of somebody who came to be active without one (POL-10), or what stands for it.
        e.SeenInPerson: A.ACTIVE,
        e.IdentifiedInPerson: A.ACTIVE,
        e.IdentityVouched: A.ACTIVE,
        e.Suspended: A.SUSPENDED,
        e.Cancelled: A.CANCELLED,
        e.Superseded: A.CANCELLED,
    },
    A.SUSPENDED: {e.Reinstated: A.ACTIVE, e.Cancelled: A.CANCELLED},
    A.EXPIRED: {},
    A.CANCELLED: {},
}

_ENDS = (e.ActivationExpired, e.Rejected, e.Superseded, e.Cancelled)


def _to(state: StrEnum, *events: type[e.Event]) -> Row:
    """Return a row in which every one of ``events`` leads to ``state``."""
    return dict.fromkeys(events, state)


_ANY_PASSWORD: Row = {**_to(W.NONE, *_ENDS), e.IdentityMadeOnly: W.OFF}

PASSWORD: Table = {
    W.NONE: {**_ANY_PASSWORD, e.TemporaryIssued: W.TEMPORARY, e.PasswordChosen: W.SET},
    W.TEMPORARY: {
        **_ANY_PASSWORD,
        e.TemporaryIssued: W.TEMPORARY,
        e.PasswordChanged: W.SET,
        e.PasswordReset: W.SET,
        e.TemporaryTaken: W.TEMPORARY,
        e.TemporaryExpired: W.EXPIRED,
    },
    W.SET: {
        **_ANY_PASSWORD,
        e.TemporaryIssued: W.TEMPORARY,
        e.PasswordChosen: W.SET,
        e.PasswordChanged: W.SET,
        e.PasswordReset: W.SET,
        e.TemporaryTaken: W.TEMPORARY,
        e.PasswordExpired: W.EXPIRED,
    },
    W.EXPIRED: {
        **_ANY_PASSWORD,
        e.TemporaryIssued: W.TEMPORARY,
        e.TemporaryTaken: W.TEMPORARY,
        e.PasswordChanged: W.SET,
        e.PasswordReset: W.SET,
    },
    W.OFF: {**_to(W.NONE, *_ENDS)},
}

_ANY_CODE: Row = {**_to(P.NONE, *_ENDS), e.CodeIssued: P.TEMPORARY}

CODE: Table = {
    P.NONE: {**_ANY_CODE},
    P.TEMPORARY: {**_ANY_CODE, e.CodeChanged: P.SET, e.CodeBlocked: P.BLOCKED},
    P.SET: {**_ANY_CODE, e.CodeChanged: P.SET, e.CodeBlocked: P.BLOCKED},
    P.BLOCKED: {**_ANY_CODE},
}

_ANY_LINK: Row = _to(L.NONE, *_ENDS)

LINK: Table = {
    L.NONE: {
        **_ANY_LINK,
        e.DataMissing: L.DATA_MISSING,
        e.AlignmentAsked: L.TO_ALIGN,
        e.IdentityLinked: L.LINKED,
    },
    L.DATA_MISSING: {**_ANY_LINK, e.DataMissing: L.DATA_MISSING, e.IdentityLinked: L.LINKED},
    L.TO_ALIGN: {
        **_ANY_LINK,
        e.AlignmentAsked: L.TO_ALIGN,
        e.AlignmentRefused: L.NONE,
        e.IdentityLinked: L.LINKED,
    },
    L.LINKED: {**_ANY_LINK, e.IdentityLinked: L.LINKED, e.IdentityMadeOnly: L.ONLY},
    L.ONLY: {**_ANY_LINK, e.IdentityLinked: L.ONLY},
}

MACHINES: Mapping[str, Table] = {
    "state": ACCOUNT,
    "password": PASSWORD,
    "code": CODE,
    "link": LINK,
}
"""Every machine by the account's field that holds its state."""

TRIGGERS: Mapping[str, frozenset[type[e.Event]]] = {
    name: frozenset(event for row in table.values() for event in row)
    for name, table in MACHINES.items()
}
"""Which events each machine listens to."""

MOVES_EPOCH: frozenset[type[e.Event]] = frozenset(
    {
        e.LinkRenewed,
        e.EmailCorrected,
        e.MailboxProved,
        e.IdentifiedInPerson,
        e.Activated,
        e.ResetRequested,
        e.PasswordReset,
        e.PasswordChanged,
        e.TemporaryTaken,
        e.EmailChangeAsked,
        e.EmailChanged,
        e.DataCorrected,
        e.DataCompleted,
        e.AlignmentAsked,
        e.AlignmentRefused,
        e.IdentityLinked,
        e.Suspended,
        *_ENDS,
    }
)
"""After these, every link that is still out is void, and so is a temporary password that was mailed
on request and that nobody has used yet: both may lie in a mailbox that is not the owner's any more.
"""

ENDS_SESSIONS: frozenset[type[e.Event]] = frozenset(
    {e.PasswordReset, e.TemporaryTaken, e.Suspended, e.IdentityMadeOnly, *_ENDS}
)
"""After these, nobody is signed in any more."""

WIPES: frozenset[type[e.Event]] = frozenset(_ENDS)
"""After these, nothing that opens the account is kept."""


# -- who may ask for what, when -------------------------------------------------------------


class Actor(StrEnum):
    """Who asks."""

    ANYBODY = "anybody"
    PERSON = "person"
    """Proved by a link or by the browser that confirmed the form."""
    HOLDER = "holder"
    """Proved by a session."""
    OPERATOR = "operator"
    TIMER = "timer"


@attrs.frozen
class Rule:
    """In which states a command may be asked for.

    Args:
        actors: Who may ask.
        accounts: States of the account.
        passwords: States of the password.
        codes: States of the personal code.
        links: States of the identity link.
    """

    actors: tuple[Actor, ...]
    accounts: tuple[A, ...] = (A.ACTIVE,)
    passwords: tuple[W, ...] = tuple(W)
    codes: tuple[P, ...] = tuple(P)
    links: tuple[L, ...] = tuple(L)

    def admitted(self, machine: str) -> tuple[StrEnum, ...]:
        """Return the states of that machine which the rule names."""
        return {
            "state": self.accounts,
            "password": self.passwords,
            "code": self.codes,
            "link": self.links,
        }[machine]

    def admits(self, account: Account) -> bool:
        """Tell whether the account is in states that the rule names."""
        return all(getattr(account, name) in self.admitted(name) for name in MACHINES)


_ANYBODY, _PERSON, _HOLDER = (Actor.ANYBODY,), (Actor.PERSON,), (Actor.HOLDER,)
_OPERATOR, _EITHER, _TIMER = (Actor.OPERATOR,), (Actor.HOLDER, Actor.OPERATOR), (Actor.TIMER,)
_WAITING = (A.AWAITING_LINK, A.AWAITING_SECRETARIAT, A.AWAITING_PRESENCE)
_LIVING = (A.CLAIM, *_WAITING, A.ACTIVE, A.SUSPENDED)
_IN_ORDER = (W.NONE, W.SET, W.OFF)
_CODE_IN_ORDER = (P.NONE, P.SET, P.BLOCKED)

RULES: Mapping[type[c.Command], Rule] = {
    c.Begin: Rule(_ANYBODY, tuple(A)),
    c.AcknowledgeNotice: Rule(_ANYBODY, ()),
    c.Identify: Rule(_ANYBODY, ()),
    c.Fill: Rule(_ANYBODY, ()),
    c.Back: Rule(_ANYBODY, ()),
    c.Confirm: Rule(_ANYBODY, ()),
    c.Activate: Rule(_PERSON, (A.AWAITING_LINK, A.ACTIVE)),
    c.ResendActivation: Rule(_ANYBODY, (A.AWAITING_LINK,)),
    c.CorrectEmail: Rule(_PERSON, (A.AWAITING_LINK,)),
    c.Approve: Rule(_OPERATOR, (A.AWAITING_SECRETARIAT,)),
    c.Reject: Rule(_OPERATOR, _WAITING),
    c.IdentifyInPerson: Rule(_OPERATOR, (A.AWAITING_PRESENCE, A.ACTIVE)),
    c.SignIn: Rule(_ANYBODY, (A.ACTIVE,), (W.TEMPORARY, W.SET, W.EXPIRED)),
    c.SignOut: Rule(_HOLDER),
    c.EnterService: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, _CODE_IN_ORDER),
    c.SetFavourite: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER),
    c.ChangePassword: Rule(_HOLDER, (A.ACTIVE,), (W.TEMPORARY, W.SET, W.EXPIRED)),
    c.RequestPasswordReset: Rule(_ANYBODY, (A.ACTIVE,), (W.TEMPORARY, W.SET, W.EXPIRED)),
    c.ResetPassword: Rule(_PERSON, (A.ACTIVE,), (W.TEMPORARY, W.SET, W.EXPIRED)),
    c.RecoverUsername: Rule(_ANYBODY, (A.ACTIVE,), (W.TEMPORARY, W.SET, W.EXPIRED)),
    c.StartEnabling: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, (P.NONE,)),
    c.ChangePersonalCode: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, (P.TEMPORARY, P.SET)),
    c.RecoverPersonalCode: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, (P.TEMPORARY, P.SET, P.BLOCKED)),
    c.AuthoriseSubmission: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, (P.SET,)),
    c.SignInWith: Rule(_ANYBODY, _LIVING),
    c.CompleteData: Rule(_PERSON, (A.CLAIM,), links=(L.DATA_MISSING,)),
    c.Align: Rule(_PERSON, (A.ACTIVE,), links=(L.TO_ALIGN,)),
    c.UpdateContacts: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, _CODE_IN_ORDER),
    c.ChangeEmail: Rule(_HOLDER, (A.ACTIVE,), _IN_ORDER, _CODE_IN_ORDER),
    c.CorrectData: Rule(
        _OPERATOR, (A.AWAITING_SECRETARIAT, A.AWAITING_PRESENCE, A.ACTIVE, A.SUSPENDED)
    ),
    c.Suspend: Rule(_OPERATOR, (A.ACTIVE,)),
    c.Reinstate: Rule(_OPERATOR, (A.SUSPENDED,)),
    c.Cancel: Rule(_EITHER, _LIVING),
    c.ExportAccount: Rule(_EITHER, tuple(A)),
    c.Erase: Rule(_EITHER, tuple(A)),
    c.History: Rule(_EITHER, tuple(A)),
    c.Expire: Rule(_TIMER, tuple(A)),
    c.WarnPassword: Rule(_TIMER, (A.ACTIVE,), (W.SET,)),
    c.CancelUnused: Rule(_TIMER, (A.ACTIVE, A.SUSPENDED)),
}

REFUSED: Mapping[str, Mapping[StrEnum, str]] = {
    "state": {
        A.CLAIM: "account.unfinished",
        A.AWAITING_LINK: "account.awaiting_link",
        A.AWAITING_SECRETARIAT: "account.awaiting_secretariat",
        A.AWAITING_PRESENCE: "account.awaiting_presence",
        A.ACTIVE: "account.already_active",
        A.SUSPENDED: "account.suspended",
        A.EXPIRED: "account.expired",
        A.CANCELLED: "account.cancelled",
    },
    "password": {
        W.NONE: "password.none",
        W.TEMPORARY: "password.change_required",
        W.SET: "password.already_set",
        W.EXPIRED: "password.expired",
        W.OFF: "password.off",
    },
    "code": {
        P.NONE: "personal_code.none",
        P.TEMPORARY: "personal_code.change_required",
        P.SET: "personal_code.already_set",
        P.BLOCKED: "personal_code.blocked",
    },
    "link": {
        L.NONE: "identity.none",
        L.DATA_MISSING: "identity.data_missing",
        L.TO_ALIGN: "identity.to_align",
        L.LINKED: "identity.already_linked",
        L.ONLY: "identity.only",
    },
}
"""The refusal with which each state turns a command away."""


def admit(account: Account, command: c.Command, *, codes: bool = True) -> None:
    """Let the command pass, or refuse it for the first state that does not admit it.

    Args:
        account: As it is.
        command: What is asked.
        codes: Whether the procedure has personal codes. One without them does not mind those
            that an account of its realm has elsewhere (POL-15).

    Raises:
        Refusal: With the code from :data:`REFUSED`.
    """
    rule = RULES[type(command)]
    for machine in MACHINES:
        state: StrEnum = getattr(account, machine)
        if machine == "code" and not codes:
            continue
        if state not in rule.admitted(machine):
            raise refusal(REFUSED[machine][state])


class Impossible(Exception):  # noqa: N818 - a broken invariant, never an input's fault
    """An event met a state that its machine gives no row for: a flow is wrong."""

    def __init__(self, event: str, machine: str, state: str) -> None:
        """Name the event, the machine and the state."""
        super().__init__(f"{event} cannot happen to {machine} {state}")


def successors(account: Account, event: e.Event) -> dict[str, StrEnum]:
    """Return the new state of every machine that the event moves.

    Raises:
        Impossible: A machine listens to the event, but not in its present state.
    """
    moved: dict[str, StrEnum] = {}
    for name, table in MACHINES.items():
        if type(event) in TRIGGERS[name]:
            state: StrEnum = getattr(account, name)
            if type(event) not in table[state]:
                raise Impossible(event.name, name, state)
            moved[name] = table[state][type(event)]
    return moved
