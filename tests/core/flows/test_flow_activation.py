"""The mailed link: used, sent again, sent to the right address."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, MARIO, SECRETARIAT, World, code_of, refused

from registrazione.core.evolve import claims_of
from registrazione.core.profile import Limits
from registrazione.core.states import AccountState, PasswordState
from registrazione.profiles import load

EMAIL = MARIO.email()
LONG = "correct horse battery staple"


# -- using it -------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-05", "UNI-07")
def test_the_same_browser_activates_by_a_click():
    """Link and ticket open the account; address and person are held from now on."""
    world = World("unimi-external")
    answer = world.confirmed()
    account = world.registrar.activate(world.link(EMAIL), ticket=answer.ticket).account

    assert (account.state, account.activated_at) == (AccountState.ACTIVE, world.clock.now())
    assert account.gates_passed == ("link",)
    assert {key.kind for key in claims_of(account, world.profile)} == {
        "username",
        "email",
        "submission",
    }
    assert [m.kind for m in world.outbox()] == ["activation", "activated"]


def test_another_browser_is_asked_for_the_password():
    """A click alone never brings a stranger's password to life; the right one does."""
    world = World("unimi-external")
    world.confirmed()
    link = world.link(EMAIL)

    asked = refused(world.registrar.activate, link)
    assert [(f.code, f.field) for f in asked.faults] == [("activation.password_again", "password")]
    assert code_of(world.registrar.activate, link, password="Password2") == (
        "activation.password_wrong"
    )
    account = world.registrar.activate(link, password=MARIO.password).account
    assert (account.state, account.failures) == (AccountState.ACTIVE, 0)


def test_somebody_else_s_ticket_is_no_ticket():
    """The ticket of another registration, or of none, is like none at all."""
    world = World("unimi-external")
    world.confirmed()
    other = world.confirmed(ANNA)
    link = world.link(EMAIL)

    for ticket in (other.ticket, "not.genuine"):
        assert code_of(world.registrar.activate, link, ticket=ticket) == (
            "activation.password_again"
        )


def test_guessing_the_password_at_the_link_is_counted():
    """The tenth wrong one locks the claim for a while, and its owner hears of it."""
    world = World("unimi-external")
    account = world.confirmed().account
    link = world.link(EMAIL)
    for _ in range(10):
        assert code_of(world.registrar.activate, link, password="Password2") == (
            "activation.password_wrong"
        )

    assert code_of(world.registrar.activate, link, password=MARIO.password) == "sign_in.locked"
    assert world.outbox()[-1].kind == "locked"
    world.wait(minutes=15)
    assert world.registrar.activate(link, password=MARIO.password).account.id == account.id


@pytest.mark.requirement("IOL-05", "IOL-06", "IOL-16")
def test_where_no_password_was_chosen_the_click_is_enough():
    """Parents get username and password by the second letter, whatever browser they use."""
    world = World("iscrizioni-online")
    world.confirmed()
    answer = world.registrar.activate(world.link(EMAIL))

    assert answer.next.value == "read_mail"
    assert answer.account.username.startswith("m.rossi.")
    assert answer.account.password is PasswordState.TEMPORARY
    assert [m.kind for m in world.outbox()] == ["activation", "credentials"]


def test_where_the_password_is_set_at_the_link():
    """The page behind the link asks for it; nothing is done before it is good."""
    world = World("standard")
    world.confirmed()
    link = world.link(EMAIL)

    missing = refused(world.registrar.activate, link)
    assert [(f.code, f.field) for f in missing.faults] == [("input.missing", "password")]
    assert refused(
        world.registrar.activate, link, password="short", password_again="shorter"
    ).codes == ("password.too_short", "password.mismatch")
    answer = world.registrar.activate(link, password=LONG, password_again=LONG)
    assert (answer.account.password, answer.next.value) == (PasswordState.SET, "sign_in")
    assert world.registrar.sign_in(EMAIL, LONG).session


@pytest.mark.requirement("IST-09", "POL-07")
def test_the_receipt_leads_on_to_the_visit():
    """Using the link proves the mailbox; then the person has to come."""
    world = World("istanze-online")
    answer = world.proved()

    assert (answer.account.state, answer.next.value) == (
        AccountState.AWAITING_PRESENCE,
        "go_in_person",
    )
    assert len(world.outbox()) == 1


@pytest.mark.requirement("IOL-15")
def test_who_is_known_meanwhile_cannot_be_registered_again():
    """Two links of one person: the second one is refused once the first is an account in use."""
    world = World("unimi-external")
    first = world.confirmed()
    second = world.confirmed(username="mario2")
    links = [
        world.vault.sign_token("activation", a.account.id, 0, "", world.clock.now())
        for a in (first, second)
    ]
    world.registrar.activate(links[0], ticket=first.ticket)

    assert code_of(world.registrar.activate, links[1], ticket=second.ticket) == "token.used"
    third = world.confirmed(ANNA)
    world.put(third.account, email=EMAIL, personal_email=EMAIL)
    link = world.vault.sign_token("activation", third.account.id, 0, "", world.clock.now())
    assert code_of(world.registrar.activate, link, ticket=third.ticket) == (
        "registration.person_known"
    )


