"""A procedure's machines are drawn in three ways that say the same."""

from __future__ import annotations

import re

import attrs
import pytest

from registrazione.core.machine import MACHINES
from registrazione.diagrams import ANOTHER, FIELDS, RENDERINGS, dot, edges, mermaid, table
from registrazione.profiles import NAMES, load

Arrow = tuple[str, str, str]

MERMAID = re.compile(r"^ *(\S+) --> (\S+): (.+)$", re.MULTILINE)
DOT = re.compile(r'^ *"(\w+)" -> "(\w+)" \[label="(.+)"\];$', re.MULTILINE)


def arrows_of(found: list[Arrow]) -> set[Arrow]:
    """Return arrows with one name for the beginning of everything."""
    return {
        ("" if source in {"[*]", "start"} else source, to, label) for source, to, label in found
    }


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of a table, without headings."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()][2:]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("machine", FIELDS)
def test_all_three_renderings_say_the_same(name, machine) -> None:
    """Mermaid, DOT and table have the same states, arrows and labels."""
    profile = load(name)
    drawn = arrows_of(MERMAID.findall(mermaid(profile, machine)))
    commands: dict[tuple[str, str, str], list[str]] = {}
    for source, event, target, command, _ in rows_of(table(profile, machine)):
        commands.setdefault((source, event, target), []).append(command)
    told = {
        (source, target, f"{event} ({', '.join(names)})" if event else ", ".join(names))
        for (source, event, target), names in commands.items()
    }

    assert drawn == arrows_of(DOT.findall(dot(profile, machine)))
    assert drawn == told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("machine", FIELDS)
def test_each_arrow_is_a_row_of_the_machine(name, machine) -> None:
    """Nothing is drawn that the tables do not have: state, event and where it leads."""
    rows = {
        (str(source), event.__name__.lower(), str(target))
        for source, row in MACHINES[FIELDS[machine]].items()
        for event, target in row.items()
    }
    drawn = {(e.source, e.event.replace("_", ""), e.target) for e in edges(load(name), machine)}

    assert {arrow for arrow in drawn if arrow[0]} <= rows
    assert {target for source, _, target in drawn if not source} == {
        "claim" if machine == "account" else "none"
    }


@pytest.mark.requirement("MIM-24")
def test_only_the_procedures_own_gates_are_drawn() -> None:
    """The students' account waits for the secretariat, and for nothing else."""
    text = mermaid(load("mim-students"))

    assert "claim --> awaiting_secretariat: approval_requested (confirm)" in text
    assert "awaiting_secretariat --> claim: approved (approve)" in text
    assert "awaiting_link" not in text
    assert "awaiting_presence" not in text


@pytest.mark.requirement("UNI-06", "IST-10", "POL-18")
def test_arrows_carry_the_commands_that_lead_there() -> None:
    """In POLIS an account becomes active by the office, or by SPID."""
    text = mermaid(load("polis"))

    assert "awaiting_link --> expired: activation_expired (expire)" in text
    assert "claim --> active: activated (sign_in_with, complete_data, identify_in_person)" in text


def test_mermaid_is_a_state_diagram_with_ends() -> None:
    """The text begins as Mermaid wants it, and what nothing leads out of is an end."""
    lines = mermaid(load("standard")).splitlines()

    assert lines[:2] == ["stateDiagram-v2", "    accTitle: standard"]
    assert lines[-2:] == ["    expired --> [*]", "    cancelled --> [*]"]
    assert '    state "awaiting link" as awaiting_link' in lines


def test_dot_is_one_graph() -> None:
    """The text is a graph with the procedure's name, and ends have two rings."""
    named = dot(attrs.evolve(load("standard"), name='with "quotes"'))

    assert named.startswith('digraph "with \\"quotes\\"" {\n')
    assert named.endswith("}\n")
    assert '"cancelled" [label="cancelled", peripheries=2];' in named
    assert '"active" [label="active"];' in named


def test_the_table_says_who_may() -> None:
    """Each row names who may ask for the command, with the roles of operators."""
    rows = rows_of(table(load("mim-students")))

    assert [
        "awaiting_secretariat",
        "approved",
        "claim",
        "approve",
        "operator (secretariat)",
    ] in rows
    assert [
        "active",
        "cancelled",
        "cancelled",
        "cancel",
        "holder; operator (secretariat, help_desk)",
    ] in rows
    assert ["active", "superseded", "cancelled", ANOTHER, ""] in rows


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_all_machines_fit_into_one_drawing(rendering) -> None:
    """Drawn together, the four machines are apart: their states do not run into each other."""
    profile = load("polis")
    text = RENDERINGS[rendering](profile, "all")
    alone = [RENDERINGS[rendering](profile, name) for name in FIELDS]

    found = {"mermaid": "-->", "dot": '" -> "', "table": " |\n| "}[rendering]
    assert text.count(found) == sum(part.count(found) for part in alone)
    if rendering == "mermaid":
        assert "    state password {" in text
        assert "password_none --> password_set: password_chosen (confirm)" in text
    elif rendering == "dot":
        assert "    subgraph cluster_password {" in text
        assert '"password_start" -> "password_none"' in text
    else:
        assert "\npassword\n\n| from" in text


def test_edges_come_in_the_order_of_the_table() -> None:
    """First how an account begins, then what leads out of each state in turn."""
    order = list(dict.fromkeys(edge.source for edge in edges(load("polis"))))

    assert order == ["", "claim", "awaiting_link", "awaiting_presence", "active", "suspended"]


def test_an_unknown_machine_is_an_error() -> None:
    """A machine that there is not is not drawn as an empty one."""
    with pytest.raises(KeyError):
        edges(load("polis"), "engine")
