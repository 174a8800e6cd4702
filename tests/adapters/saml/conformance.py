"""Run the public conformance suite against a service, in one process and without a socket.

It is a program: the suite reads its settings from the environment when it is loaded. It reads
jobs as JSON from standard input, and writes what became of each.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import secrets
import sys
import tempfile
import warnings
import zlib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import attrs
import requests
import xmlsec1

from registrazione.adapters.saml import AgeLimit, MetadataText, SamlProvider, SigningKey
from registrazione.adapters.saml.certificates import make_key_pair
from registrazione.adapters.saml.metadata import (
    Billing,
    Contact,
    Description,
    Organization,
    service_metadata,
)
from registrazione.adapters.saml.profiles import PROFILES
from registrazione.core.secret import Secret
from registrazione.ports import IdentityError
from registrazione.service.clock import SystemClock
from registrazione.testing.saml_idp import SamlIdp

IDP = os.environ["IDP_ENTITYID"]
CLOCK = SystemClock()
NAME = "Comune di Esempio"
BODY = Contact(
    email="ufficio@esempio.example", phone="+390600000000", company=NAME, ipa_code="c_h501"
)
FIRM = Contact(
    email="ufficio@esempio.example",
    phone="+390600000000",
    company=NAME,
    vat_number="IT00000000000",
    fiscal_code="00000000000",
)
PAYER = Billing(
    vat_number="00000000000",
    name=NAME,
    address="Via Esempio 1",
    cap="00100",
    town="Roma",
    province="RM",
    email="fatture@esempio.example",
    phone="+390600000000",
)
CIE = {"municipality": "058091"}
MADE_FOR = {
    "spid-public": ("spid-sp-public", BODY, {}),
    "spid-private": ("spid-sp-private", FIRM, {"billing": PAYER}),
    "spid-ag-public-full": ("spid-sp-ag-public-full", FIRM, {"aggregated": BODY}),
    "spid-ag-public-lite": ("spid-sp-ag-public-lite", FIRM, {"aggregated": BODY}),
    "spid-ag-private-full": (
        "spid-sp-ag-private-full",
        FIRM,
        {"aggregated": FIRM, "billing": PAYER},
    ),
    "spid-ag-private-lite": (
        "spid-sp-ag-private-lite",
        FIRM,
        {"aggregated": FIRM, "billing": PAYER},
    ),
    "cie-public": ("cie-sp-public", BODY, CIE),
    "cie-private": ("cie-sp-private", FIRM, {**CIE, "nace_code": "J62.01"}),
    "eidas": ("ficep-eidas-sp", BODY, {}),
}


def entity_id(profile: str) -> str:
    """Return the name of the fixed service: an aggregator's says what it is."""
    kind = profile.removeprefix("spid-ag-").replace("public", "pub").replace("private", "pri")
    sector, _, size = kind.partition("-")
    mark = f"/{sector}-ag-{size}" if profile.startswith("spid-ag-") else ""
    return f"https://service.example/spid{mark}"


def signing_key() -> SigningKey:
    """Return the identity provider's key: the one that the suite signs with."""
    folder = Path(os.environ["IDP_CERT_PATH"])
    return SigningKey.from_pem(
        Secret((folder / "private.key").read_text()), (folder / "public.cert").read_text()
    )


class Service:
    """The service under test, and where the suite reaches it."""

    current: Service

    def __init__(self, job: dict[str, object]) -> None:
        profile = str(job["profile"])
        self.suite_profile, contact, more = MADE_FOR[profile]
        about = {key: value for key, value in more.items() if isinstance(value, str)}
        parts = {key: value for key, value in more.items() if not isinstance(value, str)}
        self.entity_id = entity_id(profile)
        sector = PROFILES[profile].sector
        pair = make_key_pair(
            sector=sector,
            entity_id=self.entity_id,
            organization=NAME,
            identifier="PA:IT-c_h501" if sector == "public" else "VATIT-00000000000",
            locality="Roma",
            now=CLOCK.now() - timedelta(minutes=1),
        )
        keys = [SigningKey.from_pem(pair.private, pair.certificate)]
        self.callback = "https://service.example/identity/spid/callback"
        idp = SamlIdp(IDP, CLOCK, signing_key())
        metadata = idp.metadata().replace(b"/sso", b"/samlsso")
        place = job.get("ages")
        ages = AgeLimit(minimum=14, place=str(place)) if place else None
        self.metadata = service_metadata(
            profile=PROFILES[profile],
            entity_id=self.entity_id,
            callback_url=self.callback,
            logout_url="https://service.example/identity/spid/logout",
            keys=keys,
            description=Description(
                organization=Organization(
                    name=NAME, display_name=NAME, url="https://esempio.example"
                ),
                contact=attrs.evolve(contact, **about),
                **parts,
            ),
            ages=ages,
        )
        self.provider = SamlProvider(
            name="spid",
            profile=profile,
            entity_id=self.entity_id,
            callback_url=self.callback,
            keys=keys,
            identity_providers=MetadataText(documents=(metadata,), clock=CLOCK),
            clock=CLOCK,
            binding=str(job["binding"]),
            ages=ages,
        )


