"""The lines of the box "Requisiti password", each made from one setting of a policy (MIM-37)."""

from __future__ import annotations

from datetime import timedelta

from registrazione.core.alphabets import SPECIALS, Alphabet
from registrazione.core.box import BoxLine

STRENGTH = BoxLine(
    code="password.weak",
    it="difficile da indovinare: niente parole comuni, nomi, date o sequenze da sole",
    en="hard to guess: no common words, names, dates or sequences by themselves",
)
BREACHES = BoxLine(
    code="password.breached",
    it="non presente negli elenchi di password già violate",
    en="on no list of breached passwords",
)
PERSON = BoxLine(
    code="password.same_as_username",
    it="diversa dal nome utente, dall'indirizzo e-mail, dal nome e dal cognome",
    en="different from the username, the e-mail address, the name and the surname",
)


def history(count: int) -> BoxLine:
    """Return the line of the passwords that may not return (MIM-31)."""
    if count == 1:
        return BoxLine(
            code="password.reused",
            it="diversa dall'ultima password utilizzata",
            en="different from the last password used",
        )
    return BoxLine(
        code="password.reused",
        it=f"diversa dalle ultime {count} password utilizzate",
        en=f"different from the last {count} passwords used",
    )


def upper_case(alphabet: Alphabet) -> BoxLine:
    """Return the line of the upper-case letter (MIM-33)."""
    return BoxLine(
        code="password.needs_upper",
        it="almeno un carattere maiuscolo",
        en="at least one upper-case letter",
        pattern=r"\p{Uppercase}" if alphabet.unicode else "[A-Z]",
    )


def lower_case(alphabet: Alphabet) -> BoxLine:
    """Return the line of the lower-case letter (MIM-34)."""
    return BoxLine(
        code="password.needs_lower",
        it="almeno un carattere minuscolo",
        en="at least one lower-case letter",
        pattern=r"\p{Lowercase}" if alphabet.unicode else "[a-z]",
    )


def digit(alphabet: Alphabet) -> BoxLine:
    """Return the line of the digit (MIM-35)."""
    return BoxLine(
        code="password.needs_digit",
        it="almeno un numero",
        en="at least one digit",
        pattern=r"\p{Nd}" if alphabet.unicode else "[0-9]",
    )


def characters(alphabet: Alphabet) -> BoxLine:
    """Return the line of the characters allowed (MIM-36)."""
    if alphabet.unicode:
        code = "password.invisible"
        it = "può contenere qualsiasi carattere, anche spazi, accenti e simboli"
        en = "may contain any character, also spaces, accents and symbols"
    elif set(alphabet.specials) == set(SPECIALS):
        code = "password.special"
        it = "può contenere tutti i caratteri speciali della tastiera, non spazi né accenti"
        en = "may contain any special character of the keyboard, no spaces and no accents"
    elif alphabet.specials:
        code = "password.special"
        shown = " ".join(alphabet.specials)
        it = f"può contenere i seguenti caratteri speciali: {shown}"
        en = f"may contain these special characters: {shown}"
    else:
        code = "password.no_specials"
        it = "solo lettere non accentate e numeri"
        en = "unaccented letters and digits only"
    return BoxLine(code=code, it=it, en=en, pattern=alphabet.pattern())


def life(lasts: timedelta) -> BoxLine:
    """Return the line of the periodic change (POL-17)."""
    return BoxLine(
        code="password.expired",
        it=f"da cambiare ogni {lasts.days} giorni",
        en=f"to be changed every {lasts.days} days",
    )
