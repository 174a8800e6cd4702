"""Children whom a parent registers: who they are, by which code, and what is wrong with that.

The account is the parent's, one for all of the children (IOL-15). A child has no account, no
credentials and no mailbox: nothing here sends anything to anybody. Someone who is eighteen has an
account of their own.

The faults of a child's data have the plain names of the fields (``cf``, ``surname``, ``name``,
``sex``, ``birth_date``, ``birth_place``), as the child's form has them; those of the parent are
``parent_cf``, ``parent_birth_date`` and ``both_parents``. Who shows several children on one page
puts a prefix of theirs before the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

import attrs

from registrazione.core.codice_fiscale import CodiceFiscale
from registrazione.core.consistency import ConsistencyPolicy, check_person
from registrazione.core.places import PlaceFacts
from registrazione.core.refusals import Fault, Severity, fault, refusal, refuse_errors
from registrazione.core.substitute_codes import ProvisionalSchoolCode, TemporaryHealthCode
from registrazione.core.trimming import trim

ADULT = 18
"""Years at which a person is of age (art. 2 of the civil code)."""
LEAST_AGE_GAP = 12
"""Years below which a parent's date of birth is doubted."""

Identifier: TypeAlias = CodiceFiscale | TemporaryHealthCode | ProvisionalSchoolCode | None
"""What a child is known by; ``None`` is the state *cf mancante*."""


@attrs.frozen(kw_only=True)
class Minor:
    """A child as the parent's form describes it (IOL-15).

    Args:
        surname: The surname at birth.
        name: All given names.
        sex: ``"M"`` or ``"F"``.
        birth_date: The day of birth.
        birth_place: A Belfiore code such as ``H501`` or ``Z110``.
        identifier: The code, or what stands for it until the school enters it.
    """

    surname: str = attrs.field(repr=False)
    name: str = attrs.field(repr=False)
    sex: str = attrs.field(repr=False)
    birth_date: date = attrs.field(repr=False)
    birth_place: str = attrs.field(repr=False)
    identifier: Identifier = None

    @property
    def codice_fiscale(self) -> CodiceFiscale | None:
        """Return the code, if there is one, be it the provisional one of eleven digits."""
        return self.identifier if isinstance(self.identifier, CodiceFiscale) else None

    @property
    def needs_code(self) -> bool:
        """Tell whether a codice fiscale of sixteen characters is still to come."""
        return self.codice_fiscale is None or self.codice_fiscale.is_provisional


