"""Four eyes: the second operator sees what the first has seen, or nobody is identified."""

from __future__ import annotations

import attrs
import pytest
from tests.core.flows.test_flow_enabling import Parent
from tests.world import ANNA, COLLEAGUE, OFFICE, SECRETARIAT, World, code_of, refused

from registrazione.core.enabling import first_look
from registrazione.core.refusals import Severity
from registrazione.core.states import AccountState
from registrazione.profiles import load
from registrazione.refusals import catalogue

CAREFUL = attrs.evolve(load("polis"), four_eyes=True)
MOVED = {"domicile_address": "Via Nuova 1"}
LONG = CAREFUL.lifetimes.presence.days


def awaited(profile=CAREFUL):
    """Return a world and an account that waits for the visit."""
    world = World(profile)
    return world, world.proved().account


def looked_once():
    """Return a world and an account that one operator has seen."""
    world, account = awaited()
    world.looked_at(account)
    return world, world.reload(account)


# -- a registration -------------------------------------------------------------------------


@pytest.mark.requirement("IST-10", "POL-04", "POL-07")
def test_the_first_look_is_kept_and_the_person_still_waited_for():
    """Who saw whom, where, when and with which document; no letter, and no link is voided."""
    world, account = awaited()
    letters = len(world.outbox())
    answer = world.looked_at(account)
    look = answer.account.first_look

    assert (answer.account.state, answer.next.value) == (
        AccountState.AWAITING_PRESENCE,
        "go_in_person",
    )
    assert [(n.code, n.severity) for n in answer.notices] == [("presence.seen_once", Severity.INFO)]
    assert (look.operator, look.office, look.at) == ("op-2", OFFICE.office, world.clock.now())
    assert (look.document_type, look.document_number) == ("carta d'identita", "CA12345AA")
    assert answer.account.identification is None
    assert answer.account.epoch == account.epoch
    assert len(world.outbox()) == letters
    assert look.document_number not in repr(answer)


@pytest.mark.requirement("IST-10", "POL-04", "POL-07")
@pytest.mark.parametrize("name", ["istanze-online", "polis"])
@pytest.mark.parametrize("second", [COLLEAGUE, SECRETARIAT])
def test_the_second_look_at_the_same_document_identifies(name, second):
    """By another operator of any office; both stand in the trail and in what is handed out."""
    world, account = awaited(attrs.evolve(load(name), four_eyes=True))
    world.looked_at(account)
    world.wait(days=1)
    answer = world.looked_at(
        account, operator=second, document_number=" ca12345aa", document_type="Carta d'Identita"
    )

    assert (answer.account.state, answer.next.value) == (AccountState.ACTIVE, "sign_in")
    assert answer.notices == ()
    assert (answer.account.first_look.operator, answer.account.identification.operator) == (
        "op-2",
        second.id,
    )
    assert world.outbox()[-1].kind == "activated"
    by_operator = {"operator": SECRETARIAT, "account_id": account.id}
    trail = world.registrar.history(**by_operator).history
    looks = [(r.event, r.actor, r.details.get("office")) for r in trail if "in_person" in r.event]
    assert [look for look in looks if look[0] in {"seen_in_person", "identified_in_person"}] == [
        ("seen_in_person", f"identifying_office:{OFFICE.id}", OFFICE.office),
        ("identified_in_person", f"{second.role}:{second.id}", second.office or None),
    ]
    seen = world.registrar.export_account(**by_operator).export["seen_in_person"]
    assert [look["office"] for look in seen] == [OFFICE.office, second.office]


@pytest.mark.parametrize("office", [OFFICE.office, "MIIS00900Z"])
def test_one_operator_has_two_eyes(office):
    """The same operator is refused, from wherever and whatever is shown."""
    world, account = looked_once()
    again = attrs.evolve(OFFICE, office=office)

    assert code_of(world.looked_at, account, operator=again) == "presence.same_operator"
    assert code_of(world.looked_at, account, ANNA, operator=again) == "presence.same_operator"
    assert world.reload(account) == account


