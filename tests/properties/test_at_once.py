"""Commands at the same time: the right secret always opens, and no guess is judged too many."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.interleave import at_once, codes_of
from tests.world import DIGEST, MARIO, World

from registrazione.core import commands as c
from registrazione.core.states import CodeState

PASSWORD = MARIO.password
RIGHT = c.SignIn(username="mario.rossi", password=PASSWORD)
WRONG = c.SignIn(username="mario.rossi", password="wrong")


def account_of(world):
    """Return the account as it is now."""
    return world.found("username", "mario.rossi")[0]


# -- passwords ------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [2, 3, 8, 10])
def test_signing_in_twice_at_once_works(many):
    """A double click is no attack: everybody with the right password comes in."""
    world = World("unimi-external")
    world.active()
    outcomes = at_once(world, *[RIGHT] * many)

    assert codes_of(outcomes) == []
    account = account_of(world)
    assert (account.failures, account.lockouts, account.locked_until) == (0, 0, None)
    assert len(account.sessions) == many


@pytest.mark.parametrize("many", [11, 16, 40])
def test_no_more_guesses_are_judged_than_are_allowed(many):
    """However many come at once, ten are judged; the owner hears of the lock once."""
    world = World("unimi-external")
    world.active()
    guesses = [attrs.evolve(WRONG, password=f"guess {n}") for n in range(many)]
    outcomes = at_once(world, *guesses, RIGHT)

    assert codes_of(outcomes) == ["sign_in.failed"] * (many + 1)
    account = account_of(world)
    assert (account.failures, account.lockouts) == (10, 1)
    judged = [r for r in world.store.history(account.id) if r.event == "attempt_counted"]
    assert len(judged) == 10
    assert [m.kind for m in world.outbox()].count("locked") == 1


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_whoever_is_right_comes_in_whatever_happens_beside(rights):
    """Nine at once, right and wrong ones in any order: each gets what it deserves."""
    world = World("unimi-external")
    world.active()
    outcomes = at_once(world, *[RIGHT if right else WRONG for right in rights])

    assert codes_of(outcomes) == ["sign_in.failed"] * rights.count(False)


def test_a_password_is_changed_once():
    """The same form sent three times: one changes it, for the others the old one is old."""
    world = World("unimi-external")
    session = world.signed_in().session
    change = c.ChangePassword(session=session, old=PASSWORD, new="Password2", again="Password2")
    outcomes = at_once(world, change, change, change)

    assert codes_of(outcomes) == ["password.old_wrong"] * 2
    assert len(account_of(world).history) == 2
    assert world.registrar.sign_in("mario.rossi", "Password2").session


def test_the_history_holds_at_once_as_well():
    """Two different new passwords: one wins, and both old ones stay barred."""
    world = World("unimi-external")
    session = world.signed_in().session
    change = c.ChangePassword(session=session, old=PASSWORD, new="Password2", again="Password2")
    other = attrs.evolve(change, new="Password3", again="Password3")
    outcomes = at_once(world, change, other)

    assert len(codes_of(outcomes)) == 1
    assert len(account_of(world).history) == 2


# -- links ----------------------------------------------------------------------------------


def test_a_link_is_used_once():
    """Two browsers with the right password: one activates, the link of the other is used up."""
    world = World("unimi-external")
    world.confirmed()
    activate = c.Activate(token=world.link(MARIO.email()), password=PASSWORD)
    outcomes = at_once(world, activate, activate, activate)

    assert codes_of(outcomes) == ["token.used"] * 2
    assert [m.kind for m in world.outbox()] == ["activation", "activated"]


def test_guessing_at_the_link_is_bounded_too():
    """Whoever has the link and not the password gets ten guesses, at once or not."""
    world = World("unimi-external")
    account = world.confirmed().account
    activate = c.Activate(token=world.link(MARIO.email()), password="wrong")
    outcomes = at_once(world, *[activate] * 16)

    assert codes_of(outcomes) == ["activation.password_wrong"] * 10 + ["sign_in.locked"] * 6
    assert world.reload(account).state == "awaiting_link"


def test_a_reset_link_sets_one_password():
    """Two forms behind one link: one of them sets the password."""
    world = World("unimi-external")
    world.active()
    world.registrar.request_password_reset(username="mario.rossi")
    token = world.link(MARIO.email())
    resets = [c.ResetPassword(token=token, new=p, again=p) for p in ("Password2", "Password3")]
    outcomes = at_once(world, *resets)

    assert codes_of(outcomes) == ["token.used"]


# -- personal codes -------------------------------------------------------------------------


@pytest.mark.parametrize("many", [5, 16])
def test_no_more_codes_are_judged_than_are_allowed(many):
    """Five guesses, then the code is blocked, however many come at once."""
    world = World("polis")
    session = world.signed_in().session
    sign = c.AuthoriseSubmission(
        session=session, code="wrong2026", service="istanze", digest=DIGEST
    )
    outcomes = at_once(world, *[sign] * many)

    assert codes_of(outcomes).count("personal_code.wrong") == 4
    assert codes_of(outcomes).count("personal_code.blocked") == many - 4
    account = account_of(world)
    assert (account.code, account.code_failures) == (CodeState.BLOCKED, 5)


def test_two_applications_are_signed_at_once():
    """The right code signs both, and none is counted."""
    world = World("polis")
    session = world.signed_in().session
    sign = c.AuthoriseSubmission(session=session, code=MARIO.code, service="istanze", digest=DIGEST)
    outcomes = at_once(world, sign, sign, attrs.evolve(sign, digest="0" * 64))

    assert codes_of(outcomes) == []
    assert len({outcome.receipt for outcome in outcomes}) == 2
    assert account_of(world).code_failures == 0
