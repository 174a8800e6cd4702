"""Letters: headers that say exactly what was meant, and an address that stays what it was.

Mail libraries decode and fold what they are given. CPython before 3.11.10 turns an encoded word
in a subject into a real ``Bcc`` line, and ``smtplib`` reads addresses out of headers once more.
So nothing that could be decoded goes in, and what comes out is looked at before it is sent.
"""

from __future__ import annotations

import re
import unicodedata
from binascii import b2a_qp
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any


class _AsWritten(EmailPolicy):
    """Keep a short plain header as it is written, as the library does with one that it reads.

    To take apart what was put together just now costs more than all else in a letter.
    """

    def header_max_count(self, name: str) -> int:  # noqa: ARG002 - the same for all
        """Have every header once."""
        return 1

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - the library's
        """Return the header as it is kept; one that needs encoding or folding is the library's."""
        if isinstance(value, str) and value.isascii() and value.isprintable():
            fits = len(f"{name}: {value}") <= (self.max_line_length or 0)
            return (name, value) if fits else super().header_store_parse(name, value)
        return super().header_store_parse(name, value)


_POLICY = _AsWritten(linesep="\r\n", cte_type="7bit")
_UTF8_POLICY = _POLICY.clone(utf8=True)


def _content_type(value: str) -> BaseHeader:
    """Return the one header that the library reads again and again, taken apart."""
    header: BaseHeader = _POLICY.header_factory("Content-Type", value)
    return header


_PLAIN = _content_type('text/plain; charset="utf-8"')
_HTML = _content_type('text/html; charset="utf-8"')
_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
)
# A boundary is made of the identifier, because the library would draw another one each time; it
# begins with ``=_``, which no encoded body holds (RFC 2045, section 6.7), and no plain one may.
_MAX_BOUNDARY = 70
_MAX_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3
_ADDRESS = re.compile(r'[^\s"(),:;<>@\[\\\]]+@[^\s"(),:;<>@\[\\\]]+')
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_NEVER_IN_HEADERS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_NEVER_IN_BODIES = re.compile(r"[\x00\ud800-\udfff]")
# A line that begins with a space continues the one before it (RFC 5322, section 2.2.3).
_HEADER_END = re.compile(r"\r\n(?![ \t])")
_STRAY_LINE_END = re.compile(r"\r(?!\n)|(?<!\r)\n|\n[ \t]*\r")


class UnsafeLetter(ValueError):  # noqa: N818 - the name says what is wrong
    """A part of a letter could be read as something else than what it says.

    Args:
        part: Name of the part, such as ``subject``; the part itself stays out of the text.
    """

    def __init__(self, part: str) -> None:
        """Keep the name of the part."""
        self.part = part
        super().__init__(f"the letter's {part} cannot be sent as it is")


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    language: str,
    sender_name: str = "",
    host: str = "",
) -> EmailMessage:
    """Return a letter with both bodies and exactly the headers given here, each once.

    It is marked as generated (RFC 3834), so that no vacation notice answers it, and it is the
    same to the byte, ``Message-ID`` and all, however often it is composed.

    Args:
        sender: The sender's address.
        recipient: The one recipient's address, byte for byte.
        subject: One line.
        text: The plain body.
        html: The same as HTML.
        message_id: Stable identifier of the letter; ``host`` is added.
        date: When it was committed.
        language: Language of the bodies, such as ``it``.
        sender_name: The sender's name as people read it.
        host: Where the identifier was made; empty: the sender's domain.

    Raises:
        UnsafeLetter: A part holds controls, line ends or an encoded word, an address is not
            exactly one, or the headers are not exactly those that were meant (ASVS 5.0 1.3.11).
    """
    mailbox, _, domain = sender.partition("@")
    boundary = f"=_{message_id}"[:_MAX_BOUNDARY]
    _refuse_unsafe(
        sender=is_single_address(sender),
        recipient=is_single_address(recipient),
        subject=_is_plain_line(subject),
        sender_name=_is_plain_line(sender_name),
        body=not _NEVER_IN_BODIES.search(text + html) and boundary not in text + html,
        message_id=_IDENTIFIER.fullmatch(message_id),
        date=date.utcoffset() is not None,
        language=_LANGUAGE.fullmatch(language),
        host=not host or _IDENTIFIER.fullmatch(host),
    )
    letter = EmailMessage(policy=_POLICY if (recipient + sender).isascii() else _UTF8_POLICY)
    letter["From"] = str(Address(sender_name, mailbox, domain))
    letter["To"] = recipient
    letter["Subject"] = subject
    letter["Date"] = format_datetime(date)
    letter["Message-ID"] = f"<{message_id}@{host or domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = language
    letter["MIME-Version"] = "1.0"
    letter["Content-Type"] = _content_type(f'multipart/alternative; boundary="{boundary}"')
    letter.set_payload([_body(_PLAIN, text), _body(_HTML, html)])
    _check_finished(letter, _HEADERS, sender, recipient)
    return letter


def to_bytes(letter: EmailMessage) -> bytes:
    """Return the letter as it goes over the wire: the very bytes that were checked.

    Raises:
        UnsafeLetter: The library itself cannot write it down.
    """
    try:
        return letter.as_bytes(policy=letter.policy.clone(linesep="\r\n", cte_type="7bit"))
    except (MessageError, ValueError, LookupError):
        raise UnsafeLetter("message") from None


def is_single_address(value: object) -> bool:
    """Tell whether this is one bare address that no mail program reads as anything else.

    It judges safety, not existence: no quotes, comments, lists, routes, spaces, controls or
    encoded words (RFC 2047, section 5), and exactly one ``@``.
    """
    return (
        isinstance(value, str)
        and len(value) <= _MAX_ADDRESS
        and value.isprintable()
        and _ADDRESS.fullmatch(value) is not None
        and "=?" not in value
    )


def _body(content_type: BaseHeader, text: str) -> EmailMessage:
    """Return one of the bodies, in lines that every server takes (RFC 2045, section 6.7)."""
    body = EmailMessage(policy=_POLICY)
    body["Content-Type"] = content_type
    body["Content-Transfer-Encoding"] = "quoted-printable"
    lines = b"\n".join(text.encode().splitlines())
    body.set_payload(b2a_qp(lines + b"\n").decode("ascii"))
    return body


def _is_plain_line(text: str) -> bool:
    """Tell whether a text is one line that nothing will decode."""
    return "=?" not in text and not any(
        unicodedata.category(character) in _NEVER_IN_HEADERS for character in text
    )


def _refuse_unsafe(**parts: object) -> None:
    """Refuse the first part that is not what it should be."""
    for part, is_safe in parts.items():
        if not is_safe:
            raise UnsafeLetter(part)


def _check_finished(
    letter: EmailMessage, names: Sequence[str], sender: str, recipient: str
) -> None:
    """Read the finished letter back as a stranger would.

    Raises:
        UnsafeLetter: There are other headers than those meant, or other addresses.
    """
    head = to_bytes(letter).decode().partition("\r\n\r\n")[0]
    lines = _HEADER_END.split(head)
    found = Counter(line.partition(":")[0] for line in lines)
    if found != Counter(names) or _STRAY_LINE_END.search(head):
        raise UnsafeLetter("headers")
    # What stands in the bodies names nobody, and to take them apart would cost the most.
    policy = letter.policy
    read = dict(policy.header_source_parse([line]) for line in lines)
    for part, name, meant in (("sender", "From", sender), ("recipient", "To", recipient)):
        header: Any = policy.header_fetch_parse(name, read[name])
        if [address.addr_spec for address in header.addresses] != [meant]:
            raise UnsafeLetter(part)
