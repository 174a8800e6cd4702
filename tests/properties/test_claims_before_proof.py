"""Claims, not accounts, before proof: nobody can sit on somebody else's code or address."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import ANNA, MARIO, SECRETARIAT, World, code_of, password_of

from registrazione.core.profile import Limits
from registrazione.core.states import AccountState, PasswordState
from registrazione.profiles import load

ENDED = {AccountState.EXPIRED, AccountState.CANCELLED}


def patient(name):
    """Return a procedure without limits on how often somebody registers."""
    return attrs.evolve(load(name), limits=Limits(public=1000))


def claim(world, n, **changes):
    """Register once more as the same person, from another mailbox or with another name."""
    by_email = "email" in world.profile.unique
    if world.profile.field("username") is not None:
        changes.setdefault("username", f"mario{n}")
    if not by_email:
        changes.setdefault("email", f"m{n}@{MARIO.email().partition('@')[2]}")
        if world.profile.email.required_domains:
            changes["email"] = f"m{n}@istruzione.it"
    return world.confirmed(MARIO, **changes)


def prove(world, answer):
    """Pass every gate, whatever they are."""
    account = world.reload(answer)
    if account.state is AccountState.AWAITING_LINK:
        link = world.vault.sign_token(
            "activation", account.id, account.epoch, "", world.clock.now()
        )
        password = password_of(world.profile, MARIO)
        at_link = world.profile.first_password == "at_link"
        more = {"password": password, "password_again": password} if at_link else {}
        account = world.registrar.activate(link, ticket=answer.ticket, **more).account
    if account.state is AccountState.AWAITING_SECRETARIAT:
        account = world.registrar.approve(SECRETARIAT, account.id).account
    if account.state is AccountState.AWAITING_PRESENCE:
        account = world.seen(account).account
    return account


NAMES = [
    "mim-students",
    "iscrizioni-online",
    "istanze-online",
    "polis",
    "unimi-external",
    "standard",
]


@pytest.mark.requirement("IOL-15", "UNI-17")
@pytest.mark.parametrize("name", NAMES)
def test_several_claims_coexist_and_the_first_that_proves_itself_wins(name):
    """The others vanish with their passwords and everything else, in the same moment."""
    world = World(patient(name))
    claims = [claim(world, n) for n in range(4)]
    assert len({c.account.id for c in claims}) == 4
    assert all(world.reload(c).owner is None for c in claims)
    winner = prove(world, claims[2])

    assert winner.state is AccountState.ACTIVE
    assert [world.reload(c) is not None for c in claims] == [False, False, True, False]
    kind = world.profile.unique[0]
    value = MARIO.cf if kind == "codice_fiscale" else MARIO.email()
    assert [a.id for a in world.found(kind, value)] == [winner.id]
    for loser in (claims[0], claims[3]):
        assert code_of(world.registrar.resend_activation, ticket=loser.ticket) == "token.used"


@given(st.permutations(range(4)))
def test_whatever_the_order_there_is_one_account(order):
    """Any of the claims may be first; all later proofs are worth nothing."""
    world = World(patient("unimi-external"))
    claims = [claim(world, n) for n in range(4)]
    links = [
        world.vault.sign_token("activation", c.account.id, 0, "", world.clock.now()) for c in claims
    ]
    first, *rest = order
    world.registrar.activate(links[first], ticket=claims[first].ticket)
    for n in rest:
        assert code_of(world.registrar.activate, links[n], ticket=claims[n].ticket) == "token.used"

    assert [a.id for a in world.found("email", MARIO.email())] == [claims[first].account.id]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_sits_on_a_code_or_an_address(name):
    """However many claims a stranger makes in somebody's name, the person gets through."""
    world = World(patient(name))
    for n in range(12):
        claim(world, n)
    mine = claim(world, "mine")

    assert prove(world, mine).state is AccountState.ACTIVE


