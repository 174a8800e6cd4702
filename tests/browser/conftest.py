"""A real browser, and pages served to it over a real socket.

The browser is Chromium: the one of the environment variable ``CHROMIUM``, or the first that is
found. Where there is none the tests are skipped, and the reason is printed.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# As root there is no sandbox; and a browser under test looks nothing up on its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# What axe-core looks for: WCAG 2.2 AA and what its authors recommend.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, input, select, textarea')]
  .filter(one => one.type !== 'hidden' && one.tabIndex >= 0)
  .filter(one => getComputedStyle(one).display !== 'inline')
  .map(one => [one.closest('.form-check') || one, one.outerHTML])
  .filter(([one]) => one.getBoundingClientRect().height > 1)
  .filter(([one]) => one.getBoundingClientRect().height < 44)
  .map(([, html]) => html)"""


def chromium() -> str:
    """Return the path of the browser, or skip the test."""
    candidates = (os.environ.get(VARIABLE), "/usr/bin/chromium", *map(shutil.which, NAMES))
    for candidate in candidates:
        if candidate and Path(candidate).is_file():
            return candidate
    pytest.skip(f"no Chromium: set {VARIABLE} to its path")


@pytest.fixture(scope="module")
def browser():
    """Start the browser for the tests of one file.

    Playwright leaves an event loop running in this thread as long as it is open, which tests of
    other files that have loops of their own do not bear: hence no browser for the whole session.
    """
    path = chromium()
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@attrs.define
class Watch:
    """What went wrong in a tab, and what it asked for.

    Args:
        wrong: Messages of the console at the level of errors, and errors of scripts. A violation
            of the Content-Security-Policy is one.
        requests: Methods and addresses.
    """

    wrong: list[str] = attrs.field(factory=list)
    requests: list[str] = attrs.field(factory=list)


def is_wrong(said) -> bool:
    """Tell whether the console complains; a missing icon is the host's, who has one or has not."""
    return said.type == "error" and not said.location.get("url", "").endswith("/favicon.ico")


@contextmanager
def opened(browser, **options):
    """Open a tab in a profile of its own; it fails where anything in it went wrong.

    Args:
        browser: The fixture.
        options: Of Playwright's ``new_context``, such as ``java_script_enabled``.
    """
    context = browser.new_context(locale="it-IT", **options)
    try:
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        watch = Watch()
        tab.on("console", lambda said: is_wrong(said) and watch.wrong.append(said.text))
        tab.on("pageerror", lambda error: watch.wrong.append(str(error)))
        tab.on("request", lambda asked: watch.requests.append(f"{asked.method} {asked.url}"))
        tab.watch = watch
        yield tab
        assert watch.wrong == []
    finally:
        context.close()


@pytest.fixture
def tab(browser) -> Iterator:
    """Open a tab as wide as a desk has it."""
    with opened(browser, viewport={"width": 1280, "height": 900}) as tab:
        yield tab


def violations(tab, *rules: str) -> list[str]:
    """Return what axe-core finds wrong on the page that is open.

    Args:
        tab: Where it is open.
        rules: Only these; none: all of :data:`TAGS`.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = axe.run(tab, options=options).response["violations"]
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@attrs.frozen
class Received:
    """One request as the server of a test got it."""

    method: str
    path: str
    body: str


@attrs.frozen
class Sent:
    """What the server of a test sends back."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@contextmanager
def serving(answer: Callable[[Received], Sent]) -> Iterator[str]:
    """Serve over loopback and give the address, without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            sent = answer(Received(self.command, self.path, body))
            self.send_response(sent.status)
            self.send_header("Content-Type", sent.content_type)
            self.send_header("Content-Length", str(len(sent.body)))
            for name, value in sent.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent.body)

        do_GET = _reply  # noqa: N815 - the name that the server looks for
        do_POST = _reply  # noqa: N815 - the same

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # A browser keeps connections open that nobody will use again.
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
