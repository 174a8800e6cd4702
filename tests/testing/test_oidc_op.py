"""The fake provider is a strict one: clients that are wrong get nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import attrs
import pytest

from registrazione.adapters.oidc.jose import signed
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_stage import STATE, Stage, client_of


def asked(stage, **changes):
    """Return the address that a client sends a browser to, with something changed."""
    url = stage.provider.start(stage.client.redirect_uri, STATE).url
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    changed = {name: value for name, value in {**query, **changes}.items() if value}
    return f"{url.partition('?')[0]}?{urlencode(changed)}"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://mallory.example"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"nonce": ""},
        {"state": ""},
    ],
)
def test_a_question_that_is_not_sound_gets_no_answer(changes):
    """No browser is sent back with it."""
    stage = Stage()
    with pytest.raises(ValueError, match=r"client|question"):
        stage.op.sign_in(asked(stage, **changes), stage.person)


def test_a_signed_question_of_somebody_else_gets_no_answer():
    """Signed with another key, or for another provider."""
    stage = Stage(client=client_of("cie"))
    other = Stage(client=client_of("cie", signing_key=key_of("mallory")))
    with pytest.raises(IdentityError):
        stage.op.sign_in(asked(other), stage.person)
    url = asked(stage)
    stage.op.issuer = "https://another-op.example"
    with pytest.raises(ValueError, match="somebody else"):
        stage.op.sign_in(url, stage.person)


@pytest.mark.parametrize(
    "changes",
    [
        {"signing_key": key_of("mallory")},
        {"signing_key": None, "secret": Secret("wrong")},
        {"state_key": Secret("another key of the tests, of nothing")},
        {"client_id": "https://other.example"},
    ],
)
def test_a_client_that_does_not_prove_itself_gets_no_tokens(changes):
    """Another key, another password, another PKCE verifier, or nobody who is known."""
    stage = Stage(client=client_of(secret=Secret("right")))
    answer = stage.answer()
    wrong = stage.build(attrs.evolve(stage.client, **changes), stage.op)

    with pytest.raises(IdentityError):
        wrong.verify(answer)


def test_a_proof_of_a_client_is_good_once():
    """And ours is another one each time."""
    stage = Stage()
    stage.sign_in()
    (proof,) = stage.op.proofs
    stage.sign_in(state="b" * 32)
    assert len(stage.op.proofs) == 2

    form = {"client_id": stage.client.client_id}
    now = int(stage.clock.now().timestamp())
    claims = {"aud": ["https://op.example/token"], "sub": form["client_id"], "exp": now + 9}
    assertion = signed({**claims, "jti": proof}, stage.client.signing_key)
    answer = stage.op.post("https://op.example/token", {**form, "client_assertion": assertion})
    assert answer.status == 401


def test_what_is_asked_without_a_token_or_nowhere_is_not_answered():
    """401 and 404."""
    stage = Stage()
    assert stage.op.get("https://op.example/userinfo").status == 401
    assert stage.op.get("https://op.example/other").status == 404
    assert stage.op.post("https://op.example/other", {}).status == 404
    assert stage.op.post("https://op.example/token", {"client_id": "x"}).status == 401


def test_a_provider_that_takes_codes_twice_is_not_believed_twice():
    """One memory for all processes stops what a sloppy provider lets through."""
    stage = Stage()
    stage.op.takes_codes_twice = True
    answer = stage.answer()
    stage.provider.verify(answer)
    other = stage.build(stage.client, stage.op)
    assert other.verify(answer)

    other.once = stage.provider.once
    with pytest.raises(IdentityError, match="replayed"):
        other.verify(answer)


def test_a_token_is_revoked_by_its_client_alone():
    """A stranger is told so, and the token still opens (RFC 7009, 2.1)."""
    stage = Stage()
    stage.op.bearers["token"] = object()
    stranger = {"client_id": "nobody", "token": "token"}

    answer = stage.op.post(f"{stage.op.issuer}/revoke", stranger)

    assert (answer.status, "token" in stage.op.bearers) == (401, True)
