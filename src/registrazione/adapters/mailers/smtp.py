"""Letters over SMTP (RFC 5321), with TLS, STARTTLS and a login where they are wanted."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from registrazione.adapters.mailers.deadline import Deadline
from registrazione.adapters.mailers.envelopes import opened
from registrazione.core.secret import Secret
from registrazione.ports import Envelope, MailerUnavailable, MailRefused

Security = Literal["plain", "starttls", "tls"]
_PORTS: Mapping[Security, int] = {"plain": 25, "starttls": 587, "tls": 465}
_STARTTLS: Mapping[str, Security] = {"yes": "starttls", "no": "plain"}
_AUTHENTICATION_REQUIRED = 530
_LONGEST_TIMEOUT = 3600.0


class SmtpMailer:
    """Hand letters to a mail server; the port :class:`~registrazione.ports.Mailer`.

    The envelope is told to the server as it stands: no header is ever read for it. Each letter
    has a connection of its own. Certificates are verified, always.

    A refusal is for good only when the server says so about this letter. A wrong password or a
    server that is not as configured is a matter for the operator, and the letter waits.

    Args:
        host: Name of the server; its certificate must bear it.
        port: By default 25, 587 with STARTTLS, 465 with TLS.
        security: ``plain``, ``starttls`` (required, not merely tried) or ``tls``.
        username: For the login, with ``password``.
        password: For the login.
        timeout: Seconds that one letter may take, the look-up of the host's name excepted.
        context: TLS settings; by default the system's authorities.
        hostname: What this machine calls itself; by default its full name.

    Raises:
        ValueError: The login holds characters that cannot be sent, or the time-out is none.
    """

    __slots__ = (
        "_context",
        "_hostname",
        "_password",
        "_timeout",
        "_username",
        "host",
        "port",
        "security",
    )

    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        security: Security = "plain",
        username: str = "",
        password: Secret | None = None,
        timeout: float = 10.0,
        context: ssl.SSLContext | None = None,
        hostname: str | None = None,
    ) -> None:
        """Remember where to go; nothing is opened yet."""
        self._password = Secret("") if password is None else password
        if not (username + self._password.text()).isascii():
            raise ValueError("the login of a mail server is ASCII")
        if not 0 < timeout <= _LONGEST_TIMEOUT:
            raise ValueError("the time-out of a mail server is between 0 seconds and an hour")
        self.host: str = host
        self.port: int = _PORTS[security] if port is None else port
        self.security: Security = security
        self._username = username
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._hostname = hostname

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read ``smtp://user:password@host:port?starttls=yes`` or ``smtps://…``.

        User and password are percent-encoded. Options: ``starttls`` (``yes`` or ``no``; by
        default ``yes`` where there is a password, which must not travel in the clear),
        ``timeout`` in seconds, ``cafile`` (certificates to trust instead of the system's) and
        ``hostname``.

        Raises:
            ValueError: The URL cannot be read. The text never shows it.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
            security = _security(parts.scheme, options, has_login=parts.username is not None)
            timeout = float(options.pop("timeout", "10"))
            context = ssl.create_default_context(cafile=options.pop("cafile", None))
        except (ValueError, KeyError, OSError):
            raise ValueError(
                "the URL of the mail server cannot be read: the port and timeout are numbers, "
                "starttls is yes or no, cafile is a file of certificates"
            ) from None
        hostname = options.pop("hostname", None)
        if options:
            raise ValueError(
                "a mail server has no other options than starttls, timeout, cafile, hostname"
            )
        if not host or parts.path.strip("/"):
            raise ValueError(
                "the URL of a mail server names a host and no path, as in smtp://localhost:1025"
            )
        return cls(
            host,
            port,
            security=security,
            username=unquote(parts.username or ""),
            password=Secret(unquote(parts.password or "")),
            timeout=timeout,
            context=context,
            hostname=hostname,
        )

    def send(self, envelope: Envelope) -> None:
        """Hand one letter over.

        Raises:
            MailRefused: The server will never take it (5xx), it does not go to exactly one
                address, or its address needs SMTPUTF8 and the server has none.
            MailerUnavailable: Not now: 4xx, no connection, no time left, no valid certificate,
                no login.
        """
        letter = opened(envelope)
        deadline = Deadline(self._timeout)
        try:
            with deadline:
                self._converse(envelope, letter, deadline)
        except (smtplib.SMTPException, OSError, UnicodeError, RuntimeError) as error:
            # The cause may hold addresses and the server's own words.
            reason = "timeout" if deadline.passed else _reason(error)
            raise MailerUnavailable(reason) from None

    def _converse(self, envelope: Envelope, letter: bytes, deadline: Deadline) -> None:
        tls = self._context if self.security == "tls" else None
        client = _Connection(self, tls, self._hostname, self._timeout, deadline)
        try:
            # Looked up once: the next letter need not wait for it.
            self._hostname = client.local_hostname
            if self.security == "starttls":
                client.starttls(context=self._context)
            if self._username:
                client.login(self._username, self._password.text())
            _hand_over(client, envelope, letter)
            # The letter is accepted: how the conversation ends does not matter any more.
            with suppress(smtplib.SMTPException, OSError):
                client.quit()
        finally:
            client.close()


class _Connection(smtplib.SMTP):
    """A connection that a deadline watches from its first byte on."""

    def __init__(
        self,
        server: SmtpMailer,
        tls: ssl.SSLContext | None,
        hostname: str | None,
        timeout: float,
        deadline: Deadline,
    ) -> None:
        """Connect and wait for the greeting."""
        self._tls = tls
        self._deadline = deadline
        super().__init__(server.host, server.port, local_hostname=hostname, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect, as ``smtplib`` does at this point, and have the deadline watch it."""
        connection = socket.create_connection((host, port), timeout)
        self._deadline.watch(connection)
        # The deadline comes first, so that every time-out is told in the same way.
        connection.settimeout(2 * timeout)
        if self._tls is None:
            return connection
        return self._tls.wrap_socket(connection, server_hostname=host)


