"""What the core needs from the world, as protocols: small, typed, each with its laws."""

from registrazione.ports.hashing import HasherBusy, PasswordHasher
from registrazione.ports.hosts import Observer, PasswordRule
from registrazione.ports.human_check import HumanCheck
from registrazione.ports.identity import IdentityError, IdentityProvider
from registrazione.ports.limits import BreachList, MailDomains, Phones, Places, RateLimiter
from registrazione.ports.mailers import (
    Envelope,
    Mailer,
    MailerError,
    MailerUnavailable,
    MailRefused,
)
from registrazione.ports.secrets import Clock, Randomness, Vault
from registrazione.ports.stores import (
    AccountStore,
    AsyncAccountStore,
    ClaimTaken,
    StaleVersion,
    StoreError,
    StoreUnavailable,
)

__all__ = [
    "AccountStore",
    "AsyncAccountStore",
    "BreachList",
    "ClaimTaken",
    "Clock",
    "Envelope",
    "HasherBusy",
    "HumanCheck",
    "IdentityError",
    "IdentityProvider",
    "MailDomains",
    "MailRefused",
    "Mailer",
    "MailerError",
    "MailerUnavailable",
    "Observer",
    "PasswordHasher",
    "PasswordRule",
    "Phones",
    "Places",
    "Randomness",
    "RateLimiter",
    "StaleVersion",
    "StoreError",
    "StoreUnavailable",
    "Vault",
]
