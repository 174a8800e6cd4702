"""The small parts of the relying party: reading, keys, levels, claims, metadata, HTTP."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from registrazione.adapters.oidc import claims, jose, reading
from registrazione.adapters.oidc.claims import EID
from registrazione.adapters.oidc.client import Dialect
from registrazione.adapters.oidc.keys import OwnKey, TheirKeys, public_jwks
from registrazione.adapters.oidc.levels import LEVELS, asked_for
from registrazione.adapters.oidc.metadata import Discovery, ProviderKeys, ProviderMetadata
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_keys import encrypted, key_of, spelt
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_people import HOLDERS
from registrazione.testing.oidc_stage import NOW, STATE, Stage, client_of
from registrazione.testing.people import PEOPLE

# -- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        b"\xff",
        "",
        "[]",
        "1",
        '{"a":1,"a":1}',
        '{"a":NaN}',
        "[" * 99_999,
        '{"a":' + "9" * 9999 + "}",
    ],
)
def test_what_is_no_object_is_invalid(written):
    """RFC 8259, in one meaning only."""
    with pytest.raises(IdentityError, match="invalid"):
        reading.json_object(written)


def test_lists_of_texts():
    """Nothing is an empty list; anything that is no short list of texts is invalid."""
    assert reading.texts(None) == ()
    assert reading.texts(["a"]) == ("a",)
    for wrong in ("a", [1], ["a"] * 101):
        with pytest.raises(IdentityError):
            reading.texts(wrong)


@pytest.mark.parametrize("value", ["", "x" * 2049, None, 1, ["a"]])
def test_a_text_that_has_to_be_there(value):
    """Empty, too long, or no text: invalid."""
    with pytest.raises(IdentityError):
        reading.text({"a": value}, "a")


@pytest.mark.parametrize(
    ("value", "good"),
    [(1, True), (1.5, True), (True, False), ("1", False), (math.inf, False), (math.nan, False)],
)
def test_what_is_a_moment(value, good):
    """A finite number (RFC 7519, 2)."""
    assert reading.is_moment(value) is good


# -- keys ------------------------------------------------------------------------------------


def test_a_private_key_in_pem_and_as_jwk():
    """Both are the same key, whose name is its thumbprint, and which shows nothing."""
    made = ECKey.generate_key("P-256")
    pem = OwnKey.read(Secret(made.as_pem(private=True)), "ES256")
    jwk = OwnKey.read(Secret(made.as_dict(private=True)), "ES256")

    assert pem.kid == jwk.kid == made.thumbprint()
    assert pem.public() == jwk.public()
    assert "d" not in pem.public()
    assert pem.public()["use"] == "sig"
    assert key_of("rp", "RSA-OAEP-256").public()["use"] == "enc"
    assert "EC" not in repr(pem)


@pytest.mark.parametrize("written", ["", "no key", b"\x00", {"kty": "EC"}, None, 1])
def test_what_is_no_private_key_is_refused(written):
    """The text does not show it."""
    with pytest.raises(ValueError, match="no private key") as caught:
        OwnKey.read(Secret(written), "ES256")

    assert "no key" not in str(caught.value)


def test_public_short_and_unknown_keys_are_none_of_ours():
    """A public key signs nothing, 1024 bits are too few, and EdDSA is not spoken."""
    public = key_of("rp").key.as_dict(private=False)
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024)
    weak = short.as_dict(private=True)
    for alg, written in (("ES256", public), ("EdDSA", public)):
        with pytest.raises(ValueError, match="key"):
            OwnKey.read(Secret(written), alg)
    with pytest.warns(SecurityWarning), pytest.raises(ValueError, match="2048"):
        OwnKey.read(Secret(weak), "RS256")
    assert TheirKeys.read({"keys": [short.as_dict(private=False)]}).keys == ()


def test_without_a_name_only_the_one_key_there_is_fits():
    """Of two that fit, nobody guesses."""
    one, two = key_of("a"), key_of("b")
    assert TheirKeys.read(public_jwks([one])).fitting("ES256", None) is not None
    assert TheirKeys.read(public_jwks([one, two])).fitting("ES256", None) is None
    assert TheirKeys.read(public_jwks([one, two])).fitting("ES256", "b-ES256") is not None
    assert TheirKeys.read({"keys": 1}).keys == ()


# -- signed and encrypted objects --------------------------------------------------------------


@pytest.mark.parametrize("token", [None, 1, b"x", "", "a.b.c", "è", "x" * 200_000, "e30.e30.e30"])
def test_what_is_no_token_is_invalid(token):
    """However it is looked at."""
    for look in (
        lambda: jose.opened(token, lambda _alg, _kid: None, algorithms=jose.SIGNING),
        lambda: jose.unverified(token),
        lambda: jose.decrypted(token, (key_of("rp", "RSA-OAEP-256"),)),
    ):
        with pytest.raises(IdentityError):
            look()


def test_what_is_encrypted_for_nobody_here_is_invalid():
    """Without a key, with another one, or under another name."""
    recipient = key_of("rp", "RSA-OAEP-256")
    token = encrypted("inside", recipient)
    assert jose.decrypted(token, (recipient,)) == "inside"
    for keys in ((), (key_of("other", "RSA-OAEP-256"),)):
        with pytest.raises(IdentityError):
            jose.decrypted(token, keys)


def test_what_is_unsigned_inside_is_seen():
    """The claims of a token that nobody has verified are told by a name that says so."""
    assert jose.unverified(spelt({"alg": "ES256"}, {"a": 1}, key_of("x"))) == {"a": 1}


# -- levels and claims -------------------------------------------------------------------------


def test_levels_are_asked_for_in_their_own_words():
    """Where nobody has a word for the level, nothing is asked for."""
    assert asked_for(LEVELS, 3) == "https://www.spid.gov.it/SpidL3"
    assert asked_for({"loa2": 2}, 2) == "loa2"
    assert asked_for({}, 2) == ""


@pytest.mark.requirement("MIM-06")
def test_claims_become_fields_of_the_form():
    """Name, birth and contacts as the form calls them; the code without its prefix."""
    told = HOLDERS["driss.belkhadem"].claims
    values = claims.form_values(told)

    assert {k: values[k] for k in PEOPLE.driss.data()} == PEOPLE.driss.data()
    assert claims.codice_fiscale(told) == PEOPLE.driss.codice_fiscale


def test_a_document_names_its_office():
    """In an object of its own, as SPID and CIE have it, or alone."""
    for issuer in ({"name": "ComuneRoma"}, "ComuneRoma"):
        told = {"document_details": {"issuer": issuer, "date_of_expiry": "2030-02-30"}}
        assert claims.form_values(told) == {"document_issuer": "ComuneRoma"}


@pytest.mark.parametrize(
    ("born", "old_enough"),
    [("2012-03-02", True), ("2012-03-03", False), ("2012-02-28", True), ("2011-12-31", True)],
)
def test_years_are_full_on_the_birthday(born, old_enough):
    """Not a day before."""
    assert claims.is_old_enough({"birthdate": born}, 14, NOW.date()) is old_enough


@pytest.mark.parametrize("junk", [None, 1, [], {}, "", "\x00", ["a"], {"locality": 1}])
def test_claims_that_cannot_be_read_are_left_out(junk):
    """And asked of the person."""
    names = {path[0] for _, path, _ in claims.FIELDS}

    assert claims.form_values(dict.fromkeys(names, junk)) == {}
    assert claims.codice_fiscale({f"{EID}fiscal_number": junk}) is None


def test_what_is_told_is_made_one_line():
    """With single blanks; what cannot be printed is left out, and so are days that are none."""
    values = claims.form_values(
        {
            "given_name": " Anna  Maria ",
            "family_name": "Rossi\u200b",
            "birthdate": "1.1.1980",
            "gender": "x",
            "place_of_birth": {"locality": "Roma"},
            "phone_number": "+39 333-000",
            "email": "a@b.example",
            "email_verified": False,
        }
    )

    assert values == {"name": "Anna Maria", "phone": "+39333000"}


@pytest.mark.parametrize(
    "number",
    [
        *("TINFR-123", "RSSMRA80A01H501U", "TINIT-", "TIN", "VATIT-1"),
        # What is no letter of ours, and becomes an S in capitals.
        "TINIT-R\u017f\u017fMRA80A01H501U",
    ],
)
def test_only_italian_tax_codes_are_a_codice_fiscale(number):
    """Without the prefix nobody knows whose number it is; nothing is mended."""
    assert claims.codice_fiscale({f"{EID}fiscal_number": number}) is None
    small = {f"{EID}fiscal_number": "TINIT-rssmra80a01h501u"}
    assert claims.codice_fiscale(small) == "RSSMRA80A01H501U"


# -- metadata and keys of a provider -------------------------------------------------------------


def test_metadata_and_keys_are_fetched_once_an_hour():
    """And no sooner, however many sign in."""
    stage = Stage()
    stage.sign_in()
    stage.clock.advance(timedelta(minutes=2))
    stage.sign_in(state="b" * 32)
    seldom = [path for path in stage.op.asked if path.startswith(("/.well", "/jwks"))]
    assert len(seldom) == 2

    stage.clock.advance(timedelta(hours=1))
    stage.sign_in(state="c" * 32)
    assert len([path for path in stage.op.asked if path.startswith(("/.well", "/jwks"))]) == 4


def test_an_unknown_key_is_looked_for_once_a_minute():
    """An unknown name makes us ask once more, and then not again for a while."""
    clock = ManualClock(NOW)
    op = FakeOp(clock)
    keys = ProviderKeys(op, clock)
    metadata = Discovery(op.issuer, op, clock).metadata()
    before = len(op.asked)

    def asked():
        assert keys.find(metadata, "RS256", "unknown") is None
        return len(op.asked) - before

    assert [asked(), asked()] == [1, 1]
    clock.advance(seconds=60)
    assert [asked(), asked()] == [2, 2]
    assert keys.find(metadata, "RS256", op.signer.kid) is not None


def test_keys_that_came_with_the_metadata_are_not_fetched():
    """As in a federation."""
    clock = ManualClock(NOW)
    op = FakeOp(clock)
    metadata = ProviderMetadata(
        issuer="i", authorization_endpoint="a", token_endpoint="t", jwks=public_jwks([op.signer])
    )

    assert ProviderKeys(op, clock).find(metadata, "RS256", op.signer.kid) is not None
    assert op.asked == []


# -- the client ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state_key": Secret("short")}, "state_key"),
        ({"state_key": Secret(1)}, "state_key"),
        ({"redirect_uri": "http://rp.example/"}, "redirect_uri"),
        ({"signing_key": None}, "proves itself"),
        ({"dialect": "cie", "signing_key": None, "secret": Secret("x")}, "proves itself"),
        ({"dialect": "cie", "encryption_keys": ()}, "encryption_keys"),
        ({"algorithms": {"HS256"}}, "algorithms"),
        ({"algorithms": ()}, "algorithms"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_a_client_that_would_fail_is_refused(changes, reason):
    """At start, and not at the first sign-in."""
    with pytest.raises(ValueError, match=reason):
        client_of(**changes)


def test_what_is_derived_depends_on_everything():
    """Kind, client and state; a key may be text or bytes."""
    client = client_of(state_key=Secret("x" * 32))
    same = client_of(state_key=Secret(b"x" * 32))
    told = {
        client.derived("nonce", STATE),
        client.derived("verifier", STATE),
        client.derived("nonce", "b" * 32),
        client_of(name="other", state_key=Secret(b"x" * 32)).derived("nonce", STATE),
    }

    assert len(told) == 4
    assert client.derived("nonce", STATE) == same.derived("nonce", STATE)


@pytest.mark.parametrize(
    ("callback", "state"),
    [
        ("https://rp.example/other", STATE),
        ("https://rp.example/identity/oidc/callback", "short"),
        ("https://rp.example/identity/oidc/callback", "a state with blanks in it"),
    ],
)
def test_a_sign_in_that_cannot_come_back_is_not_begun(callback, state):
    """Another callback page than the one that is registered, or a name that can be guessed."""
    stage = Stage()
    with pytest.raises(IdentityError, match="unavailable"):
        stage.provider.start(callback, state)


def test_endpoints_may_have_a_query():
    """Ours is put behind it."""
    stage = Stage()
    document = stage.op.document()
    document["authorization_endpoint"] += "?realm=x"
    stage.op.twist = stage.op.twist.__class__(document=lambda *_: document)

    assert "?realm=x&client_id=" in stage.provider.start(stage.client.redirect_uri, STATE).url


def test_claims_are_asked_for_by_name_where_the_dialect_says_so():
    """In the address too, where the question is not signed."""
    dialect = Dialect(name="named", named_claims=True)
    stage = Stage(client=client_of(dialect))
    outgoing = stage.provider.start(stage.client.redirect_uri, STATE)

    asked = dict(parse_qsl(urlsplit(outgoing.url).query))
    assert f"{EID}fiscal_number" in json.loads(asked["claims"])["userinfo"]


@pytest.mark.parametrize("dialect", ["spid", "cie"])
def test_the_question_is_signed_in_a_federation(dialect):
    """Beside the signed object stands only what OAuth wants to see (RFC 9101, 5)."""
    stage = Stage(client=client_of(dialect))
    outgoing = stage.provider.start(stage.client.redirect_uri, STATE)

    asked = dict(parse_qsl(urlsplit(outgoing.url).query))
    inside = jose.unverified(asked["request"])
    assert {"redirect_uri", "state", "nonce"}.isdisjoint(asked)
    assert inside["state"] == STATE
    assert len(inside["nonce"]) >= 32
    assert inside["nonce"].isalnum()
    assert inside["prompt"] == "consent login"
    assert inside["acr_values"] == "https://www.spid.gov.it/SpidL2"
    assert inside["code_challenge_method"] == "S256"
