"""One small procedure and one person, for the tests of letters and of their delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs

from registrazione.core import form
from registrazione.core.account import Account, DerivedCredential
from registrazione.core.password_policy import PasswordPolicy
from registrazione.core.personal_code import PersonalCodePolicy
from registrazione.core.profile import FirstPassword, Gate, HelpRoute, Profile, UsernameRule
from registrazione.core.records import OutboxMessage
from registrazione.core.texts import Text
from registrazione.ports import Envelope
from registrazione.profiles import _policies
from registrazione.service.letters import LetterWriter
from registrazione.service.vault import KeyVault
from registrazione.testing.builders import NOON, a_letter, an_account

CODICE_FISCALE = "RSSNNA90B41H501X"
BASE_URL = "https://portale.example.it/registrazione"
VAULT = KeyVault(["k" * 32], "scuola")
KEY_ID = VAULT.newest_key()

HELP = HelpRoute(
    text=Text("Segreteria didattica", "Students' office"),
    phone="06 1234567",
    url="https://portale.example.it/aiuto",
)
PROFILE = Profile(
    name="scuola",
    title=Text("Portale scuola", "School portal"),
    description=Text("Per le prove", "For tests"),
    form=(
        form.NAME,
        form.SURNAME,
        form.BIRTH_DATE,
        form.CODICE_FISCALE,
        form.SEX,
        form.EMAIL,
        form.PHONE,
        form.USERNAME,
        form.PASSWORD,
    ),
    gates=(Gate.LINK,),
    password=_policies.IOL,
    help=dict.fromkeys(("registration", "access", "recovery", "enabling", "data"), HELP),
    sender_name="Segreteria",
)
WITH_CODE = attrs.evolve(
    PROFILE,
    gates=(Gate.LINK, Gate.PRESENCE),
    password=_policies.POLIS,
    personal_code=PersonalCodePolicy(),
)
STUDENTS = attrs.evolve(
    PROFILE,
    gates=(Gate.SECRETARIAT,),
    password=_policies.MIM,
    first_password=FirstPassword.TEMPORARY,
    username=UsernameRule.GENERATED,
)
PARENTS = attrs.evolve(
    PROFILE, first_password=FirstPassword.TEMPORARY, username=UsernameRule.GENERATED
)
STANDARD = attrs.evolve(
    PROFILE,
    password=_policies.STANDARD,
    first_password=FirstPassword.AT_LINK,
    username=UsernameRule.EMAIL,
    help={},
    sender_name="",
)

SECRETS = {
    "credentials": "password",
    "temporary_password": "password",
    "receipt": "code",
    "enabling": "code",
    "code_recovery": "code",
}
"""Letters that carry a generated secret, and of which kind."""


def derived(kind: str, generation: int = 1, key_id: str = KEY_ID) -> DerivedCredential:
    """Return what is kept of a generated secret."""
    return DerivedCredential(kind=kind, generation=generation, key_id=key_id)


def person(**fields: Any) -> Account:
    """Return an account in which nothing is missing that a letter could speak of."""
    usual: dict[str, Any] = {
        "profile": "scuola",
        "realm": "scuola",
        "values": {
            "name": "Anna",
            "surname": "Rossi",
            "birth_date": "1990-02-01",
            "sex": "F",
            "password": "never kept, never shown",
        },
        "codice_fiscale": CODICE_FISCALE,
        "username": "anna.rossi",
        "email": "anna@example.it",
        "personal_email": "anna@example.it",
        "credential": derived("password"),
        "code_credential": derived("code"),
        "password_set_at": NOON,
        "temporary_until": NOON + timedelta(days=30),
        "locked_until": NOON + timedelta(minutes=15),
        "generation": 1,
    }
    return an_account(**{**usual, **fields})


def letter(kind: str, **fields: Any) -> OutboxMessage:
    """Return a letter of that kind about :func:`person`, with all the words that flows give."""
    usual: dict[str, Any] = {
        "kind": kind,
        "to": "anna@example.it",
        "profile": "scuola",
        "generation": 1,
        "params": {"reason": "Il documento non è leggibile", "days": "15", "minutes": "15"},
    }
    return a_letter(**{**usual, **fields})


def writer(profile: Profile = PROFILE, **settings: Any) -> LetterWriter:
    """Return a writer of that procedure's letters."""
    usual: dict[str, Any] = {
        "base_url": BASE_URL,
        "vault": VAULT,
        "sender": "noreply@example.it",
    }
    return LetterWriter({profile.name: profile}, **{**usual, **settings})


def written(
    kind: str, profile: Profile = PROFILE, account: Account | None = None, **fields: Any
) -> Envelope:
    """Return the letter, which must not be void."""
    message = letter(kind, profile=profile.name, **fields)
    envelope = writer(profile).write(message, account or person())
    assert envelope is not None
    return envelope


def secret_of(kind: str, policy: PasswordPolicy | PersonalCodePolicy) -> str:
    """Return the generated secret that a letter is to carry."""
    entropy = VAULT.derive(kind, "account-1", 1, KEY_ID)
    assert entropy is not None
    return policy.generate(entropy)


def text_of(envelope: Envelope) -> str:
    """Return the plain body."""
    return _body(envelope, "plain")


def html_of(envelope: Envelope) -> str:
    """Return the HTML body."""
    return _body(envelope, "html")


def words_of(envelope: Envelope) -> str:
    """Return subject and plain body with every gap made one blank, to look for sentences in."""
    return " ".join((envelope.message["Subject"] + " " + text_of(envelope)).split())


def _body(envelope: Envelope, subtype: str) -> str:
    part = envelope.message.get_body((subtype,))
    assert part is not None
    content: str = part.get_content()
    return content
