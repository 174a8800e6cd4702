"""Ask other machines: no redirects, not for long, and no more than fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from time import monotonic
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

import attrs

TIMEOUT = 5.0
"""Seconds that a visitor waits for each answer of the provider."""
LARGEST = 262_144
"""Bytes of an answer; more are not read."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_URL = 2048
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class HttpAnswer:
    """What came back.

    Args:
        status: The status.
        content_type: The media type, in lower case, without parameters.
        body: The body.
    """

    status: int
    content_type: str = ""
    body: bytes = attrs.field(default=b"", repr=False)


class Http(Protocol):
    """Ask with HTTP.

    Laws: an answer is the answer of the address that was asked, never of another one that it leads
    to; it comes within seconds; when there is none, an ``OSError`` is raised that says nothing of
    what was sent.
    """

    def get(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS) -> HttpAnswer:
        """Get what is there."""
        ...

    def post(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] = _NO_HEADERS
    ) -> HttpAnswer:
        """Send a form."""
        ...


class HttpxClient:
    """Ask with httpx; the port :class:`Http`.

    Args:
        timeout: Seconds to wait for each part of an answer.
        largest: Bytes that are read of one.
        watch: Tells the seconds that go by.
    """

    __slots__ = ("_largest", "_timeout", "_watch")

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        largest: int = LARGEST,
        watch: Callable[[], float] = monotonic,
    ) -> None:
        """Keep the limits."""
        self._timeout = timeout
        self._largest = largest
        self._watch = watch

    def get(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS) -> HttpAnswer:
        """Get what is there.

        Raises:
            OSError: Nobody answers, or with too much.
        """
        return self._asked("GET", url, None, headers)

    def post(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] = _NO_HEADERS
    ) -> HttpAnswer:
        """Send a form.

        Raises:
            OSError: Nobody answers, or with too much.
        """
        return self._asked("POST", url, form, headers)

    def _asked(
        self, method: str, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> HttpAnswer:
        import httpx

        if not is_web_address(url):
            raise ConnectionError("the address is none of the web")
        until = self._watch() + 2 * self._timeout
        try:
            with (
                httpx.Client(timeout=self._timeout, follow_redirects=False) as client,
                client.stream(
                    method, url, data=dict(form) if form is not None else None, headers=headers
                ) as answer,
            ):
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > self._largest:
                        raise ConnectionError("the answer is too large")
                    # Whoever sends a little at a time never lets us wait long for the next part.
                    if self._watch() >= until:
                        raise ConnectionError("the answer takes too long")
                media = str(answer.headers.get("content-type", ""))
                return HttpAnswer(
                    status=answer.status_code,
                    content_type=media.partition(";")[0].strip().lower(),
                    body=bytes(body),
                )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # The text of an error could hold what was sent.
            raise ConnectionError(type(error).__name__) from None


def is_web_address(url: object) -> bool:
    """Tell whether that may be asked: https, or http on this machine, without name or password.

    Args:
        url: What somebody says is an address.
    """
    if not isinstance(url, str) or not url.isascii() or not 0 < len(url) <= _LONGEST_URL:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    schemes = {"http", "https"} if parts.hostname in _LOCAL else {"https"}
    whole = bool(parts.hostname) and "@" not in parts.netloc and port != 0 and not parts.fragment
    return whole and parts.scheme in schemes and url.isprintable() and " " not in url


def is_local(url: str) -> bool:
    """Tell whether an address is of this machine, or of a network that others do not reach.

    Args:
        url: A web address. Names are not looked up: who answers to them is not known here.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        # What ends in a number is an address to some, however it is written.
        return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None
    return not address.is_global


def leads_inside(url: str, *, asked_by: str) -> bool:
    """Tell whether somebody elsewhere sends us to our own machine, which answers us and not them.

    Args:
        url: Where to.
        asked_by: Who says so.
    """
    return is_local(url) and not is_local(asked_by)