def age_on(born: date, day: date) -> int:
    """Return the years completed on a day; negative before the birth.

    A year is completed on the birthday, from its first hour, and not on the day before. Where a
    year has no 29 February, whoever was born on one completes the year when 28 February is over
    (art. 2963 of the civil code), and so is of age from 1 March.

    Args:
        born: The day of birth.
        day: The day that is asked about.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_minor(
    minor: Minor,
    *,
    parent_code: CodiceFiscale | None,
    parent_birth_date: date | None,
    today: date,
    both_parents: bool,
    policy: ConsistencyPolicy = ConsistencyPolicy.NORMAL,
    places: PlaceFacts | None = None,
) -> tuple[Fault, ...]:
    """Return what there is to say about a child that a parent registers (IOL-15).

    Args:
        minor: The child.
        parent_code: The parent's own code; without one they have to go to the school.
        parent_birth_date: The parent's day of birth, or ``None`` where it is not known, and then
            no age is compared with it.
        today: The day of the registration.
        both_parents: Whether the parent declared that the choice was made as parental
            responsibility wants it, with the other's consent where that is needed (arts. 316,
            337-ter and 337-quater of the civil code).
        policy: What a disagreement between code and data weighs.
        places: What is known of places.

    Returns:
        The faults of the parent, then of the child's code and age, then those of
        :func:`registrazione.core.consistency.check_person` on the child's own data.
    """
    return (
        *_parent_faults(parent_code, parent_birth_date, today, both_parents=both_parents),
        *_code_faults(minor, parent_code),
        *_age_faults(minor, parent_birth_date, today),
        *_data_faults(minor, policy, places),
    )


def with_code(
    minor: Minor,
    cf: CodiceFiscale,
    *,
    policy: ConsistencyPolicy = ConsistencyPolicy.NORMAL,
    places: PlaceFacts | None = None,
) -> Minor:
    """Return the child with the code that was missing, which the school enters (IOL-22).

    The child's siblings and parent are not looked at: :func:`check_minor` and
    :func:`check_siblings` do that with the value returned, and tell its warnings too.

    Args:
        minor: The child so far.
        cf: The codice fiscale.
        policy: What a disagreement between code and data weighs.
        places: What is known of places.

    Returns:
        A new value; an equal one where the code was there already.

    Raises:
        Refusal: The child has another code of sixteen characters (``minor.code_fixed``), or the
            code contradicts the child's data.
    """
    if not minor.needs_code and minor.identifier != cf:
        raise refusal("minor.code_fixed", "cf")
    known = attrs.evolve(minor, identifier=cf)
    refuse_errors(_data_faults(known, policy, places))
    return known


def check_siblings(minors: Iterable[Minor]) -> tuple[Fault, ...]:
    """Return what the codes of one parent's children say against each other (IOL-15).

    Twins of the same sex can get the same code but for omocodia, so that this is only told.

    Args:
        minors: The children, in the order in which they are shown.

    Returns:
        The error ``minor.sibling_code`` or the information ``minor.sibling_omocodia``, with the
        places of ``first`` and ``second`` in that order, counted from one.
    """
    faults: list[Fault] = []
    first: dict[Identifier, int] = {}
    first_alike: dict[CodiceFiscale, int] = {}
    for place, minor in enumerate(minors, start=1):
        if minor.identifier is None:
            continue
        same = first.setdefault(minor.identifier, place)
        if same != place:
            faults.append(fault("minor.sibling_code", "cf", first=same, second=place))
        elif minor.codice_fiscale is not None:
            alike = first_alike.setdefault(minor.codice_fiscale.canonical, place)
            if alike != place:
                faults.append(
                    fault(
                        "minor.sibling_omocodia",
                        "cf",
                        severity=Severity.INFO,
                        first=alike,
                        second=place,
                    )
                )
    return tuple(faults)


def _parent_faults(
    code: CodiceFiscale | None, born: date | None, today: date, *, both_parents: bool
) -> Iterator[Fault]:
    if code is None:
        yield fault("minor.parent_without_code", "parent_cf")
    if born is not None and age_on(born, today) < ADULT:
        yield fault("minor.parent_minor", "parent_birth_date", age=ADULT)
    if not both_parents:
        yield fault("minor.consent", "both_parents")


def _code_faults(minor: Minor, parent_code: CodiceFiscale | None) -> Iterator[Fault]:
    code = minor.codice_fiscale
    if code is None:
        yield fault("minor.cf_mancante", "cf", severity=Severity.INFO)
    elif code == parent_code:
        yield fault("minor.same_code", "cf")
    elif parent_code is not None and code.canonical == parent_code.canonical:
        yield fault("minor.similar_code", "cf", severity=Severity.WARNING)


def _age_faults(minor: Minor, parent_born: date | None, today: date) -> Iterator[Fault]:
    age = age_on(minor.birth_date, today)
    if age < 0:
        yield fault("birth_date.future", "birth_date")
    elif age >= ADULT:
        yield fault("minor.adult", "birth_date", age=ADULT)
    if parent_born is not None and age_on(parent_born, minor.birth_date) < LEAST_AGE_GAP:
        yield fault("minor.age_gap", "birth_date", severity=Severity.WARNING, years=LEAST_AGE_GAP)


def _data_faults(
    minor: Minor, policy: ConsistencyPolicy, places: PlaceFacts | None
) -> tuple[Fault, ...]:
    """Compare the data with the code; without one they are all there is, and must be there."""
    data = {
        "surname": minor.surname,
        "name": minor.name,
        "sex": minor.sex,
        "birth_place": minor.birth_place,
    }
    found = check_person(
        minor.codice_fiscale,
        birth_date=minor.birth_date,
        policy=policy,
        places=places,
        **data,
    )
    named = {each.field for each in found}
    missing = tuple(
        fault("input.missing", field)
        for field, value in data.items()
        if field not in named and not trim(value)
    )
    return missing + found
