"""Guards that no attack of the battery reaches: what each is there for, one at a time."""

from __future__ import annotations

import math
from types import SimpleNamespace
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest

from registrazione.adapters.oidc import claims, jose, reading
from registrazione.adapters.oidc.client import Dialect
from registrazione.adapters.oidc.federation.chain import MOST_STEPS, STEP_GUARDS, Federation, Step
from registrazione.adapters.oidc.federation.policy import merged, read_policy
from registrazione.adapters.oidc.federation.statements import MEDIA_TYPE, Statement
from registrazione.adapters.oidc.guards import check
from registrazione.adapters.oidc.http import HttpAnswer, HttpxClient, is_web_address, leads_inside
from registrazione.adapters.oidc.keeping import Record
from registrazione.adapters.oidc.keys import MOST_KEYS, OwnKey, TheirKeys, public_jwks
from registrazione.adapters.oidc.several import Several
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_bends import reworded
from registrazione.testing.oidc_federation import (
    MARK,
    FakeFederation,
    FederationTwist,
    entity_of,
    provider_in,
)
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_op import FakeOp, Twist
from registrazione.testing.oidc_stage import NOW, STATE, Stage, client_of

KIND = "openid_provider"


def refused(call, *arguments, **options):
    """Return the code of the error that a call ends in."""
    with pytest.raises(IdentityError) as caught:
        call(*arguments, **options)
    return caught.value.code


# -- tokens --------------------------------------------------------------------------------------


def test_a_token_has_an_end():
    """However well it is signed, one that is too long is not looked at."""
    theirs = key_of("op")
    keys = TheirKeys.read(public_jwks([theirs]))
    header = {"alg": "ES256", "kid": theirs.kid}
    for length, accepted in ((90_000, True), (100_000, False)):
        token = spelt(header, {"long": "x" * length}, theirs)
        for look in (
            lambda token=token: jose.opened(token, keys.fitting, algorithms=jose.SIGNING)[1],
            lambda token=token: jose.unverified(token),
        ):
            if accepted:
                assert len(look()["long"]) == length
            else:
                assert refused(look) == "invalid"


def test_a_key_that_says_what_it_is_not_for_is_not_used():
    """The provider's own, with operations that are not the one asked for (RFC 7517, 4.3)."""
    row = {**key_of("op", "RS256").public(), "key_ops": ["encrypt"]}
    del row["use"]
    stage = Stage()
    stage.op.twist = Twist(jwks=lambda *_: {"keys": [row]})

    assert refused(stage.sign_in) == "invalid"


def test_the_name_of_a_key_is_a_text():
    """A number names nothing, even if both sides write the same one."""
    stage = Stage()
    stage.op.twist = Twist(
        header=lambda header, _: {**header, "kid": 7},
        jwks=lambda jwks, _: {"keys": [{**row, "kid": 7} for row in jwks["keys"]]},
    )

    assert refused(stage.sign_in) == "invalid"


@pytest.mark.parametrize("alg", ["RS256", "PS384", "ES384", "ES512"])
def test_whatever_our_key_is_for_it_signs(alg):
    """With any algorithm of the list, not with the usual ones only."""
    key = key_of("rp", alg)

    assert jose.unverified(jose.signed({"a": 1}, key)) == {"a": 1}


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, True, "1", None])
def test_what_is_no_moment_is_over_and_still_to_come(value):
    """Whichever is asked: neither lets anything in (RFC 7519, 4.1.4 and 4.1.5)."""
    assert reading.is_over({"exp": value}, NOW, 60)
    assert reading.is_early({"iat": value}, "iat", NOW, 60)


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_a_number_that_is_too_large_is_none(name):
    """1e999 is a number of JSON and becomes infinity: a token would never end."""
    stage = Stage()
    before = str(int(NOW.timestamp()) + (300 if name == "exp" else 0))
    stage.op.twist = Twist(
        token=reworded(lambda text: text.replace(f'"{name}": {before}', f'"{name}": 1e999'))
    )

    assert refused(stage.sign_in) in {"invalid", "expired"}


