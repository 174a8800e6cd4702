"""A provider by URL: what the settings have to say, and what they must not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from registrazione import Registrar
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.adapters.oidc.opening import open_provider
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.adapters.oidc.several import Several
from registrazione.adapters.once import FileOnceOnly, MemoryOnceOnly
from registrazione.adapters.transactions import TransactionLog
from registrazione.core.secret import Secret
from registrazione.service.clock import SystemClock
from registrazione.settings import SettingsError
from registrazione.testing.fakes import ManualClock
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_stage import CALLBACK, NOW, STATE

ME = {
    "client_id": "https://rp.example",
    "redirect_uri": CALLBACK,
    "state_key": "k" * 32,
    "secret": "hush hush",
}

PEM = RSAKey.generate_key(2048).as_pem(private=True)
ENTITY = {"authority_hints": ["https://ta.example"], "organisation": "Ente Prova"}


def opened(url="oidc://op.example/realm", name="oidc", **options):
    """Open a provider."""
    return open_provider(url, settings={name: {**ME, **options}})


def test_the_issuer_is_in_the_url():
    """With its path, without a name that is asked for."""
    provider = opened()

    assert provider.name == "oidc"
    assert isinstance(provider.source, Discovery)
    assert provider.source.issuer == "https://op.example/realm"
    assert opened("oidc://localhost:9000?insecure=1").source.issuer == "http://localhost:9000"
    assert opened("oidc://op.example/").source.issuer == "https://op.example/"
    assert opened("oidc://op.example/a/?name=oidc").source.issuer == "https://op.example/a/"


def test_name_dialect_and_keys():
    """CIE in a federation, whose keys are in PEM."""
    signing = ECKey.generate_key("P-256").as_pem(private=True)
    encryption = RSAKey.generate_key(2048).as_pem(private=True)
    provider = opened(
        "oidc://op.example?name=cie&dialect=cie",
        name="cie",
        private_key=signing,
        signing_alg="ES256",
        encryption_key=encryption,
        trust_anchors={"https://ta.example": {"keys": [key_of("anchor").public()]}},
        trust_marks=["https://ta.example/marks/x"],
        least_level=3,
    )

    assert provider.name == "cie"
    assert provider.client.dialect.name == "cie"
    assert provider.client.least_level == 3
    assert isinstance(provider.source, FederatedMetadata)
    assert provider.source.federation.trust_marks == ("https://ta.example/marks/x",)


@pytest.mark.parametrize(
    ("url", "options", "reason"),
    [
        ("oidc://op.example?name=other", {}, "options"),
        ("oidc://op.example", {"client_id": ""}, "client_id"),
        ("oidc://op.example", {"state_key": None}, "state_key"),
        ("oidc://op.example?dialect=x", {}, "dialect"),
        ("oidc://op.example?insecure=1", {}, "issuer"),
        ("oidc://", {}, "issuer"),
        ("oidc://op.example", {"secret": ""}, "proves itself"),
        ("oidc://op.example", {"private_key": "hush hush"}, "private key"),
        ("oidc://op.example", {"trust_anchors": ["x"]}, "trust_anchors"),
        ("oidc://op.example", {"redirect_url": "x"}, "redirect_url"),
        ("oidc://op.example", {"private_key": Path("/nowhere/hush")}, "private key"),
        ("oidc://op.example", {"trust_anchors": {"x": "/nowhere/hush"}}, "trust_anchors"),
        ("oidc://op.example", {"trust_anchors": {"x": 1}}, "trust_anchors"),
        ("oidc://op.example", {"once": 1}, "once is no path"),
        ("oidc://op.example", {"once": "/nowhere/hush"}, "once: the file"),
        ("oidc://op.example", {"evidence": "/nowhere/hush"}, "evidence_key"),
        ("oidc://op.example", {"logout_uri": "http://rp.example/"}, "logout_uri"),
        ("oidc://", {"providers": "https://op.example"}, "issuer"),
        ("oidc://", {"providers": ["op.example"]}, "issuer"),
        ("oidc://op.example", {"entity": ENTITY}, "federation_key"),
        ("oidc://op.example", {"entity": "hush", "federation_key": PEM}, "mapping"),
        ("oidc://op.example", {"entity": {"logo": "x"}, "federation_key": PEM}, "authority_hints"),
        (
            "oidc://op.example",
            {"entity": {**ENTITY, "name": "x"}, "federation_key": PEM},
            "name",
        ),
        (
            "oidc://op.example",
            {"entity": {**ENTITY, "authority_hints": "x"}, "federation_key": PEM},
            "entity",
        ),
    ],
)
def test_what_cannot_be_used_is_said(url, options, reason):
    """At start, in words that show no key."""
    with pytest.raises(ValueError, match=reason) as caught:
        opened(url, **options)

    assert "hush" not in str(caught.value)


def test_a_registrar_opens_it_by_name():
    """The scheme is that of a back-end."""
    registrar = Registrar.open(
        profile="standard",
        storage="memory://",
        mailer="memory://",
        secret_keys=["a key of the tests, which opens nothing at all"],
        base_url="https://rp.example",
        identity_providers=["oidc://op.example"],
        options={"oidc": ME},
    )

    (provider,) = registrar.parts.identities._providers.values()
    assert isinstance(provider, OidcProvider)


def registrar(url, options, *, keys=("a key of the tests, which opens nothing at all",)):
    """Open a registrar with one provider, and return both."""
    opened = Registrar.open(
        profile="standard",
        storage="memory://",
        mailer="memory://",
        secret_keys=list(keys),
        base_url="https://rp.example/enrol/",
        clock=ManualClock(NOW),
        identity_providers=[url],
        options={"cie": options},
    )
    (provider,) = opened.parts.identities._providers.values()
    return opened, provider


def test_in_a_federation_the_registrar_says_who_we_are():
    """Its address, its keys and its clock; the rest is a few lines."""
    options = {
        "private_key": PEM,
        "encryption_key": PEM,
        "federation_key": PEM,
        "trust_anchors": {"https://ta.example": {"keys": []}},
        "entity": {**ENTITY, "contacts": ["pec@rp.example"], "logo": "https://rp.example/l.svg"},
        "minimum_age": 14,
    }
    opened, provider = registrar("oidc://op.example?name=cie&dialect=cie", options)
    client = provider.client

    assert client.client_id == "https://rp.example/enrol/identity/cie"
    assert client.redirect_uri == "https://rp.example/enrol/identity/cie/callback"
    assert client.logout_uri == "https://rp.example/enrol/identity/cie/logout"
    assert client.minimum_age == 14
    assert provider.clock is opened.parts.clock
    assert provider.entity.address == f"{client.client_id}/.well-known/openid-federation"
    told = provider.entity.metadata()["federation_entity"]
    assert told["logo_uri"] == "https://rp.example/l.svg"


def test_every_process_makes_the_same_key_and_nobody_else_does():
    """It is made of the registrar's own, and changes with that."""
    options = {"secret": "hush hush", "client_id": "we"}
    url = "oidc://op.example?name=cie"
    first, again = registrar(url, options)[1], registrar(url, options)[1]
    other = registrar(url, options, keys=("another key of the tests, of nothing at all",))[1]

    assert first.client.derived("x", STATE) == again.client.derived("x", STATE)
    assert first.client.derived("x", STATE) != other.client.derived("x", STATE)


