"""Enabling an account that is in use through another service of the realm."""

from __future__ import annotations

import attrs
import pytest
from tests.world import ANNA, DIGEST, MARIO, OFFICE, World, code_of, refused

from registrazione.core.form_codes import form_code
from registrazione.core.profile import Federation, Gate
from registrazione.core.states import AccountState, CodeState, LinkState, PasswordState
from registrazione.profiles import load

CODE = MARIO.code
SIGNED = {"service": "istanze", "digest": DIGEST}
PORTALS = ["istanze-online", "polis"]


class Parent:
    """Somebody who has credentials for Iscrizioni On Line and signs in at the other portal."""

    def __init__(self, portal="polis", **settings):
        """Register there, come in here."""
        self.parents = World("iscrizioni-online")
        self.world = self.parents.sibling(portal, **settings)
        self.registrar = self.world.registrar
        self.account = self.parents.signed_in().account
        self.session = self.registrar.sign_in(self.account.username, MARIO.password).session

    def started(self):
        """Start the enabling, and replace the mailed code."""
        answer = self.registrar.start_enabling(self.session)
        code = self.world.code(MARIO.email())
        self.registrar.change_personal_code(self.session, code, CODE, CODE)
        return answer

    def now(self):
        """Return the account as it is."""
        return self.world.reload(self.account)


# -- in person ------------------------------------------------------------------------------


@pytest.mark.requirement("POL-02", "POL-04", "POL-07", "POL-10", "POL-12", "POL-15")
@pytest.mark.parametrize("portal", PORTALS)
def test_enabling_is_started_and_ended_by_a_visit(portal):
    """Code and form by mail, then the school; the credentials stay those of the other service."""
    parent = Parent(portal)
    service = next(s.name for s in parent.world.profile.services if s.personal_code)
    signed = {"service": service, "digest": DIGEST}
    assert parent.account.code is CodeState.NONE
    assert code_of(parent.registrar.enter_service, parent.session, service) == (
        "service.enabling_required"
    )

    answer = parent.registrar.start_enabling(parent.session)
    assert (answer.next.value, answer.session) == ("go_in_person", parent.session)
    assert (answer.account.state, answer.account.code) == (
        AccountState.ACTIVE,
        CodeState.TEMPORARY,
    )
    letter = parent.world.letters(MARIO.email())[-1]
    assert MARIO.cf in letter.partition("MODULO DI ADESIONE")[2]
    assert "/activate/" not in letter
    assert parent.registrar.look(session=parent.session).next.value == "change_personal_code"

    code = parent.world.code(MARIO.email())
    parent.registrar.change_personal_code(parent.session, code, CODE, CODE)
    for call, more in (
        (parent.registrar.enter_service, {"service": service}),
        (parent.registrar.authorise_submission, {"code": CODE, **signed}),
    ):
        assert code_of(call, parent.session, **more) == "service.enabling_required"

    seen = parent.world.seen(parent.account)
    assert (seen.account.state, seen.account.identification.office) == (
        AccountState.ACTIVE,
        OFFICE.office,
    )
    assert seen.account.gates_passed == ("link", "presence")
    assert parent.world.outbox()[-1].kind == "enabled"
    assert parent.registrar.enter_service(parent.session, service).destination == service
    assert parent.registrar.authorise_submission(parent.session, CODE, **signed).receipt
    assert parent.parents.registrar.sign_in(parent.account.username, MARIO.password).session


@pytest.mark.requirement("POL-04", "POL-07")
def test_the_visit_may_come_before_the_code_is_changed():
    """The order does not matter: enabled is who was seen and has a code of one's own."""
    parent = Parent()
    parent.registrar.start_enabling(parent.session)
    parent.world.seen(parent.account)

    assert code_of(parent.registrar.enter_service, parent.session, "istanze") == (
        "personal_code.change_required"
    )
    code = parent.world.code(MARIO.email())
    changed = parent.registrar.change_personal_code(parent.session, code, CODE, CODE)
    assert changed.next.value == "use_services"
    assert parent.registrar.enter_service(parent.session, "istanze").destination == "istanze"


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_desk_is_as_strict_as_with_a_registration():
    """Another person, an unsigned form: nothing happens; afterwards nobody is seen twice."""
    parent = Parent()
    parent.started()
    refusal = refused(parent.world.seen, parent.account, ANNA, form_signed=False)
    assert refusal.codes == ("presence.form_unsigned", "presence.other_person")
    assert parent.now().gates_passed == ("link",)

    parent.world.seen(parent.account)
    assert code_of(parent.world.seen, parent.account) == "account.already_active"


@pytest.mark.requirement("POL-04")
def test_nobody_is_enabled_who_did_not_start():
    """Where no code was asked for, and in a portal that enables nobody, no visit counts."""
    parent = Parent()
    assert code_of(parent.world.seen, parent.account) == "account.already_active"
    parent.started()
    assert code_of(parent.parents.seen, parent.account) == "account.already_active"


@pytest.mark.requirement("IST-10", "POL-07")
def test_the_form_leads_to_the_account_while_the_visit_is_to_come():
    """Its code is a key from the start to the visit, and no key of anybody else."""
    parent = Parent()
    found = lambda: parent.world.found("form", form_code(parent.account))  # noqa: E731

    assert found() == ()
    parent.started()
    assert [account.id for account in found()] == [parent.account.id]
    parent.world.seen(parent.account)
    assert found() == ()


