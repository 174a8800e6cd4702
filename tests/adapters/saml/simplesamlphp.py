"""SimpleSAMLphp as an identity provider on this machine: its settings, its start, its browser."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import threading
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import attrs
import httpx
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import html

from registrazione.adapters.saml.profiles import POST, REDIRECT

HOME = Path("/usr/share/simplesamlphp")
"""Where Debian's package is."""
PASSWORD = "peer"
GIVES_UP = "gives-up"
"""Somebody who signs in and then wants no more."""
_WRITTEN = ("metadata", "keys", "tmp", "log", "data", "sessions")
# PHP remembers for two seconds what a program says, but not what a program reads.
_READER = "<?php ${variable} = json_decode(file_get_contents(__DIR__ . '/{name}.json'), true);\n"
_GIVES_UP = f"""
if ($attributes['spidCode'][0] === '{GIVES_UP}') {{
    $failed = \\SAML2\\Constants::STATUS_AUTHN_FAILED;
    $error = new \\SimpleSAML\\Module\\saml\\Error(
        \\SAML2\\Constants::STATUS_RESPONDER, $failed, 'ErrorCode nr25'
    );
    \\SimpleSAML\\Auth\\State::throwException($state, $error);
}}
"""


def what_is_missing():
    """Return what is not on this machine, or nothing."""
    if shutil.which("php") is None:
        return "php"
    return "" if (HOME / "www" / "saml2" / "idp" / "SSOService.php").is_file() else str(HOME)


@attrs.frozen(kw_only=True)
class SimpleSamlPhp:
    """The identity provider, and the folder of its settings.

    Args:
        folder: Where it finds what it has to know.
        url: Where it is served, with a slash at the end.
        level: URI of the level that it says.
    """

    folder: Path
    url: str
    level: str

    @property
    def entity_id(self):
        return f"{self.url}saml2/idp/metadata.php"

    def settle(self, service, people, key):
        """Write the settings: the metadata of the one service, people's attributes, its own key."""
        for name in _WRITTEN:
            (self.folder / name).mkdir()
        self.take_service(service)
        self._tell("config", "config", self._config())
        users = {f"{name}:{PASSWORD}": told for name, told in people.items()}
        self._tell("authsources", "config", {"people": {"0": "exampleauth:UserPass", **users}})
        self.take_key(key)

    def take_service(self, metadata):
        """Know the service by other metadata."""
        (self.folder / "service.xml").write_bytes(metadata)

    def take_key(self, key, coming=None):
        """Sign with a key; and tell of another one that is to come, if there is any."""
        files = {"": key, "new_": coming} if coming is not None else {"": key}
        told = {}
        for prefix, one in files.items():
            private = one.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            public = one.certificate.public_bytes(Encoding.PEM)
            mark = f"{one.certificate.serial_number:x}"
            for kind, written in (("privatekey", private), ("certificate", public)):
                path = self.folder / "keys" / f"{mark}.{kind}"
                path.write_bytes(written)
                told[f"{prefix}{kind}"] = path.name
        self._tell("metadata/saml20-idp-hosted", "metadata", {self.entity_id: self._idp(told)})

    def _tell(self, path, variable, value):
        """Write settings, and what makes PHP read them anew each time."""
        place = self.folder / path
        place.with_suffix(".json").write_text(json.dumps(value))
        place.with_suffix(".php").write_text(_READER.format(variable=variable, name=place.name))

    def _config(self):
        folder = f"{self.folder}/"
        return {
            "baseurlpath": self.url,
            "certdir": f"{folder}keys/",
            "loggingdir": f"{folder}log/",
            "datadir": f"{folder}data/",
            "tempdir": f"{folder}tmp/",
            "metadatadir": f"{folder}metadata/",
            "secretsalt": secrets.token_hex(16),
            "auth.adminpassword": secrets.token_hex(16),
            "admin.checkforupdates": False,
            "technicalcontact_email": "na@example.org",
            "timezone": "UTC",
            "logging.handler": "file",
            "showerrors": True,
            "errorreporting": False,
            "enable.saml20-idp": True,
            "module.enable": {"exampleauth": True, "core": True, "saml": True},
            "session.cookie.secure": False,
            "session.cookie.samesite": None,
            "session.phpsession.savepath": f"{folder}sessions/",
            "store.type": "phpsession",
            "language.cookie.secure": False,
            "language.cookie.samesite": None,
            "metadata.sources": [
                {"type": "flatfile"},
                {"type": "xml", "file": f"{folder}service.xml"},
            ],
        }

    def _idp(self, keys):
        return {
            "host": "__DEFAULT__",
            "auth": "people",
            "SingleSignOnServiceBinding": [REDIRECT, POST],
            "SingleLogoutServiceBinding": [REDIRECT, POST],
            "validate.authnrequest": True,
            "validate.logout": True,
            "sign.logout": True,
            "authproc": {
                "10": {"class": "core:PHP", "code": _GIVES_UP},
                "20": {"class": "saml:AuthnContextClassRef", "AuthnContextClassRef": self.level},
            },
            **keys,
        }


@contextmanager
def served(folder, level):
    """Serve a folder of settings that may still be empty, and yield who is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["php", "-d", "display_errors=0", "-S", address, "-t", str(HOME / "www")]
    environment = {**os.environ, "SIMPLESAMLPHP_CONFIG_DIR": str(folder)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        said = iter(process.stderr)
        assert any("started" in line for line in said)
        # Nobody reads what it says of each request; a full pipe would stop it.
        reader = threading.Thread(target=deque, args=(said, 0), daemon=True)
        reader.start()
        try:
            yield SimpleSamlPhp(folder=folder, url=f"http://{address}/", level=level)
        finally:
            process.kill()
            reader.join()


# -- the browser ------------------------------------------------------------------------------


def browser():
    """Return a browser, which keeps cookies; no proxy is asked for what is on this machine."""
    return httpx.Client(trust_env=False, timeout=30)


def go(client, outgoing):
    """Follow a service's way out."""
    fields = dict(outgoing.fields)
    reply = client.post(outgoing.url, data=fields) if fields else client.get(outgoing.url)
    return follow(client, reply)


def follow(client, reply):
    """Go where a reply sends the browser, as far as that is on this machine."""
    while reply.next_request is not None and reply.next_request.url.host == reply.url.host:
        reply = client.send(reply.next_request)
    return reply


def form_of(page):
    """Return where the one form of a page leads, and its fields."""
    (form,) = html.fromstring(page.text).forms
    return urljoin(str(page.url), form.action), dict(form.fields)


def log_in(client, page, name):
    """Fill in the page that asks for name and password, and return the next page."""
    action, fields = form_of(page)
    filled = {**fields, "username": name, "password": PASSWORD}
    return follow(client, client.post(action, data=filled))


def refusal(page):
    """Return the reason that the package gives on its page for errors, in small letters."""
    whole = html.fromstring(page.text).text_content()
    return whole.partition("Caused by: ")[2].partition("Backtrace")[0].lower()
