"""The ages that a service is for, for the identity provider to see to (AgID, determ. 51/2022).

So the service learns nothing of a minor whom it does not let in.
"""

from __future__ import annotations

from typing import Final

import attrs

from registrazione.adapters.saml.xml import Element, build

NO_MAXIMUM: Final = 99
"""The age that stands for no upper limit."""
PLACES: Final = ("metadata", "request")
"""Where the limit may stand; the guidelines of 2022 have it in the metadata."""


@attrs.frozen(kw_only=True)
class AgeLimit:
    """From which age up to which somebody is let in.

    Args:
        minimum: In years.
        maximum: In years; :data:`NO_MAXIMUM`: there is none.
        place: Where identity providers read it, ``metadata`` or ``request``.
    """

    minimum: int = 0
    maximum: int = NO_MAXIMUM
    place: str = "metadata"

    def __attrs_post_init__(self) -> None:
        """Look at the limits.

        Raises:
            ValueError: They are no ages, or there is no such place.
        """
        if not 0 <= self.minimum <= self.maximum <= NO_MAXIMUM:
            message = f"ages go from 0 to {NO_MAXIMUM}, the minimum not above the maximum"
            raise ValueError(message)
        if self.place not in PLACES:
            message = f"an age limit stands in {' or '.join(PLACES)}"
            raise ValueError(message)


def age_limit(limit: AgeLimit | None, place: str) -> Element | None:
    """Return the element for one of the places, or ``None`` where the limit does not stand there.

    Args:
        limit: The limit.
        place: ``metadata`` or ``request``.
    """
    if limit is None or limit.place != place:
        return None
    return build(
        "spid:AgeLimit",
        build("spid:MinAge", content=str(limit.minimum)),
        build("spid:MaxAge", content=str(limit.maximum)),
    )