@pytest.mark.parametrize("answer", [None, 1, "code=x", [("code", "x")], ["x"]])
def test_what_is_no_answer_is_invalid(answer):
    """Whatever a page hands over."""
    stage = Stage()

    assert refused(stage.provider.verify, answer) == "invalid"


# -- keys ----------------------------------------------------------------------------------------


def test_an_algorithm_that_nobody_uses_here_is_named():
    """It is the setting that is wrong, and not the key."""
    with pytest.raises(ValueError, match="EdDSA is no algorithm"):
        OwnKey.read(Secret({}), "EdDSA")


def test_a_key_is_for_one_kind_of_algorithm():
    """Not for another family, nor for another algorithm than it says; of fifty, no more."""
    rsa, elliptic = key_of("op", "RS256"), key_of("op")
    keys = TheirKeys.read(public_jwks([rsa, elliptic]))
    assert keys.fitting("RS256", rsa.kid) is not None
    for alg, kid in (("ES256", rsa.kid), ("PS256", rsa.kid), ("RS256", elliptic.kid)):
        assert keys.fitting(alg, kid) is None
    anything = {name: value for name, value in rsa.public().items() if name != "alg"}
    open_to_all = TheirKeys.read({"keys": [anything]})
    assert open_to_all.fitting("PS256", rsa.kid) is not None
    assert open_to_all.fitting("ES256", rsa.kid) is None
    assert open_to_all.fitting("EdDSA", None) is None

    many = [{**elliptic.public(), "kid": f"{number}"} for number in range(MOST_KEYS + 1)]
    assert TheirKeys.read({"keys": many}).fitting("ES256", str(MOST_KEYS - 1)) is not None
    assert TheirKeys.read({"keys": many}).fitting("ES256", str(MOST_KEYS)) is None


def test_keys_for_encryption_sign_nothing():
    """Nor do keys of kinds that are not spoken here."""
    row = key_of("op").public()

    assert len(TheirKeys.read({"keys": [row]}).keys) == 1
    assert TheirKeys.read({"keys": [{**row, "use": "enc"}]}).keys == ()
    assert TheirKeys.read({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}).keys == ()


# -- what is asked, and of whom ------------------------------------------------------------------


def test_what_is_not_wanted_is_not_asked_for():
    """No empty parameters, and no claims by name where scopes say it all."""
    stage = Stage()
    url = stage.provider.start(stage.client.redirect_uri, STATE).url
    asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))

    assert {"prompt", "claims"}.isdisjoint(asked)
    assert asked["scope"] == "openid profile email"


def test_a_level_that_is_no_text_is_none():
    """Whatever stands there."""
    assert [client_of().level_of(acr) for acr in (["x"], {}, 3, None)] == [0, 0, 0, 0]


def test_who_has_to_encrypt_cannot_look_as_if():
    """A body that is not signed and has four dots is no encrypted object."""
    dialect = Dialect(name="sealed", encrypted_userinfo=True)
    stage = Stage(client=client_of(dialect))
    stage.op.twist = Twist(told=lambda usual, _: {"sub": usual["sub"], "given_name": "..."})
    body = '{"sub": "op/adele.trovamala", "given_name": "..."}'

    assert jose.is_encrypted(body)
    assert refused(stage.sign_in) == "invalid"


def test_a_line_has_an_end():
    """Nobody's name is longer; what is no text is none."""
    assert reading.line("x" * 999) == "x" * 200
    assert [reading.line(value) for value in (None, 7, ["x"], " a \n\u200bb ")] == [
        "",
        "",
        "",
        "a b",
    ]


