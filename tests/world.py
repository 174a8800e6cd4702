"""A small world for whole procedures: a registrar, its clock, its mailbox, and some people."""

from __future__ import annotations

import datetime as dt
import re
import sys
from typing import Any

import attrs
import pytest
from tests.codici_fiscali import code_for

from registrazione import Answer, Operator, Refusal, Registrar, Role
from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Account, Identity, VerifiedIdentity
from registrazione.core.profile import Profile, Step
from registrazione.core.records import AuditRecord, Key, LetterState, OutboxMessage
from registrazione.ports import Envelope
from registrazione.profiles import NAMES, load
from registrazione.testing.fakes import FastHasher, ManualClock, SeededRandomness

KEY = "a key for tests, of forty characters ---"
BASE_URL = "https://example.it/registrazione"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
BEGINNINGS = {"mim-students": dt.datetime(2023, 12, 1, 12, tzinfo=dt.UTC)}
"""When a world begins, where its procedure was open at another time only."""
PROFILES = tuple(NAMES)

SECRETARIAT = Operator(id="op-1", role=Role.SECRETARIAT, office="MIIS00100A")
OFFICE = Operator(id="op-2", role=Role.IDENTIFYING_OFFICE, office="MIIS00200B")
COLLEAGUE = attrs.evolve(OFFICE, id="op-4")
HELP_DESK = Operator(id="op-3", role=Role.HELP_DESK)

LINK = re.compile(rf"{re.escape(BASE_URL)}/(?:activate|email|reset)/(\S+)")
SECRET = re.compile(r"^ *(?:Password temporanea|Codice personale temporaneo): (\S+)$", re.MULTILINE)
DIGEST = "0123456789abcdef" * 4


@attrs.frozen(kw_only=True)
class Person:
    """Somebody with everything that any form asks for."""

    name: str
    surname: str
    sex: str
    born: dt.date
    place: str = "H501"
    password: str = "Password1"
    code: str = "codice2026"

    @property
    def cf(self) -> str:
        """The codice fiscale."""
        return code_for(self.surname.upper(), self.name.upper(), self.sex, self.born, self.place)

    @property
    def username(self) -> str:
        """The username that the person chooses where one may."""
        return f"{self.name}.{self.surname}".lower()

    def email(self, domain: str = "example.it") -> str:
        """The mailbox."""
        return f"{self.name}.{self.surname}".lower() + f"@{domain}"

    def values(self, profile: Profile, **changes: object) -> dict[str, object]:
        """What the person types into the procedure's form; ``None`` takes a field out."""
        email = changes.get("email") or self.email(domain_of(profile))
        known: dict[str, object] = {
            "name": self.name,
            "surname": self.surname,
            "birth_date": self.born.isoformat(),
            "birth_nation": "Italia",
            "birth_region": "Lazio",
            "birth_province": "Roma",
            "birth_place": self.place,
            "sex": self.sex,
            "phone": "+39 333 1234567",
            "category": "docente",
            "document_type": "carta d'identita",
            "document_number": "CA12345AA",
            "document_expires": "2035-01-01",
            "username": self.username,
            "password": password_of(profile, self),
            "password_again": changes.get("password") or password_of(profile, self),
            "email": email,
            "email_again": email,
        }
        typed = {field.name: known[field.name] for field in profile.form if field.name in known}
        return {k: v for k, v in {**typed, **changes}.items() if v is not None}

    def vouched(self, provider: str = "spid", **changes: Any) -> VerifiedIdentity:
        """What an identity provider says of the person."""
        told = {
            "name": self.name,
            "surname": self.surname,
            "birth_date": self.born.isoformat(),
            "birth_place": self.place,
            "sex": self.sex,
            "email": f"{self.username}@spid.example",
            "phone": "+393331234567",
        }
        usual: dict[str, Any] = {
            "identity": Identity(provider=provider, issuer="https://idp", subject=self.username),
            "codice_fiscale": self.cf,
            "values": told,
            "level": 2,
        }
        return VerifiedIdentity(**{**usual, **changes})


MARIO = Person(name="Mario", surname="Rossi", sex="M", born=dt.date(1980, 1, 1))
ANNA = Person(name="Anna", surname="Bianchi", sex="F", born=dt.date(1975, 7, 30), place="F205")
LUCA = Person(name="Luca", surname="Verdi", sex="M", born=dt.date(2001, 12, 31), place="F839")
PEOPLE = {person.username: person for person in (MARIO, ANNA, LUCA)}


def domain_of(profile: Profile) -> str:
    """Return a domain that the procedure takes."""
    return next(iter(sorted(profile.email.required_domains)), "example.it")


def password_of(profile: Profile, person: Person) -> str:
    """Return a password of the person that the procedure takes."""
    return "correct horse battery staple" if profile.name == "standard" else person.password


