"""Whether a procedure is whole: what its parts ask of each other, and that nobody gets stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta

import attrs

from registrazione.core import commands as c
from registrazione.core.consistency import ConsistencyPolicy
from registrazione.core.form import CONFIRMATIONS, FieldKind
from registrazione.core.machine import RULES, Actor
from registrazione.core.profile import VOUCHED, FirstPassword, Gate, Profile, Step, UsernameRule
from registrazione.core.reach import places
from registrazione.core.states import AccountState
from registrazione.core.ways import Subject, ways_on

TOPICS = frozenset(
    {
        "registration",
        "access",
        "identity",
        "recovery",
        "enabling",
        "application",
        "data",
        "service",
    }
)
"""Kinds of problem that a help route can be for (POL-16): the topics of the refusals."""

UNIQUE_KINDS = frozenset({"codice_fiscale", "email"})
CODICE_FISCALE_WORDS = frozenset({"required", "optional", "absent"})
DUTY_COMMANDS = frozenset(
    command.name for command, rule in RULES.items() if Actor.OPERATOR in rule.actors
)
"""The commands that operators may be given as a duty."""
MOST_REMEMBERED = 24
"""Most earlier passwords that a policy may remember; each is kept for as long as the account."""

_KINDS = {
    "username": FieldKind.USERNAME,
    "password": FieldKind.PASSWORD,
    "password_again": FieldKind.PASSWORD,
    "email": FieldKind.EMAIL,
    "email_again": FieldKind.EMAIL,
    "cf": FieldKind.CODICE_FISCALE,
    "birth_date": FieldKind.DATE,
}
"""The kind of each field that the flows know by its name."""

_LEVELS = range(1, 4)
_TOLD = frozenset({*VOUCHED, "email"})
"""What a provider tells whether the form has a field for it or not."""

ONWARD: Mapping[AccountState, tuple[type[c.Command], ...]] = {
    AccountState.CLAIM: (c.CompleteData,),
    AccountState.AWAITING_LINK: (c.Activate,),
    AccountState.AWAITING_SECRETARIAT: (c.Approve,),
    AccountState.AWAITING_PRESENCE: (c.IdentifyInPerson,),
    AccountState.ACTIVE: (c.SignIn, c.SignInWith),
    AccountState.SUSPENDED: (c.Reinstate,),
    AccountState.EXPIRED: (c.Begin,),
    AccountState.CANCELLED: (c.Begin,),
}
"""The commands that lead on from each state; one of them must be open to somebody."""


def problems_of(profile: Profile) -> tuple[str, ...]:
    """Return everything that is wrong with a procedure, one sentence each.

    Args:
        profile: The procedure.

    Returns:
        Nothing if it can be used. What its accounts can get into is only looked at where every
        part for itself is in order.
    """
    found = tuple(problem for check in _CHECKS for problem in check(profile))
    return found or tuple(_dead_ends(profile))


def leads_on(subject: Subject, profile: Profile) -> bool:
    """Tell whether somebody can lead an account on from where it stands.

    Args:
        subject: The account, or the states of one.
        profile: The procedure.
    """
    return any(way.command in ONWARD[subject.state] for way in ways_on(subject, profile))


def _dead_ends(profile: Profile) -> Iterator[str]:
    """Yield the states that accounts can get into and nobody can lead them on from."""
    stuck = (p.states.state for p in places(profile) if not leads_on(p.states, profile))
    for state in dict.fromkeys(stuck):
        names = " or ".join(command.name for command in ONWARD[state])
        yield f"nobody can lead an account on from {state}: {names} is open to nobody"


def _repeated(names: Collection[str]) -> list[str]:
    """Return the names that are there more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


# -- one part after the other ---------------------------------------------------------------


def _words(profile: Profile) -> Iterator[str]:
    """Yield the settings that are none of the words they may be."""
    if not profile.name or not profile.realm:
        yield "name and realm must not be empty"
    known = frozenset(ConsistencyPolicy)
    if profile.consistency not in known:
        yield f"consistency is {profile.consistency!r}, none of {_list(known)}"
    if profile.codice_fiscale not in CODICE_FISCALE_WORDS:
        yield f"codice_fiscale is {profile.codice_fiscale!r}, none of {_list(CODICE_FISCALE_WORDS)}"
    for kind in profile.unique:
        if kind not in UNIQUE_KINDS:
            yield f"unique has {kind!r}, none of {_list(UNIQUE_KINDS)}"
    for topic in profile.help:
        if topic not in TOPICS:
            yield f"help has a route for {topic!r}, none of {_list(TOPICS)}"
    for duty in profile.duties:
        if duty not in DUTY_COMMANDS:
            yield f"duties names {duty!r}, none of {_list(DUTY_COMMANDS)}"


def _list(words: Collection[str]) -> str:
    return ", ".join(sorted(words))


def _names(profile: Profile) -> Iterator[str]:
    """Yield the names that are there twice."""
    lists = {
        "steps": profile.steps,
        "gates": profile.gates,
        "unique": profile.unique,
        "form": [field.name for field in profile.form],
        "services": [service.name for service in profile.services],
        "consents": [consent.name for consent in profile.consents],
        "federation.providers": profile.federation.providers,
    }
    for part, names in lists.items():
        for name in _repeated(names):
            yield f"{part} has {str(name)!r} more than once"


