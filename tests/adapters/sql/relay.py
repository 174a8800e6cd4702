"""A wire between a client and a server: counts the trips, falls silent, is cut."""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from threading import Event, Lock, Thread
from urllib.parse import urlsplit, urlunsplit


class Relay:
    """Passes on what a client and a server tell each other.

    Args:
        url: The server's address.

    Attributes:
        url: The address that leads through here.
        trips: How often a client has spoken after the server has, that is round trips.
        silent: While it is set, nothing is passed on, and nobody is told.
    """

    def __init__(self, url: str) -> None:
        """Listen."""
        address = urlsplit(url)
        self._server = (str(address.hostname), int(address.port or 0))
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = urlunsplit(address._replace(netloc=f"{address.username}@127.0.0.1:{port}"))
        self.trips = 0
        self.silent = Event()
        self._lock = Lock()
        self._open: list[socket.socket] = []
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close every connection, as a server does that is killed."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def close(self) -> None:
        """Cut, and listen no more."""
        # Only a shutdown wakes the thread that waits for callers.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        """Take callers in, each with a thread of its own."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        """Carry bytes both ways until one side hangs up."""
        with suppress(OSError), client, socket.create_connection(self._server) as server:
            with self._lock:
                self._open += [client, server]
            last = server
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    if self.silent.is_set():
                        continue
                    if source is client and last is server:
                        self.trips += 1
                    last = source
                    (server if source is client else client).sendall(data)