def test_where_nobody_knows_us_the_client_id_is_told():
    """A provider with which we are registered gave us one."""
    with pytest.raises(SettingsError, match="client_id"):
        registrar("oidc://op.example?name=cie", {"secret": "hush hush"})


def test_several_providers_are_listed():
    """Each once, in a federation or each for itself; the one in the URL is one of them."""
    listed = ["https://a.example", "https://op.example", "https://a.example"]
    plain = opened("oidc://op.example", providers=listed)
    federated = opened(
        "oidc://?dialect=oidc", providers=listed, trust_anchors={"https://ta.example": {}}
    )

    assert isinstance(plain.source, Several)
    assert list(plain.source.sources) == ["https://op.example", "https://a.example"]
    assert list(federated.source.sources) == ["https://a.example", "https://op.example"]
    assert isinstance(federated.source.sources["https://a.example"], FederatedMetadata)


def test_nothing_of_it_is_loaded_before_it_is_chosen():
    """Neither the package nor the list of its back-ends needs the extra."""
    child = "import registrazione, sys; from registrazione import Registrar; "
    child += "import registrazione.adapters.builtin; print(*sys.modules)"
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, text=True, check=True, env=alone
    )

    assert {"joserfc", "httpx", "cryptography"}.isdisjoint(done.stdout.split())


def test_paths_stand_for_what_is_in_their_files(tmp_path):
    """So that all options fit into a file of settings."""
    (tmp_path / "key.pem").write_bytes(PEM)
    (tmp_path / "anchor.json").write_text(json.dumps({"keys": [key_of("anchor").public()]}))
    provider = opened(
        private_key=str(tmp_path / "key.pem"),
        encryption_key=tmp_path / "key.pem",
        trust_anchors={"https://ta.example": str(tmp_path / "anchor.json")},
        once=str(tmp_path / "once.db"),
        evidence=str(tmp_path / "log.db"),
        evidence_key="k" * 32,
    )

    assert provider.client.signing_key.alg == "RS256"
    assert provider.source.federation.anchors["https://ta.example"]["keys"][0]["kty"] == "EC"
    assert isinstance(provider.once, FileOnceOnly)
    assert isinstance(provider.evidence, TransactionLog)


def test_memory_and_log_may_be_handed_over(tmp_path):
    """For several machines, or a log of the host's own; a key may be a secret."""
    once, log = MemoryOnceOnly(), TransactionLog(tmp_path / "log", Secret("k" * 32), SystemClock())
    provider = opened(once=once, evidence=log, private_key=Secret(PEM))

    assert provider.once is once
    assert provider.evidence is log
