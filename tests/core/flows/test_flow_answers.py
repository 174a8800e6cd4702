"""An identity provider's answer counts once, whichever worker it comes to, and whenever."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import attrs
import pytest
from tests.core.flows.forgetful import LIFE, SESSION, another, answered, forgetful
from tests.core.flows.test_flow_federated import completed
from tests.world import ANNA, MARIO, World, code_of, refused

from registrazione import Refusal
from registrazione.adapters.memory import MemoryStore
from registrazione.core.flows.answers import MOST_ANSWERS
from registrazione.core.flows.elsewhere import session_value
from registrazione.core.profile import Federation, Gate
from registrazione.core.snapshot import to_plain
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.profiles import load

WORKERS = 4
LATE = {"identity.replayed", "service.unavailable"}
"""What whoever is too late reads; the latter where the disk keeps everybody waiting for long."""


@pytest.fixture(params=["memory", "sqlite"])
def storage(request, tmp_path):
    """Return a store in memory, or the address of one in a file."""
    return MemoryStore() if request.param == "memory" else f"sqlite:///{tmp_path}/accounts.db"


def workers(storage, profile="unimi-external", many=WORKERS):
    """Return workers that share a store, and nothing else."""
    first = World(profile, storage=storage)
    return [another(first, storage) for _ in range(many)]


def settled(world, answer):
    """Fill in what is missing, where something is."""
    return completed(world, answer) if answer.next == "complete_data" else answer


def at_once(*calls):
    """Make calls at the same time, each in a thread; return what each of them ended with."""
    start = Barrier(len(calls))

    def one(call):
        start.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


# -- workers and restarts -------------------------------------------------------------------


@pytest.mark.requirement("UNI-02")
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_one_of_several_workers_takes_an_answer(storage, known):
    """No memory of a process is asked, and still the second worker turns it away."""
    first, second, *_ = workers(storage)
    if known:
        answered(first, "before")
    assert answered(first, "one").session

    assert code_of(answered, second, "one") == "identity.replayed"
    assert code_of(answered, first, "one") == "identity.replayed"
    assert answered(second, "two").session
    assert len(first.found("codice_fiscale", MARIO.cf)) == 1


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_of_workers_at_the_same_moment_one_takes_it(storage, known):
    """The store decides; whoever is too late decides anew, and finds the answer used."""
    four = workers(storage)
    if known:
        answered(four[0], "before")
    outcomes = at_once(*[lambda world=world: answered(world, "one") for world in four])
    let_in = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]

    assert len(let_in) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} <= LATE
    (account,) = four[0].found("codice_fiscale", MARIO.cf)
    assert len(account.sessions) == (2 if known else 1)


class Slow(MemoryStore):
    """A store in memory that lets somebody else go first, right after an answer was looked up."""

    meanwhile = None

    def find(self, key):
        """Look, and then let the other one do what there is to do."""
        found = super().find(key)
        if key.kind == "answer" and self.meanwhile is not None:
            other, self.meanwhile = self.meanwhile, None
            other()
        return found


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("profile", ["unimi-external", "mim-students", "iscrizioni-online"])
def test_who_is_overtaken_between_looking_and_deciding_is_refused(profile, known):
    """What the other worker made is there already: the account knows the answer, or stands by."""
    store = Slow()
    first, second = workers(store, profile, many=2)
    if known:
        settled(first, answered(first, "before"))
    ended = []
    store.meanwhile = lambda: ended.append(settled(second, answered(second, "one")))

    assert code_of(answered, first, "one") == "identity.replayed"
    (account,) = first.found("codice_fiscale", MARIO.cf)
    assert [answer.session != "" for answer in ended] == [True]
    assert len(account.sessions) == (2 if known else 1)
    assert len(account.answers) == (2 if known else 1)


def test_who_is_overtaken_with_a_ticket_is_refused():
    """The registration that waited is active meanwhile, by the same answer."""
    store = Slow()
    first, second = workers(store, "polis", many=2)
    ticket = first.confirmed().ticket
    store.meanwhile = lambda: answered(second, "one", ticket=ticket)

    assert code_of(answered, first, "one", ticket=ticket) == "identity.replayed"
    assert len(first.found("codice_fiscale", MARIO.cf)) == 1


@pytest.mark.requirement("MIM-06")
def test_of_workers_at_the_same_moment_one_gets_the_form(storage):
    """A registration that waits for data holds no person; the answer alone keeps the others out."""
    four = workers(storage, "mim-students")
    outcomes = at_once(*[lambda world=world: answered(world, "one") for world in four])
    asked = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]

    assert [outcome.next.value for outcome in asked] == ["complete_data"]
    assert {o.code for o in outcomes if isinstance(o, Refusal)} <= LATE
    assert len(four[0].found("codice_fiscale", MARIO.cf)) == 1


def test_different_answers_at_the_same_moment_all_count(storage):
    """Two browsers of one person are no replay."""
    four = workers(storage)
    answered(four[0], "before")
    calls = [lambda n=n, world=world: answered(world, f"{n}") for n, world in enumerate(four)]

    assert [outcome.next.value for outcome in at_once(*calls)] == ["use_services"] * WORKERS


def test_a_restart_forgets_nothing(tmp_path):
    """What opens the same file later knows what was used."""
    url = f"sqlite:///{tmp_path}/accounts.db"
    before = workers(url, many=1)[0]
    answered(before, "one")
    before.registrar.close()

    assert code_of(answered, workers(url, many=1)[0], "one") == "identity.replayed"


# -- whatever it leads to -------------------------------------------------------------------


@pytest.mark.requirement("MIM-06")
def test_an_answer_that_leaves_data_to_fill_in_is_used():
    """Otherwise a second browser would get a form of its own, and by it a session."""
    world = forgetful("mim-students")
    asked = answered(world, "one")

    assert asked.next.value == "complete_data"
    assert code_of(answered, another(world), "one") == "identity.replayed"
    completed(world, asked)
    assert code_of(answered, another(world), "one") == "identity.replayed"


@pytest.mark.requirement("MIM-06")
def test_an_answer_outlives_the_form_that_gave_way():
    """The one that was left lying is erased; the answer that led to it stays used."""
    world = forgetful("mim-students")
    left, asked = answered(world, "one"), answered(world, "two")
    done = completed(world, asked)

    assert world.reload(left) is None
    assert code_of(answered, world, "one") == code_of(answered, world, "two")
    assert "answers_kept" in [record.event for record in world.store.history(done.account.id)]
    assert len(world.reload(done).answers) == 2
    assert answered(world, "three").session


@pytest.mark.requirement("UNI-03")
@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_that_asks_for_an_alignment_is_used(accept):
    """Whatever the person decides then."""
    world = forgetful()
    world.active(cf=MARIO.cf)
    asked = answered(world, "one")

    assert asked.next.value == "align"
    assert code_of(answered, another(world), "one") == "identity.replayed"
    world.registrar.align(asked.ticket, accept=accept)
    assert code_of(answered, another(world), "one") == "identity.replayed"


@pytest.mark.requirement("POL-18")
@pytest.mark.parametrize("satisfies", [(Gate.LINK, Gate.PRESENCE), (Gate.LINK,)])
def test_an_answer_that_enables_is_used(satisfies):
    """With a ticket it counts once, too: for that registration, and for no other way in."""
    profile = load("polis")
    partly = attrs.evolve(profile.federation, satisfies=satisfies)
    world = forgetful(attrs.evolve(profile, federation=partly))
    ticket = world.confirmed().ticket
    answered(world, "one", ticket=ticket)

    assert code_of(answered, another(world), "one") == "identity.replayed"
    assert code_of(answered, another(world), "one", ticket=ticket) == "identity.replayed"


@pytest.mark.requirement("UNI-04")
def test_an_answer_that_links_from_a_session_is_used():
    """Whoever is in adds an identity with it, and nothing else."""
    profile = load("unimi-external")
    world = forgetful(attrs.evolve(profile, federation=Federation(providers=("spid",))))
    session = world.signed_in(cf=MARIO.cf).session
    linked = answered(world, "one", session=session)

    assert linked.provider_session == SESSION
    assert code_of(answered, another(world), "one") == "identity.replayed"
    again = linked.session
    assert code_of(answered, another(world), "one", session=again) == "identity.replayed"


def test_an_answer_that_was_refused_is_not_used():
    """Somebody else's browser does not take the person's answer away."""
    world = forgetful()
    session = world.signed_in(ANNA).session

    assert code_of(answered, world, "one", session=session) == "identity.other_person"
    assert answered(world, "one").session


def test_an_account_that_has_ended_still_knows():
    """Closing it does not let the answer open another one."""
    world = forgetful()
    world.registrar.cancel(session=answered(world, "one").session)

    assert code_of(answered, world, "one") == "identity.replayed"
    again = answered(world, "two")
    assert again.account.state is AccountState.ACTIVE


def test_an_account_that_is_replaced_keeps_its_answers():
    """What gives way and is not erased at once holds them itself."""
    world = forgetful("iscrizioni-online")
    account = answered(world, "one").account
    world.put(
        account,
        identities=(),
        link=LinkState.NONE,
        password=PasswordState.TEMPORARY,
        last_used_at=None,
    )
    world.active(email="other@example.it")

    assert world.reload(account).state is AccountState.CANCELLED
    assert code_of(answered, world, "one") == "identity.replayed"


@pytest.mark.requirement("MIM-08")
def test_providers_do_not_use_up_each_other_s_answers():
    """The same name in another provider's mouth is another answer."""
    profile = load("unimi-external")
    both = attrs.evolve(profile.federation, providers=("spid", "cie"))
    world = forgetful(attrs.evolve(profile, federation=both))

    assert answered(world, "one").account.id == answered(world, "one", provider="cie").account.id
    assert code_of(answered, world, "one", provider="cie") == "identity.replayed"


