"""A relying party and a fake provider on one stage, and cases to play there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from registrazione.adapters.oidc.client import DIALECTS, Client, Dialect
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.core.account import VerifiedIdentity
from registrazione.ports import IdentityProvider
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_keys import STATE_KEY, key_of
from registrazione.testing.oidc_op import HONEST, FakeOp, Twist

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CALLBACK = "https://rp.example/identity/oidc/callback"
STATE = "abcdefghijklmnopqrstuvwxyz234567"
ADELE = "adele.trovamala"


def client_of(dialect: str | Dialect = "oidc", **changes: Any) -> Client:  # noqa: ANN401 - fields of any type
    """Return a client for tests.

    Args:
        dialect: How it speaks, or the name of that.
        changes: Fields of the client.
    """
    usual: dict[str, Any] = {
        "name": "oidc",
        "client_id": "https://rp.example",
        "redirect_uri": CALLBACK,
        "state_key": STATE_KEY,
        "dialect": DIALECTS[dialect] if isinstance(dialect, str) else dialect,
        "signing_key": key_of("rp"),
        "encryption_keys": (key_of("rp", "RSA-OAEP-256"),),
    }
    return Client(**{**usual, **changes})


def provider_of(client: Client, op: FakeOp) -> IdentityProvider:
    """Return the relying party of this library.

    Args:
        client: Who it is.
        op: The provider, which is its HTTP as well.
    """
    source = Discovery(op.issuer, op, op.clock)
    return OidcProvider(client=client, source=source, http=op, clock=op.clock)


Build = Callable[[Client, FakeOp], IdentityProvider]
"""Make the relying party that is looked at."""


@attrs.define
class Stage:
    """Where a case is played.

    Args:
        build: Makes the relying party.
        client: Who it is.
        person: Who signs in, unless somebody else is named.
    """

    build: Build = provider_of
    client: Client = attrs.field(factory=client_of)
    person: str = ADELE
    clock: ManualClock = attrs.field(factory=lambda: ManualClock(NOW))
    op: FakeOp = attrs.field(init=False)
    provider: Any = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Introduce both to each other."""
        self.op = FakeOp(clock=self.clock)
        self.op.knows(self.client)
        self.provider = self.build(self.client, self.op)

    def answer(self, person: str = "", state: str = STATE) -> dict[str, str]:
        """Return what a browser comes back with.

        Args:
            person: Who signs in.
            state: Names the sign-in.
        """
        outgoing = self.provider.start(self.client.redirect_uri, state)
        return self.op.sign_in(outgoing.url, person or self.person)

    def sign_in(self, person: str = "", state: str = STATE) -> VerifiedIdentity:
        """Go there and back.

        Args:
            person: Who signs in.
            state: Names the sign-in.
        """
        verified: VerifiedIdentity = self.provider.verify(self.answer(person, state))
        return verified


Script = Callable[[Stage], object]


def there_and_back(stage: Stage) -> object:
    """Sign in, as anybody does."""
    return stage.sign_in()


@attrs.frozen(kw_only=True)
class Case:
    """Something that a provider, or whoever stands between, may do.

    Args:
        name: What it is.
        twist: What the provider says otherwise than usual.
        script: What happens; it returns whom the relying party believes to have before it.
        person: Who signs in.
        client: Fields of the client.
        dialect: How both speak.
        code: The code of the error that is expected; empty: any.
    """

    name: str
    twist: Twist = HONEST
    script: Script = there_and_back
    person: str = ADELE
    client: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    dialect: str | Dialect = "oidc"
    code: str = "invalid"

    def play(self, build: Build = provider_of) -> object:
        """Play it, and return what came out.

        Args:
            build: Makes the relying party.

        Raises:
            IdentityError: It was noticed.
        """
        client = client_of(self.dialect, **self.client)
        stage = Stage(build=build, client=client, person=self.person)
        stage.op.twist = self.twist
        return self.script(stage)
