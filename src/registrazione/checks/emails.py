"""How an address that somebody typed becomes the one that is stored, compared and mailed."""

from __future__ import annotations

from registrazione.core.emails import EmailAddress
from registrazione.core.refusals import Fault, fault
from registrazione.core.text import clean_line

MAX_ADDRESS = 254


def normalise(address: object, field: str = "email") -> EmailAddress | tuple[Fault, ...]:
    """Return the normalised address, or what makes it none (RFC 5321, 5322, 5891).

    The grammar is email-validator's, strict and without any query to the DNS. Before it come
    the cap of RFC 5321 (254) and what that library lets through: encoded words, which a mailer
    may decode into another recipient (RFC 2047 §5).

    Args:
        address: What was typed, of any type.
        field: The field named in the fault.

    Returns:
        The address with its domain in ASCII and lower case and its local part in NFC, or the
        faults. No fault holds any part of what was typed.
    """
    text = clean_line(address, max_length=MAX_ADDRESS, field=field)
    if isinstance(text, Fault):
        return (text,)

    # Loaded on first use: importing the library takes longer than all of registrazione's core.
    from email_validator import EmailNotValidError, validate_email

    try:
        valid = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return (fault("email.malformed", field),)
    return EmailAddress(local=valid.local_part, domain=valid.ascii_domain.lower())
