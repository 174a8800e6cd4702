"""The gates between a confirmed form and an active account, and what opens behind the last."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from tests.world import (
    ANNA,
    HELP_DESK,
    MARIO,
    OFFICE,
    SECRETARIAT,
    World,
    code_of,
    refused,
)

from registrazione import Operator, Role
from registrazione.core.profile import Gate
from registrazione.core.states import AccountState, CodeState, PasswordState
from registrazione.profiles import load

# -- the secretariat ------------------------------------------------------------------------


@pytest.mark.requirement("MIM-24", "MIM-25")
def test_the_secretariat_enables_and_credentials_go_out():
    """Username and temporary password by mail, good for thirty days."""
    world = World("mim-students")
    account = world.confirmed().account
    assert [a.id for a in world.registrar.accounts(AccountState.AWAITING_SECRETARIAT).items] == [
        account.id
    ]
    enabled = world.registrar.approve(SECRETARIAT, account.id)

    assert enabled.next.value == "read_mail"
    assert enabled.account.state is AccountState.ACTIVE
    assert enabled.account.password is PasswordState.TEMPORARY
    assert enabled.account.temporary_until == world.clock.now() + dt.timedelta(days=30)
    assert enabled.account.gates_passed == (Gate.SECRETARIAT,)
    (text,) = world.letters(account.email)
    assert enabled.account.username in text
    assert world.secret(account.email) in text


def test_nobody_is_enabled_twice():
    """What is active waits for no secretariat."""
    world = World("mim-students")
    account = world.active()

    assert code_of(world.registrar.approve, SECRETARIAT, account.id) == "account.already_active"


def test_whoever_has_an_account_in_use_is_not_enabled_again():
    """The secretariat reads why; rejecting is what is left."""
    world = World("mim-students")
    world.signed_in()
    second = world.confirmed(email="other@example.it").account

    assert code_of(world.registrar.approve, SECRETARIAT, second.id) == "registration.person_known"
    assert world.registrar.reject(SECRETARIAT, second.id, "già registrato").account.state == (
        "cancelled"
    )


@pytest.mark.parametrize("name", ["mim-students", "istanze-online", "unimi-external"])
def test_a_registration_may_be_rejected_with_a_reason(name):
    """The reason is in the letter, and nowhere in the trail; afterwards one may register anew."""
    world = World(name)
    account = world.confirmed().account
    rejected = world.registrar.reject(SECRETARIAT, account.id, "Il documento\nnon è leggibile")

    assert rejected.account.state is AccountState.CANCELLED
    assert rejected.account.ended_at == world.clock.now()
    assert "Il documento non è leggibile" in " ".join(world.letters(account.email)[-1].split())
    trail = world.registrar.history(operator=SECRETARIAT, account_id=account.id).history
    assert "leggibile" not in repr(trail)
    assert ("rejected", "secretariat:op-1") in {(r.event, r.actor) for r in trail}
    assert world.confirmed().account.id != account.id


@pytest.mark.parametrize("reason", ["", None, "x" * 1001, "\u202e"])
def test_a_rejection_needs_a_reason(reason):
    """Without words, or with too many, nobody is turned away."""
    world = World("mim-students")
    account = world.confirmed().account

    assert code_of(world.registrar.reject, SECRETARIAT, account.id, reason).startswith("input.")
    assert world.reload(account).state is AccountState.AWAITING_SECRETARIAT


# -- in person ------------------------------------------------------------------------------


@pytest.mark.requirement("IST-10", "IST-11", "POL-04", "POL-06", "POL-07")
@pytest.mark.parametrize("name", ["istanze-online", "polis"])
def test_a_school_sees_the_person_and_a_document(name):
    """Who saw whom, where, when and with which document is kept, and the person gets a letter."""
    world = World(name)
    account = world.proved().account
    seen = world.seen(account, document_expires=dt.date(2026, 3, 2))
    record = seen.account.identification

    assert (seen.account.state, seen.next.value) == (AccountState.ACTIVE, "sign_in")
    assert (record.operator, record.office, record.at) == ("op-2", OFFICE.office, world.clock.now())
    assert (record.document_type, record.document_number) == ("carta d'identita", "CA12345AA")
    assert world.outbox()[-1].kind == "activated"
    trail = world.registrar.history(operator=OFFICE, account_id=account.id).history
    assert {"office": OFFICE.office} in [dict(r.details) for r in trail]
    assert record.document_number not in repr((seen, trail))


def test_everything_wrong_at_the_counter_is_said_at_once():
    """Another person, an expired document and an unsigned form are three faults."""
    world = World("polis")
    account = world.proved().account
    refusal = refused(
        world.seen, account, ANNA, document_expires=dt.date(2026, 3, 1), form_signed=False
    )

    assert [(f.code, f.field) for f in refusal.faults] == [
        ("presence.document_expired", "document_expires"),
        ("presence.form_unsigned", "form_signed"),
        ("presence.other_person", "cf"),
    ]
    assert world.reload(account).state is AccountState.AWAITING_PRESENCE


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"codice_fiscale": "x"}, "cf.lunghezza"),
        ({"codice_fiscale": None}, "input.missing"),
        ({"document_expires": "2035-01-01"}, "input.malformed"),
        ({"document_expires": dt.datetime(2026, 3, 1)}, "presence.document_expired"),  # noqa: DTZ001
        ({"document_type": None}, "input.missing"),
        ({"document_number": "CA\0"}, "input.character"),
        ({"form_signed": "yes"}, "presence.form_unsigned"),
    ],
)
def test_what_the_operator_types_is_checked(shown, code):
    """Whatever its type, it is either right or refused."""
    world = World("polis")
    account = world.proved().account

    assert code_of(world.seen, account, **shown) == code


def test_a_person_without_a_code_shows_none():
    """Where the code is optional and was not given, none is shown; showing one is a mistake."""
    world = World(attrs.evolve(load("istanze-online"), codice_fiscale="optional"))
    registrar = world.registrar
    draft = registrar.identify(registrar.begin().draft).draft
    draft = registrar.fill(draft, MARIO.values(world.profile)).draft
    answer = registrar.confirm(draft)
    account = world.proved(answer=answer).account

    assert code_of(world.seen, account) == "presence.other_person"
    assert world.seen(account, codice_fiscale="").account.state is AccountState.ACTIVE


# -- any order of gates ---------------------------------------------------------------------


@pytest.mark.parametrize("gates", [(Gate.SECRETARIAT, Gate.LINK), (Gate.LINK, Gate.SECRETARIAT)])
def test_any_order_of_gates(gates):
    """A passed gate leads to the next, whatever the order."""
    world = World(attrs.evolve(load("unimi-external"), gates=gates))
    answer = world.confirmed()

    def approve():
        return world.registrar.approve(SECRETARIAT, answer.account.id)

    def use_link():
        return world.registrar.activate(world.link(answer.account.email), ticket=answer.ticket)

    steps = [approve, use_link] if gates[0] is Gate.SECRETARIAT else [use_link, approve]
    first, last = [step() for step in steps]

    assert first.account.state in {AccountState.AWAITING_LINK, AccountState.AWAITING_SECRETARIAT}
    assert last.account.state is AccountState.ACTIVE
    assert last.account.gates_passed == gates


@pytest.mark.requirement("IST-05")
def test_a_code_is_given_once_before_the_first_gate():
    """Waiting at several gates issues one temporary code, which stays good all the time."""
    world = World("polis")
    first = world.confirmed().account
    code = world.code(first.email)
    world.wait(days=29)
    second = world.proved(answer=world.registrar.confirm(world.filled(ANNA).draft)).account

    assert first.code is second.code is CodeState.TEMPORARY
    assert world.reload(first).code_credential == first.code_credential
    assert world.code(first.email) == code


# -- who may --------------------------------------------------------------------------------


OPERATED = {
    "approve": (),
    "reject": ("perché",),
    "suspend": ("perché",),
    "reinstate": ("perché",),
    "correct_data": ({"name": "Luigi"}, "perché"),
}
ROLES = {
    "approve": {Role.SECRETARIAT},
    "reject": {Role.SECRETARIAT, Role.IDENTIFYING_OFFICE},
    "suspend": {Role.SECRETARIAT, Role.HELP_DESK},
    "reinstate": {Role.SECRETARIAT, Role.HELP_DESK},
    "correct_data": {Role.SECRETARIAT, Role.HELP_DESK},
    "identify_in_person": {Role.SECRETARIAT, Role.IDENTIFYING_OFFICE},
    "cancel": {Role.SECRETARIAT, Role.HELP_DESK},
    "erase": {Role.SECRETARIAT},
    "export_account": {Role.SECRETARIAT, Role.HELP_DESK},
    "history": {Role.SECRETARIAT, Role.IDENTIFYING_OFFICE, Role.HELP_DESK},
}


def operate(world, name, operator, account_id):
    """Let an operator do something to an account; return the refusal's code, or nothing."""
    registrar = world.registrar
    if name in OPERATED:
        calls = (getattr(registrar, name), operator, account_id, *OPERATED[name])
        more = {}
    elif name == "identify_in_person":
        calls = (registrar.identify_in_person, operator, account_id)
        more = {
            "codice_fiscale": MARIO.cf,
            "document_type": "passaporto",
            "document_number": "A1",
            "form_signed": True,
        }
    else:
        calls = (getattr(registrar, name),)
        more = {"operator": operator, "account_id": account_id}
    return code_of(*calls, **more)


