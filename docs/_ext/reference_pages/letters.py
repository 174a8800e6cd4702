"""The letters, and the names that their templates may use."""

from __future__ import annotations

from registrazione.service.letter_facts import Facts
from registrazione.service.letters import KINDS, LINKS

from . import markdown
from .markdown import arguments, code

MEANINGS = {
    "activation": "the link that confirms a registration",
    "receipt": "the same with the temporary personal code and the modulo di adesione",
    "credentials": "username and temporary password, once everything is done",
    "temporary_password": "a new temporary password, asked for by who lost the old one",
    "activated": "the account may be used",
    "reset": "the link that sets a new password",
    "password_changed": "the password was changed or reset",
    "username": "the username, for who forgot it",
    "already_registered": "somebody registered with your data or address again",
    "unknown": "somebody asked for credentials with this address, and nobody has it",
    "locked": "too many wrong passwords",
    "rejected": "the registration was refused, with the reason",
    "enabling": "the temporary personal code and the modulo di adesione, for an account in use",
    "enabled": "the person was seen: an account in use is enabled",
    "code_recovery": "a new temporary personal code",
    "code_changed": "the personal code was changed",
    "email_change": "the link that confirms a new address, sent to it",
    "email_change_asked": "somebody asked for another address, sent to the present one",
    "email_changed": "another address is the account's now, sent to the former one",
    "data_corrected": "an operator corrected data",
    "aligned": "an identity provider opens the account from now on",
    "identity_only": "there is no password to recover: only the identity provider opens it",
    "password_expiring": "the password is about to expire",
    "suspended": "the account was suspended, with the reason",
    "reinstated": "the account is active again",
    "cancelled": "the account came to its end",
}


def table() -> str:
    """Return a row for each letter.

    Raises:
        KeyError: Nobody has said what a letter is for.
    """
    return markdown.table(
        ["letter", "what it tells", "page of its link"],
        (
            (code(kind), MEANINGS[kind], code(f"/{LINKS[kind][1]}/…") if kind in LINKS else "")
            for kind in KINDS
        ),
    )


def names() -> str:
    """Return a row for each name that a template may use."""
    return markdown.table(
        ["name", "what it holds"],
        ((code(name), meaning) for name, meaning in arguments(Facts).items()),
    )
