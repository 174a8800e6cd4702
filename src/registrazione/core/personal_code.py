"""The personal code asked for at the end of each application (IST-12, POL-03, POL-07)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from registrazione.core.alphabets import LETTERS_AND_DIGITS
from registrazione.core.box import BoxLine, at_least, at_most, browser_rules
from registrazione.core.generation import uniform_text
from registrazione.core.refusals import Fault, fault

FIELD = "personal_code"
FIELD_AGAIN = "personal_code_again"

# Below 20 characters a generated code would carry less than 112 bits.
_GENERATED_LENGTH = 20


@attrs.frozen(kw_only=True)
class PersonalCodePolicy:
    """The rule for personal codes: ASCII letters and digits, at least one of each.

    Args:
        min_length: Fewest characters. The documents do not say; 8 is the password's.
        max_length: Most characters; at least 20, the length of a generated code. A longer text
            is not looked at.

    Raises:
        ValueError: The lengths contradict each other or are too small.

    That a code differs from the password and from the temporary code (POL-07) is found outside,
    by hash; :meth:`judge` turns the findings into faults.
    """

    min_length: int = 8
    max_length: int = 20

    def __attrs_post_init__(self) -> None:
        """Refuse lengths that no generated code could meet."""
        if not 1 < self.min_length <= _GENERATED_LENGTH <= self.max_length:
            message = "min_length is between 2 and 20, max_length is at least 20"
            raise ValueError(message)

    def check(self, code: str, again: str | None = None) -> tuple[Fault, ...]:
        """Return every fault of a personal code (POL-07).

        Args:
            code: The code as typed; it is taken as it is, never trimmed or folded.
            again: What was typed in the second field, if there is one.

        Returns:
            The faults, none if the code is accepted; for a text beyond the cap, that fault alone.
        """
        if len(code) > self.max_length:
            return (fault("personal_code.too_long", FIELD, max=self.max_length),)
        return tuple(self._faults(code, again))

    def _faults(self, code: str, again: str | None) -> Iterator[Fault]:
        if len(code) < self.min_length:
            yield fault("personal_code.too_short", FIELD, min=self.min_length)
        if LETTERS_AND_DIGITS.refused(code):
            yield fault("personal_code.character", FIELD)
        if not any(character.isascii() and character.isalpha() for character in code):
            yield fault("personal_code.needs_letter", FIELD)
        if not any(character.isascii() and character.isdecimal() for character in code):
            yield fault("personal_code.needs_digit", FIELD)
        if again is not None and again != code:
            yield fault("personal_code.mismatch", FIELD_AGAIN)

    def judge(self, *, is_password: bool, is_temporary: bool) -> tuple[Fault, ...]:
        """Return the faults of a code that repeats another secret of the account (POL-07).

        Args:
            is_password: Whether the code is the account's password.
            is_temporary: Whether it is the temporary code that had to be changed.
        """
        same_as_password = fault("personal_code.same_as_password", FIELD)
        same_as_temporary = fault("personal_code.same_as_temporary", FIELD)
        return (same_as_password,) * is_password + (same_as_temporary,) * is_temporary

    def box_lines(self) -> tuple[BoxLine, ...]:
        """Return what a personal code must fulfil, line by line."""
        return (
            at_least(self.min_length, "personal_code.too_short"),
            at_most(self.max_length, "personal_code.too_long"),
            BoxLine(
                code="personal_code.character",
                it="solo lettere non accentate e numeri",
                en="unaccented letters and digits only",
                pattern=LETTERS_AND_DIGITS.pattern(),
            ),
            BoxLine(
                code="personal_code.needs_letter",
                it="almeno una lettera",
                en="at least one letter",
                pattern="[A-Za-z]",
            ),
            BoxLine(
                code="personal_code.needs_digit",
                it="almeno un numero",
                en="at least one digit",
                pattern="[0-9]",
            ),
            BoxLine(
                code="personal_code.same_as_password",
                it="diverso dalla password",
                en="different from the password",
            ),
            BoxLine(
                code="personal_code.same_as_temporary",
                it="diverso dal codice personale temporaneo",
                en="different from the temporary personal code",
            ),
        )

    def explain(self, language: str = "it") -> tuple[str, ...]:
        """Return the rule in lines for people.

        Args:
            language: ``en`` and its variants give English, anything else Italian.
        """
        return tuple(line.text(language) for line in self.box_lines())

    def to_json(self) -> dict[str, object]:
        """Return the policy as plain data that a page can show and check while one types."""
        return {
            "min_length": self.min_length,
            "max_length": self.max_length,
            **browser_rules(self.box_lines()),
        }

    def generate(self, entropy: bytes) -> str:
        """Return a temporary personal code that the policy accepts (IST-09, POL-07).

        Args:
            entropy: At least 32 random bytes; the same bytes give the same code.

        Returns:
            20 letters and digits without look-alikes, at least one of each: more than 112 bits.

        Raises:
            ValueError: The entropy is too short.
        """
        return uniform_text(
            entropy,
            purpose="personal-code",
            length=_GENERATED_LENGTH,
            accept=lambda code: not self.check(code),
        )
