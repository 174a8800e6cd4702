"""The people of the stories: none of them exists, and each has a sound codice fiscale."""

from __future__ import annotations

from datetime import date
from string import ascii_uppercase

import attrs

from registrazione.core.account import Identity, VerifiedIdentity
from registrazione.core.codice_fiscale import is_codice_fiscale
from registrazione.core.transliteration import name_triplet, official_spelling, surname_triplet

_MONTHS = "ABCDEHLMPRST"
_WOMEN_ADD = 40
_ISSUER = "https://identity.example"


@attrs.frozen(kw_only=True)
class Person:
    """Somebody who registers.

    Args:
        name: Given name.
        surname: Surname at birth.
        sex: ``M`` or ``F``.
        born: Date of birth.
        birth_place: Belfiore code of the place of birth, such as ``H501``.
        email: The mailbox that the person reads.
        phone: The number that the person answers.
    """

    name: str
    surname: str
    sex: str
    born: date
    birth_place: str
    email: str
    phone: str = "+390000000000"

    @property
    def key(self) -> str:
        """Return the person's username, by which the scripted identity providers know them too."""
        return f"{official_spelling(self.name)}.{official_spelling(self.surname)}".lower()

    @property
    def codice_fiscale(self) -> str:
        """Return the code that DM 23 December 1976 gives to such a person."""
        day = self.born.day + (_WOMEN_ADD if self.sex == "F" else 0)
        signs = (
            surname_triplet(official_spelling(self.surname))
            + name_triplet(official_spelling(self.name))
            + f"{self.born.year % 100:02}{_MONTHS[self.born.month - 1]}{day:02}{self.birth_place}"
        )
        return next(
            signs + letter for letter in ascii_uppercase if is_codice_fiscale(signs + letter)
        )

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


GIULIA = Person(
    name="Giulia",
    surname="Ferrantini",
    sex="F",
    born=date(2006, 5, 14),
    birth_place="C421",
    email="giulia.ferrantini@posta.example",
)
"""A student of the fifth year, without SPID for now."""

OMAR = Person(
    name="Omar",
    surname="Belhadi",
    sex="M",
    born=date(2005, 9, 2),
    birth_place="Z330",
    email="omar.belhadi@posta.example",
)
"""A student born in Morocco, with SPID."""

LENA = Person(
    name="Lena",
    surname="Brandtner",
    sex="F",
    born=date(2005, 11, 30),
    birth_place="Z112",
    email="lena.brandtner@post.example",
)
"""A student from Germany, with eIDAS."""

PAOLA = Person(
    name="Paola",
    surname="Montresor Galli",
    sex="F",
    born=date(1982, 3, 8),
    birth_place="L781",
    email="paola.montresor@posta.istruzione.it",
)
"""A mother of two, who works at a school."""

SERGIO = Person(
    name="Sergio",
    surname="D'Alessi",
    sex="M",
    born=date(1979, 12, 21),
    birth_place="F839",
    email="sergio.dalessi@posta.example",
)
"""A father with SPID."""

BRUNO = Person(
    name="Bruno",
    surname="Scarpellini",
    sex="M",
    born=date(1984, 1, 17),
    birth_place="A944",
    email="bruno.scarpellini@istruzione.it",
)
"""A teacher and a father, with credentials of another of the ministry's services."""

CARLO = Person(
    name="Carlo",
    surname="Benvegnù",
    sex="M",
    born=date(1971, 7, 19),
    birth_place="L736",
    email="carlo.benvegnu@istruzione.it",
)
"""A primary school teacher."""

ELENA = Person(
    name="Elena",
    surname="Tassoni",
    sex="F",
    born=date(1988, 2, 3),
    birth_place="D969",
    email="elena.tassoni@posta.example",
)
"""A teacher with a private mailbox."""

DARIA = Person(
    name="Daria",
    surname="Vukić",
    sex="F",
    born=date(1995, 4, 30),
    birth_place="Z149",
    email="daria.vukic@posta.example",
)
"""A teacher born in Croatia, with SPID."""

NADIA = Person(
    name="Nadia",
    surname="Piccirillo",
    sex="F",
    born=date(1977, 8, 11),
    birth_place="B963",
    email="nadia.piccirillo@posta.example",
)
"""A member of the technical staff, with SPID and without credentials."""

MARCO = Person(
    name="Marco",
    surname="Olivotto",
    sex="M",
    born=date(1990, 10, 27),
    birth_place="F205",
    email="marco.olivotto@posta.example",
)
"""Somebody who wants to enrol at the university."""

TERESA = Person(
    name="Teresa",
    surname="Lobascio",
    sex="F",
    born=date(1997, 1, 25),
    birth_place="A662",
    email="teresa.lobascio@posta.example",
)
"""Somebody who registered once, and forgot about it."""

CHIARA = Person(
    name="Chiara",
    surname="Olivotto",
    sex="F",
    born=date(1993, 6, 6),
    birth_place="F205",
    email="chiara.olivotto@posta.example",
)
"""Marco's sister, whose SPID is hers alone."""

PEOPLE = (
    *(GIULIA, OMAR, LENA),
    *(PAOLA, SERGIO, BRUNO),
    *(CARLO, ELENA, DARIA, NADIA),
    *(MARCO, TERESA, CHIARA),
)
"""Everybody that the identity providers of the stories know."""
