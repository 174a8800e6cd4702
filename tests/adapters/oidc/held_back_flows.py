"""Held-back attacks around the token: answers, endpoints, documents, keys, what is told."""

from __future__ import annotations

import json

import attrs
from tests.adapters.oidc.held_back_oidc import (
    ENCRYPTED,
    EVIL,
    SCHEMES,
    VICTIM,
    Battery,
    bent,
    http,
    merged,
)

from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.testing.oidc_keys import b64url, encrypted, key_of, spelt
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import STATE, Stage

FLOWS = Battery()
_OTHER_STATE = "another-browser-s-sign-in-abcdef"
_OP = key_of("op", "RS256")
_DEEP = b"[" * 100_000 + b"]" * 100_000


# -- what the browser brings ---------------------------------------------------------------------


def _brought(changes):
    def play(stage):
        brought = merged(changes)(stage.answer(), None)
        return stage.provider.verify(brought)

    return play


FLOWS.table(
    "RFC 6749, 4.1.2: an answer is a few texts; anything else is none.",
    {
        "code_missing": {"code": ...},
        "code_empty": {"code": ""},
        "code_null": {"code": None},
        "code_list": {"code": ["a", "b"]},
        "code_bytes": {"code": b"a"},
        "code_number": {"code": 7},
        "code_surrogate": {"code": "\ud800"},
        "code_zero": {"code": "\x00"},
        "code_huge": {"code": "a" * 1_000_000},
        "code_guessed": {"code": "code-1-0000000000000000"},
        "code_path": {"code": "../../token?code="},
        "state_missing": {"state": ...},
        "state_empty": {"state": ""},
        "state_null": {"state": None},
        "state_list": {"state": [STATE]},
        "state_other": {"state": _OTHER_STATE},
        "state_surrogate": {"state": "\ud800" * 32},
        "state_huge": {"state": "a" * 1_000_000},
        "state_longer": {"state": f"{STATE}a"},
        "error_and_code": {"error": "access_denied"},
        "error_unknown": {"error": "spid_25", "code": ...},
        "error_list": {"error": ["access_denied"], "code": ...},
        "error_object": {"error": {}, "code": ...},
        "error_empty": {"error": "", "code": ...},
        "error_number": {"error": 7, "code": ...},
    },
    _brought,
    *SCHEMES,
)
FLOWS.table(
    "RFC 9207: the issuer of the answer is the one that was asked (mix-up).",
    {
        "answer_iss_other": {"iss": "https://evil.example"},
        "answer_iss_empty": {"iss": ""},
        "answer_iss_slash": {"iss": "https://op.example/"},
        "answer_iss_list": {"iss": ["https://op.example"]},
        "answer_iss_null": {"iss": None},
        "answer_iss_missing": {"iss": ...},
        "answer_iss_capitals": {"iss": "https://op.EXAMPLE"},
        "answer_iss_two": {"iss": "https://op.example https://evil.example"},
    },
    _brought,
    *SCHEMES,
)
FLOWS.table(
    "OAuth 2.0 BCP, 2.1.2: no token comes through the browser; whatever comes there says nothing.",
    {
        "token_in_the_answer": {"id_token": "a.b.c", "access_token": "evil"},
        "response_in_the_answer": {"response": "a.b.c"},
        "scope_in_the_answer": {"scope": "admin", "expires_in": "-1", "session_state": "x"},
    },
    _brought,
    *SCHEMES,
    may_be_read=True,
)


@FLOWS(*SCHEMES)
def nothing_is_brought(stage):
    """An empty answer."""
    stage.answer()
    return stage.provider.verify({})


@FLOWS(*SCHEMES)
def the_code_of_another_browser(stage):
    """Code injection: PKCE and nonce are of the sign-in that the code is of."""
    stolen = stage.answer("bruno.quartaroli", state=_OTHER_STATE)
    mine = stage.answer()
    return stage.provider.verify({**mine, "code": stolen["code"]})


@FLOWS(*SCHEMES)
def a_code_twice(stage):
    """Replay, at a provider that forgets which codes were used."""
    stage.op.takes_codes_twice = True
    brought = stage.answer()
    stage.provider.verify(brought)
    return stage.provider.verify(brought)


@FLOWS(*SCHEMES)
def a_state_twice(stage):
    """Two codes of one sign-in: one answer counts."""
    first, second = stage.answer(), stage.answer("bruno.quartaroli")
    stage.provider.verify(first)
    return stage.provider.verify(second)


@FLOWS(*SCHEMES)
def a_code_that_was_left_lying(stage):
    """A code lives for a minute."""
    brought = stage.answer()
    stage.clock.advance(seconds=61)
    return stage.provider.verify(brought)


