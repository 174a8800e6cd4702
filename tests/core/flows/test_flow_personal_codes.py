"""The personal code: changed, recovered, and asked for at the end of each application."""

from __future__ import annotations

import pytest
from tests.world import DIGEST, MARIO, World, code_of, refused

from registrazione.core.states import CodeState

EMAIL = MARIO.email()
CODE = MARIO.code


def enabled():
    """Return a world of the later procedure, and a session of somebody fully enabled."""
    world = World("polis")
    return world, world.signed_in().session


def fresh():
    """Return a world, a session of somebody who came in for the first time, and the code."""
    world = World("polis")
    world.active()
    return world, world.registrar.sign_in("mario.rossi", MARIO.password).session, world.code(EMAIL)


def sign(world, session, code=CODE, service="istanze", digest=DIGEST):
    """Sign an application."""
    return world.registrar.authorise_submission(session, code, service=service, digest=digest)


def account_of(world):
    """Return the account as it is now."""
    return world.found("username", "mario.rossi")[0]


# -- changing -------------------------------------------------------------------------------


@pytest.mark.requirement("IST-12", "POL-07")
@pytest.mark.parametrize("name", ["istanze-online", "polis"])
def test_the_temporary_code_is_changed_at_the_first_access(name):
    """Nothing works before; the letter's code opens the change, and then no more."""
    world = World(name)
    account = world.active()
    answer = world.registrar.sign_in("mario.rossi", MARIO.password)
    code = world.code(account.email)

    assert answer.next.value == "change_personal_code"
    service = world.profile.services[0].name
    for call, more in (
        (world.registrar.enter_service, (service,)),
        (world.registrar.update_contacts, ({},)),
    ):
        assert code_of(call, answer.session, *more) == "personal_code.change_required"
    assert code_of(sign, world, answer.session, code, service) == "personal_code.change_required"
    changed = world.registrar.change_personal_code(answer.session, code, CODE, CODE)
    assert (changed.next.value, changed.account.code) == ("use_services", CodeState.SET)
    assert world.outbox()[-1].kind == "code_changed"
    assert code_of(
        world.registrar.change_personal_code, answer.session, code, "other2026", "other2026"
    ) == ("personal_code.wrong")
    assert world.registrar.enter_service(answer.session, service).destination == service


@pytest.mark.requirement("POL-07")
def test_the_new_code_is_alphanumeric_and_no_other_secret():
    """Its own faults at once; neither the password nor the temporary code again."""
    world, session, code = fresh()
    change = world.registrar.change_personal_code

    assert refused(change, session, code, "à!", "other").codes == (
        "personal_code.too_short",
        "personal_code.character",
        "personal_code.needs_letter",
        "personal_code.needs_digit",
        "personal_code.mismatch",
    )
    assert code_of(change, session, code, "x" * 101, "x") == "input.too_long"
    assert code_of(change, session, code, MARIO.password, MARIO.password) == (
        "personal_code.same_as_password"
    )
    assert code_of(change, session, code, code, code) == "personal_code.same_as_temporary"
    assert account_of(world).code_failures == 0
    change(session, code, CODE, CODE)
    assert change(session, CODE, CODE, CODE).account.code is CodeState.SET


def test_a_code_that_is_not_good_enough_is_no_wrong_code():
    """However often the new one is refused, nobody who knows the old one is blocked."""
    world, session, code = fresh()
    for _ in range(6):
        assert (
            code_of(
                world.registrar.change_personal_code, session, code, MARIO.password, MARIO.password
            )
            == "personal_code.same_as_password"
        )

    assert world.registrar.change_personal_code(session, code, CODE, CODE).account.code == "set"


def test_too_many_wrong_codes_block_it():
    """Four are told how many are left, the fifth blocks; the right one is of no use then."""
    world, session = enabled()
    left = []
    for _ in range(4):
        refusal = refused(sign, world, session, "wrong2026")
        left.append(refusal.faults[0].params["left"])
        assert (refusal.code, refusal.faults[0].field) == ("personal_code.wrong", "code")
    assert left == [4, 3, 2, 1]
    assert code_of(sign, world, session, "wrong2026") == "personal_code.blocked"

    assert account_of(world).code is CodeState.BLOCKED
    assert code_of(sign, world, session) == "personal_code.blocked"
    assert code_of(
        world.registrar.change_personal_code, session, CODE, "other2026", "other2026"
    ) == ("personal_code.blocked")


