"""The fake provider on a port of this machine, with a page on which somebody is chosen.

It lets in whoever is chosen: never put it where strangers can reach it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import attrs

from registrazione.adapters.oidc.http import Http, HttpAnswer
from registrazione.ports import Clock, IdentityError
from registrazione.testing.oidc_federation import FakeFederation
from registrazione.testing.oidc_op import FakeOp

_LARGEST_FORM = 65_536


@attrs.frozen(kw_only=True)
class RunningOp:
    """A provider that can be reached.

    Args:
        base: Where everything is below.
        op: The provider itself.
        federation: Those above it.
    """

    base: str
    op: FakeOp
    federation: FakeFederation


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    http: Http
    op: FakeOp
    base: str


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] - a narrower one

    def do_GET(self) -> None:
        url = f"{self.server.base}{self.path}"
        if url.startswith(f"{self.server.op.issuer}/authorize?"):
            self._browser(url)
            return
        self._reply(self.server.http.get(url, headers=self._sent()))

    def do_POST(self) -> None:
        length = min(int(self.headers.get("content-length", "0")), _LARGEST_FORM)
        form = dict(parse_qsl(self.rfile.read(length).decode("ascii")))
        url = f"{self.server.base}{self.path}"
        self._reply(self.server.http.post(url, form, headers=self._sent()))

    def _browser(self, url: str) -> None:
        """Show who may sign in; or sign in whoever was chosen, and send the browser back."""
        person = dict(parse_qsl(urlsplit(url).query)).get("person", "")
        try:
            question = self.server.op.question(url)
            if person in self.server.op.people:
                answer = self.server.op.sign_in(url, person)
                self.send_response(303)
                joint = "&" if "?" in question["redirect_uri"] else "?"
                location = f"{question['redirect_uri']}{joint}{urlencode(answer)}"
                self.send_header("location", location)
                self.send_header("content-length", "0")
                self.end_headers()
                return
        except (IdentityError, ValueError):
            self._reply(HttpAnswer(status=400, content_type="text/plain", body=b"no"))
            return
        rows = "".join(
            f'<li><a href="{escape(self.path)}&amp;{urlencode({"person": key})}">{escape(key)}</a>'
            for key in self.server.op.people
        )
        page = f"<!doctype html><title>Fake provider</title><ul>{rows}</ul>"
        self._reply(HttpAnswer(status=200, content_type="text/html", body=page.encode()))

    def _sent(self) -> dict[str, str]:
        return {name.title(): value for name, value in self.headers.items()}

    def _reply(self, answer: HttpAnswer) -> None:
        self.send_response(answer.status)
        self.send_header("content-type", answer.content_type or "text/plain")
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Say nothing: what is asked holds codes."""


@contextmanager
def serving(clock: Clock, port: int = 0) -> Generator[RunningOp]:
    """Serve a provider, and a federation above it, on this machine.

    Args:
        clock: Tells them the time.
        port: Which port; 0: any that is free.

    Yields:
        What is served.
    """
    server = _Server(("127.0.0.1", port), _Handler)
    server.base = f"http://127.0.0.1:{server.server_address[1]}"
    server.op = FakeOp(clock, issuer=f"{server.base}/op")
    federation = FakeFederation(server.op, anchor=f"{server.base}/ta", middle=f"{server.base}/sa")
    server.http = federation
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield RunningOp(base=server.base, op=server.op, federation=federation)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