@FLOWS(*SCHEMES)
def a_code_of_another_client(stage):
    """A code that another service got is none of ours."""
    other = attrs.evolve(
        stage.client, client_id="https://other.example", signing_key=key_of("held-back-rp")
    )
    stage.op.knows(other)
    theirs = stage.build(other, stage.op)
    brought = stage.op.sign_in(theirs.start(other.redirect_uri, STATE).url, stage.person)
    stage.answer()
    return stage.provider.verify(brought)


@FLOWS(*SCHEMES)
def two_providers_mixed_up(stage):
    """Mix-up: the honest provider's answer is brought to the page of the attacker's."""
    evil = Stage(client=stage.client)
    evil.op = FakeOp(clock=stage.clock, issuer="https://evil.example", signer=EVIL)
    evil.op.knows(stage.client)
    evil.provider = evil.build(stage.client, evil.op)
    evil.provider.start(stage.client.redirect_uri, STATE)
    return evil.provider.verify(stage.answer())


@FLOWS(*SCHEMES)
def the_answer_of_an_attacker_s_provider(stage):
    """Mix-up turned round: the attacker's provider answers where the honest one was asked."""
    evil = FakeOp(clock=stage.clock, issuer="https://evil.example", signer=EVIL)
    evil.knows(stage.client)
    theirs = stage.build(stage.client, evil)
    brought = evil.sign_in(theirs.start(stage.client.redirect_uri, STATE).url, stage.person)
    stage.answer()
    return stage.provider.verify(brought)


@FLOWS(*SCHEMES)
def a_professional(stage):
    """An identity for work is no person's, unless the service says so."""
    return stage.sign_in("professional")


# -- the token endpoint --------------------------------------------------------------------------

FLOWS.table(
    "RFC 6749, 5.1: the token endpoint answers with one JSON object, of a size that is meant.",
    {
        "tokens_not_json": b"<html>",
        "tokens_empty": b"",
        "tokens_null": b"null",
        "tokens_list": b"[]",
        "tokens_text": b'"x"',
        "tokens_deep": _DEEP,
        "tokens_deep_object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        "tokens_number": b"1" * 10_000,
        "tokens_huge": b'{"id_token": "' + b"a" * 3_000_000 + b'"}',
        "tokens_not_utf_8": b'{"id_token": "\xff"}',
        "tokens_utf_16": '{"id_token": "a"}'.encode("utf-16"),
        "tokens_nan": b'{"id_token": NaN}',
        "tokens_status_500": HttpAnswer(status=500),
        "tokens_status_302": HttpAnswer(status=302),
        "tokens_status_204": HttpAnswer(status=204),
        "tokens_status_201": lambda true: attrs.evolve(true, status=201),
        "tokens_html": lambda true: attrs.evolve(true, content_type="text/html"),
        "tokens_error": HttpAnswer(
            status=400, content_type="application/json", body=b'{"error": {"a": 1}}'
        ),
    },
    lambda answer: http("/token", answer),
    *SCHEMES,
)
FLOWS.table(
    "RFC 6749, 5.1: what the token endpoint says has types.",
    {
        "token_type_mac": {"token_type": "mac"},
        "token_type_null": {"token_type": None},
        "token_type_list": {"token_type": ["Bearer"]},
        "access_token_missing": {"access_token": ...},
        "access_token_null": {"access_token": None},
        "access_token_list": {"access_token": ["a"]},
        "access_token_lines": {"access_token": "a\r\nX-Evil: 1"},
        "access_token_surrogate": {"access_token": "\ud800"},
        "access_token_not_ascii": {"access_token": "\u00e9"},
        "access_token_other": {"access_token": "somebody-s"},
        "id_token_missing": {"id_token": ...},
        "id_token_null": {"id_token": None},
        "error_beside": {"error": "invalid_grant"},
    },
    lambda changes: bent(tokens=merged(changes)),
    *SCHEMES,
)


# -- what is told of the person ------------------------------------------------------------------

_TOLD = {
    "told_sub_other": {"sub": VICTIM},
    "told_sub_missing": {"sub": ...},
    "told_sub_list": {"sub": ["op/adele.trovamala"]},
    "told_sub_capitals": {"sub": "op/ADELE.trovamala"},
    "told_sub_space": {"sub": "op/adele.trovamala "},
    "told_sub_null": {"sub": None},
}
FLOWS.table(
    "OIDC Core 5.3.2: what is told is of the person whom the ID token names.",
    _TOLD,
    lambda changes: bent(told=merged(changes)),
    *SCHEMES,
)
FLOWS.table(
    "OIDC Core 5.3.2: signed claims are by this provider, for this client, now.",
    {
        "told_iss_other": {"iss": "https://evil.example"},
        "told_iss_missing": {"iss": ...},
        "told_aud_other": {"aud": "https://other.example"},
        "told_aud_missing": {"aud": ...},
        "told_aud_list": {"aud": ["https://rp.example", "https://other.example"]},
        "told_expired": {"exp": 1_000_000_000},
        "told_exp_text": {"exp": "never"},
        "told_nbf_far": {"nbf": 4_000_000_000},
    },
    lambda changes: bent(told=merged(changes)),
    *ENCRYPTED,
)
FLOWS.table(
    "OIDC Core 5.3.2: the media type says whether claims are signed; nothing else does.",
    {
        "told_as_html": lambda true: attrs.evolve(true, content_type="text/html"),
        "told_as_jwt": lambda true: attrs.evolve(true, content_type="application/jwt"),
        "told_nothing": lambda true: attrs.evolve(true, body=b""),
        "told_list": lambda true: attrs.evolve(true, body=b"[]"),
        "told_deep": lambda true: attrs.evolve(true, body=_DEEP),
        "told_huge": lambda true: attrs.evolve(true, body=b'{"a": "' + b"a" * 3_000_000 + b'"}'),
        "told_401": HttpAnswer(status=401),
    },
    lambda answer: http("/userinfo", answer),
)


