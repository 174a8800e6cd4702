"""A held-back battery: written without a look at the verifier, or at the attacks beside it.

Nothing may be believed that the provider did not mean, for this client, this browser, now, and
once; nothing may be raised but what the port promises.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from tests.adapters.oidc.held_back_claims import CLAIMS
from tests.adapters.oidc.held_back_documents import DOCUMENTS
from tests.adapters.oidc.held_back_envelopes import ENVELOPES
from tests.adapters.oidc.held_back_flows import FLOWS
from tests.adapters.oidc.held_back_oidc import (
    EID,
    bent,
    claims,
    constant,
    header,
    http,
    is_truth,
    merged,
)
from tests.adapters.oidc.held_back_spellings import SPELLINGS
from tests.adapters.oidc.held_back_tokens import TOKENS
from tests.adapters.oidc.held_back_variants import PLAIN_VARIANTS, VARIANTS

from registrazione.adapters.oidc.keys import public_jwks
from registrazione.ports import IdentityError
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import ADELE, Stage, client_of
from registrazione.testing.people import PEOPLE

OPEN: dict[str, str] = {}
"""What was believed, or raised something else, when this was written."""


def _named(*groups):
    """Return cases by name."""
    rows = [row for group in groups for row in group.items()]
    return [pytest.param(value, id=name) for name, value in rows]


def _cases(*batteries):
    return [
        pytest.param(
            attack,
            dialect,
            id=f"{attack.name}-{dialect}",
            marks=[pytest.mark.xfail(strict=True, reason=OPEN[attack.name])]
            if attack.name in OPEN
            else [],
        )
        for battery in batteries
        for attack in battery.attacks
        for dialect in attack.dialects
    ]


ATTACKS = (TOKENS, CLAIMS, ENVELOPES, FLOWS, DOCUMENTS, SPELLINGS)


def test_the_battery_is_whole():
    """No attack is lost, and none is there twice under one name."""
    names = [attack.name for battery in ATTACKS for attack in battery.attacks]

    assert len(names) >= 350
    assert len(names) == len(set(names))
    assert len(BENIGN) >= 20


@pytest.mark.parametrize(("attack", "dialect"), _cases(*ATTACKS))
def test_an_attack_comes_to_nothing(attack, dialect):
    """It is refused; or, where it changes nothing that was said, the truth is read."""
    stage = attack.stage(dialect)
    try:
        verified = attack.play(stage)
    except IdentityError:
        return

    assert attack.may_be_read, attack.label
    assert is_truth(verified), attack.label


_WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in PEOPLE.bruno.codice_fiscale)
_HIS = PEOPLE.bruno.codice_fiscale


@pytest.mark.parametrize("bearer", ["a\r\nX-Evil: 1", "a\x00", "\u00e9", "", "\ud800", None, ["a"]])
def test_a_bearer_that_is_none_is_shown_to_nobody(bearer):
    """CWE-113: what cannot stand in a header is not put there."""
    stage = Stage()
    with pytest.raises(IdentityError):
        bent(tokens=merged({"access_token": bearer}))(stage)

    assert "/userinfo" not in stage.op.asked


FISCAL = _named(
    {
        "longer": "TINIT-TRVDLA84C52F205FX",
        "shorter": "TINIT-TRVDLA84C52F205",
        "wrong": "TINIT-TRVDLA84C52F205A",
        "wide": f"TINIT-{_WIDE}",
        "lines": f"TINIT-{_HIS}\nTINIT-TRVDLA84C52F205F",
        "space": "TINIT- TRVDLA84C52F205F",
        "zero": f"TINIT-{_HIS}\x00",
    },
    {
        "list": ["TINIT-TRVDLA84C52F205F"],
        "object": {"value": "TINIT-TRVDLA84C52F205F"},
        "number": 7,
        "true": True,
        "empty": "",
        "country": "TINIT-",
        "foreign": f"TINFR-{_HIS}",
    },
)


@pytest.mark.parametrize("dialect", ["oidc", "cie"])
@pytest.mark.parametrize("value", FISCAL)
def test_what_is_no_codice_fiscale_becomes_none(value, dialect):
    """One code of sixteen characters behind ``TINIT-``, or nobody's: nothing is cut or folded."""
    stage = Stage(client=client_of(dialect))
    try:
        verified = bent(told=merged({f"{EID}fiscal_number": value}))(stage)
    except IdentityError:
        return

    assert verified.codice_fiscale is None
    assert verified.identity.subject == f"op/{ADELE}"


