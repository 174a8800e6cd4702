"""What a framework hands in, and what it gets back to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import attrs

from registrazione.contrib.web.pages import Page
from registrazione.core.account import Account

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_FORM: Mapping[str, Sequence[str]] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class WebRequest:
    """One request, as the framework read it.

    Args:
        method: In capitals.
        path: Below the place where the pages are mounted, beginning with a slash.
        query: What stands behind the question mark, the last of each name.
        raw_query: The same as it came, no escape undone: it may be signed.
        form: What was sent, every value of each name.
        cookies: By name.
        origin: Where the request comes from, as the host knows it; never a header's word for it.
        languages: The header ``Accept-Language``.
        operator: Who acts for the office, where the host has signed an operator in.
    """

    method: str
    path: str
    query: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)
    raw_query: str = attrs.field(default="", repr=False)
    form: Mapping[str, Sequence[str]] = attrs.field(default=_NO_FORM, repr=False)
    cookies: Mapping[str, str] = attrs.field(default=_NOTHING, repr=False)
    origin: str = attrs.field(default="", repr=False)
    languages: str = ""
    operator: object = None


@attrs.frozen(kw_only=True)
class Cookie:
    """A cookie to be set, or with an empty value to be deleted.

    Args:
        name: What it is called.
        value: Sealed; nobody but this site can read it.
        path: The pages that get it back.
        secure: Whether it travels by https only.
    """

    name: str
    value: str = attrs.field(repr=False)
    path: str
    secure: bool

    def header(self) -> str:
        """Return the value of a ``Set-Cookie`` header (ASVS 5.0 3.3)."""
        parts = [f"{self.name}={self.value}", f"Path={self.path}", "HttpOnly", "SameSite=Lax"]
        if self.secure:
            parts.append("Secure")
        if not self.value:
            parts.append("Max-Age=0")
        return "; ".join(parts)


@attrs.frozen(kw_only=True)
class Show:
    """A page to be rendered.

    Args:
        page: What is on it.
        status: Of HTTP; 422 where something typed was wrong.
    """

    page: Page
    status: int = 200


@attrs.frozen(kw_only=True)
class Go:
    """Another page to be asked for.

    Args:
        url: Which one.
    """

    url: str


@attrs.frozen(kw_only=True)
class Send:
    """Bytes to be sent as they are: a style sheet, a form to print, JSON.

    Args:
        body: The bytes.
        content_type: Of HTTP.
        filename: What it is saved as; empty: shown.
        lasting: Whether browsers may keep it for good, because its address changes with it.
        max_age: For how many seconds anybody may keep it otherwise.
        status: Of HTTP.
    """

    body: bytes = attrs.field(repr=False)
    content_type: str
    filename: str = ""
    lasting: bool = False
    max_age: int = 0
    status: int = 200


Outcome: TypeAlias = Show | Go | Send


@attrs.frozen(kw_only=True)
class WebReply:
    """What goes back.

    Args:
        outcome: Page, way or bytes.
        headers: To be set besides the framework's own.
        cookies: To be set or deleted.
        signed_in: Who has just got in and has nothing to do any more before the services.
        session: The token of their session.
        signed_out: Whether somebody has just left.
    """

    outcome: Outcome
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[Cookie, ...] = ()
    signed_in: Account | None = attrs.field(default=None, repr=False)
    session: str = attrs.field(default="", repr=False)
    signed_out: bool = False

    @property
    def status(self) -> int:
        """Return the status of HTTP."""
        return 303 if isinstance(self.outcome, Go) else self.outcome.status