def test_the_right_code_forgives_wrong_ones():
    """Counting begins anew after a signature, and after a change."""
    world, session = enabled()
    for _ in range(4):
        code_of(sign, world, session, "wrong2026")
    sign(world, session)
    assert account_of(world).code_failures == 0
    code_of(sign, world, session, "wrong2026")
    world.registrar.change_personal_code(session, CODE, "other2026", "other2026")

    assert account_of(world).code_failures == 0


def test_who_judged_the_last_attempt_may_have_died():
    """Counted and never judged: no further guess is judged, and recovering still leads on."""
    world, session = enabled()
    world.put(account_of(world), code_failures=5)

    assert code_of(sign, world, session) == "personal_code.blocked"
    assert account_of(world).code_failures == 5
    world.registrar.recover_personal_code(session)
    code = world.code(EMAIL)
    assert world.registrar.change_personal_code(session, code, "other2026", "other2026").account


# -- recovering -----------------------------------------------------------------------------


@pytest.mark.requirement("POL-09")
def test_the_code_is_recovered_from_the_personal_page_by_mail():
    """Also a blocked one: a new temporary code comes, and has to be changed."""
    world, session = enabled()
    for _ in range(5):
        code_of(sign, world, session, "wrong2026")
    answer = world.registrar.recover_personal_code(session)
    code = world.code(EMAIL)

    assert (answer.next.value, answer.account.code) == ("read_mail", CodeState.TEMPORARY)
    assert world.outbox()[-1].kind == "code_recovery"
    assert code_of(sign, world, session) == "personal_code.change_required"
    assert world.registrar.change_personal_code(session, code, CODE, CODE).account.code == "set"
    assert sign(world, session).receipt


def test_recovering_twice_leaves_the_newest_only():
    """The code of the older letter is worth nothing any more."""
    world, session = enabled()
    world.registrar.recover_personal_code(session)
    first = world.code(EMAIL)
    world.registrar.recover_personal_code(session)
    second = world.code(EMAIL)

    assert code_of(world.registrar.change_personal_code, session, first, CODE, CODE) == (
        "personal_code.wrong"
    )
    assert world.registrar.change_personal_code(session, second, CODE, CODE).account


@pytest.mark.parametrize("call", ["recover_personal_code", "change_personal_code"])
def test_where_there_are_no_codes_there_is_none_to_change(call):
    """The account has none; and one from another portal of the realm is not this one's business."""
    world = World("iscrizioni-online")
    session = world.signed_in().session
    more = ("old", "new2026x", "new2026x") if call.startswith("change") else ()
    method = getattr(world.registrar, call)
    assert code_of(method, session, *more) == "personal_code.none"

    world.put(world.found("codice_fiscale", MARIO.cf)[0], code="set")
    assert code_of(method, session, *more) == "personal_code.none"
    assert code_of(sign, world, session) == "personal_code.none"


# -- signing --------------------------------------------------------------------------------


@pytest.mark.requirement("POL-03", "POL-08", "IST-13")
def test_an_application_is_signed_with_the_code():
    """The receipt proves who signed what, for which service and when; the trail knows as well."""
    world, session = enabled()
    answer = sign(world, session)
    verify = world.registrar.verify_receipt

    assert answer.next.value == "use_services"
    claims = verify(answer.receipt, service="istanze", digest=DIGEST)
    assert (claims.account_id, claims.issued_at) == (account_of(world).id, world.clock.now())
    assert verify(answer.receipt, service="iscrizioni", digest=DIGEST) is None
    assert verify(answer.receipt, service="istanze", digest="0" * 64) is None
    assert verify(session, service="istanze", digest=DIGEST) is None
    assert verify("nothing", service="istanze", digest=DIGEST) is None
    trail = world.registrar.history(session=session).history
    assert {"service": "istanze", "digest": DIGEST} in [dict(r.details) for r in trail]


@pytest.mark.parametrize(
    ("service", "digest", "code"),
    [
        ("istanze", DIGEST.upper(), "submission.digest"),
        ("istanze", DIGEST[:-1], "submission.digest"),
        ("istanze", "z" * 64, "submission.digest"),
        ("istanze", None, "input.missing"),
        ("nothing", DIGEST, "service.unknown"),
        (None, DIGEST, "input.missing"),
    ],
)
def test_what_cannot_be_signed_costs_no_attempt(service, digest, code):
    """Service and digest are looked at before the code, and nothing is counted for them."""
    world, session = enabled()

    assert code_of(sign, world, session, "wrong2026", service, digest) == code
    assert account_of(world).code_failures == 0


def test_a_session_is_needed_to_sign():
    """The code alone signs nothing."""
    world, _ = enabled()

    assert code_of(sign, world, "no.session") == "session.ended"