@pytest.mark.parametrize("day", ["19840312", "1984-W11-1", "1984-3-12", "1984-02-30", ""])
def test_a_day_has_one_spelling_and_exists(day):
    """Any other is left out; whoever has to be of age and does not tell it is not."""
    assert "birth_date" not in claims.form_values({"birthdate": day})
    assert not claims.is_old_enough({"birthdate": day}, 18, NOW.date())
    assert claims.is_old_enough({"birthdate": "1984-03-12"}, 18, NOW.date())


def test_a_wrong_choice_is_not_the_only_one_there_is():
    """Whoever names somebody else means somebody else."""
    several = Several({"https://op.example": object()}, ManualClock(NOW))

    assert several.chosen("") is several.chosen("https://op.example")
    assert refused(several.chosen, "https://other.example") == "unavailable"


def test_what_is_published_has_its_address():
    """Nothing else is served, whoever asks for it."""
    stage = Stage(client=client_of("cie"))
    stage.provider.entity = entity_of(stage.client, FakeFederation(stage.op))

    assert stage.provider.document(".well-known/openid-federation") is not None
    assert stage.provider.document(".well-known/anything") is None


def test_what_is_kept_of_an_answer_is_short():
    """Nobody fills the log with one parameter."""
    kept = []
    evidence = SimpleNamespace(keep=kept.append)
    record = Record(evidence=evidence, exchange="x", issuer="https://op.example")
    record.keep_response({"error_description": "x" * 99_999, "unknown": "y"})

    assert 2048 < len(kept[0].message) < 2100
    assert b"unknown" not in kept[0].message


def test_control_characters_are_in_no_address():
    """Some are taken out by those who read one, others are not."""
    assert not is_web_address("https://op.example/\x7f")
    assert is_web_address("https://op.example/~")


def test_only_from_outside_is_it_wrong_to_lead_inside():
    """A provider on this machine may name its own pages."""
    inside = "http://127.0.0.1:9/"

    assert leads_inside(inside, asked_by="https://op.example")
    assert not leads_inside(inside, asked_by="http://localhost:8/")
    assert not leads_inside("https://op.example/", asked_by="https://op.example")


def test_httpx_asks_the_web_only_and_not_for_long(monkeypatch):
    """What is no web address never gets that far; the limit of time is handed on."""
    seen = []

    def client(**options):
        seen.append(options)
        raise httpx.ConnectError("nobody")

    monkeypatch.setattr(httpx, "Client", client)
    for url, asked in (("http://op.example/", 0), ("https://op.example/", 1)):
        with pytest.raises(OSError, match="web" if not asked else "ConnectError"):
            HttpxClient(timeout=0.25).get(url)
        assert len(seen) == asked

    assert seen == [{"timeout": 0.25, "follow_redirects": False}]


# -- federations ---------------------------------------------------------------------------------


def test_what_is_not_critical_and_not_known_is_passed_over():
    """An operator of somebody else changes nothing, even if two say it."""
    policy = read_policy({"metadata_policy": {KIND: {"p": {"regexp": "a"}}}}, KIND)

    assert policy == {"p": {}}
    assert merged(policy, policy) == {"p": {}}


def test_what_two_add_is_added_once():
    """A list in which something stands twice is another list."""
    policy = {"p": {"add": ["a"]}}

    assert merged(policy, policy) == policy


@pytest.mark.parametrize(("longest", "good"), [(1, True), (0, False), (1.5, False), ("1", False)])
def test_the_length_of_a_chain_is_a_whole_number(longest, good):
    """Anything else allows nothing (OpenID Federation 1.0, 6.2.1)."""
    claims = {"constraints": {"max_path_length": longest}}
    statement = Statement(issuer="https://ta.example", subject="https://a.example", claims=claims)
    step = Step(statement=statement, below=1, entities=("https://a.example",), kind=KIND)

    if good:
        check(STEP_GUARDS, step)
    else:
        assert refused(check, STEP_GUARDS, step) == "invalid"


