"""``registrazione accounts``: what an operator sees and does, with personal data masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.opening import Desk, with_desk, with_operator
from registrazione.cli.operations import OPERATIONS
from registrazione.cli.output import moment, show, table
from registrazione.core.account import Account
from registrazione.core.commands import Operator
from registrazione.core.records import LetterState, OutboxMessage
from registrazione.core.states import AccountState
from registrazione.core.ways import ways_on
from registrazione.service.masking import (
    masked_code,
    masked_email,
    masked_name,
    masked_text,
)

Row = tuple[str, ...]

_Decorator = Callable[[Callable[..., None]], Callable[..., None]]

_HEADINGS: Row = ("id", "state", "who", "codice fiscale", "e-mail", "registered", "due")
"""Of a list of accounts."""

_ID: _Decorator = click.argument("account_id", metavar="ID")


def _in_parts(things: str) -> _Decorator:
    """Return the options of a list that is shown in parts."""

    def options(function: Callable[..., None]) -> Callable[..., None]:
        limit = click.option(
            "--limit",
            metavar="N",
            type=click.IntRange(1, 1000),
            default=100,
            show_default=True,
            help=f"Most {things} to list.",
        )
        after = click.option("--after", metavar="CURSOR", help="Go on where an earlier list ended.")
        return limit(after(function))

    return options


@click.group()
def accounts() -> None:
    """Look at accounts, and act on them as an operator.

    Personal data are masked, and a codice fiscale is never shown in full. The procedure decides
    what an operator's role may do; whatever is done leaves its line in the audit trail.
    """


for _operation in OPERATIONS:
    accounts.add_command(_operation)


@accounts.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in AccountState]),
    help="Only accounts in this state; may be given several times.",
)
@_in_parts("accounts")
@with_desk
def list_accounts(desk: Desk, *, states: tuple[str, ...], limit: int, after: str | None) -> None:
    """List accounts, the oldest first.

    With --state awaiting_secretariat this is the secretariat's queue.
    """
    chosen = [AccountState(state) for state in states]
    page = desk.registrar.accounts(*chosen, cursor=after, limit=limit)
    show(table("", _HEADINGS, (_row(account) for account in page.items)))
    if page.cursor is not None:
        click.echo(f"There are more: --after {page.cursor}", err=True)


def _row(account: Account) -> Row:
    """Return an account as one line of a list."""
    return (
        account.id,
        account.state,
        masked_name(account),
        masked_code(account.codice_fiscale),
        masked_email(account.email),
        moment(account.created_at),
        moment(account.due_at),
    )


@accounts.command()
@click.argument("kind", type=click.Choice(("username", "email", "codice-fiscale", "form-code")))
@with_desk
@with_operator
def find(desk: Desk, operator: Operator, kind: str) -> None:
    """Find accounts by a username, an address or a code.

    What is looked for is asked for, or comes on standard input: so it is in no list of processes
    and in no shell's history. It has to be the whole of it, in any spelling.

    Exit status: 0 somebody was found, 1 nobody was, 2 the command was misused.
    """
    value = click.prompt(kind, err=True)
    if kind == "form-code":
        waiting = desk.registrar.find_by_form_code(operator, value)
        found = [waiting] if waiting is not None else []
    else:
        found = [*desk.registrar.find(operator, kind.replace("-", "_"), value)]
    if not found:
        raise click.ClickException(f"no account has this {kind}")
    show(table("", _HEADINGS, (_row(account) for account in found)))


@accounts.command("show")
@_ID
@with_desk
def show_account(desk: Desk, account_id: str) -> None:
    """Show the account ID, and what can be done next."""
    account = desk.registrar.load(account_id)
    if account is None or account.realm != desk.profile.realm:
        raise click.ClickException(f"there is no account {account_id!r} in {desk.profile.realm}")
    ways = [
        (way.command.name, way.actor, ", ".join(way.roles))
        for way in ways_on(account, desk.profile)
    ]
    show(
        table("Account", ("what", "value"), [row for row in _facts(account) if row[1]]),
        table("What can be done next", ("command", "who", "roles"), ways),
    )


def _facts(account: Account) -> Iterator[Row]:
    """Yield what is known of an account; what is not known comes empty."""
    yield "id", account.id
    yield "procedure", account.profile
    for machine in ("state", "password", "code", "link"):
        yield machine, str(getattr(account, machine))
    yield "codice fiscale", masked_code(account.codice_fiscale)
    yield "username", masked_text(account.username)
    yield "e-mail", masked_email(account.email)
    yield "personal e-mail", masked_email(account.personal_email)
    yield "new e-mail, not proved yet", masked_email(account.pending_email)
    for name, value in account.values.items():
        yield name, masked_text(value)
    yield "language", account.language
    yield "gates passed", ", ".join(account.gates_passed)
    yield "identities", ", ".join(identity.provider for identity in account.identities)
    for consent in account.consents:
        yield f"consent {consent.name}", f"version {consent.version}, {moment(consent.at)}"
    for what, seen in (
        ("first seen by", account.first_look),
        ("identified by", account.identification),
    ):
        if seen is not None:
            yield what, f"{seen.operator} {seen.office}, {moment(seen.at)}"
    yield "locked until", moment(account.locked_until)
    for name in (
        "created_at",
        "waiting_since",
        "activated_at",
        "last_used_at",
        "ended_at",
        "due_at",
    ):
        yield name.removesuffix("_at").replace("_", " "), moment(getattr(account, name))


@accounts.command()
@_ID
@with_desk
@with_operator
def history(desk: Desk, operator: Operator, account_id: str) -> None:
    """Show what happened to the account ID, the oldest first."""
    answer = desk.registrar.history(operator=operator, account_id=account_id)
    rows = [
        (
            moment(one.at),
            one.event,
            one.actor,
            one.outcome,
            " ".join(f"{name}={value}" for name, value in one.details.items()),
        )
        for one in answer.history
    ]
    show(table("", ("when", "what", "who", "outcome", "details"), rows))


# -- letters --------------------------------------------------------------------------------


@accounts.command()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in LetterState]),
    default=(str(LetterState.QUEUED), str(LetterState.DEAD)),
    show_default=True,
    help="Only letters in this state; may be given several times.",
)
@_in_parts("letters")
@with_desk
def letters(desk: Desk, *, states: tuple[str, ...], limit: int, after: str | None) -> None:
    """List the letters of the outbox, the oldest first.

    Those that were given up are `dead`; `resend` sends them again.
    """
    chosen = [LetterState(state) for state in states]
    page = desk.registrar.letters(*chosen, cursor=after, limit=limit)
    headings = ("id", "letter", "state", "to", "attempts", "not before", "error", "account")
    show(table("", headings, (_letter(message) for message in page.items)))
    if page.cursor is not None:
        click.echo(f"There are more: --after {page.cursor}", err=True)


def _letter(message: OutboxMessage) -> Row:
    """Return a letter as one line of a list."""
    return (
        message.id,
        message.kind,
        message.state,
        masked_email(message.to),
        str(message.attempts),
        moment(message.not_before),
        message.error,
        message.account_id,
    )


@accounts.command()
@click.argument("letter_ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Send again every letter given up.")
@with_desk
def resend(desk: Desk, *, letter_ids: tuple[str, ...], everything: bool) -> None:
    """Put letters that were given up back into the queue."""
    if everything is bool(letter_ids):
        raise Misuse("give the identifiers of letters, or --all")
    count = desk.registrar.resend_dead(None if everything else letter_ids)
    click.echo(f"{count} back in the queue")
    if not everything and count < len(set(letter_ids)):
        raise click.ClickException(f"{len(set(letter_ids)) - count} of them are not given up")
