"""A provider by URL: what the settings have to say, and what they must not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from joserfc.jwk import ECKey, RSAKey

from registrazione import Registrar
from registrazione.adapters.oidc.federation.source import FederatedMetadata
from registrazione.adapters.oidc.metadata import Discovery
from registrazione.adapters.oidc.opening import open_provider
from registrazione.adapters.oidc.provider import OidcProvider
from registrazione.testing.oidc_keys import key_of
from registrazione.testing.oidc_stage import CALLBACK

ME = {
    "client_id": "https://rp.example",
    "redirect_uri": CALLBACK,
    "state_key": "k" * 32,
    "secret": "hush hush",
}


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


def test_nothing_of_it_is_loaded_before_it_is_chosen():
    """Neither the package nor the list of its back-ends needs the extra."""
    child = "import registrazione, sys; from registrazione import Registrar; "
    child += "import registrazione.adapters.builtin; print(*sys.modules)"
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, text=True, check=True, env=alone
    )

    assert {"joserfc", "httpx", "cryptography"}.isdisjoint(done.stdout.split())
