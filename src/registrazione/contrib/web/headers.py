"""The headers that protect a page (ASVS 5.0 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from registrazione.contrib.web.exchange import Outcome, Send, Show

SECURITY: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Not no-referrer: the origin of a form would be "null", which frameworks refuse.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)

DOCUMENTS_KEPT_FOR = 300
"""Seconds for which anybody may keep what an identity provider's other side reads about us: a new
key has to be seen soon."""

_PLAIN = re.compile(r"[\w .-]+", re.ASCII)
"""Names of files that need no escapes in a header."""
_UNAVAILABLE, _LATER = 503, "60"
"""A page that says "later" says when as well: in so many seconds (RFC 9110 10.2.3)."""

_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_security_policy(sources: Mapping[str, str] | None = None) -> str:
    """Return the Content-Security-Policy: nothing inline, nothing from elsewhere.

    Args:
        sources: Other origins by directive, for a human check or an identity provider that
            needs them.
    """
    policy = dict(_POLICY)
    for directive, origins in (sources or {}).items():
        policy[directive] = f"{policy.get(directive, '')} {origins}".strip()
    return "; ".join(f"{directive} {origins}" for directive, origins in policy.items())


def headers_for(outcome: Outcome, sources: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the headers of an outcome.

    Args:
        outcome: What is sent.
        sources: Other origins that this page needs.
    """
    found = (("Cache-Control", _kept_for(outcome)), *SECURITY)
    if isinstance(outcome, Show):
        later = (("Retry-After", _LATER),) if outcome.status == _UNAVAILABLE else ()
        return (*found, ("Content-Security-Policy", content_security_policy(sources)), *later)
    if isinstance(outcome, Send) and outcome.filename:
        return (*found, ("Content-Disposition", _attached(outcome.filename)))
    return found


def _attached(filename: str) -> str:
    """Return how a file is saved; a name may be a site's own text (RFC 6266, RFC 8187)."""
    if _PLAIN.fullmatch(filename):
        return f'attachment; filename="{filename}"'
    return f"attachment; filename*=UTF-8''{quote(filename, safe='', errors='replace')}"


def _kept_for(outcome: Outcome) -> str:
    """Return for how long browsers may keep what is sent: pages not at all."""
    if isinstance(outcome, Send) and outcome.lasting:
        return "public, max-age=31536000, immutable"
    if isinstance(outcome, Send) and outcome.max_age:
        return f"public, max-age={outcome.max_age}"
    return "no-store"
