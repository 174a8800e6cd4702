"""What the browser keeps between two requests: sealed cookies, one for the site, others for a page.

A cookie of a page is sent back to that page alone. Two registrations in two tabs therefore never
mix, a mailed link's token stands in no address that is kept, and nothing of an abandoned form is
left on the server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from registrazione.contrib.web.exchange import Cookie
from registrazione.contrib.web.sealing import Sealer
from registrazione.core.refusals import refusal

NAME = "registrazione"
PART = 3500
"""Characters in one cookie; browsers refuse more than 4,096 with the name and the rest."""
MOST_PARTS = 2
"""Cookies for one value; servers refuse headers of more than about 8,000 characters."""
KEPT_FOR = timedelta(hours=12)
"""For how long a browser that stays open may come back to a page."""


class Cookies:
    """The cookies of one request, and what becomes of them.

    Args:
        sealer: Opens and seals.
        sent: The cookies that came along, by name.
        now: The present time.
        base: Path of the site's first page, without a slash at the end.
        secure: Whether the site is served by https.
    """

    def __init__(
        self, sealer: Sealer, sent: Mapping[str, str], now: datetime, base: str, *, secure: bool
    ) -> None:
        """Take what came along; nothing is opened yet."""
        self._sealer = sealer
        self._sent = sent
        self._now = now
        self._base = base
        self._secure = secure
        self._prefix = "__Secure-" if secure else ""
        self._changes: dict[tuple[str, str], Cookie] = {}

    def read(self, slot: str = "") -> dict[str, Any]:
        """Return what a cookie holds; nothing where it is not genuine, not ours, or too old.

        Args:
            slot: Which page's cookie; the site's without.
        """
        name = self._name(slot)
        parts = [self._sent.get(name, "")]
        while parts[-1] and len(parts) < MOST_PARTS:
            parts.append(self._sent.get(f"{name}.{len(parts)}", ""))
        return self._sealer.open(name, "".join(parts), self._now, KEPT_FOR) or {}

    def write(self, value: Mapping[str, Any], slot: str = "", path: str = "") -> None:
        """Keep a value, or forget it where it is empty.

        Args:
            value: What JSON can carry.
            slot: Which page's cookie; the site's without.
            path: Below the site, where that page is.

        Raises:
            Refusal: ``draft.too_large``: the browser could not bring it back.
        """
        name = self._name(slot)
        text = self._sealer.seal(name, value, self._now) if value else ""
        if len(text) > PART * MOST_PARTS:
            raise refusal("draft.too_large")
        for number in range(MOST_PARTS):
            part = text[number * PART : (number + 1) * PART]
            label = f"{name}.{number}" if number else name
            if part or label in self._sent:
                self._set(label, part, f"{self._base}{path}" or "/")

    def _set(self, name: str, value: str, path: str) -> None:
        cookie = Cookie(name=name, value=value, path=path, secure=self._secure)
        self._changes[name, path] = cookie

    def _name(self, slot: str) -> str:
        return f"{self._prefix}{NAME}-{slot}" if slot else f"{self._prefix}{NAME}"

    def changes(self) -> tuple[Cookie, ...]:
        """Return what the browser is told to keep or forget."""
        return tuple(self._changes.values())


def short(secret: str) -> str:
    """Return a short name for a secret, which may stand in an address and tells nothing of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:12]
