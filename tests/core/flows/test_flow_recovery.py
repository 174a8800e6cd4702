"""Password and username forgotten: a link, a temporary password, a letter to the owner."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, LINK, MARIO, SECRET, SECRETARIAT, World, code_of, refused

from registrazione.core.profile import Limits
from registrazione.core.states import LinkState, PasswordState
from registrazione.profiles import load

EMAIL = MARIO.email()
PASSWORD = MARIO.password


@pytest.mark.requirement("IOL-10", "IOL-17", "UNI-11", "UNI-18")
@pytest.mark.parametrize("by", ["email", "username"])
def test_a_link_sets_a_new_password(by):
    """Asked for by address or username; used once, within an hour; everybody else is signed out."""
    world = World("unimi-external")
    session = world.signed_in().session
    asked = {"email": "MARIO.rossi@example.it", "username": "Mario.Rossi"}
    assert world.registrar.request_password_reset(**{by: asked[by]}).next.value == "read_mail"
    token = world.link(EMAIL)
    world.wait(hours=1)
    reset = world.registrar.reset_password

    assert code_of(reset, token, "Password2", "Password3") == "password.mismatch"
    assert reset(token, "Password2", "Password2").next.value == "sign_in"
    assert code_of(reset, token, "Password4", "Password4") == "token.used"
    assert code_of(world.registrar.history, session=session) == "session.ended"
    assert code_of(world.registrar.sign_in, "mario.rossi", PASSWORD) == "sign_in.failed"
    assert world.registrar.sign_in("mario.rossi", "Password2").session
    assert world.outbox()[-1].kind == "password_changed"


def test_a_reset_link_is_good_for_an_hour_and_until_the_next():
    """A second later it has expired; asking again makes the earlier one void."""
    world = World("unimi-external")
    world.active()
    world.registrar.request_password_reset(email=EMAIL)
    first = world.link(EMAIL)
    world.registrar.request_password_reset(email=EMAIL)
    second = world.link(EMAIL)
    reset = world.registrar.reset_password

    assert code_of(reset, first, "Password2", "Password2") == "token.used"
    world.wait(hours=1, seconds=1)
    assert code_of(reset, second, "Password2", "Password2") == "token.expired"


@pytest.mark.requirement("MIM-28", "IOL-10", "IOL-14", "IOL-20")
@pytest.mark.parametrize("name", ["mim-students", "iscrizioni-online"])
def test_a_temporary_password_takes_nothing_from_the_owner(name):
    """Whoever asks for one in somebody's name changes nothing; once used, it has to be changed."""
    world = World(name)
    account = world.signed_in().account
    for _ in range(2):
        world.registrar.request_password_reset(email=account.email)
        secret = world.secret(account.email)
    assert world.registrar.sign_in(account.username, PASSWORD).next.value == "use_services"

    taken = world.registrar.sign_in(account.username, secret)
    assert taken.next.value == "change_password"
    assert code_of(world.registrar.sign_in, account.username, PASSWORD) == "sign_in.failed"
    world.registrar.change_password(taken.session, secret, "Password2", "Password2")
    assert code_of(world.registrar.sign_in, account.username, secret) == "sign_in.failed"
    assert world.registrar.sign_in(account.username, "Password2").session


def test_an_offered_password_has_its_time_as_well():
    """After thirty days it opens nothing, and the account's own password still does."""
    world = World("mim-students")
    account = world.signed_in().account
    world.registrar.request_password_reset(email=account.email)
    secret = world.secret(account.email)
    world.wait(days=30)

    assert code_of(world.registrar.sign_in, account.username, secret) == "sign_in.failed"
    assert world.registrar.sign_in(account.username, PASSWORD).session


@pytest.mark.requirement("IOL-20", "UNI-18")
def test_expired_credentials_are_asked_for_again():
    """Username recovery, then password recovery, deliver what never arrived."""
    world = World("iscrizioni-online")
    account = world.active()
    world.wait(days=31)
    world.registrar.expire_due()
    assert world.reload(account).password is PasswordState.EXPIRED
    world.registrar.recover_username(account.email)
    assert account.username in world.letters(account.email)[-1]
    world.registrar.request_password_reset(username=account.username)

    answer = world.registrar.sign_in(account.username, world.secret(account.email))
    assert answer.next.value == "change_password"


def test_asking_for_nothing_and_for_what_is_no_address():
    """One of the two is needed, and an address has the shape of one; a username may be anything."""
    world = World("unimi-external")
    ask = world.registrar.request_password_reset

    assert [(f.code, f.field) for f in refused(ask).faults] == [("input.missing", "email")]
    assert code_of(ask, email="nothing") == "email.malformed"
    for username in ("nobody", "no body", "\ud800", 5, "x" * 10_000):
        assert ask(username=username).next.value == "read_mail"
    assert {m.to for m in world.outbox()} == {""}


