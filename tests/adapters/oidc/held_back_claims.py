"""Held-back attacks on the claims of an ID token that the provider signed."""

from __future__ import annotations

import json

from tests.adapters.oidc.held_back_oidc import (
    EVIL,
    SCHEMES,
    VICTIM,
    Battery,
    altered,
    bent,
    claims,
    in_payload,
    parts_of,
)

from registrazione.testing.oidc_keys import (
    hash_of,
    key_of,
    spelt,
)
from registrazione.testing.oidc_op import Twist

CLAIMS = Battery()
_OP = key_of("op", "RS256")
_FAR = 1_900_000_000


# -- claims: numbers ---------------------------------------------------------------------------


def _number(name):
    def make(text):
        return in_payload(
            lambda whole: json.dumps({**json.loads(whole), name: "@"}).replace('"@"', text)
        )

    return make


CLAIMS.table(
    "RFC 7519, 2: an end is a number, of a time that comes.",
    {
        f"exp_{index}": text
        for index, text in enumerate(
            (
                '"1900000000"',
                "true",
                "null",
                "[1900000000]",
                "{}",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e400",
                "-1",
                "0",
                "1" * 400,
                "1" * 5_000,
                "-" + "1" * 400,
                '"Infinity"',
            )
        )
    },
    _number("exp"),
)
CLAIMS.table(
    "RFC 7519, 2: a number as large as numbers get is still one, and nothing overflows.",
    {"exp_1e308": "1e308", "exp_19_digits": "9" * 19, "exp_fraction": "1900000000.5"},
    _number("exp"),
    may_be_read=True,
)
CLAIMS.table(
    "RFC 7519, 4.1.6: a token was issued, at a time that was.",
    {
        f"iat_{index}": text
        for index, text in enumerate(
            ("null", '"now"', "true", "NaN", "1e400", "-1", "0", "1" * 400, str(_FAR), "[]")
        )
    },
    _number("iat"),
)
CLAIMS.table(
    "RFC 7519, 4.1.5: not before is a number, of a time that was.",
    {
        f"nbf_{index}": text
        for index, text in enumerate(
            (str(_FAR), '"never"', "NaN", "Infinity", "1e400", "1" * 400, "[]", "true")
        )
    },
    _number("nbf"),
)


def _shifted(**shifts):
    def bend(values, op):
        now = op.clock.now().timestamp()
        return {**values, **{name: int(now + shift) for name, shift in shifts.items()}}

    return bent(claims=bend)


CLAIMS.table(
    "The clocks are a minute apart, and no more.",
    {
        "ended_61_seconds_ago": {"exp": -61},
        "ended_60_seconds_ago": {"exp": -60},
        "issued_in_61_seconds": {"iat": 61},
        "not_before_61_seconds": {"nbf": 61},
        "issued_an_hour_ago": {"iat": -3_600},
        "ends_before_it_begins": {"exp": -90, "iat": -80},
    },
    lambda shifts: _shifted(**shifts),
)


# -- claims: words -----------------------------------------------------------------------------

