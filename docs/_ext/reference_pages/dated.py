"""Where a procedure is dated: what it asks for, or lacks, that today's standards say otherwise.

The findings are read off the profile, so that a setting that changes changes them. The standards
are NIST SP 800-63B-4 and OWASP ASVS 5.0; the clauses are those that speak of accounts with a
password alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.profile import FirstPassword, Profile, Reset

from .markdown import span

NIST = "NIST SP 800-63B-4, 3.1.1.2"
RECOMMENDED = 15


@attrs.frozen
class Finding:
    """One thing that today's standards would have otherwise.

    Args:
        setting: The profile's setting that says it.
        says: What the procedure does.
        standards: Who says otherwise.
        instead: What they ask for.
    """

    setting: str
    says: str
    standards: tuple[str, ...]
    instead: str


def findings(profile: Profile) -> tuple[Finding, ...]:
    """Return everything in a procedure that today's standards would have otherwise."""
    return (*_of_password(profile.password), *_of_letters(profile))


def _of_password(policy: PasswordPolicy) -> Iterator[Finding]:
    """Yield the findings in the password rule."""
    if policy.min_length < RECOMMENDED:
        yield Finding(
            "password.min_length",
            f"{policy.min_length} characters are enough",
            (NIST,),
            "15 at least where the password stands alone (ASVS 6.2.1 recommends it too)",
        )
    if policy.require_upper or policy.require_lower or policy.require_digit:
        yield Finding(
            "password.require_upper, require_lower, require_digit",
            "classes of characters are required",
            (NIST, "ASVS 6.2.5"),
            "no rules of composition",
        )
    if not policy.alphabet.unicode:
        yield Finding(
            "password.alphabet",
            f"only ASCII, with these specials: {policy.alphabet.specials}"
            if policy.alphabet.specials
            else "only letters and digits of ASCII",
            (NIST, "ASVS 6.2.5"),
            "every character of Unicode and the space",
        )
    if policy.expires_after is not None:
        yield Finding(
            "password.expires_after",
            f"a password expires after {span(policy.expires_after)}",
            (NIST, "ASVS 6.2.10"),
            "a change only where there is a reason to think that it is known",
        )
    if not policy.breach_check:
        yield Finding(
            "password.breach_check",
            "stolen and common passwords are accepted",
            (NIST, "ASVS 6.2.4", "ASVS 6.2.12"),
            "a new password is looked up in a list of those",
        )
    if not policy.differs_from_person:
        yield Finding(
            "password.differs_from_person",
            "the person's own name is accepted",
            (NIST, "ASVS 6.2.11"),
            "words of the context are refused, the person's own first of all",
        )


def _of_letters(profile: Profile) -> Iterator[Finding]:
    """Yield the findings in what is mailed."""
    if profile.first_password is FirstPassword.TEMPORARY:
        yield Finding(
            "first_password",
            "the first password is mailed",
            ("OWASP Forgot Password Cheat Sheet",),
            "a link to a page on which the password is set; here it is at least random, "
            "short-lived, and must be changed at once (ASVS 6.4.1)",
        )
    if profile.reset is Reset.TEMPORARY:
        yield Finding(
            "reset",
            "a lost password is replaced by a mailed one",
            ("OWASP Forgot Password Cheat Sheet",),
            "a link; here it is at least random, short-lived, must be changed at once, and does "
            "nothing until it is used",
        )
