"""Where the letters of a story arrive, and how the people in it read them."""

from __future__ import annotations

from email.message import EmailMessage
from threading import Lock

import attrs

from registrazione.ports import Envelope
from registrazione.testing.outbox import link_in, plain_text, value_in


class StoryFailed(Exception):  # noqa: N818 - what happened to a story, not a kind of error
    """The story went another way than the document says."""


@attrs.frozen(kw_only=True)
class Letter:
    """A letter as it arrived.

    Args:
        recipient: The mailbox that it was put into.
        message: The letter itself.
    """

    recipient: str
    message: EmailMessage = attrs.field(repr=False)

    @property
    def subject(self) -> str:
        """Return the subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """Return the plain text, with the line ends of this machine's text."""
        return plain_text(self.message)

    @property
    def token(self) -> str:
        """Return the token of the letter's link, as the page behind it gets it.

        Raises:
            StoryFailed: There is no link.
        """
        return self._link()[1]

    @property
    def link(self) -> str:
        """Return the address of the page that the letter's link opens.

        Raises:
            StoryFailed: There is no link.
        """
        return self._link()[0]

    def _link(self) -> tuple[str, str]:
        found = link_in(self.text)
        if found is None:
            message = f"there is no link in the letter «{self.subject}»"
            raise StoryFailed(message)
        return found

    def value(self, label: str) -> str:
        """Return what stands behind a label, such as a temporary password.

        Args:
            label: As it is printed, such as ``Password temporanea``.

        Raises:
            StoryFailed: There is no such label.
        """
        found = value_in(self.text, label)
        if found is None:
            message = f"there is no «{label}» in the letter «{self.subject}»"
            raise StoryFailed(message)
        return found


class Mailbox:
    """Every mailbox of the story; also a :class:`~registrazione.ports.Mailer` by itself."""

    __slots__ = ("_letters", "_lock", "_shown")

    def __init__(self) -> None:
        """Start with nothing."""
        self._letters: list[Letter] = []
        self._lock = Lock()
        self._shown = 0

    def send(self, envelope: Envelope) -> None:
        """Put a letter into its recipient's mailbox."""
        self.put(envelope.recipient, envelope.message)

    def put(self, recipient: str, message: EmailMessage) -> None:
        """Keep a letter that arrived, whoever brought it."""
        with self._lock:
            self._letters.append(Letter(recipient=recipient, message=message))

    def letters(self, recipient: str = "") -> tuple[Letter, ...]:
        """Return the letters, the oldest first.

        Args:
            recipient: Only those of this mailbox.
        """
        with self._lock:
            return tuple(letter for letter in self._letters if recipient in {"", letter.recipient})

    def fresh(self) -> tuple[Letter, ...]:
        """Return the letters that came since the last time this was asked."""
        letters = self.letters()
        fresh, self._shown = letters[self._shown :], len(letters)
        return fresh
