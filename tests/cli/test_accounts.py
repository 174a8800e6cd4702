"""What operators see and do on the command line: masked, in words, with the right status."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import attrs
import pytest
from tests.world import ANNA, MARIO, OFFICE

from registrazione.core.form_codes import form_code
from registrazione.core.records import LetterState
from registrazione.ports import MailRefused
from registrazione.testing.fakes import RecordingMailer


def cells(text):
    """Return the cells of every table in a text."""
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in text.splitlines()
        if line.startswith("│")
    ]


def registered(there):
    """Register two people one after the other, and return their accounts' identifiers."""
    ids = []
    for person in (MARIO, ANNA):
        ids.append(there.world.confirmed(person).account.id)
        there.world.wait(minutes=1)
    return ids


# -- looking --------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24")
def test_the_secretariats_queue_is_listed(place) -> None:
    """Who waits is listed, oldest first, with nothing in full that is personal."""
    there = place("mim-students")
    ids = registered(there)

    result = there.run("accounts", "list", "--state", "awaiting_secretariat")

    rows = cells(result.stdout)
    assert [row[0] for row in rows] == ids
    assert rows[0][1:5] == [
        "awaiting_secretariat",
        "M*** R***",
        "RSS***********1U",
        "m***@example.it",
    ]
    for text in (MARIO.cf, MARIO.email(), "Mario", "Rossi"):
        assert text not in result.output


def test_a_long_list_comes_in_parts(place) -> None:
    """A list that does not fit says how to go on, and goes on there."""
    there = place("mim-students")
    ids = registered(there)

    first = there.run("accounts", "list", "--limit", "1")
    cursor = first.stderr.split()[-1]
    second = there.run("accounts", "list", "--limit", "1", "--after", cursor)

    assert [cells(part.stdout)[0][0] for part in (first, second)] == ids
    assert first.stderr.startswith("There are more: --after ")
    assert second.stderr == ""


@pytest.mark.requirement("IST-10")
@pytest.mark.parametrize("kind", ["username", "email", "codice-fiscale", "form-code"])
def test_an_account_is_found_by_what_the_person_says(place, kind) -> None:
    """The whole of it is typed, in any spelling, and not on the command line; it is not shown."""
    there = place("polis")
    account = there.world.proved().account
    typed = {
        "username": MARIO.username.upper(),
        "email": MARIO.email(),
        "codice-fiscale": MARIO.cf.lower(),
        "form-code": form_code(account).lower(),
    }[kind]

    found = there.run("accounts", "find", kind, typed=f"{typed}\n")
    nobody = there.run("accounts", "find", kind, typed=f"x{typed[1:]}\n")

    assert (found.exit_code, [row[0] for row in cells(found.stdout)]) == (0, [account.id])
    assert MARIO.cf not in found.stdout
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert nobody.stderr.endswith(f"Error: no account has this {kind}\n")


def test_not_everybody_may_look_for_people(place) -> None:
    """A role that the procedure does not let identify people finds nobody by a form."""
    there = place("polis")
    typed = f"{form_code(there.world.proved().account)}\n"

    result = there.run("accounts", "find", "form-code", typed=typed, REGISTRAZIONE_ROLE="help_desk")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "[operator.not_allowed]" in result.stderr


def test_an_account_is_shown_with_what_can_be_done(place) -> None:
    """One account: its states, its data masked, who has identified it, and the ways on."""
    there = place("polis")
    account = there.world.active(MARIO)
    seen = account.identification
    there.world.put(account, first_look=attrs.evolve(seen, operator="op-9"))

    result = there.run("accounts", "show", account.id)

    rows = cells(result.stdout)
    for row in (
        ["procedure", "polis"],
        ["state", "active"],
        ["codice fiscale", "RSS***********1U"],
        ["document_number", "C***"],
        ["gates passed", "link, presence"],
        ["sign_in", "anybody", ""],
        ["suspend", "operator", "secretariat, help_desk"],
    ):
        assert row in rows
    looks = dict(row for row in rows if len(row) == 2)
    assert looks["identified by"].startswith(f"{OFFICE.id} {OFFICE.office}, 20")
    assert looks["first seen by"].startswith(f"op-9 {OFFICE.office}, 20")
    assert "locked until" not in result.stdout
    for text in (MARIO.cf, MARIO.email(), "CA12345AA", "Mario"):
        assert text not in result.output


def test_consents_are_shown_with_their_version(place) -> None:
    """What was accepted is shown with version and time."""
    there = place("mim-students")
    account = there.world.confirmed().account

    rows = cells(there.run("accounts", "show", account.id).stdout)

    assert ["consent terms", "version 2023-11, 2023-12-01 00:00"] in rows


def test_an_unknown_account_is_told(place) -> None:
    """An identifier that nobody has, or that another realm has, ends with status 1."""
    there = place("unimi-external")
    account = there.world.confirmed().account
    elsewhere = there.run("accounts", "show", account.id, REGISTRAZIONE_PROFILE="standard")

    assert there.run("accounts", "show", "nobody").exit_code == 1
    assert elsewhere.exit_code == 1
    assert elsewhere.stderr == f"Error: there is no account {account.id!r} in standard\n"


