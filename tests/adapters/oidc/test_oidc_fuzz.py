"""Answers and tokens with anything changed: never another identity, never another error."""

from __future__ import annotations

import os
import random
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityError
from registrazione.testing.oidc_bends import parts
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_op import Twist
from registrazione.testing.oidc_stage import STATE, Stage, client_of

ROUNDS = int(os.environ.get("REGISTRAZIONE_ROUNDS", "200"))
"""How many sign-ins are bent in the last test; more of them on request."""
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


# -- a great many: what a stranger changes proves the same or nothing ---------------------------


def cut(draw, text):
    """Return a text in which a few characters are other ones, are missing, or come again."""
    for _ in range(draw.randint(1, 3)):
        start = draw.randrange(len(text) + 1)
        end = start + draw.choice((0, 1, 1, 4, 40))
        piece = draw.choice(("", text[start:end], *draw.choices(ALPHABET, k=6)))
        if draw.randrange(2):
            text = text[:start] + piece + text[end:]
        else:
            text = text[:start] + piece + text[start:]
    return text


def anything(draw, depth=2):
    """Return any value of JSON, often one that means something to somebody."""
    match draw.randrange(8 if depth else 6):
        case 0:
            return draw.choice(WORDS)
        case 1:
            return draw.choice((None, True, False))
        case 2:
            return draw.choice((0, -1, 1 << 70, 1e308, float("inf"), float("nan"), 1_772_443_800))
        case 3:
            return draw.randint(1_772_440_000, 1_772_450_000)
        case 4 | 5:
            return cut(draw, draw.choice(WORDS))
        case 6:
            return [anything(draw, depth - 1) for _ in range(draw.randrange(4))]
        case _:
            return {draw.choice(NAMES): anything(draw, depth - 1) for _ in range(draw.randrange(4))}


def some(draw, names):
    """Return values of any type for a few names."""
    return {name: anything(draw) for name in draw.choices(names, k=draw.randint(1, 3))}


WORDS = (
    "",
    "none",
    "ES256",
    "HS256",
    "RS256",
    "https://op.example",
    "https://rp.example",
    "https://www.spid.gov.it/SpidL3",
    "op/adele.trovamala",
    "op/bruno.quartaroli",
    "op-ES256",
    STATE,
)
NAMES = ("iss", "sub", "aud", "exp", "iat", "nonce", "acr", "azp", "nbf", "at_hash")
HEADERS = ("alg", "kid", "typ", "jwk", "jku", "crit", "b64", "x5c", "zip", "enc")


def forged(draw, token):
    """Return a token of a stranger, under a header and with claims of any type."""
    header, told, _ = parts(token)
    mallory = key_of("mallory", draw.choice(("ES256", "RS256")))
    return spelt(
        {**header, **(some(draw, HEADERS) if draw.randrange(2) else {})},
        {**told, "sub": "op/bruno.quartaroli", **some(draw, NAMES)},
        mallory,
    )


STRANGERS = {
    "answer": lambda draw: Twist(
        answer=lambda usual, _: {
            **usual,
            (one := draw.choice(sorted(usual))): cut(draw, usual[one]),
        }
    ),
    "answer_any": lambda draw: Twist(
        answer=lambda usual, _: {**usual, **some(draw, ("code", "state", "iss", "error"))}
    ),
    "token": lambda draw: Twist(token=lambda token, _: cut(draw, token)),
    "token_forged": lambda draw: Twist(token=lambda token, _: forged(draw, token)),
    "told": lambda draw: Twist(told_token=lambda token, _: cut(draw, token)),
    "told_forged": lambda draw: Twist(
        told=lambda usual, _: {**usual, **some(draw, ("sub", "given_name"))},
        told_signer=lambda _signer, _: key_of("mallory"),
    ),
}
"""What somebody between the provider and us may do."""

PROVIDERS = {
    "claims": lambda draw: Twist(
        claims=lambda told, _: {**told, **some(draw, NAMES[:1] + NAMES[2:])}
    ),
    "header": lambda draw: Twist(header=lambda told, _: {**told, **some(draw, HEADERS)}),
    "tokens": lambda draw: Twist(
        tokens=lambda usual, _: {**usual, **some(draw, (*usual, "error"))}
    ),
    "person": lambda draw: Twist(
        told=lambda usual, _: {**usual, **some(draw, ("sub", "given_name", "email", "address"))}
    ),
}
"""What a provider may say wrongly of somebody whom it knows."""


@pytest.fixture(scope="module")
def stages():
    """A plain provider, and one that signs and encrypts what it tells of people."""
    plain, italian = Stage(), Stage(client=client_of("cie"))
    for stage in (plain, italian):
        stage.op.signer = key_of("op")
    return plain, italian


def proved(stage, twist):
    """Return what is proved under a twist, ``None`` for nothing."""
    stage.provider = stage.build(stage.client, stage.op)
    for kept in (stage.op.grants, stage.op.bearers, stage.op.proofs, stage.op.asked):
        kept.clear()
    stage.op.twist = twist
    try:
        return stage.sign_in()
    except IdentityError:
        return None


def test_a_great_many_mutations(stages):
    """As many rounds as REGISTRAZIONE_ROUNDS says, each with its own seed: nobody else comes in."""
    genuine = [proved(stage, Twist()) for stage in stages]
    let_in = 0
    for seed in range(ROUNDS):
        draw = random.Random(seed)  # noqa: S311 - a sample
        kind = draw.choice((*STRANGERS, *PROVIDERS))
        # What the plain provider tells of a person has no signature: nobody stands between.
        which = 1 if kind.startswith("told") else draw.randrange(len(stages))
        found = proved(stages[which], {**STRANGERS, **PROVIDERS}[kind](draw))
        if found is None:
            continue
        let_in += 1
        assert kind in PROVIDERS or found == genuine[which], (seed, kind)
        assert found.identity == genuine[which].identity, (seed, kind)
        assert found.codice_fiscale == genuine[which].codice_fiscale, (seed, kind)

    assert let_in < ROUNDS
