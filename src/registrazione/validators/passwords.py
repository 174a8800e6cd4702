"""A password against a policy, with all that the policy asks of other libraries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from registrazione.core.password_policy import FIELD, FIELD_AGAIN, PasswordPolicy
from registrazione.core.refusals import Fault
from registrazione.core.secret import Secret
from registrazione.validators.texts import in_field, plain_text
from registrazione.validators.validator import Validator, accepted


def check_password(
    value: object,
    policy: PasswordPolicy,
    field: str = FIELD,
    *,
    again: str | None = None,
    previous: Sequence[str] = (),
    username: str | None = None,
    email: str | None = None,
    name: str | None = None,
    surname: str | None = None,
) -> tuple[Fault, ...]:
    """Return what a policy has against a password (MIM-31 to MIM-36, IOL-08).

    The strength and the list of the most common passwords are only asked about, and their
    libraries only loaded, where the policy wants it and everything else is in order.

    Args:
        value: The password as typed, or a :class:`~registrazione.core.secret.Secret` of it.
        policy: The rules.
        field: The field named in the faults; ``_again`` is added to it for the second one.
        again: What was typed in the second field, if there is one.
        previous: Earlier passwords in clear, oldest first, the current one last.
        username: What the password must not repeat: the person's username,
        email: their address,
        name: their first name,
        surname: and their surname.
    """
    text = plain_text(value.reveal() if isinstance(value, Secret) else value, field)
    if isinstance(text, Fault):
        return (text,)
    person = {"username": username, "email": email, "name": name, "surname": surname}
    found = policy.check(text, again=again, previous=previous, **person)
    if not found:
        known = tuple(fact for fact in person.values() if fact)
        found = tuple(_looked_up(policy.canonical(text), policy, known))
    return in_field(found, {FIELD: field, FIELD_AGAIN: f"{field}_again"})


def is_password(value: object, policy: PasswordPolicy) -> bool:
    """Tell whether a policy accepts a password, without saying why not.

    Args:
        value: The password as typed, or a secret of it.
        policy: The rules.
    """
    return not check_password(value, policy)


def read_password(value: object, policy: PasswordPolicy, field: str = FIELD) -> Secret:
    """Return a password in the one spelling that is compared and hashed, as a secret.

    Args:
        value: The password as typed, or a secret of it.
        policy: The rules.
        field: The field named in the faults.

    Raises:
        InvalidValue: With all faults.
    """
    return accepted(_read(value, field, policy=policy))


def password_validator(policy: PasswordPolicy) -> Validator[Secret]:
    """Return a validator of passwords, which an attrs field can have.

    Args:
        policy: The rules.
    """
    return Validator("password", FIELD, partial(_read, policy=policy))


def _read(value: object, field: str, *, policy: PasswordPolicy) -> Secret | tuple[Fault, ...]:
    found = check_password(value, policy, field)
    return found or Secret(policy.canonical(Secret(value).text()))


def _looked_up(text: str, policy: PasswordPolicy, known: Sequence[str]) -> Iterator[Fault]:
    found: list[Fault | None] = []
    if policy.min_strength is not None:
        from registrazione.checks.strength import score  # noqa: PLC0415 - loads zxcvbn

        found.append(policy.judge(score(text, known)))
    if policy.breach_check:
        from registrazione.checks.breach import CommonPasswords  # noqa: PLC0415 - few policies ask

        found.append(policy.judge_breach(CommonPasswords().contains(Secret(text))))
    return (fault for fault in found if fault is not None)