def test_an_answer_without_a_name_is_its_back_end_s():
    """Nothing is remembered here where the back-end says that it sees to that."""
    world = forgetful(answer="")

    assert answered(world, "one").account.answers == ()
    assert answered(world, "one").session


# -- for how long ---------------------------------------------------------------------------


def test_what_nobody_can_try_again_is_forgotten():
    """An answer is remembered as long as it is worth something, to the moment."""
    world = forgetful()
    account = answered(world, "one").account
    world.wait(seconds=LIFE.total_seconds())
    now = answered(world, "two").account

    assert [answer.until for answer in account.answers] == [world.clock.now()]
    assert [answer.until for answer in now.answers] == [world.clock.now() + LIFE]
    assert world.reload(now).answers == now.answers
    assert len(world.found("answer", account.answers[0].digest)) == 0


def test_an_answer_that_has_ended_is_refused():
    """Even where its back-end let it pass: nobody would remember it."""
    world = World()
    late = another(world, answer_until=world.clock.now())
    just = another(world, answer_until=world.clock.now() + dt.timedelta(microseconds=1))

    assert code_of(answered, late, "one") == "identity.expired"
    assert answered(just, "one").session


def test_an_answer_without_an_end_is_remembered_for_an_hour():
    """A back-end that does not say when its answers end is believed to mean soon."""
    world = forgetful(answer_until=None)
    account = answered(world, "one").account

    assert [a.until for a in account.answers] == [world.clock.now() + dt.timedelta(hours=1)]
    assert code_of(answered, world, "one") == "identity.replayed"


