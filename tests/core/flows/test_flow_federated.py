"""SPID, CIE and eIDAS: somebody new, somebody known, somebody else."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, DIGEST, LUCA, MARIO, PROFILES, World, code_of, refused

from registrazione.adapters.scripted_identity import ScriptedProvider
from registrazione.core.account import Identity
from registrazione.core.profile import Gate, Limits
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.ports import IdentityError
from registrazione.profiles import load

SPID_EMAIL = "mario.rossi@spid.example"


def scripted(world_of, person=MARIO, provider="spid", **told):
    """Return a world in which the provider says something else of the person."""
    outcome = told.pop("outcome", None) or person.vouched(provider, **told)
    script = ScriptedProvider(provider, {person.username: outcome})
    return World(world_of, identity_providers=[script])


def completed(world, answer, person=MARIO, consents=("terms", "privacy"), **changes):
    """Fill in what is missing."""
    typed = {**person.values(world.profile, **changes), "cf": person.cf}
    typed = {name: value for name, value in typed.items() if name in answer.missing}
    return world.registrar.complete_data(answer.ticket, typed, consents=consents)


# -- the provider ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_only_the_procedure_s_providers_are_asked(name):
    """Whoever else vouches is not even asked."""
    world = World(name)
    refusal = refused(world.spid, provider="google")

    assert [(f.code, f.field) for f in refusal.faults] == [
        ("identity.unknown_provider", "provider")
    ]
    if not world.profile.federation.providers:
        assert code_of(world.spid) == "identity.unknown_provider"


@pytest.mark.parametrize(
    "code", ["cancelled", "level_too_low", "expired", "replayed", "invalid", "unavailable"]
)
def test_what_the_provider_objects_to_is_a_refusal(code):
    """Each has its words, and its line in the trail."""
    world = scripted("unimi-external", outcome=IdentityError(code))

    assert code_of(world.spid) == f"identity.{code}"
    assert (world.told[-1].event, world.told[-1].outcome) == ("sign_in_with", f"identity.{code}")


@pytest.mark.parametrize("response", [None, 5, "mario", [], {}, {"person": 5}, {"nonce": "n"}])
def test_any_other_response_is_invalid(response):
    """Whatever comes back, of whatever type."""
    assert code_of(World().registrar.sign_in_with, "spid", response) == "identity.invalid"


def test_a_provider_that_is_not_set_up_is_not_available():
    """The procedure offers it, the settings do not have it."""
    world = World("unimi-external", identity_providers=[])

    assert code_of(world.spid) == "identity.unavailable"


def test_a_provider_speaks_for_itself_only():
    """An adapter that vouches in another one's name is not believed."""
    identity = Identity(provider="cie", issuer="idp", subject="m")
    world = scripted("unimi-external", identity=identity)

    assert code_of(world.spid) == "identity.invalid"


def test_the_level_has_to_be_high_enough():
    """The procedure says how sure it wants to be."""
    world = scripted("unimi-external", level=1)

    assert code_of(world.spid) == "identity.level_too_low"


def test_coming_back_has_its_limit():
    """As any door."""
    world = World(attrs.evolve(load("unimi-external"), limits=Limits(origin=1)))
    world.spid(origin="10.0.0.1")

    assert code_of(world.spid, origin="10.0.0.1") == "limit.reached"


# -- somebody new ---------------------------------------------------------------------------


@pytest.mark.requirement("UNI-02")
def test_with_spid_there_is_no_registration():
    """The data come from SPID, the account is active at once, and the person is in."""
    world = World("unimi-external")
    answer = world.spid(service="pagamenti")
    account = answer.account

    assert (account.state, account.link) == (AccountState.ACTIVE, LinkState.LINKED)
    assert (account.password, account.username) == (PasswordState.NONE, None)
    assert (account.codice_fiscale, account.email) == (MARIO.cf, SPID_EMAIL)
    assert account.values["phone"] == "+393331234567"
    assert (answer.destination, answer.next.value) == ("pagamenti", "use_services")
    assert world.registrar.enter_service(answer.session, "pagamenti").destination == "pagamenti"
    assert [m.kind for m in world.outbox()] == ["activated"]
    assert world.spid().account.id == account.id


@pytest.mark.requirement("MIM-29", "MIM-06")
@pytest.mark.parametrize("service", ["", "pcto"])
def test_the_service_that_was_wanted_outlives_the_form_of_what_is_missing(service):
    """The ticket carries it: answer and session name it once one is in."""
    world = World("mim-students")
    done = completed(world, world.spid(service=service))

    assert (done.next.value, done.destination) == ("use_services", service)
    assert [session.destination for session in done.account.sessions] == [service]


