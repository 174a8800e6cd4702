"""What ``registrazione check`` finds in one line of JSON; pure but for the lists it looks up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NoReturn, cast

import attrs

from registrazione.core.codice_fiscale import CodiceFiscale, check_codice_fiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.emails import EmailAddress, check_again, check_domain
from registrazione.core.places import PlaceFacts
from registrazione.core.profile import Profile
from registrazione.core.refusals import Fault, fault
from registrazione.core.secret import Secret
from registrazione.core.usernames import canonical_username, check_username
from registrazione.refusals import text_of

Row = Mapping[str, object]

PERSON = ("username", "email", "name", "surname")
"""What a password must not be made of."""
BESIDE_CODE = ("surname", "name", "sex", "birth_date", "birth_place")
"""What is compared with a codice fiscale."""


@attrs.frozen
class Outcome:
    """What was found.

    Args:
        normalised: The canonical form, or ``None`` where there is none to be shown.
        faults: Everything worth saying, none if there is nothing.
    """

    normalised: str | None = attrs.field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Tell whether no fault is an error."""
        return not any(found.is_error for found in self.faults)


@attrs.frozen
class Kind:
    """One kind of thing to check.

    Args:
        field: Field of the faults that belong to no other, such as those of the whole line.
        check: Finds the faults of a row.
    """

    field: str
    check: Callable[[Row, Profile], Outcome]


def answer(kind: Kind, line: bytes, profile: Profile, language: str) -> dict[str, object]:
    """Return the answer to one line, ready for JSON.

    Args:
        kind: What is checked; one of :data:`KINDS`.
        line: One line, whatever is in it.
        profile: The procedure whose rules count.
        language: ``it`` or ``en``.
    """
    row = read(line)
    if row is None:
        outcome = Outcome(None, (fault("input.malformed", kind.field),))
    else:
        outcome = kind.check(row, profile)
    return {
        "ok": outcome.ok,
        "normalised": outcome.normalised,
        "problems": [
            {
                "code": found.code,
                "field": found.field or kind.field,
                "severity": found.severity.value,
                "message": text_of(found, language),
            }
            for found in outcome.faults
        ],
    }


def read(line: bytes) -> Row | None:
    """Return the JSON object of a line; ``None`` if it is none (RFC 8259, in UTF-8)."""
    try:
        value: object = _DECODER.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return cast("Row", value) if isinstance(value, dict) else None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


# No number is ever used: as a float, one of any length is read at no cost.
_DECODER = json.JSONDecoder(parse_int=float, parse_constant=_no_number)


def _text(row: Row, name: str, faults: list[Fault], *, required: bool = False) -> str | None:
    """Return a text of the row; ``None``, with the fault set down, where it is none."""
    value = row.get(name)
    if isinstance(value, str):
        return value
    if value is not None:
        faults.append(fault("input.type", name))
    elif required:
        faults.append(fault("input.missing", name))
    return None


# -- the four kinds -------------------------------------------------------------------------


def check_password(row: Row, profile: Profile) -> Outcome:
    """Judge a password by the profile's policy (MIM-31 to MIM-36, IOL-08).

    As in the procedure itself, strength and breach list are only asked about a password that
    every other rule lets through.

    Args:
        row: ``password``, and perhaps ``password_again``, ``previous`` (oldest first) and what is
            known of the person.
        profile: The procedure.
    """
    faults: list[Fault] = []
    password = _text(row, "password", faults, required=True)
    again = _text(row, "password_again", faults)
    person = {name: _text(row, name, faults) for name in PERSON}
    previous = _texts(row.get("previous"))
    if previous is None:
        faults.append(fault("input.type", "password"))
        previous = ()
    if password is not None:
        faults += profile.password.check(password, again=again, previous=previous, **person)
        if not faults:
            known = tuple(value for value in person.values() if value)
            faults += _looked_up(password, known, profile)
    return Outcome(None, tuple(faults))


def _texts(values: object) -> tuple[str, ...] | None:
    """Return a list of texts; ``None`` if it is something else."""
    if values is None:
        return ()
    if not isinstance(values, list):
        return None
    texts = tuple(value for value in cast("list[object]", values) if isinstance(value, str))
    return texts if len(texts) == len(cast("list[object]", values)) else None


def _looked_up(password: str, known: tuple[str, ...], profile: Profile) -> list[Fault]:
    """Return what the estimator and the list of common passwords have to say."""
    policy = profile.password
    text = policy.canonical(password)
    found: list[Fault | None] = []
    if policy.min_strength is not None:
        from registrazione.checks.strength import score

        found.append(policy.judge(score(text, known)))
    if policy.breach_check:
        found.append(policy.judge_breach(_common().contains(Secret(text))))
    return [problem for problem in found if problem is not None]


@cache
def _common() -> Any:  # noqa: ANN401 - loaded when first needed
    """Return the list of the most common passwords."""
    from registrazione.checks.breach import CommonPasswords

    return CommonPasswords()


def check_cf(row: Row, profile: Profile) -> Outcome:
    """Judge a codice fiscale, and compare it with the data beside it (MIM-11, MIM-14).

    Args:
        row: ``cf``, and perhaps surname, name, sex, date and place of birth.
        profile: The procedure, which says what a disagreement weighs.
    """
    typed = row.get("cf")
    wrong = check_codice_fiscale(typed)
    if wrong:
        return Outcome(None, wrong)
    faults: list[Fault] = []
    person = {name: _text(row, name, faults) for name in BESIDE_CODE}
    code = CodiceFiscale.parse(typed)
    policy = ConsistencyPolicy(profile.consistency)
    faults += check_person(code, policy=policy, places=_places(), **person)
    return Outcome(code.code, tuple(faults))


@cache
def _places() -> PlaceFacts:
    """Return the installed places, which are read at the first question."""
    from registrazione.checks.places import InstalledPlaces

    return InstalledPlaces()


def check_email(row: Row, profile: Profile) -> Outcome:
    """Judge an address by the profile's rules (MIM-16, MIM-17, IOL-13, IST-04).

    Args:
        row: ``email``, and perhaps ``email_again``; the second one is compared where it is there.
        profile: The procedure.
    """
    from registrazione.checks.emails import normalise

    found = normalise(row.get("email"), "email")
    repeated = row.get("email_again")
    again = None if repeated is None else normalise(repeated, "email_again")
    faults: list[Fault] = []
    if isinstance(found, EmailAddress):
        faults += check_domain(found, profile.email)
    else:
        faults += found
    if isinstance(again, EmailAddress):
        if isinstance(found, EmailAddress):
            faults += check_again(found, again, profile.email)
    elif again is not None:
        faults += again
    return Outcome(found.address if isinstance(found, EmailAddress) else None, tuple(faults))


def check_name(row: Row, profile: Profile) -> Outcome:
    """Judge a username that somebody chose (UNI-05).

    Args:
        row: ``username``.
        profile: The procedure; the rule is the same in all of them.
    """
    del profile
    faults: list[Fault] = []
    username = _text(row, "username", faults, required=True)
    if username is None:
        return Outcome(None, tuple(faults))
    wrong = check_username(username)
    return Outcome(None if wrong else canonical_username(username), wrong)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "password": Kind("password", check_password),
        "codice-fiscale": Kind("cf", check_cf),
        "email": Kind("email", check_email),
        "username": Kind("username", check_name),
    }
)
"""What can be checked."""
