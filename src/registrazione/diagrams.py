"""A procedure's machines as Mermaid, as DOT and as a table: three renderings of one list of edges.

The edges are walked out of the machine's own tables (:mod:`registrazione.core.reach`), so that a
picture shows what this procedure can get into, with its gates and its providers, and nothing
else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

import attrs

from registrazione.core.events import Event
from registrazione.core.machine import MACHINES, RULES, Actor
from registrazione.core.profile import Profile
from registrazione.core.reach import START, Move, moves
from registrazione.core.ways import ways_on

FIELDS: Mapping[str, str] = MappingProxyType(
    {"account": "state", "password": "password", "code": "code", "link": "link"}
)
"""The account's field that holds each machine's state, by the machine's name."""

ANOTHER = "another registration"
"""Stands for the command where a registration of the same person comes first (IOL-19)."""

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_HEADINGS = ("from", "event", "to", "command", "who")


@attrs.frozen(kw_only=True)
class Edge:
    """One arrow of a machine, for one command.

    Args:
        machine: Which machine.
        source: The state before; empty where there was no account.
        event: What happens; empty where the account is only made.
        target: The state afterwards.
        command: The command that leads there.
        who: Who may ask for it, with the roles of operators.
    """

    machine: str
    source: str
    event: str
    target: str
    command: str
    who: tuple[str, ...] = ()


def edges(profile: Profile, machine: str = "account") -> tuple[Edge, ...]:
    """Return the arrows of a machine, as far as this procedure can get.

    Args:
        profile: The procedure.
        machine: A key of :data:`FIELDS`, or ``all``.

    Returns:
        Each arrow once for every command; first what an account begins with, then what leads out
        of each state, in the order of the machine's own table.

    Raises:
        KeyError: There is no such machine.
    """
    walked = moves(profile)
    names = tuple(FIELDS) if machine == "all" else (machine,)
    found = (edge for name in names for move in walked for edge in _edges(move, name, profile))
    merged: dict[tuple[str, ...], Edge] = {}
    for edge in found:
        key = (edge.machine, edge.source, edge.event, edge.target, edge.command)
        known = merged.get(key, edge)
        merged[key] = attrs.evolve(known, who=tuple(dict.fromkeys((*known.who, *edge.who))))
    return tuple(sorted(merged.values(), key=_position))


def _position(edge: Edge) -> tuple[int, int]:
    """Return where an edge stands among the others: by machine, then by the state it leaves."""
    table: Mapping[StrEnum, object] = MACHINES[FIELDS[edge.machine]]
    return list(FIELDS).index(edge.machine), ["", *map(str, table)].index(edge.source)


def _edges(move: Move, machine: str, profile: Profile) -> Iterator[Edge]:
    """Yield what one move does to one machine."""
    field = FIELDS[machine]
    command = ANOTHER if move.command is None else move.command.name
    who = _who(move, profile)
    if move.source is None:
        start = str(getattr(START, field))
        yield Edge(machine=machine, source="", event="", target=start, command=command, who=who)
    for source, event, target in move.path(field):
        yield Edge(
            machine=machine,
            source=str(source),
            event=_words(event),
            target=str(target),
            command=command,
            who=who,
        )


def _words(event: type[Event]) -> str:
    """Return the event's name in the audit trail, such as ``mailbox_proved``."""
    return _CAPITAL.sub("_", event.__name__).lower()


def _who(move: Move, profile: Profile) -> tuple[str, ...]:
    """Return who may ask for the command of a move, where it starts."""
    if move.command is None:
        return ()
    if move.source is None:
        return tuple(str(actor) for actor in RULES[move.command].actors)
    return tuple(
        f"{way.actor} ({', '.join(way.roles)})" if way.actor is Actor.OPERATOR else str(way.actor)
        for way in ways_on(move.source.states, profile)
        if way.command is move.command
    )


def _arrows(found: Iterable[Edge]) -> Iterator[tuple[Edge, str]]:
    """Yield one edge for each arrow that is drawn, with its label."""
    commands: dict[tuple[str, ...], list[Edge]] = {}
    for edge in found:
        key = (edge.machine, edge.source, edge.event, edge.target)
        commands.setdefault(key, []).append(edge)
    for same in commands.values():
        names = ", ".join(edge.command for edge in same)
        event = same[0].event
        yield same[0], f"{event} ({names})" if event else names


