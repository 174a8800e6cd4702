"""The command that checks a store."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack

import pytest
from tests.cli.shell import run

from registrazione.adapters.memory import MemoryStore
from registrazione.cli.conformance import _function_opener
from registrazione.core.records import LetterState
from registrazione.plugins import ACCOUNT_STORE, Backend, manager, ready
from registrazione.testing.builders import a_letter, one_change

SHOP = """
from registrazione.adapters.memory import MemoryStore

class Awaitable:
    def __init__(self):
        self.store = MemoryStore()

    async def _call(self, name, *arguments):
        return getattr(self.store, name)(*arguments)

    async def load(self, *a): return await self._call("load", *a)
    async def find(self, *a): return await self._call("find", *a)
    async def commit(self, *a): return await self._call("commit", *a)
    async def search(self, *a): return await self._call("search", *a)
    async def history(self, *a): return await self._call("history", *a)
    async def outbox_take(self, *a): return await self._call("outbox_take", *a)
    async def outbox_settle(self, *a): return await self._call("outbox_settle", *a)
    async def outbox_list(self, *a): return await self._call("outbox_list", *a)

closed = []

class Closing(Awaitable):
    async def aclose(self):
        closed.append(self)

async def open_later():
    return Closing()

def open_nothing():
    return None

async def open_half():
    return object()

def open_with(address):
    return Awaitable()

number = 7
"""


class Brings:
    """A plugin with one store."""

    __name__ = "brings"

    def __init__(self, store) -> None:
        """Keep the store."""
        self._store = store

    @manager.hookspecs.hookimpl
    def registrazione_stores(self):
        """Bring it."""
        return [Backend(ACCOUNT_STORE, "mine", self._store)]


@pytest.fixture
def stored(monkeypatch):
    """Let this be what ``mine://`` opens."""

    def install(factory):
        class Point:
            name, value, dist = "mine", "mine", None

            def load(self):
                return Brings(factory)

        monkeypatch.setattr(manager, "entry_points", lambda **_: [Point()])

    return install


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Put a module with stores into the folder that the command runs in."""
    (tmp_path / "my_shop.py").write_text(SHOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_store_that_keeps_every_law_is_told_so() -> None:
    """The store in memory keeps the laws: a row for each group, the level, and status 0."""
    result = run("conformance", "memory://")

    assert result.exit_code == 0
    assert "laws are kept" in result.stdout
    assert "level reached: 4 (concurrency)" in result.stdout
    assert "Broken" not in result.stdout


def test_a_store_that_breaks_a_law_is_told_which(stored) -> None:
    """The law that is broken says what the store did instead, and the status is 1."""

    class Forgetful(MemoryStore):
        """Loses the history."""

        def history(self, account_id):
            """Return nothing."""
            return ()

    stored(lambda *_, **__: Forgetful())

    result = run("conformance", "mine://")

    assert result.exit_code == 1
    assert "history_in_order" in result.stdout
    assert "Begin with erase" in result.stdout
    assert "level reached: 1 (values and commits); declared: 4" in result.stdout


def test_a_store_that_keeps_nothing_reaches_no_level(stored) -> None:
    """A store that commits nothing is at no level; one of a lower level is judged by that."""

    class Void(MemoryStore):
        """Commits nothing."""

        def commit(self, change):
            """Do nothing."""

    stored(lambda *_, **__: Void())

    result = run("conformance", "mine://", "--with", "level-1")

    assert result.exit_code == 1
    assert "level reached: none; declared: 1" in result.stdout
    assert "declared: level-1" in result.stdout


def test_a_program_reads_json() -> None:
    """One object on standard output, with every law."""
    result = run("conformance", "memory://", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert told["in_order"] is True
    assert told["reached_level"] == 4
    assert {law["outcome"] for law in told["laws"]} == {"kept", "not applicable"}


def test_a_store_in_use_is_left_alone(stored) -> None:
    """A store with letters in it is refused, unless they are said to be worth nothing."""
    store = MemoryStore()
    store.commit(one_change(letters=(a_letter(),)))
    stored(ready(store))

    refused = run("conformance", "mine://")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "not empty" in refused.stderr
    assert "--reuse" in refused.stderr
    assert store.outbox_list((LetterState.QUEUED,), None, 5).items == (a_letter(),)
    assert run("conformance", "mine://", "--reuse").exit_code in {0, 1}


def test_a_scratch_file_is_checked_and_closed(tmp_path) -> None:
    """A store in a file is opened, checked and closed; its second run has to be meant."""
    url = f"sqlite:///{tmp_path}/scratch.db"

    told = run("conformance", url, "--with", "level-3", "--without", "shared")
    assert told.exit_code == 0, told.stdout
    assert run("conformance", url).exit_code == 2


def test_an_unknown_store_is_a_misuse() -> None:
    """A scheme that nobody has ends with status 2, and shows nothing of the address."""
    result = run("conformance", "nonsense://user:secret@host")

    assert result.exit_code == 2
    assert "secret" not in result.stderr


@pytest.mark.parametrize("function", ["MemoryStore", "Awaitable", "open_later"])
def test_a_function_of_a_module_opens_the_store(shop, function) -> None:
    """A store that has no address yet is opened by a function, blocking or not."""
    result = run("conformance", f"my_shop:{function}", "--with", "level-3")

    assert result.exit_code == 0, result.stdout


def test_an_asynchronous_store_is_closed_and_cancelled(shop) -> None:
    """Each law opens one of its own, which is given back; what is cancelled belongs to them."""
    result = run("conformance", "my_shop:open_later")

    assert result.exit_code == 0, result.stdout
    assert "cancellation" in result.stdout
    assert "declared: awaitable" not in result.stdout
    assert len(sys.modules["my_shop"].closed) > 100


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("open_nothing", "has returned no store: NoneType has no load, find, commit"),
        ("open_half", "has returned no store: object has no load, find, commit"),
        ("open_with", "has to open a store without being given anything"),
    ],
)
def test_a_function_that_opens_no_store_is_a_misuse(shop, name, words) -> None:
    """What is wrong with it is told in one line, and not by a traceback."""
    result = run("conformance", f"my_shop:{name}")

    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize("name", ["my_shop:missing", "no_shop:open", "my_shop:number"])
def test_a_function_that_is_not_there_is_a_misuse(shop, name) -> None:
    """A wrong name is told in one line."""
    result = run("conformance", name)

    assert result.exit_code == 2
    assert "function" in result.stderr


def test_a_function_is_looked_for_in_this_folder_once(monkeypatch) -> None:
    """The folder is put on the path only where it is not there already."""
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with ExitStack() as stack:
        opened = _function_opener("registrazione.adapters.memory", "MemoryStore", stack)()

    assert isinstance(opened, MemoryStore)
    assert sys.path.count("") == 1
