"""A service under test, the providers that it trusts, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from registrazione.adapters.saml import MetadataText, SamlProvider
from registrazione.testing.saml_attacks import Stage
from registrazione.testing.saml_idp import SamlIdp, key_for

NOW = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
ENTITY_ID = "https://service.example/spid"
CALLBACK = "https://service.example/identity/spid/callback"


class StillClock:
    """A clock that a test moves."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def go_on(self, **lapse: float) -> None:
        self.at += timedelta(**lapse)


def provider(clock, idps, profile="spid-public", **more) -> SamlProvider:
    """Return a service that trusts those providers."""
    source = MetadataText(documents=tuple(idp.metadata() for idp in idps), clock=clock)
    settings = {
        "name": "spid",
        "entity_id": ENTITY_ID,
        "callback_url": CALLBACK,
        "keys": [key_for("service")],
        "identity_providers": source,
        **more,
    }
    return SamlProvider(profile=profile, clock=clock, **settings)


def staged(profile="spid-public", **more) -> Stage:
    """Return a whole stage, with a clock of its own."""
    clock = more.pop("clock", None) or StillClock()
    idp = SamlIdp("https://idp.example", clock)
    other = SamlIdp("https://other.example", clock)
    return Stage(
        service=provider(clock, (idp, other), profile, **more),
        callback_url=CALLBACK,
        idp=idp,
        other=other,
        stranger=SamlIdp("https://stranger.example", clock),
        clock=clock,
        skew=timedelta(seconds=5),
    )
