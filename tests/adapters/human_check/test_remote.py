"""Checks of third parties, against a real server on this machine."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrazione.adapters.human_check.remote import PROVIDERS, RemoteHumanCheck, post_form
from registrazione.core.secret import Secret
from registrazione.ports import DrawnHumanCheck

SECRET = "the-secret-of-the-site"
TOKEN = "token-of-a-visitor"


class Server(HTTPServer):
    """A third party that answers as it is told to."""

    def __init__(self):
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.asked = 200, b'{"success": true}', []

    @property
    def url(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/siteverify"


class Handler(BaseHTTPRequestHandler):
    """One question."""

    def do_POST(self):
        """Note the form, and answer."""
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(form).items()})
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        """Keep quiet."""


@contextmanager
def running():
    """Run a server for as long as it is needed."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def shared():
    """Return a server for the whole module."""
    with running() as server:
        yield server


@pytest.fixture
def server(shared):
    """Return a server that was asked nothing, and is content with everybody."""
    shared.status, shared.body, shared.asked = 200, b'{"success": true}', []
    return shared


def check_at(url, name="turnstile", **more):
    """Return a check whose third party is somewhere else."""
    provider = attrs.evolve(PROVIDERS[name], verify=url)
    usual = {"site_key": "site", "secret": Secret(SECRET)}
    return RemoteHumanCheck(provider, **{**usual, **more})


@pytest.mark.requirement("MIM-12", "IOL-02")
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_third_party_has_the_last_word(name, server):
    """It is told the token and the two keys, and nothing about the visitor."""
    check = check_at(server.url, name)
    response = check.response({check.challenge()["field"]: TOKEN})

    assert isinstance(check, DrawnHumanCheck)
    assert check.passed(response)
    server.body = b'{"success": false, "error-codes": ["timeout-or-duplicate"]}'
    assert not check.passed(response)
    assert server.asked == [{"secret": SECRET, "response": TOKEN, "sitekey": "site"}] * 2


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_widget_says_what_it_needs(name, language):
    """Script, class, public key, and origins for the Content-Security-Policy; no secret."""
    challenge = check_at("https://unused.example", name).challenge(language)

    assert challenge["kind"] == "widget"
    assert challenge["site_key"] == "site"
    assert challenge["script"].startswith("https://")
    assert (f"hl={language}" in challenge["script"]) is (name != "turnstile")
    for directive in ("script-src", "frame-src"):
        assert challenge["sources"][directive].startswith("https://")
    assert SECRET not in json.dumps(challenge)


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (500, b'{"success": true}', "HTTPError"),
        (200, b"<html>", "JSONDecodeError"),
        (200, b"\xff", "UnicodeDecodeError"),
        (200, b"[]", "nonsense"),
        (200, b"[" * 60_000, "RecursionError"),
        (200, b'{"success": false, "error-codes": ["invalid-input-secret"]}', "secret key"),
    ],
)
def test_without_a_sensible_answer_nobody_passes(status, body, word, server, caplog):
    """The operators read why, without token and key."""
    server.status, server.body = status, body
    with caplog.at_level(logging.WARNING, "registrazione"):
        assert not check_at(server.url).passed(TOKEN)

    (line,) = caplog.messages
    assert word in line
    assert "turnstile" in line
    assert SECRET not in caplog.text
    assert TOKEN not in caplog.text


def test_where_nobody_listens_nobody_passes(caplog):
    """A third party that is down keeps everybody out, and says so."""
    with running() as gone:
        url = gone.url
    with caplog.at_level(logging.WARNING, "registrazione"):
        assert not check_at(url).passed(TOKEN)

    assert "did not answer" in caplog.text


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        (b'{"success": true, "hostname": "example.it"}', True),
        (b'{"success": true, "hostname": "evil.example"}', False),
        (b'{"success": true}', False),
        (b'{"success": "true", "hostname": "example.it"}', False),
        (b'{"success": 1, "hostname": "example.it"}', False),
        (b'{"success": false, "error-codes": "odd", "hostname": "example.it"}', False),
    ],
)
def test_a_token_of_another_site_is_refused(body, passes, server):
    """Where the host is known, and only an exact yes is one."""
    server.body = body

    assert check_at(server.url, hostname="example.it").passed(TOKEN) is passes


@pytest.mark.parametrize("response", ["", "x" * 5_000, "tök", "a\nb", None, 7, b"x"])
def test_what_is_no_token_is_not_sent(response, server):
    """Nothing goes to the third party that it did not make."""
    assert not check_at(server.url).passed(response)
    assert server.asked == []


@pytest.mark.parametrize(("site_key", "secret"), [("", SECRET), ("site", ""), ("site", b"bytes")])
def test_keys_that_are_missing_are_noticed_at_start(site_key, secret):
    """The text names the provider, and shows no key."""
    with pytest.raises(ValueError, match=r"^turnstile needs a site key") as caught:
        check_at("https://unused.example", site_key=site_key, secret=Secret(secret))

    assert SECRET not in str(caught.value)


def test_only_the_web_is_asked():
    """No file is read that a setting names by mistake."""
    with pytest.raises(ValueError, match="begins with https"):
        post_form("file:///etc/passwd", {}, 1)


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers()), st.binary())
def test_nothing_raises(response, body):
    """Neither what a visitor sends, nor what the third party answers."""

    def post(_url, _form, _timeout):
        return body

    check = check_at("https://unused.example", post=post)

    assert check.passed(response) in {True, False}
