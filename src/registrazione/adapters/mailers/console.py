"""Letters on the screen, for development."""

from __future__ import annotations

import sys
from email.message import EmailMessage
from threading import Lock
from typing import TextIO

from registrazione.adapters.mailers.envelopes import opened
from registrazione.ports import Envelope, MailerUnavailable

_RULE = "-" * 72


class ConsoleMailer:
    """Print letters; the port :class:`~registrazione.ports.Mailer`.

    The letters hold links and temporary passwords: this is for the developer's own screen.

    Args:
        stream: Where to print; by default what ``sys.stdout`` is at that moment.
    """

    __slots__ = ("_lock", "_stream")

    def __init__(self, stream: TextIO | None = None) -> None:
        """Remember the stream."""
        self._stream = stream
        self._lock = Lock()

    def send(self, envelope: Envelope) -> None:
        """Print recipient, subject and plain body.

        Raises:
            MailRefused: The letter does not go to exactly one address.
            MailerUnavailable: The stream is closed.
        """
        opened(envelope)
        stream = self._stream or sys.stdout
        page = _printable(_page(envelope))
        encoding = stream.encoding or "utf-8"
        page = page.encode(encoding, "backslashreplace").decode(encoding)
        try:
            with self._lock:
                stream.write(page)
                stream.flush()
        except (OSError, ValueError):
            raise MailerUnavailable("console") from None


def _page(envelope: Envelope) -> str:
    subject = envelope.message["Subject"]
    body = envelope.message.get_body(("plain",))
    text = body.get_content() if isinstance(body, EmailMessage) else ""
    return f"{_RULE}\nTo: {envelope.recipient}\nSubject: {subject}\n\n{text.rstrip()}\n{_RULE}\n"


def _printable(text: str) -> str:
    """Return the text without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
