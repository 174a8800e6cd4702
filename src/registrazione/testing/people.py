"""People for tests and stories: none of them exists, and each has a sound codice fiscale.

By chance a code may be that of a living person. So use them in tests only; never look one up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import attrs

from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.core.cf_encoding import encode_codice_fiscale
from registrazione.core.form import FieldKind
from registrazione.core.profile import Profile
from registrazione.core.transliteration import official_spelling

_ISSUER = "https://identity.example"
_DOCUMENT = {
    "document_type": "carta d'identita",
    "document_number": "CA12345AA",
    "document_expires": "2035-01-01",
}


@attrs.frozen(kw_only=True)
class Person:
    """Somebody who registers.

    Args:
        name: Given name.
        surname: Surname at birth.
        sex: ``M`` or ``F``.
        born: Date of birth.
        birth_place: Belfiore code of the place of birth, such as ``H501``.
        birth_nation: Nation of birth, by name.
        birth_region: Region of birth, by name; empty for a foreign nation.
        birth_province: Provincia of birth, by name; empty for a foreign nation.
        email: The mailbox that the person reads.
        phone: The number that the person answers.
    """

    name: str
    surname: str
    sex: str
    born: date
    birth_place: str
    birth_nation: str = "Italia"
    birth_region: str = ""
    birth_province: str = ""
    email: str
    phone: str = "+390000000000"

    @property
    def key(self) -> str:
        """Return the person's username, by which the scripted identity providers know them too."""
        return f"{official_spelling(self.name)}.{official_spelling(self.surname)}".lower()

    @property
    def codice_fiscale(self) -> str:
        """Return the code that DM 23 December 1976 gives to such a person."""
        return encode_codice_fiscale(
            surname=self.surname,
            name=self.name,
            sex=self.sex,
            birth_date=self.born,
            birth_place=self.birth_place,
        ).code

    def data(self, **more: str) -> dict[str, str]:
        """Return what the person types into a form.

        Args:
            more: Fields beside name, surname, sex, date and place of birth, or instead of them.
        """
        return {
            "name": self.name,
            "surname": self.surname,
            "birth_date": self.born.isoformat(),
            "birth_place": self.birth_place,
            "sex": self.sex,
            **more,
        }

    def password_for(self, profile: Profile) -> str:
        """Return a password of the person that the procedure takes; always the same."""
        return profile.password.generate(hashlib.sha256(self.key.encode()).digest())

    def form(self, profile: Profile, **changes: str | None) -> dict[str, str]:
        """Return the procedure's form filled in, consents aside.

        Args:
            profile: The procedure, such as a registrar's ``profile``.
            changes: Fields with other values; ``None`` leaves one out.
        """
        email = changes.get("email") or self._email_for(profile)
        password = changes.get("password") or self.password_for(profile)
        known: Mapping[str, str] = {
            **self.data(),
            "birth_nation": self.birth_nation,
            "birth_region": self.birth_region,
            "birth_province": self.birth_province,
            "codice_fiscale": self.codice_fiscale,
            "phone": self.phone,
            **_DOCUMENT,
            "username": self.key,
            "password": password,
            "password_again": password,
            "email": email,
            "email_again": email,
        }
        choices = {
            field.name: field.choices[0]
            for field in profile.form
            if field.kind is FieldKind.CHOICE and field.choices
        }
        names = [field.name for field in profile.form]
        typed = {**choices, **known, **changes}
        asked = [name for name in (*names, *changes) if typed.get(name)]
        return {name: str(typed[name]) for name in asked}

    def vouched_for(self, provider: str) -> VerifiedIdentity:
        """Return what an identity provider says of the person (UNI-02, MIM-06).

        Args:
            provider: Name of the provider, such as ``spid``. eIDAS tells no codice fiscale and
                no address, and neither the place of birth nor the sex.
        """
        told = self.data(email=self.email, phone=self.phone)
        code: str | None = self.codice_fiscale
        if provider == "eidas":
            told = {name: told[name] for name in ("name", "surname", "birth_date")}
            code = None
        return VerifiedIdentity(
            identity=Identity(provider=provider, issuer=_ISSUER, subject=f"{provider}/{self.key}"),
            codice_fiscale=code,
            values=told,
            level=2,
        )

    def _email_for(self, profile: Profile) -> str:
        """Return a mailbox of the person where the procedure allows it."""
        domains = profile.email.required_domains
        return f"{self.key}@{min(domains)}" if domains else self.email


class People(NamedTuple):
    """A few ready-made people, by name or one after the other."""

    adele: Person
    """Born in Milan."""
    bruno: Person
    """Born in Rome."""
    carla: Person
    """Born in Naples, with an accent and a space in her surname."""
    driss: Person
    """Born in Morocco."""


PEOPLE = People(
    adele=Person(
        name="Adele",
        surname="Trovamala",
        sex="F",
        born=date(1984, 3, 12),
        birth_place="F205",
        birth_region="Lombardia",
        birth_province="Milano",
        email="adele.trovamala@posta.example",
        phone="+393330000001",
    ),
    bruno=Person(
        name="Bruno",
        surname="Quartaroli",
        sex="M",
        born=date(1979, 11, 5),
        birth_place="H501",
        birth_region="Lazio",
        birth_province="Roma",
        email="bruno.quartaroli@posta.example",
        phone="+393330000002",
    ),
    carla=Person(
        name="Carla",
        surname="De Lucariè",
        sex="F",
        born=date(1998, 9, 2),
        birth_place="F839",
        birth_region="Campania",
        birth_province="Napoli",
        email="carla.delucarie@posta.example",
        phone="+393330000003",
    ),
    driss=Person(
        name="Driss",
        surname="Belkhadem",
        sex="M",
        born=date(1990, 4, 30),
        birth_place="Z330",
        birth_nation="Marocco",
        email="driss.belkhadem@posta.example",
        phone="+393330000004",
    ),
)
"""Everybody."""