def test_a_stranger_s_password_never_comes_to_life():
    """The stranger's claim is gone; the password opens nothing, at no moment."""
    world = World("istanze-online")
    stranger = world.confirmed(email="stranger@istruzione.it", password="Stranger1")
    mine = claim(world, "mine")
    assert code_of(world.registrar.sign_in, "mario.rossi", "Stranger1") == "account.awaiting_link"
    prove(world, mine)

    assert world.reload(stranger) is None
    assert code_of(world.registrar.sign_in, "mario.rossi", "Stranger1") == "sign_in.failed"
    assert world.registrar.sign_in("mariomine", MARIO.password).session


def test_a_click_alone_never_brings_a_stranger_s_password_to_life():
    """The owner of the mailbox, curious about a link, activates nothing that others know."""
    world = World("unimi-external")
    world.confirmed(username="stranger", password="Stranger1")
    link = world.link(MARIO.email())

    assert code_of(world.registrar.activate, link) == "activation.password_again"
    assert code_of(world.registrar.activate, link, password="Mine2026") == (
        "activation.password_wrong"
    )
    assert code_of(world.registrar.sign_in, "stranger", "Stranger1") == "account.awaiting_link"
    mine = world.confirmed()
    world.proved(answer=mine)
    assert code_of(world.registrar.sign_in, "stranger", "Stranger1") == "sign_in.failed"


# -- NUOVA REGISTRAZIONE ----------------------------------------------------------------------


@pytest.mark.requirement("IOL-19")
@pytest.mark.parametrize("name", ["iscrizioni-online", "mim-students"])
@pytest.mark.parametrize("expired", [False, True])
def test_unused_credentials_give_way_to_a_new_registration(name, expired):
    """Sent to a wrong address and never used: the same code registers anew, and that one counts."""
    world = World(patient(name))
    lost = world.active(email="wrong@example.it")
    secret = world.secret(lost.email)
    if expired:
        world.put(lost, password=PasswordState.EXPIRED, temporary_until=None)
    again = world.confirmed()
    assert world.reload(again).owner is None
    assert not any(m.kind == "already_registered" for m in world.outbox())
    account = prove(world, again)

    assert world.reload(lost).state is AccountState.CANCELLED
    assert code_of(world.registrar.sign_in, lost.username, secret) == "sign_in.failed"
    assert world.registrar.sign_in(account.username, world.secret(account.email)).session


@pytest.mark.requirement("IOL-19")
def test_used_credentials_do_not_give_way():
    """Whoever came in once is a person with an account; the owner is written to."""
    world = World("iscrizioni-online")
    owner = world.active()
    world.registrar.sign_in(owner.username, world.secret(owner.email))
    again = world.confirmed(email="other@example.it")

    assert world.reload(again).owner == owner.id
    assert (world.outbox()[-1].kind, world.outbox()[-1].to) == (
        "already_registered",
        owner.email,
    )
    assert code_of(prove, world, again) == "registration.person_known"
    assert world.reload(owner).state is AccountState.ACTIVE


def test_while_it_waits_the_old_one_still_opens():
    """A new registration takes nothing away before it is proved."""
    world = World("iscrizioni-online")
    lost = world.active()
    world.confirmed(email="stranger@example.it")

    assert world.registrar.sign_in(lost.username, world.secret(lost.email)).session


@pytest.mark.requirement("IOL-11", "POL-12")
def test_portals_of_one_realm_share_their_people():
    """Who has an account of the ministry's is known at the next portal, and comes in there."""
    parents = World("iscrizioni-online")
    owner = parents.signed_in().account
    polis = parents.sibling("polis")
    claim_there = polis.confirmed(email="other@example.it")

    assert polis.reload(claim_there).owner == owner.id
    session = polis.registrar.sign_in(owner.username, MARIO.password).session
    assert polis.registrar.enter_service(session, "pago-in-rete").destination == "pago-in-rete"
    assert code_of(polis.registrar.enter_service, session, "istanze") == (
        "service.enabling_required"
    )


def test_other_people_are_not_touched():
    """A person's proof ends that person's claims only."""
    world = World("iscrizioni-online")
    other = world.confirmed(ANNA)
    prove(world, claim(world, 1))

    assert world.reload(other).state not in ENDED
