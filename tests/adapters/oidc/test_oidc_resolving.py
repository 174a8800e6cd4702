"""What others are told who ask us about a provider (OpenID Federation 1.0, 8.3; SPID and CIE)."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import attrs
import pytest

from registrazione.adapters.oidc import jose
from registrazione.adapters.oidc.federation.resolving import ERRORS, MEDIA_TYPE
from registrazione.adapters.oidc.federation.statements import WELL_KNOWN
from registrazione.adapters.oidc.keys import TheirKeys, public_jwks
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.ports import AnswersPeers
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import (
    MARK,
    FakeFederation,
    FederationTwist,
    entity_of,
    provider_in,
)
from registrazione.testing.oidc_federation_case import marked
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import NOW, STATE, client_of

ANCHOR = "https://ta.example"
SECOND = "https://second.example"


class World:
    """A relying party in a federation with one provider, or with several."""

    def __init__(self, *others, twist=None):
        self.clock = ManualClock(NOW)
        self.op = FakeOp(self.clock)
        known = tuple(FakeOp(self.clock, issuer=issuer) for issuer in others)
        self.federation = FakeFederation(self.op, others=known)
        self.federation.twist = twist or FederationTwist()
        self.client = client_of("cie", name="cie")
        entity = entity_of(self.client, self.federation)
        self.provider = provider_in(self.federation, self.client)
        self.provider = attrs.evolve(self.provider, entity=entity)

    def look(self, choice=""):
        """Find out about a provider, as every sign-in does."""
        self.provider.start(self.client.redirect_uri, STATE, choice)

    def asked(self, **changes):
        """Ask about the provider, with other parameters than usual."""
        usual = {"sub": self.op.issuer, "trust_anchor": ANCHOR}
        fields = {name: value for name, value in {**usual, **changes}.items() if value is not None}
        return self.provider.answer("resolve", urlencode(fields, doseq=True))

    def read(self, document):
        """Return header and claims of an answer, which our key of the federation has signed."""
        assert (document.status, document.media_type) == (200, MEDIA_TYPE)
        keys = TheirKeys.read(public_jwks([key_of("rp-federation")]))
        return jose.opened(
            document.body.decode(),
            keys.fitting,
            algorithms=jose.SIGNING,
            types=frozenset({"resolve-response+jwt"}),
        )[1]


def error_of(document):
    """Return what an answer that is none says."""
    assert document.media_type == "application/json"
    told = json.loads(document.body)
    assert document.status == ERRORS[told["error"]]
    assert told["error_description"]
    return told["error"]


@pytest.fixture
def world():
    """Who knows the provider already."""
    found = World()
    found.look()
    return found


def test_others_read_what_was_found_out(world):
    """Metadata after all policies, marks, and the whole chain; nobody is asked for it again."""
    before = len(world.op.asked)
    told = world.read(world.asked())

    assert isinstance(world.provider, AnswersPeers)
    assert (told["iss"], told["sub"]) == ("https://rp.example", "https://op.example")
    assert told["iat"] == NOW.timestamp()
    assert told["exp"] == NOW.timestamp() + 3600
    provider = told["metadata"]["openid_provider"]
    assert provider["grant_types_supported"] == ["authorization_code"]
    assert provider["scopes_supported"] == ["openid", "profile", "email"]
    assert [mark["trust_mark_type"] for mark in told["trust_marks"]] == [MARK]
    issuers = [jose.unverified(statement)["iss"] for statement in told["trust_chain"]]
    assert issuers == ["https://op.example", "https://sa.example", ANCHOR, ANCHOR]
    assert len(world.op.asked) == before


def test_others_follow_the_chain_that_they_read(world):
    """What we tell holds for whoever trusts the anchor."""
    told = world.read(world.asked())
    anchor_keys = TheirKeys.read(world.federation.anchors[ANCHOR])
    last = told["trust_chain"][-1]
    opened = jose.opened(
        last,
        anchor_keys.fitting,
        algorithms=jose.SIGNING,
        types=frozenset({"entity-statement+jwt"}),
    )

    assert opened[1]["sub"] == ANCHOR


def test_a_chain_to_another_anchor_is_not_told():
    """Both are trusted, and only one of them vouches for the provider."""
    world = World()
    other = {"https://other.example": world.federation.anchors[ANCHOR]}
    trusted = attrs.evolve(
        world.provider.source.federation, anchors={**world.federation.anchors, **other}
    )
    source = attrs.evolve(world.provider.source, federation=trusted)
    world.provider = attrs.evolve(world.provider, source=source)
    world.look()

    assert error_of(world.asked(trust_anchor="https://other.example")) == "not_found"
    assert world.read(world.asked())["sub"] == world.op.issuer


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sub": None}, "invalid_request"),
        ({"sub": ""}, "invalid_request"),
        ({"sub": ["https://op.example", "https://x.example"]}, "invalid_request"),
        ({"trust_anchor": None}, "invalid_request"),
        ({"x": [str(n) for n in range(30)]}, "invalid_request"),
        ({"trust_anchor": "https://other.example"}, "invalid_trust_anchor"),
        ({"sub": "https://nobody.example"}, "not_found"),
        ({"sub": "https://op.example/"}, "not_found"),
        ({"entity_type": "openid_relying_party"}, "not_found"),
    ],
)
def test_what_is_no_question_has_no_answer(world, changes, error):
    """And the status that the schemes ask for."""
    before = len(world.op.asked)

    assert error_of(world.asked(**changes)) == error
    assert len(world.op.asked) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"entity_type": "openid_provider"},
        {"entity_type": ["federation_entity", "openid_provider"]},
        {"trust_anchor": None, "anchor": ANCHOR, "type": "openid_provider"},
        {"trust_anchor": ["https://other.example", ANCHOR]},
    ],
)
def test_all_who_ask_soundly_are_answered(world, changes):
    """By the names of today and of earlier drafts."""
    assert world.read(world.asked(**changes))["sub"] == world.op.issuer


def test_of_whom_nothing_was_found_out_nothing_is_told():
    """Nobody makes us ask by asking us; what has ended is told no more."""
    world = World()
    assert error_of(world.asked()) == "not_found"
    assert world.op.asked == []
    world.look()
    assert world.read(world.asked())
    world.clock.advance(seconds=3600)
    assert error_of(world.asked()) == "not_found"


def test_a_mark_that_has_ended_is_left_out():
    """While it is good the answer is, and no longer (8.3.2); then it is told no more."""
    world = World(twist=marked(exp=int(NOW.timestamp()) + 60))
    world.look()
    told = world.read(world.asked())
    assert told["trust_marks"]
    assert told["exp"] == NOW.timestamp() + 60
    world.clock.advance(seconds=60)

    told = world.read(world.asked())
    assert told["trust_marks"] == []
    assert told["exp"] == NOW.timestamp() + 3600


def test_a_mark_without_an_end_is_told():
    """It is good until it is taken back."""

    def endless(told, _):
        return {name: value for name, value in told.items() if name != "exp"}

    world = World(twist=FederationTwist(claims={"mark": endless}))
    world.look()

    assert world.read(world.asked())["trust_marks"]


def test_each_of_several_is_told_of_that_was_found_out():
    """Of the one that nobody has chosen yet nothing is known."""
    world = World(SECOND)
    world.look(SECOND)

    assert world.read(world.asked(sub=SECOND))["sub"] == SECOND
    assert error_of(world.asked()) == "not_found"


def test_who_is_in_no_federation_answers_nothing(world):
    """Nor is anything answered elsewhere."""
    assert world.provider.answer("fetch", "sub=x") is None
    assert attrs.evolve(world.provider, entity=None).answer("resolve", "sub=x") is None


def test_we_say_where_we_can_be_asked(world):
    """It stands in our own configuration, as the schemes want it of every member."""
    told = jose.unverified(world.provider.document(WELL_KNOWN.lstrip("/")).body.decode())
    member = told["metadata"]["federation_entity"]

    assert member["federation_resolve_endpoint"] == "https://rp.example/resolve"


def test_a_provider_outside_is_not_told_of(world):
    """One that we are registered with has no chain, though we are in a federation as well."""
    source = Discovery(world.op.issuer, world.op, world.clock)
    alone = attrs.evolve(world.provider, source=source)

    assert error_of(alone.answer("resolve", f"sub=x&trust_anchor={ANCHOR}")) == (
        "invalid_trust_anchor"
    )
