"""A mailbox that is the owner's no more: what was sent there opens nothing, and it is told why."""

from __future__ import annotations

import unicodedata

import attrs
import pytest
from tests.world import ANNA, HELP_DESK, MARIO, World, code_of

from registrazione.core.account import Identity
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.profiles import load

PASSWORD = MARIO.password
TEMPORARY = ["mim-students", "iscrizioni-online"]
"""The procedures that mail a temporary password to whoever lost theirs."""


def offered(world):
    """Return a person who came in, and the temporary password that was mailed on request."""
    answer = world.signed_in()
    world.registrar.request_password_reset(email=answer.account.email)
    return answer, world.secret(answer.account.email)


def letters_since(world, before):
    """Return the letters that came after the first ``before`` ones."""
    return [(m.kind, m.to) for m in world.outbox()[before:]]


# -- temporary passwords that were mailed on request ----------------------------------------


@pytest.mark.parametrize("name", TEMPORARY)
def test_another_address_voids_what_the_old_one_was_sent(name):
    """Like the link of a reset, the mailed password dies with the change."""
    world = World(name)
    answer, temporary = offered(world)
    new = "nuova@example.it"
    world.registrar.change_email(answer.session, new, new, password=PASSWORD)
    world.registrar.activate(world.link(new))

    assert code_of(world.registrar.sign_in, answer.account.username, temporary) == "sign_in.failed"
    assert world.registrar.sign_in(answer.account.username, PASSWORD).session
    world.registrar.request_password_reset(email=new)
    assert world.registrar.sign_in(answer.account.username, world.secret(new)).session


@pytest.mark.parametrize("name", TEMPORARY)
def test_a_correction_voids_it_as_well(name):
    """The operator gave the account another mailbox because that one was lost."""
    world = World(name)
    answer, temporary = offered(world)
    right = {"email": "giusta@example.it"}
    world.registrar.correct_data(HELP_DESK, answer.account.id, right, "casella persa")

    assert code_of(world.registrar.sign_in, answer.account.username, temporary) == "sign_in.failed"


@pytest.mark.parametrize("name", TEMPORARY)
def test_a_suspension_voids_it_as_well(name):
    """Reinstated, the account is as it was, but nothing from before opens it."""
    world = World(name)
    answer, temporary = offered(world)
    world.registrar.suspend(HELP_DESK, answer.account.id, "accertamenti")
    world.registrar.reinstate(HELP_DESK, answer.account.id, "chiarito")

    assert code_of(world.registrar.sign_in, answer.account.username, temporary) == "sign_in.failed"


@pytest.mark.requirement("UNI-03")
@pytest.mark.parametrize("name", ["iscrizioni-online"])
def test_who_comes_by_identity_only_has_no_mailed_password_left(name):
    """It is a wrong password like any other, not a broken rule of the machine."""
    world = World(name)
    answer, temporary = offered(world)
    aligned = world.registrar.align(world.spid().ticket, accept=True).account

    assert (aligned.link, aligned.password) == (LinkState.ONLY, PasswordState.OFF)
    assert code_of(world.registrar.sign_in, answer.account.username, temporary) == "sign_in.failed"


def test_a_letter_that_was_not_sent_yet_is_not_sent_any_more():
    """What it would carry opens nothing."""
    world = World("iscrizioni-online")
    answer = world.signed_in()
    world.registrar.request_password_reset(email=answer.account.email)
    right = {"email": "giusta@example.it"}
    world.registrar.correct_data(HELP_DESK, answer.account.id, right, "casella persa")
    world.post()

    assert "temporary_password" not in [m.kind for m in world.outbox() if m.state == "sent"]


# -- a locked account ---------------------------------------------------------------------


@pytest.mark.parametrize("name", TEMPORARY)
def test_a_mailed_password_opens_what_somebody_else_has_locked(name):
    """Ten wrong guesses of a stranger keep the owner out for no longer than a letter takes."""
    world = World(name)
    account = world.signed_in().account
    for _ in range(10):
        code_of(world.registrar.sign_in, account.username, "wrong")
    assert code_of(world.registrar.sign_in, account.username, PASSWORD) == "sign_in.failed"
    world.registrar.request_password_reset(email=account.email)
    answer = world.registrar.sign_in(account.username, world.secret(account.email))

    assert answer.next.value == "change_password"
    assert (answer.account.failures, answer.account.locked_until) == (0, None)


def test_a_wrong_guess_beside_a_mailed_password_counts():
    """Neither the one nor the other: wrong, and counted once."""
    world = World("mim-students")
    account = world.signed_in().account
    world.registrar.request_password_reset(email=account.email)

    assert code_of(world.registrar.sign_in, account.username, "wrong") == "sign_in.failed"
    assert world.reload(account).failures == 1


def test_the_lock_holds_for_every_other_password():
    """Wrong ones count no more than before, and an offer that has lapsed opens nothing."""
    world = World("mim-students")
    account = world.signed_in().account
    world.registrar.request_password_reset(email=account.email)
    temporary = world.secret(account.email)
    world.wait(days=30)
    for _ in range(12):
        code_of(world.registrar.sign_in, account.username, "wrong")
    locked = world.reload(account)

    assert code_of(world.registrar.sign_in, account.username, temporary) == "sign_in.failed"
    assert world.reload(account) == locked


# -- credentials that went to the wrong address ---------------------------------------------


