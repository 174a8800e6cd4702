"""What may be asked, how it is asked, and who leads us inside."""

from __future__ import annotations

from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from socket import create_server, socket, socketpair
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from registrazione.adapters.oidc.http import (
    HttpAnswer,
    HttpxClient,
    Hurry,
    is_local,
    is_web_address,
)


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
        if self.path.startswith("/packed/"):
            self.send_header("content-encoding", self.path.removeprefix("/packed/"))
        self.end_headers()
        said = {"/much": "x" * 4000, "/how": self.headers["accept-encoding"]}
        self.wfile.write(said.get(self.path, self.path).encode())

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


@pytest.mark.parametrize("packing", ["gzip", "gzip,gzip", "deflate", "br", "zstd", "x-gzip"])
def test_httpx_unpacks_nothing(machine, packing):
    """CWE-409: a few bytes, packed twice, are more than there is room for; nobody is asked so."""
    client = HttpxClient()
    with pytest.raises(OSError, match="compressed"):
        client.get(f"{machine}/packed/{packing}")

    for coding in ("identity", "", "UTF-8"):
        assert client.get(f"{machine}/packed/{coding}").body == f"/packed/{coding}".encode()
    assert client.get(f"{machine}/how").body == b"identity"


def test_httpx_waits_no_longer_for_many_parts_than_for_two(machine):
    """Whoever sends a byte now and then keeps nobody waiting."""
    seconds = count(step=4)
    slow = HttpxClient(timeout=2, watch=lambda: float(next(seconds)))

    with pytest.raises(OSError, match="too long"):
        slow.get(f"{machine}/here")
    assert HttpxClient(timeout=2, watch=lambda: 0.0).get(f"{machine}/here").status == 200


class Dribbler:
    """A machine that never comes to an end of its headers."""

    def __init__(self):
        self.server = create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.server.getsockname()[1]}/"
        self.time_is_up = lambda: None
        self.was_left = Event()
        self.thread = Thread(target=self.dribble)
        self.thread.start()

    def dribble(self):
        """Begin to answer, and see what becomes of it once the time is up."""
        line, _ = self.server.accept()
        with line:
            line.recv(4096)
            line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self.time_is_up()
            if line.recv(1) == b"":
                self.was_left.set()

    def timer(self, seconds, then):
        """Return a timer that runs when the machine says so."""
        self.time_is_up = then
        self.calls = [seconds]
        calls = {name: partial(self.calls.append, name) for name in ("start", "cancel")}
        return SimpleNamespace(**calls)


def test_httpx_waits_for_headers_no_longer_than_for_all_the_rest():
    """Who sends them letter by letter is hung up on; nobody else is."""
    slow = Dribbler()
    client = HttpxClient(timeout=20, hurry=lambda seconds: Hurry(seconds, slow.timer))
    with slow.server, pytest.raises(OSError, match=r"^(RemoteProtocol|Read)Error$"):
        client.get(slow.address)
    slow.thread.join()

    assert slow.was_left.is_set()
    assert slow.calls == [40, "start", "cancel"]


def test_who_has_no_line_yet_hangs_up_on_nobody():
    """The time may be up before anybody answers, who is hung up on then, or after all is said."""
    ours, theirs = socketpair()
    theirs.setblocking(False)
    with ours, theirs, Hurry(40) as hurry:
        hurry.hang_up()
        hurry.heard("connection.connect_tcp.started", {})
        hurry.hang_up()
        stream = SimpleNamespace(get_extra_info=lambda _: ours)
        hurry.heard("connection.connect_tcp.complete", {"return_value": stream})
        assert theirs.recv(1) == b""
    gone = socket()
    with Hurry(40) as hurry:
        stream = SimpleNamespace(get_extra_info=lambda _: gone)
        hurry.heard("connection.connect_tcp.complete", {"return_value": stream})
        gone.close()
        hurry.hang_up()

    assert gone.fileno() == -1


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
        ("https://224.0.0.1/", True),
        ("https://192.0.0.8/", True),
        ("https://[::127.0.0.1]/", True),
        ("https://[64:ff9b::7f00:1]/", True),
        ("https://[64:ff9b:1::a00:1]/", True),
        ("https://[2002:a00:1::]/", True),
        ("https://[::ffff:0:10.0.0.1]/", True),
        ("https://[fec0::1]/", True),
        ("https://[ff0e::1]/", True),
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
