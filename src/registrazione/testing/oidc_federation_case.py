"""A federation in which somebody says something else than usual, as a case to play."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs

from registrazione.adapters.oidc.federation.statements import MEDIA_TYPE
from registrazione.adapters.oidc.http import HttpAnswer
from registrazione.core.account import VerifiedIdentity
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_federation import (
    MARK,
    BendClaims,
    FakeFederation,
    FederationTwist,
    Values,
    entity_of,
    provider_in,
)
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_op import FakeOp
from registrazione.testing.oidc_stage import ADELE, NOW, STATE, client_of

OTHER = "https://other.example"
"""Somebody else."""
MALLORY = key_of("mallory")
"""A key of somebody whom nobody vouches for."""
KIND = "openid_provider"
"""What the end of a chain is."""


@attrs.frozen(kw_only=True)
class FederationCase:
    """Something that somebody in a federation may say.

    Args:
        name: What it is.
        twist: What is said otherwise than usual.
        is_deep: Whether somebody stands between anchor and provider.
        trust_marks: Marks that the provider has to bear.
        prepare: What else is made otherwise.
        signs_keys: Whether the provider's keys are behind ``signed_jwks_uri``.
        code: The code of the error that is expected.
    """

    name: str
    twist: FederationTwist = attrs.field(factory=FederationTwist)
    is_deep: bool = True
    trust_marks: tuple[str, ...] = (MARK,)
    prepare: Callable[[FakeFederation], object] = lambda _: None
    signs_keys: bool = False
    code: str = "invalid"

    def play(self) -> VerifiedIdentity:
        """Sign in, and return whom the relying party believes to have before it.

        Raises:
            IdentityError: It was noticed.
        """
        federation = FakeFederation(
            FakeOp(ManualClock(NOW)), is_deep=self.is_deep, signs_keys=self.signs_keys
        )
        client = client_of("cie", name="cie")
        federation.join(entity_of(client, federation))
        federation.twist = self.twist
        provider = provider_in(federation, client, trust_marks=self.trust_marks)
        self.prepare(federation)
        outgoing = provider.start(client.redirect_uri, STATE)
        return provider.verify(federation.op.sign_in(outgoing.url, ADELE))


def put(**values: Any) -> BendClaims:  # noqa: ANN401 - claims of any type
    """Say something else under these names."""
    return lambda told, _: {**told, **values}


def drop(name: str) -> BendClaims:
    """Say nothing under this name."""
    return lambda told, _: {key: value for key, value in told.items() if key != name}


def only(*names: str) -> BendClaims:
    """Say nothing but this."""
    return lambda told, _: {name: told[name] for name in names}


def at_second(name: str, seconds: int) -> BendClaims:
    """Put a moment so many seconds from now."""
    return lambda told, _: {**told, name: int(NOW.timestamp()) + seconds}


def policy(**rows: Mapping[str, Any]) -> BendClaims:
    """Let somebody above set this policy for providers."""
    return put(metadata_policy={KIND: rows})


def says(name: str, bend: BendClaims) -> FederationTwist:
    """Let one statement say something else."""
    return FederationTwist(claims={name: bend})


def of_provider(**values: Any) -> BendClaims:  # noqa: ANN401 - parameters of any type
    """Let the provider say something else of itself as a provider."""

    def bend(told: Values, _: FakeFederation) -> Values:
        return {**told, "metadata": {KIND: {**told["metadata"][KIND], **values}}}

    return bend


def marked(**values: Any) -> FederationTwist:  # noqa: ANN401 - claims of any type
    """Let the mark say something else."""
    return says("mark", put(**values))


def answer_of(**changes: Any) -> HttpAnswer:  # noqa: ANN401 - fields of any type
    """Return an answer that holds no statement, or is otherwise wrong."""
    usual: dict[str, Any] = {"status": 200, "content_type": MEDIA_TYPE, "body": b"eyJ"}
    return HttpAnswer(**{**usual, **changes})


def as_text(federation: FakeFederation) -> None:
    """Serve what is sound under a type that it is not."""
    original = federation.op.pages["/.well-known/openid-federation"]
    federation.op.pages["/.well-known/openid-federation"] = lambda query: attrs.evolve(
        original(query), content_type="text/plain"
    )


def slowly(federation: FakeFederation) -> None:
    """Answer each question after three seconds."""
    clock = cast("ManualClock", federation.op.clock)
    federation.before = lambda: clock.advance(seconds=3)


def unknown_anchor(federation: FakeFederation) -> None:
    """Let another federation vouch, which is as sound as ours in itself."""
    federation.anchor = "https://ta.mallory.example"
