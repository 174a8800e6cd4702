"""``registrazione conformance``: whether a store keeps every law of its contract."""

from __future__ import annotations

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.output import bar, show, table
from registrazione.core.records import LetterState
from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue
from registrazione.ports import AccountStore
from registrazione.testing.laws.kit import Outcome
from registrazione.testing.laws.stores import STORE_LAWS, check_law


@click.command()
@click.argument("store_url")
@click.option(
    "--reuse",
    is_flag=True,
    help="There are letters in the store, and all of them are from an earlier run of this.",
)
@click.pass_context
def conformance(ctx: click.Context, store_url: str, *, reuse: bool) -> None:
    """Check whether a store keeps every law of its contract.

    STORE_URL must be an EMPTY SCRATCH STORE, such as sqlite:////tmp/scratch.db: the laws create
    accounts, take whatever letters they find, and leave everything behind. A store that holds
    letters is refused.

    Exit status: 0 every law is kept, 1 some are not, 2 the command was misused.
    """
    catalogue = PluginCatalogue()

    def open_store() -> AccountStore:
        return catalogue.build(ACCOUNT_STORE, store_url)

    if not reuse and _has_letters(open_store()):
        raise Misuse("this store is not empty: its letters would be lost. Give a scratch store")
    outcomes: list[Outcome] = []
    with bar("Laws", len(STORE_LAWS)) as checked:
        for law in STORE_LAWS:
            outcomes.append(check_law(law, open_store))
            checked.add()
    rows = [(one.name, one.reason or "kept", one.sentence) for one in outcomes]
    show(table("", ("law", "outcome", "what it promises"), rows))
    broken = sum(not outcome.kept for outcome in outcomes)
    click.echo(f"{len(outcomes) - broken} of {len(outcomes)} laws are kept")
    ctx.exit(1 if broken else 0)


def _has_letters(store: AccountStore) -> bool:
    """Tell whether anybody uses this store already."""
    try:
        return bool(store.outbox_list(tuple(LetterState), None, 1).items)
    finally:
        close = getattr(store, "close", None)
        if close is not None:
            close()