def resolved(twist, **changes):
    """Return who the provider is in a federation, or the code of the error."""
    federation = FakeFederation(FakeOp(ManualClock(NOW)), **changes)
    federation.twist = twist(federation)
    trusted = Federation(anchors=federation.anchors, http=federation)
    try:
        return trusted.resolve(federation.op.issuer, KIND, NOW).subject
    except IdentityError as error:
        return error.code


def hinting(name, *hints):
    """Return a twist after which somebody names others above."""
    return lambda federation: FederationTwist(
        claims={name: lambda told, _: {**told, "authority_hints": list(hints)}}
    )


NOBODY = [f"https://nobody{number}.example" for number in range(4)]
ANCHOR, MIDDLE = "https://ta.example", "https://sa.example"


@pytest.mark.parametrize(
    ("hints", "good"),
    [
        ((MIDDLE,), True),
        ((*NOBODY[:3], MIDDLE), True),
        ((*NOBODY, MIDDLE), False),
        ((ANCHOR, MIDDLE), True),
    ],
    ids=["one", "fourth", "fifth", "anchor_that_knows_it_not"],
)
def test_another_way_up_may_be_sound(hints, good):
    """Of four who are named above; the fifth is not asked."""
    found = resolved(hinting("leaf", *hints))

    assert (found == "https://op.example") is good


class Tower:
    """So many stand above one another, the anchor on top; everybody says what is true."""

    def __init__(self, above):
        self.names = [f"https://level{number}.example" for number in range(above + 1)]
        keys = {"jwks": public_jwks([key_of("tower")])}
        self.anchors = {self.names[-1]: keys["jwks"]}
        moment = int(NOW.timestamp())
        self.common = {"iat": moment, "exp": moment + 60, **keys}

    def get(self, url, *, headers=None):
        """Return what somebody says, of itself or of who stands below."""
        name, _, about = url.partition("/fetch?sub=")
        name = name.partition("/.well-known")[0]
        subject = unquote(about) or name
        endpoint = {"federation_entity": {"federation_fetch_endpoint": f"{name}/fetch"}}
        told = {"iss": name, "sub": subject, **self.common, "metadata": {KIND: {}, **endpoint}}
        if subject == name:
            told["authority_hints"] = self.names[self.names.index(name) + 1 :][:1]
        key = key_of("tower")
        header = {"alg": key.alg, "kid": key.kid, "typ": "entity-statement+jwt"}
        body = spelt(header, told, key).encode()
        return HttpAnswer(status=200, content_type=MEDIA_TYPE, body=body)


@pytest.mark.parametrize(
    ("above", "good"), [(1, True), (MOST_STEPS, True), (MOST_STEPS + 1, False)]
)
def test_a_chain_has_an_end(above, good):
    """Four stand above somebody, and no more, even if all of them vouch for one another."""
    tower = Tower(above)
    trusted = Federation(anchors=tower.anchors, http=tower)

    if good:
        assert trusted.resolve(tower.names[0], KIND, NOW).anchor == tower.names[-1]
    else:
        assert refused(trusted.resolve, tower.names[0], KIND, NOW) == "invalid"


def test_a_mark_is_looked_for_among_twenty():
    """Whoever shows a great many makes nobody look at them all."""
    results = []
    for many in (19, 20):
        federation = FakeFederation(FakeOp(ManualClock(NOW)))
        client = client_of("cie", name="cie")
        federation.join(entity_of(client, federation))
        others = [{"id": f"{MARK}/{number}", "trust_mark": "x"} for number in range(many)]
        federation.twist = FederationTwist(
            claims={
                "leaf": lambda told, _, others=others: {
                    **told,
                    "trust_marks": [*others, *told["trust_marks"]],
                }
            }
        )
        provider = provider_in(federation, client)
        try:
            outgoing = provider.start(client.redirect_uri, STATE)
            results.append(outgoing.url.startswith("https://op.example"))
        except IdentityError as error:
            results.append(error.code)

    assert results == [True, "invalid"]
