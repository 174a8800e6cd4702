"""A federation: a trust anchor, somebody in between, and the fake provider below them.

Everybody can be made to say something else; see :class:`FederationTwist`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from registrazione.adapters.oidc.client import Client
from registrazione.adapters.oidc.federation.chain import Federation
from registrazione.adapters.oidc.federation.entity import Entity
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.federation.statements import (
    MEDIA_TYPE,
    WELL_KNOWN,
    believed,
)
from registrazione.adapters.oidc.http import HttpAnswer, is_web_address, leads_inside
from registrazione.adapters.oidc.keys import OwnKey, TheirKeys, public_jwks
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.adapters.oidc.several import Several
from registrazione.testing.oidc_keys import key_of, spelt
from registrazione.testing.oidc_op import FakeOp

MARK = "https://ta.example/marks/certified"
"""The kind of the mark that the anchor gives to providers."""
MAZE = "https://maze.example"
"""What all addresses of a maze begin with: everybody there names nine others above."""
STATEMENTS = ("anchor", "about-middle", "middle", "about-leaf", "leaf", "mark", "keys")
"""What is said, from the anchor down; the keys are those that the provider signs."""

_KEYS = "/signed-jwks"
_TYPES = {"mark": "trust-mark+jwt", "keys": "jwk-set+jwt"}
_HOUR = timedelta(hours=1)
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
Values = dict[str, Any]
BendClaims = Callable[[Values, "FakeFederation"], Any]


@attrs.frozen(kw_only=True)
class FederationTwist:
    """What is said otherwise, by the names of :data:`STATEMENTS`.

    Args:
        claims: The claims.
        headers: The header.
        signers: Who signs.
        answers: The whole answer.
    """

    claims: Mapping[str, BendClaims] = attrs.field(factory=dict[str, BendClaims])
    headers: Mapping[str, Values] = attrs.field(factory=dict[str, Values])
    signers: Mapping[str, OwnKey] = attrs.field(factory=dict[str, OwnKey])
    answers: Mapping[str, HttpAnswer] = attrs.field(factory=dict[str, HttpAnswer])


@attrs.define
class FakeFederation:
    """Those above a provider, and the HTTP of them all.

    Args:
        op: The provider, at the end of the chain.
        is_deep: Whether somebody stands between anchor and provider.
        signs_keys: Whether the provider's keys are behind ``signed_jwks_uri``.
        others: More providers, at the end of chains as long.
        anchor: The anchor's entity identifier.
        middle: The one in between.
        twist: What is said otherwise.
        before: What happens before each answer, such as the time that it takes.
    """

    op: FakeOp
    is_deep: bool = True
    signs_keys: bool = False
    others: tuple[FakeOp, ...] = ()
    anchor: str = "https://ta.example"
    middle: str = "https://sa.example"
    twist: FederationTwist = attrs.field(factory=FederationTwist)
    before: Callable[[], object] = lambda: None
    keys: dict[str, OwnKey] = attrs.field(init=False)
    members: dict[str, Values] = attrs.field(factory=dict[str, Values])
    """What each relying party says of itself."""

    def __attrs_post_init__(self) -> None:
        """Give everybody a key, and the provider its page."""
        self.keys = {name: key_of(f"{name}-federation") for name in ("anchor", "middle", "leaf")}
        self.op.pages[WELL_KNOWN] = lambda _: self._answer("leaf", self._leaf(self.op))
        self.op.pages[_KEYS] = lambda _: self._answer("keys", self._key_set())
        for other in self.others:
            other.pages[WELL_KNOWN] = self._page_of(other)

    def _page_of(self, other: FakeOp) -> Callable[[Mapping[str, str]], HttpAnswer]:
        return lambda _: self._answer("leaf", self._leaf(other))

    @property
    def anchors(self) -> Mapping[str, Mapping[str, Any]]:
        """What is handed over to those who trust the anchor."""
        return {self.anchor: public_jwks([self.keys["anchor"]])}

    def join(self, entity: Entity) -> None:
        """Let a relying party in by what it says of itself, as automatic registration does.

        Args:
            entity: Who it is.

        Raises:
            IdentityError: What it says of itself is not sound.
        """
        now = self.op.clock.now()
        told = entity.configuration(now).decode("ascii")
        own, name = TheirKeys.read(public_jwks([entity.key])), entity.client.client_id
        statement = believed(told, own, issuer=name, subject=name, now=now)
        party = statement.claims["metadata"]["openid_relying_party"]
        self.members[name] = party
        for op in (self.op, *self.others):
            op.knows(entity.client)

    # -- HTTP --------------------------------------------------------------------------------

    def get(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS) -> HttpAnswer:
        """Answer for whoever is asked.

        Raises:
            OSError: Nobody answers.
            AssertionError: A relying party asks where nobody should: somebody sent it inside.
        """
        if not is_web_address(url) or leads_inside(url, asked_by=self.op.issuer):
            raise AssertionError("asked where nobody should")
        self.before()
        if url.startswith(MAZE):
            name = url.removesuffix(WELL_KNOWN)
            return self._answer("maze", {"authority_hints": [f"{name}/{n}" for n in range(9)]})
        if url == f"{self.anchor}{WELL_KNOWN}":
            return self._answer("anchor", self._anchor())
        if url == f"{self.middle}{WELL_KNOWN}":
            return self._answer("middle", self._middle())
        for name, entity in (("anchor", self.anchor), ("middle", self.middle)):
            if url.startswith(f"{entity}/fetch?sub="):
                below = "about-middle" if name == "anchor" and self.is_deep else "about-leaf"
                subject = dict(parse_qsl(urlsplit(url).query)).get("sub", "")
                return self._answer(below, self._about(name, below, subject))
        return self._op_at(url).get(url, headers=headers)

    def _op_at(self, url: str) -> FakeOp:
        return next((op for op in self.others if url.startswith(f"{op.base}/")), self.op)

    def post(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] = _NO_HEADERS
    ) -> HttpAnswer:
        """Answer for the provider.

        Raises:
            OSError: Nobody answers.
        """
        return self._op_at(url).post(url, form, headers=headers)

    def _answer(self, name: str, claims: Values) -> HttpAnswer:
        if name in self.twist.answers:
            return self.twist.answers[name]
        body = self._signed(name, claims).encode("utf-8")
        return HttpAnswer(status=200, content_type=MEDIA_TYPE, body=body)

    def _signed(self, name: str, claims: Values) -> str:
        bend = self.twist.claims.get(name)
        bent = claims if bend is None else bend(claims, self)
        speaker = {
            "about-middle": "anchor",
            "about-leaf": "middle" if self.is_deep else "anchor",
            "mark": "anchor",
            "keys": "leaf",
            "maze": "leaf",
        }.get(name, name)
        signer = self.twist.signers.get(name, self.keys[speaker])
        typ = _TYPES.get(name, "entity-statement+jwt")
        header = {"alg": signer.alg, "kid": self.keys[speaker].kid, "typ": typ}
        return spelt({**header, **self.twist.headers.get(name, {})}, bent, signer)

    # -- what is said ------------------------------------------------------------------------

    def _base(self, issuer: str, subject: str) -> Values:
        now = self.op.clock.now()
        return {
            "iss": issuer,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + _HOUR).timestamp()),
        }

    def _anchor(self) -> Values:
        return {
            **self._base(self.anchor, self.anchor),
            "jwks": public_jwks([self.keys["anchor"]]),
            "metadata": {
                "federation_entity": {"federation_fetch_endpoint": f"{self.anchor}/fetch"}
            },
            "trust_mark_issuers": {MARK: [self.anchor]},
        }

    def _middle(self) -> Values:
        return {
            **self._base(self.middle, self.middle),
            "jwks": public_jwks([self.keys["middle"]]),
            "authority_hints": [self.anchor],
            "metadata": {
                "federation_entity": {"federation_fetch_endpoint": f"{self.middle}/fetch"}
            },
        }

    def _about(self, speaker: str, name: str, asked: str) -> Values:
        providers = [op.issuer for op in (self.op, *self.others)]
        leaf = asked if asked in providers else self.op.issuer
        subject = self.middle if name == "about-middle" else leaf
        key = self.keys["middle" if name == "about-middle" else "leaf"]
        policy = {
            "openid_provider": {
                "scopes_supported": {"subset_of": ["openid", "profile", "email"]},
                "grant_types_supported": {"default": ["authorization_code"]},
                "issuer": {"essential": True},
            }
        }
        return {
            **self._base(self.anchor if speaker == "anchor" else self.middle, subject),
            "jwks": public_jwks([key]),
            "constraints": {"max_path_length": 1},
            "metadata_policy": policy,
        }

    def _leaf(self, op: FakeOp) -> Values:
        provider = {
            **op.document(),
            "client_registration_types_supported": ["automatic"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "jwks": public_jwks([op.signer]),
        }
        del provider["jwks_uri"]
        if self.signs_keys:
            del provider["jwks"]
            provider["signed_jwks_uri"] = f"{op.issuer}{_KEYS}"
        return {
            **self._base(op.issuer, op.issuer),
            "jwks": public_jwks([self.keys["leaf"]]),
            "authority_hints": [self.middle if self.is_deep else self.anchor],
            "metadata": {"openid_provider": provider, "federation_entity": _named(op)},
            "trust_marks": [{"id": MARK, "trust_mark": self._signed("mark", self._mark(op))}],
        }

    def _mark(self, op: FakeOp) -> Values:
        return {**self._base(self.anchor, op.issuer), "id": MARK}

    def _key_set(self) -> Values:
        return {
            **self._base(self.op.issuer, self.op.issuer),
            **public_jwks([self.op.signer]),
        }


def _named(op: FakeOp) -> Values:
    """Return what people see of a provider."""
    host = urlsplit(op.issuer).hostname
    return {"organization_name": f"Gestore {host}", "logo_uri": f"{op.issuer}/logo.svg"}


def entity_of(client: Client, federation: FakeFederation) -> Entity:
    """Return what a relying party is in a fake federation.

    Args:
        client: Who it is.
        federation: Where.
    """
    return Entity(
        client=client,
        key=key_of("rp-federation"),
        authority_hints=(federation.anchor,),
        organisation="Ente Prova",
        homepage="https://rp.example",
        contacts=("tecnico@rp.example",),
    )


def provider_in(
    federation: FakeFederation, client: Client, *, trust_marks: tuple[str, ...] = (MARK,)
) -> OidcProvider:
    """Return a relying party that finds its provider in a federation.

    Args:
        federation: Where.
        client: Who it is.
        trust_marks: Marks that the provider has to bear.
    """
    clock = federation.op.clock
    trusted = Federation(
        anchors=federation.anchors,
        http=federation,
        trust_marks=trust_marks,
        watch=lambda: clock.now().timestamp(),
    )
    sources = {
        op.issuer: FederatedMetadata(op.issuer, trusted, clock)
        for op in (federation.op, *federation.others)
    }
    only = sources[federation.op.issuer]
    source = Several(sources, clock) if federation.others else only
    return OidcProvider(client=client, source=source, http=federation, clock=clock)
