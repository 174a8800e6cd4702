"""The federation that held-back attacks on chains of trust play in, and how they are written."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from tests.adapters.oidc.held_back_oidc import EVIL, merged

from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import (
    MARK,
    FakeFederation,
    FederationTwist,
    entity_of,
    provider_in,
)
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import ADELE, NOW, STATE, client_of

TOKEN_ENDPOINT = "https://op.example/token"
PROVIDER = "openid_provider"
EC_TYPE = "application/entity-statement+jwt"
PAST, FAR = 1_500_000_000, 4_000_000_000
EVIL_JWKS = public_jwks([EVIL])


@attrs.define
class Watched(FakeFederation):
    """A federation that notes who is asked, and may have more entities than it knows.

    Args:
        pages: Answers for addresses that are nobody's else.
    """

    strange: Callable[[str], HttpAnswer | None] = lambda _: None
    urls: list[str] = attrs.field(factory=list)

    def get(self, url, *, headers=()):
        """Note the question, and answer it."""
        self.urls.append(url)
        answer = self.strange(url)
        return FakeFederation.get(self, url, headers=dict(headers)) if answer is None else answer

    def post(self, url, form, *, headers=()):
        """Note the form, and answer it."""
        self.urls.append(url)
        return FakeFederation.post(self, url, form, headers=dict(headers))


@attrs.define
class Ground:
    """Where an attack on a federation is played.

    Args:
        is_deep: Whether somebody stands between anchor and provider.
        marks: Marks that the provider has to bear.
    """

    is_deep: bool = True
    marks: tuple[str, ...] = (MARK,)
    federation: Watched = attrs.field(init=False)
    clock: ManualClock = attrs.field(factory=lambda: ManualClock(NOW))
    client: Client = attrs.field(factory=lambda: client_of("cie"))
    provider: OidcProvider = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Build the federation, and let the relying party in."""
        op = FakeOp(clock=self.clock)
        self.federation = Watched(op, is_deep=self.is_deep)
        self.federation.join(entity_of(self.client, self.federation))
        self.provider = provider_in(self.federation, self.client, trust_marks=self.marks)

    def sign_in(self, state=STATE):
        """Go there and back."""
        outgoing = self.provider.start(self.client.redirect_uri, state)
        brought = self.federation.op.sign_in(outgoing.url, ADELE)
        return self.provider.verify(brought)


@attrs.frozen(kw_only=True)
class ChainAttack:
    """Something that must not succeed.

    Args:
        name: Identifies it.
        label: The public attack or the rule that it stands for.
        play: Returns whom the relying party believes to have before it.
        may_be_read: Whether the provider may be believed all the same.
    """

    name: str
    label: str
    play: Callable[[Ground], object]
    may_be_read: bool = False


def said(bends=(), headers=(), signers=(), answers=()):
    """Return a sign-in in a federation where some say something else."""

    def play(ground):
        ground.federation.twist = FederationTwist(
            claims=dict(bends), headers=dict(headers), signers=dict(signers), answers=dict(answers)
        )
        return ground.sign_in()

    return play


def chain(into, label, cases, *, may_be_read=False):
    """Take in a whole table of attacks that prove the same rule."""
    for name, play in cases.items():
        into.append(ChainAttack(name=name, label=label, play=play, may_be_read=may_be_read))


def claim(who, **changes):
    return said({who: merged(changes)})


def everywhere(prefix, **changes):
    return {
        f"{prefix}_{who.replace('-', '_')}": claim(who, **changes)
        for who in ("anchor", "about-middle", "middle", "about-leaf", "leaf", "mark")
    }


def metadata(**changes):
    """Return a sign-in at a provider that says other things of itself."""

    def bend(claims, _):
        own = merged(changes)(claims["metadata"][PROVIDER], None)
        return {**claims, "metadata": {PROVIDER: own}}

    return said({"leaf": bend})


def policies(anchor=None, middle=None, own=()):
    """Return a sign-in under policies about the provider; ``own``: what it says of itself."""

    def leaf(claims, _):
        whole = merged(dict(own))(claims["metadata"][PROVIDER], None)
        return {**claims, "metadata": {PROVIDER: whole}}

    bends = {"leaf": leaf}
    for who, policy in (("about-middle", anchor), ("about-leaf", middle)):
        if policy is not None:
            bends[who] = merged({"metadata_policy": {PROVIDER: policy}})
    return said(bends)
