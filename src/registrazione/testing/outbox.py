"""Letters as they left, for tests that look into them."""

from __future__ import annotations

import re
from email.message import EmailMessage
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, cast

import attrs

from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.core.account import Account
from registrazione.core.records import OutboxMessage
from registrazione.ports import Envelope

if TYPE_CHECKING:
    from registrazione.registrar import AsyncRegistrar, Registrar
    from registrazione.service.letters import LetterWriter

_LINK = re.compile(r"^(https?://\S+/(?:activate|email|reset)/(\S+))$", re.MULTILINE)


def plain_text(message: EmailMessage) -> str:
    """Return the plain text of a letter, with the line ends of this machine's text."""
    body = message.get_body(("plain",))
    text = body.get_content() if isinstance(body, EmailMessage) else ""
    return text.replace("\r\n", "\n")


def link_in(text: str) -> tuple[str, str] | None:
    """Return the link of a letter's text, whole and its token alone, if there is one."""
    found = _LINK.search(text)
    return (found[1], found[2]) if found else None


def value_in(text: str, label: str) -> str | None:
    """Return what stands behind a label in a letter's text, if the label is there."""
    found = re.search(rf"^ +{re.escape(label)}: (\S+)$", text, re.MULTILINE)
    return found[1] if found else None


@attrs.frozen(kw_only=True)
class Letter:
    """A letter as it left.

    Args:
        kind: Which one, such as ``activation``; empty if the outbox does not watch its registrar.
        recipient: The one address that it went to.
        message: The letter itself, headers and both bodies.
    """

    kind: str
    recipient: str
    message: EmailMessage = attrs.field(repr=False)

    @property
    def subject(self) -> str:
        """Return the subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """Return the plain text."""
        return plain_text(self.message)

    def link(self) -> str:
        """Return the address of the page that the letter's link opens.

        Raises:
            LookupError: There is no link.
        """
        return self._link()[0]

    def token(self) -> str:
        """Return the token in the link, as the page behind it gets it.

        Raises:
            LookupError: There is no link.
        """
        return self._link()[1]

    def value(self, label: str) -> str:
        """Return what stands behind a label.

        Args:
            label: As it is printed, such as ``Nome utente`` or ``Password temporanea``.

        Raises:
            LookupError: There is no such label.
        """
        found = value_in(self.text, label)
        if found is None:
            raise LookupError(f"there is no «{label}» in the letter «{self.subject}»")
        return found

    def _link(self) -> tuple[str, str]:
        found = link_in(self.text)
        if found is None:
            raise LookupError(f"there is no link in the letter «{self.subject}»")
        return found


class Outbox:
    """Keep every letter that leaves, and deliver those that are due before it is looked into.

    It is the mailer, and it watches registrars: what they have queued is delivered when somebody
    asks for letters. A registrar whose store is to be awaited delivers for itself.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._mailer = MemoryMailer()
        self._kinds: dict[str, str] = {}
        self._watched: list[Registrar | AsyncRegistrar] = []

    def __repr__(self) -> str:
        """Name the kinds of the letters that have left, for whoever reads a failed test."""
        kinds = ", ".join(letter.kind or "unknown" for letter in self.sent)
        return f"<Outbox: {kinds or 'nothing has left'}>"

    def send(self, envelope: Envelope) -> None:
        """Keep a letter; the port :class:`~registrazione.ports.Mailer`.

        Raises:
            MailRefused: It does not go to exactly one address.
        """
        self._mailer.send(envelope)

    def watch(self, registrar: Registrar | AsyncRegistrar) -> None:
        """Deliver this registrar's letters from now on, and know which is which.

        Args:
            registrar: One that has this outbox for a mailer.
        """
        if registrar not in self._watched:
            letters = _Noting(registrar.parts.letters, self._kinds)
            registrar.parts = attrs.evolve(registrar.parts, letters=cast("LetterWriter", letters))
            self._watched.append(registrar)

    def deliver(self) -> None:
        """Let the letters that are due leave."""
        # Who watches a registrar has loaded this already.
        from registrazione.registrar import Registrar

        for registrar in self._watched:
            parts = registrar.parts
            if parts.mailer is self and not iscoroutinefunction(parts.store.outbox_take):
                Registrar(parts).deliver_outbox()

    @property
    def sent(self) -> tuple[Letter, ...]:
        """The letters that have left so far, the first one first; nothing is delivered."""
        return tuple(
            Letter(
                kind=self._kinds.get(str(envelope.message["Message-ID"]), ""),
                recipient=envelope.recipient,
                message=envelope.message,
            )
            for envelope in self._mailer.sent
        )

    def letters(self, kind: str = "") -> tuple[Letter, ...]:
        """Deliver what is due, and return the letters, the first one first.

        Args:
            kind: Only those of this kind, such as ``activation``.
        """
        self.deliver()
        return tuple(letter for letter in self.sent if kind in {"", letter.kind})

    def to(self, address: str) -> tuple[Letter, ...]:
        """Deliver what is due, and return the letters to an address, the first one first."""
        return tuple(letter for letter in self.letters() if letter.recipient == address)

    def last(self, kind: str = "") -> Letter:
        """Deliver what is due, and return the letter that left last.

        Args:
            kind: The last one of this kind, such as ``activation``.

        Raises:
            LookupError: There is none; the text says which kinds there are.
        """
        found = self.letters(kind)
        if not found:
            kinds = sorted({letter.kind or "unknown" for letter in self.sent})
            there = ", ".join(kinds) or "none at all"
            raise LookupError(f"no letter {kind or 'of any kind'} has left; there is {there}")
        return found[-1]


class _Noting:
    """A writer of letters that notes which is which.

    Args:
        writer: The one that writes.
        kinds: Where the kinds are noted, by ``Message-ID``.
    """

    def __init__(self, writer: LetterWriter, kinds: dict[str, str]) -> None:
        """Stand before the writer."""
        self._writer = writer
        self._kinds = kinds

    def write(self, message: OutboxMessage, account: Account | None) -> Envelope | None:
        """Return what the writer returns."""
        envelope = self._writer.write(message, account)
        if envelope is not None:
            self._kinds[str(envelope.message["Message-ID"])] = message.kind
        return envelope