# -- sending it again -----------------------------------------------------------------------


@pytest.mark.requirement("UNI-08")
def test_the_browser_has_the_link_sent_again():
    """A new letter with a new link and new 24 hours; the older link is void."""
    world = World("unimi-external")
    answer = world.confirmed()
    old = world.link(EMAIL)
    world.wait(hours=23)
    again = world.registrar.resend_activation(ticket=answer.ticket)
    new = world.link(EMAIL)

    assert (again.next.value, again.ticket) == ("open_link", answer.ticket)
    assert again.expires_at == world.clock.now() + world.profile.lifetimes.link
    assert code_of(world.registrar.activate, old, ticket=answer.ticket) == "token.used"
    world.wait(hours=24)
    assert world.registrar.activate(new, ticket=answer.ticket).account


def test_the_ticket_is_good_for_its_claim_only():
    """A ticket that is not genuine, too old, or of a registration that no longer waits."""
    world = World("unimi-external")
    answer = world.confirmed()
    resend = world.registrar.resend_activation
    erased = world.confirmed(ANNA)
    world.registrar.erase(operator=SECRETARIAT, account_id=erased.account.id)

    assert code_of(resend, ticket="no.ticket") == "token.invalid"
    assert code_of(resend, ticket=erased.ticket) == "token.used"
    world.registrar.activate(world.link(EMAIL), ticket=answer.ticket)
    assert code_of(resend, ticket=answer.ticket) == "token.used"
    world.wait(days=91)
    assert code_of(resend, ticket=answer.ticket) == "token.invalid"


def test_by_the_address_the_answer_is_the_same_for_everybody():
    """Waiting, active or unknown: one answer; the letter tells the truth to the mailbox's owner."""
    world = World("unimi-external")
    world.signed_in(ANNA)
    world.confirmed()
    resend = world.registrar.resend_activation
    answers = [resend(email=e) for e in (EMAIL, ANNA.email(), "nobody@example.it")]

    assert answers[0] == answers[1] == answers[2]
    assert [m.kind for m in world.outbox()[-3:]] == [
        "activation",
        "already_registered",
        "unknown",
    ]
    assert code_of(resend, email="nothing") == "email.malformed"
    assert code_of(resend) == "input.missing"


def test_sending_again_has_its_limit():
    """Ten times an hour for one claim or one address."""
    world = World(attrs.evolve(load("unimi-external"), limits=Limits(public=2)))
    ticket = world.confirmed().ticket
    for _ in range(2):
        world.registrar.resend_activation(ticket=ticket)
        world.registrar.resend_activation(email=EMAIL)

    assert code_of(world.registrar.resend_activation, ticket=ticket) == "limit.reached"
    assert code_of(world.registrar.resend_activation, email="Mario.Rossi@EXAMPLE.it") == (
        "limit.reached"
    )


def test_who_claims_a_known_person_gets_no_link_again_either():
    """The owner is written to once more; if the account is gone by then, nobody is."""
    world = World("iscrizioni-online")
    owner = world.signed_in().account
    claim = world.confirmed(email="stranger@example.it")
    world.registrar.resend_activation(ticket=claim.ticket)
    assert [(m.kind, m.to) for m in world.outbox()[-1:]] == [("already_registered", owner.email)]

    world.registrar.erase(operator=SECRETARIAT, account_id=owner.id)
    world.registrar.resend_activation(ticket=claim.ticket)
    assert world.outbox()[-1].to == ""


# -- the right address ------------------------------------------------------------------------


@pytest.mark.requirement("UNI-08", "IOL-19")
def test_a_mistyped_address_is_corrected():
    """The link goes to the right one, and the link that went to the wrong one is void."""
    world = World("unimi-external")
    answer = world.confirmed(email="mraio@example.it")
    wrong = world.link("mraio@example.it")
    corrected = world.registrar.correct_email(answer.ticket, "Mario.Rossi@example.it")

    assert corrected.account.email == corrected.account.personal_email == "Mario.Rossi@example.it"
    assert (corrected.next.value, corrected.ticket) == ("open_link", answer.ticket)
    assert code_of(world.registrar.activate, wrong, ticket=answer.ticket) == "token.used"
    link = world.link("Mario.Rossi@example.it")
    assert world.registrar.activate(link, ticket=answer.ticket).account.state == "active"


def test_the_corrected_address_is_checked_like_any():
    """Its shape, its domain, a second one if it is given; and it has its limit."""
    world = World(attrs.evolve(load("istanze-online"), limits=Limits(public=1)))
    ticket = world.confirmed().ticket
    correct = world.registrar.correct_email

    assert code_of(correct, ticket, "m@example.it") == "email.domain_required"
    assert code_of(correct, ticket, "m@istruzione.it", "n@istruzione.it") == "email.again_different"
    correct(ticket, "m@istruzione.it")
    assert code_of(correct, ticket, "n@istruzione.it") == "limit.reached"


