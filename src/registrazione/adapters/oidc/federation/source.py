"""A provider's metadata from a federation instead of its own discovery document."""

from __future__ import annotations

from datetime import datetime

import attrs

from registrazione.adapters.oidc.federation.chain import Chain, Federation
from registrazione.adapters.oidc.guards import Guard, check
from registrazione.adapters.oidc.http import is_web_address
from registrazione.adapters.oidc.metadata import KEPT_FOR, ProviderMetadata
from registrazione.adapters.oidc.reading import line, texts
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
    _kept: tuple[ProviderMetadata, Chain, datetime] | None = attrs.field(default=None, init=False)

    def metadata(self) -> ProviderMetadata:
        """Return the metadata, for an hour at most, and never after the chain has ended.

        Raises:
            IdentityError: Nobody who is trusted vouches for the provider.
        """
        now = self.clock.now()
        if self._kept is None or now >= self._kept[2]:
            chain = self.federation.resolve(self.issuer, KIND, now)
            check(REGISTRATION_GUARDS, chain.metadata)
            metadata = attrs.evolve(
                ProviderMetadata.read(chain.metadata, self.issuer),
                federation_keys=chain.keys,
                title=_told(chain, "organization_name"),
                logo=_logo(chain),
                statements=chain.statements,
            )
            self._kept = (metadata, chain, min(now + KEPT_FOR, chain.ends))
        return self._kept[0]

    def chain(self) -> Chain | None:
        """Return the chain that is believed now; ``None``: none, and none is looked for."""
        if self._kept is None or self.clock.now() >= self._kept[2]:
            return None
        return self._kept[1]


def _told(chain: Chain, name: str) -> str:
    """Return what the provider says of itself, as such or as a member of the federation."""
    return line(chain.metadata.get(name)) or line(chain.entity.get(name))


def _logo(chain: Chain) -> str:
    found = _told(chain, "logo_uri")
    return found if is_web_address(found) else ""
