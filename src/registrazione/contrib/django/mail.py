"""Letters through the mail back-end of the project, whichever that is."""
# mypy: disable-error-code="import-untyped,misc,valid-type"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import Policy
from typing import TYPE_CHECKING, Any

from django.core import mail

from registrazione.adapters.mailers.envelopes import opened
from registrazione.ports import Envelope, MailerUnavailable, MailRefused

# To type checkers a class of an untyped package is one of which only this is known.
if TYPE_CHECKING:

    class _Message:
        to: list[str]

        def __init__(self, **parts: object) -> None: ...

else:
    _Message = mail.EmailMultiAlternatives

TIMEOUT = 10.0
"""Seconds that a back-end may take which Django's settings let wait for ever."""

# RFC 4954, section 6: what the server has against the login, and not against the letter.
_LOGIN = frozenset({530, 534, 535, 538})


class DjangoMailer:
    """Hand letters to Django's mail; the port :class:`~registrazione.ports.Mailer`.

    Back-ends that write a letter out themselves (SMTP, files, screen, memory) write the very bytes
    that the library checked. Those that call a provider's interface find sender, recipient,
    subject, both bodies and headers where Django has them.

    Django knows no SMTPUTF8 and would rewrite an address beyond ASCII, so that such a letter is
    refused. Nothing of Django's settings is read before the first letter.

    Args:
        connect: Returns a connection, with which one letter is sent; by default the project's
            usual one.
    """

    __slots__ = ("_connect",)

    def __init__(self, connect: Callable[[], Any] | None = None) -> None:
        """Remember where to get a connection; nothing is opened yet."""
        self._connect = connect or usual_connection

    def send(self, envelope: Envelope) -> None:
        """Hand one letter over.

        Raises:
            MailRefused: The server will never take it, it does not go to exactly one address, or
                an address is not ASCII.
            MailerUnavailable: Not now, whatever the back-end's reason.
        """
        data = opened(envelope)
        if not (envelope.sender + envelope.recipient).isascii():
            raise MailRefused("smtputf8")
        message = DjangoLetter(envelope, data)
        try:
            connection = self._connect()
            # Django's own default is to wait for ever.
            if getattr(connection, "timeout", TIMEOUT) is None:
                connection.timeout = TIMEOUT
            count = connection.send_messages([message])
        except Exception as error:  # noqa: BLE001 - each back-end has errors of its own
            # The cause may hold addresses and the server's own words.
            raise _translated(error) from None
        if not count:
            raise MailerUnavailable("not_sent")


def usual_connection() -> Any:  # noqa: ANN401 - Django has no types
    """Return a connection as the project's settings say: ``MAILERS``, or ``EMAIL_BACKEND``."""
    # Since Django 6.1.
    mailers: Any = getattr(mail, "mailers", None)
    return mail.get_connection() if mailers is None else mailers.default


class DjangoLetter(_Message):
    """A letter as Django's back-ends take it.

    Args:
        envelope: The letter.
        data: Its bytes, as they were checked.
    """

    def __init__(self, envelope: Envelope, data: bytes) -> None:
        """Tell Django what it may want to know."""
        letter = envelope.message
        plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
        kept = ("Message-ID", "Date", "Auto-Submitted", "Content-Language")
        super().__init__(
            subject=str(letter["Subject"] or ""),
            body=plain.get_content() if plain is not None else "",
            from_email=envelope.sender,
            to=[envelope.recipient],
            headers={name: str(letter[name]) for name in kept if letter[name]},
            alternatives=[(html.get_content(), "text/html")] if html is not None else None,
        )
        self._data = data

    def recipients(self) -> list[str]:
        """Return the one recipient of the envelope, whatever the headers say."""
        return list(self.to)

    def message(self, *, policy: Policy[Any] | None = None) -> Written:
        """Return the letter as it goes over the wire."""
        return Written(self._data, policy.linesep if policy is not None else "\n")


class Written(EmailMessage):
    """A message that is written down already.

    Args:
        data: Its bytes, with the line ends of the wire.
        linesep: The line ends that the back-end wants, unless it says so later.
    """

    def __init__(self, data: bytes, linesep: str) -> None:
        """Keep the bytes."""
        super().__init__()
        self._data = data
        self._linesep = linesep

    def as_bytes(self, *_: object, linesep: str = "", **__: object) -> bytes:
        """Return the bytes, with the line ends that the back-end wants."""
        return self._data.replace(b"\r\n", (linesep or self._linesep).encode())

    def as_string(self, *_: object, **__: object) -> str:
        """Return the same as text."""
        return self.as_bytes().decode()


def _translated(error: Exception) -> MailRefused | MailerUnavailable:
    """Return the port's own error for a back-end's."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code = next(iter(refused.values()))[0]
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPConnectError():
            return MailerUnavailable(str(error.smtp_code))
        case smtplib.SMTPResponseException(smtp_code=code):
            pass
        case TimeoutError():
            return MailerUnavailable("timeout")
        case OSError():
            return MailerUnavailable("connection")
        case _:
            return MailerUnavailable("backend")
    if 500 <= code <= 599 and code not in _LOGIN:  # noqa: PLR2004 - RFC 5321, section 4.2.1
        return MailRefused(str(code))
    return MailerUnavailable(str(code))
