"""Who may ask for what, and when: the tables of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from registrazione.core.machine import MACHINES, REFUSED, RULES, Rule
from registrazione.core.profile import DUTIES

from . import markdown
from .markdown import code, codes, summary, words

TITLES = {
    "state": "The account",
    "password": "The password",
    "code": "The personal code",
    "link": "The identity link",
}


def table() -> str:
    """Return a row for each command."""
    return markdown.table(
        ["command", "what it is", "asked by", "when the account is", "and"],
        (
            (
                code(command.name),
                summary(command),
                ", ".join(rule.actors),
                _states(rule.accounts, len(MACHINES["state"])),
                "; ".join(_further(rule)),
            )
            for command, rule in RULES.items()
        ),
    )


def _states(states: tuple[StrEnum, ...], of: int) -> str:
    if not states:
        return "not there yet"
    return "in any state" if len(states) == of else ", ".join(words(state) for state in states)


def _further(rule: Rule) -> Iterator[str]:
    """Yield what is asked of the other machines, where anything is."""
    for machine, title in list(TITLES.items())[1:]:
        admitted = rule.admitted(machine)
        if len(admitted) < len(MACHINES[machine]):
            yield f"{title.lower()} is {' or '.join(words(state) for state in admitted)}"


def duties() -> str:
    """Return which roles may do what, where a profile does not say otherwise."""
    return markdown.table(
        ["command", "roles"], ((code(name), codes(roles)) for name, roles in DUTIES.items())
    )


def machines() -> str:
    """Return the transitions of the four machines."""
    return "\n".join(_machines())


def _machines() -> Iterator[str]:
    for machine, title in TITLES.items():
        yield f"### {title}\n"
        yield markdown.table(
            ["from", "event", "to"],
            (
                (words(source), code(event.__name__), words(to))
                for source, row in MACHINES[machine].items()
                for event, to in row.items()
            ),
        )


def turned_away() -> str:
    """Return the refusal with which each state turns a command away."""
    return markdown.table(
        ["machine", "state", "refusal"],
        (
            (TITLES[machine].removeprefix("The "), words(state), code(refusal))
            for machine, row in REFUSED.items()
            for state, refusal in row.items()
        ),
    )