@pytest.mark.requirement("MIM-02", "MIM-06")
def test_spid_users_only_fill_in_what_is_missing():
    """The form asks for what SPID does not tell, and for the consents; then one is in."""
    world = World("mim-students")
    answer = world.spid()
    assert answer.next.value == "complete_data"
    assert answer.missing == ("birth_nation", "birth_region", "birth_province")
    assert answer.account.state is AccountState.CLAIM

    done = completed(world, answer)
    assert (done.account.state, done.next.value) == (AccountState.ACTIVE, "use_services")
    assert done.account.values["birth_region"] == "Lazio"
    assert [c.name for c in done.account.consents] == ["terms", "privacy"]
    assert done.account.pending_identity is None
    assert world.spid().account.id == done.account.id
    assert code_of(completed, world, answer) == "token.used"


def test_what_is_missing_is_checked_like_the_form():
    """All faults at once, consents among them; what was told already is not asked for."""
    world = World("mim-students")
    answer = world.spid()
    complete = world.registrar.complete_data

    assert set(refused(complete, answer.ticket, {}, consents=["terms"]).codes) == {
        "input.missing",
        "consent.acknowledge",
    }
    assert code_of(completed, world, answer, consents=()) == "consent.accept"
    assert code_of(complete, answer.ticket, {"phone": "1"}, consents=["terms"]) == (
        "input.unknown_field"
    )
    assert code_of(complete, answer.ticket, {"name": "Luigi"}, consents=["terms"]) == (
        "data.vouched"
    )
    assert code_of(complete, answer.ticket, None) == "input.type"
    world.wait(hours=1)
    assert world.reload(answer).state is AccountState.CLAIM
    world.wait(seconds=1)
    assert code_of(completed, world, answer) == "token.expired"


def test_who_comes_back_before_filling_in_begins_anew():
    """The claim that was left lying vanishes once another one is complete."""
    world = World("mim-students")
    first, second = world.spid(), world.spid()
    assert first.account.id != second.account.id
    completed(world, second)

    assert world.reload(first) is None
    assert code_of(completed, world, first) == "token.used"


@pytest.mark.requirement("MIM-08")
def test_eidas_tells_less():
    """No codice fiscale, no address: the person is asked for them, and comes back by eIDAS."""
    told = {"name": "Mario", "surname": "Rossi", "birth_date": "1980-01-01"}
    world = scripted("mim-students", provider="eidas", codice_fiscale=None, values=told)
    answer = world.spid(provider="eidas")
    assert set(answer.missing) >= {"cf", "email", "email_again", "birth_place", "sex"}
    account = completed(world, answer).account

    assert (account.codice_fiscale, account.email) == (MARIO.cf, MARIO.email())
    assert world.spid(provider="eidas").account.id == account.id


@pytest.mark.requirement("MIM-03")
def test_the_window_is_shut_for_new_people_only():
    """After the closing date, whoever is known still comes in by SPID."""
    world = World("mim-students")
    completed(world, world.spid())
    world.wait(days=60)

    assert code_of(world.spid, LUCA) == "window.late"
    assert world.spid().session


def test_a_code_that_is_none_is_not_believed():
    """An identity with a broken codice fiscale registers nobody."""
    world = scripted("unimi-external", codice_fiscale="RSSMRA80A01H501A")

    assert code_of(world.spid) == "cf.controllo"


@pytest.mark.parametrize("told", [None, "nothing", "held@example.it"])
def test_an_address_that_cannot_be_used_is_asked_for(told):
    """None, a malformed one, or one that another account holds: the person names another."""
    values = {k: v for k, v in MARIO.vouched().values.items() if k != "email"}
    values |= {"email": told} if told else {}
    world = scripted("unimi-external", values=values)
    world.active(ANNA, email="held@example.it")
    answer = world.spid()

    assert answer.missing == ("email",)
    assert code_of(completed, world, answer, email="held@example.it") == "registration.person_known"
    assert completed(world, answer, email="free@example.it").account.email == "free@example.it"


def test_a_suspended_holder_keeps_the_address_too():
    """What a suspended account holds is not free."""
    world = World("unimi-external")
    other = world.active(ANNA, email=SPID_EMAIL)
    world.put(other, state=AccountState.SUSPENDED)

    assert world.spid().missing == ("email",)


def test_who_only_claims_an_address_does_not_keep_it():
    """A registration that waits for its link holds nothing against the person SPID vouches for."""
    world = World("unimi-external")
    world.confirmed(ANNA, email=SPID_EMAIL)

    assert world.spid().account.email == SPID_EMAIL


def test_where_addresses_are_shared_the_provider_s_is_taken():
    """A procedure that is keyed by the person does not mind a second one of that mailbox."""
    world = World("iscrizioni-online")
    world.active(ANNA, email=SPID_EMAIL)
    answer = world.spid()

    assert (answer.next.value, answer.missing) == ("use_services", ())
    assert answer.account.email == SPID_EMAIL