@pytest.mark.parametrize("verified", [False, None, "true", "false", 1, 0, []])
def test_an_address_that_is_not_verified_is_left_out(verified):
    """Only ``true`` is true: an address that somebody typed opens no account."""
    identity = bent(told=merged({"email_verified": verified}))(Stage())

    assert "email" not in identity.values


@pytest.mark.parametrize("dialect", ["oidc", "cie", "spid"])
@pytest.mark.parametrize("methods", [["plain"], [], ["s256"], "S256", None])
def test_pkce_is_not_talked_down(methods, dialect):
    """RFC 9700, 2.1.1: whatever a document says, the question has S256, or none is asked."""
    stage = Stage(client=client_of(dialect))
    stage.op.twist = Twist(document=merged({"code_challenge_methods_supported": methods}))
    try:
        url = stage.provider.start(stage.client.redirect_uri, "a" * 32).url
    except IdentityError:
        return

    assert stage.op.question(url)["code_challenge_method"] == "S256"


def test_no_two_questions_share_what_is_to_be_guessed():
    """Nonce and challenge of two browsers differ, and neither tells the other's."""
    stage = Stage()
    seen = [
        parse_qs(urlsplit(stage.provider.start(stage.client.redirect_uri, state).url).query)
        for state in ("a" * 32, "b" * 32)
    ]

    for name in ("nonce", "code_challenge", "state"):
        assert seen[0][name] != seen[1][name]
        assert len(seen[0][name][0]) >= 32


def test_unknown_keys_do_not_make_us_ask_without_end():
    """CWE-400: a flood of tokens with unknown keys asks the provider for its keys once."""
    stage = Stage()
    stage.sign_in()
    asked = stage.op.asked.count("/jwks")
    for number in range(25):
        stage.op.twist = Twist(header=merged({"kid": f"unknown-{number}"}))
        with pytest.raises(IdentityError):
            stage.sign_in(state=f"the-flood-of-an-attacker-{number:08}")

    assert stage.op.asked.count("/jwks") - asked <= 1


INSIDE = _named(
    {
        address: f"https://{address}/x"
        for address in (
            "127.0.0.2",
            "localhost.",
            "0.0.0.0",  # noqa: S104 - nobody listens there
            "[::ffff:127.0.0.1]",
            "2130706433",
            "0x7f.1",
            "127.1",
            "127.0.0.1.",
            "0177.0.0.1",
            "registrazione.localhost",
            "[::]",
            "[0:0:0:0:0:ffff:7f00:1]",
            "169.254.169.254",
            "[fe80::1]",
        )
    },
    {
        address: f"https://{address}/x"
        for address in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST")
    }
    | {"plain": "http://169.254.169.254/x"},
)
"""Addresses of our own machine, with which a provider elsewhere has no business."""


@pytest.mark.parametrize("endpoint", ["jwks_uri", "token_endpoint", "userinfo_endpoint"])
@pytest.mark.parametrize("address", INSIDE)
def test_nobody_is_sent_inside(address, endpoint):
    """SSRF: a document of somebody elsewhere does not make us ask our own machine."""
    stage = Stage()
    stage.op.twist = Twist(document=merged({endpoint: address}))
    with pytest.raises(IdentityError):
        stage.sign_in()

    assert address not in stage.op.asked


def _signed_with(alg):
    def play(stage):
        stage.op.signer = key_of("op", alg)
        return stage.sign_in()

    return play


def _rotated(stage):
    """A provider changes its key: the next token names one that we do not know yet."""
    stage.sign_in()
    stage.op.signer = key_of("held-back-next", "RS256")
    stage.clock.advance(seconds=61)
    return stage.sign_in(state="after-the-rotation-of-its-keys-x")


def _shifted(**shifts):
    def bend(values, op):
        now = int(op.clock.now().timestamp())
        return {**values, **{name: now + shift for name, shift in shifts.items()}}

    return bent(claims=bend)


