"""The six procedures as sites of Flask and of Django, with a real mail server behind them."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Condition
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import attrs

from registrazione.stories.mailbox import Letter, Mailbox, StoryFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "127.0.0.1"
KEY = "a key of the walks, of more than 32 bytes"
PATIENCE = 20.0
"""Seconds for a letter to arrive: it leaves behind the response."""


class Post(Mailbox):
    """The mailboxes of everybody, in front of which one can wait."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self._arrived = Condition()

    def put(self, recipient, message) -> None:
        """Keep a letter, and tell who waits for it."""
        super().put(recipient, message)
        with self._arrived:
            self._arrived.notify_all()

    def wait(self, recipient: str, found: Callable[[Letter], object], after: int = 0) -> Letter:
        """Return the last letter in which something is found, as soon as there is one.

        Args:
            recipient: Whose mailbox.
            found: Tells whether it is the letter.
            after: How many of the mailbox's letters are known already.
        """

        def fitting():
            return [one for one in self.letters(recipient)[after:] if found(one)]

        with self._arrived:
            assert self._arrived.wait_for(fitting, PATIENCE), f"no letter to {recipient}"
        return fitting()[-1]

    def link(self, recipient: str, after: int = 0) -> str:
        """Return the link of a letter."""
        return self.wait(recipient, link_of, after).link

    def value(self, recipient: str, label: str, after: int = 0) -> str:
        """Return what stands behind a label in a letter."""
        return self.wait(recipient, lambda one: value_of(one, label), after).value(label)


def link_of(letter: Letter) -> str:
    """Return the link of a letter, if it has one."""
    try:
        return letter.link
    except StoryFailed:
        return ""


def value_of(letter: Letter, label: str) -> str:
    """Return what stands behind a label, if it is there."""
    try:
        return letter.value(label)
    except StoryFailed:
        return ""


@attrs.frozen(kw_only=True)
class Site:
    """Six procedures on one host.

    Args:
        framework: ``flask`` or ``django``.
        url: Where they are; each has its name as the first part of the path.
        post: Where the letters arrive.
        database: The file with everything that is stored.
        tables: How the names of the tables begin that are ours.
    """

    framework: str
    url: str
    post: Post
    database: Path
    tables: str = ""

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every table, so that two moments can be compared."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)  # noqa: S608 - names of our own tables
                for (name,) in names.fetchall()
                if name.startswith(self.tables)
            }

    def happened(self, event: str) -> int:
        """Return how many lines of the trail tell of an event."""
        written = f'"event":"{event}"'
        return sum(written in repr(row) for row in self.rows()["registrazione_audit"])


class Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own, and closes each response.

    Werkzeug's server does not do so where the browser resets the connection first, and what is to
    be done behind a response is not done then.
    """

    # A browser keeps connections open that nobody will use again.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Keep quiet about a browser that went away."""


class Handler(WSGIRequestHandler):
    """Keeps the output of the tests clean."""

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def served(make: Callable[[str], object]) -> Iterator[str]:
    """Serve a WSGI application that is made once its address is known."""
    server = make_server(HOST, 0, lambda *_: [], Server, Handler)
    url = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    try:
        server.set_app(make(url))
        thread.start()
        yield url
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def elsewhere(work: Callable[[], object]) -> None:
    """Do something in a thread without the event loop that Playwright leaves in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
