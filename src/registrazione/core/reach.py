"""Which states a procedure's accounts can get into, and by which commands.

The machine's tables say what every event does. Which events a command brings about is up to the
flows; here this is retold without data, so that all that can ever happen to an account can be
walked through: for diagrams, and to prove that nobody gets stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import reduce
from typing import Any

import attrs

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.enabling import has_enabling
from registrazione.core.machine import MACHINES, TRIGGERS
from registrazione.core.profile import FirstPassword, Gate, Profile, Reset
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.core.ways import GATES, States, ways_on

Events = tuple[type[e.Event], ...]

START = States()
"""The states of an account that was just made and to which nothing has happened yet."""

REQUESTS: Mapping[Gate, type[e.Event]] = {
    Gate.LINK: e.LinkRequested,
    Gate.SECRETARIAT: e.ApprovalRequested,
    Gate.PRESENCE: e.PresenceRequested,
}
"""The event that makes an account wait before each gate."""

PASSES: Mapping[Gate, type[e.Event]] = {
    Gate.LINK: e.MailboxProved,
    Gate.SECRETARIAT: e.Approved,
    Gate.PRESENCE: e.IdentifiedInPerson,
}
"""The event that leads through each gate."""

_LINKED = frozenset({LinkState.LINKED, LinkState.ONLY})
_PERSON_PROVED = frozenset({Gate.SECRETARIAT, Gate.PRESENCE})


@attrs.frozen
class Place:
    """Where an account stands: its states, and the gates it has passed."""

    states: States
    passed: frozenset[Gate] = frozenset()


@attrs.frozen
class Move:
    """What one command can make of an account.

    Args:
        command: The command; ``None``: another registration of the same person came first.
        source: The account before; ``None``: there was none.
        events: What happens, in order.
        target: The account afterwards.
    """

    command: type[c.Command] | None
    source: Place | None
    events: Events
    target: Place

    def path(self, machine: str) -> Iterator[tuple[StrEnum, type[e.Event], StrEnum]]:
        """Yield what becomes of one machine: from which state, by which event, to which.

        Args:
            machine: A key of :data:`~registrazione.core.machine.MACHINES`.
        """
        states = START if self.source is None else self.source.states
        for event in self.events:
            further = happened(states, event)
            if event in TRIGGERS[machine]:
                yield getattr(states, machine), event, getattr(further, machine)
            states = further


def happened(states: States, event: type[e.Event]) -> States:
    """Return the states after an event.

    Raises:
        KeyError: The event cannot happen in these states.
    """
    moved: dict[str, Any] = {
        name: table[getattr(states, name)][event]
        for name, table in MACHINES.items()
        if event in TRIGGERS[name]
    }
    return attrs.evolve(states, **moved)


def moves(profile: Profile) -> tuple[Move, ...]:
    """Return everything that can ever happen to an account of a procedure.

    Args:
        profile: The procedure.

    Returns:
        Every move from every place that can be reached, the first ones first.
    """
    found = list(_first_moves(profile))
    seen = set(arrivals(profile))
    for place in arrivals(profile):
        found += _moves_from(place, profile)
    for move in found:
        if move.target not in seen:
            seen.add(move.target)
            found += _moves_from(move.target, profile)
    return tuple(found)


def arrivals(profile: Profile) -> tuple[Place, ...]:
    """Return where accounts of other portals stand that come here to be enabled (POL-10, POL-15).

    Those portals' own procedures are not known here. Whatever they are, such an account is in
    use without having been seen, by a password or by an identity.

    Args:
        profile: The procedure.
    """
    if not has_enabling(profile) or profile.realm == profile.name:
        return ()
    by_password = States(state=AccountState.ACTIVE, password=PasswordState.SET)
    by_identity = States(state=AccountState.ACTIVE, link=LinkState.LINKED)
    passed = frozenset({Gate.LINK})
    ways = (by_password, by_identity) if profile.federation.providers else (by_password,)
    return tuple(Place(states, passed) for states in ways)


def places(profile: Profile) -> tuple[Place, ...]:
    """Return every place that an account of the procedure can get to, the first ones first."""
    reached = (move.target for move in moves(profile))
    return tuple(dict.fromkeys((*reached, *arrivals(profile))))


def _first_moves(profile: Profile) -> Iterator[Move]:
    """Yield how an account comes into being: by a confirmed form, or by an identity."""
    nowhere = Place(START)
    chosen = profile.first_password is FirstPassword.CHOSEN
    first: Events = (e.PasswordChosen,) if chosen else ()
    yield _move(c.Confirm, None, _onwards(nowhere, first, profile))
    if profile.federation.providers:
        yield _move(c.SignInWith, None, ((e.DataMissing,), frozenset()))
        # No provider tells what a person consents to.
        if not profile.consents:
            yield _move(c.SignInWith, None, _vouched(nowhere, profile))


_Outcome = tuple[Events, frozenset[Gate]]


def _move(command: type[c.Command] | None, source: Place | None, outcome: _Outcome) -> Move:
    """Return the move that these events are."""
    events, passed = outcome
    states = reduce(happened, events, START if source is None else source.states)
    return Move(command, source, events, Place(states, passed))


def _moves_from(place: Place, profile: Profile) -> Iterator[Move]:
    """Yield what can happen to an account that stands here."""
    for command in dict.fromkeys(way.command for way in ways_on(place.states, profile)):
        if command in _OUTCOMES:
            for outcome in _OUTCOMES[command](place, profile):
                yield _move(command, place, outcome)
    if profile.unique and _gives_way(place.states, profile):
        yield _move(None, place, ((e.Superseded,), place.passed))


def _gives_way(states: States, profile: Profile) -> bool:
    """Tell whether another registration of the same person can replace this one (IOL-19)."""
    if states.state is AccountState.ACTIVE:
        assigned = profile.first_password is FirstPassword.TEMPORARY
        unused = states.password in {PasswordState.TEMPORARY, PasswordState.EXPIRED}
        return assigned and unused and states.link is LinkState.NONE
    return states.state is AccountState.CLAIM or states.state in GATES


# -- what each command can bring about ------------------------------------------------------


def _onwards(place: Place, events: Events, profile: Profile) -> _Outcome:
    """Return what happens to an account that is led to its next gate, or through the last."""
    states = reduce(happened, events, place.states)
    gate = next((gate for gate in profile.gates if gate not in place.passed), None)
    if gate is None:
        assigned = profile.first_password is FirstPassword.TEMPORARY
        by_identity = states.link in _LINKED
        further: Events = (e.TemporaryIssued,) if assigned and not by_identity else ()
        return (*events, e.Activated, *further), place.passed
    return (*events, REQUESTS[gate], *_first_code(states, profile)), place.passed


def _first_code(states: States, profile: Profile) -> Events:
    """Return that a personal code is assigned, where one is still due (IST-09)."""
    due = profile.personal_code is not None and states.code is CodeState.NONE
    return (e.CodeIssued,) if due else ()


def _vouched(place: Place, profile: Profile) -> _Outcome:
    """Return what happens when an identity stands for the gates that it may stand for."""
    passed = place.passed | frozenset(profile.federation.satisfies)
    events = (e.IdentityVouched, e.IdentityLinked)
    further, passed = _onwards(attrs.evolve(place, passed=passed), events, profile)
    if e.Activated in further:
        further, passed = _enabled(attrs.evolve(place, passed=passed), further, profile)
    return further, passed


def _enabled(place: Place, events: Events, profile: Profile) -> _Outcome:
    """Return that an identity which stands for the visit brings the code as well (POL-18)."""
    if Gate.PRESENCE not in profile.federation.satisfies:
        return events, place.passed
    if Gate.PRESENCE in place.passed or not has_enabling(profile):
        states = reduce(happened, events, place.states)
        return (*events, *_first_code(states, profile)), place.passed
    vouched = (e.IdentityVouched, e.CodeIssued)
    return (*events, *vouched), place.passed | {Gate.PRESENCE}


def _linked(place: Place, profile: Profile) -> _Outcome:
    """Return what opens an active account to an identity."""
    events: Events = (e.IdentityLinked,)
    if place.states.link not in _LINKED:
        unseen = not _PERSON_PROVED & place.passed
        if profile.federation.only_afterwards or unseen:
            events = (*events, e.IdentityMadeOnly)
    return _enabled(place, events, profile)


def _identify_in_person(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what the visit brings about: through the gate, or to the end of an enabling."""
    if Gate.PRESENCE in place.passed:
        return
    if profile.four_eyes:
        yield (e.SeenInPerson,), place.passed
    if place.states.state is not AccountState.ACTIVE:
        yield from _gate_passed(Gate.PRESENCE)(place, profile)
    else:
        yield (e.IdentifiedInPerson,), place.passed | {Gate.PRESENCE}


