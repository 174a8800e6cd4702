"""The commands that only look: procedures, diagrams, plugins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from tests.cli.shell import run

from registrazione.cli import profiles as profiles_command
from registrazione.cli.output import moment
from registrazione.cli.profiles import _length, _window
from registrazione.core.profile import Window
from registrazione.diagrams import FIELDS, RENDERINGS
from registrazione.profiles import NAMES, load
from registrazione.service.masking import masked_code, masked_email, masked_name, masked_text
from registrazione.testing.builders import NOON, an_account


def cells(text: str) -> list[list[str]]:
    """Return the cells of every table in a text."""
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in text.splitlines()
        if line.startswith("│")
    ]


# -- procedures -----------------------------------------------------------------------------


def test_the_procedures_are_listed() -> None:
    """Every procedure has its line, with its gates."""
    rows = cells(run("profiles").stdout)

    assert {row[0] for row in rows} == set(NAMES)
    assert ["polis", "POLIS online applications", "istruzione", "link, presence"] in rows


@pytest.mark.requirement("POL-16", "MIM-41", "UNI-12")
@pytest.mark.parametrize("name", NAMES)
def test_help_routes_are_shown_by_kind_of_problem(name) -> None:
    """Whoever looks at a procedure reads where help is to be had with which problem."""
    rows = cells(run("profiles", "show", name).stdout)

    for topic, route in load(name).help.items():
        assert [topic, route.text.it, route.phone, route.url] in rows


@pytest.mark.requirement("MIM-37")
@pytest.mark.parametrize(
    ("language", "title"), [("it", "Requisiti password"), ("en", "Password requirements")]
)
def test_the_box_of_the_password_is_shown(language, title) -> None:
    """The box "Requisiti password" is made of the policy, in either language."""
    result = run("profiles", "show", "mim-students", "--language", language)

    assert f"─ {title} ─" in result.stdout
    for line in load("mim-students").password.explain(language):
        assert f"│ - {line} " in result.stdout


@pytest.mark.requirement("MIM-39", "POL-15", "POL-22")
def test_services_are_shown_with_whom_they_are_for() -> None:
    """The services of a procedure, for which people, and whether they take the personal code."""
    rows = cells(run("profiles", "show", "polis").stdout)

    assert ["iscrizioni", "Iscrizioni online", "always", "all", "no", "yes"] in rows
    assert [
        "ricostruzione-carriera",
        "Ricostruzione di carriera",
        "always",
        "docente, educativo, ata, religione",
        "yes",
        "yes",
    ] in rows


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("polis", ["lost password", "link"]),
        ("polis", ["document_issuer", "Rilasciato da", "line", "person"]),
        ("polis", ["presence", "180 days"]),
        ("polis", ["wrong passwords before a lock", "10, for 15 minutes"]),
        ("unimi-external", ["cancelled if unused for", "1 calendar year(s)"]),
        ("unimi-external", ["afterwards by identity only", "yes"]),
        ("mim-students", ["approve", "secretariat"]),
        (
            "mim-students",
            [
                "excluded mail domains",
                "istruzione.it, posta.istruzione.it, scuola.istruzione.it",
            ],
        ),
        ("mim-students", ["registration open", "until 2023-12-22 23:00 UTC"]),
        ("istanze-online", ["identity providers", "-"]),
        (
            "unimi-external",
            [
                "locked once it was told",
                "cf, name, surname, birth_date, birth_place, sex",
            ],
        ),
        ("standard", ["privacy", "1", "read", "Ho letto l'informativa sulla privacy"]),
    ],
)
def test_all_of_a_procedure_is_shown(name, row) -> None:
    """Settings, form, limits, operators and consents each have their line."""
    assert row in cells(run("profiles", "show", name).stdout)


def test_a_text_to_be_accepted_says_so() -> None:
    """Terms are accepted, a privacy notice is read."""
    rows = cells(run("profiles", "show", "mim-students", "--language", "en").stdout)

    assert [row[2] for row in rows if row[1:2] == ["2023-11"]] == ["accepted", "read"]


def test_a_procedure_with_little_shows_little(monkeypatch) -> None:
    """What a procedure does not have is not there as an empty table."""
    bare = attrs.evolve(load("standard"), consents=(), help={})
    monkeypatch.setattr(profiles_command, "profile_named", lambda _: bare)

    result = run("profiles", "show", "bare")

    assert result.exit_code == 0
    for heading in ("Consents", "Services", "Help", "personal code"):
        assert heading not in result.stdout.replace("wrong personal codes", "")


@pytest.mark.parametrize("command", ["profiles show", "diagram"])
def test_an_unknown_procedure_is_a_misuse(command) -> None:
    """A wrong name ends with status 2, and the right ones are listed."""
    result = run(*command.split(), "nonsense")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "mim-students" in result.stderr


def test_times_are_written_short() -> None:
    """Lengths of time come in their largest whole unit, windows with their two ends."""
    opens, closes = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, 12, tzinfo=UTC)

    assert _length(timedelta(days=2)) == "2 days"
    assert _length(timedelta(hours=1)) == "1 hour"
    assert _length(timedelta(minutes=90)) == "90 minutes"
    assert _length(timedelta(seconds=5)) == "0:00:05"
    assert _window(Window(opens=opens)) == "from 2020-01-01 00:00 UTC"
    assert _window(Window(opens=opens, closes=closes)).endswith("until 2020-02-01 12:00 UTC")
    assert _window(Window()) == "always"


# -- diagrams, plugins ----------------------------------------------------------------------


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("machine", [*FIELDS, "all"])
def test_a_diagram_is_printed_as_it_is(rendering, machine) -> None:
    """The command prints the rendering and nothing else."""
    result = run("diagram", "polis", "--format", rendering, "--machine", machine)

    assert result.exit_code == 0
    assert result.stdout == RENDERINGS[rendering](load("polis"), machine)


def test_the_account_machine_in_mermaid_is_drawn_by_default() -> None:
    """Without options comes what a page of documentation wants."""
    assert run("diagram", "standard").stdout == RENDERINGS["mermaid"](load("standard"), "account")


def test_plugins_are_listed_with_who_brings_them() -> None:
    """Each back-end has its line, with hook and distribution."""
    rows = cells(run("plugins").stdout)

    assert ["sqlite", "registrazione_stores", "registrazione"] in [row[:3] for row in rows]
    assert len(rows) > len(NAMES)


# -- masked ---------------------------------------------------------------------------------


def test_personal_data_are_masked() -> None:
    """Enough is shown to recognise somebody who is known already, and no more."""
    account = an_account(values={"name": "Mario", "surname": "Rossi"})

    assert masked_code("RSSMRA80A01H501U") == "RSS***********1U"
    assert masked_email("mario.rossi@example.it") == "m***@example.it"
    assert masked_text("Mario") == "M***"
    assert masked_text("M") == "***"
    assert masked_name(account) == "M*** R***"
    assert masked_name(an_account()) == ""
    assert [masked_code(None), masked_email(None), masked_text(""), moment(None)] == [""] * 4
    assert moment(NOON) == "2026-03-02 12:00"
