"""Held-back attacks on the relying party: tokens, keys, answers, documents.

Adele signs in truly. Whoever attacks wants the relying party to believe in Bruno, in a time, a
service or a browser that the provider did not mean, or wants it to break down.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.core.account import VerifiedIdentity
from registrazione.testing.oidc_keys import b64url, key_of, signature, spelt
from registrazione.testing.oidc_op import Twist
from registrazione.testing.oidc_stage import ADELE, Stage, client_of
from registrazione.testing.people import PEOPLE

PLAIN = ("oidc",)
SCHEMES = ("oidc", "cie")
ENCRYPTED = ("cie", "spid")
EVIL = key_of("held-back-evil", "RS256")
EVIL_EC = key_of("held-back-evil")
VICTIM = f"op/{PEOPLE.bruno.key}"
EID = "https://attributes.eid.gov.it/"
_PEOPLE = {person.key: person for person in PEOPLE}


@attrs.frozen(kw_only=True)
class Attack:
    """Something that must not succeed.

    Args:
        name: Identifies it.
        label: The public attack or the rule that it stands for.
        play: Returns whom the relying party believes to have before it.
        dialects: How both speak.
        client: Fields of the client.
        may_be_read: Whether the answer may be taken for what it truly says.
    """

    name: str
    label: str
    play: Callable[[Stage], object]
    dialects: tuple[str, ...] = PLAIN
    client: Mapping[str, Any] = attrs.field(factory=dict)
    may_be_read: bool = False

    def stage(self, dialect: str) -> Stage:
        """Return a stage to play it on."""
        return Stage(client=client_of(dialect, **self.client))


class Battery:
    """Attacks, as they are written down one after the other."""

    def __init__(self) -> None:
        self.attacks: list[Attack] = []

    def __call__(self, *dialects, may_be_read=False, **client):
        """Take a function in as an attack; its docstring is the label."""

        def taken(play):
            self.add(
                play.__name__, play.__doc__, play, *dialects, may_be_read=may_be_read, **client
            )
            return play

        return taken

    def add(self, name, label, play, *dialects, may_be_read=False, **client) -> None:
        """Take an attack in."""
        self.attacks.append(
            Attack(
                name=name,
                label=label,
                play=play,
                dialects=dialects or PLAIN,
                client=client,
                may_be_read=may_be_read,
            )
        )

    def table(self, label, cases, make, *dialects, may_be_read=False, **client) -> None:
        """Take in a whole table of attacks that prove the same rule."""
        for name, case in cases.items():
            self.add(name, label, make(case), *dialects, may_be_read=may_be_read, **client)


def bent(**bends):
    """Return a sign-in at a provider that says some things wrongly."""

    def play(stage):
        stage.op.twist = Twist(**bends)
        return stage.sign_in()

    return play


def constant(value):
    """Return a bend that says this, whatever was to be said."""
    return lambda *_: value


def merged(changes):
    """Return a bend that changes some fields, and leaves out those that become ``...``."""

    def bend(values, _):
        whole = {**values, **changes}
        return {name: value for name, value in whole.items() if value is not ...}

    return bend


def claims(changes):
    """Return a sign-in whose ID token has other claims."""
    return bent(claims=merged(changes))


def header(changes):
    """Return a sign-in whose ID token has another header, signed as it stands."""
    return bent(header=merged(changes))


def altered(change):
    """Return a sign-in whose ID token is altered on its way."""
    return bent(token=change)


def in_payload(change):
    """Return a sign-in whose payload is another text, signed by the provider."""
    return bent(claims=lambda values, _: change(json.dumps(values)))


def parts_of(token):
    """Return header and payload of a token."""
    return [json.loads(_bytes(part)) for part in token.split(".")[:2]]


def _bytes(part):
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def forged(token, op, head=None, signer=EVIL, **changes):
    """Return a token about the victim.

    Args:
        token: The true one.
        op: Its provider.
        head: Changes of the header; ``...`` leaves one out.
        signer: Whose signature; ``None``: none, the third part is empty.
        changes: More claims.
    """
    first, payload = parts_of(token)
    first = merged(head or {})(first, op)
    payload = {**payload, "sub": VICTIM, **changes}
    if signer is None:
        return f"{b64url(json.dumps(first).encode())}.{b64url(json.dumps(payload).encode())}."
    return spelt(first, payload, signer)


def resigned(first, payload, signer):
    """Return a token of two texts, signed as they stand."""
    text = f"{b64url(first.encode())}.{b64url(payload.encode())}"
    return f"{text}.{b64url(signature(text, signer))}"


def http(path, answer):
    """Return a sign-in at a provider whose page answers otherwise.

    Args:
        path: Which page.
        answer: Bytes, an answer, or a function of the true answer.
    """

    def bend(pair, _):
        asked, true = pair
        if asked != path:
            return true
        if isinstance(answer, bytes):
            return attrs.evolve(true, body=answer)
        return answer if isinstance(answer, HttpAnswer) else answer(true)

    return bent(http=bend)


def is_truth(verified: object, person: str = ADELE, level: int = 2) -> bool:
    """Tell whether an identity is what the provider meant, field by field.

    Args:
        verified: What the relying party believes.
        person: Whom the provider meant.
        level: Of which level.
    """
    meant = _PEOPLE[person]
    return (
        isinstance(verified, VerifiedIdentity)
        and verified.identity.issuer == "https://op.example"
        and verified.identity.subject == f"op/{person}"
        and verified.codice_fiscale == meant.codice_fiscale
        and verified.values["name"] == meant.name
        and verified.values["surname"] == meant.surname
        and verified.level == level
    )
