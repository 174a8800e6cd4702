"""What operators do to one account: each is one command of the library."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.opening import Desk, with_desk, with_operator
from registrazione.core.account import Account
from registrazione.core.answer import Answer
from registrazione.core.commands import Operator
from registrazione.refusals import text_of

_ID = click.argument("account_id", metavar="ID")
_REASON = click.option("--reason", metavar="TEXT", required=True, help="Why; the person reads it.")


def _operation(name: str, *options: Callable[..., Any]) -> Callable[..., click.Command]:
    """Return what makes a function a command about one account, asked for by an operator."""

    def made(function: Callable[..., None]) -> click.Command:
        command = with_desk(with_operator(function))
        for option in reversed((_ID, *options)):
            command = option(command)
        return click.command(name)(command)

    return made


def _say(desk: Desk, answer: Answer) -> None:
    """Print where the account stands now, and what the library wants said besides."""
    # Whatever is done to an account is answered with the account.
    account = cast("Account", answer.account)
    click.echo(f"{account.id} {account.state}")
    for notice in answer.notices:
        click.echo(f"{text_of(notice, desk.language)} [{notice.code}]", err=True)


@_operation("approve")
def approve(desk: Desk, operator: Operator, account_id: str) -> None:
    """Enable the registration ID, for the secretariat."""
    _say(desk, desk.registrar.approve(operator, account_id))


@_operation("reject", _REASON)
def reject(desk: Desk, operator: Operator, account_id: str, reason: str) -> None:
    """Refuse the registration ID."""
    _say(desk, desk.registrar.reject(operator, account_id, reason))


@_operation(
    "identify",
    click.option("--document-type", metavar="TEXT", required=True, help="Such as carta-identita."),
    click.option(
        "--document-expires",
        metavar="DAY",
        type=click.DateTime(["%Y-%m-%d"]),
        help="When the document expires, as in 2030-12-31.",
    ),
    click.option("--form-signed", is_flag=True, help="The form was signed before the operator."),
)
def identify(
    desk: Desk,
    operator: Operator,
    account_id: str,
    document_type: str,
    document_expires: datetime | None,
    *,
    form_signed: bool,
) -> None:
    """Record that the person of the registration ID came.

    With which document, and that the form was signed. The codice fiscale on the card and the
    number of the document are asked for, so that they are in no list of processes and in no
    shell's history.
    """
    answer = desk.registrar.identify_in_person(
        operator,
        account_id,
        codice_fiscale=click.prompt("Codice fiscale", default="", show_default=False, err=True),
        document_type=document_type,
        document_number=click.prompt("Document number", err=True),
        document_expires=document_expires.date() if document_expires else None,
        form_signed=form_signed,
    )
    _say(desk, answer)


@_operation(
    "correct",
    click.option(
        "--set",
        "changes",
        metavar="FIELD[=VALUE]",
        multiple=True,
        required=True,
        help="The new value of a field. FIELD alone asks for it, so that it is in no list of "
        "processes and in no shell's history. May be given several times.",
    ),
    _REASON,
)
def correct(
    desk: Desk, operator: Operator, account_id: str, changes: tuple[str, ...], reason: str
) -> None:
    """Correct data of the account ID.

    With --set email the person gets back in who has lost password and mailbox.
    """
    values: dict[str, object] = {}
    for change in changes:
        field, given, value = change.partition("=")
        values[field] = value if given else click.prompt(field, err=True)
    _say(desk, desk.registrar.correct_data(operator, account_id, values, reason))


@_operation("suspend", _REASON)
def suspend(desk: Desk, operator: Operator, account_id: str, reason: str) -> None:
    """Suspend the account ID; everybody is signed out."""
    _say(desk, desk.registrar.suspend(operator, account_id, reason))


@_operation("reinstate", _REASON)
def reinstate(desk: Desk, operator: Operator, account_id: str, reason: str) -> None:
    """Make the suspended account ID active again."""
    _say(desk, desk.registrar.reinstate(operator, account_id, reason))


@_operation("cancel", click.option("--reason", metavar="TEXT", default="", help="Why."))
def cancel(desk: Desk, operator: Operator, account_id: str, reason: str) -> None:
    """End the account ID.

    Its data are erased after the procedure's retention time.
    """
    answer = desk.registrar.cancel(operator=operator, account_id=account_id, reason=reason)
    _say(desk, answer)


@_operation("erase", click.option("--yes", is_flag=True, help="Do not ask whether it is meant."))
def erase(desk: Desk, operator: Operator, account_id: str, *, yes: bool) -> None:
    """Erase the account ID with all its data, now.

    This is the right of GDPR article 17; the audit trail, which holds no data, stays.
    """
    if not yes:
        click.confirm(f"Erase {account_id}, and never have it back?", abort=True, err=True)
    desk.registrar.erase(operator=operator, account_id=account_id)
    click.echo(f"{account_id} erased")


@_operation(
    "export",
    click.option(
        "--to",
        "file",
        metavar="FILE",
        required=True,
        type=click.Path(path_type=Path),
        help="A new file, which its owner alone can read.",
    ),
)
def export(desk: Desk, operator: Operator, account_id: str, file: Path) -> None:
    """Write all that is kept about a person to a file.

    These are the rights of GDPR articles 15 and 20. The file holds the data in full; nothing of
    them is printed.
    """
    answer = desk.registrar.export_account(operator=operator, account_id=account_id)
    text = json.dumps(answer.export, ensure_ascii=False, indent=2) + "\n"
    _write_new(file, text.encode())
    click.echo(f"{account_id} written to {file}")


@_operation(
    "form",
    click.option(
        "--output",
        "file",
        metavar="FILE",
        required=True,
        type=click.Path(path_type=Path),
        help="A new PDF file, which its owner alone can read.",
    ),
)
def form(desk: Desk, operator: Operator, account_id: str, file: Path) -> None:
    """Print the modulo di adesione of the registration ID to a file.

    It is for a person who comes without it; it has to be signed in front of the operator.
    """
    pdf = desk.registrar.adhesion_form(operator=operator, account_id=account_id)
    _write_new(file, pdf)
    click.echo(f"{account_id} written to {file}")


def _write_new(file: Path, contents: bytes) -> None:
    """Write a new file that its owner alone can read.

    Raises:
        Misuse: It is there already, or cannot be written.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Misuse(f"{file}: {error.strerror}") from None
    with os.fdopen(handle, "wb") as stream:
        stream.write(contents)


OPERATIONS: tuple[click.Command, ...] = (
    approve,
    reject,
    identify,
    correct,
    suspend,
    reinstate,
    cancel,
    erase,
    export,
    form,
)
"""All of them, in the order of an account's life."""