class Plugin:
    """What the suite calls instead of opening connections."""

    def __init__(self, *_arguments: object) -> None:
        self.service = Service.current

    def request(self) -> dict[str, object]:
        """Return a request for authentication, in the suite's words."""
        sent = self.service.provider.start(self.service.callback, secrets.token_hex(16))
        parts = urlsplit(sent.url)
        fields = dict(sent.fields)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        found = {
            "method": "post" if fields else "redirect",
            "action": f"{parts.scheme}://{parts.netloc}{parts.path}",
            "requests_session": self,
            **(fields or query),
        }
        raw = base64.b64decode(str(found["SAMLRequest"]))
        found["SAMLRequest_xml"] = raw if fields else zlib.decompress(raw, -15)
        if not fields:
            found["SAMLRequest_redirect"] = sent.url
        return found

    def response(self, _url: str, data: dict[str, object], **_more: object) -> SimpleNamespace:
        """Answer as the pages do: a page for who is let in, a refusal for who is not."""
        message = {
            "SAMLResponse": bytes(data["SAMLResponse"]).decode(),
            "RelayState": data["RelayState"],
        }
        if message["RelayState"] is None:
            return SimpleNamespace(status_code=400, content=b"")
        try:
            self.service.provider.verify(message)
        except IdentityError as error:
            return SimpleNamespace(status_code=422, content=repr(error).encode())
        return SimpleNamespace(status_code=200, content=b"in")


class RejectsEverything:
    """A provider that lets nobody in."""

    def __init__(self, inner: SamlProvider) -> None:
        self.start = inner.start

    def verify(self, _response: object) -> None:
        raise IdentityError("invalid")


def signed_by_the_library(_self: object, command: list[str], extra: list[str]) -> tuple:
    """Sign in this process what the suite would start a program for."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as output:
        status = xmlsec1.run([*command, "--output", output.name, *extra])
        if status:
            from saml2.sigver import XmlsecError

            raise XmlsecError("not signed")
        return "", "", Path(output.name).read_bytes()


def no_connection(*_arguments: object, **_options: object) -> None:
    """Stand for the network, which the suite asks for a look-up in production mode."""
    raise requests.ConnectionError


def run(job: dict[str, object]) -> dict[str, object]:
    """Run one job, and return the counts and what failed."""
    from spid_sp_test.authn_request_extra import SpidSpAuthnReqCheckExtra
    from spid_sp_test.metadata_extra import SpidSpMetadataCheckExtra
    from spid_sp_test.response import SpidSpResponseCheck

    service = Service.current = Service(job)
    if job.get("rejects"):
        service.provider = RejectsEverything(service.provider)
    method = f"test_profile_{service.suite_profile.replace('-', '_')}"
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        Path(file.name).write_bytes(service.metadata)
        metadata = SpidSpMetadataCheckExtra(
            metadata_url=f"file://{file.name}", production=job["production"]
        )
        metadata.load()
    _selected(metadata, method)
    requests = SpidSpAuthnReqCheckExtra(
        metadata=metadata.metadata,
        authn_request_url="in-process",
        production=job["production"],
        authn_plugin="__main__.Plugin",
    )
    requests.load()
    _selected(requests, method)
    done = [metadata, requests]
    if job["responses"]:
        responses = SpidSpResponseCheck(
            metadata_etree=metadata.doc,
            authn_request_url="in-process",
            relay_state=requests.relay_state,
            production=job["production"],
            authn_plugin="__main__.Plugin",
            requests_session=requests.authn_request["requests_session"],
        )
        _selected(responses, method)
        done.append(responses)
    return {
        "executed": sum(len(check.results) for check in done),
        "parts": [len(check.results) for check in done],
        "failed": [str(error)[:300] for check in done for error in check.errors],
    }


def _selected(check: object, method: str) -> None:
    """Run a profile's checks, or those of all services where the suite has none of its own."""
    (getattr(check, method, None) or check.test_profile_spid_sp)()


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from saml2.sigver import CryptoBackendXmlSec1

    CryptoBackendXmlSec1._run_xmlsec = signed_by_the_library
    requests.Session.request = no_connection
    jobs = json.load(sys.stdin)
    output = sys.stdout
    sys.stdout = io.StringIO()  # The suite prints what it does.
    results = [run(job) for job in jobs]
    output.write(json.dumps(results))


if __name__ == "__main__":
    main()
