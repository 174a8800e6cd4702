"""Who can do what next: the rules of the machine, narrowed to what a procedure offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

import attrs

from registrazione.core import commands as c
from registrazione.core.account import Account
from registrazione.core.enabling import has_enabling, is_under_way
from registrazione.core.evolve import due_at, is_unused
from registrazione.core.form import Editable
from registrazione.core.machine import MACHINES, RULES, Actor
from registrazione.core.profile import Gate, Profile, Reset, Role, UsernameRule
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState

GATES: Mapping[AccountState, Gate] = {
    AccountState.AWAITING_LINK: Gate.LINK,
    AccountState.AWAITING_SECRETARIAT: Gate.SECRETARIAT,
    AccountState.AWAITING_PRESENCE: Gate.PRESENCE,
}
"""The gate that an account in each of these states stands before."""

_EVERYWHERE = frozenset(
    {c.Begin, c.Reject, c.Cancel, c.ExportAccount, c.Erase, c.History, c.Expire}
)
_BY_IDENTITY = frozenset({Gate.LINK, Gate.PRESENCE})
_NAMES = ("name", "surname")
_LINKED = frozenset({LinkState.LINKED, LinkState.ONLY})


@attrs.frozen(kw_only=True)
class States:
    """States of the four machines, without an account around them.

    Args:
        state: Of the account.
        password: Of its password.
        code: Of its personal code.
        link: Of its identity link.
    """

    state: AccountState = AccountState.CLAIM
    password: PasswordState = PasswordState.NONE
    code: CodeState = CodeState.NONE
    link: LinkState = LinkState.NONE


Subject = Account | States
"""An account, or the states of one. Where states alone do not tell, a way is taken for open."""


@attrs.frozen
class Way:
    """Something that can be done next.

    Args:
        command: Which command.
        actor: Who may ask for it.
        roles: Which operators; empty for everybody else.
    """

    command: type[c.Command]
    actor: Actor
    roles: tuple[Role, ...] = ()


def ways_on(subject: Subject, profile: Profile) -> tuple[Way, ...]:
    """Return who can do what next with an account, in the order of the machine's rules.

    Windows, limits, locks and the clock are not looked at: they pass. The steps of a form are not
    listed, because they are about no account yet; ``begin`` stands for all of them.

    Args:
        subject: The account, or the states of one.
        profile: The procedure, which decides what there is to be done (its gates, its personal
            code, its providers) and which operators may do it.

    Returns:
        One way for each command and each kind of person who may ask for it.
    """
    return tuple(
        Way(command, actor, profile.duties[command.name] if actor is Actor.OPERATOR else ())
        for command, rule in RULES.items()
        if all(_state(subject, name) in rule.admitted(name) for name in _machines(profile))
        and _is_offered(command, subject, profile)
        for actor in rule.actors
        if _may_ask(actor, command, subject, profile)
    )


def _machines(profile: Profile) -> Iterator[str]:
    """Yield the machines that count: a code from elsewhere is no matter here (POL-15)."""
    return (name for name in MACHINES if name != "code" or profile.personal_code is not None)


def _state(subject: Subject, machine: str) -> StrEnum:
    state: StrEnum = getattr(subject, machine)
    return state


def _may_ask(actor: Actor, command: type[c.Command], subject: Subject, profile: Profile) -> bool:
    """Tell whether there is anybody of this kind who may ask."""
    if actor is Actor.OPERATOR:
        return bool(profile.duties.get(command.name))
    # Only an active account has a session.
    return actor is not Actor.HOLDER or subject.state is AccountState.ACTIVE


# -- what a procedure offers ----------------------------------------------------------------


def _is_offered(command: type[c.Command], subject: Subject, profile: Profile) -> bool:
    """Tell whether the procedure has this command for such an account at all."""
    gate = GATES.get(subject.state)
    if gate is not None and gate not in profile.gates:
        return command in _EVERYWHERE
    return command not in _OFFERED or _OFFERED[command](subject, profile)


def _begin(subject: Subject, _profile: Profile) -> bool:
    """Tell whether to register anew leads anywhere: not beside an account in use (IOL-19)."""
    if isinstance(subject, Account) and subject.state is AccountState.ACTIVE:
        return is_unused(subject)
    if subject.state is AccountState.ACTIVE:
        assigned = subject.password in {PasswordState.TEMPORARY, PasswordState.EXPIRED}
        return assigned and subject.link is LinkState.NONE
    return subject.state is not AccountState.SUSPENDED


def _activate(subject: Subject, _profile: Profile) -> bool:
    """Tell whether a link can be out: of a registration, or of a new address."""
    if isinstance(subject, Account) and subject.state is AccountState.ACTIVE:
        return subject.pending_email is not None
    return True


def _sign_in_with(subject: Subject, profile: Profile) -> bool:
    """Tell whether an identity opens the account, or joins a registration (POL-18)."""
    if not profile.federation.providers:
        return False
    gate = GATES.get(subject.state)
    if gate is not None:
        return gate in _BY_IDENTITY and _is_comparable(subject, profile)
    if subject.state is AccountState.ACTIVE:
        return subject.link in _LINKED or _is_comparable(subject, profile)
    return subject.state is AccountState.CLAIM


def _is_comparable(subject: Subject, profile: Profile) -> bool:
    """Tell whether an identity can be told to be this person's: by code, or else by names."""
    if isinstance(subject, Account):
        return subject.codice_fiscale is not None or set(_NAMES) <= set(subject.values)
    return profile.codice_fiscale != "absent" or all(map(profile.field, _NAMES))


