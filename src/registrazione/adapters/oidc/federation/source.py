"""A provider's metadata from a federation instead of its own discovery document."""

from __future__ import annotations

from datetime import datetime

import attrs

from registrazione.adapters.oidc.federation.chain import Federation
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.metadata import KEPT_FOR, ProviderMetadata
from registrazione.adapters.oidc.reading import texts
from registrazione.ports import Clock

KIND = "openid_provider"

REGISTRATION_GUARDS: tuple[Guard, ...] = (
    Guard(
        "federation.automatic",
        lambda it: "automatic" in texts(it["client_registration_types_supported"]),
    ),
)
"""What has to hold of a provider that nobody registers with (12.1)."""


@attrs.define
class FederatedMetadata:
    """The metadata of a provider that a federation vouches for; a
    :class:`~registrazione.adapters.oidc.metadata.MetadataSource`.

    Args:
        issuer: The provider's entity identifier.
        federation: Who is trusted.
        clock: Tells when the chain has ended.
    """  # noqa: D205 - the role needs a line of its own

    issuer: str
    federation: Federation
    clock: Clock
    _kept: tuple[ProviderMetadata, datetime] | None = attrs.field(default=None, init=False)

    def metadata(self) -> ProviderMetadata:
        """Return the metadata, for an hour at most, and never after the chain has ended.

        Raises:
            IdentityError: Nobody who is trusted vouches for the provider.
        """
        now = self.clock.now()
        if self._kept is None or now >= self._kept[1]:
            chain = self.federation.resolve(self.issuer, KIND, now)
            check(REGISTRATION_GUARDS, chain.metadata)
            metadata = ProviderMetadata.read(chain.metadata, self.issuer)
            self._kept = (metadata, min(now + KEPT_FOR, chain.ends))
        return self._kept[0]
