"""The way of every command: who asks, may they, and what follows."""

from __future__ import annotations

import pytest
from tests.world import SECRETARIAT, World

from registrazione import Refusal
from registrazione.core import commands as c
from registrazione.core.decide import decide, handle
from registrazione.core.flows.common import Context
from registrazione.core.states import AccountState
from registrazione.service.driver import run
from registrazione.testing.builders import NOON, an_account

SUSPEND = c.Suspend(operator=SECRETARIAT, account_id="account-1", reason="perché")


def test_a_command_is_decided_about_an_account_as_it_was_read():
    """No store is asked: what happens follows from account, command, procedure and time."""
    world = World("unimi-external")
    account = an_account(state=AccountState.ACTIVE, realm="unimi-external")
    decision = run(decide(account, SUSPEND, world.profile, NOON), world.registrar.parts)

    assert [event.name for event in decision.events] == ["suspended"]
    assert decision.evolved().state is AccountState.SUSPENDED
    assert decision.account is account


def test_an_account_in_another_state_is_not_decided_about():
    """The refusal comes out of the flow, before anything is asked."""
    world = World("unimi-external")
    account = an_account(state=AccountState.EXPIRED)

    with pytest.raises(Refusal, match=r"^account\.expired$"):
        next(decide(account, SUSPEND, world.profile, NOON))


def test_about_nobody_there_is_nothing_to_admit():
    """A command of the form goes straight to its flow."""
    world = World("unimi-external")
    decision = run(decide(None, c.Begin(), world.profile, NOON), world.registrar.parts)

    assert decision.answer.draft.profile == "unimi-external"
    assert decision.account is None


def test_a_refusal_becomes_a_decision_with_who_asked_and_about_whom():
    """So that it leaves its line in the trail."""
    world = World("unimi-external")
    account = world.confirmed().account
    command = c.Suspend(operator=SECRETARIAT, account_id=account.id, reason="perché")
    ctx = Context(world.profile, NOON)
    decision = run(handle(command, ctx), world.registrar.parts)

    assert decision.refusal.code == "account.awaiting_link"
    assert (decision.actor, decision.account.id) == ("secretariat:op-1", account.id)
    assert (decision.events, decision.effects) == ((), ())


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (c.Begin(), "person"),
        (c.Expire(account_id="nobody"), "system"),
        (c.Erase(operator=SECRETARIAT, account_id="nobody"), "secretariat:op-1"),
        (c.Erase(operator="op-1", account_id="nobody"), "person"),
    ],
    ids=["anybody", "clock", "operator", "no operator"],
)
def test_the_trail_names_who_asked(command, actor):
    """The person, the clock, or an operator by role and identifier."""
    world = World("unimi-external")
    decision = run(handle(command, Context(world.profile, NOON)), world.registrar.parts)

    assert decision.actor == actor
