"""What every mailer does first."""

from __future__ import annotations

from registrazione.ports import Envelope, MailRefused
from registrazione.service.message import UnsafeLetter, is_single_address, to_bytes


def opened(envelope: Envelope) -> bytes:
    """Return the bytes of the letter, once it is sure that it goes to one address alone.

    Raises:
        MailRefused: The recipient or the sender is not exactly one address, or the message
            cannot be written down.
    """
    if not is_single_address(envelope.recipient):
        raise MailRefused("recipient")
    if not is_single_address(envelope.sender):
        raise MailRefused("sender")
    try:
        return to_bytes(envelope.message)
    except UnsafeLetter:
        raise MailRefused("message") from None
