"""What a procedure asks of an e-mail address that has already been normalised.

Normalising needs a grammar and IDNA and lives in :mod:`registrazione.checks.emails`. Here an
address is a value: it is stored, compared and mailed in the one form it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase

import attrs

from registrazione.core.refusals import Fault, fault

INSTITUTIONAL_DOMAINS = frozenset({"istruzione.it", "posta.istruzione.it", "scuola.istruzione.it"})
"""The ministry's own mailboxes (MIM-16, IOL-13, POL-14)."""

_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_DOMAIN_RULE = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+")


@attrs.frozen(kw_only=True, repr=False)
class EmailAddress:
    """A normalised address, printed only with its local part hidden.

    Args:
        local: The part before the ``@`` in NFC, its case kept, because only the receiving
            host knows whether case matters.
        domain: The domain in its ASCII form (IDNA), in lower case.
    """

    local: str
    domain: str

    @classmethod
    def of(cls, address: str) -> EmailAddress:
        """Return the value of an address that was normalised before, such as a stored one.

        Args:
            address: What :attr:`address` gave.

        Returns:
            The value; nothing is checked again.
        """
        local, _, domain = address.rpartition("@")
        return cls(local=local, domain=domain)

    @property
    def address(self) -> str:
        """Return the address to store, to show to its owner and to mail to."""
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """Return the form that two accounts may not share: ASCII letters without their case.

        Other letters keep theirs. Folding them would make different mailboxes one, which is
        how look-alike addresses have received other people's recovery mail (CVE-2019-19844).
        """
        return self.address.translate(_ASCII_LOWER)

    @property
    def masked(self) -> str:
        """Return the first letter, three asterisks and the domain."""
        return f"{self.local[:1]}***@{self.domain}"

    def __str__(self) -> str:
        """Return the masked form; the text itself is :attr:`address`."""
        return self.masked

    def __repr__(self) -> str:
        """Return the masked form."""
        return f"EmailAddress({self.masked})"


def _domain_rules(
    _instance: object, attribute: attrs.Attribute[frozenset[str]], rules: frozenset[str]
) -> None:
    for rule in rules:
        if _DOMAIN_RULE.fullmatch(rule) is None:
            message = f"{attribute.name}: {rule!r} is no domain in ASCII and lower case"
            raise ValueError(message)


def _domains() -> frozenset[str]:
    return attrs.field(default=frozenset(), converter=frozenset, validator=_domain_rules)


@attrs.frozen(kw_only=True)
class EmailRules:
    """What one procedure asks of an address; data of its profile.

    Args:
        twice: The address must be typed twice (MIM-17, IOL-03).
        required_domains: If there are any, the domain must be one of them (IST-04).
        excluded_domains: Domains refused, such as :data:`INSTITUTIONAL_DOMAINS` (MIM-16).
        allowed_domains: Domains accepted although excluded (IOL-13).
        preferred_domains: Domains whose address becomes the reference address (POL-14).

    A domain matches exactly. One written with a leading point, ``.scuola.it``, stands for
    every subdomain of it, itself not included.
    """

    twice: bool = False
    required_domains: frozenset[str] = _domains()
    excluded_domains: frozenset[str] = _domains()
    allowed_domains: frozenset[str] = _domains()
    preferred_domains: frozenset[str] = _domains()


def check_domain(email: EmailAddress, rules: EmailRules, field: str = "email") -> tuple[Fault, ...]:
    """Return what the procedure has against the domain (MIM-16, IOL-13, IST-04, POL-13).

    Args:
        email: The normalised address.
        rules: What the procedure asks.
        field: The field named in the fault.

    Returns:
        ``email.domain_required`` or ``email.domain_excluded``, or nothing.
    """
    if rules.required_domains and not _matches(email.domain, rules.required_domains):
        return (fault("email.domain_required", field),)
    if _matches(email.domain, rules.excluded_domains) and not _matches(
        email.domain, rules.allowed_domains
    ):
        return (fault("email.domain_excluded", field),)
    return ()


def check_again(
    email: EmailAddress,
    again: EmailAddress | None,
    rules: EmailRules,
    field: str = "email_again",
) -> tuple[Fault, ...]:
    """Compare the address with the one typed a second time (MIM-17, IOL-03).

    Args:
        email: The address.
        again: The second one, or ``None`` if none was typed.
        rules: Whether a second one must be typed; one that was typed must always agree.
        field: The field named in the fault.

    Returns:
        ``input.missing`` or ``email.again_different``, or nothing.
    """
    if again is None:
        return (fault("input.missing", field),) if rules.twice else ()
    return () if again.key == email.key else (fault("email.again_different", field),)


def is_preferred(email: EmailAddress, rules: EmailRules) -> bool:
    """Tell whether the address takes precedence over others of the same person (POL-14)."""
    return _matches(email.domain, rules.preferred_domains)


def reference_address(addresses: Iterable[EmailAddress], rules: EmailRules) -> EmailAddress | None:
    """Return the address that letters go to (POL-14).

    Args:
        addresses: The addresses of one person, the one the person prefers first.
        rules: Which domains take precedence.

    Returns:
        The first with a preferred domain, else the first, ``None`` where there is none.
    """
    candidates = tuple(addresses)
    preferred = (email for email in candidates if is_preferred(email, rules))
    return next(preferred, candidates[0] if candidates else None)


def _matches(domain: str, rules: frozenset[str]) -> bool:
    labels = domain.split(".")
    parents = (f".{'.'.join(labels[start:])}" for start in range(1, len(labels)))
    return domain in rules or any(parent in rules for parent in parents)
