"""An operator without a browser: a visitor whom the host has signed in for the office."""

from __future__ import annotations

from typing import Any

import attrs
from tests.contrib.web.browserless import Visitor, visitor_of
from tests.world import HELP_DESK, OFFICE, SECRETARIAT

from registrazione import AsyncRegistrar
from registrazione.contrib.web.exchange import WebReply, WebRequest
from registrazione.contrib.web.setup import SiteSetup
from registrazione.contrib.web.site import Site

OPERATORS = {"secretariat": SECRETARIAT, "office": OFFICE, "help_desk": HELP_DESK}


class DeskSite(Site):
    """A site on which an operator is signed in."""

    operator: Any = None

    def respond(self, request: WebRequest) -> WebReply:
        """Answer, knowing who asks."""
        return super().respond(attrs.evolve(request, operator=self.operator))

    async def respond_async(self, request: WebRequest) -> WebReply:
        """Answer, knowing who asks."""
        return await super().respond_async(attrs.evolve(request, operator=self.operator))


def at_desk(
    profile: Any = "mim-students",
    operator: Any = SECRETARIAT,
    *,
    awaitable: bool = False,
    desk: bool = True,
    **settings: Any,
) -> Visitor:
    """Return an operator of a new site of a procedure, with the ``world`` that it is of."""
    plain = visitor_of(profile, **settings)
    registrar = plain.site.registrar
    chosen = AsyncRegistrar(registrar.parts) if awaitable else registrar
    site = DeskSite(chosen, SiteSetup(base_url=registrar.parts.base_url, desk=desk))
    site.operator = operator
    visitor = Visitor(site)
    visitor.world, visitor.outbox = plain.world, plain.outbox
    return visitor


def colleague(visitor: Visitor, operator: Any) -> Visitor:
    """Return another operator at the same desk."""
    site = DeskSite(visitor.site.registrar, visitor.site.setup)
    site.operator = operator
    other = Visitor(site)
    other.world, other.outbox = visitor.world, visitor.outbox
    return other
