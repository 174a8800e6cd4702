"""What we say of ourselves in a federation, and how long others are believed."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.oidc.federation.chain import (
    MOST_FETCHES,
    PATIENCE,
    Federation,
    Step,
)
from registrazione.adapters.oidc.federation.entity import MEDIA_TYPE, RP_METADATA, Entity
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.federation.statements import Statement, believed
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import TheirKeys, public_jwks
from registrazione.ports import IdentityError
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import FakeFederation, entity_of
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import NOW, client_of

ENTITY = "https://rp.example"


@pytest.mark.parametrize("dialect", list(RP_METADATA))
def test_what_we_say_of_ourselves_is_signed_with_the_federation_key(dialect):
    """Address, type and keys: those of the federation, and those of the relying party inside."""
    entity = entity_of(client_of(dialect), FakeFederation(FakeOp(ManualClock(NOW))))
    keys = TheirKeys.read(public_jwks([entity.key]))
    told = entity.configuration(NOW).decode("ascii")
    claims = believed(told, keys, issuer=ENTITY, subject=ENTITY, now=NOW).claims
    party = claims["metadata"]["openid_relying_party"]

    assert entity.address == f"{ENTITY}/.well-known/openid-federation"
    assert MEDIA_TYPE == "application/entity-statement+jwt"
    assert party["redirect_uris"] == [entity.client.redirect_uri]
    assert {row["use"] for row in party["jwks"]["keys"]} == {"sig", "enc"}
    assert not any("d" in row for row in (*party["jwks"]["keys"], *claims["jwks"]["keys"]))
    assert party["client_registration_types"] == ["automatic"]
    assert claims["metadata"]["federation_entity"]["contacts"] == ["tecnico@rp.example"]
    assert claims["authority_hints"] == ["https://ta.example"]


def test_our_own_trust_marks_are_shown():
    """As they were given; without contacts nobody is named."""
    entity = Entity(
        client=client_of("cie"),
        key=key_of("rp-federation"),
        authority_hints=(),
        organisation="Ente",
        trust_marks={"https://ta.example/m": "eyJ"},
    )
    keys = TheirKeys.read(public_jwks([entity.key]))
    told = entity.configuration(NOW).decode("ascii")
    claims = believed(told, keys, issuer=ENTITY, subject=ENTITY, now=NOW).claims

    assert claims["trust_marks"][0]["trust_mark"] == "eyJ"
    assert "contacts" not in claims["metadata"]["openid_relying_party"]


def resolving(**changes):
    """Return a fake federation, its clock, and where the provider is found in it."""
    clock = ManualClock(NOW)
    federation = FakeFederation(FakeOp(clock), **changes)
    trusted = Federation(anchors=federation.anchors, http=federation)
    return federation, clock, FederatedMetadata(federation.op.issuer, trusted, clock)


def test_a_chain_is_believed_for_an_hour_and_never_longer_than_it_lasts():
    """The statements here end after an hour, so both come at once; one second earlier neither."""
    federation, clock, source = resolving()
    first = source.metadata()
    clock.advance(minutes=59, seconds=59)
    assert source.metadata() is first
    clock.advance(seconds=1)
    assert source.metadata() is not first
    assert federation.op.asked.count("/.well-known/openid-federation") == 2


def test_policies_of_those_above_are_applied():
    """What the anchor does not allow is not there."""
    federation, _, source = resolving()
    chain = source.federation.resolve(federation.op.issuer, "openid_provider", NOW)

    assert chain.metadata["scopes_supported"] == ["openid", "profile", "email"]
    assert chain.metadata["grant_types_supported"] == ["authorization_code"]
    assert chain.anchor == federation.anchor
    assert chain.subject == federation.op.issuer
    assert chain.ends == NOW + timedelta(hours=1)


class Labyrinth:
    """Everybody names four others above, who do the same."""

    def __init__(self):
        """Count who asks."""
        self.asked = 0

    def get(self, url, *, headers=None):
        """Return somebody who names others."""
        self.asked += 1
        name = url.partition("/.well-known")[0]
        hints = [f"{name}/{n}" for n in range(9)]
        body = spelt({"alg": "ES256"}, {"authority_hints": hints}, key_of("maze")).encode()
        return HttpAnswer(status=200, content_type=MEDIA_TYPE, body=body)


def test_nobody_makes_us_ask_all_day():
    """However many are named, a few are asked, and then it is over."""
    maze = Labyrinth()
    trusted = Federation(anchors={"https://ta.example": {"keys": []}}, http=maze)

    with pytest.raises(IdentityError, match="invalid"):
        trusted.resolve("https://op.example", "openid_provider", NOW)
    assert maze.asked <= MOST_FETCHES


def test_nobody_is_asked_for_longer_than_a_visitor_waits():
    """The first question after ten seconds is not asked, however few there were."""
    maze, seconds = Labyrinth(), count(step=3)
    trusted = Federation(
        anchors={"https://ta.example": {"keys": []}}, http=maze, watch=lambda: float(next(seconds))
    )

    with pytest.raises(IdentityError):
        trusted.resolve("https://op.example", "openid_provider", NOW)
    assert maze.asked == PATIENCE // 3


@pytest.mark.parametrize(
    ("entity", "name", "within"),
    [
        ("https://evil.example", "evil.example", True),
        ("https://evil.example.", "evil.example", True),
        ("https://EVIL.example.:8443/x", "evil.example", True),
        ("https://evil.example", "evil.example.", True),
        ("https://op.evil.example.", ".evil.example", True),
        ("https://op.evil.example", "evil.example", False),
        ("https://evil.example", ".evil.example", False),
        ("https://devil.example", "evil.example", False),
    ],
)
def test_a_name_is_the_same_with_the_root_behind_it(entity, name, within):
    """RFC 1034, 3.1: the dot that ends a name changes nothing of what it names."""
    for kind in ("permitted", "excluded"):
        about = Statement(
            issuer="https://ta.example",
            subject=entity,
            claims={"constraints": {"naming_constraints": {kind: [name]}}},
        )
        step = Step(statement=about, below=0, entities=(entity,), kind="openid_provider")
        assert step.is_named_so() is ((kind == "permitted") is within)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode()))
def test_whatever_is_served_is_refused_quietly(body):
    """Nothing but the library's error is raised."""

    class Served:
        def get(self, url, *, headers=None):
            return HttpAnswer(status=200, content_type=MEDIA_TYPE, body=body)

    trusted = Federation(anchors={"https://ta.example": {"keys": []}}, http=Served())
    with pytest.raises(IdentityError):
        trusted.resolve("https://op.example", "openid_provider", NOW)
