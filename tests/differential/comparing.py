"""How this library is held against another one: a question, two answers, rules for differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs


@attrs.frozen
class Rule:
    """Why another library answers differently, and when.

    Args:
        reason: What it does, and why this library does not.
        covers: Tells whether the rule speaks of this subject.
        examples: Subjects on which the two still differ; once they do not, the rule goes.
    """

    reason: str
    covers: Callable[[Any], bool]
    examples: tuple[Any, ...]


@attrs.frozen
class Comparison:
    """One question put to this library and to another one.

    Args:
        name: What is asked of whom.
        ours: Our answer to a subject.
        theirs: The other one's.
        rules: All there is to say about differences.
    """

    name: str
    ours: Callable[[Any], object]
    theirs: Callable[[Any], object]
    rules: tuple[Rule, ...] = ()

    def differs(self, subject: object) -> bool:
        """Tell whether the two answers differ."""
        return self.ours(subject) != self.theirs(subject)

    def unexplained(self, subjects: Iterable[object]) -> list[tuple[object, object, object]]:
        """Return each subject that no rule explains, with our answer and theirs."""
        return [
            (subject, self.ours(subject), self.theirs(subject))
            for subject in subjects
            if self.differs(subject) and not any(rule.covers(subject) for rule in self.rules)
        ]
