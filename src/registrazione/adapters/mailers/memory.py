"""Letters kept in a list, for tests."""

from __future__ import annotations

from registrazione.adapters.mailers.envelopes import opened
from registrazione.ports import Envelope


class MemoryMailer:
    """Keep letters in :attr:`sent`; the port :class:`~registrazione.ports.Mailer`."""

    __slots__ = ("sent",)

    def __init__(self) -> None:
        """Start with an empty list."""
        self.sent: list[Envelope] = []
        """The letters, the first one first."""

    def send(self, envelope: Envelope) -> None:
        """Keep the letter.

        Raises:
            MailRefused: It does not go to exactly one address.
        """
        opened(envelope)
        self.sent.append(envelope)