def _gate_passed(gate: Gate, first: Events = ()) -> Callable[[Place, Profile], Iterator[_Outcome]]:
    """Return what passing a gate brings about."""

    def outcomes(place: Place, profile: Profile) -> Iterator[_Outcome]:
        beyond = attrs.evolve(place, passed=place.passed | {gate})
        yield _onwards(beyond, (*first, PASSES[gate]), profile)

    return outcomes


def _activate(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what the link brings about; that of a new address moves nothing."""
    if place.states.state is AccountState.AWAITING_LINK:
        at_link = profile.first_password is FirstPassword.AT_LINK
        first: Events = (e.PasswordChosen,) if at_link else ()
        yield from _gate_passed(Gate.LINK, first)(place, profile)


def _sign_in(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what signing in finds out about the password."""
    if profile.reset is Reset.TEMPORARY:
        yield (e.TemporaryTaken,), place.passed
    yield from _aged(place, profile)


def _aged(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what time does to a password."""
    if place.states.password is PasswordState.TEMPORARY:
        yield (e.TemporaryExpired,), place.passed
    ages = profile.password.expires_after is not None
    if ages and place.states.password is PasswordState.SET:
        yield (e.PasswordExpired,), place.passed


def _expire(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what the clock brings about; what has ended is erased and moves no more."""
    if place.states.state is AccountState.ACTIVE:
        yield from _aged(place, profile)
    elif place.states.state not in {AccountState.EXPIRED, AccountState.CANCELLED}:
        yield (e.ActivationExpired,), place.passed


def _sign_in_with(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what an identity brings about: a gate passed, a question, or a way in."""
    if place.states.state in GATES:
        yield _vouched(place, profile)
    elif place.states.state is AccountState.ACTIVE:
        known = place.states.link in _LINKED
        asks = profile.federation.align and not known
        yield ((e.AlignmentAsked,), place.passed) if asks else _linked(place, profile)
        enabled = _enabled(place, (), profile)
        if known and enabled[0]:
            yield enabled


def _complete_data(place: Place, profile: Profile) -> Iterator[_Outcome]:
    yield _vouched(place, profile)


def _align(place: Place, profile: Profile) -> Iterator[_Outcome]:
    yield (e.AlignmentRefused,), place.passed
    yield _linked(place, profile)


def _authorise_submission(place: Place, profile: Profile) -> Iterator[_Outcome]:
    """Yield what too many wrong codes bring about; whom nobody has seen is asked for none."""
    if Gate.PRESENCE in place.passed or not has_enabling(profile):
        yield (e.CodeBlocked,), place.passed


def _always(*possible: type[e.Event]) -> Callable[[Place, Profile], Iterator[_Outcome]]:
    """Return that one of these events happens, wherever the command is admitted."""

    def outcomes(place: Place, profile: Profile) -> Iterator[_Outcome]:
        del profile
        yield from (((event,), place.passed) for event in possible)

    return outcomes


_OUTCOMES: Mapping[type[c.Command], Callable[[Place, Profile], Iterator[_Outcome]]] = {
    c.Activate: _activate,
    c.ResendActivation: _always(e.LinkRenewed),
    c.CorrectEmail: _always(e.EmailCorrected),
    c.Approve: _gate_passed(Gate.SECRETARIAT),
    c.Reject: _always(e.Rejected),
    c.IdentifyInPerson: _identify_in_person,
    c.SignIn: _sign_in,
    c.ChangePassword: _always(e.PasswordChanged),
    c.ResetPassword: _always(e.PasswordReset),
    c.StartEnabling: _always(e.CodeIssued),
    c.ChangePersonalCode: _always(e.CodeChanged, e.CodeBlocked),
    c.RecoverPersonalCode: _always(e.CodeIssued),
    c.AuthoriseSubmission: _authorise_submission,
    c.SignInWith: _sign_in_with,
    c.CompleteData: _complete_data,
    c.Align: _align,
    c.Suspend: _always(e.Suspended),
    c.Reinstate: _always(e.Reinstated),
    c.Cancel: _always(e.Cancelled),
    c.Expire: _expire,
    c.CancelUnused: _always(e.Cancelled),
}
"""What may come of each command that moves a machine; the others move none."""
