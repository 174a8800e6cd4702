"""SPID meets an account that exists already: aligned, refused, or somebody else's."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, MARIO, SECRETARIAT, World, code_of

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Identity
from registrazione.core.states import AccountState, LinkState, PasswordState
from registrazione.profiles import load

EMAIL = MARIO.email()
SPID_EMAIL = "mario.rossi@spid.example"
PASSWORD = MARIO.password


def known(name="unimi-external", **changes):
    """Return a world in which Mario has an account with his codice fiscale."""
    world = World(name)
    form_has_code = world.profile.field("cf") is not None
    more = {"cf": MARIO.cf} if form_has_code else {}
    return world, world.active(**more, **changes)


def second_identity(person=MARIO, provider="spid"):
    """Return what another identity provider says of the same person."""
    identity = Identity(provider=provider, issuer="https://other-idp", subject="another")
    return ScriptedProvider(
        provider, {person.username: person.vouched(provider, identity=identity)}
    )


# -- accepted -------------------------------------------------------------------------------


@pytest.mark.requirement("UNI-03")
def test_existing_credentials_are_aligned_with_spid():
    """The person sees what would change, accepts, and from then on comes by SPID only."""
    world, account = known()
    session = world.registrar.sign_in("mario.rossi", PASSWORD).session
    asked = world.spid()

    assert asked.next.value == "align"
    assert {(d.field, d.ours, d.theirs) for d in asked.differences} == {
        ("email", EMAIL, SPID_EMAIL),
    }
    assert world.reload(account).link is LinkState.TO_ALIGN
    aligned = world.registrar.align(asked.ticket, accept=True)

    assert (aligned.account.link, aligned.account.password) == (LinkState.ONLY, PasswordState.OFF)
    assert (aligned.account.id, aligned.account.email) == (account.id, SPID_EMAIL)
    assert (aligned.next.value, world.outbox()[-1].kind) == ("use_services", "aligned")
    assert code_of(world.registrar.history, session=session) == "session.ended"
    assert world.registrar.history(session=aligned.session).history
    assert code_of(world.registrar.sign_in, "mario.rossi", PASSWORD) == "password.off"
    assert code_of(world.registrar.align, asked.ticket, accept=True) == "token.used"
    assert world.spid().account.id == account.id


@pytest.mark.requirement("MIM-29", "UNI-03")
def test_the_service_that_was_wanted_outlives_the_question():
    """The ticket carries it, as one at the end of an hour does."""
    world, _ = known()
    asked = world.spid(service="pagamenti")
    world.wait(minutes=59)

    assert world.registrar.align(asked.ticket, accept=True).destination == "pagamenti"


@pytest.mark.requirement("UNI-03")
@pytest.mark.parametrize("accept", [False, None, "yes", 1])
def test_refusing_changes_nothing(accept):
    """Only a plain yes is one; after a no the password opens the account as before."""
    world, account = known()
    asked = world.spid()
    refused = world.registrar.align(asked.ticket, accept=accept)

    assert (refused.next.value, refused.session) == ("sign_in", "")
    now = world.reload(account)
    assert (now.link, now.password, now.identities) == (LinkState.NONE, PasswordState.SET, ())
    assert (now.email, now.values) == (account.email, account.values)
    assert world.registrar.sign_in("mario.rossi", PASSWORD).session
    assert world.spid().next.value == "align"


def test_the_decision_can_wait_an_hour_and_no_longer():
    """Meanwhile the password works; coming back asks again and voids the first ticket."""
    world, _ = known()
    first = world.spid()
    assert world.registrar.sign_in("mario.rossi", PASSWORD).next.value == "use_services"
    second = world.spid()
    assert code_of(world.registrar.align, first.ticket, accept=True) == "token.used"
    world.wait(hours=1, seconds=1)

    assert code_of(world.registrar.align, second.ticket, accept=True) == "token.expired"


def test_an_alignment_that_is_no_longer_pending():
    """A genuine ticket whose identity is gone is used up."""
    world, account = known()
    ticket = world.spid().ticket
    world.put(account, pending_identity=None)

    assert code_of(world.registrar.align, ticket, accept=True) == "token.used"


def test_an_address_that_somebody_else_holds_is_not_taken_over():
    """Everything else is aligned, and the account keeps its own address."""
    world, account = known()
    world.active(ANNA, email=SPID_EMAIL)
    asked = world.spid()
    aligned = world.registrar.align(asked.ticket, accept=True).account

    assert (aligned.email, aligned.link) == (EMAIL, LinkState.ONLY)
    assert world.reload(account).email == EMAIL


def test_the_provider_s_address_is_made_canonical():
    """It is stored and mailed in the one form that it has; one that is none is left."""
    for told, kept in (("Mario@SPID.Example", "Mario@spid.example"), ("nothing", EMAIL)):
        values = {**MARIO.vouched().values, "email": told}
        script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=values)})
        world = World("unimi-external", identity_providers=[script])
        world.active(cf=MARIO.cf)
        assert world.registrar.align(world.spid().ticket, accept=True).account.email == kept


# -- somebody else's ------------------------------------------------------------------------


@pytest.mark.requirement("UNI-04")
def test_somebody_else_s_spid_is_refused():
    """Whoever is signed in can add their own identity only."""
    world, _ = known()
    session = world.registrar.sign_in("mario.rossi", PASSWORD).session

    assert code_of(world.spid, ANNA, session=session) == "identity.other_person"
    assert world.spid(session=session).next.value == "align"
    assert code_of(world.spid, session="no.session") == "session.ended"


@pytest.mark.requirement("UNI-04")
@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({"name": "MARIO", "surname": "  Rossi ", "birth_date": "1980-01-01"}, True),
        ({"name": "Mario", "surname": "Rossi"}, True),
        ({"name": "Mario", "surname": "Rossi", "birth_date": "1980-01-02"}, False),
        ({"name": "Maria", "surname": "Rossi", "birth_date": "1980-01-01"}, False),
        ({"name": "Mario", "birth_date": "1980-01-01"}, False),
        ({}, False),
    ],
    ids=["capitals", "names", "birth", "name", "no surname", "nothing"],
)
def test_without_a_code_the_names_have_to_agree(told, same):
    """An account that gave none is compared by names and birth, as far as they are told."""
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=told)})
    world = World("unimi-external", identity_providers=[script])
    session = world.signed_in().session

    if same:
        assert world.spid(session=session).next.value == "align"
    else:
        assert code_of(world.spid, session=session) == "identity.other_person"


def test_an_account_without_a_code_gets_one_from_the_office():
    """Then the person's own identity finds it without a session, too."""
    world = World("unimi-external")
    account = world.active()
    world.registrar.correct_data(SECRETARIAT, account.id, {"cf": MARIO.cf}, "documento visto")

    assert world.spid().next.value == "align"


