"""What the three ways of embedding the library have in common."""

from __future__ import annotations

import re
from typing import Any

import attrs
import measuring  # noqa: F401 - watches SQLite before anybody opens it

from registrazione.adapters.mailers.memory import MemoryMailer
from registrazione.profiles import load
from registrazione.testing.fakes import FastHasher

HOST = "http://localhost"
FORM = {"name": "Ada", "surname": "Rossi", "consent_privacy": "yes", "do": "next"}
STANDARD = load("standard")
PROFILE = attrs.evolve(STANDARD, password=attrs.evolve(STANDARD.password, min_strength=None))
mailer = MemoryMailer()


def settings(**more: Any) -> dict[str, Any]:
    """Return the settings of the neutral procedure: data encrypted, passwords hashed by SHA-256.

    Passwords are not judged by zxcvbn: no peer does.
    """
    return {
        "profile": PROFILE,
        "mailer": mailer,
        "base_url": f"{HOST}/registrazione",
        "hasher": FastHasher(),
        **more,
    }


def text_in(letters: MemoryMailer) -> str:
    """Return the text of the last letter, and forget all letters."""
    body = letters.sent[-1].message.get_body(("plain",))
    assert body is not None
    letters.sent.clear()
    return str(body.get_content())


def link_in(letters: MemoryMailer) -> str:
    """Return the path of the link in the last letter, and forget all letters."""
    found = re.search(rf"{HOST}(/\S+/activate/\S+)", text_in(letters))
    assert found is not None
    return found[1]
