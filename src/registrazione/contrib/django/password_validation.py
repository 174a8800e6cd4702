"""Validators for ``AUTH_PASSWORD_VALIDATORS``, which need nothing else of the library.

Only :class:`HistoryValidator` remembers anything, and so needs ``registrazione.contrib.django`` in
``INSTALLED_APPS``. All speak Italian or English, whichever Django has activated, and the codes of
their errors are those of the library (:doc:`/reference/refusals`).
"""
# mypy: disable-error-code="import-untyped"
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import attrs
from django.contrib.auth.hashers import check_password as is_present_password
from django.core.exceptions import ValidationError

from registrazione.contrib.django.languages import language
from registrazione.core import password_box
from registrazione.core.password_policy import FIELD, PasswordPolicy
from registrazione.core.refusals import Fault, fault
from registrazione.core.secret import Secret
from registrazione.ports import HasherBusy
from registrazione.refusals import text_of
from registrazione.validators.passwords import check_password

_SALT_BYTES = 16
_USUAL_STRENGTH = 3


class PolicyValidator:
    """Ask of passwords what a procedure asks, or a policy of one's own (MIM-31 to MIM-37, IOL-08).

    History and periodic expiry are left out: the one is :class:`HistoryValidator`'s, and Django
    knows nothing of the other.

    Args:
        profile: Name of a procedure that comes with the library, such as ``mim-students``.
        options: Arguments of :class:`~registrazione.core.password_policy.PasswordPolicy` instead.

    Raises:
        ValueError: Both are given, or the options contradict each other.
    """

    def __init__(self, profile: str = "", **options: Any) -> None:  # noqa: ANN401 - those of the policy
        """Read the policy."""
        if profile and options:
            raise ValueError("a profile has its own policy: give it or options, not both")
        policy = _policy_of(profile) if profile else PasswordPolicy(**options)
        self._policy = attrs.evolve(policy, history=0, expires_after=None, warn_before=None)

    def validate(self, password: str, user: object = None) -> None:
        """Accept a password.

        Args:
            password: As typed.
            user: Whose it is to be; their username, address and names must not be it.

        Raises:
            ValidationError: With everything that is wrong with it.
        """
        _refuse(check_password(password, self._policy, **_person(user)))

    def get_help_text(self) -> str:
        """Return the lines of the box "Requisiti password" (MIM-37), as one sentence."""
        return _sentence(self._policy.explain(language()))


class StrengthValidator:
    """Refuse what is guessed too easily, Italian habits included (ASVS 5.0 6.2.11).

    Args:
        min_strength: Lowest strength from 0 to 4, as zxcvbn scores it.

    Raises:
        ValueError: It is no such number.
    """

    def __init__(self, min_strength: int = _USUAL_STRENGTH) -> None:
        """Remember the strength."""
        self._policy = PasswordPolicy(min_strength=min_strength)

    def validate(self, password: str, user: object = None) -> None:
        """Accept a password.

        Args:
            password: As typed.
            user: Whose it is to be; what is known of them is what a guesser tries first.

        Raises:
            ValidationError: It is too weak.
        """
        from registrazione.checks.strength import score

        known = [fact for fact in _person(user).values() if fact]
        found = self._policy.judge(score(password, known))
        _refuse([found] if found is not None else [])

    def get_help_text(self) -> str:
        """Return the line of the box that speaks of strength."""
        return _sentence([password_box.STRENGTH.text(language())])


class HistoryValidator:
    """Refuse the present password and the last ones before it (MIM-31).

    What is remembered is a slow tag of each (Argon2id) under one salt for each user, so that a look
    at any number of them costs one slow hash, and the present one another.

    Args:
        last: How many passwords must not return.

    Raises:
        ValueError: It is less than one.
    """

    def __init__(self, last: int = 5) -> None:
        """Remember how many."""
        if last < 1:
            raise ValueError("last is one or more")
        self._last = last

    @cached_property
    def _hasher(self) -> Any:  # noqa: ANN401 - loaded when needed
        from registrazione.adapters.argon2 import Argon2Hasher

        return Argon2Hasher()

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ANN401 - the project's own model
        """Accept a password.

        Args:
            password: As typed.
            user: Whose it is to be; nobody, and one who is new, has no earlier ones.

        Raises:
            ValidationError: It is among the last ones.
        """
        if user is None or user.pk is None:
            return
        rows = self._rows(user)
        reused = is_present_password(password, user.password)
        if not reused and rows:
            tags = {salt: self._tag(password, salt) for salt in {salt for salt, _ in rows}}
            reused = any(Secret(tags[salt].hex()) == Secret(tag.hex()) for salt, tag in rows)
        _refuse([fault("password.reused", FIELD, count=self._last)] if reused else [])

    def password_changed(self, password: str, user: Any = None) -> None:  # noqa: ANN401 - as above
        """Remember a password that was set, and forget what is older than the last ones.

        Args:
            password: As typed.
            user: Whose it is.
        """
        rows = self._rows(user)
        salt = rows[0][0] if rows else secrets.token_bytes(_SALT_BYTES)
        table = _of(user)
        tag = self._tag(password, salt)
        table.create(user_id=user.pk, salt=salt, tag=tag)
        kept = list(table.order_by("-seq").values_list("seq", flat=True)[: self._last])
        table.exclude(seq__in=kept).delete()

    def get_help_text(self) -> str:
        """Return the line of the box that speaks of earlier passwords."""
        return _sentence([password_box.history(self._last).text(language())])

    def _rows(self, user: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - as above
        """Return salt and tag of what is remembered of a user, the newest first."""
        rows = _of(user).order_by("-seq").values_list("salt", "tag")[: self._last]
        return [(bytes(salt), bytes(tag)) for salt, tag in rows]

    def _tag(self, password: str, salt: bytes) -> bytes:
        """Return the slow tag of a password.

        Raises:
            ValidationError: Too many slow hashes wait already.
        """
        try:
            tag: bytes = self._hasher.tag(Secret(password), salt)
        except HasherBusy:
            raise ValidationError(
                text_of(fault("service.busy"), language()), "service.busy"
            ) from None
        return tag


def _of(user: Any) -> Any:  # noqa: ANN401 - as above
    """Return the rows of what is remembered of a user, where the user's own row is."""
    from registrazione.contrib.django import orm

    return orm.remembered.using(user._state.db).filter(user_id=user.pk)  # noqa: SLF001 - Django's own way


def _policy_of(name: str) -> PasswordPolicy:
    """Return the policy of a procedure that comes with the library."""
    from registrazione.profiles import NAMES, load

    if name not in NAMES:
        raise ValueError(f"there is no procedure {name!r}: {', '.join(NAMES)}")
    return load(name).password


def _person(user: Any) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return what is known of a user that a password must not be."""
    if user is None:
        return {}
    found = {
        "username": user.get_username(),
        "email": getattr(user, type(user).get_email_field_name(), ""),
        "name": getattr(user, "first_name", ""),
        "surname": getattr(user, "last_name", ""),
    }
    return {name: str(value) for name, value in found.items() if value}


def _refuse(faults: Iterable[Fault]) -> None:
    """Refuse a password for everything that was found at once."""
    errors = [ValidationError(text_of(found, language()), found.code) for found in faults]
    if errors:
        raise ValidationError(errors)


def _sentence(lines: Iterable[str]) -> str:
    """Return lines as one sentence."""
    text = "; ".join(lines)
    return f"{text[:1].upper()}{text[1:]}."
