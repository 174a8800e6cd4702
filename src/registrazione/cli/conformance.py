"""``registrazione conformance``: whether a store keeps every law of its contract."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import click

from registrazione.cli.errors import Misuse
from registrazione.cli.output import bar, box, show, table
from registrazione.cli.project import load_project
from registrazione.core.records import LetterState
from registrazione.plugins import ACCOUNT_STORE, PluginCatalogue
from registrazione.ports import AccountStore
from registrazione.testing.blocking import BlockingStore, EventLoop, close_store
from registrazione.testing.laws.levels import AWAITABLE, CAPABILITIES, Level
from registrazione.testing.laws.stores import MORE_STORE_LAWS, STORE_LAWS, OpenStore
from registrazione.testing.report import Report, examine

_PATIENCE = 150.0
"""Seconds for one law: more than any of them waits by itself."""


@click.command()
@click.argument("store_url")
@click.option(
    "--reuse",
    is_flag=True,
    help="There are letters in the store, and all of them are from an earlier run of this.",
)
@click.option(
    "--with",
    "more",
    multiple=True,
    type=click.Choice([*sorted(CAPABILITIES), *(level.capability for level in Level)]),
    help="The store declares this too; may be given several times.",
)
@click.option(
    "--without",
    "less",
    multiple=True,
    type=click.Choice(sorted(CAPABILITIES)),
    help="The store does not declare this, at this address; may be given several times.",
)
@click.option("--stress", is_flag=True, help="Check with several processes too: some seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of tables.")
@click.pass_context
def conformance(
    ctx: click.Context,
    store_url: str,
    *,
    reuse: bool,
    more: tuple[str, ...],
    less: tuple[str, ...],
    stress: bool,
    as_json: bool,
) -> None:
    """Check whether a store keeps every law of its contract.

    STORE_URL must be an EMPTY SCRATCH STORE, such as sqlite:////tmp/scratch.db: the laws create
    accounts, take whatever letters they find, and leave everything behind. A store that holds
    letters is refused. It may also be module:function, where the function returns a store,
    synchronous or not.

    Exit status: 0 every law is kept, 1 some are not, 2 the command was misused.
    """
    with ExitStack() as stack:
        open_store, declared = _opener(store_url, stack)
        if not reuse and _has_letters(open_store()):
            raise Misuse(
                "this store is not empty: its letters would be lost. Give a scratch store, "
                "or --reuse if all of them are from an earlier run of this"
            )
        capabilities = (declared | set(more)) - set(less)
        with bar("Laws", len(STORE_LAWS) + len(MORE_STORE_LAWS)) as checked:
            report = examine(
                open_store,
                capabilities=capabilities,
                stress=stress,
                patience=_PATIENCE,
                checked=checked.add,
            )
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _tell(report)
    ctx.exit(0 if report.in_order else 1)


def _tell(report: Report) -> None:
    """Print groups, laws that are broken, and the level."""
    groups = [
        (row.name, str(row.level.value), str(row.kept), str(row.broken), str(row.not_applicable))
        for row in report.groups
    ]
    headings = ("laws", "level", "kept", "broken", "not applicable")
    show(table("", headings, groups))
    broken = [
        (o.name, o.reason or "", o.sentence.partition("\n")[0]) for o in report.outcomes if o.broken
    ]
    if broken:
        show(table("Broken", ("law", "what the store did", "what it promises"), broken))
    first = report.first_broken
    if first is not None:
        show(box(f"Begin with {first.name}", [first.sentence, first.reason or ""]))
    kept = sum(outcome.kept for outcome in report.outcomes)
    click.echo(f"{kept} of {kept + len(broken)} laws are kept")
    declared = sorted(report.capabilities - {AWAITABLE})
    if declared:
        click.echo(f"declared: {', '.join(declared)}")
    reached = report.reached
    words = f"{reached.value} ({reached.words})" if reached else "none"
    click.echo(f"level reached: {words}; declared: {report.declared.value}")


def _opener(store_url: str, stack: ExitStack) -> tuple[OpenStore, frozenset[str]]:
    """Return what opens the store, and what its back-end declares."""
    module, _, name = store_url.partition(":")
    if name.isidentifier() and all(part.isidentifier() for part in module.split(".")):
        opener = _function_opener(module, name, stack)
        return opener, frozenset({AWAITABLE} if isinstance(opener, _Awaited) else ())
    catalogue = PluginCatalogue()
    backend = catalogue.resolve(ACCOUNT_STORE, store_url)
    return _ByUrl(store_url), backend.capabilities


class _ByUrl:
    """Opens a store by its address, here or in another process."""

    def __init__(self, url: str) -> None:
        """Remember the address."""
        self._url = url

    def __call__(self) -> AccountStore:
        """Open it."""
        load_project(self._url)
        return PluginCatalogue().build(ACCOUNT_STORE, self._url)


class _Awaited:
    """Opens a store of somebody's function whose methods are awaited."""

    def __init__(self, function: Callable[[], Any], loop: EventLoop) -> None:
        """Remember both."""
        self._function = function
        self._loop = loop

    def __call__(self) -> AccountStore:
        """Open it in the event loop."""
        made = self._function()
        store = self._loop.wait_for(made) if inspect.isawaitable(made) else made
        return _Closing(store, self._loop)


class _Closing(BlockingStore):
    """An asynchronous store that is closed by whoever has opened it."""

    def close(self) -> None:
        """Close it, if it can be."""
        self.loop.wait_for(close_store(self.store))


def _function_opener(module: str, name: str, stack: ExitStack) -> OpenStore:
    """Return a function of somebody's module, blocking if it was not.

    Raises:
        Misuse: There is no such function.
    """
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        function: Callable[[], Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise Misuse(f"there is no function {module}:{name}: {error}") from None
    if not callable(function):
        raise Misuse(f"{module}:{name} is no function")
    if _wants_arguments(function):
        raise Misuse(f"{module}:{name} has to open a store without being given anything")
    made = function()
    if not inspect.isawaitable(made):
        _require_store(made, f"{module}:{name}")
        if not inspect.iscoroutinefunction(made.load):
            _close([made])
            return function
    loop = EventLoop()
    stack.callback(loop.close)
    first = loop.wait_for(made) if inspect.isawaitable(made) else made
    _require_store(first, f"{module}:{name}")
    loop.wait_for(close_store(first))
    return _Awaited(function, loop)


def _wants_arguments(function: Callable[..., Any]) -> bool:
    """Tell whether a function cannot be called as it is."""
    try:
        inspect.signature(function).bind()
    except TypeError:
        return True
    return False


def _require_store(made: object, name: str) -> None:
    """Make sure that what a function has returned is a store.

    Raises:
        Misuse: It has not every method of one.
    """
    methods = [word for word in vars(AccountStore) if not word.startswith("_")]
    missing = [method for method in methods if not callable(getattr(made, method, None))]
    if missing:
        kind = type(made).__name__
        raise Misuse(f"{name} has returned no store: {kind} has no {', '.join(missing)}")


def _close(stores: Iterable[object]) -> None:
    """Close what can be closed by a blocking call."""
    for store in stores:
        close = getattr(store, "close", None)
        if close is not None and not inspect.iscoroutinefunction(close):
            close()


def _has_letters(store: AccountStore) -> bool:
    """Tell whether anybody uses this store already."""
    try:
        return bool(store.outbox_list(tuple(LetterState), None, 1).items)
    finally:
        _close([store])