@pytest.mark.parametrize(
    "shown", [{"document_number": "CA12345AB"}, {"document_type": "passaporto"}]
)
def test_another_document_is_refused_and_nothing_is_lost(shown):
    """The first look stays, so that whoever has the right document goes on."""
    world, account = looked_once()
    refusal = refused(world.looked_at, account, operator=COLLEAGUE, **shown)

    assert [(f.code, f.field) for f in refusal.faults] == [
        ("presence.looks_differ", "document_number")
    ]
    assert world.reload(account).first_look == account.first_look
    assert world.looked_at(account, operator=COLLEAGUE).account.state is AccountState.ACTIVE


@pytest.mark.parametrize("looks", [0, 1])
def test_each_look_is_as_strict_as_one_alone(looks):
    """Another person and an unsigned form are refused at both."""
    world, account = awaited()
    if looks:
        world.looked_at(account)
    refusal = refused(world.looked_at, account, ANNA, operator=COLLEAGUE, form_signed=False)

    assert refusal.codes == ("presence.form_unsigned", "presence.other_person")
    assert (world.reload(account).first_look is not None) == bool(looks)


@pytest.mark.requirement("IOL-22")
def test_after_a_correction_one_looks_anew():
    """The first look was at other data; whoever looks now is the first again."""
    world, account = looked_once()
    corrected = world.registrar.correct_data(
        SECRETARIAT, account.id, {"domicile_address": "Via Nuova 1"}, "r"
    )
    assert corrected.account.first_look is None

    again = world.looked_at(account)
    assert again.account.first_look.operator == OFFICE.id
    assert again.account.state is AccountState.AWAITING_PRESENCE


def test_a_correction_after_the_identification_leaves_what_was_seen():
    """Who the two operators were is told as long as the account is there."""
    world, account = looked_once()
    seen = world.looked_at(account, operator=COLLEAGUE).account
    corrected = world.registrar.correct_data(
        SECRETARIAT, seen.id, {"domicile_address": "Via Nuova 1"}, "r"
    )

    assert corrected.account.first_look == seen.first_look
    assert corrected.account.identification == seen.identification


def test_one_pair_of_eyes_is_enough_where_no_more_are_wanted():
    """A procedure that wants two no longer takes the next look for the whole."""
    world, account = looked_once()
    relaxed = world.sibling(load("polis"))

    assert first_look(account, CAREFUL, world.clock.now()) == account.first_look
    assert first_look(account, load("polis"), world.clock.now()) is None
    assert relaxed.looked_at(account).account.state is AccountState.ACTIVE


def test_the_words_of_both_looks_are_in_the_catalogue():
    """They are of the topic that leads to the identifying office (POL-16)."""
    codes = ("presence.seen_once", "presence.same_operator", "presence.looks_differ")

    assert {catalogue()[code].topic for code in codes} == {"enabling"}


# -- an enabling ----------------------------------------------------------------------------


@pytest.mark.requirement("POL-04", "POL-07", "POL-10")
def test_an_enabling_takes_both_looks_as_well():
    """The account is in use all the while; the services open with the second."""
    parent = Parent(CAREFUL)
    parent.started()
    first = parent.world.looked_at(parent.account)
    assert (first.account.state, first.next.value) == (AccountState.ACTIVE, "go_in_person")
    assert code_of(parent.registrar.enter_service, parent.session, "istanze") == (
        "service.enabling_required"
    )
    assert code_of(parent.world.looked_at, parent.account) == "presence.same_operator"

    second = parent.world.looked_at(parent.account, operator=COLLEAGUE)
    assert second.account.gates_passed == ("link", "presence")
    assert parent.world.outbox()[-1].kind == "enabled"
    assert parent.registrar.enter_service(parent.session, "istanze").destination == "istanze"
    assert code_of(parent.world.looked_at, parent.account) == "account.already_active"


@pytest.mark.parametrize(("days", "counts"), [(LONG - 1, True), (LONG, False)])
def test_a_look_counts_for_as_long_as_a_registration_may_wait(days, counts):
    """Afterwards whoever looks is the first, be it the same operator."""
    parent = Parent(CAREFUL)
    parent.started()
    parent.world.looked_at(parent.account)
    parent.world.wait(days=days)
    if counts:
        assert code_of(parent.world.looked_at, parent.account) == "presence.same_operator"
        return
    parent.world.looked_at(parent.account)

    assert parent.now().first_look.at == parent.world.clock.now()
    assert parent.now().gates_passed == ("link",)