def test_asking_has_its_limit_for_address_username_and_origin():
    """No mailbox is flooded, and no place asks for many."""
    world = World(attrs.evolve(load("unimi-external"), limits=Limits(public=2, origin=3)))
    ask = world.registrar.request_password_reset
    for _ in range(2):
        ask(email=EMAIL)
        world.registrar.recover_username(EMAIL)

    assert code_of(ask, email=EMAIL) == "limit.reached"
    assert code_of(world.registrar.recover_username, EMAIL) == "limit.reached"
    for name in ("a", "b", "c"):
        ask(username=name, origin="10.0.0.1")
    assert code_of(ask, username="d", origin="10.0.0.1") == "limit.reached"


@pytest.mark.requirement("UNI-10")
def test_who_comes_by_identity_only_is_told_so_by_mail():
    """There is no password to be recovered: the identity provider helps."""
    world = World("unimi-external")
    account = world.active()
    world.put(account, password=PasswordState.OFF)
    world.registrar.request_password_reset(email=EMAIL)
    world.registrar.recover_username(EMAIL)

    assert [m.kind for m in world.outbox()[-2:]] == ["identity_only"] * 2


def test_who_is_not_active_is_not_helped_in():
    """Neither a waiting nor a suspended account gets a password; the letter is nobody's."""
    world = World("unimi-external")
    world.confirmed()
    suspended = world.active(ANNA)
    world.registrar.suspend(SECRETARIAT, suspended.id, "accertamenti")
    for email in (EMAIL, ANNA.email()):
        world.registrar.request_password_reset(email=email)
        world.registrar.recover_username(email)

    assert [m.kind for m in world.outbox()[-4:]] == ["unknown"] * 4


@pytest.mark.requirement("IOL-18", "UNI-18")
def test_every_username_of_a_mailbox_is_mailed():
    """Where a mailbox serves a family, each account has its letter; a stranger's has one too."""
    world = World("iscrizioni-online")
    shared = "famiglia@example.it"
    names = {world.active(p, email=shared).username for p in (MARIO, ANNA)}
    before = len(world.letters(shared))
    world.registrar.recover_username(shared)
    new = world.letters(shared)[before:]

    assert {name for name in names if any(name in text for text in new)} == names
    world.registrar.recover_username("nobody@example.it")
    assert (world.outbox()[-1].kind, world.outbox()[-1].to) == ("unknown", "nobody@example.it")
    assert code_of(world.registrar.recover_username, None) == "input.missing"


def family(world, shared):
    """Return the accounts of two people with one mailbox, the older one first."""
    older = world.signed_in(MARIO, email=shared).account
    world.wait(seconds=1)
    return older, world.signed_in(ANNA, email=shared).account


@pytest.mark.requirement("IOL-10", "IOL-18")
@pytest.mark.parametrize("name", ["iscrizioni-online", "polis"])
def test_a_mailbox_of_two_people_recovers_both_passwords(name):
    """Parents share one: each account gets its letter, and keeps its own password until then."""
    world = World(name)
    shared = "famiglia@example.it"
    accounts = family(world, shared)
    before = len(world.outbox())
    world.registrar.request_password_reset(email=shared)
    letters = world.outbox()[before:]

    assert [m.account_id for m in letters] == [account.id for account in accounts]
    assert len({m.kind for m in letters}) == 1
    texts = world.letters(shared)[-2:]
    for account, text in zip(accounts, texts, strict=True):
        if name == "polis":
            world.registrar.reset_password(LINK.search(text)[1], "Password7", "Password7")
            assert world.registrar.sign_in(account.username, "Password7").session
        else:
            secret = SECRET.search(text)[1]
            assert world.registrar.sign_in(account.username, secret).session


def test_by_a_username_one_account_is_recovered():
    """A name is one person's, whoever else has the mailbox."""
    world = World("polis")
    shared = "famiglia@example.it"
    mario, anna = family(world, shared)
    before = len(world.outbox())
    world.registrar.request_password_reset(username=anna.username)

    assert [m.account_id for m in world.outbox()[before:]] == [anna.id]
    assert world.reload(mario).epoch == mario.epoch


def test_who_of_two_has_no_password_hears_so():
    """One comes by identity only, the other by password: each is told the truth."""
    world = World("iscrizioni-online")
    shared = "famiglia@example.it"
    mario, anna = family(world, shared)
    world.put(anna, password=PasswordState.OFF, link=LinkState.ONLY)
    before = len(world.outbox())
    world.registrar.request_password_reset(email=shared)

    letters = [(m.account_id, m.kind) for m in world.outbox()[before:]]
    assert letters == [(mario.id, "temporary_password"), (anna.id, "identity_only")]
    assert world.reload(anna).offered is None