BENIGN = {
    "plain": lambda stage: stage.sign_in(),
    "rs512": _signed_with("RS512"),
    "ps256": _signed_with("PS256"),
    "es256": _signed_with("ES256"),
    "es384": _signed_with("ES384"),
    "rotated": _rotated,
    "audience_in_a_list": claims({"aud": ["https://rp.example"]}),
    "authorized_party": claims({"azp": "https://rp.example"}),
    "unknown_claims": claims({"amr": ["pwd"], "sid": "x", "auth_time": 1, "x": {"y": [1]}}),
    "type_missing": header({"typ": ...}),
    "type_in_lower_case": header({"typ": "jwt"}),
    "half_a_minute_late": _shifted(exp=-30, iat=-330),
    "half_a_minute_early": _shifted(iat=30, nbf=30),
    "fractions": _shifted(exp=300.5, iat=-0.25),
    "keys_of_others": bent(
        jwks=lambda values, _: {
            "keys": [
                {"kty": "OKP", "crv": "X448", "x": "AA", "kid": "new"},
                *public_jwks([key_of("held-back-other")])["keys"],
                *values["keys"],
            ]
        }
    ),
    "bearer_in_lower_case": bent(tokens=merged({"token_type": "bearer"})),
    "no_expires_in": bent(tokens=merged({"expires_in": ...})),
    "more_tokens": bent(tokens=merged({"refresh_token": "x", "scope": "openid"})),
    "charset": http("/token", lambda true: attrs.evolve(true, content_type="application/json")),
    "document_extras": bent(document=merged({"claims_supported": ["sub"], "x": None})),
}


@pytest.mark.parametrize("dialect", ["oidc", "cie", "spid"])
@pytest.mark.parametrize("play", BENIGN.values(), ids=BENIGN)
def test_a_true_provider_is_believed_however_it_speaks(play, dialect):
    """A relying party that refuses what standards allow locks people out."""
    assert is_truth(play(Stage(client=client_of(dialect))))


@pytest.mark.parametrize("dialect", ["oidc", "cie", "spid"])
@pytest.mark.parametrize("play", VARIANTS.values(), ids=VARIANTS)
def test_what_real_providers_vary_locks_nobody_out(play, dialect):
    """Keycloak, Entra, Google, Auth0 and those of CIE and SPID each have their ways."""
    assert is_truth(play(Stage(client=client_of(dialect))))


@pytest.mark.parametrize("play", PLAIN_VARIANTS.values(), ids=PLAIN_VARIANTS)
def test_what_plain_providers_vary_locks_nobody_out(play):
    """OIDC Core leaves it open; SPID and CIE do not."""
    assert is_truth(play(Stage()))


@pytest.mark.parametrize("issuer", ["https://op.example/", "https://op.example/realms/a/"])
def test_a_provider_whose_name_ends_in_a_slash_is_asked_there(issuer):
    """OIDC Discovery 4.1: the slash is taken off for the address, and not for the comparison."""
    stage = Stage()
    stage.op = FakeOp(clock=stage.clock, issuer=issuer)
    stage.op.knows(stage.client)
    stage.provider = stage.build(stage.client, stage.op)

    assert stage.sign_in().identity.issuer == issuer


def test_spid_s_answers_carry_their_issuer_where_that_was_promised():
    """SPID, authorization endpoint: CIE alone has it in every answer."""
    silent = merged({"iss": ...})
    stage = Stage(client=client_of("spid"))
    stage.op.twist = Twist(answer=silent)
    with pytest.raises(IdentityError):
        stage.sign_in()

    other = Stage(client=client_of("spid"))
    unpromised = merged({"authorization_response_iss_parameter_supported": ...})
    other.op.twist = Twist(answer=silent, document=unpromised)
    assert is_truth(other.sign_in(state="b" * 32))


def test_a_provider_of_our_own_network_is_asked_there():
    """Who is inside may send us inside: an office's provider has such an address."""
    stage = Stage()
    stage.op = FakeOp(clock=stage.clock, issuer="https://10.0.0.5")
    stage.op.knows(stage.client)
    stage.provider = stage.build(stage.client, stage.op)

    assert stage.sign_in().identity.issuer == "https://10.0.0.5"


def test_a_token_without_at_hash_is_taken_where_it_may_be_missing():
    """OIDC Core 3.1.3.6: in the code flow it is optional."""
    assert is_truth(claims({"at_hash": ...})(Stage()))


def test_a_higher_level_is_told_as_it_is():
    """Who was asked for level 2 may answer with 3, and 3 it is."""
    verified = Stage().sign_in("adele-3")

    assert verified.level == 3
    assert verified.codice_fiscale == "TRVDLA84C52F205F"


def test_an_unsigned_set_of_keys_is_read_once_an_hour():
    """The provider is not asked for what is known."""
    stage = Stage()
    for number in range(5):
        stage.op.twist = Twist(document=constant(stage.op.document()))
        stage.sign_in(state=f"one-of-many-sign-ins-{number:011}")

    assert stage.op.asked.count("/jwks") == 1