def test_nothing_is_forgotten_to_make_room():
    """Who comes back more often than anybody does has to wait; no answer counts twice."""
    world = forgetful()
    for n in range(MOST_ANSWERS):
        answered(world, f"{n}")
    refusal = refused(answered, world, "one more")

    assert (refusal.code, dict(refusal.faults[0].params)) == ("limit.reached", {"minutes": 6})
    assert code_of(answered, world, "0") == "identity.replayed"
    world.wait(seconds=LIFE.total_seconds())
    assert answered(world, "one more").session


# -- what is kept of it ---------------------------------------------------------------------


@pytest.mark.requirement("MIM-20")
@pytest.mark.parametrize("profile", ["unimi-external", "mim-students", "polis"])
def test_neither_the_answer_nor_the_provider_s_session_is_kept(profile):
    """Not with the account, nor in what is pending, the trail, the export, or a printed value."""
    world = forgetful(profile)
    answer = answered(world, "a-name-of-an-answer", service="")
    stored = world.reload(answer)
    pending = stored.pending_identity
    written = [json.dumps(to_plain(stored)), repr(answer), repr(stored), repr(world.told)]
    written += [repr(world.store.history(stored.id)), repr(world.outbox())]
    done = answer if answer.session else completed(world, answer)
    export = world.registrar.export_account(session=done.session).export
    written += [repr(export), json.dumps(to_plain(world.reload(done)))]

    assert len(stored.answers) == 1
    assert pending is None or (pending.answer, pending.answer_until) == ("", None)
    assert pending is None or pending.session == session_value("spid", SESSION)
    assert not [text for text in written if "a-name-of-an-answer" in text or SESSION in text]
    assert stored.answers[0].digest not in repr(export) + repr(answer) + repr(world.told)


def test_what_ends_the_provider_s_session_is_handed_over():
    """With a session, and with a ticket that leads to one."""
    assert answered(forgetful(), "one").provider_session == SESSION
    asked = answered(forgetful("mim-students"), "one")
    assert (asked.session, asked.provider_session) == ("", SESSION)


def test_who_is_not_in_gets_no_provider_s_session():
    """Where the visit is still to come there is nothing to sign out of."""
    profile = load("polis")
    partly = attrs.evolve(profile.federation, satisfies=(Gate.LINK,))
    world = forgetful(attrs.evolve(profile, federation=partly))
    answer = answered(world, "one", ticket=world.confirmed().ticket)

    assert (answer.next.value, answer.session, answer.provider_session) == ("go_in_person", "", "")


def test_signing_out_knows_nothing_of_it():
    """Here a session ends as any other; the provider's is for the caller to end."""
    world = forgetful()
    session = answered(world, "one").session

    assert world.registrar.sign_out(session).provider_session == ""
    assert code_of(world.registrar.history, session=session) == "session.ended"
    assert code_of(answered, world, "one") == "identity.replayed"


def test_an_erased_account_takes_its_answers_along():
    """Nothing is left of it, as the law wants; so that is the one way to forget one early."""
    world = forgetful()
    answer = answered(world, "one")
    world.registrar.erase(session=answer.session)

    assert answered(world, "one").account.id != answer.account.id
