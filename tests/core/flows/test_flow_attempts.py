"""Attempts: counted before they are judged, told to observers, taken back where nobody judged."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.interleave import at_once, codes_of
from tests.world import DIGEST, MARIO, World, code_of
from tests.wrapped import Wrapped

from registrazione.adapters.memory import MemoryStore
from registrazione.core import commands as c
from registrazione.core.secret import Secret
from registrazione.core.states import CodeState
from registrazione.ports import HasherBusy, StaleVersion, StoreUnavailable
from registrazione.testing.fakes import FastHasher

PASSWORD = MARIO.password
TRIES = 12


class Moody(FastHasher):
    """A hasher that has too much to do for every guess that says so; it counts the others."""

    def __init__(self) -> None:
        """Nothing was judged yet."""
        super().__init__()
        self.judged = 0

    def verify(self, secret: Secret, encoded: str | None) -> bool:
        """Judge, or be busy."""
        if secret.text().startswith("busy"):
            raise HasherBusy
        self.judged += encoded is not None
        return super().verify(secret, encoded)


def moody(name="unimi-external", **settings):
    """Return a world whose hasher is one of those."""
    return World(name, hasher=Moody(), **settings)


def account_of(world):
    """Return the account as it is now."""
    return world.found("username", "mario.rossi")[0]


# -- passwords ------------------------------------------------------------------------------


def test_busy_answers_lock_nobody_out():
    """Twenty times too much to do, at every door: nothing is counted, and the right one opens."""
    world = moody()
    session = world.signed_in().session
    registrar = world.registrar
    for _ in range(7):
        assert code_of(registrar.sign_in, "mario.rossi", "busy") == "service.busy"
        assert code_of(registrar.change_password, session, "busy", "x", "x") == "service.busy"
        change = registrar.change_email
        assert code_of(change, session, "n@example.it", password="busy") == "service.busy"

    account = account_of(world)
    assert (account.failures, account.lockouts, account.locked_until) == (0, 0, None)
    assert registrar.sign_in("mario.rossi", PASSWORD).session


def test_a_busy_answer_takes_back_what_it_counted_and_no_more():
    """Nine wrong ones stay nine; the tenth that nobody judged takes its lock along."""
    world = moody()
    world.active()
    for _ in range(9):
        code_of(world.registrar.sign_in, "mario.rossi", "wrong")
    assert code_of(world.registrar.sign_in, "mario.rossi", "busy") == "service.busy"
    account = account_of(world)
    assert (account.failures, account.lockouts, account.locked_until) == (9, 0, None)

    code_of(world.registrar.sign_in, "mario.rossi", "wrong")
    assert account_of(world).lockouts == 1


def test_after_a_lock_the_count_goes_on_as_it_would():
    """The first attempt after it is taken back as well; the lock before it stays remembered."""
    world = moody()
    world.active()
    for _ in range(10):
        code_of(world.registrar.sign_in, "mario.rossi", "wrong")
    world.wait(minutes=15)
    assert code_of(world.registrar.sign_in, "mario.rossi", "busy") == "service.busy"
    for _ in range(10):
        code_of(world.registrar.sign_in, "mario.rossi", "wrong")

    account = account_of(world)
    assert (account.failures, account.lockouts) == (10, 2)


def test_the_link_of_a_registration_counts_no_busy_answer():
    """Opened in another browser, it asks for the password, which nobody had the time to judge."""
    world = moody()
    answer = world.confirmed()
    link = world.link(answer.account.email)
    for _ in range(11):
        assert code_of(world.registrar.activate, link, password="busy") == "service.busy"

    assert world.reload(answer).failures == 0
    assert world.registrar.activate(link, password=PASSWORD).account.state == "active"


def test_a_generated_password_is_judged_before_the_hasher_is_asked():
    """A wrong guess at it counts, though the work that hides it could not be done."""
    world = moody("mim-students")
    account = world.active()
    for _ in range(10):
        assert code_of(world.registrar.sign_in, account.username, "busy") == "service.busy"

    assert world.reload(account).lockouts == 1


@pytest.mark.parametrize("erased", [False, True])
def test_what_was_cleared_meanwhile_is_not_taken_back(erased):
    """The right one came first, or everything was erased: nothing is left to take back."""
    world = moody()
    world.active()
    account = account_of(world)
    hasher, judge = world.registrar.parts.hasher, Moody.verify

    def meanwhile(secret: Secret, encoded: str | None) -> bool:
        if secret.text() == "busy":
            registrar = world.registrar
            session = registrar.sign_in("mario.rossi", PASSWORD).session
            if erased:
                registrar.erase(session=session)
        return judge(hasher, secret, encoded)

    hasher.verify = meanwhile
    assert code_of(world.registrar.sign_in, "mario.rossi", "busy") == "service.busy"

    left = world.reload(account)
    assert left is None if erased else left.failures == 0


def test_whoever_is_overtaken_takes_back_on_what_is_there_then():
    """Eleven times somebody else was faster; the twelfth is in time."""
    world = moody(storage=Wrapped(MemoryStore()))
    world.active()
    stale = [StaleVersion() for _ in range(TRIES - 1)]
    world.store.script("before", "commit", None, *stale)
    assert code_of(world.registrar.sign_in, "mario.rossi", "busy") == "service.busy"

    assert account_of(world).failures == 0


@pytest.mark.parametrize("errors", [[StoreUnavailable()], [StaleVersion() for _ in range(TRIES)]])
def test_where_the_store_does_not_let_it_be_the_attempt_stays_counted(errors):
    """The caller hears the same; a lost line locks earlier, never later."""
    world = moody(storage=Wrapped(MemoryStore()))
    world.active()
    world.store.script("before", "commit", None, *errors)
    assert code_of(world.registrar.sign_in, "mario.rossi", "busy") == "service.busy"

    assert account_of(world).failures == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=24))
def test_as_many_are_counted_as_were_judged(busy):
    """However many come at once, busy or not: ten judgements lock, and fewer never do."""
    world = moody()
    world.active()
    texts = [f"{'busy' if one else 'wrong'} {n}" for n, one in enumerate(busy)]
    outcomes = at_once(world, *[c.SignIn(username="mario.rossi", password=t) for t in texts])

    account, judged = account_of(world), world.registrar.parts.hasher.judged
    assert account.failures == judged <= 10
    assert (account.lockouts, account.locked_until is not None) == (judged // 10, judged == 10)
    assert set(codes_of(outcomes)) <= {"sign_in.failed", "service.busy"}


def test_whoever_decides_again_has_counted_already():
    """Overtaken after the count, with a wrong password or code: one attempt, however often."""
    world = moody("polis", storage=Wrapped(MemoryStore()))
    session = world.signed_in().session
    registrar = world.registrar
    for times, call in enumerate(
        (
            lambda: registrar.change_password(session, "wrong", "Password2", "Password2"),
            lambda: registrar.authorise_submission(
                session, "sbagliato1", service="istanze", digest=DIGEST
            ),
        )
    ):
        world.store.script("before", "commit", None, StaleVersion())
        assert code_of(call) == ("password.old_wrong", "personal_code.wrong")[times]

    account = account_of(world)
    assert (account.failures, account.code_failures) == (1, 1)


# -- personal codes -------------------------------------------------------------------------


def test_busy_answers_block_no_code():
    """Ten times too much to do; the right code signs."""
    world = moody("polis")
    session = world.signed_in().session
    sign = c.AuthoriseSubmission(session=session, code="busy", service="istanze", digest=DIGEST)
    for _ in range(10):
        assert code_of(world.registrar.handle, sign) == "service.busy"

    assert account_of(world).code_failures == 0
    assert world.registrar.handle(attrs.evolve(sign, code=Secret(MARIO.code))).receipt


def test_a_code_that_was_replaced_meanwhile_is_not_taken_back():
    """A new code begins at nothing, and nothing is less than that."""
    world = moody("polis")
    session = world.signed_in().session
    hasher, judge = world.registrar.parts.hasher, Moody.verify

    def meanwhile(secret: Secret, encoded: str | None) -> bool:
        world.registrar.recover_personal_code(session)
        return judge(hasher, secret, encoded)

    hasher.verify = meanwhile
    sign = world.registrar.authorise_submission
    assert code_of(sign, session, "busy", service="istanze", digest=DIGEST) == "service.busy"

    account = account_of(world)
    assert (account.code, account.code_failures) == (CodeState.TEMPORARY, 0)


# -- who hears of it ------------------------------------------------------------------------


def test_observers_hear_of_what_is_written_before_the_judgement():
    """Each attempt and the lock, in the order of the trail (ASVS 5.0, 16.3.1)."""
    world = World("unimi-external")
    account = world.active()
    world.told.clear()
    for _ in range(10):
        code_of(world.registrar.sign_in, "mario.rossi", "wrong")

    trail = world.store.history(account.id)
    assert [record.event for record in world.told].count("sign_in_locked") == 1
    assert tuple(world.told) == trail[-len(world.told) :]


def test_an_attempt_at_nobody_looks_like_any_other():
    """One line before the judgement and one after it, without an account."""
    world = World("unimi-external")
    world.active()
    world.told.clear()
    code_of(world.registrar.sign_in, "nobody", "wrong")
    nobody = [(r.event, r.actor, r.outcome) for r in world.told]
    world.told.clear()
    code_of(world.registrar.sign_in, "mario.rossi", "wrong")

    assert nobody == [(r.event, r.actor, r.outcome) for r in world.told]
    assert [event for event, _, _ in nobody] == ["attempt_counted", "sign_in"]


def test_what_is_taken_back_is_told():
    """With its own line in the trail."""
    world = moody()
    account = world.active()
    world.told.clear()
    code_of(world.registrar.sign_in, "mario.rossi", "busy")

    assert [r.event for r in world.told] == ["attempt_counted", "attempt_taken_back"]
    assert world.store.history(account.id)[-1] == world.told[-1]