def _steps(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with the pages and their order."""
    steps = profile.steps
    if Step.FILL not in steps:
        yield "steps needs fill: without a form nobody registers"
        return
    fill = steps.index(Step.FILL)
    for step in (Step.NOTICE, Step.IDENTIFY):
        if step in steps[fill:]:
            yield f"the step {step} must come before fill"
    if Step.SUMMARY in steps[:fill]:
        yield "the step summary must come after fill"
    if Step.NOTICE in steps and profile.notice is None:
        yield "the step notice needs the text of a notice"
    if profile.human_check and Step.IDENTIFY not in steps:
        yield "human_check needs the step identify, where it is asked for"


def _codice_fiscale(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with how the codice fiscale is asked for."""
    on_first_page = Step.IDENTIFY in profile.steps
    in_form = profile.field("cf")
    if profile.codice_fiscale == "absent":
        if in_form is not None:
            yield "codice_fiscale is absent, but the form has the field 'cf'"
        if "codice_fiscale" in profile.unique:
            yield "unique has 'codice_fiscale', but codice_fiscale is absent"
        return
    if on_first_page and in_form is not None:
        yield "the codice fiscale is asked for twice: by the step identify and by the form"
    if not on_first_page and in_form is None:
        yield "nothing asks for the codice fiscale: neither the step identify nor a field 'cf'"
    must = profile.codice_fiscale == "required"
    if in_form is not None and in_form.required is not must:
        yield f"codice_fiscale is {profile.codice_fiscale}, the field 'cf' says otherwise"


def _form(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with the fields, each for itself."""
    for field in profile.form:
        if field.name in _KINDS and field.kind is not _KINDS[field.name]:
            yield f"the field {field.name!r} must be of the kind {_KINDS[field.name]}"
        if field.kind is FieldKind.CHOICE and not field.choices:
            yield f"the field {field.name!r} leaves nothing to choose from"
        if field.max_length < 1:
            yield f"the field {field.name!r} has no room for anything"
        repeated = CONFIRMATIONS.get(field.name)
        if repeated is not None and profile.field(repeated) is None:
            yield f"the field {field.name!r} repeats {repeated!r}, which is not there"
    if (profile.field("email_again") is not None) is not profile.email.twice:
        yield "email.twice and the field 'email_again' go together"
    email = profile.field("email")
    if email is None or not email.required:
        yield "the form needs the field 'email', required: letters go there"


def _credentials(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with username, password and personal code."""
    if (profile.field("username") is not None) is not (profile.username is UsernameRule.CHOSEN):
        yield "username is chosen if, and only if, the form has the field 'username'"
    if profile.username is UsernameRule.EMAIL and "email" not in profile.unique:
        yield "people sign in with their address: unique needs 'email'"
    chosen = profile.first_password is FirstPassword.CHOSEN
    if (profile.field("password") is not None) is not chosen:
        yield "first_password is chosen if, and only if, the form has the field 'password'"
    has_link = Gate.LINK in profile.gates
    if profile.first_password is FirstPassword.AT_LINK and not has_link:
        yield "first_password is set at the link: gates needs link"
    if profile.personal_code is not None and not has_link:
        yield "the temporary personal code comes with the link: gates needs link"
    if profile.password.history > MOST_REMEMBERED:
        yield f"password.history is {profile.password.history}, more than {MOST_REMEMBERED}"


def _presence(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with how people are seen."""
    if profile.four_eyes and Gate.PRESENCE not in profile.gates:
        yield "four_eyes look at who comes in person: gates needs presence"


def _federation(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with what identity providers are good for."""
    federation = profile.federation
    for gate in federation.satisfies:
        if gate not in frozenset(Gate):
            yield f"federation.satisfies has {str(gate)!r}, which is no gate"
    if federation.min_level not in _LEVELS:
        yield "federation.min_level is 1, 2 or 3"
    for name in federation.locked:
        if name not in _TOLD and profile.field(name) is None:
            yield f"federation.locked has {name!r}, which is no field of the form"


def _services(profile: Profile) -> Iterator[str]:
    """Yield what is wrong with the services."""
    category = profile.field("category")
    for service in profile.services:
        if service.personal_code and profile.personal_code is None:
            yield f"the service {service.name!r} asks for a personal code, and there are none"
        known = () if category is None else category.choices
        for wanted in service.categories:
            if wanted not in known:
                yield f"the service {service.name!r} is for {wanted!r}, which nobody can choose"


def _numbers(profile: Profile) -> Iterator[str]:
    """Yield the times and counts that leave nothing."""
    for part in (profile.lifetimes, profile.limits):
        for name, value in attrs.asdict(part).items():
            if value <= (timedelta(0) if isinstance(value, timedelta) else 0):
                yield f"{type(part).__name__.lower()}.{name} must be positive"
    if profile.cancellation is not None and profile.cancellation.years < 1:
        yield "cancellation.years must be at least 1"
    windows = {"window": profile.window}
    windows |= {f"the window of {s.name!r}": s.window for s in profile.services}
    for name, window in windows.items():
        opens, closes = window.opens, window.closes
        if opens is not None and closes is not None and closes <= opens:
            yield f"{name} closes before it opens"


_CHECKS: tuple[Callable[[Profile], Iterator[str]], ...] = (
    _words,
    _names,
    _steps,
    _codice_fiscale,
    _form,
    _credentials,
    _presence,
    _federation,
    _services,
    _numbers,
)
