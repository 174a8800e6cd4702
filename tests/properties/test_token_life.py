"""Tokens: for one purpose, one account, one epoch, one portal, and a time counted to the second."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.world import KEY, MARIO, SECRETARIAT, World, code_of, refused

from registrazione import Refusal
from registrazione.core.states import AccountState
from registrazione.core.tokens import Purpose

EMAIL = MARIO.email()
PASSWORD = MARIO.password
OTHER_KEY = "another key for tests, of forty characters"

SHARED = World("unimi-external")

TAKES = {
    "activate": {Purpose.ACTIVATION, Purpose.EMAIL},
    "correct_email": {Purpose.TICKET},
    "reset_password": {Purpose.RESET},
    "complete_data": {Purpose.IDENTITY},
    "align": {Purpose.IDENTITY},
    "resend_activation": {Purpose.TICKET},
    "sign_in_with": {Purpose.TICKET},
    "history": {Purpose.SESSION},
    "verify_receipt": {Purpose.RECEIPT},
}
"""Which tokens each method takes."""


def call(world, method, token):
    """Hand a token to a method, in whatever way it takes one."""
    registrar = world.registrar
    match method:
        case "activate":
            return registrar.activate(token, password=PASSWORD)
        case "correct_email":
            return registrar.correct_email(token, "new@example.it")
        case "reset_password":
            return registrar.reset_password(token, "Password2", "Password2")
        case "complete_data":
            return registrar.complete_data(token, {})
        case "align":
            return registrar.align(token, accept=True)
        case "resend_activation":
            return registrar.resend_activation(ticket=token)
        case "sign_in_with":
            return world.spid(ticket=token)
        case "history":
            return registrar.history(session=token)
        case _:
            return registrar.verify_receipt(token, service="s", digest="d")


def outcome(method, *arguments):
    """Return what a call returns, or the code that it is refused with."""
    try:
        return method(*arguments)
    except Refusal as refusal:
        return refusal.code


# -- purposes -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", TAKES)
@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_of_one_purpose_is_nothing_for_another(method, purpose):
    """Whatever a token is good for, everywhere else it is not even genuine."""
    world = World("unimi-external")
    account = world.confirmed(cf=MARIO.cf).account
    extra = "s.d" if purpose is Purpose.RECEIPT else ""
    token = world.vault.sign_token(purpose, account.id, 0, extra, world.clock.now())
    found = outcome(call, world, method, token)

    if method == "verify_receipt":
        assert (found is not None) is (purpose is Purpose.RECEIPT)
    elif method == "history":
        assert found == "session.ended"
    else:
        assert (found == "token.invalid") is (purpose not in TAKES[method])


@pytest.mark.parametrize("method", sorted(TAKES.keys() - {"verify_receipt", "history"}))
@given(st.text(max_size=80))
def test_what_is_no_token_opens_nothing(method, token):
    """Any text is refused as a token, and nothing else happens."""
    assert code_of(call, SHARED, method, token or "x") == "token.invalid"


def test_a_token_of_another_portal_is_nothing_here():
    """The realm is part of the signature: the same key, another portal, no token."""
    world = World("unimi-external")
    answer = world.confirmed()
    other = World("standard")
    foreign = other.vault.sign_token("activation", answer.account.id, 0, "", world.clock.now())

    assert code_of(world.registrar.activate, foreign, ticket=answer.ticket) == "token.invalid"
    assert code_of(other.registrar.activate, world.link(EMAIL)) == "token.invalid"


# -- time -----------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-06")
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(86_400, None), (86_401, "token.expired"), (-1, None), (-30, None), (-31, "token.expired")],
)
def test_the_link_is_good_for_24_hours_to_the_second(seconds, code):
    """The last second counts, and a reader's clock may be half a minute behind."""
    world = World("unimi-external")
    answer = world.confirmed()
    link = world.link(EMAIL)
    world.wait(seconds=seconds)
    if code is None:
        assert world.registrar.activate(link, ticket=answer.ticket).account.state == "active"
    else:
        assert code_of(world.registrar.activate, link, ticket=answer.ticket) == code


@pytest.mark.requirement("UNI-06", "UNI-20")
def test_after_24_hours_one_registers_again():
    """Once the registration has expired, name and address are free again."""
    world = World("unimi-external")
    world.confirmed()
    world.wait(hours=24, seconds=1)
    world.registrar.expire_due()

    assert world.proved(answer=world.confirmed()).account.state is AccountState.ACTIVE


def test_summer_time_changes_nothing():
    """In the night when Rome's clocks change, 24 hours are 24 hours."""
    for month, day in ((3, 28), (10, 24)):
        world = World("unimi-external", at=dt.datetime(2026, month, day, 12, tzinfo=dt.UTC))
        answer = world.confirmed()
        link = world.link(EMAIL)
        world.wait(hours=24)
        assert world.registrar.activate(link, ticket=answer.ticket).account.state == "active"


