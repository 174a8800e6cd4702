"""What an adapter hands in, and what it gets back to send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from registrazione.contrib.web.headers import DOCUMENTS_KEPT_FOR
from registrazione.core.commands import Operator
from registrazione.ports import Document

MAX_BODY = 131_072
"""The most bytes of a body that are looked at: a sealed form and whatever was typed into it."""
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"

_OK = 200
_NOTHING: Mapping[str, str] = MappingProxyType({})
_ALWAYS = MappingProxyType({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


@attrs.frozen(kw_only=True)
class ApiRequest:
    """One request, as the framework read it.

    Args:
        method: In capitals.
        path: Below the place where the endpoints are mounted, beginning with a slash.
        root: Where the endpoints are mounted, without a slash at the end.
        query: What stands behind the question mark, as it came.
        headers: By name in small letters.
        body: The bytes; an adapter may stop reading behind :data:`MAX_BODY`.
        origin: Where the request comes from, as the host knows it; never a header's word for it.
        operator: Who acts for the office, where the host has signed an operator in.
    """

    method: str
    path: str
    root: str = ""
    query: str = attrs.field(default="", repr=False)
    headers: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)
    body: bytes = attrs.field(default=b"", repr=False)
    origin: str = attrs.field(default="", repr=False)
    operator: Operator | None = None

    @property
    def session(self) -> str:
        """Return the token of ``Authorization: Bearer …``; empty where there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @property
    def language(self) -> str:
        """Return ``it`` or ``en``, by ``Accept-Language``; Italian where neither is asked for."""
        accepted: dict[str, float] = {}
        for part in self.headers.get("accept-language", "").split(","):
            tag, _, quality = part.strip().lower().partition(";q=")
            accepted.setdefault(tag.partition("-")[0], _quality(quality))
        return "en" if accepted.get("en", 0) > accepted.get("it", 0) else "it"


@attrs.frozen(kw_only=True)
class ApiResponse:
    """What goes back.

    Args:
        status: Of HTTP.
        headers: All of them but the length of the body.
        body: JSON, in ASCII; or what an identity provider publishes, as it is.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)


def reply(
    content: Mapping[str, Any],
    status: int = 200,
    *,
    content_type: str = JSON_TYPE,
    headers: Mapping[str, str] = _NOTHING,
) -> ApiResponse:
    """Return a response that no cache keeps and no browser takes for something else.

    Args:
        content: What is said.
        status: Of HTTP.
        content_type: Of HTTP.
        headers: Further ones.
    """
    written = json.dumps(content, separators=(",", ":")).encode("ascii")
    return ApiResponse(
        status=status,
        headers={"Content-Type": content_type, **_ALWAYS, **headers},
        body=written,
    )


def published(document: Document) -> ApiResponse:
    """Return what an identity provider's other side reads, to be kept for a short while.

    Args:
        document: What the provider publishes, or answers.
    """
    is_there = document.status == _OK
    kept = {"Cache-Control": f"public, max-age={DOCUMENTS_KEPT_FOR}"} if is_there else {}
    headers = {"Content-Type": document.media_type, **_ALWAYS, **kept}
    return ApiResponse(status=document.status, headers=headers, body=document.body)


def _quality(text: str) -> float:
    """Return how much a language is wanted (RFC 9110, 12.4.2)."""
    try:
        return float(text or 1)
    except ValueError:
        return 0
