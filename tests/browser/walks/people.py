"""As many people as there are walks: nobody registers twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count, product

from registrazione.testing.people import Person

_NAMES = ("Adele", "Bianca", "Cecilia", "Delia", "Elisa", "Flavia", "Greta", "Irma")
_SURNAMES = (
    *("Altobelli", "Bortolin", "Caldarola", "Degli Esposti", "Ercolani", "Fumagalli"),
    *("Gallarati", "Iannuzzi", "Lattanzio", "Mantegazza", "Nardelli", "Orsenigo"),
)
_everybody = (
    Person(
        name=name,
        surname=surname,
        sex="F",
        born=date(1985, 2, 1) + timedelta(days=number),
        birth_place="F205",
        birth_region="Lombardia",
        birth_province="Milano",
        email=f"{name}.{surname.replace(' ', '-')}@posta.example".lower(),
        phone=f"+39333{number:07}",
    )
    for number, surname, name in (
        (number, *pair) for number, pair in zip(count(1), product(_SURNAMES, _NAMES), strict=False)
    )
)


def somebody() -> Person:
    """Return somebody who was never here before."""
    return next(_everybody)
