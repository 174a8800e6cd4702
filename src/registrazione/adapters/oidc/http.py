"""Ask other machines: no redirects, not for long, and no more than fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import attrs

TIMEOUT = 5.0
"""Seconds that a visitor waits for each answer of the provider."""
LARGEST = 262_144
"""Bytes of an answer; more are not read."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Through these, addresses of the inside are reached under another spelling (RFC 6052, RFC 3056).
_STANDS_FOR_OTHERS = tuple(
    ip_network(network)
    for network in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "::/96",
        "::ffff:0:0:0/96",
        "fec0::/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
    )
)
_LONGEST_URL = 2048
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
# A few bytes that are compressed, twice at best, may be more than there is room for.
_PLAIN: Mapping[str, str] = MappingProxyType({"Accept-Encoding": "identity"})
# Some name the charset here, or nothing, and have packed nothing either.
_UNPACKED = frozenset({"", "identity", "utf-8"})


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


class Hurry:
    """Hang up at a moment, however little there has been to wait for until then.

    A limit on each part of an answer does not limit how many parts its headers come in.

    Args:
        seconds: After how many.
        timer: Makes what runs then; :class:`threading.Timer`, or another in tests.
    """

    __slots__ = ("_is_late", "_line", "_timer")

    def __init__(self, seconds: float, timer: Callable[..., Timer] = Timer) -> None:
        """Hold no line yet."""
        self._is_late = False
        self._line: socket | None = None
        self._timer = timer(seconds, self.hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin to wait."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait no longer."""
        self._timer.cancel()
        if self._line is not None:
            self._line.close()

    def heard(self, event: str, info: Mapping[str, Any]) -> None:
        """Take hold of the line, once there is one: TLS goes over the same.

        Args:
            event: What httpx says is happening.
            info: What belongs to it.
        """
        if event == "connection.connect_tcp.complete":
            line: socket = info["return_value"].get_extra_info("socket")
            self._line = line.dup()
            if self._is_late:
                # To find the way here may have taken all the time there was.
                self.hang_up()

    def hang_up(self) -> None:
        """End the talk, whoever waits; one that has not begun ends as it begins."""
        self._is_late = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(SHUT_RDWR)


class HttpxClient:
    """Ask with httpx; the port :class:`Http`.

    Args:
        timeout: Seconds to wait for each part of an answer; for all of it twice as many.
        largest: Bytes that are read of one.
        watch: Tells the seconds that go by.
        hurry: Makes what hangs up in the end.
    """

    __slots__ = ("_hurry", "_largest", "_timeout", "_watch")

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        largest: int = LARGEST,
        watch: Callable[[], float] = monotonic,
        hurry: Callable[[float], Hurry] = Hurry,
    ) -> None:
        """Keep the limits."""
        self._hurry = hurry
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
        longest = 2 * self._timeout
        until = self._watch() + longest
        data = dict(form) if form is not None else None
        try:
            with (
                self._hurry(longest) as hurry,
                httpx.Client(timeout=self._timeout, follow_redirects=False) as client,
                client.stream(
                    method,
                    url,
                    data=data,
                    headers={**headers, **_PLAIN},
                    extensions={"trace": hurry.heard},
                ) as answer,
            ):
                if answer.headers.get("content-encoding", "").lower() not in _UNPACKED:
                    raise ConnectionError("the answer is compressed")
                body = bytearray()
                for piece in answer.iter_raw():
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
    return (
        not address.is_global
        or address.is_multicast
        or any(address in network for network in _STANDS_FOR_OTHERS)
    )


def leads_inside(url: str, *, asked_by: str) -> bool:
    """Tell whether somebody elsewhere sends us to our own machine, which answers us and not them.

    Args:
        url: Where to.
        asked_by: Who says so.
    """
    return is_local(url) and not is_local(asked_by)