def test_an_address_that_somebody_has_cannot_be_got_by_correcting():
    """The owner gets the letter; correcting once more to a free one sends the link."""
    world = World("unimi-external")
    owner = world.signed_in(ANNA).account
    ticket = world.confirmed().ticket
    world.registrar.correct_email(ticket, ANNA.email())
    assert (world.outbox()[-1].kind, world.outbox()[-1].to) == ("already_registered", owner.email)

    freed = world.registrar.correct_email(ticket, "free@example.it").account
    assert freed.owner is None
    assert (world.outbox()[-1].kind, world.outbox()[-1].to) == ("activation", "free@example.it")


def test_only_what_waits_for_its_link_is_corrected():
    """Once active, the address is changed in another way."""
    world = World("unimi-external")
    answer = world.confirmed()
    world.registrar.activate(world.link(EMAIL), ticket=answer.ticket)

    assert code_of(world.registrar.correct_email, answer.ticket, "m@example.it") == (
        "account.already_active"
    )


# -- a new address ----------------------------------------------------------------------------


def changing(world, email, person=MARIO):
    """Ask for a new address; return the answer and the link mailed there."""
    answer = world.signed_in(person)
    world.registrar.change_email(answer.session, email, email, password=person.password)
    return answer, world.link(email)


@pytest.mark.requirement("IOL-21", "POL-11")
def test_a_new_address_counts_once_its_link_is_used():
    """Until then the old one stays; afterwards the old one hears of it, and the link is used up."""
    world = World("unimi-external")
    answer, link = changing(world, "new@example.it")
    assert world.reload(answer).email == EMAIL
    account = world.registrar.activate(link).account

    assert (account.email, account.personal_email, account.pending_email) == (
        "new@example.it",
        "new@example.it",
        None,
    )
    assert (world.outbox()[-1].kind, world.outbox()[-1].to) == ("email_changed", EMAIL)
    assert code_of(world.registrar.activate, link) == "token.used"


@pytest.mark.requirement("POL-14")
def test_a_personal_address_does_not_replace_an_institutional_one():
    """It is kept beside it; letters go on to the institutional one."""
    world = World("polis")
    _, link = changing(world, "mario@example.it")
    account = world.found("codice_fiscale", MARIO.cf)[0]
    world.put(account, email="mario@istruzione.it")
    account = world.registrar.activate(link).account

    assert (account.email, account.personal_email) == ("mario@istruzione.it", "mario@example.it")


@pytest.mark.parametrize("suspended", [False, True])
def test_a_new_address_that_somebody_took_meanwhile(suspended):
    """Whoever proved it first keeps it, suspended or not."""
    world = World("unimi-external")
    _, link = changing(world, ANNA.email())
    other = world.active(ANNA)
    if suspended:
        world.registrar.suspend(SECRETARIAT, other.id, "accertamenti")

    assert code_of(world.registrar.activate, link) == "email.taken"


def test_where_addresses_are_shared_nobody_is_asked():
    """A procedure that is keyed by the person lets several people have one mailbox."""
    world = World("iscrizioni-online")
    world.active(ANNA)
    _, link = changing(world, ANNA.email())

    assert world.registrar.activate(link).account.email == ANNA.email()


def test_a_link_for_an_address_that_is_no_longer_wanted():
    """A genuine link for an account without a new address is used up."""
    world = World("unimi-external")
    account = world.signed_in().account
    link = world.vault.sign_token("email", account.id, account.epoch, "", world.clock.now())

    assert code_of(world.registrar.activate, link) == "token.used"


@pytest.mark.requirement("UNI-06")
@pytest.mark.parametrize(
    "spoil",
    [lambda token: f"{token}=", lambda token: token[:-9], lambda _: "\0", lambda _: 5],
    ids=["another spelling", "cut", "control", "number"],
)
def test_a_spoilt_token_is_told_alike_however_it_is_spoilt(spoil):
    """Code and field are the same, whether the alphabet gives it away or the signature."""
    world = World("unimi-external")
    answer = world.confirmed()
    registrar = world.registrar
    link, session = world.link(EMAIL), world.signed_in(ANNA).session

    def told(act, *args, **more):
        return [(fault.code, fault.field) for fault in refused(act, *args, **more).faults]

    assert told(registrar.activate, spoil(link)) == [("token.invalid", "token")]
    assert told(registrar.sign_out, spoil(session)) == [("session.ended", "session")]
    ticket = spoil(answer.ticket)
    assert told(registrar.resend_activation, ticket=ticket) == [("token.invalid", "ticket")]
    assert told(registrar.look, ticket=ticket) == [("token.invalid", "ticket")]
