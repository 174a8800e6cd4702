"""What anybody may ask says and does the same, whoever exists (ASVS 5.0 6.3.8)."""

from __future__ import annotations

from collections import Counter

import attrs
import pytest
from tests.world import ANNA, LUCA, MARIO, World, classes_below
from tests.wrapped import Wrapped

from registrazione.adapters.limits import MemoryRateLimiter
from registrazione.adapters.memory import MemoryStore
from registrazione.core.commands import Command
from registrazione.ports import HasherBusy
from registrazione.testing.fakes import FastHasher

NAMES = ["mim-students", "iscrizioni-online", "unimi-external", "standard", "polis"]
COMMANDS = {cls.name for cls in classes_below(Command) if "name" in vars(cls)}
INVISIBLE = {"id", "owner", "submission_key", "username", "email", "personal_email", "values"}
INVISIBLE |= {"credential", "history", "history_salt", "codice_fiscale", "code_credential"}
"""What of a claim is the caller's own typing, or never shown."""


def watched(name):
    """Return a world whose store, hasher and limiter are counted; Anna has an account there."""
    world = World(
        name,
        storage=Wrapped(MemoryStore()),
        hasher=Wrapped(FastHasher()),
        limiter=Wrapped(MemoryRateLimiter()),
    )
    world.signed_in(ANNA)
    return world


def seen(world, call, *arguments, **more):
    """Return what a caller sees of a call, and what it costs."""
    parts = world.registrar.parts
    watched_parts = (parts.store, parts.hasher, parts.limiter)
    letters, told = len(world.outbox()), len(world.told)
    for part in watched_parts:
        part.calls.clear()
    try:
        answer = shown(call(*arguments, **more))
    except Exception as refused:  # noqa: BLE001 - compared whatever it is
        answer = (type(refused), str(refused), getattr(refused, "ticket", ""))
    cost = [Counter(part.calls) for part in watched_parts]
    # What happened to an account is in its own trail; of the command there is one line.
    records = [(r.event, r.outcome) for r in world.told[told:] if r.event in COMMANDS]
    return answer, cost, len(world.outbox()) - letters, records


def shown(answer):
    """Return what of an answer is shown: everything but ids and what the caller typed."""
    fields = attrs.asdict(answer, recurse=False)
    account = fields.pop("account")
    if account is not None:
        known = attrs.asdict(account, recurse=False)
        fields["account"] = {k: v for k, v in known.items() if k not in INVISIBLE}
    fields["ticket"] = bool(fields["ticket"])
    return fields


@pytest.mark.parametrize("name", NAMES)
def test_registering_tells_nobody_who_is_registered(name):
    """Known or not: the same page, the same look-ups and hashes, one letter, one trail."""
    world = watched(name)
    by_email = "email" in world.profile.unique
    typed = {} if by_email else {"email": "stranger@example.it"}
    if world.profile.field("username") is not None:
        typed["username"] = "stranger"
    known = world.filled(ANNA, **typed).draft
    unknown = world.filled(LUCA).draft

    assert seen(world, world.registrar.confirm, known) == seen(
        world, world.registrar.confirm, unknown
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_password_tells_nobody_who_is_registered(name):
    """One look-up, one line before the judgement, one slow hash, one line after it."""
    world = watched(name)
    account = world.found("email", ANNA.email())[0]
    sign_in = world.registrar.sign_in
    login = world.login(account)
    nobody = "nobody@example.it" if "@" in login else "nobody"
    known = seen(world, sign_in, login, "wrong")
    unknown = seen(world, sign_in, nobody, "wrong")

    assert known == unknown
    assert known[1][:2] == [Counter(find=1, commit=2), Counter(verify=1)]


def test_a_locked_account_looks_like_nobody():
    """Also with the right password, and for whoever watches the clock."""
    world = watched("unimi-external")
    sign_in = world.registrar.sign_in
    for _ in range(10):
        seen(world, sign_in, ANNA.username, "wrong")
    locked = seen(world, sign_in, ANNA.username, ANNA.password)

    assert locked == seen(world, sign_in, "nobody", ANNA.password)


def test_a_busy_answer_tells_nobody_who_is_registered():
    """What was counted is taken back, for nobody too: no slow hash hides a difference here."""
    world = watched("unimi-external")
    hasher = world.registrar.parts.hasher

    def busy(name):
        hasher.script("before", "verify", HasherBusy())
        return seen(world, world.registrar.sign_in, name, "wrong")

    known, nobody = busy(ANNA.username), busy("nobody")
    events = [record.event for record in world.told[-4:]]
    for _ in range(10):
        seen(world, world.registrar.sign_in, ANNA.username, "wrong")

    assert known == nobody == busy(ANNA.username)
    assert known[1][0] == Counter(find=1, load=1, commit=2)
    assert events == ["attempt_counted", "attempt_taken_back"] * 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", ["email", "username"])
def test_asking_for_a_new_password_tells_nobody(name, by):
    """The answer is the same, and so is the work; the letter tells the truth to its owner."""
    world = watched(name)
    account = world.found("email", ANNA.email())[0]
    known = account.email if by == "email" else account.username or "x"
    unknown = "nobody@example.it" if by == "email" else "nobody"
    ask = world.registrar.request_password_reset

    assert seen(world, ask, **{by: known}) == seen(world, ask, **{by: unknown})


@pytest.mark.parametrize("name", NAMES)
def test_asking_for_a_username_tells_nobody(name):
    """One look-up and one letter, whoever it is for."""
    world = watched(name)
    ask = world.registrar.recover_username

    assert seen(world, ask, ANNA.email()) == seen(world, ask, "nobody@example.it")


@pytest.mark.parametrize("name", ["iscrizioni-online", "unimi-external", "standard", "polis"])
def test_having_the_link_sent_again_tells_nobody(name):
    """Waiting, active or unknown: one answer, one letter, as many look-ups."""
    world = watched(name)
    world.confirmed(MARIO)
    resend = world.registrar.resend_activation
    active, waiting, unknown = (
        seen(world, resend, email=email)
        for email in (ANNA.email(), MARIO.email(), "nobody@example.it")
    )

    assert active == unknown
    assert waiting[0] == unknown[0]
    assert waiting[1] == unknown[1]
    assert waiting[2] == unknown[2]


@pytest.mark.parametrize("name", ["iscrizioni-online", "unimi-external", "standard"])
def test_a_claim_learns_nothing_from_its_own_ticket(name):
    """Sending again and correcting the address: the same for a known person and a new one."""
    world = watched(name)
    by_email = "email" in world.profile.unique
    typed = {} if by_email else {"email": "stranger@example.it"}
    if world.profile.field("username") is not None:
        typed["username"] = "stranger"
    known, unknown = world.confirmed(ANNA, **typed), world.confirmed(LUCA)
    resend, correct = world.registrar.resend_activation, world.registrar.correct_email

    assert seen(world, resend, ticket=known.ticket) == seen(world, resend, ticket=unknown.ticket)
    assert seen(world, correct, known.ticket, "a@example.it") == seen(
        world, correct, unknown.ticket, "b@example.it"
    )
