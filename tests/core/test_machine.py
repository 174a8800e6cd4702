"""The tables: total, consistent with each other, and every pair of state and command decided."""

from __future__ import annotations

from itertools import product

import attrs
import pytest
from tests.core.some_events import CREDENTIAL, EVENTS, VALUES, an_event
from tests.world import classes_below

from registrazione import Refusal
from registrazione.core import commands as c
from registrazione.core import events as e
from registrazione.core import machine
from registrazione.core.account import Account
from registrazione.core.decide import FLOWS
from registrazione.core.evolve import evolve
from registrazione.core.machine import Actor, Impossible
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.refusals import catalogue
from registrazione.testing.builders import an_account

STATES = {"state": AccountState, "password": PasswordState, "code": CodeState, "link": LinkState}
COMMANDS = tuple(cls for cls in classes_below(c.Command) if "name" in vars(cls))
COMBINED = tuple(product(AccountState, PasswordState, CodeState, LinkState))

DATA_ONLY = {
    e.UsernameAssigned,
    e.DataCompleted,
    e.ContactsUpdated,
    e.FavouritesChanged,
    e.DataCorrected,
    e.AnswerUsed,
    e.AnswersKept,
    e.EmailChangeAsked,
    e.EmailChanged,
    e.TemporaryOffered,
    e.PasswordRehashed,
    e.ResetRequested,
    e.PasswordWarned,
    e.AttemptCounted,
    e.AttemptTakenBack,
    e.AttemptCleared,
    e.SignInLocked,
    e.SignedIn,
    e.SignedOut,
    e.CodeAttemptCounted,
    e.CodeAttemptTakenBack,
    e.CodeAttemptCleared,
    e.SubmissionAuthorised,
}
"""Events that move no machine: they change data, or count."""


def in_states(state, password, code, link) -> Account:
    """Return an account in these states."""
    return an_account(state=state, password=password, code=code, link=link)


def nothing_but_its_class(cls) -> c.Command:
    """Return a command without fields: the rules look at its class only."""
    return object.__new__(cls)


# -- the tables -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", machine.MACHINES)
def test_a_table_has_a_row_for_every_state_and_leads_to_states_only(name):
    """Each machine says something of each of its states, and nothing of any other's."""
    table, states = machine.MACHINES[name], STATES[name]

    assert set(table) == set(states)
    assert {target for row in table.values() for target in row.values()} <= set(states)
    assert {event for row in table.values() for event in row} == machine.TRIGGERS[name]


@pytest.mark.parametrize("name", machine.MACHINES)
def test_every_state_is_reached_from_the_first(name):
    """No state stands there for nothing."""
    table = machine.MACHINES[name]
    first = attrs.fields_dict(Account)[name].default
    reached, new = {first}, {first}
    while new:
        new = {target for state in new for target in table[state].values()} - reached
        reached |= new

    assert reached == set(STATES[name])


def test_only_events_stand_in_the_tables():
    """Every key of every row, and every member of the sets, is a class of event."""
    named = set().union(*machine.TRIGGERS.values())
    for group in (named, machine.MOVES_EPOCH, machine.ENDS_SESSIONS, machine.WIPES):
        assert group <= set(EVENTS)


def test_every_event_moves_a_machine_or_is_known_to_change_data_only():
    """A new event is either in a table or in the list above; none is forgotten."""
    moving = set().union(*machine.TRIGGERS.values())

    assert moving | DATA_ONLY == set(EVENTS)
    assert not moving & DATA_ONLY


def test_an_end_ends_everything():
    """What ends an account wipes it, signs everybody out, voids its links, in all machines."""
    assert machine.WIPES <= machine.ENDS_SESSIONS
    assert machine.WIPES <= machine.MOVES_EPOCH
    for event in machine.WIPES:
        assert all(event in triggers for triggers in machine.TRIGGERS.values())
        assert {row[event] for row in machine.PASSWORD.values()} == {PasswordState.NONE}
        assert {row[event] for row in machine.CODE.values()} == {CodeState.NONE}
        assert {row[event] for row in machine.LINK.values()} == {LinkState.NONE}
    assert machine.ACCOUNT[AccountState.EXPIRED] == machine.ACCOUNT[AccountState.CANCELLED] == {}


def test_nothing_that_opens_the_account_outlives_its_end():
    """After an end no credential, identity, session or pending change is left."""
    holds = {f.name for f in attrs.fields(Account)} & set(VALUES)
    given = {name: VALUES[name] for name in holds - {"ended_at"}}
    full = attrs.evolve(
        an_account(state=AccountState.ACTIVE, **given),
        identities=(VALUES["pending_identity"].identity,),
        history=(VALUES["offered"],),
        sessions=("a session",),
    )
    ended = evolve(full, an_event(e.Cancelled))

    assert ended.credential is ended.code_credential is ended.offered is None
    assert ended.temporary_until is ended.offered_until is None
    assert ended.identities == ended.history == ended.sessions == ()
    assert ended.pending_identity is ended.pending_email is None
    assert (ended.history_salt, ended.epoch) == (b"", full.epoch + 1)


