"""Sign in with somebody else's provider: the npm package oidc-provider, on this machine.

Its name keeps it out of the ordinary run, which has no Node.js; it is named where it is to run,
with ``REGISTRAZIONE_OIDC_PEER``, the folder whose ``node_modules`` hold the package.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import attrs
import httpx
import pytest

from registrazione.adapters.oidc.client import DIALECTS, Dialect
from registrazione.adapters.oidc.http import HttpxClient
from registrazione.adapters.oidc.keys import public_jwks
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.core.secret import Secret
from registrazione.ports import Ending, IdentityError
from registrazione.service.clock import SystemClock
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_stage import client_of

VARIABLE = "REGISTRAZIONE_OIDC_PEER"
SCRIPT = Path(__file__).with_name("peer.mjs")
PLAIN = DIALECTS["oidc"]
SIGNED = Dialect(name="signed", signed_userinfo=True, tells_issuer=True)
# Everything but the federation, which the package knows nothing of, and `at_hash`, which it puts
# into no ID token of this flow.
WHOLE = attrs.evolve(DIALECTS["cie"], at_hash=False)


def free_port():
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


LISTENING = free_port()
"""Where the provider tells us that a session has ended."""

CLIENTS = {
    "basic": client_of(PLAIN, client_id="basic", signing_key=None, secret=Secret("hush " * 8)),
    "key": client_of(PLAIN, client_id="key"),
    "signed": client_of(SIGNED, client_id="signed"),
    "whole": client_of(WHOLE, client_id="whole"),
    "leaving": client_of(
        PLAIN, client_id="leaving", logout_uri="https://rp.example/identity/oidc/logout"
    ),
}


class Told(BaseHTTPRequestHandler):
    """Take what the provider tells without a browser."""

    def do_POST(self):
        """Keep the form."""
        form = self.rfile.read(int(self.headers["content-length"])).decode("ascii")
        self.server.forms.append(dict(parse_qsl(form)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


class Kept:
    """Keep what was said in a list."""

    def __init__(self):
        """Start with nothing."""
        self.entries = []

    def keep(self, entry):
        """Add a message."""
        self.entries.append(entry)


def registration(client):
    """Return what the package has to know of a client."""
    row = {
        "client_id": client.client_id,
        "redirect_uris": [client.redirect_uri],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "jwks": public_jwks([client.signing_key or key_of("rp"), *client.encryption_keys]),
    }
    if client.secret is not None:
        return {**row, "client_secret": client.secret.text()}
    if client.logout_uri:
        row["post_logout_redirect_uris"] = [client.logout_uri]
        row["backchannel_logout_uri"] = f"http://127.0.0.1:{LISTENING}/"
        row["backchannel_logout_session_required"] = True
    row |= {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
    }
    if client.dialect.signed_userinfo:
        row["userinfo_signed_response_alg"] = "RS256"
    if client.dialect.encrypted_userinfo:
        row["userinfo_encrypted_response_alg"] = "RSA-OAEP-256"
        row["userinfo_encrypted_response_enc"] = "A256CBC-HS512"
    if client.dialect.request_object:
        row["request_object_signing_alg"] = "ES256"
    return row


@pytest.fixture(scope="module")
def issuer():
    """Start the provider, and stop it in the end."""
    packages = os.environ.get(VARIABLE, "")
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js on this machine")
    if not (Path(packages) / "node_modules" / "oidc-provider").is_dir():
        pytest.skip(f"{VARIABLE} names no folder with the npm package oidc-provider")
    port = free_port()
    clients = json.dumps([registration(client) for client in CLIENTS.values()])
    command = [node, str(SCRIPT), str(port), clients]
    environment = {**os.environ, VARIABLE: str(Path(packages).resolve())}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        said = iter(process.stdout)
        assert any(line.strip() == "ready" for line in said)
        yield f"http://127.0.0.1:{port}"
        process.kill()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Ask nobody in between for what is on this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def provider_for(issuer, client):
    """Return the relying party."""
    clock, http = SystemClock(), HttpxClient()
    source = Discovery(issuer, http, clock)
    return OidcProvider(client=client, source=source, http=http, clock=clock)


def a_state():
    """Return a name that no other sign-in has."""
    return secrets.token_hex(16)


def browse(url, callback):
    """Follow a browser until it is sent back, and return what it brings."""
    with httpx.Client() as browser:
        return followed(browser, url, callback)


def followed(browser, url, callback):
    """Follow a browser that goes on afterwards."""
    for _ in range(10):
        reply = browser.get(url)
        assert reply.status_code in {302, 303}, reply.text
        url = urljoin(url, reply.headers["location"])
        if url.startswith(callback):
            return dict(parse_qsl(urlsplit(url).query))
    raise AssertionError("the browser was never sent back")


@pytest.mark.parametrize("kind", CLIENTS)
def test_somebody_signs_in(issuer, kind):
    """Password and key of the client; plain, signed and encrypted userinfo; a signed question."""
    client = CLIENTS[kind]
    provider = provider_for(issuer, client)
    answer = browse(provider.start(client.redirect_uri, a_state()).url, client.redirect_uri)
    verified = provider.verify(answer)

    assert answer["iss"] == issuer
    assert verified.identity.issuer == issuer
    assert verified.identity.subject == "adele"
    assert verified.codice_fiscale == "TRVDLA84C52F205F"
    assert verified.values["surname"] == "Trovamala"
    assert verified.level == 2


def test_a_code_is_good_once_and_for_one_browser(issuer):
    """Replayed here, replayed in another process, and with another PKCE verifier."""
    client = CLIENTS["key"]
    provider = provider_for(issuer, client)
    answer = browse(provider.start(client.redirect_uri, a_state()).url, client.redirect_uri)
    with pytest.raises(IdentityError, match="invalid"):
        provider_for(issuer, client).verify({**answer, "state": "b" * 32})

    answer = browse(provider.start(client.redirect_uri, a_state()).url, client.redirect_uri)
    provider.verify(answer)
    with pytest.raises(IdentityError, match="replayed"):
        provider.verify(answer)
    with pytest.raises(IdentityError, match="invalid"):
        provider_for(issuer, client).verify(answer)


def test_who_gives_up_is_told_so(issuer):
    """The package's own error response."""
    client = CLIENTS["key"]
    provider = provider_for(issuer, client)
    url = provider.start(client.redirect_uri, a_state()).url
    answer = browse(f"{url}&{urlencode({'login_hint': 'gives-up'})}", client.redirect_uri)

    with pytest.raises(IdentityError, match="cancelled"):
        provider.verify(answer)


