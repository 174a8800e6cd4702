"""The port of the checks: addresses, strength, places, and the host's own password rules."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from registrazione.core.emails import EmailAddress
from registrazione.core.phones import phone_shape
from registrazione.core.places import PlaceFacts
from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret
from registrazione.ports import PasswordRule, Phones


class Checks:
    """Answer what the flows ask of the checks; each library is loaded when first needed.

    Args:
        rules: Password rules of the host.
        places: Who knows the places of birth; by default the installed data.
        phones: Who knows the phone numbers; by default only their shape is looked at.
    """

    def __init__(
        self,
        rules: Sequence[PasswordRule] = (),
        places: PlaceFacts | None = None,
        phones: Phones | None = None,
    ) -> None:
        """Keep the rules; nothing is loaded yet."""
        self._rules = tuple(rules)
        self._places = places
        self._phones = phones
        self._lock = Lock()

    def normalise_email(self, address: object, field: str) -> EmailAddress | tuple[Fault, ...]:
        """Return the one form of an address, or what is wrong with it."""
        from registrazione.checks.emails import normalise  # noqa: PLC0415 - loaded when needed

        return normalise(address, field)

    def normalise_phone(self, number: object, field: str) -> str | Fault:
        """Return the one form of a phone number, or what is wrong with it."""
        if self._phones is None:
            return phone_shape(number, field)
        return self._phones.normalise(number, field)

    def strength(self, password: Secret, inputs: Sequence[str]) -> int:
        """Return the strength of a password, 0 to 4."""
        from registrazione.checks.strength import score  # noqa: PLC0415 - loaded when needed

        return score(password.text(), inputs)

    def places(self) -> PlaceFacts:
        """Return who knows the places of birth."""
        with self._lock:
            if self._places is None:
                from registrazione.checks.places import (  # noqa: PLC0415 - loaded when needed
                    InstalledPlaces,
                )

                self._places = InstalledPlaces()
            return self._places

    def extra_rules(self, password: Secret) -> tuple[Fault, ...]:
        """Return the faults that the host's own rules find."""
        return tuple(found for rule in self._rules for found in rule(password))