# -- starting -------------------------------------------------------------------------------


@pytest.mark.requirement("POL-10")
def test_enabling_is_started_once_and_where_there_is_one():
    """Who is enabled or on the way is told so; in other portals there is nothing to be started."""
    parent = Parent()
    parent.registrar.start_enabling(parent.session)
    start = parent.registrar.start_enabling

    assert code_of(start, parent.session) == "personal_code.change_required"
    code = parent.world.code(MARIO.email())
    parent.registrar.change_personal_code(parent.session, code, CODE, CODE)
    assert code_of(start, parent.session) == "personal_code.already_set"
    assert code_of(start, "x.y.z") == "session.ended"
    assert code_of(parent.parents.registrar.start_enabling, parent.session) == "enabling.not_here"


@pytest.mark.parametrize("missing", ["gates", "personal_code"])
def test_enabling_takes_a_code_and_a_visit(missing):
    """A procedure with only one of the two has no enabling."""
    changes = {"gates": (Gate.LINK,)} if missing == "gates" else {"personal_code": None}
    plain = attrs.evolve(load("polis"), **changes)
    services = tuple(attrs.evolve(s, personal_code=False) for s in plain.services)
    parent = Parent(attrs.evolve(plain, services=services))

    assert code_of(parent.registrar.start_enabling, parent.session) == "enabling.not_here"


@pytest.mark.requirement("POL-09")
def test_a_lost_code_comes_with_the_form_until_the_visit():
    """Recovering the code sends the form once more; afterwards the code alone."""
    parent = Parent()
    parent.started()
    parent.registrar.recover_personal_code(parent.session)
    assert parent.world.outbox()[-1].kind == "enabling"
    parent.world.seen(parent.account)
    parent.registrar.recover_personal_code(parent.session)
    assert parent.world.outbox()[-1].kind == "code_recovery"


def test_where_codes_come_without_a_visit_they_are_all_that_is_asked_for():
    """A procedure without the gate of presence enables by the code alone, and recovers it so."""
    world = World(attrs.evolve(load("polis"), gates=(Gate.LINK,)))
    session = world.signed_in().session

    assert world.registrar.enter_service(session, "istanze").destination == "istanze"
    world.registrar.recover_personal_code(session)
    assert world.outbox()[-1].kind == "code_recovery"


# -- by identity ----------------------------------------------------------------------------


@pytest.mark.requirement("POL-18", "IOL-11")
def test_who_was_proved_by_an_identity_elsewhere_needs_the_code_alone():
    """The other portal's SPID stands for the visit; the code comes by mail."""
    parents = World("iscrizioni-online")
    answer = parents.spid()
    portal = parents.sibling("polis")
    session = answer.session
    started = portal.registrar.start_enabling(session)

    assert started.next.value == "change_personal_code"
    assert portal.outbox()[-1].kind == "code_recovery"
    code = portal.code(started.account.email)
    portal.registrar.change_personal_code(session, code, CODE, CODE)
    assert portal.registrar.enter_service(session, "istanze").destination == "istanze"


@pytest.mark.requirement("POL-18")
@pytest.mark.parametrize("started", [False, True])
def test_spid_enables_instead_of_the_visit(started):
    """With SPID the account is enabled, whether or not the visit was waited for.

    Nobody saw who chose password and code before: both give way to the identity's.
    """
    parent = Parent()
    if started:
        parent.started()
    asked = parent.world.spid(session=parent.session)
    answer = parent.registrar.align(asked.ticket, accept=True)

    assert answer.next.value == "change_personal_code"
    assert answer.account.gates_passed == ("link", "presence")
    assert (answer.account.link, answer.account.password) == (LinkState.ONLY, PasswordState.OFF)
    code = parent.world.code(answer.account.email)
    parent.registrar.change_personal_code(answer.session, code, "altro2026", "altro2026")
    assert parent.registrar.authorise_submission(answer.session, "altro2026", **SIGNED).receipt
    again = parent.world.spid()
    assert (again.next.value, again.account.code) == ("use_services", CodeState.SET)


@pytest.mark.requirement("POL-18")
def test_an_identity_that_is_known_from_elsewhere_enables_as_well():
    """Whoever has linked SPID in a portal that saw nobody comes to POLIS with it, enabled."""
    federation = Federation(providers=("spid",), satisfies=())
    parents = World(attrs.evolve(load("iscrizioni-online"), federation=federation, gates=()))
    answer = parents.spid()
    assert answer.account.gates_passed == ()
    came = parents.sibling("polis").spid()

    assert came.account.id == answer.account.id
    assert (came.account.gates_passed, came.account.code) == (("presence",), CodeState.TEMPORARY)
    assert came.next.value == "change_personal_code"


@pytest.mark.requirement("POL-18")
def test_where_spid_does_not_stand_for_the_visit_the_school_does():
    """Signing in with it then enables nobody; the visit does."""
    profile = load("polis")
    partly = attrs.evolve(profile.federation, satisfies=(Gate.LINK,), align=False)
    parent = Parent(attrs.evolve(profile, federation=partly))
    parent.started()
    answer = parent.world.spid(session=parent.session)

    assert code_of(parent.registrar.enter_service, answer.session, "istanze") == (
        "service.enabling_required"
    )
    parent.world.seen(parent.account)
    assert parent.registrar.enter_service(answer.session, "istanze").destination == "istanze"
