"""Whatever is handed to a method, of any type and size: an answer or a refusal (ASVS 15.3.5)."""

from __future__ import annotations

import datetime as dt
import inspect
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import DIGEST, MARIO, OFFICE, SECRETARIAT, World

from registrazione import Refusal, Secret
from registrazione.methods import CommandMethods
from registrazione.refusals import text_of

METHODS = sorted(
    name
    for name, member in inspect.getmembers(CommandMethods)
    if not name.startswith("_") and name != "handle" and callable(member)
)
MEGABYTE = "à" * 10**6


class Odd(Enum):
    """No value that anybody expects."""

    ONE = 1


class Text(str):
    """A text that lies about itself."""

    __slots__ = ()

    def __str__(self):
        """Say something else."""
        return "other"

    def strip(self, *_):
        """Strip nothing."""
        return self


ODD_THINGS = [
    None,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    True,
    b"bytes",
    bytearray(b"x"),
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e",
    "=?utf-8?q?evil=40evil.com=3e?=",
    "'; DROP TABLE accounts; --",
    "{0.__class__}",
    "x@example.it, y@example.it",
    MEGABYTE,
    "𝟙" * 300,
    [],
    ["a"],
    (),
    {},
    {"a": object()},
    {1: 2},
    {"name": ["x"], "email": {"x": 1}, "cf": 5, "birth_date": b"x", "sex": None},
    dict.fromkeys(map(str, range(200)), "x"),
    set(),
    object(),
    int,
    lambda: None,
    Odd.ONE,
    Decimal(1),
    dt.datetime(2026, 1, 1),  # noqa: DTZ001 - naive on purpose
    dt.date(1, 1, 1),
    dt.timedelta(1),
    Secret(5),
    Secret("x"),
    Secret(Secret(None)),
    Text("text"),
    ValueError("x"),
]


def sound(world, name):
    """Return arguments with which a method could work, by name."""
    answer = world.signed_in()
    draft = world.registrar.begin().draft
    token = world.vault.sign_token("reset", answer.account.id, 0, "", world.clock.now())
    known = {
        "draft": draft,
        "codice_fiscale": MARIO.cf,
        "values": {"mobile_phone": "3331234567"},
        "consents": ("terms",),
        "token": token,
        "ticket": answer.ticket or token,
        "session": answer.session,
        "operator": OFFICE if name == "identify_in_person" else SECRETARIAT,
        "account_id": answer.account.id,
        "email": "new@example.it",
        "username": "mario.rossi",
        "password": MARIO.password,
        "old": MARIO.password,
        "new": "Password2",
        "again": "Password2",
        "reason": "perché",
        "accept": True,
        "on": True,
        "provider": "spid",
        "response": {"person": "mario.rossi"},
        "service": "istanze",
        "digest": DIGEST,
        "code": MARIO.code,
        "document_type": "passaporto",
        "document_number": "A1",
    }
    parameters = inspect.signature(getattr(world.registrar, name)).parameters
    return {parameter: known[parameter] for parameter in parameters if parameter in known}


def assert_refused_or_taken(world, name, arguments):
    """Call a method: an answer or a refusal with words, and nothing else."""
    refused = None
    try:
        getattr(world.registrar, name)(**arguments)
    except Refusal as refusal:
        refused = refusal
    for fault in refused.faults if refused else ():
        assert text_of(fault, "it")
        assert text_of(fault, "en")
    assert len(str(refused)) < 5000


@pytest.mark.parametrize("name", METHODS)
def test_one_odd_argument_is_refused_or_taken(name):
    """Each argument of each method, in turn, is each odd thing; all others are sound."""
    world = World("polis")
    usual = sound(world, name)
    for parameter in inspect.signature(getattr(world.registrar, name)).parameters:
        for odd in ODD_THINGS:
            if world.found("codice_fiscale", MARIO.cf) == ():
                world = World("polis")
                usual = sound(world, name)
            assert_refused_or_taken(world, name, {**usual, parameter: odd})


@pytest.mark.parametrize("name", METHODS)
def test_nothing_odd_reaches_a_database(name, tmp_path):
    """On a real database, too: what it could not write down does not get there."""
    world = World("unimi-external", storage=f"sqlite:///{tmp_path}/accounts.db")
    usual = sound(world, name)
    odd_texts = [None, 5, "a\0b", "\ud800", "'; --", ["a"], {"a": "\ud800"}]
    for parameter in inspect.signature(getattr(world.registrar, name)).parameters:
        for odd in odd_texts:
            assert_refused_or_taken(world, name, {**usual, parameter: odd})


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=20)
    | st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C"]), max_size=40)
    | st.sampled_from([x for x in ODD_THINGS if not isinstance(x, Secret)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("name", METHODS)
@given(st.data())
def test_any_arguments_at_all(name, data):
    """All arguments at once are anything."""
    world = SHARED
    parameters = inspect.signature(getattr(world.registrar, name)).parameters
    arguments = {parameter: data.draw(anything, parameter) for parameter in parameters}

    assert_refused_or_taken(world, name, arguments)


SHARED = World("polis")
FORM = [field.name for field in SHARED.profile.form]


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from([*FORM, "cf", "state", "a" * 50]), anything, max_size=8))
def test_any_form_at_all(values):
    """Every field of the form is anything."""
    draft = SHARED.registrar.identify(SHARED.registrar.begin().draft, MARIO.cf).draft

    with pytest.raises(Refusal) as refused:
        SHARED.registrar.fill(draft, values)
    assert all(text_of(fault) for fault in refused.value.faults)


def test_a_megabyte_costs_nothing():
    """The cap comes first: no hash is computed, and no text is looked through, for any field."""
    world = World("polis")
    before = world.hasher.evaluations
    for call in (
        lambda: world.registrar.sign_in("mario.rossi", MEGABYTE),
        lambda: world.registrar.identify(world.registrar.begin().draft, MEGABYTE),
        lambda: world.registrar.recover_username(MEGABYTE),
        lambda: world.registrar.activate(MEGABYTE),
    ):
        with pytest.raises(Refusal):
            call()

    assert world.hasher.evaluations == before
