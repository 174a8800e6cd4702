"""The library's validators for forms made with WTForms."""
# mypy: disable-error-code="import-untyped"
# WTForms has no types of its own.

from __future__ import annotations

from typing import Any

from wtforms import ValidationError

from registrazione.core.password_policy import PasswordPolicy
from registrazione.validators import VALIDATORS, check_password
from registrazione.validators.validator import Validator


class Italian:
    """Check a field as one kind of Italian personal data.

    Args:
        kind: Which one: a name of ``registrazione.validators.VALIDATORS``, such as
            ``codice_fiscale``, ``cap`` or ``phone``.
        language: Of the messages, ``it`` or ``en``.

    Raises:
        KeyError: There is no such kind.
    """

    def __init__(self, kind: str, *, language: str = "it") -> None:
        """Find the validator."""
        self._validator: Validator[object] = VALIDATORS[kind]
        self._language = language

    def __call__(self, _form: object, field: Any) -> None:  # noqa: ANN401 - WTForms has no types
        """Raise wtforms' ``ValidationError`` with everything that is wrong."""
        messages = self._validator.messages(field.data, self._language)
        if messages:
            raise ValidationError(" ".join(messages))


class GoodPassword:
    """Check a new password against a policy; history is the registrar's to check.

    Args:
        policy: What passwords have to be like.
        language: Of the messages, ``it`` or ``en``.
    """

    def __init__(self, policy: PasswordPolicy, *, language: str = "it") -> None:
        """Keep the policy."""
        self._policy = policy
        self._language = language

    def __call__(self, _form: object, field: Any) -> None:  # noqa: ANN401 - as above
        """Raise wtforms' ``ValidationError`` with everything that is wrong."""
        from registrazione.refusals import text_of

        faults = check_password(field.data, self._policy)
        messages = [text_of(fault, self._language) for fault in faults if fault.is_error]
        if messages:
            raise ValidationError(" ".join(messages))
