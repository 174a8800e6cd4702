"""Out again: the way to the provider's end of session and back, and what the provider tells."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from registrazione.adapters.oidc import leaving, rules
from registrazione.adapters.oidc.guards import Guard
from registrazione.core.account import Identity
from registrazione.ports import Ending, EndsSessions, IdentityError
from registrazione.testing.oidc_attacks_choices import FIRST, SECOND, ChoiceStage
from registrazione.testing.oidc_attacks_logout import LOGOUT_ATTACKS, LOGOUT_BENIGN, SID
from registrazione.testing.oidc_bends import drop, put
from registrazione.testing.oidc_op import Twist
from registrazione.testing.oidc_stage import STATE, Stage, client_of

LOGOUT = "https://rp.example/identity/oidc/logout"


@pytest.mark.parametrize("case", LOGOUT_ATTACKS, ids=lambda case: case.name)
def test_nobody_else_ends_a_session(case):
    """Only what the provider has signed, for us, now and once (OIDC Back-Channel Logout 2.6)."""
    with pytest.raises(IdentityError) as caught:
        case.play()

    assert caught.value.code == case.code


@pytest.mark.parametrize("case", LOGOUT_BENIGN, ids=lambda case: case.name)
def test_the_provider_ends_a_session(case):
    """It is named as it was at sign-in."""
    stage = Stage()
    assert case.play() == Ending(sessions=(stage.sign_in().session,))
    assert stage.sign_in(state="b" * 32).session == leaving.session_text(stage.op.issuer, SID)


def test_the_provider_ends_all_sessions_of_somebody():
    """Where it names the person alone (OIDC Back-Channel Logout 2.7)."""
    stage = Stage()
    token = stage.op.logout_token(stage.client, SID, Twist(claims=drop("sid")))
    whose = Identity(provider="oidc", issuer=stage.op.issuer, subject="op/somebody")

    assert stage.provider.ended({"logout_token": token}, "") == Ending(identity=whose)


@pytest.mark.parametrize("name", [guard.name for guard in rules.LOGOUT_GUARDS])
def test_each_guard_is_needed(name, monkeypatch):
    """Without it an attack succeeds, or is refused for another reason."""
    original = Guard.admits
    monkeypatch.setattr(Guard, "admits", lambda self, it: self.name == name or original(self, it))

    assert any(_ends_otherwise(case) for case in LOGOUT_ATTACKS)


def _ends_otherwise(case):
    try:
        case.play()
    except IdentityError as error:
        return error.code != case.code
    except Exception:  # noqa: BLE001 - any other error is what is looked for
        return True
    return True


def test_the_browser_goes_to_the_end_of_the_session_and_comes_back():
    """With who we are, which session it is, and the name of the way (RP-Initiated Logout 1.0)."""
    stage = Stage(client=client_of(logout_uri=LOGOUT))
    session = stage.sign_in().session
    outgoing = stage.provider.leave(session, STATE)

    assert isinstance(stage.provider, EndsSessions)
    assert outgoing.url.startswith("https://op.example/leave?")
    assert dict(parse_qsl(urlsplit(outgoing.url).query)) == {
        "client_id": "https://rp.example",
        "logout_hint": SID,
        "post_logout_redirect_uri": LOGOUT,
        "state": STATE,
    }
    assert stage.provider.ended({"state": STATE}, f"state={STATE}") == Ending()


def test_without_a_page_of_ours_the_browser_stays_there():
    """Where no address was agreed, none is sent."""
    stage = Stage()
    stage.op.twist = Twist(claims=drop("sid"))
    outgoing = stage.provider.leave(stage.sign_in().session, STATE)

    assert outgoing.url == "https://op.example/leave?client_id=https%3A%2F%2Frp.example"


def test_a_provider_without_an_end_of_session_has_none():
    """Neither at sign-in nor later, nor with a session of another provider."""
    stage = Stage()
    session = stage.sign_in().session
    assert stage.provider.leave(leaving.session_text("https://x.example", SID), STATE) is None

    other = Stage()
    other.op.twist = Twist(document=drop("end_session_endpoint"), claims=drop("sid"))
    assert other.sign_in().session == ""
    assert other.provider.leave(session, STATE) is None


def test_a_session_that_only_the_provider_can_end_is_known_by_its_name():
    """There is no way out to it, but it may say that it has ended."""
    stage = Stage()
    stage.op.twist = Twist(document=drop("end_session_endpoint"))
    session = stage.sign_in().session

    assert session == leaving.session_text(stage.op.issuer, SID)
    assert stage.provider.leave(session, STATE) is None


@pytest.mark.parametrize("sid", [1, "", "s" * 256, ["x"], "a\nb"])
def test_what_names_no_session_is_left_out(sid):
    """The session can still be ended, by the provider's own cookie."""
    stage = Stage()
    stage.op.twist = Twist(claims=put(sid=sid))
    assert stage.sign_in().session == leaving.session_text("https://op.example", "")


def test_a_session_fits_into_a_cookie():
    """What is too long is not kept at all."""
    stage = Stage()
    metadata = stage.provider.source.metadata()
    told = {"sid": "\u00e8" * 255}
    assert leaving.session_of(metadata, told) == ""
    assert len(leaving.session_of(metadata, {"sid": "s" * 255})) <= leaving.MOST


@pytest.mark.parametrize("session", ["", "x", "[]", "[1,2]", '["a"]', '{"a":1}', None, "[" * 9999])
def test_what_is_no_session_is_refused(session):
    """Whatever a cookie holds."""
    with pytest.raises(IdentityError, match="invalid"):
        Stage().provider.leave(session, STATE)


def test_of_several_providers_the_one_is_left_that_has_the_session():
    """And each ends its own sessions only."""
    stage = ChoiceStage()
    session = stage.provider.verify(stage.answer(SECOND)).session
    assert stage.provider.leave(session, STATE).url.startswith(f"{SECOND}/leave?")

    token = stage.second.logout_token(stage.client, SID)
    assert stage.provider.ended({"logout_token": token}, "").sessions == (session,)
    forged = stage.second.logout_token(stage.client, SID, Twist(claims=put(iss=FIRST)))
    with pytest.raises(IdentityError, match="invalid"):
        stage.provider.ended({"logout_token": forged}, "")