def _told(token):
    """Return a sign-in at a provider that tells of people with another token."""
    return lambda stage: bent(told_token=lambda true, op: token(true, op, stage.client))(stage)


def _claims_of(op, client, **changes):
    grant = list(op.bearers.values())[-1]
    told = {"sub": grant.holder.subject, **grant.holder.claims, "iss": op.issuer}
    return {**told, "aud": client.client_id, **changes}


def _inner(op, client, signer=None, **changes):
    signer = signer or op.signer
    head = {"alg": signer.alg, "kid": op.signer.kid, "typ": "JWT"}
    return spelt(head, _claims_of(op, client, **changes), signer)


def _packed(token, client, **more):
    return encrypted(token, client.encryption_keys[0], **more)


def _unsigned(op, client):
    head = b64url(json.dumps({"alg": "none"}).encode())
    return f"{head}.{b64url(json.dumps(_claims_of(op, client)).encode())}."


def _nested(op, client):
    token = _inner(op, client)
    for _ in range(6):
        token = _packed(token, client)
    return token


def _headed(op, client, **head):
    first = {"alg": "RSA-OAEP-256", "enc": "A256CBC-HS512", "cty": "JWT", **head}
    token = _packed(_inner(op, client), client)
    return ".".join((b64url(json.dumps(first).encode()), *token.split(".")[1:]))


FLOWS.table(
    "CIE and SPID: what is told is signed by the provider, then encrypted for this client.",
    {
        "told_signed_only": lambda _, op, me: _inner(op, me),
        "told_encrypted_only": lambda _, op, me: _packed(json.dumps(_claims_of(op, me)), me),
        "told_encrypted_none": lambda _, op, me: _packed(_unsigned(op, me), me),
        "told_by_anybody": lambda _, op, me: _packed(_inner(op, me, EVIL), me),
        "told_of_the_victim": lambda _, op, me: _packed(_inner(op, me, sub=VICTIM), me),
        "told_nested": lambda _, op, me: _nested(op, me),
        "told_bomb": lambda _, op, me: _packed("a" * 12_000_000, me, zip="DEF"),
        "told_small_bomb": lambda _, op, me: _packed("a" * 400_000, me, zip="DEF"),
        "told_for_another_key": lambda _, op, me: encrypted(
            _inner(op, me), key_of("x", "RSA-OAEP-256")
        ),
        "told_with_rsa_1_5": lambda _, op, me: _headed(op, me, alg="RSA1_5"),
        "told_with_dir": lambda _, op, me: _headed(op, me, alg="dir"),
        "told_with_no_enc": lambda _, op, me: _headed(op, me, enc="none"),
        "told_with_crit": lambda _, op, me: _headed(op, me, crit=["x"], x=1),
        "told_with_list": lambda _, op, me: _headed(op, me, alg=["RSA-OAEP-256"]),
        "told_with_kid_list": lambda _, op, me: _headed(op, me, kid=["x"]),
        "told_with_a_pbes2": lambda _, op, me: _headed(
            op, me, alg="PBES2-HS512+A256KW", p2c=2_000_000_000, p2s="AAAA"
        ),
        "told_five_dots": lambda *_: "....",
        "told_junk": lambda *_: "eyJ" + "A" * 200_000,
        "told_empty": lambda *_: "",
        "told_cut": lambda true, *_: true[:-2],
        "told_id_token": lambda _, op, me: _packed(
            spelt(
                {"alg": "RS256", "kid": op.signer.kid, "typ": "at+jwt"},
                _claims_of(op, me),
                op.signer,
            ),
            me,
        ),
    },
    _told,
    *ENCRYPTED,
)


@FLOWS(*ENCRYPTED)
def told_as_plain_json(stage):
    """Downgrade: a scheme's provider tells of people without a signature."""

    def bend(pair, op):
        path, true = pair
        if path != "/userinfo":
            return true
        body = json.dumps(_claims_of(op, stage.client)).encode()
        return HttpAnswer(status=200, content_type="application/json", body=body)

    return bent(http=bend)(stage)
