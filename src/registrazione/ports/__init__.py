"""What the core needs from the world, as protocols: small, typed, each with its laws."""

from registrazione.ports.hashing import HasherBusy, PasswordHasher
from registrazione.ports.hosts import Observer, PasswordRule
from registrazione.ports.human_check import (
    DrawnHumanCheck,
    HumanChallenge,
    HumanCheck,
    challenge_of,
    response_of,
)
from registrazione.ports.identity import IdentityError, IdentityProvider, Outgoing, StartsSignIn
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
    "DrawnHumanCheck",
    "Envelope",
    "HasherBusy",
    "HumanChallenge",
    "HumanCheck",
    "IdentityError",
    "IdentityProvider",
    "MailDomains",
    "MailRefused",
    "Mailer",
    "MailerError",
    "MailerUnavailable",
    "Observer",
    "Outgoing",
    "PasswordHasher",
    "PasswordRule",
    "Phones",
    "Places",
    "Randomness",
    "RateLimiter",
    "StaleVersion",
    "StartsSignIn",
    "StoreError",
    "StoreUnavailable",
    "Vault",
    "challenge_of",
    "response_of",
]