@pytest.mark.parametrize(
    ("name", "days"),
    [("unimi-external", 90), ("istanze-online", 180), ("polis", 180)],
)
def test_the_browser_s_ticket_lives_as_long_as_the_registration_may(name, days):
    """As long as the longest wait; then it is too old."""
    world = World(name)
    answer = world.confirmed()
    world.wait(days=days)
    domain = answer.account.email.partition("@")[2]
    assert world.registrar.correct_email(answer.ticket, f"a@{domain}").ticket
    world.wait(seconds=1)

    assert code_of(world.registrar.correct_email, answer.ticket, f"b@{domain}") == "token.expired"


# -- use ------------------------------------------------------------------------------------


def test_a_link_is_used_once():
    """The second time says so, whoever asks and however."""
    world = World("unimi-external")
    answer = world.confirmed()
    link = world.link(EMAIL)
    world.registrar.activate(link, ticket=answer.ticket)

    for more in ({}, {"ticket": answer.ticket}, {"password": PASSWORD}):
        assert code_of(world.registrar.activate, link, **more) == "token.used"


def moves(world, account, session):
    """Return everything that makes older links void, by name."""
    registrar = world.registrar
    return {
        "new link": lambda: registrar.request_password_reset(email=EMAIL),
        "change": lambda: registrar.change_password(session, PASSWORD, "Password2", "Password2"),
        "address": lambda: registrar.change_email(session, "n@example.it", password=PASSWORD),
        "suspension": lambda: registrar.suspend(SECRETARIAT, account.id, "x"),
        "cancellation": lambda: registrar.cancel(session=session),
        "correction": lambda: registrar.correct_data(
            SECRETARIAT, account.id, {"email": "c@example.it"}, "x"
        ),
        "alignment": lambda: world.spid(session=session),
        "erasure": lambda: registrar.erase(session=session),
    }


@pytest.mark.parametrize(
    "what",
    [
        "new link",
        "change",
        "address",
        "suspension",
        "cancellation",
        "correction",
        "alignment",
        "erasure",
    ],
)
def test_whatever_moves_the_account_voids_its_links(what):
    """A link mailed before is worth nothing afterwards."""
    world = World("unimi-external")
    answer = world.signed_in(cf=MARIO.cf)
    world.registrar.request_password_reset(email=EMAIL)
    link = world.link(EMAIL)
    moves(world, answer.account, answer.session)[what]()

    assert code_of(world.registrar.reset_password, link, "Password3", "Password3") == "token.used"


def test_a_session_outlives_what_voids_links():
    """Whoever is signed in stays so when an address is corrected; a new key does no harm."""
    world = World("unimi-external")
    session = world.signed_in().session
    world.registrar.change_email(session, "n@example.it", password=PASSWORD)
    rotated = world.sibling(secret_keys=[OTHER_KEY, KEY])

    assert world.registrar.history(session=session).history
    assert rotated.registrar.history(session=session).history


# -- keys -----------------------------------------------------------------------------------


def test_a_new_key_keeps_what_the_old_one_signed():
    """While the older key is listed, its links, tickets and temporary passwords are good."""
    world = World("iscrizioni-online")
    world.confirmed()
    link = world.link(EMAIL)
    rotated = world.sibling(secret_keys=[OTHER_KEY, KEY])
    account = rotated.registrar.activate(link).account
    secret = rotated.secret(EMAIL)

    assert rotated.registrar.sign_in(account.username, secret).next.value == "change_password"


def test_what_a_retired_key_made_dies_with_it():
    """Links are no longer genuine; a temporary password opens nothing, and a new one does."""
    world = World("iscrizioni-online")
    account = world.active()
    secret = world.secret(EMAIL)
    link = world.vault.sign_token("reset", account.id, account.epoch, "", world.clock.now())
    bare = world.sibling(secret_keys=[OTHER_KEY])

    assert code_of(bare.registrar.sign_in, account.username, secret) == "sign_in.failed"
    assert code_of(bare.registrar.reset_password, link, "Password2", "Password2") == (
        "token.invalid"
    )
    bare.registrar.request_password_reset(email=EMAIL)
    assert bare.registrar.sign_in(account.username, bare.secret(EMAIL)).session


def test_no_token_tells_who_it_is_about():
    """Neither link nor ticket nor session holds a name, an address or a codice fiscale."""
    world = World("polis")
    answer = world.signed_in()
    refusal = refused(world.sibling().registrar.activate, world.link(EMAIL))
    tokens = f"{answer.session} {world.link(EMAIL)}"

    assert refusal.code == "token.used"
    assert not any(word in tokens.lower() for word in ("mario", "rossi", MARIO.cf.lower()))
