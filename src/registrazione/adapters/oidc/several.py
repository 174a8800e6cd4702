"""Several providers behind one button, as SPID has them, found out when they are needed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import SystemRandom
from urllib.parse import urlsplit

import attrs

from registrazione.adapters.oidc.metadata import BETWEEN_LOOKS, MetadataSource
from registrazione.ports import Choice, Clock, IdentityError

logger: logging.Logger = logging.getLogger("registrazione")

AT_ONCE = 8
"""How many providers are asked at the same time for what they are called."""

_SHUFFLE = SystemRandom()


@attrs.define
class Several:
    """Providers to choose among.

    Args:
        sources: Who tells where each is asked, by issuer.
        clock: Tells when one that could not be reached is tried again.
    """

    sources: Mapping[str, MetadataSource]
    clock: Clock = attrs.field(repr=False)
    _away: dict[str, datetime] = attrs.field(factory=dict[str, datetime], init=False)

    def chosen(self, issuer: str) -> MetadataSource:
        """Return who tells where a provider is asked.

        Args:
            issuer: Which one; empty: the only one that :meth:`choices` offers.

        Raises:
            IdentityError: ``choice_needed``, or ``unavailable`` where there is none such.
        """
        left = [one for one in self.sources if not self._is_away(one)]
        if not issuer and len(left) == 1:
            return self.sources[left[0]]
        if issuer not in self.sources:
            raise IdentityError("unavailable" if issuer else "choice_needed", retry=not issuer)
        return self.sources[issuer]

    def choices(self) -> tuple[Choice, ...]:
        """Return those that can be asked, in an order drawn anew (SPID, pulsante: none is first).

        Who cannot be reached, or is vouched for by nobody, is left out for a minute.

        Raises:
            IdentityError: That is so with all of them.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = [choice for choice in pool.map(self._choice, self.sources) if choice]
        if not found:
            raise IdentityError("unavailable", retry=True)
        _SHUFFLE.shuffle(found)
        return tuple(found)

    def _is_away(self, issuer: str) -> bool:
        since = self._away.get(issuer)
        return since is not None and self.clock.now() < since + BETWEEN_LOOKS

    def _choice(self, issuer: str) -> Choice | None:
        if self._is_away(issuer):
            return None
        try:
            metadata = self.sources[issuer].metadata()
        except IdentityError as error:
            logger.warning("%s cannot be chosen: %s", issuer, error.code)
            self._away[issuer] = self.clock.now()
            return None
        return Choice(name=issuer, title=metadata.title or name_of(issuer), logo=metadata.logo)


def name_of(issuer: str) -> str:
    """Return what a provider is called that does not say it: by its host.

    Args:
        issuer: Its address.
    """
    return urlsplit(issuer).hostname or issuer


def unique(issuers: Iterable[str]) -> tuple[str, ...]:
    """Return issuers in their order, each once."""
    return tuple(dict.fromkeys(issuers))
