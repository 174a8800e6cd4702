"""The model of what can happen says neither more nor less than the flows do."""

from __future__ import annotations

import attrs
import pytest
from tests.core.explorer import Explorer, quick

from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core.form import CODICE_FISCALE
from registrazione.core.machine import ACCOUNT, MACHINES
from registrazione.core.profile import Federation, Gate, Reset
from registrazione.core.profile_checks import leads_on
from registrazione.core.reach import START, Move, Place, arrivals, happened, moves, places
from registrazione.core.states import AccountState
from registrazione.core.ways import States
from registrazione.profiles import NAMES, load

UNIMI, POLIS, MIM = quick("unimi-external"), quick("polis"), quick("mim-students")
SPID = Federation(providers=("spid",))

VARIANTS = {
    **{name: quick(name) for name in NAMES},
    "no gate": attrs.evolve(UNIMI, gates=()),
    "two gates, one vouched for": attrs.evolve(
        UNIMI,
        gates=(Gate.LINK, Gate.SECRETARIAT),
        federation=attrs.evolve(SPID, satisfies=(Gate.SECRETARIAT,)),
    ),
    "three gates the other way round": attrs.evolve(
        MIM, gates=(Gate.PRESENCE, Gate.SECRETARIAT, Gate.LINK)
    ),
    "nothing vouched for": attrs.evolve(POLIS, federation=attrs.evolve(SPID, satisfies=())),
    "linked without a question": attrs.evolve(UNIMI, federation=SPID),
    "linked, and only so": attrs.evolve(POLIS, federation=attrs.evolve(SPID, only_afterwards=True)),
    "temporary passwords on request": attrs.evolve(POLIS, reset=Reset.TEMPORARY),
    "temporary at first, a link later": attrs.evolve(
        MIM,
        reset=Reset.LINK,
        password=attrs.evolve(POLIS.password, alphabet=MIM.password.alphabet),
    ),
    "a password at the link, a person unique": attrs.evolve(
        quick("standard"),
        form=(*load("standard").form, attrs.evolve(CODICE_FISCALE, required=False)),
        codice_fiscale="optional",
        unique=("email", "codice_fiscale"),
    ),
    "four eyes": attrs.evolve(quick("istanze-online"), four_eyes=True),
    "nobody unique": attrs.evolve(MIM, unique=()),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_model_is_what_really_happens(name) -> None:
    """From every place that accounts get to, the commands do exactly what the model says."""
    profile = VARIANTS[name]

    really, told = Explorer(profile).explore(), set(moves(profile))

    assert really - told == set()
    assert told - really == set()


@pytest.mark.requirement("IOL-19", "UNI-06", "UNI-12")
@pytest.mark.parametrize("name", VARIANTS)
def test_nobody_gets_stuck(name) -> None:
    """Wherever an account can get to, somebody can lead it on from there."""
    stuck = [p for p in places(VARIANTS[name]) if not leads_on(p.states, VARIANTS[name])]

    assert not stuck


@pytest.mark.parametrize("name", NAMES)
def test_every_gate_is_waited_for_and_no_other(name) -> None:
    """An account of a procedure waits before the procedure's gates only, and can become active."""
    profile = load(name)
    reached = {place.states.state for place in places(profile)}

    waiting = {state for state in reached if state.startswith("awaiting_")}
    assert waiting == {f"awaiting_{gate}" for gate in profile.gates}
    assert AccountState.ACTIVE in reached


@pytest.mark.requirement("POL-10", "POL-18")
@pytest.mark.parametrize("name", ["istanze-online", "polis"])
def test_every_enabling_can_be_ended(name) -> None:
    """Wherever somebody is in use with a code and unseen, the visit or an identity ends it."""
    profile = quick(name)
    unseen = {
        place
        for place in places(profile)
        if place.states.state is AccountState.ACTIVE
        and place.states.code != "none"
        and Gate.PRESENCE not in place.passed
    }
    seen = {
        (move.command, move.source)
        for move in moves(profile)
        if move.source in unseen and Gate.PRESENCE in move.target.passed
    }

    assert {place for command, place in seen if command is c.IdentifyInPerson} == unseen
    if profile.federation.providers:
        assert {place for command, place in seen if command in {c.SignInWith, c.Align}} == {
            place for place in unseen if place.states.link != "none"
        }


def test_nobody_arrives_where_no_accounts_are_shared() -> None:
    """A procedure with a realm of its own, or without enabling, knows its own people only."""
    alone = attrs.evolve(POLIS, realm=POLIS.name)

    assert arrivals(alone) == arrivals(UNIMI) == arrivals(quick("iscrizioni-online")) == ()
    assert len(arrivals(POLIS)) == 2
    assert len(arrivals(attrs.evolve(POLIS, federation=Federation()))) == 1


def test_a_path_is_told_machine_by_machine() -> None:
    """A move says of each machine which of its states follow each other, and by which event."""
    events = (e.PasswordChosen, e.LinkRequested)
    target = Place(States(state=AccountState.AWAITING_LINK))
    move = Move(c.Confirm, None, events, target)

    assert list(move.path("state")) == [("claim", e.LinkRequested, "awaiting_link")]
    assert list(move.path("password")) == [("none", e.PasswordChosen, "set")]
    assert list(move.path("code")) == []


def test_what_cannot_happen_is_an_error() -> None:
    """An event that the tables have no row for does not happen in silence."""
    with pytest.raises(KeyError):
        happened(START, e.Suspended)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_row_of_the_tables_is_used(machine) -> None:
    """Some procedure gets through each row of the machine's tables: none is there for nothing."""
    used = {
        (source, event)
        for profile in VARIANTS.values()
        for move in moves(profile)
        for source, event, _ in move.path(machine)
    }
    rows = {(source, event) for source, row in MACHINES[machine].items() for event in row}

    assert used <= rows
    if MACHINES[machine] is ACCOUNT:
        # What all claims have in common is allowed in each of them, needed or not.
        assert rows - used <= {
            (AccountState.CLAIM, e.Rejected),
            (AccountState.AWAITING_SECRETARIAT, e.IdentityVouched),
        }


def test_without_providers_nobody_comes_by_identity() -> None:
    """Where no provider is offered, no identity makes or moves an account."""
    profile = attrs.evolve(quick("standard"), federation=Federation())

    assert {place.states.link for place in places(profile)} == {"none"}
