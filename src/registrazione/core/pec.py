"""Certified e-mail (PEC), as far as a domain shows it.

Providers give out mailboxes under domains of their own and under those of their customers, and
no list of these is closed. A domain that does not look like one is therefore worth a word to the
person, never a refusal. Whether an address is well formed is checked elsewhere.
"""

from __future__ import annotations

from registrazione.core.emails import EmailAddress
from registrazione.core.refusals import Fault, Severity, fault

_LABELS = frozenset({"cert", "legalmail", "pec", "postacert", "postacertificata"})
_ENDING = "pec"
_PROVIDERS = (
    "actaliscertymail.it",
    "cedacricert.it",
    "legalmailpa.it",
    "pecditta.com",
    "pecimprese.it",
    "postecert.it",
    "sicurezzapostale.it",
    "telecompost.it",
    "ticertifica.it",
)


def check_pec(address: EmailAddress, field: str | None = "pec") -> tuple[Fault, ...]:
    """Return a hint where nothing in the domain shows a certified mailbox (DPR 68/2005).

    Args:
        address: The normalised address.
        field: The field named in the fault.

    Returns:
        ``pec.unverified``, of severity ``info``, unless a part of the domain is a word for PEC
        (``pec.example.it``) or ends in one (``arubapec.it``), or the domain is a provider's.
    """
    if _looks_certified(address.domain):
        return ()
    return (fault("pec.unverified", field, severity=Severity.INFO),)


def _looks_certified(domain: str) -> bool:
    *labels, _top = domain.split(".")
    if any(label in _LABELS or label.endswith(_ENDING) for label in labels):
        return True
    return any(f".{domain}".endswith(f".{provider}") for provider in _PROVIDERS)
