"""What a password must be, as data, and the judgement of one password, as a pure function.

A policy checks every fault it can see in one go. What it cannot see by itself, the strength that
an estimator finds and the presence in a list of breached passwords, is handed to :meth:`judge
<PasswordPolicy.judge>` and :meth:`judge_breach <PasswordPolicy.judge_breach>`; the history of an
account that keeps hashes only is compared outside, and :meth:`reused <PasswordPolicy.reused>`
gives the fault.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import attrs

from registrazione.core import password_box
from registrazione.core.alphabets import PRINTABLE_ASCII, Alphabet, Refused
from registrazione.core.box import BoxLine, at_least, at_most, browser_rules
from registrazione.core.generation import uniform_text
from registrazione.core.refusals import Fault, Severity, fault

FIELD = "password"
FIELD_AGAIN = "password_again"
SMALLEST_CAP = 64
STRONGEST = 4

# NFC shortens a text to a quarter at most: beyond four times the cap, nothing can fit.
_COMPOSITION = 4
_GENERATED_LENGTH = 22


class ExpiryState(StrEnum):
    """Where a password stands in its life (POL-17)."""

    OK = "ok"
    WARN = "warn"
    EXPIRED = "expired"


@attrs.frozen(kw_only=True)
class Expiry:
    """How long a password may still be used.

    Args:
        state: Whether it is fine, about to expire, or expired.
        days_left: Days that are left, begun ones included; ``None`` if it never expires.
    """

    state: ExpiryState = ExpiryState.OK
    days_left: int | None = None

    def fault(self) -> Fault | None:
        """Return the warning shown at log-in, the error of an expired password, or nothing."""
        if self.state is ExpiryState.EXPIRED:
            return fault("password.expired", FIELD)
        if self.state is ExpiryState.WARN:
            return fault("password.expiring", FIELD, severity=Severity.WARNING, days=self.days_left)
        return None


@attrs.frozen(kw_only=True)
class PasswordPolicy:
    """The rule that a profile sets for passwords.

    Args:
        min_length: Fewest characters, counted as code points (MIM-32, IOL-08).
        max_length: Most characters; at least 64 (NIST SP 800-63B-4 3.1.1.2, ASVS 5.0 6.2.9). A
            longer text is not looked at, however long.
        alphabet: The characters allowed (MIM-36).
        require_upper: Ask for an upper-case letter (MIM-33).
        require_lower: Ask for a lower-case letter (MIM-34).
        require_digit: Ask for a digit (MIM-35).
        history: How many earlier passwords must not return; the current one counts, and so does
            a temporary one that was used (MIM-31). 0 allows any.
        min_strength: Lowest strength from 0 to 4, as zxcvbn scores it; ``None`` asks for none.
        breach_check: Refuse what is on a list of breached passwords (ASVS 5.0 6.2.12).
        expires_after: Life of a password (POL-17); ``None`` for no periodic change.
        warn_before: How long before the end the warning begins (POL-17).
        differs_from_person: Refuse the username, the address and the name as a password
            (ASVS 5.0 6.2.11).

    Raises:
        ValueError: The numbers contradict each other.
    """

    min_length: int = 8
    max_length: int = 128
    alphabet: Alphabet = PRINTABLE_ASCII
    require_upper: bool = False
    require_lower: bool = False
    require_digit: bool = False
    history: int = 0
    min_strength: int | None = None
    breach_check: bool = False
    expires_after: timedelta | None = None
    warn_before: timedelta | None = None
    differs_from_person: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a policy that nobody could meet or that says two things at once."""
        problems = {
            "max_length must be at least 64": self.max_length < SMALLEST_CAP,
            "min_length must be between 1 and max_length": (
                not 1 <= self.min_length <= self.max_length
            ),
            "history must not be negative": self.history < 0,
            "min_strength must be between 0 and 4": (
                self.min_strength is not None and not 0 <= self.min_strength <= STRONGEST
            ),
            "expires_after must be positive": (
                self.expires_after is not None and self.expires_after <= timedelta(0)
            ),
            "warn_before needs expires_after": (
                self.warn_before is not None and self.expires_after is None
            ),
        }
        for problem, found in problems.items():
            if found:
                raise ValueError(problem)

    def canonical(self, text: str) -> str:
        """Return the spelling that is compared and hashed; apply it once, before both.

        Args:
            text: A password as typed.

        Returns:
            The text in NFC if the alphabet is Unicode's, the text unchanged otherwise. Nothing
            is ever trimmed, cut or folded (ASVS 5.0 6.2.8). A text too long to be a password
            comes back as it is, at no cost.
        """
        if len(text) > self.max_length * _COMPOSITION:
            return text
        return self.alphabet.canonical(text)

    def check(
        self,
        password: str,
        *,
        again: str | None = None,
        previous: Sequence[str] = (),
        username: str | None = None,
        email: str | None = None,
        name: str | None = None,
        surname: str | None = None,
    ) -> tuple[Fault, ...]:
        """Return every fault of a password, those of length and alphabet first.

        Args:
            password: The password as typed.
            again: What was typed in the second field, if there is one (MIM-30).
            previous: Earlier passwords in clear, oldest first, the current one last. Only the
                last ``history`` of them count.
            username: The person's username, where it is known.
            email: The person's address.
            name: The person's first name.
            surname: The person's surname.

        Returns:
            The faults, none if the password is accepted; for a text beyond the cap, that fault
            alone. No fault tells anything of the password but the classes of characters refused
            and the ASCII specials among them.
        """
        text = self.canonical(password)
        if len(text) > self.max_length:
            return (fault("password.too_long", FIELD, max=self.max_length),)
        faults = [*self._shape_faults(text)]
        if self.differs_from_person:
            faults += self._person_faults(text, username, email, name, surname)
        recent = previous[-self.history :] if self.history else ()
        if any(text == self.canonical(earlier) for earlier in recent):
            faults.append(self.reused())
        if again is not None and text != self.canonical(again):
            faults.append(fault("password.mismatch", FIELD_AGAIN))
        return tuple(faults)

    def _shape_faults(self, text: str) -> Iterator[Fault]:
        if len(text) < self.min_length:
            yield fault("password.too_short", FIELD, min=self.min_length)
        for kind in self.alphabet.refused(text):
            if kind is Refused.SPECIAL:
                yield self._special_fault(text)
            else:
                yield fault(f"password.{kind}", FIELD)
        wide = self.alphabet.unicode
        seen = [character for character in text if wide or character.isascii()]
        if self.require_upper and not any(character.isupper() for character in seen):
            yield fault("password.needs_upper", FIELD)
        if self.require_lower and not any(character.islower() for character in seen):
            yield fault("password.needs_lower", FIELD)
        if self.require_digit and not any(character.isdecimal() for character in seen):
            yield fault("password.needs_digit", FIELD)

    def _special_fault(self, text: str) -> Fault:
        if not self.alphabet.specials:
            return fault("password.no_specials", FIELD)
        refused = " ".join(self.alphabet.refused_specials(text))
        allowed = " ".join(self.alphabet.specials)
        return fault("password.special", FIELD, refused=refused, allowed=allowed)

    def _person_faults(
        self,
        text: str,
        username: str | None,
        email: str | None,
        name: str | None,
        surname: str | None,
    ) -> Iterator[Fault]:
        mine = self._bare(text)
        login, address = self._bare(username), self._bare(email)
        local_part = self._bare((email or "").rpartition("@")[0])
        first, last = self._bare(name), self._bare(surname)
        taken = {
            "password.same_as_username": {login},
            "password.same_as_email": {address, local_part},
            "password.same_as_name": {first, last, first + last, last + first},
        }
        for code, words in taken.items():
            if mine in words - {""}:
                yield fault(code, FIELD)

    def _bare(self, text: str | None) -> str:
        """Return letters and digits without case: ``Mario.Rossi`` and ``mariorossi`` are one."""
        within_reach = (text or "")[: self.max_length * _COMPOSITION]
        folded = self.canonical(within_reach).casefold()
        return "".join(character for character in folded if character.isalnum())

    def reused(self) -> Fault:
        """Return the fault of a password that is among the last ones (MIM-31)."""
        return fault("password.reused", FIELD, count=self.history)

    def judge(self, score: int) -> Fault | None:
        """Return the fault of a password whose strength does not suffice, if it does not.

        Args:
            score: Strength from 0 to 4, found by an estimator outside the core.
        """
        if self.min_strength is None or score >= self.min_strength:
            return None
        return fault("password.weak", FIELD, score=score, min=self.min_strength)

    def judge_breach(self, found: bool) -> Fault | None:  # noqa: FBT001 - the answer of a look-up
        """Return the fault of a password found on a list, if the policy looks at lists.

        Args:
            found: Whether a list of breached passwords has it.
        """
        return fault("password.breached", FIELD) if self.breach_check and found else None

    def _lines(self) -> Iterator[BoxLine]:
        """Yield the lines of the box, in the order of the ministry's page."""
        if self.history:
            yield password_box.history(self.history)
        yield at_least(self.min_length, "password.too_short")
        if self.require_upper:
            yield password_box.upper_case(self.alphabet)
        if self.require_lower:
            yield password_box.lower_case(self.alphabet)
        if self.require_digit:
            yield password_box.digit(self.alphabet)
        yield password_box.characters(self.alphabet)
        if self.min_strength:
            yield password_box.STRENGTH
        if self.breach_check:
            yield password_box.BREACHES
        if self.differs_from_person:
            yield password_box.PERSON
        if self.expires_after is not None:
            yield password_box.life(self.expires_after)

    def explain(self, language: str = "it") -> tuple[str, ...]:
        """Return the lines of the box "Requisiti password" (MIM-37).

        Args:
            language: ``en`` and its variants give English, anything else Italian.
        """
        return tuple(line.text(language) for line in self._lines())

    def to_json(self) -> dict[str, object]:
        """Return the policy as plain data that a page can show and check while one types.

        Returns:
            A dictionary ready for JSON. Each rule has a ``pattern`` for a JavaScript ``RegExp``
            with the ``flags`` given, ``null`` where only the server can tell, and its line in
            both languages; ``normalise`` says what to apply to the text first.
        """
        rules = browser_rules(
            tuple(self._lines()),
            at_most(self.max_length, "password.too_long"),
            normalise="NFC" if self.alphabet.unicode else None,
        )
        return {
            "min_length": self.min_length,
            "max_length": self.max_length,
            "specials": None if self.alphabet.unicode else self.alphabet.specials,
            "history": self.history,
            "min_strength": self.min_strength,
            "breach_check": self.breach_check,
            "expires_after_days": None if self.expires_after is None else self.expires_after.days,
            **rules,
        }

    def generate(self, entropy: bytes) -> str:
        """Return a password that the policy accepts, to be sent as a temporary one (MIM-25).

        Args:
            entropy: At least 32 random bytes; the same bytes give the same password.

        Returns:
            At least 22 letters and digits without look-alikes, an upper-case letter, a
            lower-case letter and a digit among them whatever the policy asks: more than 112
            bits (see :mod:`registrazione.core.generation`).

        Raises:
            ValueError: The entropy is too short.
        """
        return uniform_text(
            entropy,
            purpose="password",
            length=max(self.min_length, _GENERATED_LENGTH),
            accept=_has_every_class,
        )

    def expiry(self, set_at: datetime, now: datetime) -> Expiry:
        """Return where a password stands in its life (POL-17).

        Args:
            set_at: When the password was set.
            now: The present moment, read from the clock outside.

        Returns:
            The state, and the days left, begun ones included.
        """
        if self.expires_after is None:
            return Expiry()
        left = self.expires_after - (now - set_at)
        if left <= timedelta(0):
            return Expiry(state=ExpiryState.EXPIRED, days_left=0)
        warns = self.warn_before is not None and left <= self.warn_before
        return Expiry(
            state=ExpiryState.WARN if warns else ExpiryState.OK,
            days_left=math.ceil(left / timedelta(days=1)),
        )


def _has_every_class(text: str) -> bool:
    return (
        any(character.isupper() for character in text)
        and any(character.islower() for character in text)
        and any(character.isdecimal() for character in text)
    )
