"""A real mail server on the loopback interface, which puts letters into a story's mailbox."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Callable
from email.policy import default
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller

from registrazione.stories.mailbox import Mailbox

HOST = "127.0.0.1"


class _Counter:
    """Takes letters over from the server."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Remember where they go."""
        self._mailbox = mailbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's names and types
        """Put a letter into the mailbox of each recipient."""
        message = email.message_from_bytes(envelope.content, policy=default)
        for recipient in envelope.rcpt_tos:
            self._mailbox.put(recipient, message)
        return "250 OK"


class _Controller(Controller):
    """A server on whatever port the system gives it."""

    port: int

    def _trigger_server(self) -> None:
        """Note the port before the start is tested by connecting to it."""
        server = cast("asyncio.Server", self.server)
        self.port = int(server.sockets[0].getsockname()[1])
        trigger: Callable[[], None] = super()._trigger_server
        trigger()


class PostOffice:
    """A mail server for as long as the ``with`` block lasts.

    Args:
        mailbox: Where the letters go.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        """Prepare the server; nothing listens yet."""
        self._controller = _Controller(_Counter(mailbox), hostname=HOST, port=0)

    @property
    def url(self) -> str:
        """Return the address for ``mailer=…``."""
        return f"smtp://{HOST}:{self._controller.port}?hostname=localhost"

    def __enter__(self) -> Self:
        """Open."""
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self._controller.stop()
