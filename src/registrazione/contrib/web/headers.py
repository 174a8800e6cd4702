"""The headers that protect a page (ASVS 5.0 3.4)."""

from __future__ import annotations

from collections.abc import Mapping

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
        return (*found, ("Content-Security-Policy", content_security_policy(sources)))
    if isinstance(outcome, Send) and outcome.filename:
        return (*found, ("Content-Disposition", f'attachment; filename="{outcome.filename}"'))
    return found


def _kept_for(outcome: Outcome) -> str:
    """Return for how long browsers may keep what is sent: pages not at all."""
    if isinstance(outcome, Send) and outcome.lasting:
        return "public, max-age=31536000, immutable"
    if isinstance(outcome, Send) and outcome.max_age:
        return f"public, max-age={outcome.max_age}"
    return "no-store"
