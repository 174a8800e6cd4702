"""The password rules of the five procedures, to the letter, and today's standard one."""

from __future__ import annotations

from datetime import timedelta

import attrs

from registrazione.core.alphabets import PRINTABLE_ASCII, UNICODE, Alphabet
from registrazione.core.password_policy import PasswordPolicy

IOL = PasswordPolicy(
    min_length=8,
    alphabet=PRINTABLE_ASCII,
    require_upper=True,
    require_lower=True,
    require_digit=True,
)
"""Iscrizioni On Line (IOL-08): a digit, an upper-case and a lower-case letter, no history."""

MIM = attrs.evolve(IOL, alphabet=Alphabet(specials="!@#$%"), history=5)
"""The ministry's portal for students (MIM-31 to MIM-36)."""

UNI = attrs.evolve(IOL, history=5)
"""External users of the university (UNI-05): not said; the rule of IOL with MIM's history."""

ISTANZE = attrs.evolve(IOL, history=5)
"""Istanze OnLine, first procedure (IST-01): not said; the rule of IOL with MIM's history."""

POLIS = attrs.evolve(ISTANZE, expires_after=timedelta(days=180), warn_before=timedelta(days=15))
"""POLIS Istanze OnLine: expires with a warning (POL-17); the 180 and 15 days are a default."""

STANDARD = PasswordPolicy(
    min_length=15,
    alphabet=UNICODE,
    min_strength=3,
    breach_check=True,
    differs_from_person=True,
)
"""NIST SP 800-63B-4 3.1.1.2 and ASVS 5.0 6.2: long, any character, no classes, no expiry."""
