"""Threads on real stores: exactly one wins, the others are refused, and nothing is half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Condition, local

import pytest
from tests.world import DIGEST, MARIO, World, code_of

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.states import AccountState
from registrazione.testing.fakes import FastHasher

THREADS = 8
EMAIL = MARIO.email()
PASSWORD = MARIO.password


@pytest.fixture(params=["memory", "sqlite"])
def storage(request, tmp_path):
    """A store in memory, and one in a file."""
    if request.param == "memory":
        return MemoryStore()
    return f"sqlite:///{tmp_path}/accounts.db"


def together(*calls):
    """Make calls at the same time, each in a thread, and return what each of them ended with."""
    start = Barrier(len(calls))

    def one(call):
        start.wait()
        try:
            return call()
        except Refusal as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def codes_of(outcomes):
    """Return the codes of those that were refused."""
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)]


def test_the_same_form_registers_once(storage):
    """One account, one letter, and eight times the same answer."""
    world = World("unimi-external", storage=storage)
    draft = world.filled().draft
    outcomes = together(*[lambda: world.registrar.confirm(draft)] * THREADS)

    assert codes_of(outcomes) == []
    assert len({answer.account.id for answer in outcomes}) == 1
    assert len(world.outbox()) == 1


def test_the_same_link_activates_once(storage):
    """For the others it is used up."""
    world = World("unimi-external", storage=storage)
    answer = world.confirmed()
    link = world.link(EMAIL)
    outcomes = together(*[lambda: world.registrar.activate(link, ticket=answer.ticket)] * THREADS)

    assert codes_of(outcomes) == ["token.used"] * (THREADS - 1)
    assert [m.kind for m in world.outbox()] == ["activation", "activated"]
    events = [r.event for r in world.store.history(answer.account.id)]
    assert events.count("activated") == 1


def test_eight_claims_of_one_person_make_one_account(storage):
    """The first that proves itself wins; the others are gone with everything."""
    world = World("iscrizioni-online", storage=storage)
    claims = [world.confirmed(email=f"m{n}@example.it") for n in range(THREADS)]
    links = [world.link(f"m{n}@example.it") for n in range(THREADS)]
    outcomes = together(*[lambda link=link: world.registrar.activate(link) for link in links])

    assert set(codes_of(outcomes)) <= {"token.used", "registration.person_known"}
    assert len(codes_of(outcomes)) == THREADS - 1
    (account,) = world.found("codice_fiscale", MARIO.cf)
    assert account.state is AccountState.ACTIVE
    left = [world.reload(claim) for claim in claims]
    assert [a.id for a in left if a is not None] == [account.id]
    assert [m.kind for m in world.outbox()].count("credentials") == 1


def test_a_username_is_taken_once(storage):
    """Eight people want the same name; seven are told to choose another."""
    world = World("unimi-external", storage=storage)
    drafts = [world.filled(email=f"m{n}@example.it").draft for n in range(THREADS)]
    outcomes = together(*[lambda d=draft: world.registrar.confirm(d) for draft in drafts])

    assert codes_of(outcomes) == ["username.taken"] * (THREADS - 1)
    assert len(world.found("username", "mario.rossi")) == 1


def test_an_address_is_proved_once(storage):
    """Eight accounts want one new address; it becomes that of one of them."""
    world = World("unimi-external", storage=storage)
    links = []
    for n in range(4):
        session = world.signed_in(email=f"m{n}@example.it", username=f"mario{n}").session
        world.registrar.change_email(session, "one@example.it", password=PASSWORD)
        links.append(world.link("one@example.it"))
    outcomes = together(*[lambda link=link: world.registrar.activate(link) for link in links])

    assert codes_of(outcomes) == ["email.taken"] * 3
    assert len(world.found("email", "one@example.it")) == 1


def test_the_same_change_of_password_happens_once(storage):
    """For the others the old one is old, or there is too much going on; nobody is half changed."""
    world = World("unimi-external", storage=storage)
    session = world.signed_in().session
    change = world.registrar.change_password
    outcomes = together(*[lambda: change(session, PASSWORD, "Password2", "Password2")] * THREADS)

    refused = codes_of(outcomes)
    assert len(refused) == THREADS - 1
    assert set(refused) <= {"password.old_wrong", "service.busy"}
    account = world.found("username", "mario.rossi")[0]
    assert len(account.history) == 2
    assert world.registrar.sign_in("mario.rossi", "Password2").session


def test_everybody_with_the_right_password_comes_in(storage):
    """Eight browsers at once: nobody is locked out by the others."""
    world = World("unimi-external", storage=storage)
    world.active()
    sign_in = world.registrar.sign_in
    outcomes = together(*[lambda: sign_in("mario.rossi", PASSWORD)] * THREADS)

    assert set(codes_of(outcomes)) <= {"service.busy"}
    account = world.found("username", "mario.rossi")[0]
    assert (account.failures, account.locked_until) == (0, None)
    assert len(account.sessions) == THREADS - len(codes_of(outcomes))


# -- guessing -------------------------------------------------------------------------------


class Gate(FastHasher):
    """Hold back the judgement of every guess until all guesses have come as far as they get."""

    def __init__(self, guesses):
        """Expect so many."""
        super().__init__()
        self._waiting = guesses
        self._changed = Condition()
        self._thread = local()
        self.judged = 0
        self.closed = False

    def verify(self, secret, encoded):
        """Wait for the others, then judge; whoever is nobody is not waited for."""
        if self.closed and encoded is not None:
            self._thread.judged = True
            with self._changed:
                self.judged += 1
                self._one_less()
                self._changed.wait_for(lambda: self._waiting <= 0, timeout=20)
        return super().verify(secret, encoded)

    def leave(self):
        """Go, and be waited for no longer, unless this guess was judged."""
        if not getattr(self._thread, "judged", False):
            with self._changed:
                self._one_less()

    def _one_less(self):
        self._waiting -= 1
        self._changed.notify_all()


def guess_together(gate, guess, many=16):
    """Guess in so many threads at once, and return how each of them ended."""
    gate.closed = True

    def one(n):
        try:
            return code_of(guess, n)
        finally:
            gate.leave()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def test_parallel_guesses_never_exceed_the_limit():
    """Sixteen wrong passwords at the same time: ten are judged, then the account is locked."""
    gate = Gate(16)
    world = World("unimi-external", hasher=gate)
    session = world.signed_in().session
    change = world.registrar.change_password

    codes = guess_together(gate, lambda n: change(session, f"guess {n}", "Password2", "Password2"))

    assert gate.judged <= 10
    assert set(codes) <= {"password.old_wrong", "sign_in.locked", "service.busy"}
    account = world.found("username", "mario.rossi")[0]
    assert account.failures <= 10


def test_parallel_codes_never_exceed_the_limit():
    """Sixteen wrong codes at the same time: five are judged, then it is blocked."""
    gate = Gate(16)
    world = World("polis", hasher=gate)
    session = world.signed_in().session

    def sign(n):
        world.registrar.authorise_submission(
            session, f"wrong202{n}", service="istanze", digest=DIGEST
        )

    codes = guess_together(gate, sign)

    assert gate.judged <= 5
    assert set(codes) <= {"personal_code.wrong", "personal_code.blocked", "service.busy"}