@pytest.mark.requirement("MIM-20")
def test_what_the_procedure_does_not_ask_for_is_not_kept():
    """More than the form asks for is not taken over from a provider, passwords least of all."""
    told = {**MARIO.vouched().values, "shoe_size": "43", "username": "root", "password": "x"}
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=told)})
    new = World("unimi-external", identity_providers=[script])
    standard = World("standard", identity_providers=[script])

    assert not {"shoe_size", "username", "password"} & new.spid().account.values.keys()
    assert standard.spid().account.codice_fiscale is None


def test_accounts_are_never_merged_by_address():
    """The same mailbox is no proof: SPID makes its own account, with another address."""
    world = World("unimi-external")
    account = world.active(email=SPID_EMAIL)
    answer = world.spid()

    assert answer.next.value == "complete_data"
    assert answer.account.id != account.id


def test_an_identity_that_opens_another_account_is_not_given_a_second():
    """Whoever came by SPID first has an account by it; the one with the password stays apart."""
    world = World("unimi-external")
    first = world.spid().account
    session = world.signed_in().session

    assert code_of(world.spid, session=session) == "registration.person_known"
    waiting = world.confirmed(MARIO, cf=MARIO.cf, username="mario2", email="m2@example.it")
    assert code_of(world.spid, ticket=waiting.ticket) == "registration.person_known"
    assert world.spid().account.id == first.id