@pytest.mark.parametrize("name", ROLES)
def test_each_duty_has_its_roles(name):
    """Whoever has not the role is refused, before anything is looked up."""
    world = World("polis")
    for role in Role:
        operator = Operator(id="o", role=role)
        found = operate(world, name, operator, "nobody")
        assert found == ("account.unknown" if role in ROLES[name] else "operator.not_allowed")


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("operator", [5, "op-1", ("op-1", "secretariat")])
def test_an_operator_is_one(name, operator):
    """Anything else than an operator is refused."""
    assert operate(World("polis"), name, operator, "nobody") == "operator.unknown"


@pytest.mark.parametrize("name", ROLES)
def test_nobody_acts_on_their_own_account(name):
    """Whoever approves or identifies is somebody else."""
    world = World("polis")
    account = world.confirmed().account
    operator = attrs.evolve(SECRETARIAT, account_id=account.id)

    assert operate(world, name, operator, account.id) == "operator.self"


def test_an_account_of_another_realm_is_unknown():
    """The same store may serve several portals; their operators see their own people only."""
    world = World("unimi-external")
    account = world.active()
    other = world.sibling("standard")

    assert operate(other, "suspend", HELP_DESK, account.id) == "account.unknown"


@pytest.mark.requirement("POL-04", "POL-15")
def test_the_gates_before_activation_are_each_procedure_s_own():
    """Through another portal of the realm nobody gets in whom nobody has seen."""
    polis = World("polis")
    waiting = polis.confirmed()
    link = polis.link(MARIO.email())
    parents = polis.sibling("iscrizioni-online")
    registrar = parents.registrar

    assert code_of(registrar.activate, link, ticket=waiting.ticket) == "token.invalid"
    assert code_of(registrar.resend_activation, ticket=waiting.ticket) == "token.invalid"
    assert code_of(registrar.correct_email, waiting.ticket, "m@example.it") == "token.invalid"
    assert operate(parents, "cancel", HELP_DESK, waiting.account.id) == "account.unknown"
    registrar.resend_activation(email=MARIO.email())
    assert parents.outbox()[-1].kind == "unknown"
    assert polis.proved(answer=waiting).account.state is AccountState.AWAITING_PRESENCE
