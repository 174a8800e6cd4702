"""SPID, CIE and eIDAS in the demonstration: real requests and answers, and a page that plays."""

from __future__ import annotations

import base64
import html
import re
import zlib
from urllib.parse import urlencode

import pytest

from registrazione.demo.application import create_demo
from registrazione.demo.identity import ANOMALIES
from registrazione.refusals import catalogue
from registrazione.stories.mailbox import Mailbox
from registrazione.stories.people import LENA, OMAR
from registrazione.testing.fakes import FastHasher

BASE = "http://localhost"


@pytest.fixture(scope="module")
def app():
    """The demonstration; its keys are made once."""
    mailbox = Mailbox()
    return create_demo(
        base_url=BASE,
        storage="memory://",
        mailer=mailbox,
        mailbox=mailbox,
        secret_keys=["a key of a demonstration of 32 bytes"],
        hasher=FastHasher(),
    )


class Walk:
    """A browser, and the forms of the page that it shows."""

    def __init__(self, app, path) -> None:
        self.client = app.test_client()
        self.page = self.client.get(path, follow_redirects=True)

    def follow(self, words) -> Walk:
        """Follow the first link whose address has these words."""
        links = map(html.unescape, re.findall(r'href="([^"]+)"', self.page.text))
        self.page = self.client.get(next(link for link in links if words in link))
        return self

    def form(self, name, value=None) -> tuple[str, dict[str, str]]:
        """Return address and fields of the form that has such a hidden field."""
        for start, body in re.findall(r"<form ([^>]*)>(.*?)</form>", self.page.text, re.DOTALL):
            found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', body)
            fields = {key: html.unescape(told) for key, told in found}
            if name in fields and value in {None, fields[name]}:
                return html.unescape(re.search(r'action="([^"]*)"', start)[1]), fields
        raise AssertionError(f"there is no form with {name}")

    def send(self, name, value=None) -> Walk:
        """Send that form."""
        address, fields = self.form(name, value)
        self.page = self.client.post(address, data=fields, follow_redirects=True)
        return self

    def answered(self, chosen) -> Walk:
        """Go to the provider, choose somebody or something there, and come back."""
        return self.send("SAMLRequest").send("chosen", chosen).send("SAMLResponse")


@pytest.mark.requirement("MIM-02", "MIM-08")
def test_spid_has_two_gestori_and_each_signs_in(app) -> None:
    """One is chosen first; requests and answers are signed, and the data come from there."""
    for gestore in ("prova-uno", "prova-due"):
        walk = Walk(app, "/mim-students/identity/spid").follow(gestore).answered(OMAR.key)

        assert walk.page.request.path == "/mim-students/complete"
        assert OMAR.surname in walk.page.text
        assert OMAR.codice_fiscale in walk.page.text


@pytest.mark.parametrize(
    ("path", "person", "told"),
    [
        ("/iscrizioni-online/identity/cie", OMAR, True),
        ("/mim-students/identity/eidas", LENA, False),
    ],
    ids=["cie", "eidas"],
)
def test_the_other_schemes_tell_what_is_theirs(app, path, person, told) -> None:
    """CIE tells the codice fiscale, eIDAS does not: then it is asked (MIM-06, IOL-11)."""
    page = Walk(app, path).answered(person.key).page

    assert page.request.path.endswith("/complete")
    assert person.surname in page.text
    assert (person.codice_fiscale in page.text) is told
    assert person.email not in page.text


@pytest.mark.parametrize("chosen", ANOMALIES)
def test_what_may_go_wrong_is_explained(app, chosen) -> None:
    """Every button that is no person leads to a page with a remedy, and to no account."""
    walk = Walk(app, "/mim-students/identity/spid").follow("prova-uno").answered(chosen)

    assert walk.page.status_code == 422
    assert walk.page.request.path == "/mim-students/identity/spid/callback"
    words = catalogue()[f"identity.spid_{ANOMALIES[chosen]}"].text.it
    assert words in html.unescape(walk.page.text)


def test_an_answer_of_another_provider_does_not_count(app) -> None:
    """What a request to the one asked for, the other cannot answer."""
    walk = Walk(app, "/mim-students/identity/spid").follow("prova-uno").send("SAMLRequest")
    _, fields = walk.form("chosen", OMAR.key)
    walk.page = walk.client.post("/idp/prova-due/answer", data=fields)
    walk.send("SAMLResponse")

    assert walk.page.status_code == 422


def test_the_metadata_can_be_read(app) -> None:
    """Of every scheme in every procedure that offers it; signed, and with its own address."""
    document = app.test_client().get("/mim-students/identity/spid/metadata")

    assert document.status_code == 200
    assert f'entityID="{BASE}/mim-students/identity/spid/metadata"' in document.text
    assert "SignatureValue" in document.text


def test_nobody_is_sent_elsewhere(app) -> None:
    """A provider that is none, a request that is none, and a service that is not ours."""
    client = app.test_client()
    _, fields = Walk(app, "/mim-students/identity/eidas").send("SAMLRequest").form("chosen")
    elsewhere = {**fields, "issuer": "https://elsewhere.example/metadata"}

    assert client.get("/idp/nobody/sso").status_code == 404
    assert client.get("/idp/eidas/sso").status_code == 404
    assert client.post("/idp/nobody/answer", data=fields).status_code == 404
    assert client.post("/idp/eidas/answer", data=elsewhere).status_code == 404
    assert client.post("/idp/eidas/answer", data={**fields, "chosen": "x"}).status_code == 404


def test_a_request_may_come_by_its_address(app) -> None:
    """The redirect binding is understood as well: the same people, for the same service."""
    address, fields = Walk(app, "/mim-students/identity/eidas").form("SAMLRequest")

    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(base64.b64decode(fields["SAMLRequest"])) + packer.flush()
    query = {"SAMLRequest": base64.b64encode(packed), "RelayState": fields["RelayState"]}
    walk = Walk(app, f"{address}?{urlencode(query)}")

    assert walk.form("chosen", LENA.key)[1]["state"] == fields["RelayState"]