_ME = "https://rp.example"
CLAIMS.table(
    "OIDC Core 3.1.3.7, 3: the token is for this client and for no other.",
    {
        "aud_other": {"aud": "https://other.example"},
        "aud_missing": {"aud": ...},
        "aud_empty": {"aud": ""},
        "aud_empty_list": {"aud": []},
        "aud_slash": {"aud": f"{_ME}/"},
        "aud_capitals": {"aud": _ME.upper()},
        "aud_prefix": {"aud": _ME[:-1]},
        "aud_longer": {"aud": f"{_ME}.evil.example"},
        "aud_two": {"aud": [_ME, "https://other.example"]},
        "aud_two_azp": {"aud": [_ME, "https://other.example"], "azp": _ME},
        "aud_nested": {"aud": [[_ME]]},
        "aud_object": {"aud": {_ME: 1}},
        "aud_text_list": {"aud": f'["{_ME}"]'},
        "aud_spaces": {"aud": f" {_ME}"},
        "aud_null": {"aud": None},
        "aud_list_of_null": {"aud": [_ME, None]},
        "azp_other": {"azp": "https://other.example"},
        "azp_list": {"azp": [_ME]},
        "azp_empty": {"azp": ""},
    },
    claims,
    *SCHEMES,
)
CLAIMS.table(
    "OIDC Core 3.1.3.7, 2: the issuer is the provider's, spelt so.",
    {
        "iss_slash": {"iss": "https://op.example/"},
        "iss_capitals": {"iss": "https://OP.example"},
        "iss_port": {"iss": "https://op.example:443"},
        "iss_plain": {"iss": "http://op.example"},
        "iss_homograph": {"iss": "https://\u043ep.example"},
        "iss_dot": {"iss": "https://op.example."},
        "iss_user": {"iss": "https://x@op.example"},
        "iss_percent": {"iss": "https://%6fp.example"},
        "iss_missing": {"iss": ...},
        "iss_list": {"iss": ["https://op.example"]},
        "iss_null": {"iss": None},
        "iss_space": {"iss": "https://op.example "},
        "iss_other": {"iss": "https://evil.example"},
        "iss_query": {"iss": "https://op.example?x"},
    },
    claims,
    *SCHEMES,
)
CLAIMS.table(
    "OIDC Core 15.5.2: the nonce is of this sign-in.",
    {
        "nonce_missing": {"nonce": ...},
        "nonce_empty": {"nonce": ""},
        "nonce_null": {"nonce": None},
        "nonce_other": {"nonce": "0" * 64},
        "nonce_true": {"nonce": True},
        "nonce_number": {"nonce": 0},
    },
    claims,
    *SCHEMES,
)
CLAIMS.table(
    "The nonce is the whole of it, and nothing that merely has it.",
    {
        "nonce_list": lambda values: [values["nonce"]],
        "nonce_capitals": lambda values: values["nonce"].upper() + "A",
        "nonce_space": lambda values: f"{values['nonce']} ",
        "nonce_shorter": lambda values: values["nonce"][:-1],
        "nonce_zero": lambda values: f"{values['nonce']}\x00",
    },
    lambda change: bent(claims=lambda values, _: {**values, "nonce": change(values)}),
)
CLAIMS.table(
    "OIDC Core 2: a subject is a text that somebody could have, of 255 characters at most.",
    {
        "sub_missing": {"sub": ...},
        "sub_empty": {"sub": ""},
        "sub_number": {"sub": 7},
        "sub_null": {"sub": None},
        "sub_list": {"sub": ["op/adele.trovamala"]},
        "sub_long": {"sub": "a" * 256},
        "sub_victim": {"sub": VICTIM},
        "sub_zero": {"sub": "op/adele.trovamala\x00"},
        "sub_capitals": {"sub": "OP/adele.trovamala"},
        "sub_space": {"sub": "op/adele.trovamala "},
        "sub_homograph": {"sub": "\u043ep/adele.trovamala"},
    },
    claims,
    *SCHEMES,
)
CLAIMS.table(
    "OIDC Core 3.1.3.8: the access token is the one that the ID token was given out with.",
    {
        "at_hash_other": {"at_hash": hash_of("somebody's", "RS256")},
        "at_hash_empty": {"at_hash": ""},
        "at_hash_null": {"at_hash": None},
        "at_hash_number": {"at_hash": 0},
        "at_hash_list": {"at_hash": []},
        "at_hash_true": {"at_hash": True},
    },
    claims,
    *SCHEMES,
)
CLAIMS.table(
    "OIDC Core 3.1.3.7, 12: a level is a word that is known, and no lower one than was asked for.",
    {
        "acr_1": {"acr": "https://www.spid.gov.it/SpidL1"},
        "acr_missing": {"acr": ...},
        "acr_22": {"acr": "https://www.spid.gov.it/SpidL22"},
        "acr_list": {"acr": ["https://www.spid.gov.it/SpidL2"]},
        "acr_number": {"acr": 3},
        "acr_space": {"acr": "https://www.spid.gov.it/SpidL2 "},
        "acr_two": {"acr": "https://www.spid.gov.it/SpidL1 https://www.spid.gov.it/SpidL2"},
        "acr_object": {"acr": {}},
        "acr_plain": {"acr": "http://www.spid.gov.it/SpidL3"},
    },
    claims,
    *SCHEMES,
)


@CLAIMS("cie")
def a_scheme_s_token_without_at_hash(stage):
    """CIE and SPID put at_hash into every ID token."""
    return claims({"at_hash": ...})(stage)


@CLAIMS(*SCHEMES)
def the_token_of_another_sign_in(stage):
    """Token substitution: a true token of the same person, of another browser's sign-in."""
    seen = []

    def keep(token, _):
        seen.append(token)
        return seen[0]

    stage.op.twist = Twist(token=keep)
    stage.sign_in()
    return stage.sign_in(state="the-second-browser-of-the-victim")


@CLAIMS(*SCHEMES)
def claims_of_evil_signed_by_a_key_of_the_same_name(stage):
    """A key with the kid of the provider's: a name proves nothing."""

    def change(token, op):
        first, payload = parts_of(token)
        return spelt(first, {**payload, "sub": VICTIM}, EVIL)

    return altered(change)(stage)