def _security(scheme: str, options: dict[str, str], *, has_login: bool) -> Security:
    """Take what a URL says of security out of its options.

    Raises:
        KeyError: It says something else than it may.
    """
    if scheme == "smtps":
        return "tls"
    by_default = {"smtp": "yes" if has_login else "no"}[scheme]
    return _STARTTLS[options.pop("starttls", by_default)]


def _hand_over(client: smtplib.SMTP, envelope: Envelope, letter: bytes) -> None:
    """Say sender, recipient and letter, word for word.

    ``smtplib.sendmail`` would parse the addresses once more and perhaps see others in them.
    """
    client.ehlo_or_helo_if_needed()
    options: list[str] = []
    if not (letter.isascii() and (envelope.sender + envelope.recipient).isascii()):
        if not client.has_extn("smtputf8"):
            raise MailRefused("smtputf8")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    _accepted(client.mail(envelope.sender, options))
    _accepted(client.docmd("RCPT", f"TO:<{envelope.recipient}>"))
    _accepted(_data(client, letter))


def _data(client: smtplib.SMTP, letter: bytes) -> tuple[int, bytes]:
    try:
        return client.data(letter)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, b""


def _accepted(reply: tuple[int, bytes]) -> None:
    """Go on if the server said yes.

    Raises:
        MailRefused: It said no for good.
        MailerUnavailable: It said not now, or something that is no answer.
    """
    code = reply[0]
    if 200 <= code <= 299:  # noqa: PLR2004 - RFC 5321, section 4.2.1
        return
    if 500 <= code <= 599 and code != _AUTHENTICATION_REQUIRED:  # noqa: PLR2004 - as above
        raise MailRefused(str(code))
    raise MailerUnavailable(str(code))


def _reason(error: Exception) -> str:
    """Return a short code for what went wrong on the way."""
    match error:
        case smtplib.SMTPResponseException():
            return str(error.smtp_code)
        case smtplib.SMTPServerDisconnected():
            return "disconnected"
        case smtplib.SMTPNotSupportedError():
            return "not_supported"
        case smtplib.SMTPException():
            return "protocol"
        case ssl.SSLError():
            return "tls"
        case TimeoutError():
            return "timeout"
        case _:
            return "connection"