class AllPlaces:
    """Know every place, at every time, without loading any list."""

    def exists(self, code: str) -> bool:
        """Every code is one."""
        return True

    def existed_on(self, code: str, day: dt.date) -> bool:
        """And always was."""
        return True

    def same_place(self, first: str, second: str) -> bool:
        """No place has two codes."""
        return False

    def predecessor(self, typed: str, decoded: str) -> bool:
        """No state has ceased."""
        return False


class World:
    """A registrar of one procedure, and whatever is around it.

    Args:
        profile: The procedure, or its name.
        at: When it begins.
        settings: Anything else that ``Registrar.open`` takes.
    """

    opener: Any = Registrar

    def __init__(
        self,
        profile: str | Profile = "unimi-external",
        *,
        at: dt.datetime | None = None,
        **settings: Any,
    ) -> None:
        """Open the registrar."""
        self.profile = load(profile) if isinstance(profile, str) else profile
        self.clock = ManualClock(at or BEGINNINGS.get(self.profile.name, NOON))
        self.hasher = FastHasher()
        self.mailer = MemoryMailer()
        self.limiter = MemoryRateLimiter()
        self.told: list[AuditRecord] = []
        self.people = {name: person.vouched() for name, person in PEOPLE.items()}
        usual: dict[str, Any] = {
            "storage": MemoryStore(),
            "mailer": self.mailer,
            "secret_keys": [KEY],
            "base_url": BASE_URL,
            "clock": self.clock,
            "hasher": self.hasher,
            "limiter": self.limiter,
            "randomness": SeededRandomness(),
            "places": AllPlaces(),
            "human_check": "tick-box",
            "observers": [self.told.append],
            "identity_providers": [
                ScriptedProvider(name, self._scripted(name))
                for name in ("spid", "cie", "eidas", "oidc")
            ],
        }
        self.settings = {"profile": self.profile, **usual, **settings}
        self.registrar: Any = self.opener.open(**self.settings)

    @staticmethod
    def _scripted(provider: str) -> dict[str, Any]:
        return {name: person.vouched(provider) for name, person in PEOPLE.items()}

    @property
    def store(self) -> Any:
        """The store."""
        return self.registrar.parts.store

    @property
    def vault(self) -> Any:
        """The keys."""
        return self.registrar.parts.vault

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(dt.timedelta(**time))

    def sibling(self, profile: str | Profile | None = None, **settings: Any) -> World:
        """Return another world on the same store, clock and mailbox."""
        shared = {k: v for k, v in self.settings.items() if k != "profile"}
        shared["storage"] = self.store
        other = World(profile or self.profile, **{**shared, **settings})
        other.clock, other.mailer, other.hasher = self.clock, self.mailer, self.hasher
        return other

    # -- registering -------------------------------------------------------------------------

    def filled(self, person: Person = MARIO, *, consents: Any = None, **changes: object) -> Answer:
        """Go through the pages up to the last one before the confirmation."""
        registrar, profile = self.registrar, self.profile
        answer = registrar.begin()
        for step in profile.steps:
            if step is Step.NOTICE:
                answer = registrar.acknowledge_notice(answer.draft)
            elif step is Step.IDENTIFY:
                answer = registrar.identify(answer.draft, person.cf, human_response="on")
            elif step is Step.FILL:
                names = [text.name for text in profile.consents] if consents is None else consents
                values = person.values(profile, **changes)
                answer = registrar.fill(answer.draft, values, consents=names)
        return answer

    def confirmed(self, person: Person = MARIO, **changes: object) -> Answer:
        """Register up to the first gate."""
        return self.registrar.confirm(self.filled(person, **changes).draft)

    def proved(
        self, person: Person = MARIO, answer: Answer | None = None, **changes: object
    ) -> Answer:
        """Register and use the mailed link, where there is one."""
        answer = answer or self.confirmed(person, **changes)
        if "link" not in self.profile.gates:
            return answer
        email = answer.account.email
        password = changes.get("password") or password_of(self.profile, person)
        at_link = self.profile.first_password == "at_link"
        more = {"password": password, "password_again": password} if at_link else {}
        return self.registrar.activate(self.link(email), ticket=answer.ticket, **more)

    def active(self, person: Person = MARIO, **changes: object) -> Account:
        """Register up to the active account, whatever its gates; return the account."""
        account = self.proved(person, **changes).account
        if "secretariat" in self.profile.gates:
            account = self.registrar.approve(SECRETARIAT, account.id).account
        if "presence" in self.profile.gates:
            account = self.seen(account, person).account
        return self.registrar.load(account.id)

    def seen(self, account: Account, person: Person = MARIO, **changes: object) -> Answer:
        """Let the office identify the person, a colleague as well where four eyes are wanted."""
        answer = self.looked_at(account, person, **changes)
        if self.profile.four_eyes:
            answer = self.looked_at(account, person, COLLEAGUE, **changes)
        return answer

    def looked_at(
        self,
        account: Account,
        person: Person = MARIO,
        operator: Operator = OFFICE,
        **changes: object,
    ) -> Answer:
        """Let one operator see the person and a document."""
        shown: dict[str, Any] = {
            "codice_fiscale": person.cf,
            "document_type": "carta d'identita",
            "document_number": "CA12345AA",
            "form_signed": True,
        }
        return self.registrar.identify_in_person(operator, account.id, **{**shown, **changes})

    # -- coming in ---------------------------------------------------------------------------

    def login(self, account: Account) -> str:
        """Return what the person signs in with."""
        return account.username or account.email

    def first_password(self, account: Account, person: Person = MARIO) -> str:
        """Return the password that the person has got or chosen."""
        if self.profile.first_password == "temporary":
            return self.secret(account.email)
        return password_of(self.profile, person)

    def signed_in(self, person: Person = MARIO, **changes: object) -> Answer:
        """Register, come in, change whatever has to be changed; return the last answer."""
        account = self.active(person, **changes)
        given = str(changes.get("password") or self.first_password(account, person))
        answer = self.registrar.sign_in(self.login(account), given)
        if answer.next == "change_password":
            mine = password_of(self.profile, person)
            answer = self.registrar.change_password(answer.session, given, mine, mine)
        if answer.next == "change_personal_code":
            code = self.code(account.email)
            answer = self.registrar.change_personal_code(
                answer.session, code, person.code, person.code
            )
        return answer

    def spid(self, person: Person = MARIO, provider: str = "spid", **more: Any) -> Answer:
        """Come back from the identity provider."""
        return self.registrar.sign_in_with(provider, {"person": person.username}, **more)

    # -- letters -----------------------------------------------------------------------------

    def post(self) -> list[Envelope]:
        """Deliver the outbox and return what is new in the mailbox."""
        before = len(self.mailer.sent)
        self.registrar.deliver_outbox()
        return self.mailer.sent[before:]

    def letters(self, to: str) -> list[str]:
        """Return the texts of all letters to this address, the oldest first."""
        self.post()
        return [text_of(letter) for letter in self.mailer.sent if letter.recipient == to]

    def link(self, to: str) -> str:
        """Return the token of the last letter with a link to this address."""
        return [found[1] for text in self.letters(to) if (found := LINK.search(text))][-1]

    def secret(self, to: str) -> str:
        """Return the generated password or code of the last letter with one to this address."""
        return [found[1] for text in self.letters(to) if (found := SECRET.search(text))][-1]

    def code(self, to: str) -> str:
        """Return the temporary personal code of the last letter with one."""
        texts = [text for text in self.letters(to) if "Codice personale temporaneo:" in text]
        return SECRET.search(texts[-1])[1]

    def outbox(self) -> tuple[OutboxMessage, ...]:
        """Return every row of the outbox."""
        return self.registrar.letters(*LetterState, limit=1000).items

    # -- looking -----------------------------------------------------------------------------

    def key(self, kind: str, value: str) -> Key:
        """Return a key of the procedure's realm."""
        return Key(self.profile.realm, kind, value)

    def found(self, kind: str, value: str) -> tuple[Account, ...]:
        """Return the accounts with that key."""
        return self.store.find(self.key(kind, value))

    def reload(self, account: Account | Answer) -> Account:
        """Return the account as it is now."""
        account = account.account if isinstance(account, Answer) else account
        return self.registrar.load(account.id)

    def put(self, account: Account, **fields: object) -> Account:
        """Change a stored account behind the procedure's back."""
        from registrazione.core.evolve import claims_of, keys_of
        from registrazione.core.records import Change, Write

        stored = self.registrar.load(account.id)
        version = stored.version if stored else 0
        account = attrs.evolve(stored or account, **fields, version=version + 1)
        write = Write(
            account_id=account.id,
            expected=version,
            account=account,
            keys=keys_of(account),
            claims=claims_of(account, self.profile),
        )
        self.store.commit(Change(writes=(write,)))
        return account


def text_of(letter: Envelope) -> str:
    """Return the plain text of a letter."""
    body = letter.message.get_body(("plain",))
    assert body is not None
    content: str = body.get_content()
    return content


def code_of(call: Any, *arguments: Any, **more: Any) -> str:
    """Return the code that a call is refused with."""
    return refused(call, *arguments, **more).code


def refused(call: Any, *arguments: Any, **more: Any) -> Refusal:
    """Return the refusal of a call."""
    with pytest.raises(Refusal) as caught:
        call(*arguments, **more)
    return caught.value


def classes_below(base: type) -> tuple[type, ...]:
    """Return the classes that derive from ``base``, by name, however deep.

    attrs makes a class with slots anew; the first try may linger on and is left out.
    """
    found: dict[str, type] = {}
    for cls in base.__subclasses__():
        if getattr(sys.modules[cls.__module__], cls.__name__, None) is cls:
            found[cls.__name__] = cls
        found |= {below.__name__: below for below in classes_below(cls)}
    return tuple(found[name] for name in sorted(found))