def test_the_history_is_told_to_who_may_read_it(place) -> None:
    """An operator reads what happened, and the reading itself leaves its line."""
    there = place("polis")
    account = there.world.proved().account

    there.run("accounts", "history", account.id)
    rows = cells(there.run("accounts", "history", account.id).stdout)

    whats = [row[1] for row in rows]
    assert whats[:2] == ["confirm", "password_chosen"]
    assert rows[-1][1:4] == ["history", "secretariat:op-7", "accepted"]


# -- acting ---------------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24", "MIM-25")
def test_the_secretariat_enables(place) -> None:
    """Approval makes the account active, and the letter with the credentials goes out."""
    there = place("mim-students")
    account = there.world.confirmed().account

    result = there.run("accounts", "approve", account.id)

    assert (result.exit_code, result.stdout) == (0, f"{account.id} active\n")
    assert there.run("deliver").stdout == "1 sent, 0 void, 0 postponed, 0 dead\n"
    assert len(there.letters()) == 1


def test_a_refusal_is_told_in_words(place) -> None:
    """What the procedure refuses is told with its code and where help is to be had."""
    there = place("polis")
    account = there.world.confirmed().account

    result = there.run("accounts", "approve", account.id)
    english = there.run("accounts", "approve", account.id, "--language", "en")
    helpless = there.run("accounts", "cancel", account.id, REGISTRAZIONE_ROLE="identifying_office")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "[account.awaiting_link]\nAssistenza per la registrazione" in result.stderr
    assert "080 9267603" in result.stderr
    assert "Help with registration" in english.stderr
    assert helpless.exit_code == 1
    assert "[operator.not_allowed]" in helpless.stderr


def test_a_refusal_without_a_route_is_its_words_alone(place) -> None:
    """Where the procedure names no help for a problem, none is made up."""
    there = place("standard")
    account = there.world.confirmed().account

    result = there.run("accounts", "reinstate", account.id, "--reason", "prova")

    assert result.exit_code == 1
    assert result.stderr.endswith("[account.awaiting_link]\n")


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_office_identifies(place) -> None:
    """Code and number are asked for, so that they are on no command line; the rest are options."""
    there = place("polis")
    account = there.world.proved().account
    identify = ("accounts", "identify", account.id, "--document-type", "carta")
    signed = (*identify, "--form-signed", "--document-expires")

    unsigned = there.run(*identify, typed=f"{MARIO.cf}\nCA12345AA\n")
    expired = there.run(*signed, "2020-01-01", typed=f"{MARIO.cf}\nCA12345AA\n")
    done = there.run(*signed, "2099-01-01", typed=f"{MARIO.cf}\nCA12345AA\n")

    assert "[presence.form_unsigned]" in unsigned.stderr
    assert "[presence.document_expired]" in expired.stderr
    assert (done.exit_code, done.stdout) == (0, f"{account.id} active\n")
    assert MARIO.cf not in done.stdout


@pytest.mark.requirement("POL-04", "POL-10", "POL-15")
def test_the_office_enables_an_account_in_use(place) -> None:
    """Somebody who comes from another portal is shown as waiting for the visit, and identified."""
    there = place("polis")
    parents = there.world.sibling("iscrizioni-online")
    account = parents.signed_in().account
    session = there.world.registrar.sign_in(account.username, MARIO.password).session
    there.world.registrar.start_enabling(session)
    show = ("accounts", "show", account.id)
    identify = ("accounts", "identify", account.id, "--document-type", "carta", "--form-signed")

    before = there.run(*show)
    done = there.run(*identify, typed=f"{MARIO.cf}\nCA12345AA\n")

    assert "identify_in_person" in before.stdout
    assert (done.exit_code, done.stdout) == (0, f"{account.id} active\n")
    assert "identify_in_person" not in there.run(*show).stdout


@pytest.mark.requirement("IOL-22", "UNI-12")
def test_data_are_corrected(place) -> None:
    """A value stands on the command line, or is asked for where it should not."""
    there = place("iscrizioni-online")
    account = there.world.active(MARIO)
    correct = ("accounts", "correct", account.id, "--reason", "prova")

    done = there.run(
        *correct, "--set", "birth_nation=Italia", "--set", "email", typed="nuova@example.it\n"
    )
    allowed = there.run(
        *correct, "--set", "email", "--set", "residence_cap=00185", typed="nuova@example.it\n"
    )

    assert "[data.not_correctable]" in done.stderr
    assert (allowed.exit_code, allowed.stdout) == (0, f"{account.id} active\n")
    assert there.world.reload(account).email == "nuova@example.it"
    assert there.world.reload(account).values["residence_cap"] == "00185"


def test_what_is_worth_knowing_is_said_besides(place) -> None:
    """A doubt that does not refuse is told on standard error."""
    there = place("polis")
    account = there.world.active(MARIO)

    result = there.run(
        "accounts", "correct", account.id, "--reason", "prova", "--set", "birth_place=F205"
    )

    assert (result.exit_code, result.stdout) == (0, f"{account.id} active\n")
    assert "[luogo.incoerente]" in result.stderr


