"""Common names, Italian and other, among them those that a codice fiscale has its trouble with."""

from __future__ import annotations

from collections.abc import Mapping

SURNAMES = (
    "Rossi",
    "Bianchi",
    "Esposito",
    "D'Amico",
    "De Luca",
    "Dell'Orto",
    "Lo Presti",
    "Alù",
    "Cantù",
    "Niccolò",
    "Fo",
    "Re",
    "Ai",
    "Quaglia-Moretti",
    "Ambrosoli Schwarz",
    "Müller",
    "Böhm",
    "Groß",
    "Núñez",
    "Ouédraogo",
    "Şahin",
    "Čapek",
    "Žižek",
    "Wałęsa",
    "Đorđević",
    "Øster",
    "Þórsson",
    "Nguyễn",
    "Ng",
    "O’Brien",
)
"""Surnames: short and double ones, with apostrophes, accents and letters of other languages."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "M": (
        "Mario",
        "Luca",
        "Gianfranco",
        "Alessandro",
        "Nicolò",
        "Gian Luca",
        "Andrea",
        "Ugo",
        "Al",
        "Jürgen",
        "René",
        "José María",
        "Łukasz",
        "Åke",
        "Li",
    ),
    "F": (
        "Maria",
        "Barbara",
        "Maria Grazia",
        "Anna-Lena",
        "Andrea",
        "Eva",
        "Ia",
        "Zoë",
        "Élodie",
        "Noëlle",
        "Françoise",
        "Ružica",
        "Solveig Åse",
        "Bo",
    ),
}
"""Given names of men and of women."""
