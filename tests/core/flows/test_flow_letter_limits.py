"""Nobody's mailbox is filled through this site: each address takes so many letters an hour."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, DIGEST, MARIO, World, code_of

from registrazione.core.profile import Limits
from registrazione.profiles import load

VICTIM = "victim@example.it"


def limited(name, public=3):
    """Return a world with a low limit."""
    return World(attrs.evolve(load(name), limits=Limits(public=public)))


def sent_to(world, key):
    """Return how many letters there are to an address, however it is spelt."""
    return sum(m.to.lower() == key for m in world.outbox())


def test_an_address_is_the_same_in_capitals():
    """Whatever the case of its letters, it is registered so often within the hour."""
    world = limited("unimi-external")
    spelt = [VICTIM, VICTIM.upper(), VICTIM.title(), "vICTIM@example.it", "VIctim@example.it"]
    for number, email in enumerate(spelt):
        draft = world.filled(email=email, username=f"user{number}").draft
        if number < 3:
            world.registrar.confirm(draft)
        else:
            assert code_of(world.registrar.confirm, draft) == "limit.reached"

    assert sent_to(world, VICTIM) == 3
    world.wait(hours=1)
    assert world.confirmed(email=VICTIM, username="another").ticket


def test_corrections_of_many_registrations_are_counted_together():
    """By the address that the letter goes to, not by the registration alone."""
    world = limited("unimi-external")
    tickets = [
        world.confirmed(email=f"m{n}@example.it", username=f"user{n}").ticket for n in range(5)
    ]
    correct = world.registrar.correct_email
    for ticket in tickets[:3]:
        correct(ticket, VICTIM)

    assert code_of(correct, tickets[3], VICTIM.upper()) == "limit.reached"
    assert sent_to(world, VICTIM) == 3


def test_another_address_is_asked_for_so_often():
    """Whoever is signed in may not write to a stranger at will; the right password stays right."""
    world = limited("unimi-external")
    session = world.signed_in().session
    change = world.registrar.change_email
    for _ in range(3):
        change(session, VICTIM, password=MARIO.password)
    assert code_of(change, session, VICTIM, password=MARIO.password) == "limit.reached"

    assert sent_to(world, VICTIM) == 3
    assert world.found("username", "mario.rossi")[0].failures == 0


def test_whoever_has_no_password_is_limited_alike():
    """Nothing was counted, so nothing is written but the refusal."""
    profile = load("unimi-external")
    federation = attrs.evolve(profile.federation, locked=())
    world = World(attrs.evolve(profile, federation=federation, limits=Limits(public=1)))
    answer = world.spid()
    change = world.registrar.change_email
    asked = change(answer.session, VICTIM).account

    assert code_of(change, answer.session, VICTIM) == "limit.reached"
    assert world.reload(asked) == asked


def test_nobody_tries_out_addresses_by_an_identity():
    """However often one comes back from the provider: who holds an address is told so often."""
    world = limited("unimi-external")
    world.signed_in(ANNA)
    people = world.registrar.parts.identities._providers["spid"]._people
    values = {k: v for k, v in MARIO.vouched().values.items() if k != "email"}
    people[MARIO.username] = MARIO.vouched(values=values)
    complete = world.registrar.complete_data
    for _ in range(3):
        held = code_of(complete, world.spid().ticket, {"email": ANNA.email()})
        assert held == "registration.person_known"

    assert code_of(complete, world.spid().ticket, {"email": VICTIM}) == "limit.reached"
    world.wait(hours=1)
    assert complete(world.spid().ticket, {"email": VICTIM}).session


def test_a_code_is_recovered_so_often():
    """Each letter makes the code before it void, so that there is no need for many."""
    world = limited("polis")
    session = world.signed_in().session
    for _ in range(3):
        world.registrar.recover_personal_code(session)

    assert code_of(world.registrar.recover_personal_code, session) == "limit.reached"


@pytest.mark.requirement("POL-03")
def test_a_blocked_code_still_has_its_way_back():
    """Five wrong ones block it; the letter with a new one is not what was counted."""
    world = limited("polis")
    session = world.signed_in().session
    sign = world.registrar.authorise_submission
    for _ in range(5):
        code_of(sign, session, "sbagliato1", service="istanze", digest=DIGEST)

    assert world.registrar.recover_personal_code(session).next.value == "read_mail"