def test_an_account_is_suspended_reinstated_cancelled_and_erased(place) -> None:
    """Each act tells where the account stands afterwards."""
    there = place("unimi-external")
    account = there.world.active(MARIO)
    said = [
        there.run("accounts", act, account.id, *reason).stdout
        for act, *reason in (
            ("suspend", "--reason", "prova"),
            ("reinstate", "--reason", "prova"),
            ("cancel",),
            ("erase", "--yes"),
        )
    ]

    assert said == [
        f"{account.id} suspended\n",
        f"{account.id} active\n",
        f"{account.id} cancelled\n",
        f"{account.id} erased\n",
    ]
    assert there.world.reload(account) is None


def test_a_registration_is_rejected(place) -> None:
    """The reason is in the letter, and the registration is at its end."""
    there = place("mim-students")
    account = there.world.confirmed().account

    result = there.run("accounts", "reject", account.id, "--reason", "Non risulta iscritto")

    assert result.stdout == f"{account.id} cancelled\n"
    there.run("deliver")
    (letter,) = there.outbox.glob("*.eml")
    assert "Non risulta iscritto" in letter.read_text()


def test_nothing_is_erased_that_was_not_meant(place) -> None:
    """Without ``--yes`` erasing asks, and no answer but yes is one."""
    there = place("unimi-external")
    account = there.world.active(MARIO)

    assert there.run("accounts", "erase", account.id, typed="n\n").exit_code == 1
    assert there.run("accounts", "erase", account.id).exit_code == 1
    assert there.world.reload(account) is not None
    assert there.run("accounts", "erase", account.id, typed="y\n").exit_code == 0


def test_everything_kept_goes_into_a_file_of_the_owners(place, tmp_path) -> None:
    """An export is a new file that its owner alone can read, and nothing of it is printed."""
    there = place("polis")
    account = there.world.active(MARIO)
    file = tmp_path / "export.json"

    done = there.run("accounts", "export", account.id, "--to", str(file))
    again = there.run("accounts", "export", account.id, "--to", str(file))

    assert (done.exit_code, done.stdout) == (0, f"{account.id} written to {file}\n")
    assert json.loads(file.read_text())["codice_fiscale"] == MARIO.cf
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (again.exit_code, again.stdout) == (2, "")
    assert "File exists" in again.stderr


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_form_of_whoever_comes_without_goes_into_a_file(place, tmp_path) -> None:
    """A new PDF that its owner alone can read; only while somebody is waited for."""
    there = place("polis")
    account = there.world.proved().account
    file = tmp_path / "form.pdf"

    done = there.run("accounts", "form", account.id, "--output", str(file))
    again = there.run("accounts", "form", account.id, "--output", str(file))
    there.world.seen(account)
    late = there.run("accounts", "form", account.id, "--output", str(tmp_path / "late.pdf"))

    assert (done.exit_code, done.stdout) == (0, f"{account.id} written to {file}\n")
    assert file.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "File exists" in again.stderr
    assert "presence.no_form" in late.stderr


# -- letters --------------------------------------------------------------------------------


def test_letters_given_up_are_listed_and_sent_again(place) -> None:
    """A dead letter is found by its state, put back, and sent."""
    there = place("unimi-external")
    mailer = RecordingMailer([MailRefused("550")])
    there.world.sibling(mailer=mailer)
    there.world.confirmed()
    refusing = there.world.sibling(mailer=mailer)
    refusing.registrar.deliver_outbox()

    listed = there.run("accounts", "letters", "--state", "dead")
    (row,) = cells(listed.stdout)

    assert row[1:5] == ["activation", "dead", "m***@example.it", "1"]
    assert row[6] == "550"
    assert MARIO.email() not in listed.output
    assert there.run("accounts", "resend", row[0]).stdout == "1 back in the queue\n"
    assert there.run("accounts", "resend", "--all").stdout == "0 back in the queue\n"
    assert there.run("deliver").stdout == "1 sent, 0 void, 0 postponed, 0 dead\n"


def test_a_letter_that_was_not_given_up_is_not_sent_again(place) -> None:
    """Which letters are meant is said, and those that cannot be are counted."""
    there = place("unimi-external")

    assert there.run("accounts", "resend").exit_code == 2
    assert there.run("accounts", "resend", "--all", "x").exit_code == 2
    wrong = there.run("accounts", "resend", "x", "y")
    assert (wrong.exit_code, wrong.stdout) == (1, "0 back in the queue\n")
    assert wrong.stderr == "Error: 2 of them are not given up\n"


def test_a_long_list_of_letters_comes_in_parts(place) -> None:
    """What does not fit is to be had by the cursor."""
    there = place("unimi-external", before=timedelta(minutes=5))
    for person in (MARIO, ANNA):
        there.world.confirmed(person)

    first = there.run("accounts", "letters", "--limit", "1")
    second = there.run("accounts", "letters", "--limit", "1", "--after", first.stderr.split()[-1])

    letters = there.world.registrar.letters(LetterState.QUEUED).items
    assert [cells(part.stdout)[0][0] for part in (first, second)] == [m.id for m in letters]
    assert second.stderr == ""
