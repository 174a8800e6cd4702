"""Which characters a secret may hold, and what to call the ones it may not.

A refused character is named by its class and never by its place: a fault that told where it
stands would tell something about the rest of the secret.
"""

from __future__ import annotations

import string
import unicodedata
from enum import StrEnum

import attrs

SPECIALS = string.punctuation
"""The 32 printable characters of ASCII that are neither letter nor digit nor space."""

_LETTERS_AND_DIGITS = frozenset(string.ascii_letters + string.digits)
# Format characters, yet part of what is seen: families of emoji, Persian, the scripts of India.
_JOINERS = frozenset("\u200c\u200d")


class Refused(StrEnum):
    """The class of a character that an alphabet refuses; the fault is ``password.<class>``."""

    SPACE = "space"
    SPECIAL = "special"
    ACCENTED = "accented"
    OTHER_SCRIPT = "other_script"
    SYMBOL = "symbol"
    INVISIBLE = "invisible"
    CONTROL = "control"
    UNASSIGNED = "unassigned"
    SURROGATE = "surrogate"


_BY_CATEGORY = {
    "Cc": Refused.CONTROL,
    "Cf": Refused.INVISIBLE,
    "Cn": Refused.UNASSIGNED,
    "Co": Refused.UNASSIGNED,
    "Cs": Refused.SURROGATE,
}
_BY_MAJOR_CATEGORY = {
    "L": Refused.OTHER_SCRIPT,
    "M": Refused.ACCENTED,
    "N": Refused.OTHER_SCRIPT,
    "P": Refused.SYMBOL,
    "S": Refused.SYMBOL,
    "Z": Refused.INVISIBLE,
}


def class_of(character: str) -> Refused:
    """Return the class under which a refused character is named.

    Args:
        character: One code point that an alphabet refuses.

    Returns:
        Its class. Any Latin letter beyond ASCII counts as accented, combining marks too; digits
        of other scripts go with the letters of other scripts.
    """
    if character == " ":
        return Refused.SPACE
    if character in SPECIALS:
        return Refused.SPECIAL
    category = unicodedata.category(character)
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    name = unicodedata.name(character, "")
    if name.startswith("LATIN ") and character.isalpha():
        return Refused.ACCENTED
    if name.startswith("VARIATION SELECTOR"):
        return Refused.SYMBOL
    return _BY_MAJOR_CATEGORY[category[0]]


def _all_specials(_: Alphabet, __: object, specials: str) -> None:
    if len(set(specials)) != len(specials) or not set(specials) <= set(SPECIALS):
        message = "specials are different printable ASCII characters, no letter, digit or space"
        raise ValueError(message)


@attrs.frozen(kw_only=True)
class Alphabet:
    """The characters that a secret may hold.

    Args:
        specials: What is allowed beside ASCII letters and digits (MIM-36), in the order shown to
            people. Not used when ``unicode`` is set.
        unicode: Allow every printable character, the space included, in canonical composition
            (NFC), as NIST SP 800-63B-4 3.1.1.2 recommends. Refused are controls, surrogates,
            private and unassigned characters and spaces that look like others; the joiners
            U+200C and U+200D are allowed, since they change what is seen.

    Raises:
        ValueError: A special is repeated, or is no printable ASCII special.
    """

    specials: str = attrs.field(default="", validator=_all_specials)
    unicode: bool = False

    def canonical(self, text: str) -> str:
        """Return the one spelling that is compared and hashed: NFC or the text as it is.

        NFC of assigned characters never changes between versions of Unicode, and unassigned
        ones are refused, so a stored hash stays reachable.
        """
        return unicodedata.normalize("NFC", text) if self.unicode else text

    def allows(self, character: str) -> bool:
        """Tell whether the character belongs to the alphabet."""
        if self.unicode:
            return character.isprintable() or character in _JOINERS
        return character in _LETTERS_AND_DIGITS or character in self.specials

    def refused(self, text: str) -> tuple[Refused, ...]:
        """Return the classes of the characters that do not belong, each once, in fixed order."""
        found = {class_of(character) for character in set(text) if not self.allows(character)}
        return tuple(kind for kind in Refused if kind in found)

    def refused_specials(self, text: str) -> str:
        """Return the ASCII specials that do not belong, each once, in the order of ASCII."""
        return "".join(sorted(c for c in set(text) if c in SPECIALS and not self.allows(c)))

    def pattern(self) -> str:
        """Return the whole text's pattern for JavaScript (flag ``u`` or ``v``)."""
        if self.unicode:
            return r"^(?:[^\p{C}\p{Z}]|[ \u200C\u200D])*$"
        # Escaped by number: the flags u and v disagree on which specials take a backslash.
        specials = "".join(rf"\x{ord(character):02X}" for character in self.specials)
        return f"^[A-Za-z0-9{specials}]*$"


PRINTABLE_ASCII = Alphabet(specials=SPECIALS)
"""Letters, digits and every special of the keyboard; no space."""

LETTERS_AND_DIGITS = Alphabet()
"""ASCII letters and digits, nothing else."""

UNICODE = Alphabet(unicode=True)
"""Every printable character, spaces included."""