def _states(found: Iterable[Edge], machine: str) -> tuple[str, ...]:
    """Return the states that a machine's edges name, in the order of its own table."""
    named = {state for edge in found for state in (edge.source, edge.target)}
    table: Mapping[StrEnum, object] = MACHINES[FIELDS[machine]]
    return tuple(str(state) for state in table if str(state) in named)


def _ends(found: Iterable[Edge]) -> frozenset[str]:
    """Return the states that no edge leads out of."""
    edges = tuple(found)
    return frozenset(edge.target for edge in edges) - {edge.source for edge in edges}


# -- the three renderings -------------------------------------------------------------------


def mermaid(profile: Profile, machine: str = "account") -> str:
    """Return a Mermaid state diagram.

    Args:
        profile: The procedure.
        machine: A key of :data:`FIELDS`, or ``all``: then each machine is a block of its own.
    """
    found = edges(profile, machine)
    lines = ["stateDiagram-v2", f"    accTitle: {profile.name}"]
    if machine != "all":
        return "\n".join((*lines, *_mermaid(found, machine, "    ", ""))) + "\n"
    for name in FIELDS:
        lines += [f"    state {name} {{", *_mermaid(found, name, "        ", f"{name}_"), "    }"]
    return "\n".join(lines) + "\n"


def _mermaid(found: Iterable[Edge], machine: str, indent: str, prefix: str) -> Iterator[str]:
    """Yield the lines of one machine."""
    of_machine = [edge for edge in found if edge.machine == machine]
    for state in _states(of_machine, machine):
        words = state.replace("_", " ")
        yield f'{indent}state "{words}" as {prefix}{state}'
    for edge, label in _arrows(of_machine):
        source = f"{prefix}{edge.source}" if edge.source else "[*]"
        yield f"{indent}{source} --> {prefix}{edge.target}: {label}"
    ends = _ends(of_machine)
    for state in (state for state in _states(of_machine, machine) if state in ends):
        yield f"{indent}{prefix}{state} --> [*]"


def dot(profile: Profile, machine: str = "account") -> str:
    """Return a graph in Graphviz's language.

    Args:
        profile: The procedure.
        machine: A key of :data:`FIELDS`, or ``all``: then each machine is a cluster of its own.
    """
    found = edges(profile, machine)
    lines = [
        f"digraph {json.dumps(profile.name, ensure_ascii=False)} {{",
        "    rankdir=LR;",
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
    ]
    if machine != "all":
        return "\n".join((*lines, *_dot(found, machine, "    ", ""), "}")) + "\n"
    for name in FIELDS:
        lines += [f"    subgraph cluster_{name} {{", f'        label="{name}";']
        lines += [*_dot(found, name, "        ", f"{name}_"), "    }"]
    return "\n".join((*lines, "}")) + "\n"


def _dot(found: Iterable[Edge], machine: str, indent: str, prefix: str) -> Iterator[str]:
    """Yield the lines of one machine."""
    of_machine = [edge for edge in found if edge.machine == machine]
    ends = _ends(of_machine)
    yield f'{indent}"{prefix}start" [shape=point];'
    for state in _states(of_machine, machine):
        words = state.replace("_", " ")
        rings = ", peripheries=2" if state in ends else ""
        yield f'{indent}"{prefix}{state}" [label="{words}"{rings}];'
    for edge, label in _arrows(of_machine):
        source = f"{prefix}{edge.source or 'start'}"
        yield f'{indent}"{source}" -> "{prefix}{edge.target}" [label="{label}"];'


def table(profile: Profile, machine: str = "account") -> str:
    """Return a table of plain text, which is Markdown as well.

    Args:
        profile: The procedure.
        machine: A key of :data:`FIELDS`, or ``all``: then each machine is a table of its own.
    """
    found = edges(profile, machine)
    if machine != "all":
        return _table(found)
    tables = {name: _table(edge for edge in found if edge.machine == name) for name in FIELDS}
    return "\n".join(f"{name}\n\n{rows}" for name, rows in tables.items())


def _table(found: Iterable[Edge]) -> str:
    """Return the rows of one machine, with columns of one width."""
    rows = [_HEADINGS, *(_row(edge) for edge in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def _row(edge: Edge) -> tuple[str, ...]:
    """Return the cells of an edge."""
    return edge.source, edge.event, edge.target, edge.command, "; ".join(edge.who)


RENDERINGS: Mapping[str, Callable[[Profile, str], str]] = MappingProxyType(
    {"mermaid": mermaid, "dot": dot, "table": table}
)
"""The renderings by the name of their format."""
