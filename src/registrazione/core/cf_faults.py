"""Why a text is no sound codice fiscale, as exactly as can be told without giving the right one."""

from __future__ import annotations

import re
from typing import cast

from registrazione.core.cf_rules import (
    DIGITS,
    LENGTH,
    LETTERS,
    MAX_TYPED,
    MONTHS,
    OMOCODIA_LETTERS,
    PROVISIONAL_LENGTH,
    canonical_text,
    check_letter,
    is_sound,
)
from registrazione.core.refusals import Fault, fault
from registrazione.core.substitute_codes import is_temporary_health_code

_FOREIGN = re.compile(r"[^A-Za-z0-9]")
_EXPECTED = {"L": LETTERS, "D": DIGITS + OMOCODIA_LETTERS, "M": MONTHS}
_EXPECTED_NAMES = {"L": "letter", "D": "digit", "M": "month"}
_PATTERN = "LLLLLLDDMDDLDDDL"
_NO_HINT = ""

_LOOKALIKES = {
    sign: (twin, f"{letter}/{digit}")
    for letter, digit in ("O0", "I1", "S5", "B8")
    for sign, twin in ((letter, digit), (digit, letter))
}


def faults_of(text: object, field: str) -> tuple[Fault, ...]:
    """Return what is wrong with a text that is no sound codice fiscale; at least one fault.

    Args:
        text: What was typed, of any type, and not sound.
        field: The field named in the faults.
    """
    if text is None:
        return (fault("input.missing", field),)
    if not issubclass(type(text), str):
        return (fault("input.type", field),)
    text = str.__str__(cast("str", text))
    if len(text) > MAX_TYPED:
        return (fault("cf.lunghezza", field, length=len(text)),)
    code = canonical_text(text)
    if not code:
        return (fault("input.missing", field),)
    if is_temporary_health_code(code):
        return (fault("cf.stp", field),)
    return _faults_of_text(code, field) or (_fault_of_content(code, field),)


def _faults_of_text(code: str, field: str) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    all_digits = code.isascii() and code.isdigit()
    if len(code) != LENGTH and not (len(code) == PROVISIONAL_LENGTH and all_digits):
        faults.append(fault("cf.lunghezza", field, length=len(code)))
    foreign = _FOREIGN.search(code)
    if foreign is not None:
        faults.append(fault("cf.carattere", field, position=foreign.start() + 1))
    return tuple(faults)


def _fault_of_content(code: str, field: str) -> Fault:
    if len(code) == PROVISIONAL_LENGTH:
        return fault("cf.controllo", field, hint=_NO_HINT)
    for position, (sign, kind) in enumerate(zip(code, _PATTERN, strict=True), start=1):
        if sign not in _EXPECTED[kind]:
            name = _EXPECTED_NAMES[kind]
            return fault("cf.forma", field, position=position, expected=name, hint=_hint(code))
    if check_letter(code[:-1]) != code[-1]:
        return fault("cf.controllo", field, hint=_hint(code))
    return fault("cf.data_impossibile", field)


def _hint(code: str) -> str:
    """Name the single typing error that, undone, makes the code sound."""
    for position, sign in enumerate(code):
        if sign in _LOOKALIKES:
            twin, word = _LOOKALIKES[sign]
            if is_sound(f"{code[:position]}{twin}{code[position + 1 :]}"):
                return word
    for left in range(LENGTH - 1):
        swapped = f"{code[:left]}{code[left + 1]}{code[left]}{code[left + 2 :]}"
        if is_sound(swapped):
            return "swap"
    return _NO_HINT