def _expire(subject: Subject, profile: Profile) -> bool:
    """Tell whether the clock will ever have something to do here."""
    if isinstance(subject, Account):
        return due_at(subject, profile) is not None
    if subject.state is not AccountState.ACTIVE:
        return subject.state is not AccountState.SUSPENDED
    ages = profile.password.expires_after is not None and subject.password is PasswordState.SET
    return ages or subject.password is PasswordState.TEMPORARY


def _identify_in_person(subject: Subject, profile: Profile) -> bool:
    """Tell whether somebody waits for the visit: before the gate, or while an enabling goes on."""
    if subject.state is not AccountState.ACTIVE:
        return True
    if not has_enabling(profile):
        return False
    if isinstance(subject, Account):
        return is_under_way(subject)
    return subject.code is not CodeState.NONE


def _has_codes(_subject: Subject, profile: Profile) -> bool:
    return profile.personal_code is not None


_OFFERED: Mapping[type[c.Command], Callable[[Subject, Profile], bool]] = {
    c.Begin: _begin,
    c.Activate: _activate,
    c.EnterService: lambda _, profile: bool(profile.services),
    c.SetFavourite: lambda _, profile: bool(profile.services),
    c.ResetPassword: lambda _, profile: profile.reset is Reset.LINK,
    c.RecoverUsername: lambda _, profile: profile.username is not UsernameRule.EMAIL,
    c.IdentifyInPerson: _identify_in_person,
    c.StartEnabling: lambda _, profile: has_enabling(profile),
    c.ChangePersonalCode: _has_codes,
    c.RecoverPersonalCode: _has_codes,
    c.AuthoriseSubmission: lambda _, p: p.personal_code is not None and bool(p.services),
    c.SignInWith: _sign_in_with,
    c.CompleteData: lambda _, profile: bool(profile.federation.providers),
    c.Align: lambda _, p: bool(p.federation.providers) and p.federation.align,
    c.UpdateContacts: lambda _, p: any(field.editable is Editable.PERSON for field in p.form),
    c.Expire: _expire,
    c.WarnPassword: lambda _, profile: profile.password.warn_before is not None,
    c.CancelUnused: lambda _, profile: profile.cancellation is not None,
}
"""What decides whether a procedure has a command; those not named here are in every one."""
