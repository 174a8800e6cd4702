"""Usernames: the ones people choose (UNI-05) and the ones the system makes (IOL-16)."""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Iterator

from registrazione.core.generation import READABLE, uniform_text
from registrazione.core.refusals import Fault, fault
from registrazione.core.transliteration import official_spelling

FIELD = "username"
MIN_LENGTH = 2
MAX_LENGTH = 64

DEFAULT_RESERVED = frozenset(
    "abuse account accounts admin administrator amministratore amministrazione anonimo "  # noqa: SIM905 - reads better than 110 literals
    "anonymous api assistenza autoconfig autodiscover backup billing bot broadcasthost cie "
    "cookie daemon demo dirigente docente docenti eidas email ftp guest help helpdesk home "
    "hostmaster hr imap info iscrizioni istanze istruzione it localhost login logout mail "
    "mailer mailer-daemon me mim ministero miur moderator moderatore mysql news no-reply "
    "nobody noc nologin noreply null office operator operatore ospite owner password pec "
    "polis pop pop3 portale postgres postmaster preside presidenza privacy protocollo prova "
    "public recovery recupero register registrazione rettore root scuola security "
    "segreteria self service servizi servizio sicurezza signup sistema smtp spam spid ssl "
    "staff student studente studenti superuser support supporto sysadmin system test tutor "
    "undefined urp usenet user username utente utenti uucp webmaster wheel www".split()
)
"""Names that would pass for the service, its staff or a technical address; lower case."""

_ALLOWED = frozenset(string.ascii_letters + string.digits + "._-")
_SEPARATORS = str.maketrans("", "", "._-")
_LOWER_CASE = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

# The digits may be letters where two persons would share a code (omocodia).
_DIGIT = "[0-9LMNPQRSTUV]"
_CODICE_FISCALE = re.compile(
    rf"[A-Z]{{6}}{_DIGIT}{{2}}[A-Z]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]", re.IGNORECASE | re.ASCII
)

_NEUTRAL = "utente"
_LONGEST_BASE = 24
_LONGEST_LOOK = 100
_SUFFIX_PAIRS = 3
_PAIRS = tuple(
    letter + digit
    for letter in READABLE
    if letter.islower() and letter not in "aeuy"
    for digit in READABLE
    if digit.isdecimal()
)


def canonical_username(text: str) -> str:
    """Return the spelling under which a username is unique and looked up.

    Args:
        text: A username as typed or stored.

    Returns:
        The text with the 26 capital letters of ASCII in lower case, all else unchanged, so that
        nothing outside ASCII can become a letter of ASCII. Doing it twice changes nothing.
    """
    return text.translate(_LOWER_CASE)


def username_key(typed: object) -> str:
    """Return the spelling to look somebody up by, or nothing for what no username can be.

    Args:
        typed: What was typed, of any type and length.
    """
    if not isinstance(typed, str) or len(typed) > MAX_LENGTH or not _ALLOWED.issuperset(typed):
        return ""
    return canonical_username(typed)


def check_username(text: str, *, reserved: Collection[str] = DEFAULT_RESERVED) -> tuple[Fault, ...]:
    """Return every fault of a username somebody chose (UNI-05).

    Args:
        text: The username as typed.
        reserved: Names in lower case that nobody may take, with or without separators.

    Returns:
        The faults, none if it is accepted; for a text beyond 64 characters, that fault alone. A
        username that has the shape of a codice fiscale is refused: it shows up on pages and in
        letters, the codice fiscale must not.
    """
    if len(text) > MAX_LENGTH:
        return (fault("username.too_long", FIELD, max=MAX_LENGTH),)
    return tuple(_faults(text, reserved))


def _faults(text: str, reserved: Collection[str]) -> Iterator[Fault]:
    if len(text) < MIN_LENGTH:
        yield fault("username.too_short", FIELD, min=MIN_LENGTH)
    if not _ALLOWED.issuperset(text):
        yield fault("username.character", FIELD)
    if text and (text[0] in "._-" or text[-1] in "._-"):
        yield fault("username.edges", FIELD)
    name = canonical_username(text)
    bare = name.translate(_SEPARATORS)
    if name in reserved or bare in reserved:
        yield fault("username.reserved", FIELD)
    if _CODICE_FISCALE.fullmatch(bare):
        yield fault("username.codice_fiscale", FIELD)


def generate_username(name: str, surname: str, entropy: bytes) -> str:
    """Return a username for a person, such as ``m.rossi.k7x4c3`` (IOL-16).

    Args:
        name: First name, in any script, or empty.
        surname: Surname, in any script, or empty.
        entropy: At least 32 random bytes. If the username is taken, ask again with fresh ones.

    Returns:
        The first letter of the name and the surname in ASCII, or ``utente`` where neither can
        be written in ASCII, and three random pairs of a letter and a digit: more than 800,000
        for each name, no two digits together that could be read as a year, nothing of the birth
        date or the codice fiscale, no look-alikes and no vowels that could make words. It
        passes :func:`check_username`.

    Raises:
        ValueError: The entropy is too short.
    """
    first, last = _ascii_letters(name), _ascii_letters(surname)
    base = f"{first[:1]}.{last}" if first and last else first or last or _NEUTRAL
    suffix = uniform_text(entropy, purpose="username", length=_SUFFIX_PAIRS, symbols=_PAIRS)
    return f"{base[:_LONGEST_BASE]}.{suffix}"


def _ascii_letters(text: str) -> str:
    """Return the letters a to z of a name, without accents and case."""
    return official_spelling(text[:_LONGEST_LOOK]).lower()
