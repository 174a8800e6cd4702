"""One command from the door to the answer: clean, decide, commit, tell."""

from __future__ import annotations

import pytest
from tests.world import HELP_DESK, MARIO, PROFILES, World, code_of, refused
from tests.wrapped import Wrapped

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.commands import Begin
from registrazione.core.states import AccountState
from registrazione.ports import (
    ClaimTaken,
    HasherBusy,
    IdentityError,
    StaleVersion,
    StoreUnavailable,
)
from registrazione.service.perform import TRIES
from registrazione.testing.fakes import FastHasher

PASSWORD = MARIO.password


def watched(name="unimi-external", **settings):
    """Return a world on a store that can fail."""
    return World(name, storage=Wrapped(MemoryStore()), **settings)


# -- somebody else was faster ---------------------------------------------------------------


@pytest.mark.parametrize("error", [StaleVersion, lambda: ClaimTaken("username")])
def test_whoever_is_overtaken_decides_again(error):
    """Up to eleven times nobody notices; what is committed was decided on what is there."""
    world = watched()
    draft = world.filled().draft
    world.store.script("before", "commit", *[error() for _ in range(TRIES - 1)])

    assert world.registrar.confirm(draft).account.state is AccountState.AWAITING_LINK
    assert world.store.calls["commit"] == TRIES
    assert len(world.outbox()) == 1


@pytest.mark.parametrize("error", [StaleVersion, lambda: ClaimTaken("username")])
def test_after_too_many_tries_the_service_is_busy(error):
    """Nothing was done, and one may try again."""
    world = watched()
    draft = world.filled().draft
    world.store.script("before", "commit", *[error() for _ in range(TRIES)])
    refusal = refused(world.registrar.confirm, draft)

    assert (refusal.code, world.store.calls["commit"]) == ("service.busy", TRIES)
    assert world.outbox() == ()
    assert world.registrar.confirm(draft).account


def test_a_response_of_the_provider_is_shown_to_it_once():
    """Deciding again must not look like a replay of the person's own response."""
    world = watched()
    response = {"person": "mario.rossi", "nonce": "n1"}
    world.store.script("before", "commit", StaleVersion(), StaleVersion())

    assert world.registrar.sign_in_with("spid", response).session
    assert code_of(world.registrar.sign_in_with, "spid", response) == "identity.replayed"


def test_what_the_provider_objects_to_is_asked_again():
    """An objection is no answer to be remembered; the refusal leaves its line."""
    provider = ScriptedProvider("spid", {"mario.rossi": IdentityError("cancelled")})
    world = watched(identity_providers=[provider])
    world.store.script("before", "commit", StaleVersion())

    assert code_of(world.spid) == "identity.cancelled"
    assert [r.outcome for r in world.told] == ["identity.cancelled"]


# -- what the caller is told ----------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_the_answer_holds_the_account_as_it_is_stored(name):
    """With its new version and its new deadline: whoever compares does not see a change."""
    world = World(name)
    registered = world.confirmed().account
    kept = world.registrar.load(registered.id)
    assert (kept, kept.version) == (registered, 1)

    cancelled = world.registrar.cancel(operator=HELP_DESK, account_id=kept.id).account
    assert (cancelled, cancelled.version) == (world.registrar.load(kept.id), 2)


# -- parts that are not there ---------------------------------------------------------------


@pytest.mark.parametrize("method", ["find", "commit"])
def test_a_store_that_does_not_answer(method):
    """The service is unavailable; the cause stays with the exception, and tells nothing."""
    world = watched()
    draft = world.filled().draft
    world.store.script("before", method, StoreUnavailable())
    refusal = refused(world.registrar.confirm, draft)

    assert refusal.code == "service.unavailable"
    assert isinstance(refusal.__cause__, StoreUnavailable)


def test_a_hasher_with_too_much_to_do():
    """One may try again in a moment."""
    hasher = Wrapped(FastHasher())
    world = World("unimi-external", hasher=hasher)
    draft = world.filled().draft
    hasher.script("before", "hash", HasherBusy())

    assert code_of(world.registrar.confirm, draft) == "service.busy"
    assert world.registrar.confirm(draft).account


# -- lost answers ---------------------------------------------------------------------------


def test_an_answer_lost_after_the_commit_is_given_again():
    """The same form sent again registers nobody twice, and answers as it would have."""
    world = watched()
    draft = world.filled().draft
    world.store.script("after", "commit", StoreUnavailable())
    assert code_of(world.registrar.confirm, draft) == "service.unavailable"
    answer = world.registrar.confirm(draft)

    assert len(world.found("username", "mario.rossi")) == 1
    assert [m.kind for m in world.outbox()] == ["activation"]
    assert world.proved(answer=answer).account.state is AccountState.ACTIVE


def test_a_link_whose_answer_was_lost_is_used():
    """Using it again says so, and signing in works."""
    world = watched()
    answer = world.confirmed()
    link = world.link(MARIO.email())
    world.store.script("after", "commit", StoreUnavailable())
    activate = world.registrar.activate

    assert code_of(activate, link, ticket=answer.ticket) == "service.unavailable"
    assert code_of(activate, link, ticket=answer.ticket) == "token.used"
    assert world.registrar.sign_in("mario.rossi", PASSWORD).session


# -- the trail ------------------------------------------------------------------------------


def test_every_refusal_leaves_one_line():
    """Also the one at the door; with who asked, and about whom if that is known."""
    world = watched()
    answer = world.signed_in()
    world.told.clear()
    code_of(world.registrar.change_password, answer.session, 5, "a", "b")
    code_of(world.registrar.enter_service, answer.session, "nothing")
    code_of(world.registrar.suspend, 5, answer.account.id, "x")

    assert [(r.event, r.outcome, r.account_id, r.actor) for r in world.told] == [
        ("change_password", "input.type", None, "person"),
        ("enter_service", "service.unknown", answer.account.id, "person"),
        ("suspend", "operator.unknown", None, "person"),
    ]
    assert world.store.history(answer.account.id)[-1].event == "enter_service"


def test_the_pages_of_a_form_leave_nothing_in_the_store():
    """Observers hear of them; the store does not, whatever they end with."""
    world = watched()
    # What was looked up to open the registrar.
    world.store.calls.clear()
    draft = world.registrar.begin().draft
    code_of(world.registrar.fill, draft, {})
    code_of(world.registrar.fill, draft, None)
    world.registrar.back(draft)

    assert world.store.calls == {}
    assert [(r.event, r.outcome) for r in world.told] == [
        ("begin", "accepted"),
        ("fill", "input.missing"),
        ("fill", "input.type"),
        ("back", "accepted"),
    ]


def test_nobody_is_told_before_it_is_committed():
    """Observers hear what happened, not what was tried."""
    world = watched()
    draft = world.filled().draft
    world.told.clear()
    world.store.script("before", "commit", StaleVersion(), StoreUnavailable())
    code_of(world.registrar.confirm, draft)
    assert world.told == []
    world.registrar.confirm(draft)

    assert [r.event for r in world.told] == ["confirm", "password_chosen", "link_requested"]


def test_any_other_error_comes_out_as_it_is():
    """What no contract names is a bug, and is not dressed up as a refusal."""
    world = watched()
    world.store.script("before", "find", ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        world.registrar.sign_in("mario.rossi", PASSWORD)


def test_the_one_door_takes_commands():
    """A method is nothing but its command, handed to the door."""
    world = watched()

    assert world.registrar.handle(Begin(language="en")).draft.language == "en"
    with pytest.raises(Refusal):
        world.registrar.handle(Begin(language=5))