@pytest.mark.requirement("IOL-22", "UNI-12")
@pytest.mark.parametrize("name", TEMPORARY)
def test_credentials_that_went_astray_are_replaced(name):
    """With the right address come new ones; those in the wrong mailbox open nothing."""
    world = World(name)
    account = world.active()
    astray = world.secret(account.email)
    stranger = world.registrar.sign_in(account.username, astray).session
    before = len(world.outbox())
    right = "giusta@example.it"
    world.registrar.correct_data(HELP_DESK, account.id, {"email": right}, "errore di battitura")

    assert letters_since(world, before) == [
        ("data_corrected", right),
        ("data_corrected", account.email),
        ("credentials", right),
    ]
    assert code_of(world.registrar.sign_in, account.username, astray) == "sign_in.failed"
    assert code_of(world.registrar.export_account, session=stranger) == "session.ended"
    answer = world.registrar.sign_in(account.username, world.secret(right))
    assert answer.next.value == "change_password"


def test_other_corrections_sign_nobody_out_and_mail_no_credentials():
    """A name is no key: whoever is in stays in."""
    world = World("iscrizioni-online")
    answer = world.signed_in()
    before = len(world.outbox())
    world.registrar.correct_data(HELP_DESK, answer.account.id, {"mobile_phone": ""}, "refuso")

    assert letters_since(world, before) == [("data_corrected", answer.account.email)]
    assert world.registrar.look(session=answer.session).account.id == answer.account.id


def test_a_correction_of_the_address_signs_everybody_out():
    """Also where the password is the person's own: it is not known whose browser is open."""
    world = World("unimi-external")
    answer = world.signed_in()
    before = len(world.outbox())
    world.registrar.correct_data(HELP_DESK, answer.account.id, {"email": "n@example.it"}, "persa")

    assert code_of(world.registrar.history, session=answer.session) == "session.ended"
    assert "credentials" not in [kind for kind, _ in letters_since(world, before)]


# -- who is told ----------------------------------------------------------------------------


def test_the_old_address_hears_that_an_identity_brought_another_one():
    """Where the provider's address replaces it, and the password is no longer good (6.3.7)."""
    world = World("unimi-external")
    account = world.signed_in(cf=MARIO.cf).account
    before = len(world.outbox())
    aligned = world.registrar.align(world.spid().ticket, accept=True).account

    assert aligned.email != account.email
    assert letters_since(world, before) == [
        ("email_changed", account.email),
        ("aligned", aligned.email),
    ]


@pytest.mark.parametrize("align", [True, False])
def test_a_second_identity_is_told_as_well(align):
    """Every new way in is: also one that opens the account at once."""
    profile = load("unimi-external")
    federation = attrs.evolve(profile.federation, align=align)
    world = World(attrs.evolve(profile, federation=federation))
    account = world.spid().account
    before = len(world.outbox())
    identity = Identity(provider="spid", issuer="https://another", subject="m")
    people = world.registrar.parts.identities._providers["spid"]._people
    people["altro"] = MARIO.vouched(identity=identity)
    linked = world.registrar.sign_in_with("spid", {"person": "altro"}).account

    assert len(linked.identities) == 2
    assert letters_since(world, before) == [("aligned", account.email)]


def test_the_owner_of_an_ended_account_hears_nothing_of_later_claims():
    """Whose account is cancelled has none to be told of; and nothing goes to the stranger."""
    world = World("iscrizioni-online")
    owner = world.signed_in().account
    claim = world.confirmed(email="stranger@example.it")
    world.registrar.cancel(operator=HELP_DESK, account_id=owner.id)
    world.registrar.resend_activation(ticket=claim.ticket)

    assert world.outbox()[-1].to == ""


def test_the_export_tells_of_an_address_that_is_not_proved_yet():
    """It is kept about the person, so it is handed out (GDPR art. 15)."""
    world = World("unimi-external")
    session = world.signed_in().session
    world.registrar.change_email(session, "n@example.it", password=PASSWORD)

    assert world.registrar.export_account(session=session).export["pending_email"] == "n@example.it"


# -- what is typed, and how it is spelt -----------------------------------------------------


def test_a_password_is_the_same_however_its_accents_are_typed():
    """What signs in also changes the password and the address (NIST SP 800-63B, normalisation)."""
    composed = "però così cavallo batteria graffetta"
    apart = unicodedata.normalize("NFD", composed)
    world = World("standard")
    registrar = world.registrar
    email = world.confirmed().account.email
    registrar.activate(world.link(email), password=composed, password_again=apart)
    session = registrar.sign_in(email, apart).session

    assert registrar.change_email(session, "n@example.it", password=apart).next.value == "read_mail"
    change = registrar.change_password
    assert code_of(change, session, apart, composed, composed) == "password.unchanged"
    assert change(session, apart, "another good phrase of mine", "another good phrase of mine")


def test_a_chosen_password_in_other_spelling_opens_the_link():
    """Asked for again in another browser, it is compared as it is kept."""
    standard, unimi = load("standard"), load("unimi-external")
    world = World(attrs.evolve(unimi, password=attrs.evolve(standard.password, breach_check=False)))
    composed = "però così cavallo batteria graffetta"
    answer = world.confirmed(password=composed)
    link = world.link(answer.account.email)
    typed = unicodedata.normalize("NFD", composed)

    assert world.registrar.activate(link, password=typed).account.state is AccountState.ACTIVE


def test_a_ticket_spares_the_password_for_as_long_as_it_is_good():
    """The link may be sent again and again; the browser is not taken for the same one for ever."""
    world = World("unimi-external")
    answer = world.confirmed()
    email = answer.account.email
    for _ in range(100):
        world.wait(hours=23)
        world.registrar.resend_activation(email=email)
    activate = world.registrar.activate

    assert code_of(activate, world.link(email), ticket=answer.ticket) == "activation.password_again"
    other = world.confirmed(ANNA)
    link = world.link(ANNA.email())
    assert code_of(activate, link, ticket=answer.ticket) == "activation.password_again"
    assert activate(link, ticket=other.ticket).account.state is AccountState.ACTIVE
