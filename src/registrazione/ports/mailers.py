"""The mailer: hands one finished letter over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import attrs

if TYPE_CHECKING:
    from email.message import EmailMessage


class MailerError(Exception):
    """Base of what a mailer may raise; the texts hold no address."""


class MailRefused(MailerError):  # noqa: N818 - an answer of the contract, not a malfunction
    """This letter will never be accepted: sending it again is of no use.

    Args:
        code: Short reason, such as ``550``.
    """

    def __init__(self, code: str) -> None:
        """Keep the short code."""
        self.code = code
        super().__init__(f"refused: {code}")


class MailerUnavailable(MailerError):  # noqa: N818 - an answer of the contract, not a malfunction
    """Not now: try again later.

    Args:
        code: Short reason, such as ``451`` or ``timeout``.
    """

    def __init__(self, code: str) -> None:
        """Keep the short code."""
        self.code = code
        super().__init__(f"not now: {code}")


@attrs.frozen(kw_only=True)
class Envelope:
    """A letter ready to go.

    Args:
        sender: Envelope sender.
        recipient: Envelope recipient: exactly one, byte for byte the stored address.
        message: Headers and bodies, already checked after folding.
    """

    sender: str
    recipient: str = attrs.field(repr=False)
    message: EmailMessage = attrs.field(repr=False)


@runtime_checkable
class Mailer(Protocol):
    """Hand letters over.

    Laws: the recipient is ``envelope.recipient`` and nobody else, whatever the headers say;
    when ``send`` returns, somebody else has taken responsibility for the letter; it returns or
    raises within its time-out; errors are only those of this module.
    """

    def send(self, envelope: Envelope) -> None:
        """Hand one letter over.

        Raises:
            MailRefused: For good.
            MailerUnavailable: For now.
        """
        ...