def test_a_level_that_is_not_reached_is_refused(issuer):
    """The package was asked for the first level and gives it; the second is wanted."""
    client = CLIENTS["key"]
    asking = provider_for(issuer, attrs.evolve(client, least_level=1))
    answer = browse(asking.start(client.redirect_uri, a_state()).url, client.redirect_uri)

    with pytest.raises(IdentityError, match="level_too_low"):
        provider_for(issuer, client).verify(answer)


@contextmanager
def told():
    """Listen to what the provider tells, and yield the forms that came."""
    with ThreadingHTTPServer(("127.0.0.1", LISTENING), Told) as server:
        server.forms = []
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.forms
        server.shutdown()
        thread.join()


def test_the_session_ends_on_both_sides(issuer):
    """The browser leaves the package's session and comes back; the package tells us so, too."""
    client = CLIENTS["leaving"]
    provider = provider_for(issuer, client)
    state = a_state()
    with told() as forms, httpx.Client() as browser:
        there = provider.start(client.redirect_uri, a_state()).url
        session = provider.verify(followed(browser, there, client.redirect_uri)).session
        asked = browser.get(provider.leave(session, state).url)
        secret = re.search(r'name="xsrf" value="(\w+)"', asked.text)[1]
        action = re.search(r'action="([^"]+)"', asked.text)[1]
        left = browser.post(action, data={"xsrf": secret, "logout": "yes"})

    assert left.headers["location"] == f"{client.logout_uri}?state={state}"
    assert provider.ended({"state": state}, f"state={state}") == Ending()
    (form,) = forms
    assert provider.ended(form, "") == Ending(sessions=(session,))
    with pytest.raises(IdentityError, match="replayed"):
        provider.ended(form, "")


def test_an_access_token_is_given_back(issuer, caplog):
    """Where the dialect says so; the package takes it."""
    client = CLIENTS["whole"]
    record = Kept()
    provider = attrs.evolve(provider_for(issuer, client), evidence=record)
    answer = browse(provider.start(client.redirect_uri, a_state()).url, client.redirect_uri)
    provider.verify(answer)

    assert record.entries[-1].kind == "revocation response"
    assert record.entries[-1].message.startswith(b"200")
    assert "revoked" not in caplog.text