def test_an_identity_may_stand_for_some_gates_only():
    """Where SPID does not replace the visit, one waits for it, and is not in yet."""
    profile = load("polis")
    partly = attrs.evolve(profile.federation, satisfies=(Gate.LINK,))
    world = World(attrs.evolve(profile, federation=partly))
    answer = completed(world, world.spid(), consents=())

    assert (answer.account.state, answer.next.value) == (
        AccountState.AWAITING_PRESENCE,
        "go_in_person",
    )
    assert answer.session == ""
    assert code_of(world.spid) == "account.awaiting_presence"
    assert world.seen(answer.account).account.state is AccountState.ACTIVE
    assert world.spid().next.value == "change_personal_code"


def test_a_claim_without_a_pending_identity_completes_nothing():
    """A genuine ticket whose identity is gone is used up."""
    world = World("mim-students")
    answer = world.spid()
    world.put(answer.account, pending_identity=None)

    assert code_of(completed, world, answer) == "token.used"


# -- enabling -------------------------------------------------------------------------------


@pytest.mark.requirement("POL-01", "POL-18")
@pytest.mark.parametrize("proved", [False, True])
def test_spid_enables_instead_of_the_visit(proved):
    """The browser that registered goes on with SPID, before or after the receipt was used."""
    world = World("polis")
    answer = world.confirmed()
    if proved:
        world.proved(answer=answer)
    enabled = world.spid(ticket=answer.ticket)

    assert (enabled.account.state, enabled.account.link) == (AccountState.ACTIVE, LinkState.LINKED)
    assert enabled.account.password is PasswordState.SET
    assert enabled.next.value == "change_personal_code"
    assert world.registrar.sign_in("mario.rossi", MARIO.password).session


@pytest.mark.requirement("POL-18")
def test_spid_alone_does_not_bring_a_stranger_s_registration_to_life():
    """Without the ticket, the person's own identity makes an account of its own."""
    world = World("polis")
    stranger = world.confirmed()
    mine = completed(world, world.spid(), consents=())

    assert mine.account.id != stranger.account.id
    assert mine.account.password is PasswordState.NONE
    assert world.reload(stranger) is None
    assert code_of(world.spid, ticket=stranger.ticket) == "token.used"


@pytest.mark.requirement("UNI-04")
def test_enabling_takes_the_person_s_own_identity_and_ticket():
    """Somebody else's identity, no ticket, an old one, or nothing that waits."""
    world = World("polis")
    answer = world.confirmed()

    assert code_of(world.spid, ANNA, ticket=answer.ticket) == "identity.other_person"
    assert code_of(world.spid, ticket="no.ticket") == "token.invalid"
    world.spid(ticket=answer.ticket)
    assert code_of(world.spid, ticket=answer.ticket) == "account.already_active"
    world.wait(days=181)
    assert code_of(world.spid, ticket=answer.ticket) == "token.expired"


@pytest.mark.requirement("POL-10", "POL-12")
def test_enabling_may_be_started_from_signing_in():
    """Whoever signs in before the visit gets a ticket, and with it may go on with SPID."""
    world = World("polis")
    world.proved()
    ticket = refused(world.registrar.sign_in, "mario.rossi", MARIO.password).ticket

    assert world.spid(ticket=ticket).account.state is AccountState.ACTIVE


@pytest.mark.requirement("POL-01", "POL-03", "POL-18")
def test_who_comes_straight_by_spid_gets_a_code_and_signs():
    """The temporary code comes by mail, is changed, and applications can be signed."""
    world = World("polis")
    answer = completed(world, world.spid(), consents=())
    assert (answer.next.value, answer.account.code) == (
        "change_personal_code",
        CodeState.TEMPORARY,
    )
    code = world.code(answer.account.email)
    world.registrar.change_personal_code(answer.session, code, MARIO.code, MARIO.code)

    assert world.registrar.authorise_submission(
        answer.session, MARIO.code, service="istanze", digest=DIGEST
    ).receipt


def test_a_procedure_that_wants_the_visit_gives_no_code_for_an_identity():
    """Where SPID does not stand for the visit, signing in with it enables nobody."""
    profile = load("polis")
    partly = attrs.evolve(profile.federation, satisfies=(Gate.LINK,))
    world = World(attrs.evolve(profile, federation=partly))
    account = world.active()
    world.put(account, code=CodeState.NONE, code_credential=None)
    answer = world.spid()

    assert world.registrar.align(answer.ticket, accept=True).account.code is CodeState.NONE


def test_the_tickets_state_is_told():
    """What is over by other means is refused with its own words."""
    world = World("polis")
    answer = world.confirmed()
    world.put(answer.account, state=AccountState.SUSPENDED, activated_at=world.clock.now())

    assert code_of(world.spid, ticket=answer.ticket) == "account.suspended"
