"""Whatever is done to a genuine answer, it proves the same as before or nothing at all."""

from __future__ import annotations

import base64
import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.saml.stage import StillClock, provider

from registrazione.ports import IdentityError
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_idp import SamlIdp

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "200"))
SNIPPETS = (
    b"<!---->",
    b"&#0;",
    b"<x/>",
    b"<saml:Assertion/>",
    b"<ds:Signature/>",
    b'ID="_x" ',
    b"&amp;",
    b"<![CDATA[x]]>",
    b"\xc3\xa8",
    b"\xff",
    b" ",
    b"",
)


class Forgets:
    """A memory without memory: here every answer is tried many times."""

    def spend(self, _key, _until, _now):
        """Everything is new."""
        return True


CLOCK = StillClock()
IDP = SamlIdp("https://idp.example", CLOCK)
SERVICE = provider(CLOCK, (IDP,), once=Forgets())
ASKED = IDP.read(
    SERVICE.start("https://service.example/identity/spid/callback", "state"),
    "https://service.example/identity/spid/callback",
)
DRAFT = IDP.draft(ASKED, PEOPLE.adele)
GENUINE = IDP.signed(DRAFT)
PROVED = SERVICE.verify(DRAFT.posted(GENUINE))


def proves_the_same_or_nothing(message, state=None):
    """Return whether a message was let in; it must not say anything else than the genuine one."""
    encoded = base64.b64encode(message).decode()
    try:
        verified = SERVICE.verify({"SAMLResponse": encoded, "RelayState": state or ASKED.state})
    except IdentityError:
        return False
    assert verified == PROVED
    return True


def mutated(draw, message):
    """Return a message with a few things done to it, as a random generator says."""
    data = bytearray(message)
    for _ in range(draw.randint(1, 3)):
        start = draw.randrange(len(data))
        end = min(len(data), start + draw.choice((0, 1, 1, 8, 64, 400)))
        match draw.randrange(4):
            case 0:
                data[start:end] = draw.choice(SNIPPETS)
            case 1:
                data[start:end] = bytes(draw.randrange(256) for _ in range(end - start))
            case 2:
                piece, place = bytes(data[start:end]), draw.randrange(len(data))
                data[place:place] = piece
            case _:
                data[start] ^= 1 << draw.randrange(8)
    return bytes(data)


@settings(max_examples=150)
@given(st.randoms(use_true_random=False))
def test_mutations_prove_nothing_else(draw):
    """Bytes changed, cut, copied or put in: the same identity or none, and no other error."""
    changed = mutated(draw, GENUINE)

    assert proves_the_same_or_nothing(changed) in {True, False}


@settings(max_examples=150)
@given(st.binary(max_size=200), st.text(max_size=90))
def test_anything_at_all_is_refused(message, state):
    """What no provider ever made is refused with an error of the port."""
    assert not proves_the_same_or_nothing(message, state or "x")


def test_a_great_many_mutations():
    """The same for as many rounds as REGISTRAZIONE_ROUNDS says; each has its own seed."""
    let_in = sum(
        proves_the_same_or_nothing(mutated(random.Random(seed), GENUINE))  # noqa: S311 - a sample
        for seed in range(ROUNDS)
    )

    assert let_in < ROUNDS
