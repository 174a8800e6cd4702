"""The pages by chapter; :data:`CHAPTERS` is the table of all addresses."""

from __future__ import annotations

from registrazione.contrib.web import desk
from registrazione.contrib.web.chapters import (
    area,
    assets,
    credentials,
    history,
    identity,
    identity_pages,
    links,
    places,
    profile,
    recovery,
    registration,
    signing_in,
    submissions,
    waiting,
)
from registrazione.contrib.web.routes import Route

CHAPTERS: tuple[Route, ...] = (
    *signing_in.ROUTES,
    *registration.ROUTES,
    *waiting.ROUTES,
    *links.ROUTES,
    *identity.ROUTES,
    *identity_pages.ROUTES,
    *recovery.ROUTES,
    *area.ROUTES,
    *credentials.ROUTES,
    *submissions.ROUTES,
    *profile.ROUTES,
    *history.ROUTES,
    *places.ROUTES,
    *assets.ROUTES,
    *desk.ROUTES,
)
"""Every address of a site; each path is there once."""
