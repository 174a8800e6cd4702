"""What came of a store's laws, level by level.

``registrazione conformance`` prints it; :func:`examine` makes it anywhere else::

    report = examine(open_store, capabilities={"durable"})
    assert report.in_order, report.first_broken
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

import attrs

from registrazione.testing.laws.kit import Law, Outcome, outcome_of
from registrazione.testing.laws.levels import AWAITABLE, Level, declared_level
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, OpenStore, check_law

_LITTLE_PATIENCE = 10.0
"""Seconds for each further law, once a call did not return: it may wait for that one."""


@attrs.frozen
class GroupRow:
    """How many laws of one group were kept.

    Args:
        name: What the laws are about.
        level: The lowest level among them.
        kept: How many were kept.
        broken: How many were not.
        not_applicable: How many were not checked.
    """

    name: str
    level: Level
    kept: int
    broken: int
    not_applicable: int


@attrs.frozen
class Report:
    """What came of every law.

    Args:
        declared: The level that the store says it keeps.
        capabilities: What it says it can do beyond that.
        outcomes: One for each law, in their order.
    """

    declared: Level
    capabilities: frozenset[str]
    outcomes: tuple[Outcome, ...]

    @property
    def reached(self) -> Level | None:
        """The highest level whose laws, and those of the levels before it, were all kept."""
        reached = None
        for level in Level:
            if level > self.declared or any(o.broken for o in self.outcomes if o.level == level):
                break
            reached = level
        return reached

    @property
    def in_order(self) -> bool:
        """Whether every law was kept that the store has to keep."""
        return self.first_broken is None

    @property
    def first_broken(self) -> Outcome | None:
        """The simplest law that was not kept."""
        return next((outcome for outcome in self.outcomes if outcome.broken), None)

    @property
    def groups(self) -> tuple[GroupRow, ...]:
        """A row for each group, in the order of the laws."""
        names = dict.fromkeys(outcome.group for outcome in self.outcomes)
        return tuple(
            _row(name, [outcome for outcome in self.outcomes if outcome.group == name])
            for name in names
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON writes it."""
        return {
            "in_order": self.in_order,
            "declared_level": int(self.declared),
            "reached_level": int(self.reached or 0),
            "capabilities": sorted(self.capabilities),
            "laws": [
                {
                    "name": outcome.name,
                    "group": outcome.group,
                    "level": int(outcome.level),
                    "outcome": _word(outcome),
                    "reason": outcome.reason or outcome.not_applicable,
                    "promise": outcome.sentence,
                }
                for outcome in self.outcomes
            ],
        }


def why_not(
    law: Law[Any], capabilities: Iterable[str], level: Level, *, stress: bool = False
) -> str | None:
    """Tell why a law says nothing of a store; ``None``: it does say something.

    Args:
        law: The law.
        capabilities: What the store can do beyond the contract.
        level: How much of the contract it keeps.
        stress: Whether laws are asked for that take seconds.
    """
    wanting = sorted(law.needs - set(capabilities))
    if AWAITABLE in wanting:
        return "the store is not asynchronous"
    if wanting:
        return f"the store does not declare {', '.join(wanting)}"
    if law.level > level:
        return f"the store declares level {level.value} only"
    if law.on_request and not stress:
        return "checked on request only"
    return None


def examine(
    open_store: OpenStore,
    *,
    capabilities: Iterable[str] = (),
    stress: bool = False,
    patience: float | None = None,
    checked: Callable[[], None] = lambda: None,
) -> Report:
    """Check every law that says something of a store.

    Args:
        open_store: Opens a store that is empty, or that only these laws have been at. One that
            declares ``durable`` or ``shared`` is opened in the same place each time.
        capabilities: Those of its :class:`~registrazione.plugins.Backend`.
        stress: Whether to check the laws too that take seconds.
        patience: Seconds after which a law counts as broken, because a call does not return.
            Each law is then checked in a thread of its own; without it, such a store is waited
            for.
        checked: Called after each law.

    Returns:
        What came of it.
    """
    words = frozenset(capabilities)
    level = declared_level(words)
    outcomes: list[Outcome] = []
    left = patience
    for law in (*STORE_LAWS, *MORE_STORE_LAWS):
        reason = why_not(law, words, level, stress=stress)
        outcomes.append(
            outcome_of(law, not_applicable=reason)
            if reason
            else _outcome(law, open_store, None if law.on_request else left)
        )
        if left and outcomes[-1].reason == _waited(left):
            left = min(left, _LITTLE_PATIENCE)
        checked()
    return Report(level, words, tuple(outcomes))


def _outcome(law: Law[OpenStore], open_store: OpenStore, patience: float | None) -> Outcome:
    """Check a law, for so many seconds if there is an end to patience."""
    if patience is None:
        return check_law(law, open_store)
    outcomes: list[Outcome] = []
    # A daemon: a call that never returns must not keep the process from ending.
    thread = Thread(target=lambda: outcomes.append(check_law(law, open_store)), daemon=True)
    thread.start()
    thread.join(patience)
    return outcomes[0] if outcomes else outcome_of(law, reason=_waited(patience))


def _waited(patience: float) -> str:
    """Say that a law did not come to its end."""
    return f"a call does not return, in {patience:g} seconds"


def _row(name: str, outcomes: list[Outcome]) -> GroupRow:
    """Count the outcomes of a group."""
    kept = sum(outcome.kept for outcome in outcomes)
    broken = sum(outcome.broken for outcome in outcomes)
    level = min(outcome.level for outcome in outcomes)
    return GroupRow(name, level, kept, broken, len(outcomes) - kept - broken)


def _word(outcome: Outcome) -> str:
    """Return what came of a law in one word."""
    if outcome.not_applicable:
        return "not applicable"
    return "broken" if outcome.broken else "kept"
