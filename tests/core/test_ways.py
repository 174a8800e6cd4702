"""Who can do what next with an account, in each procedure."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.core import commands as c
from registrazione.core import form
from registrazione.core.machine import RULES, Actor
from registrazione.core.profile import DUTIES, Federation, Gate, Profile, Role
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.core.ways import GATES, States, Subject, Way, ways_on
from registrazione.profiles import NAMES, load
from registrazione.testing.builders import NOON, an_account

UNIMI, POLIS, MIM, STANDARD = map(load, ("unimi-external", "polis", "mim-students", "standard"))
ACTIVE = States(state=AccountState.ACTIVE, password=PasswordState.SET)


def names(subject: Subject, profile: Profile, actor: Actor | None = None) -> set[str]:
    """Return the names of the commands that are open, to one kind of person or to anybody."""
    return {w.command.name for w in ways_on(subject, profile) if actor in {None, w.actor}}


@pytest.mark.requirement("UNI-06", "UNI-08", "IOL-19")
def test_whoever_waits_for_the_link_has_ways_on() -> None:
    """The link may be used, sent again, sent elsewhere, or the registration begun anew."""
    waiting = States(state=AccountState.AWAITING_LINK, password=PasswordState.SET)

    assert names(waiting, UNIMI, Actor.PERSON) == {"activate", "correct_email"}
    assert names(waiting, UNIMI, Actor.ANYBODY) == {"begin", "resend_activation", "sign_in_with"}
    assert names(waiting, UNIMI, Actor.TIMER) == {"expire"}


@pytest.mark.requirement("MIM-24", "IST-10", "POL-04")
@pytest.mark.parametrize(
    ("state", "profile", "way"),
    [
        (AccountState.AWAITING_SECRETARIAT, MIM, Way(c.Approve, Actor.OPERATOR, DUTIES["approve"])),
        (
            AccountState.AWAITING_PRESENCE,
            POLIS,
            Way(c.IdentifyInPerson, Actor.OPERATOR, DUTIES["identify_in_person"]),
        ),
    ],
)
def test_a_gate_of_the_office_is_opened_by_its_roles(state, profile, way) -> None:
    """Approval and identification are the work of those operators whom the profile names."""
    assert way in ways_on(States(state=state), profile)


@pytest.mark.parametrize("state", [s for s in GATES if GATES[s] not in UNIMI.gates])
def test_a_gate_that_the_procedure_does_not_have_leads_nowhere(state) -> None:
    """Whoever was left before a gate that is gone can only begin anew or be ended."""
    assert names(States(state=state), UNIMI) == {
        "begin",
        "reject",
        "cancel",
        "export_account",
        "erase",
        "history",
        "expire",
    }


def test_a_duty_of_nobody_is_open_to_nobody() -> None:
    """A command for operators is not there where the profile gives it to no role."""
    profile = attrs.evolve(MIM, duties={"approve": (), "cancel": (Role.HELP_DESK,)})
    ways = ways_on(States(state=AccountState.AWAITING_SECRETARIAT), profile)

    assert {(w.command.name, w.roles) for w in ways if w.actor is Actor.OPERATOR} == {
        ("cancel", (Role.HELP_DESK,))
    }


@pytest.mark.requirement("UNI-06", "UNI-20")
@pytest.mark.parametrize("state", [AccountState.EXPIRED, AccountState.CANCELLED])
@pytest.mark.parametrize("name", NAMES)
def test_what_has_ended_begins_anew(name, state) -> None:
    """After its end an account leads to a new registration, in every procedure."""
    ways = ways_on(States(state=state), load(name))

    assert Way(c.Begin, Actor.ANYBODY) in ways
    assert not any(way.actor is Actor.HOLDER for way in ways)


@pytest.mark.requirement("IOL-19")
def test_an_account_that_nobody_came_into_may_be_registered_anew() -> None:
    """Temporary credentials that nobody used do not stand in the way; an account in use does."""
    unused = an_account(state=AccountState.ACTIVE, password=PasswordState.TEMPORARY)
    used = attrs.evolve(unused, last_used_at=NOON)
    bare = States(state=AccountState.ACTIVE, password=PasswordState.TEMPORARY)
    linked = attrs.evolve(bare, link=LinkState.LINKED)

    assert "begin" in names(unused, MIM)
    assert "begin" in names(bare, MIM)
    assert "begin" not in names(used, MIM) | names(linked, MIM) | names(ACTIVE, MIM)
    assert "begin" not in names(States(state=AccountState.SUSPENDED), MIM)


def test_a_link_is_used_where_one_can_be_out() -> None:
    """An active account has a link to use while a new address waits for its proof."""
    settled = an_account(state=AccountState.ACTIVE, password=PasswordState.SET)
    moving = attrs.evolve(settled, pending_email="nuova@example.it")

    assert "activate" in names(moving, UNIMI)
    assert "activate" in names(ACTIVE, UNIMI)
    assert "activate" not in names(settled, UNIMI)


@pytest.mark.requirement("POL-18", "UNI-04")
def test_an_identity_joins_whom_it_can_be_compared_with() -> None:
    """Identity and registration meet by the codice fiscale, or else by name and surname."""
    nobody = an_account(state=AccountState.AWAITING_PRESENCE)
    coded = attrs.evolve(nobody, codice_fiscale="RSSMRA80A01H501U")
    named = attrs.evolve(nobody, values={"name": "Mario", "surname": "Rossi"})
    nameless = attrs.evolve(STANDARD, form=(form.EMAIL,))

    assert "sign_in_with" in names(coded, POLIS)
    assert "sign_in_with" in names(named, POLIS)
    assert "sign_in_with" not in names(nobody, POLIS)
    assert "sign_in_with" in names(States(state=AccountState.AWAITING_PRESENCE), POLIS)
    assert "sign_in_with" in names(States(state=AccountState.AWAITING_LINK), STANDARD)
    assert "sign_in_with" not in names(States(state=AccountState.AWAITING_LINK), nameless)
    assert "sign_in_with" not in names(ACTIVE, nameless)
    assert "sign_in_with" in names(attrs.evolve(ACTIVE, link=LinkState.LINKED), nameless)
    assert "sign_in_with" not in names(States(state=AccountState.SUSPENDED), POLIS)
    assert "sign_in_with" not in names(ACTIVE, attrs.evolve(POLIS, federation=Federation()))


@pytest.mark.requirement("MIM-24")
def test_no_identity_opens_the_secretariats_gate_from_outside() -> None:
    """A registration before the secretariat is not joined by an identity."""
    assert "sign_in_with" not in names(States(state=AccountState.AWAITING_SECRETARIAT), MIM)


@pytest.mark.requirement("IST-12", "POL-07", "POL-09")
def test_a_personal_code_is_there_where_the_procedure_has_one() -> None:
    """Changing, recovering and using the code belong to procedures with personal codes."""
    with_code = attrs.evolve(ACTIVE, code=CodeState.SET)
    codes = {"change_personal_code", "recover_personal_code", "authorise_submission"}
    blocked = names(attrs.evolve(ACTIVE, code=CodeState.BLOCKED), POLIS)

    assert codes <= names(with_code, POLIS, Actor.HOLDER)
    assert not codes & names(with_code, UNIMI)
    assert codes & blocked == {"recover_personal_code"}


@pytest.mark.requirement("POL-04", "POL-10", "POL-15")
def test_the_visit_is_open_to_whom_it_is_missing() -> None:
    """An account in use without code may start; one with a code and unseen may be identified."""
    account = an_account(state=AccountState.ACTIVE, password=PasswordState.SET)
    started = attrs.evolve(account, code=CodeState.TEMPORARY)
    seen = attrs.evolve(started, gates_passed=("link", "presence"))
    steps = {"start_enabling", "identify_in_person"}

    assert names(account, POLIS) & steps == names(ACTIVE, POLIS) & steps == {"start_enabling"}
    assert names(started, POLIS) & steps == {"identify_in_person"}
    assert names(attrs.evolve(ACTIVE, code=CodeState.SET), POLIS) & steps == {"identify_in_person"}
    assert not (names(seen, POLIS) | names(started, UNIMI) | names(account, UNIMI)) & steps


@pytest.mark.requirement("POL-15")
def test_a_code_from_elsewhere_is_no_hindrance() -> None:
    """A temporary code of another portal of the realm closes nothing here."""
    elsewhere = attrs.evolve(ACTIVE, code=CodeState.TEMPORARY)

    assert "enter_service" in names(elsewhere, UNIMI)
    assert "enter_service" not in names(elsewhere, POLIS)


@pytest.mark.requirement("POL-17", "UNI-19")
def test_the_clock_works_where_the_procedure_says_so() -> None:
    """Warnings, expiry and the yearly cancellation belong to the procedures that have them."""
    temporary = attrs.evolve(ACTIVE, password=PasswordState.TEMPORARY)

    assert names(ACTIVE, POLIS, Actor.TIMER) == {"expire", "warn_password"}
    assert names(ACTIVE, UNIMI, Actor.TIMER) == {"cancel_unused"}
    assert names(temporary, MIM, Actor.TIMER) == {"expire"}
    assert names(States(state=AccountState.SUSPENDED), MIM, Actor.TIMER) == set()
    assert names(States(state=AccountState.SUSPENDED), UNIMI, Actor.TIMER) == {"cancel_unused"}
    assert "expire" in names(an_account(state=AccountState.CLAIM), UNIMI)
    assert "expire" not in names(an_account(state=AccountState.ACTIVE), UNIMI)


@given(
    st.builds(
        States,
        state=st.sampled_from(AccountState),
        password=st.sampled_from(PasswordState),
        code=st.sampled_from(CodeState),
        link=st.sampled_from(LinkState),
    ),
    st.sampled_from(tuple(NAMES)),
)
def test_no_way_is_against_the_rules(states, name) -> None:
    """Whatever the states, each way is admitted by the machine, once, for somebody real."""
    profile = load(name)
    ways = ways_on(states, profile)

    assert len({(way.command, way.actor) for way in ways}) == len(ways)
    for way in ways:
        rule = RULES[way.command]
        assert way.actor in rule.actors
        assert states.state in rule.accounts
        assert bool(way.roles) is (way.actor is Actor.OPERATOR)
        assert way.actor is not Actor.HOLDER or states.state is AccountState.ACTIVE
        assert way.command is not c.Approve or Gate.SECRETARIAT in profile.gates
