"""The library's validators for fields of Django's models and forms.

::

    cap = models.CharField(max_length=5, validators=[ItalianValidator("cap")])

They need nothing else of the library, not even the app. For forms there are fields as well:
:mod:`registrazione.contrib.django.forms`.
"""
# mypy: disable-error-code="import-untyped,untyped-decorator"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

from registrazione.contrib.django.languages import language
from registrazione.core.refusals import Fault
from registrazione.refusals import text_of
from registrazione.validators import VALIDATORS


@deconstructible
class ItalianValidator:
    """Check a value as one kind of Italian personal data.

    Each error has the code of a refusal (:doc:`/reference/refusals`) and its words in the language
    that Django has activated; what was typed is in neither. Warnings let a value pass.

    Args:
        kind: Which one: a name of ``registrazione.validators.VALIDATORS``, such as
            ``codice_fiscale``, ``cap`` or ``phone``.

    Raises:
        KeyError: There is no such kind.
    """

    def __init__(self, kind: str) -> None:
        """Find the validator."""
        self._validator = VALIDATORS[kind]
        self.kind = kind

    def __call__(self, value: object) -> None:
        """Accept a value.

        Args:
            value: What was typed, or is to be kept.

        Raises:
            ValidationError: With everything that is wrong.
        """
        faults = [fault for fault in self._validator.check(value) if fault.is_error]
        if faults:
            raise errors_of(faults)

    def __eq__(self, other: object) -> bool:
        """Tell whether it checks the same, so that migrations see no change."""
        return isinstance(other, ItalianValidator) and other.kind == self.kind

    def __hash__(self) -> int:
        return hash(self.kind)


def errors_of(faults: Iterable[Fault]) -> ValidationError:
    """Return what Django raises for faults: one error each, with code and words.

    Args:
        faults: What is wrong.
    """
    spoken = language()
    return ValidationError(
        [ValidationError(text_of(fault, spoken), code=fault.code) for fault in faults]
    )