def test_an_identity_that_was_linked_elsewhere_meanwhile():
    """Between asking and accepting, another account may have got it."""
    world, account = known()
    asked = world.spid()
    other = world.active(ANNA)
    world.put(other, identities=(MARIO.vouched().identity,))

    assert code_of(world.registrar.align, asked.ticket, accept=True) == (
        "registration.person_known"
    )
    assert world.registrar.align(asked.ticket, accept=False).account.id == account.id


# -- who was never seen ---------------------------------------------------------------------


@pytest.mark.requirement("IOL-11", "POL-15")
def test_the_password_of_a_person_nobody_saw_is_switched_off():
    """It may be a stranger's, who registered with somebody's code first."""
    world, _ = known("iscrizioni-online")
    answer = world.spid()
    aligned = world.registrar.align(answer.ticket, accept=True).account

    assert (aligned.password, aligned.link) == (PasswordState.OFF, LinkState.ONLY)
    assert aligned.email == SPID_EMAIL
    assert aligned.sessions[-1].method == "spid"
    assert len(aligned.sessions) == 1


@pytest.mark.parametrize("name", ["polis", "mim-students"])
def test_the_password_of_a_person_somebody_saw_stays(name):
    """Secretariat or school have seen who it is: both ways in stay open."""
    world, account = known(name)
    aligned = world.registrar.align(world.spid().ticket, accept=True).account

    assert aligned.link is LinkState.LINKED
    assert aligned.password is not PasswordState.OFF
    assert aligned.email == account.email


def test_without_alignment_the_identity_is_linked_at_once():
    """Where the procedure does not ask, the same rules hold."""
    profile = load("unimi-external")
    profile = attrs.evolve(profile, federation=attrs.evolve(profile.federation, align=False))
    world = World(profile)
    world.active(cf=MARIO.cf)
    answer = world.spid(service="pagamenti")

    assert (answer.account.link, answer.account.password) == (LinkState.ONLY, PasswordState.OFF)
    assert (answer.next.value, answer.destination) == ("use_services", "pagamenti")


# -- a second identity ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iscrizioni-online", "unimi-external", "polis"])
def test_a_second_identity_of_the_same_person_opens_the_account_too(name):
    """Another provider of SPID, or CIE: the person is proved already, nothing is asked."""
    world, account = known(name)
    first = world.registrar.align(world.spid().ticket, accept=True)
    other = world.sibling(identity_providers=[second_identity()])
    answer = other.spid()

    assert answer.account.id == account.id
    assert len(answer.account.identities) == 2
    assert answer.account.link is first.account.link
    assert other.spid().account.id == world.spid().account.id == account.id


def test_the_same_identity_added_twice_is_one():
    """Whoever is in by SPID and comes back with it changes nothing."""
    world, _ = known()
    session = world.registrar.align(world.spid().ticket, accept=True).session
    again = world.spid(session=session)

    assert (len(again.account.identities), again.next.value) == (1, "use_services")


def test_a_suspended_person_does_not_come_in_by_another_door():
    """Neither by an identity that is linked nor by the person's first."""
    world, account = known()
    world.registrar.suspend(SECRETARIAT, account.id, "accertamenti")
    assert code_of(world.spid) == "account.suspended"
    world.registrar.reinstate(SECRETARIAT, account.id, "chiarito")
    world.registrar.align(world.spid().ticket, accept=True)
    world.registrar.suspend(SECRETARIAT, account.id, "accertamenti")

    assert code_of(world.spid) == "account.suspended"
    assert world.reload(account).state is AccountState.SUSPENDED


def test_differences_name_only_what_differs():
    """A code that the account lacks is one; what the provider does not tell is none."""
    world, account = known()
    values = {"name": "Mario", "surname": "Rossi Bianchi"}
    script = ScriptedProvider("spid", {MARIO.username: MARIO.vouched(values=values)})
    other = world.sibling(identity_providers=[script])

    (difference,) = other.spid().differences
    assert (difference.field, difference.ours, difference.theirs) == (
        "surname",
        account.values["surname"],
        "Rossi Bianchi",
    )
    assert "Rossi" not in repr(difference)
