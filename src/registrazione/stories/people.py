"""The people of the stories: none of them exists, and each has a sound codice fiscale."""

from __future__ import annotations

from datetime import date

from registrazione.testing.people import Person

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

IRENE = Person(
    name="Irene",
    surname="Ballarin",
    sex="F",
    born=date(1981, 5, 17),
    birth_place="L736",
    email="irene.ballarin@posta.example",
)
"""A teacher, whom the ministry knows as a mother only."""

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
    *(CARLO, ELENA, DARIA, NADIA, IRENE),
    *(MARCO, TERESA, CHIARA),
)
"""Everybody that the identity providers of the stories know."""
