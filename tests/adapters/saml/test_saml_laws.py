"""The laws of identity providers, kept by SAML."""

from __future__ import annotations

import attrs
import pytest
from tests.adapters.saml.stage import CALLBACK, staged

from registrazione.core.account import Identity
from registrazione.ports import IdentityError, IdentityProvider, StartsSignIn
from registrazione.testing import ProviderConformance, ProviderUnderTest
from registrazione.testing.people import PEOPLE
from registrazione.testing.saml_attacks import ATTACKS
from registrazione.testing.saml_idp import attributes_of

BY_NAME = {attack.name: attack for attack in ATTACKS}


class TestSaml(ProviderConformance):
    """A service of SPID's, with a test identity provider."""

    capabilities = frozenset({"once"})

    @pytest.fixture
    def provider_under_test(self):
        """Return it with answers of each kind."""
        where = staged()
        told = PEOPLE.adele.vouched_for("spid")
        subject = attributes_of(PEOPLE.adele)["spidCode"]
        identity = attrs.evolve(
            told,
            identity=Identity(provider="spid", issuer=where.idp.entity_id, subject=subject),
            values={
                **told.values,
                "document_type": "cartaIdentita",
                "document_number": "CA12345AA",
                "document_issued": "2025-01-01",
                "document_expires": "2035-01-01",
            },
        )

        def attacked(name):
            return lambda: BY_NAME[name].make(where)

        return ProviderUnderTest(
            provider=where.service,
            good=lambda: where.idp.answer(where.draft()),
            identity=identity,
            bad={
                "expired": attacked("conditions_over"),
                "level_too_low": attacked("level_lower"),
                "invalid": attacked("audience_elsewhere"),
                "replayed": attacked("exchange_replay"),
                "spid_25": attacked("exchange_anomaly_25"),
            },
        )


def test_it_is_both_ports():
    """It starts a sign-in and verifies what comes back."""
    service = staged().service

    assert isinstance(service, IdentityProvider)
    assert isinstance(service, StartsSignIn)


def test_another_process_takes_the_answer():
    """Nothing of the way there is kept: a service made anew, with the same keys, knows it."""
    here, there = staged(), staged()
    response = here.idp.answer(here.draft())

    assert there.service.verify(response).codice_fiscale == PEOPLE.adele.codice_fiscale


def test_the_state_comes_back_byte_for_byte():
    """What was given is what the provider returns, up to the 80 characters of the binding."""
    where = staged()
    sent = where.service.start(CALLBACK, "s" * 80, where.idp.entity_id)

    assert dict(sent.fields)["RelayState"] == "s" * 80
    with pytest.raises(IdentityError):
        where.service.start(CALLBACK, "s" * 81, where.idp.entity_id)
