"""Addresses of this host: what a browser makes of an address decides, and not how it looks."""

from __future__ import annotations


def is_local(url: str) -> bool:
    """Tell whether an address stays on this host, whatever a browser makes of it.

    It is what somebody typed behind ``next=``, or a developer into the settings (ASVS 5.0 3.7.2).

    Args:
        url: The address.
    """
    plain = url.startswith("/") and not url.startswith("//")
    return plain and "\\" not in url and url.isprintable()
