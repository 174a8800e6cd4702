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
from registrazione.ports.identity import (
    AnswersPeers,
    Choice,
    Document,
    Ending,
    EndsSessions,
    IdentityError,
    IdentityProvider,
    OffersChoices,
    Outgoing,
    ServesDocuments,
    StartsSignIn,
)
from registrazione.ports.limits import BreachList, MailDomains, Phones, Places, RateLimiter
from registrazione.ports.mailers import (
    Envelope,
    Mailer,
    MailerError,
    MailerUnavailable,
    MailRefused,
)
from registrazione.ports.once import OnceOnly
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
    "AnswersPeers",
    "AsyncAccountStore",
    "BreachList",
    "Choice",
    "ClaimTaken",
    "Clock",
    "Document",
    "DrawnHumanCheck",
    "Ending",
    "EndsSessions",
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
    "OffersChoices",
    "OnceOnly",
    "Outgoing",
    "PasswordHasher",
    "PasswordRule",
    "Phones",
    "Places",
    "Randomness",
    "RateLimiter",
    "ServesDocuments",
    "StaleVersion",
    "StartsSignIn",
    "StoreError",
    "StoreUnavailable",
    "Vault",
    "challenge_of",
    "response_of",
]