# -- events ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", EVENTS)
def test_an_event_moves_what_its_rows_say_or_is_impossible(cls):
    """In every combined state: the machines that listen move, the others stay, or it is a bug."""
    event = an_event(cls)
    for states in COMBINED:
        account = in_states(*states)
        rows = {
            name: table[getattr(account, name)]
            for name, table in machine.MACHINES.items()
            if cls in machine.TRIGGERS[name]
        }
        if all(cls in row for row in rows.values()):
            assert machine.successors(account, event) == {n: row[cls] for n, row in rows.items()}
        else:
            with pytest.raises(Impossible):
                machine.successors(account, event)


def test_an_impossible_event_is_named():
    """The error names event, machine and state, and nothing of the account."""
    with pytest.raises(Impossible, match=r"^reinstated cannot happen to state cancelled$"):
        evolve(an_account(state=AccountState.CANCELLED), e.Reinstated())


@pytest.mark.parametrize("cls", EVENTS)
def test_an_event_s_fields_are_the_account_s(cls):
    """What is no note has a field of that name in the account: nothing is said to nobody."""
    event = an_event(cls)

    assert set(event.changes()) <= {f.name for f in attrs.fields(Account)}
    notes = {f.name for f in attrs.fields(cls) if "note" in f.metadata}
    assert set(event.notes()) <= notes
    assert notes | set(event.changes()) == {f.name for f in attrs.fields(cls)}
    assert repr(event) == f"{cls.__name__}(…)"


@pytest.mark.parametrize("cls", EVENTS)
def test_the_epoch_moves_with_those_events_and_no_others(cls):
    """In a state where the event can happen, the links die exactly if the set names it."""
    event = an_event(cls)
    for states in COMBINED:
        account = in_states(*states)
        try:
            evolved = evolve(account, event)
        except Impossible:
            continue
        assert evolved.epoch - account.epoch == (cls in machine.MOVES_EPOCH)
        return
    pytest.fail("the event can happen nowhere")


# -- commands -------------------------------------------------------------------------------


def test_every_command_has_a_rule_a_flow_and_a_name_of_its_own():
    """No command is admitted by nothing, decided by nothing, or called like another."""
    assert set(machine.RULES) == set(FLOWS) == set(COMMANDS)
    assert len({cls.name for cls in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("cls", COMMANDS)
def test_a_rule_names_who_really_proves_it(cls):
    """Who may ask, as the rule says, is whom the command's base class proves."""
    proved_by = {
        c.PublicCommand: {Actor.ANYBODY},
        c.DraftCommand: {Actor.ANYBODY},
        c.TokenCommand: {Actor.PERSON},
        c.SessionCommand: {Actor.HOLDER},
        c.OperatorCommand: {Actor.OPERATOR},
        c.HolderOrOperatorCommand: {Actor.HOLDER, Actor.OPERATOR},
        c.TimerCommand: {Actor.TIMER},
    }
    (actors,) = [actors for base, actors in proved_by.items() if issubclass(cls, base)]

    assert set(machine.RULES[cls].actors) == actors


@pytest.mark.parametrize("name", machine.MACHINES)
def test_every_state_has_its_refusal(name):
    """Whatever state turns a command away, there are words for it."""
    assert set(machine.REFUSED[name]) == set(STATES[name])
    assert set(machine.REFUSED[name].values()) <= set(catalogue())


@pytest.mark.requirement("UNI-01", "UNI-14")
@pytest.mark.parametrize("cls", COMMANDS)
def test_every_pair_of_state_and_command_is_decided(cls):
    """Admitted if the rule names all four states, else refused for the first it does not name."""
    rule, command = machine.RULES[cls], nothing_but_its_class(cls)
    for states in COMBINED:
        account = in_states(*states)
        refusing = [n for n in machine.MACHINES if getattr(account, n) not in rule.admitted(n)]
        assert rule.admits(account) is (not refusing)
        if not refusing:
            machine.admit(account, command)
            continue
        with pytest.raises(Refusal) as caught:
            machine.admit(account, command)
        first = refusing[0]
        assert caught.value.codes == (machine.REFUSED[first][getattr(account, first)],)


def test_a_procedure_without_codes_does_not_mind_those_of_another():
    """The code's state turns nobody away where there are no codes; the other states still do."""
    account = an_account(
        state=AccountState.ACTIVE, password=PasswordState.SET, code=CodeState.TEMPORARY
    )
    command = nothing_but_its_class(c.EnterService)

    with pytest.raises(Refusal, match=r"^personal_code\.change_required$"):
        machine.admit(account, command)
    machine.admit(account, command, codes=False)
    with pytest.raises(Refusal, match=r"^password\.expired$"):
        machine.admit(attrs.evolve(account, password=PasswordState.EXPIRED), command, codes=False)


def test_nothing_but_reading_and_erasing_is_left_after_the_end():
    """An ended account admits what looks at it, and what a timer does with it."""
    ended = {AccountState.EXPIRED, AccountState.CANCELLED}
    left = {cls.name for cls, rule in machine.RULES.items() if ended & set(rule.accounts)}

    assert left == {"begin", "export_account", "erase", "history", "expire"}


def test_the_credential_of_the_samples_is_one():
    """The sample events carry what they say they carry."""
    assert an_event(e.PasswordRehashed).changes() == {"credential": CREDENTIAL}
