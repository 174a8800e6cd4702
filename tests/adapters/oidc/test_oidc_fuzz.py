"""Answers and tokens with anything changed: never another identity, never another error."""

from __future__ import annotations

import os
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError
from registrazione.testing.oidc_bends import parts
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_op import Twist
from registrazione.testing.oidc_stage import STATE, Stage

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "100"))
"""How many changed tokens are tried in each test; more of them on request."""
MANY = settings(max_examples=ROUNDS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALPHABET = string.ascii_letters + string.digits + "-_."
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def stage():
    """One relying party and one provider for all rounds."""
    return Stage()


def outcome(stage, twist):
    """Return who is vouched for, or the error's code."""
    stage.provider = stage.build(stage.client, stage.op)
    stage.op.twist = twist
    try:
        verified = stage.sign_in()
    except IdentityError as error:
        return error.code
    finally:
        stage.op.twist = Twist()
    assert isinstance(verified, VerifiedIdentity)
    return verified.identity.subject


@MANY
@given(
    edits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(ALPHABET)),
        min_size=1,
        max_size=4,
    )
)
def test_characters_of_a_token_are_changed(stage, edits):
    """Whatever is replaced, the token is the same as before or refused."""

    def edited(token, _):
        characters = list(token)
        for where, what in edits:
            characters[int(where * len(characters))] = what
        return "".join(characters)

    assert outcome(stage, Twist(token=edited)) in {"op/adele.trovamala", "invalid"}


@MANY
@given(
    claims=st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nonce", "acr", "azp", "nbf", "x"]),
        JSON,
        min_size=1,
        max_size=3,
    )
)
def test_claims_of_any_type_are_signed_by_a_stranger(stage, claims):
    """Nobody else's signature counts, whatever is said."""

    def forged(token, op):
        header, told, _ = parts(token)
        return spelt(header, {**told, **claims}, key_of("mallory", op.signer.alg))

    assert outcome(stage, Twist(token=forged)) == "invalid"


@MANY
@given(
    claims=st.dictionaries(
        st.sampled_from(["iss", "aud", "exp", "iat", "nonce", "acr", "azp", "nbf", "at_hash"]),
        JSON,
        min_size=1,
        max_size=3,
    )
)
def test_claims_of_any_type_are_signed_by_the_provider(stage, claims):
    """It is refused, with an error of the library, or it is the same person."""
    seen = outcome(stage, Twist(claims=lambda told, _: {**told, **claims}))

    assert seen in {"op/adele.trovamala", "invalid", "expired", "level_too_low"}


@MANY
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "jwk", "crit", "x5c"]), JSON))
def test_headers_of_any_type(stage, header):
    """As with claims."""
    seen = outcome(stage, Twist(header=lambda told, _: {**told, **header}))

    assert seen in {"op/adele.trovamala", "invalid"}


@MANY
@given(told=st.dictionaries(st.sampled_from(["sub", "given_name", "address", "email"]), JSON))
def test_what_is_told_of_the_person_is_of_any_type(stage, told):
    """What cannot be read is left out; somebody else is refused."""
    seen = outcome(stage, Twist(told=lambda usual, _: {**usual, **told}))

    assert seen in {"op/adele.trovamala", "invalid"}


@MANY
@given(
    answer=st.dictionaries(
        st.sampled_from(["code", "state", "iss", "error", "person"]),
        JSON | st.binary(max_size=5) | st.just(STATE),
    )
)
def test_answers_of_any_type(stage, answer):
    """Nobody comes in with an answer that nobody has given."""
    provider = stage.build(stage.client, stage.op)
    with pytest.raises(IdentityError):
        provider.verify(answer)
