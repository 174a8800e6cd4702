"""What may be asked, how it is asked, and who leads us inside."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest

from registrazione.adapters.oidc.http import HttpAnswer, HttpxClient, is_local, is_web_address


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://op.example/x?y=z", True),
        ("http://127.0.0.1:80/", True),
        ("http://localhost/", True),
        ("http://op.example/", False),
        ("https://u:p@op.example/", False),
        ("https://op.example/#x", False),
        ("https://op.example:0/", False),
        ("https://op.example:x/", False),
        ("https://op.example/a b", False),
        ("https://[::1/", False),
        ("https://", False),
        ("//op.example", False),
        ("file:///etc", False),
        ("https://è.example", False),
        ("https://op.example/" + "x" * 2048, False),
        ("", False),
        (None, False),
    ],
)
def test_what_may_be_asked(url, good):
    """https, or http on this machine; no password, no fragment, no nonsense."""
    assert is_web_address(url) is good


class Odd(BaseHTTPRequestHandler):
    """Answer as the path says."""

    def do_GET(self):
        """Redirect, say too much, or say how it was asked."""
        redirected = self.path == "/away"
        self.send_response(302 if redirected else 200)
        self.send_header("location", "/here")
        self.send_header("content-type", "Application/JSON; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"x" * 4000 if self.path == "/much" else self.path.encode())

    def do_POST(self):
        """Say what was sent."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def machine():
    """A machine that answers oddly."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_httpx_follows_nobody_and_reads_no_more_than_fits(machine):
    """A redirect is an answer like any other; too large an answer is none."""
    client = HttpxClient(largest=1000)

    assert client.get(f"{machine}/here") == HttpAnswer(
        status=200, content_type="application/json", body=b"/here"
    )
    assert client.get(f"{machine}/away").status == 302
    assert client.post(f"{machine}/", {"a": "b c"}).body == b"a=b+c"
    with pytest.raises(OSError, match="too large"):
        client.get(f"{machine}/much")


def test_httpx_waits_no_longer_for_many_parts_than_for_two(machine):
    """Whoever sends a byte now and then keeps nobody waiting."""
    seconds = count(step=4)
    slow = HttpxClient(timeout=2, watch=lambda: float(next(seconds)))

    with pytest.raises(OSError, match="too long"):
        slow.get(f"{machine}/here")
    assert HttpxClient(timeout=2, watch=lambda: 0.0).get(f"{machine}/here").status == 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://x", "http://op.example/"])
def test_httpx_says_nothing_of_what_was_asked(url):
    """Nobody answers, or nobody is asked."""
    with pytest.raises(OSError, match=r"^[A-Za-z ]+$"):
        HttpxClient(timeout=2).get(url)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:80/", True),
        ("https://localhost./", True),
        ("https://op.localhost/", True),
        ("https://127.1.2.3/", True),
        ("https://10.0.0.1/", True),
        ("https://169.254.169.254/", True),
        ("https://0.0.0.0/", True),
        ("https://[::1]/", True),
        ("https://[::ffff:10.0.0.1]/", True),
        ("https://[fe80::1]/", True),
        ("https://2130706433/", True),
        ("https://0x7f.1/", True),
        ("https://127.0x1/", True),
        ("https://op.example/", False),
        ("https://8.8.8.8/", False),
        ("https://[2606:4700::1111]/", False),
        ("https://[::ffff:8.8.8.8]/", False),
        ("https://1.op.example/", False),
    ],
)
def test_what_is_inside(url, local):
    """Addresses that nobody elsewhere reaches, in every spelling; names are not looked up."""
    assert is_local(url) is local
