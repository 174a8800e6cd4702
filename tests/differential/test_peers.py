"""Twenty thousand persons, held against two other libraries: every difference has its rule."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.differential.comparing import Comparison, Rule
from tests.differential.peers import CODES, COMPARISONS, NAMES, PARTS, SURNAMES, WHOLE
from tests.differential.people import CHUNKS, people_of, typed_codes

SHARE = 5
"""One in so many persons gets a whole code from python-codicefiscale, which takes its time."""

chunks = pytest.mark.parametrize("chunk", range(CHUNKS))
RULES = [
    pytest.param(comparison, rule, id=f"{comparison.name}-{number}")
    for comparison in COMPARISONS
    for number, rule in enumerate(comparison.rules)
]


def unexplained(comparison: Comparison, subjects: Iterable[object]) -> list[str]:
    """Return the first differences that nobody has explained, in words."""
    found = comparison.unexplained(subjects)
    return [f"{subject!r}: {ours} here, {theirs} there" for subject, ours, theirs in found[:5]]


@pytest.mark.requirement("MIM-11")
@chunks
def test_verdicts_and_readings_of_codes(chunk) -> None:
    """Sound or not, and sex, date and place: as both of them, but for the rules."""
    typed = list(typed_codes(chunk, people_of(chunk)))

    for comparison in CODES:
        assert unexplained(comparison, typed) == [], comparison.name


@chunks
def test_the_letters_of_names_and_whole_codes(chunk) -> None:
    """Names, dates and codes of every person: as python-codicefiscale, but for the rules."""
    people = list(people_of(chunk))

    assert unexplained(SURNAMES, [person.surname for person in people]) == []
    assert unexplained(NAMES, [person.name for person in people]) == []
    assert unexplained(PARTS, people) == []
    assert unexplained(WHOLE, people[::SHARE]) == []


@pytest.mark.parametrize(("comparison", "rule"), RULES)
def test_every_rule_still_explains_something(comparison: Comparison, rule: Rule) -> None:
    """A peer that has mended its ways shows itself: its rule is to be taken away."""
    for example in rule.examples:
        others = [other for other in comparison.rules if other is not rule]

        assert comparison.differs(example), f"no longer so: {rule.reason}"
        assert rule.covers(example)
        assert not any(other.covers(example) for other in others), "two rules for one example"


def test_an_unexplained_difference_is_found() -> None:
    """Without its rules, each comparison fails on the first chunk."""
    people = list(people_of(0))
    typed = list(typed_codes(0, people))
    subjects = {
        SURNAMES: [person.surname for person in people],
        NAMES: [person.name for person in people],
        PARTS: people,
        WHOLE: people[::SHARE],
    }
    for comparison in COMPARISONS:
        bare = Comparison(comparison.name, comparison.ours, comparison.theirs)

        assert bare.unexplained(subjects.get(comparison, typed)), comparison.name
