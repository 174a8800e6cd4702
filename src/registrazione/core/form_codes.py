"""The code on a printed modulo di adesione: how an office finds the registration (IST-10, POL-07).

It is made of the account's unguessable id, so that nothing has to be kept and a form printed
twice says the same, before and after a change of keys. It leads somewhere only while the account
waits for the person to come, and opens nothing by itself: whoever looks it up is an operator.
"""

from __future__ import annotations

import hashlib

from registrazione.core.account import Account
from registrazione.core.enabling import is_under_way
from registrazione.core.states import AccountState

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and letters without those that are taken for one another: 0 and O, 1 and I."""
LENGTH = 10
"""Characters of a code, the last of which checks the others."""
GROUP = 5
"""Characters that are printed together."""

_BITS = 5
_SEPARATORS = str.maketrans("", "", " -\t\u00a0\u2010\u2011\u2013")
_MOST_TYPED = 64


def waits_for_presence(account: Account) -> bool:
    """Tell whether the next thing is that the person comes with a document (IST-10, POL-07)."""
    return account.state is AccountState.AWAITING_PRESENCE or is_under_way(account)


def form_code(account: Account) -> str:
    """Return the code of an account's printed form; see :func:`grouped` for people's eyes."""
    name = f"form\0{account.realm}\0{account.id}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(hashlib.sha512(name).digest()[:8])
    body = "".join(ALPHABET[number >> _BITS * place & 31] for place in range(LENGTH - 1))
    return body + _check_character(body)


def grouped(code: str) -> str:
    """Return a code as it is printed, in groups: ``ABCDE-FGHJK``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_form_code(typed: object) -> str | None:
    """Return the code that somebody typed or scanned, or ``None`` if it cannot be one.

    Spaces, hyphens and small letters are as good as what is printed. One wrong character, and
    nearly every pair of neighbours that changed places, is noticed (Luhn's check, modulo 32).

    Args:
        typed: Of any type.
    """
    if not isinstance(typed, str) or len(typed) > _MOST_TYPED or not typed.isprintable():
        return None
    code = typed.translate(_SEPARATORS)
    # Unicode folds letters from elsewhere into plain ones.
    code = code.upper() if code.isascii() else ""
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def _check_character(body: str) -> str:
    """Return Luhn's check character of what stands before it."""
    base, total = len(ALPHABET), 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 - place % 2)
        total += value // base + value % base
    return ALPHABET[-total % base]
