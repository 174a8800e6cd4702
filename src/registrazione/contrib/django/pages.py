"""The sites of this process: one for each procedure, with either registrar."""
# pyright: basic
# Django has no types of its own.

from __future__ import annotations

from registrazione.contrib.django.conf import (
    embedding,
    get_async_registrar,
    get_registrar,
    site_setup,
)
from registrazione.contrib.web.site import Site
from registrazione.registrar import AsyncRegistrar, Registrar


def get_site(procedure: str = "") -> Site:
    """Return the pages of a procedure, for blocking code.

    Args:
        procedure: Its name in ``procedures``; empty for the one that needs no name.

    Raises:
        SettingsError: A setting cannot be used.
    """
    return _site(get_registrar(procedure), procedure)


def get_async_site(procedure: str = "") -> Site:
    """Return the pages of a procedure, for asynchronous code; see :func:`get_site`."""
    return _site(get_async_registrar(procedure), procedure)


_sites: dict[int, Site] = {}


def _site(registrar: Registrar | AsyncRegistrar, procedure: str) -> Site:
    """Return the site of a registrar; a registrar that was opened anew gets another."""
    site = _sites.get(id(registrar))
    if site is None or site.registrar is not registrar:
        setup = site_setup(embedding(procedure), registrar.parts.base_url)
        site = _sites[id(registrar)] = Site(registrar, setup)
    return site
